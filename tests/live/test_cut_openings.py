"""
A way to RabbitMQ that is cut while it is opened is opened again, and leaves no socket behind.
"""

import gc
import warnings
from itertools import count

import pytest

from celerykit import send_many

from .brokers import RABBITMQ, find
from .bulk_faults import proxy_before, through
from .bulk_trials import forget, ground

pytestmark = pytest.mark.live

# The answer that opens a channel takes 16 bytes, the one to confirm.select 12: none is passed over.
STEP = 11


def test_a_line_cut_anywhere_in_its_opening_is_opened_again_and_closed():
    """
    Wherever the broker's first answers end, nothing stays unsent, and every socket is closed.
    """
    direct = find(RABBITMQ).url
    gc.collect()
    cuts: list[int] = []
    with warnings.catch_warnings(record=True) as left_open:
        warnings.simplefilter("always", ResourceWarning)
        for size in count(1, STEP):
            with proxy_before(direct) as proxy:
                proxy.cut_after("down", size)
                place = ground(through(proxy, direct), direct, confirm_publish=True)
                report = send_many(place.task, [(1, "a"), (2, "b"), (3, "c")])
                forget(place.app)
                there = place.held()
                cuts.append(proxy.cuts)
            assert not report.not_sent, f"cut after {size} bytes"
            assert set(there) >= {report.ids[position] for position in report.sent}
            del place
            if not cuts[-1]:
                break
        gc.collect()

    assert [str(warning.message) for warning in left_open] == []
    assert sum(cuts) > 500 // STEP  # the broker says who it is in some 500 bytes

"""
Lines that stay open between sends, in programs that fork: each process has its own.
"""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest
from kombu import Connection, Queue

from .brokers import RABBITMQ, REDIS, find

pytestmark = pytest.mark.live

SCRIPT = Path(__file__).with_name("forking.py")
CHILDREN = 3
SENDS = 60


@pytest.fixture(params=[REDIS, RABBITMQ])
def broker(request):
    """
    A real broker.
    """
    return find(request.param)


@pytest.fixture
def queue(broker):
    """
    The name of a queue that is removed at the end.
    """
    name = f"celerykit-fork-{uuid4().hex[:8]}"
    yield name
    with Connection(broker.url) as connection, connection.channel() as channel:
        channel.queue_delete(name)
        channel.exchange_delete(name)


@pytest.mark.parametrize("size", [2, 400_000], ids=["small", "400 KB"])
def test_parent_and_children_send_at_once_and_nothing_is_lost(broker, queue, size):
    """
    Children that were forked while lines were kept send over their own, the parent over its old.
    """
    sends = SENDS if size < 1000 else 6

    asked = [broker.url, queue, *map(str, (size, CHILDREN, sends))]

    done = subprocess.run(
        [sys.executable, "-W", "error", SCRIPT, *asked],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert (done.stderr, done.returncode) == ("", 0)
    kept, old, new = done.stdout.split()
    assert kept == "kept"  # the parent's connection is the one of before the fork
    assert old == new
    found = Counter()
    with Connection(broker.url) as connection, connection.channel() as channel:
        while (message := Queue(queue, channel=channel).get(no_ack=True)) is not None:
            body = message.payload[0]
            assert len(body[1]) == size
            found[body[0]] += 1
    assert found == {"before": 3, "parent": sends, **dict.fromkeys(("c0", "c1", "c2"), sends)}

"""
Programs that call tasks as users of plain Celery do: `python -m liveproj.caller NAME QUEUE`.

A process of its own has a time zone of its own, and a broken connection harms nobody else.
Each prints its answer as JSON.
"""

import json
import os
import pickle
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from liveproj.forking import read_in_both, send_in_both
from liveproj.tasks import add, echo

AHEAD = 600
ATTEMPTS = 500


def naive_eta(queue: str) -> dict[str, Any]:
    """
    "In ten minutes", written with the clock on the wall.
    """
    eta = datetime.now() + timedelta(seconds=AHEAD)  # noqa: DTZ005 - the mistake under test
    result = echo.apply_async(eta=eta, queue=queue)
    return {"id": result.id, "meant": eta.astimezone().timestamp(), "wrote": eta.isoformat()}


def wrong_user(queue: str) -> dict[str, Any]:
    """
    A task's own argument given as an option.
    """
    return told_too_late(queue, {"user_id": "bob"})


def careless(queue: str) -> dict[str, Any]:
    """
    Any options, written as JSON in LIVE_OPTIONS.
    """
    return told_too_late(queue, json.loads(os.environ["LIVE_OPTIONS"]))


def told_too_late(queue: str, options: dict[str, Any]) -> dict[str, Any]:
    """
    One bad call, then innocent calls until one is told, then one more.
    """
    bad = add.apply_async((0, 0), **{"queue": queue, **options})
    sent, told = [], ""
    while not told and len(sent) < ATTEMPTS:
        try:
            sent.append(add.apply_async((1, 1), queue=queue).id)
        except Exception as error:  # noqa: BLE001, PERF203 - which one is what the test asks
            told = f"{type(error).__module__}.{type(error).__name__}: {error}"
    after = add.apply_async((2, 2), queue=queue)
    return {"bad": bad.id, "innocent": sent, "told": told, "after": after.id}


def read_elsewhere(_queue: str) -> dict[str, Any]:
    """
    A handle and a plain result that another process sent, from the pickle in LIVE_PICKLE.
    """
    told = []
    for sent in pickle.loads(Path(os.environ["LIVE_PICKLE"]).read_bytes()):  # noqa: S301 - the test's
        start = time.monotonic()
        try:
            sent.get(timeout=2)
        except Exception as error:  # noqa: BLE001 - as above
            told.append([type(error).__name__, time.monotonic() - start])
    return {"told": told}


PROGRAMS = {
    "naive_eta": naive_eta,
    "wrong_user": wrong_user,
    "careless": careless,
    "read_elsewhere": read_elsewhere,
    "send_in_both": send_in_both,
    "read_in_both": read_in_both,
}

if __name__ == "__main__":
    print(json.dumps(PROGRAMS[sys.argv[1]](sys.argv[2])))  # noqa: T201 - its answer

"""
Send a million rows from a generator to Redis; print the microseconds for each, and the MB it took.

A program of its own, so that nothing else has touched its memory. Fails unless Redis got them all.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
from pathlib import Path
from time import perf_counter

from brokers import URLS, open_stage
from redis import Redis

from celerykit import BulkReport, send_many

__all__: list[str] = []

_COUNT = 1_000_000
_FEW = 20_000
_TAKEN_EACH = 50_000


def _memory() -> float:
    """Return how many MB this process has in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    """Send, count and print."""
    URLS["Redis"] = sys.argv[1]
    with open_stage("Redis") as stage, Redis.from_url(sys.argv[1]) as client:
        stage.add.ignore_result = True  # type: ignore[attr-defined]
        taken = 0
        most = 0.0

        def take(report: BulkReport[int]) -> None:
            """Keep Redis small: count what has come, and throw it away."""
            nonlocal taken, most
            most = max(most, _memory())
            if (
                len(report.sent) - taken >= _TAKEN_EACH
                or report.total == len(report.sent) == _COUNT
            ):
                with client.pipeline() as pipe:
                    count, _ = pipe.llen(stage.queue).delete(stage.queue).execute()
                taken += count

        send_many(stage.add, ((n, n) for n in range(_FEW)))  # warms up
        client.delete(stage.queue)
        gc.collect()
        before, start = _memory(), perf_counter()
        report = send_many(stage.add, ((n, n) for n in range(_COUNT)), progress=take)
        spent = perf_counter() - start
        taken += client.llen(stage.queue)
        if not (taken == len(report.sent) == report.total == len({*report.ids}) == _COUNT):
            sys.exit(f"{_COUNT} rows, {report}, and Redis got {taken}")
    print(spent / _COUNT * 1e6, most - before)


if __name__ == "__main__":
    for name in [name for name in os.environ if name.startswith("CELERY_")]:
        del os.environ[name]
    main()

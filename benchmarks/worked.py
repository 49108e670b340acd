"""What the workers of the benchmarks run: Celery alone, with the same task as a stage has."""

from __future__ import annotations

import os

from celery import Celery

__all__ = ["add", "app"]

app = Celery("bench", broker=os.environ["BENCH_BROKER"], backend=os.environ["BENCH_BACKEND"])
app.conf.task_default_queue = os.environ["BENCH_QUEUE"]


@app.task(name="bench.add")
def add(x: int, y: int) -> int:
    """Add."""
    return x + y

"""A shop in which nothing is wrong."""

from celery import Celery

app = Celery("shop", broker="memory://", backend="cache+memory://")


@app.task
def add(x: int, y: int) -> int:
    """Add two numbers."""
    return x + y

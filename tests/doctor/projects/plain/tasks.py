"""A first project, as Celery's own introduction has it: one file, a broker, and no more."""

from celery import Celery

app = Celery("tasks", broker="redis://localhost:6379/0")


@app.task
def add(x: int, y: int) -> int:
    """Add two numbers."""
    return x + y

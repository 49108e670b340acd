"""What a result backend does with the results of a group that are passed on. No network."""

from __future__ import annotations

from typing import Any

__all__ = ["needs_each_result", "workers_follow_the_task"]


def needs_each_result(app: Any) -> bool:
    """
    Return whether the backend of *app* reads the results of a group from where they are kept.

    Redis alone keeps them a second time, for the task that waits.
    """
    kinds = type(app.backend).__mro__
    return not any(kind.__name__ == "RedisBackend" for kind in kinds)


def workers_follow_the_task() -> bool:
    """
    Return whether workers go by a task's ``ignore_result``, whatever the call says.

    They did before Celery 5.6.3; theirs is taken for the version that is installed here.
    """
    import celery  # noqa: PLC0415 - keeps the import cheap

    return bool(celery.VERSION < (5, 6, 3))

"""What bounds a send, as settings. Read by type checkers, never run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import Celery
from typing_extensions import assert_type

from celerykit import SettingsWarning, errors, recommended_settings, typed_app

celery_app = Celery("shop")
app = typed_app(celery_app)
warning: type[errors.CelerykitWarning] = SettingsWarning


def what_may_be_asked() -> None:
    assert_type(recommended_settings(app), dict[str, Any])
    assert_type(recommended_settings(celery_app, within=5), dict[str, Any])
    assert_type(recommended_settings(app, within=timedelta(seconds=5)), dict[str, Any])


def what_may_not() -> None:
    recommended_settings()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    recommended_settings("shop")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    recommended_settings(app, 5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    recommended_settings(app, within="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    recommended_settings(app, within=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    recommended_settings(app, timeout=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]

"""
The pytest fixtures: ``celerykit_`` and ``sent``, ``app``, ``clock`` or ``worker``.

pytest finds them by itself where celerykit is installed. What they are made of is in
``celerykit.testing``, and is loaded when a test first asks for one.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from celerykit._tasks import TypedApp
    from celerykit.testing import Clock, Sent, Worker

__all__ = [
    "celerykit_app",
    "celerykit_clock",
    "celerykit_sent",
    "celerykit_worker",
    "pytest_addoption",
    "pytest_configure",
]

_MARKER: Final = (
    "celerykit(strict=..., action=..., allow=..., settings=..., concurrency=...): what celerykit's "
    "fixtures do in this test. strict: every call has to be asserted on; action, allow: as of "
    "celerykit.testing.capture(); settings: of celerykit_app; concurrency: of celerykit_worker."
)
_KNOWN: Final = frozenset({"strict", "action", "allow", "settings", "concurrency"})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of the configuration file."""
    parser.addini(
        "celerykit_strict",
        "Fail a test that uses celerykit_sent and sends a call that it does not assert on.",
        type="bool",
        default=False,
    )
    parser.addini(
        "celerykit_allow",
        "Codes of celerykit's rules that may not object to the plain calls of tests.",
        type="args",
        default=[],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", _MARKER)


def _settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return what the markers of a test say, the nearest one first."""
    found: dict[str, Any] = {}
    for mark in request.node.iter_markers("celerykit"):
        unknown = sorted(mark.kwargs.keys() - _KNOWN)
        if unknown or mark.args:
            what = ", ".join([*map(repr, mark.args), *unknown])
            message = f"@pytest.mark.celerykit does not take {what}; it takes {sorted(_KNOWN)}"
            raise pytest.UsageError(message)
        found = {**mark.kwargs, **found}
    return found


def _rules(request: pytest.FixtureRequest, settings: dict[str, Any]) -> dict[str, Any]:
    """Return how plain calls are judged in a test."""
    allow = settings.get("allow", ())
    codes = [allow] if isinstance(allow, str) else allow
    return {
        "action": settings.get("action", "raise"),
        "allow": [*request.config.getini("celerykit_allow"), *codes],
    }


@pytest.fixture
def celerykit_sent(request: pytest.FixtureRequest) -> Generator[Sent]:
    """
    Everything that the code under test sends, by whatever app; nothing leaves the process.

    As ``celerykit.testing.capture()``. In a strict test (the marker, or ``celerykit_strict`` in
    the configuration file) each call has to be asserted on, but for those that tasks sent when
    they were run; not in a test that has failed already.
    """
    from celerykit.testing import capture  # noqa: PLC0415 - loads Celery

    settings = _settings(request)
    strict = settings.get("strict", request.config.getini("celerykit_strict"))
    failed = request.session.testsfailed
    with capture(**_rules(request, settings)) as sent:
        yield sent
    # A test that failed came to no assertion on the rest: that is no news beside why it failed.
    if strict and request.session.testsfailed == failed:
        sent.assert_nothing_unexpected()


@pytest.fixture
def celerykit_app(request: pytest.FixtureRequest) -> Generator[TypedApp]:
    """
    An app for this test alone, with its own broker and results in memory; the current one.

    As ``celerykit.testing.memory_app()``, with the marker's *settings*.
    """
    from celerykit.testing import memory_app  # noqa: PLC0415 - loads Celery

    with memory_app(**_settings(request).get("settings", {})) as app:
        yield app


@pytest.fixture
def celerykit_clock() -> Generator[Clock]:
    """
    Celery's time, standing still until it is moved.

    As ``celerykit.testing.clock()``.
    """
    from celerykit.testing import clock  # noqa: PLC0415 - loads Celery

    with clock() as moving:
        yield moving


@pytest.fixture
def celerykit_worker(request: pytest.FixtureRequest) -> Generator[Worker]:
    """
    A worker in this process that runs what the current app sends: ``celerykit_app``, if it is used.

    As ``celerykit.testing.worker()``. With ``celerykit_sent`` beside, what is sent is listed there
    and run here.
    """
    from celerykit.testing import worker  # noqa: PLC0415 - loads Celery

    for name in ("celerykit_sent", "celerykit_app"):
        if name in request.fixturenames:
            request.getfixturevalue(name)  # so that it is there before the worker, and after it
    settings = _settings(request)
    with worker(concurrency=settings.get("concurrency", 1), **_rules(request, settings)) as running:
        yield running

"""Find out why the results of an app cannot be read. No network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakKeyDictionary, ref

from celerykit._backend import UNMADE, BackendProblem, Kind
from celerykit._backend_urls import EXAMPLE, Flaw
from celerykit._make_backend import backend_of, can_run_chords, is_disabled, only_reader
from celerykit._provenance import find_setting, settings_of
from celerykit._secrets import masked
from celerykit._settings import Setting
from celerykit._slips import slip_of
from celerykit._values import is_fallback

if TYPE_CHECKING:
    from celery import Celery

__all__ = ["in_words", "problem_of", "problem_with"]

_NONE: Final = frozenset({"disabled", "disabled://"})
_VARIABLE: Final = "CELERY_RESULT_BACKEND"
_OWN: Final = "the task's own backend"
_WRITE: Final = (
    f"Write for example app.conf.result_backend = {EXAMPLE} before the first call, "
    "and start the workers with it too"
)
_SET_APP: Final = "Import the module that makes your app before the call, and app.set_default() it"
_SHARED: Final = f"Use a backend that all processes reach, for example {EXAMPLE}"
_CHORDS: Final = f"Use a backend that can, for example {EXAMPLE}"

# What people call result_backend, in lower case and without "celery_".
_MISNAMED: Final = frozenset(
    {
        *("result_backend", "results_backend", "backend", "task_result_backend", "backend_result"),
        *("result_backends", "results_backends"),
        *("result_backend_url", "results_backend_url", "backend_url", "result_url"),
    }
)


class _Verdict(NamedTuple):
    """What keeps results from being read at all, chords from running, and others from reading."""

    problem: BackendProblem | None
    chords: BackendProblem | None = None
    elsewhere: BackendProblem | None = None


_known: Final[WeakKeyDictionary[Celery, tuple[Any, _Verdict]]] = WeakKeyDictionary()


def problem_of(app: Any, *, chords: bool = False, elsewhere: bool = False) -> BackendProblem | None:
    """
    Return why the results of *app* cannot be read, or None if nothing is known to be wrong.

    Where calls run eagerly their results are at hand, and a backend has only to be one that Celery
    can make. Looked into again only after the configuration, or the variable
    CELERY_RESULT_BACKEND, changed. Two threads may both look, and then agree; a forked child
    inherits plain values.

    Args:
        app: The app.
        chords: Whether the backend must be able to run chords.
        elsewhere: Whether another process than the one that sends must be able to read.
    """
    verdict = _verdict_on(app)
    if verdict.problem is not None:
        return verdict.problem
    # Private: without it, nothing is known of a backend that was made too early.
    made = getattr(app, "_backend", None)
    if made is not None and is_disabled(made) and not app.conf.task_always_eager:
        return _too_late(app)
    return (verdict.chords if chords else None) or (verdict.elsewhere if elsewhere else None)


def problem_with(
    app: Any, backend: Any, *, chords: bool = False, elsewhere: bool = False
) -> BackendProblem | None:
    """Return why results cannot be read from *backend*, which *app* made or a task of it has."""
    if isinstance(backend, str):
        setting = Setting("backend", backend, "code", _OWN, masked(backend))
        remedy = "Give the task a backend object, or set result_backend for the whole app"
        return _problem(app, "malformed", setting, "which is text, and no backend", remedy)
    if is_disabled(backend):
        return _judge(app).problem or _too_late(app)
    if not chords and not elsewhere:
        return None
    setting = Setting("backend", backend, "code", _OWN, type(backend).__name__)
    verdict = _verdict_of(app, setting, backend)
    return (verdict.chords if chords else None) or (verdict.elsewhere if elsewhere else None)


def _verdict_on(app: Any) -> _Verdict:
    state = _state(app)
    known = _known.get(app)
    if known is not None and known[0] == state:
        return known[1]
    verdict = _judge(app)
    can_be_made = verdict.problem is None or verdict.problem.kind not in UNMADE
    if can_be_made and app.conf.task_always_eager:
        verdict = _Verdict(None)
    # What cannot be made now, as a folder or a package is missing, may be made later.
    if can_be_made:
        conf, changes, *others = state
        _known[app] = (conf, dict(changes), *others), verdict
    return verdict


def _state(app: Any) -> tuple[Any, ...]:
    """Return what tells whether the configuration is still the one that was judged."""
    if not app.configured:
        len(app.conf.changes)  # makes the app read its configuration, and replace app.conf
    conf = app.conf
    return ref(conf), conf.changes, len(conf.maps), app.backend_cls, os.environ.get(_VARIABLE)


def _judge(app: Any) -> _Verdict:
    setting = _setting(app)
    if not _is_none(setting.value):
        backend = backend_of(app, setting.value)
        if isinstance(backend, Flaw):
            return _Verdict(_unmade(app, setting, backend))
        if not is_disabled(backend):
            return _verdict_of(app, setting, backend)
    if setting.shadowed is not None and not _is_none(setting.shadowed.value):
        why = f"which wins over {setting.shadowed.text} ({setting.shadowed.where})"
        remedy = f"Unset {_VARIABLE}, or set it to a result backend, for example {EXAMPLE}"
        return _Verdict(_problem(app, "overridden", setting, why, remedy))
    if is_fallback(app):
        return _Verdict(_problem(app, "fallback-app", setting, "", _SET_APP))
    return _Verdict(_misnamed(app, setting) or _problem(app, "none", setting, "", _WRITE))


def _is_none(value: Any) -> bool:
    """Return whether *value* asks Celery for no result backend."""
    return not value or (isinstance(value, str) and value in _NONE)


def _setting(app: Any) -> Setting:
    """Return where the app's backend was chosen."""
    chosen = app.backend_cls  # of a subclass: it wins over every setting
    if chosen:
        where = f"an attribute of {type(app).__name__}"
        return Setting("backend_cls", chosen, "code", where, masked(chosen))
    return find_setting(app, "result_backend")


def _verdict_of(app: Any, setting: Setting, backend: Any) -> _Verdict:
    """Return what is wrong with a *backend* that keeps results."""
    only, chords, elsewhere = only_reader(backend, setting.value), None, None
    if not can_run_chords(backend):
        chords = _problem(app, "no-chords", setting, "which cannot run chords", _CHORDS)
    if only == "one-client":
        why = "whose results come only to the process that sent the call"
        elsewhere = _problem(app, "one-client", setting, why, _SHARED)
    elif only == "one-process":
        why = "which is in the memory of the process that runs the task"
        elsewhere = _problem(app, "one-process", setting, why, _SHARED)
    return _Verdict(None, chords, elsewhere)


def _unmade(app: Any, setting: Setting, flaw: Flaw) -> BackendProblem:
    why, shadowed = flaw.why, setting.shadowed
    if shadowed is not None:
        why += f"; the environment wins over {shadowed.text} ({shadowed.where})"
    return _problem(app, flaw.kind, setting, why, flaw.remedy)


def _too_late(app: Any) -> BackendProblem:
    why = "but the backend in use is disabled: made before that was set, or a task's own"
    remedy = "Set result_backend before the first call, and before anything reads app.backend"
    return _problem(app, "too-late", _setting(app), why, remedy)


def _misnamed(app: Any, setting: Setting) -> BackendProblem | None:
    """Return what is wrong if a backend is configured under a name that Celery does not read."""
    wrong = next(_lookalikes(app), None)
    if wrong is None:
        return None
    name = _VARIABLE if wrong.source == "environment" else "result_backend"
    namespace = settings_of(app).namespace
    if wrong.source == "file" and namespace:
        name = f"{namespace}{name.upper() if namespace.isupper() else name}"
    why = f"since Celery does not read {wrong.where}"
    found = _problem(app, "misnamed", setting, why, f"Call it {name}")
    return found._replace(setting=wrong.name, value=wrong.text, where=wrong.where)


def _lookalikes(app: Any) -> Iterator[Setting]:
    """Yield what was written in place of result_backend, as far as the name tells."""
    settings = settings_of(app)
    for each in settings.unknown:
        if each.value and _is_meant(each.name, settings.namespace or ""):
            yield each
    for name, value in os.environ.items():
        is_celerys = name != _VARIABLE and ("CELERY" in name or "RESULT" in name)
        if is_celerys and "://" in value and _is_meant(name, ""):
            where = f"the environment variable {name}"
            yield Setting(name, value, "environment", where, masked(value))


def _is_meant(name: str, namespace: str) -> bool:
    bare = name.lower().removeprefix(namespace.lower()).removeprefix("celery_")
    return bare in _MISNAMED or slip_of(bare, ("result_backend",)) is not None


def _problem(app: Any, kind: Kind, setting: Setting, why: str, remedy: str) -> BackendProblem:
    # Celery's own default is where nobody wrote anything: there is nowhere to send the reader.
    where = "" if setting.source == "default" else f" ({setting.where})"
    says = f"has {setting.name}={setting.text}{where}{', ' if why else ''}{why}"
    return BackendProblem(
        kind, in_words(app), setting.name, setting.text, setting.where, says, remedy
    )


def in_words(app: Any) -> str:
    """Return what to call *app*."""
    if is_fallback(app):
        return "Celery's fallback app (no app of yours was found)"
    return f"the app {app.main!r}" if app.main else "an app without a name"

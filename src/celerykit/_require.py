"""require_result_backend(): say now, not at the first read, why results cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias, cast

from celerykit._backend import BackendProblem
from celerykit._backend_of import in_words, problem_of, problem_with
from celerykit._findings import shown
from celerykit._flow import Call, Step
from celerykit._guard import App
from celerykit._provenance import find_setting
from celerykit._targets import Local, Remote, target_of
from celerykit._tasks import TypedApp
from celerykit._values import app_behind, is_app
from celerykit.errors import ResultBackendNotConfigured

__all__ = ["require_result_backend"]

Wanted: TypeAlias = "App | TypedApp | Callable[..., Any] | Call[Any] | Step[Any, Any]"


def require_result_backend(
    wanted: Wanted, /, *, chords: bool = False, elsewhere: bool = False
) -> None:
    """
    Raise unless results can be read, as far as that is known without a connection.

    Cheap enough for every request: about two microseconds, until the configuration changes. It
    looks at the configuration as it is now, and leaves ``app.backend`` unmade. Where calls run
    eagerly (``task_always_eager``) a backend has only to be one that Celery can make.

    Args:
        wanted: Whose results: an app's; a task's, which may have a result backend of its own and
            may ignore its results; those of one call, which may ignore them too. Whether a
            ``remote()`` task ignores its results is not known here.
        chords: Require that the backend can run chords.
        elsewhere: Require that other processes can read, too, and not only the one that sends.

    Raises:
        ResultBackendNotConfigured: Results cannot be read. Its ``problem`` tells why.
        TypeError: *wanted* is no app, task or call.
    """
    problem = _problem(wanted, chords=chords, elsewhere=elsewhere)
    if problem is not None:
        raise ResultBackendNotConfigured(problem)


def _problem(wanted: Any, *, chords: bool, elsewhere: bool) -> BackendProblem | None:
    # A proxy says that it is of the class that it stands for.
    itself = wanted if issubclass(type(wanted), _app_class()) else app_behind(wanted)
    if issubclass(type(itself), _app_class()) or is_app(itself):
        problem = problem_of(itself, chords=chords, elsewhere=elsewhere)
        return problem if itself is wanted else _found(problem, "Celery's current app")
    target, options = _target(wanted)
    app, own = target.app, target.own_backend
    if own is None:
        problem = problem_of(app, chords=chords, elsewhere=elsewhere)
    else:
        problem = problem_with(app, own, chords=chords, elsewhere=elsewhere)
    if problem is None and isinstance(target, Local):
        problem = _ignored(target, options)
    how = "Celery's current app, for" if target.takes_current_app else "of"
    return _found(problem, f"{how} {target.name}")


@cache
def _app_class() -> Any:
    from celery import Celery  # noqa: PLC0415 - keeps the import cheap

    return Celery


def _target(wanted: Any) -> tuple[Local | Remote, Mapping[str, Any]]:
    """Return the task of a task or a call, and the options of the call."""
    if isinstance(wanted, (Call, Step)):
        order = cast("Call[Any]", wanted).order
        return cast("Local | Remote", order.target), order.options
    target = target_of(wanted)
    if target is None:
        message = (
            f"require_result_backend({shown(wanted)}): that is no app, task or call. "
            "Pass what Celery(...), @app.task or call(...) returned."
        )
        raise TypeError(message)
    return target, {}


def _ignored(target: Local, options: Mapping[str, Any]) -> BackendProblem | None:
    """Return what is wrong if the call or its task keeps no result."""
    app: Any = target.app
    if not options.get("ignore_result", target.task.ignore_result):
        return None
    setting = find_setting(app, "task_ignore_result")
    name, where = "ignore_result", f"the task {target.name}"
    if "ignore_result" in options:
        where = "the call"
    elif setting.value:
        name, where = setting.name, setting.where
    says = f"keeps no result of {target.name}: {name}=True ({where})"
    remedy = "Leave ignore_result out, or write .ignore_result(False) on the call"
    return BackendProblem("ignored", in_words(app), name, "True", where, says, remedy)


def _found(problem: BackendProblem | None, how: str) -> BackendProblem | None:
    """Return *problem*, which says how its app was found."""
    if problem is None:
        return None
    so_far = problem.app.removesuffix(")")
    joint = "; " if so_far != problem.app else " ("
    return problem._replace(app=f"{so_far}{joint}{how})")

"""What may be asked about its result backend. Read by type checkers, never run."""

from __future__ import annotations

from celery import Celery, current_app

from celerykit import (
    BackendProblem,
    call,
    remote,
    require_result_backend,
    shared_task,
    step,
    typed_app,
)

celery_app = Celery("shop")
app = typed_app(celery_app)


@app.task
def add(x: int, y: int) -> int:
    return x + y


@shared_task
def tick() -> None:
    pass


@remote("mail.send")
def send(to: str) -> bool:
    raise NotImplementedError


def what_may_be_asked() -> None:
    require_result_backend(app)
    require_result_backend(celery_app, chords=True)
    require_result_backend(current_app, elsewhere=True)
    require_result_backend(add, chords=True, elsewhere=True)
    require_result_backend(tick)
    require_result_backend(send)
    require_result_backend(call(add, 1, 2).queue("q"))
    require_result_backend(step(add, 2))


def what_may_not() -> None:
    require_result_backend()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    require_result_backend("shop")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    require_result_backend(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    require_result_backend(wanted=app)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    require_result_backend(app, True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    require_result_backend(app, chords="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    require_result_backend(app, chord=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    require_result_backend([app])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    nothing: int = require_result_backend(app)  # type: ignore[assignment,func-returns-value]  # pyright: ignore[reportAssignmentType]
    use(nothing)


def what_is_wrong(problem: BackendProblem) -> str:
    return problem.message if problem.kind == "unknown" else problem.remedy


def what_is_never_wrong(problem: BackendProblem) -> str:
    problem.kind = "none"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    if problem.kind == "misspelt":  # type: ignore[comparison-overlap]  # pyright: ignore[reportUnnecessaryComparison]
        return problem.remedy
    return str(problem)


def use(_: int) -> None:
    pass

"""
The tasks of the scenarios: each notes what it does, wherever it runs.
"""

from collections.abc import Callable
from threading import Event
from types import SimpleNamespace
from typing import Any

from celery import Celery, Task, chain, chord, current_task, group
from celery.exceptions import Ignore, Reject, SoftTimeLimitExceeded
from pydantic import BaseModel

from celerykit import ReadRefused

TASKS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {}
MOMENT = 0.2


def declare(app: Celery, note: Callable[[str], object], hold: Callable[[], object]) -> Any:
    """
    Declare the tasks in an app: they tell `note` what they do, and one waits for `hold`.
    """
    own = {"abstract": True, "note": staticmethod(note), "hold": staticmethod(hold)}
    found = {}
    for name, (function, options) in TASKS.items():
        base = type("Noting", (options.get("base", Task),), own)
        given = {**options, "base": base, "name": f"fidelity.{name}", "shared": False}
        found[name] = app.task(**given)(function)
    return SimpleNamespace(**found)


def task(**options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """
    Count a function among the tasks; it is bound unless the options say otherwise.
    """

    def keep(function: Callable[..., Any]) -> Callable[..., Any]:
        TASKS[function.__name__] = function, {"bind": True, **options}
        return function

    return keep


@task()
def held(self):
    """
    Keep the worker busy until it is let go.
    """
    self.note("held")
    self.hold()


@task()
def fence(self):
    """
    Say that everything before is done.
    """
    self.note("fence")


@task()
def add(self, x, y):
    """
    Add two numbers.
    """
    self.note(f"add {x} {y}")
    return x + y


@task()
def say(self, value="nothing"):
    """
    Note a value, and return it.
    """
    self.note(f"say {value}")
    return value


@task()
def total(self, values):
    """
    Add up a list.
    """
    self.note(f"total {values}")
    return sum(values)


@task()
def total_sorted(self, values):
    """
    Add up a list whose order is chance.
    """
    self.note(f"sorted {sorted(values)}")
    return sum(values)


@task()
def spread(self, values):
    """
    Add up a list of lists.
    """
    self.note(f"spread {values}")
    return sum(sum(each) for each in values)


@task(bind=False)
def unbound(value):
    """
    Know its task by current_task alone.
    """
    current_task.note(f"unbound {value} in {current_task.name}")
    return value


@task()
def boom(self, *_args):
    """
    Fail.
    """
    self.note("boom")
    message = "as it must"
    raise ZeroDivisionError(message)


@task(bind=False)
def old_errback(task_id):
    """
    Take the id of what failed, as errbacks did first.
    """
    current_task.note(f"old errback of {task_id}")


@task(bind=False)
def new_errback(request, exc, traceback):
    """
    Take what failed, and why; it is called where the task failed, and is no task itself.
    """
    current_task.note(f"new errback of {request.id}: {exc!r}")


@task(max_retries=3)
def retried(self, times, value="done"):
    """
    Ask to be run again, so many times.
    """
    self.note(f"try {self.request.retries}")
    if self.request.retries < times:
        raise self.retry(countdown=0)
    return value


@task(max_retries=1)
def gives_up(self, exc=None):
    """
    Ask to be run again for ever.
    """
    self.note(f"try {self.request.retries}")
    raise self.retry(countdown=0, exc=None if exc is None else LookupError(exc))


@task()
def retried_otherwise(self, x, y=0):
    """
    Ask to be run again with other arguments.
    """
    self.note(f"try {x} {y}")
    if x < 3:
        raise self.retry(args=(x + 1,), kwargs={"y": y + 10}, countdown=0)
    return x + y


@task(max_retries=3)
def retried_later(self, value):
    """
    Ask to be run again in a moment.
    """
    self.note(f"try {self.request.retries} {value}")
    if self.request.retries < 1:
        raise self.retry(countdown=MOMENT)
    return value


@task(autoretry_for=(KeyError,), max_retries=2, default_retry_delay=0)
def autoretried(self, times):
    """
    Fail so many times, and be run again by Celery.
    """
    self.note(f"try {self.request.retries}")
    if self.request.retries < times:
        raise KeyError(times)
    return "done"


@task(autoretry_for=(Exception,), dont_autoretry_for=(KeyError,), default_retry_delay=0)
def not_autoretried(self):
    """
    Fail with what is not to be run again.
    """
    self.note(f"try {self.request.retries}")
    raise KeyError("final")


@task(autoretry_for=(OSError,), retry_backoff=1, retry_backoff_max=MOMENT, retry_jitter=False)
def backed_off(self):
    """
    Fail once, and be run again after a while.
    """
    self.note(f"try {self.request.retries}")
    if self.request.retries < 1:
        raise OSError
    return "done"


def shape(app: Celery, name: str) -> Any:
    """
    What a task may put in its own place.
    """
    add, total = app.tasks["fidelity.add"], app.tasks["fidelity.total"]
    shapes = {
        "task": add.s(5, 6),
        "chain": chain(add.s(1, 1), add.s(2), add.s(3)),
        "group": group(add.s(1, 1), add.s(2, 2)),
        "chord": chord([add.s(1, 1), add.s(2, 2)], total.s()),
        "itself": app.tasks["fidelity.replaced"].si("task"),
        "failing": app.tasks["fidelity.boom"].s(),
    }
    return shapes[name]


@task()
def replaced(self, name, *_before):
    """
    Put a canvas in its own place.
    """
    self.note(f"replaced by {name}")
    return self.replace(shape(self.app, name))


@task()
def replaced_after(self, _before, name):
    """
    The same, with the result of a task before.
    """
    self.note(f"replaced by {name}")
    return self.replace(shape(self.app, name))


@task()
def added(self):
    """
    Add a member to the chord that it is one of.
    """
    self.note("added")
    self.add_to_chord(self.app.tasks["fidelity.add"].s(5, 5))
    return 1


@task()
def parent(self, *names):
    """
    Send other tasks, in order.
    """
    self.note("parent")
    for name in names:
        self.app.tasks["fidelity.say"].delay(name)
    self.note("parent's end")
    return len(names)


@task()
def grandparent(self):
    """
    Send a task that sends another.
    """
    self.note("grandparent")
    self.app.tasks["fidelity.parent"].delay("grandchild")


@task()
def conducts(self):
    """
    Send a chord.
    """
    self.note("conducts")
    shape(self.app, "chord").apply_async()


@task()
def applies(self):
    """
    Run another task in its own place.
    """
    self.note("applies")
    return self.app.tasks["fidelity.add"].apply((1, 2)).result


@task()
def waits(self):
    """
    Wait for another task's result, which Celery refuses.
    """
    self.note("waits")
    result = self.app.tasks["fidelity.say"].delay("never waited for")
    try:
        result.get(timeout=1)
    except (RuntimeError, ReadRefused) as refused:
        return type(refused).__name__
    return None


@task()
def ignored(self):
    """
    Leave its result alone.
    """
    self.note("ignored")
    raise Ignore


@task(acks_late=True)
def rejected(self, requeue):
    """
    Give its message back, once.
    """
    again = bool(self.request.delivery_info["redelivered"])
    self.note(f"rejected {again}")
    if not again:
        raise Reject("not now", requeue=requeue)
    return "taken"


@task()
def halfway(self):
    """
    Say how far it is, and leave it at that.
    """
    self.update_state(state="HALFWAY", meta={"done": 50})
    self.note("halfway")
    raise Ignore


@task(throws=(KeyError,))
def expected(self):
    """
    Fail as was to be expected.
    """
    self.note("expected")
    raise KeyError("known")


@task(ignore_result=True)
def silent(self, value):
    """
    Do something of which no result is kept.
    """
    self.note(f"silent {value}")
    return value


@task()
def unserialisable(self):
    """
    Return what JSON cannot carry.
    """
    self.note("unserialisable")
    return object()


class NotOnlyTextError(Exception):
    """
    An error with arguments that JSON cannot carry.
    """


@task()
def fails_strangely(self):
    """
    Fail with an error that JSON cannot carry as it is.
    """
    self.note("fails strangely")
    raise NotOnlyTextError("code", {"a": object})


class Order(BaseModel):
    """
    What a customer asked for.
    """

    sku: str
    count: int = 1


@task(pydantic=True, bind=False)
def double(order: Order) -> Order:
    """
    Take a model and return a model.
    """
    current_task.note(f"double {order!r}")
    return Order(sku=order.sku, count=order.count * 2)


@task()
def kinds(self, *args, **kwargs):
    """
    Note what became of the arguments.
    """
    self.note(f"kinds {args} {dict(sorted(kwargs.items()))}")
    return list(args)


@task()
def request(self, *names):
    """
    Note some of what it knows of its own message.
    """
    known = {name: getattr(self.request, name, None) for name in names}
    self.note(f"request {known}")


@task()
def family(self, _before=None):
    """
    Note who sent it, and from whom all comes.
    """
    names = ("id", "parent_id", "root_id")
    self.note("family " + " ".join(str(getattr(self.request, name)) for name in names))
    return self.request.id


@task()
def stamped(self, _before=None):
    """
    Note its stamps.
    """
    stamps = {name: self.request.stamps[name] for name in sorted(self.request.stamps or {})}
    self.note(f"stamped {stamps}")


@task()
def limited(self):
    """
    Take longer than its limit allows.
    """
    try:
        Event().wait(2 * MOMENT)
    except SoftTimeLimitExceeded:
        self.note("limited")
        return "ended"
    self.note("not limited")
    return "in time"


class Handlers(Task):
    """
    A task whose handlers note when they are called.
    """

    abstract = True
    max_retries = 1

    def before_start(self, *_):
        """
        Before the task.
        """
        self.note("before_start")

    def on_success(self, *_):
        """
        After a success.
        """
        self.note("on_success")

    def on_retry(self, *_):
        """
        When it is to be run again.
        """
        self.note("on_retry")

    def on_failure(self, exc, *_):
        """
        After a failure.
        """
        self.note(f"on_failure {exc!r}")

    def after_return(self, status, *_):
        """
        At the end of all.
        """
        self.note(f"after_return {status}")


@task(base=Handlers)
def handled(self, outcome):
    """
    Succeed, fail, or ask to be run again until it may not.
    """
    self.note(f"handled {outcome}")
    if outcome == "failure":
        raise LookupError(outcome)
    if outcome == "retry":
        raise self.retry(countdown=0, exc=LookupError("mine"))
    return outcome

"""
A step: a task that waits for one value, which Celery puts first.
"""

import pytest

from celerykit import CallRejected, Step, call, remote, step


def test_a_step_takes_the_value_first(app, add, greet, work):
    """
    After its task, a step runs with the result in front of the arguments it was given.
    """
    seen = []

    @app.task(name="shop.note")
    def note(*args, **kwargs):
        seen.append((args, kwargs))

    call(add, 2, 3).link(step(note, "then", by="Ann")).send()
    work(app)

    assert seen == [((5, "then"), {"by": "Ann"})]


def test_a_call_takes_no_value(app, add, work):
    """
    A call that follows another runs with its own arguments alone.
    """
    seen = []

    @app.task(name="shop.note")
    def note(*args):
        seen.append(args)

    call(add, 2, 3).link(call(note, "then")).send()
    work(app)

    assert seen == [("then",)]


def test_a_step_after_a_failure_takes_the_id(app, work):
    """
    After a failure, a step runs with the id of the task that failed, and a call with none.
    """
    seen = []

    @app.task(name="shop.fail")
    def fail():
        raise KeyError

    @app.task(name="shop.alert", bind=True)
    def alert(self, task_id, whom):
        seen.append((task_id, whom))

    @app.task(name="shop.stop")
    def stop():
        seen.append("stopped")

    handle = call(fail).link_error(step(alert, "Ann"), call(stop)).send()
    work(app)

    assert seen == [(handle.id, "Ann"), "stopped"]


def test_a_step_has_all_the_options(add):
    """
    A step takes options like a call, and stays a step.
    """
    changed = step(add, 2).queue("high").countdown(10).headers(tenant="acme")

    assert isinstance(changed, Step)
    assert changed.signature().options == {
        "queue": "high",
        "countdown": 10,
        "headers": {"tenant": "acme"},
    }


def test_a_step_cannot_be_sent(add):
    """
    A step lacks a value, so there is nothing to send, run or check.
    """
    assert not any(hasattr(step(add, 2), name) for name in ("send", "apply", "check"))


def test_its_signature_waits_too(app, add, work):
    """
    The signature of a step takes the value before it; that of a call takes none.
    """
    assert step(add, 2).signature().immutable is False
    assert call(add, 2, 3).signature().immutable is True

    result = (call(add, 2, 3).signature() | step(add, 10).signature()).apply_async()
    work(app)

    assert result.get(timeout=5) == 15


def test_the_awaited_value_shows_as_dots(add):
    """
    The repr of a step is the code that builds it; where arguments are listed, dots wait.
    """
    base = step(add, 2).queue("high")

    assert repr(base) == "step(shop.add, 2).queue('high')"
    assert base.redact("y").signature().options["argsrepr"] == "(..., ***)"


def test_redacting_the_awaited_value_hides_nothing_else(add):
    """
    The parameter that the awaited value fills can be redacted, though it is not here yet.
    """
    waiting = step(add, 2).redact("x")

    assert repr(waiting) == "step(shop.add, 2).redact('x')"
    assert waiting.signature().options["argsrepr"] == "(..., 2)"


def test_a_step_of_a_remote_task(app, add, messages):
    """
    A task of another service can follow one of this app.
    """

    @remote("other.store", app=app)
    def store(value, where):
        raise NotImplementedError

    call(add, 2, 3).link(step(store, "here")).send()

    (sent,) = messages()
    (callback,) = sent.payload[2]["callbacks"]
    assert (callback["task"], callback["args"]) == ("other.store", ["here"])
    with pytest.raises(CallRejected, match=r"CK102 .*'where'"):
        step(store)


def test_equal_steps(add):
    """
    Steps are equal when they would run the same, and never equal to a call.
    """
    assert step(add, 2) == step(add, 2)
    assert len({step(add, 2), step(add, 2), step(add, 3)}) == 2
    assert step(add, 2) != call(add, 1, 2)

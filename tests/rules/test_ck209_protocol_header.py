"""
CK209: the caller's headers leave Celery's own alone.
"""

import pytest
from celery.app.task import Context

from celerykit import call
from celerykit._vocabulary import PROTOCOL_HEADERS

from .asking import ask, printed, refusal, refused


@pytest.mark.parametrize("name", sorted(PROTOCOL_HEADERS))
def test_each_of_celerys_own_headers_is_refused(add, name):
    """
    No header that Celery or the worker reads itself can be set by `.headers()` or `.options()`.
    """
    base = call(add, 2, 3)

    assert refused(lambda: base.headers({name: "v"})) == [("CK209", "headers", "'v'")]
    assert refused(lambda: base.options(headers={name: "v"})) == [("CK209", "headers", "'v'")]


def test_says_what_to_call_it(add):
    """
    The message has a name that is free.
    """
    assert str(refusal(lambda: call(add, 2, 3).headers(id="7"))) == printed(
        "CK209", "the header 'id' is Celery's own. Choose another name, for example 'x_id'."
    )


def test_knows_every_header_that_celery_writes(add, message):
    """
    A header that a newer Celery adds to its messages fails here by name.
    """
    add.delay(2, 3)

    assert set(message().headers) <= PROTOCOL_HEADERS


def test_knows_every_word_of_the_request():
    """
    An attribute that a newer Celery adds to `request` fails here by name.
    """
    words = {name for name in vars(Context) if not name.startswith("__")}

    assert words <= PROTOCOL_HEADERS


@pytest.mark.parametrize("name", ["x_id", "Task", "tenant", "order_id", "traceparent", "groups"])
def test_near_miss_other_names_pass_and_arrive(app, received, name):
    """
    A name of the caller's own passes, and arrives in `request.headers`.
    """

    @app.task(name="shop.read", bind=True)
    def read(self):
        return self.request.headers

    call(read).headers({name: "v"}).send()

    assert received().execute() == {name: "v"}


def test_near_miss_what_is_no_mapping_is_left_to_its_rule():
    """
    Headers of a wrong type have another rule.
    """
    assert ask("CK209", {"headers": [("id", 1)]}) == []
    assert ask("CK209", {"queue": "high"}) == []


def test_harm_a_header_named_task_runs_another_task(app, add, outcome):
    """
    With plain Celery a header named "task" makes the worker run another task.
    """

    @app.task(name="shop.subtract")
    def subtract(x, y):
        return x - y

    add.apply_async((2, 3), headers={"task": "shop.subtract"})

    assert outcome() == ("SUCCESS", -1)


def test_harm_a_header_named_timelimit_breaks_the_worker(add, received):
    """
    With plain Celery `headers={"timelimit": 5}` gives the worker one number where it unpacks two.
    """
    add.apply_async((2, 3), headers={"timelimit": 5})

    with pytest.raises(TypeError):
        _hard, _soft = received().time_limits


def test_harm_a_header_named_id_hides_the_result(app, add, outcome):
    """
    With plain Celery a header named "id" makes the task run under it, and the caller waits.
    """
    result = add.apply_async((2, 3), headers={"id": "7"})

    assert outcome() == ("SUCCESS", 5)
    assert result.state == "PENDING"


@pytest.mark.parametrize("name", ["args", "hostname", "delivery_info"])
def test_harm_a_header_of_the_request_is_lost(app, received, name):
    """
    With plain Celery a header called like a part of the request never arrives.
    """

    @app.task(name="shop.read", bind=True)
    def read(self):
        return self.request.headers, getattr(self.request, name)

    read.apply_async(headers={name: "mine"})

    headers, value = received().execute()
    assert headers is None
    assert value != "mine"

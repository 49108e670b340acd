"""
CK506: the tasks of a flow belong to one app.
"""

import celery
import pytest

from celerykit import call, group, remote, step
from celerykit._request import Place

from .asking import ask, printed, refusal


@pytest.fixture
def charge(make_app):
    """
    A task of another app.
    """
    other = make_app()

    @other.task(name="billing.charge", shared=False)
    def charge(cents=0):
        return cents

    return charge


def test_another_app_is_found():
    """
    Both apps are named.
    """
    (finding,) = ask("CK506", {}, place=Place(other_app=("'billing'", "'shop'")))

    assert finding.message == "it belongs to the app 'billing', and the flow is sent by 'shop'"


def test_mixed_apps_are_refused(add, charge):
    """
    Whether in a chain or in a group, nothing is sent.
    """
    assert str(refusal((call(add, 2, 3) | step(charge)).send)) == printed(
        "CK506",
        f"it belongs to the app {charge.app.main!r}, and the flow is sent by {add.app.main!r}. "
        "Declare it with remote(..., app=...) for that app, or send it by itself.",
        task="billing.charge",
    )
    assert [each.code for each in group(call(add, 2, 3), call(charge)).check()] == ["CK506"]


def test_an_app_without_a_name_is_told(add):
    """
    An app that has no name is called that.
    """
    nameless = celery.Celery(broker="memory://", set_as_current=False)

    @nameless.task(name="nobody.task", shared=False)
    def task():
        """Nothing runs here."""

    (finding,) = call(add, 2, 3).then(call(task)).check()

    assert "belongs to the app one without a name" in finding.message
    nameless.close()


def test_near_miss_tasks_elsewhere_go_with_the_flow(app, add, charge, messages):
    """
    A remote task of the same app is no other, and one without an app is sent by the flow's.
    """

    @remote("billing.charge", app=app)
    def declared(cents):
        raise NotImplementedError

    @remote("billing.charge")
    def anywhere(cents):
        raise NotImplementedError

    flow = call(add, 2, 3) | step(declared) | step(anywhere)

    assert flow.check() == (group(call(anywhere, 1), call(add, 2, 3))).check() == []
    group(call(anywhere, 1), call(add, 2, 3)).send()
    assert [sent.headers["task"] for sent in messages()] == ["billing.charge", "shop.add"]


def test_near_miss_a_shared_task_goes_with_the_flow(add, make_app, set_current, messages):
    """
    A shared task belongs to every app, also to that of the flow when another one is current.
    """

    @celery.shared_task(name="shop.shared")
    def shared(value):
        return value

    set_current(make_app())
    flow = group(call(shared, 1), call(add, 2, 3) | step(shared))

    assert flow.check() == call(shared, 1).then(call(shared, 2)).check() == []
    flow.send()
    assert [sent.headers["task"] for sent in messages()] == ["shop.shared", "shop.add"]


def test_harm_a_group_goes_to_the_broker_of_its_first_member(add, charge, messages):
    """
    With plain Celery the other app's task waits on a broker that its workers do not know.
    """
    other = charge.app.conf
    other.broker_url = "redis://nowhere.invalid:1/0"

    celery.group(add.s(2, 3), charge.s(100)).apply_async()

    (sent,) = messages(other.task_default_queue)  # in memory, with the first app's broker
    assert sent.headers["task"] == "billing.charge"

"""
CK106: a task that is sent by name has the name that its workers know.
"""

import pytest

from celerykit import CallWarning, call, remote
from celerykit._read_config import config_of
from celerykit.rules import of_app

from .asking import ask

KNOWN = {"known_tasks": {"shop.add", "shop.mul2"}, "local": False}


@pytest.fixture
def make_remote(app, add):
    """
    Declare a task of another service, in an app that has all its own tasks.
    """

    def make(name):
        @remote(name, app=app)
        def ad(x, y):
            raise NotImplementedError

        return ad

    add.name  # noqa: B018 - makes the task, which is lazy until then
    app.finalize()
    return make


@pytest.mark.parametrize("name", ["shop.ad", "shop.addd", "shp.add", "shop.dad"])
def test_a_slip_is_found_with_what_was_meant(name):
    """
    A name that is nearly one of the app's own is answered with it.
    """
    (finding,) = ask("CK106", {}, task=name, **KNOWN)

    assert (finding.level, finding.option) == ("warning", "task")
    assert finding.remedy == "Did you mean 'shop.add'?"


def test_one_wrong_letter_in_a_longer_word_is_found():
    """
    One letter makes no other word of a longer one.
    """
    (finding,) = ask("CK106", {}, task="shop.inviice", known_tasks={"shop.invoice"}, local=False)

    assert finding.remedy == "Did you mean 'shop.invoice'?"


def test_says_so_at_the_send_and_sends(make_remote, message):
    """
    The call is sent, since a worker elsewhere may know the name.
    """
    with pytest.warns(CallWarning) as caught:
        call(make_remote("shop.ad"), 2, 3).send()

    assert str(caught[0].message) == (
        "shop.ad: CK106 no task is called 'shop.ad' in this app. Did you mean 'shop.add'?"
    )
    assert message().headers["task"] == "shop.ad"


@pytest.mark.parametrize(
    "name", ["shop.add", "billing.charge", "shop.mul3", "shop.adds", "shop.aid", "add"]
)
def test_near_miss_other_names_pass(name):
    """
    The name itself, another service's, the next number, an ending, another short word and a bare
    name pass.
    """
    assert ask("CK106", {}, task=name, **KNOWN) == []


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("shop.cart.get", "shop.cart.set"),
        ("shop.send_sms", "shop.send_mms"),
        ("shop.orders.sync", "shop.order.sync"),
        ("shop.async_run", "shop.sync_run"),
        ("shop.customer_a", "shop.customer_b"),
        ("shop.orders_v2", "shop.orders_v3"),
        ("shop.orders_2", "shop.orders_21"),
        ("shop.invoice.send", "shop.invoice_send"),
        ("shop.invaaice", "shop.invoooce"),
    ],
)
def test_near_miss_another_word_passes(name, known):
    """
    A word that one letter makes another one, a plural, a variant and a version are no slips.
    """
    assert ask("CK106", {}, task=name, known_tasks={known}, local=False) == []


def test_near_miss_a_local_task_and_an_unknown_app_pass(make_remote, add):
    """
    A task of this process is known by itself, and an app that may not know all its tasks is silent.
    """
    assert ask("CK106", {}, task="shop.ad", known_tasks={"shop.add"}) == []
    assert ask("CK106", {}, task="shop.ad", local=False) == []
    assert call(add, 2, 3).check() == []
    assert call(make_remote("billing.charge"), 2, 3).check() == []


def test_harm_a_name_that_nobody_knows_is_sent(app, add, message):
    """
    With plain Celery a misspelt name is sent, and no worker of the app has such a task.
    """
    app.send_task("shop.ad", (2, 3))

    assert message().headers["task"] not in app.tasks


def judged(make_app, **settings):
    """
    What the rule says of the configuration of an app with the tasks "shop.pay" and "shop.sell".
    """
    app = make_app(**settings)

    def work():
        raise NotImplementedError

    for name in ("shop.pay", "shop.sell"):
        app.task(name=name, shared=False)(work)
    found = of_app(config_of(app))
    return [(each.option, each.remedy) for each in found if each.code == "CK106"]


def test_slips_in_the_schedule_and_the_routes_are_found(make_app):
    """
    What beat would send for ever, and a route that nothing takes, show without a worker.
    """
    assert judged(
        make_app,
        beat_schedule={"nightly": {"task": "shop.slel", "schedule": 60.0}},
        task_routes={"shop.apy": {"queue": "money"}},
    ) == [
        ("beat_schedule", "Did you mean 'shop.sell'?"),
        ("task_routes", "Did you mean 'shop.pay'?"),
    ]


def test_near_miss_other_names_there_pass(make_app):
    """
    The app's own tasks, those of other services, Celery's, and patterns.
    """
    assert not judged(
        make_app,
        beat_schedule={
            "ours": {"task": "shop.pay", "schedule": 60.0},
            "theirs": {"task": "billing.pay", "schedule": 60.0},
            "Celery's": {"task": "celery.backend_cleanup", "schedule": 60.0},
        },
        task_routes={"shop.pa*": {"queue": "money"}, "billing.charge": {"queue": "money"}},
    )

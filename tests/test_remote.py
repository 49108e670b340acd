"""
Tasks that live elsewhere: sent by name, checked here.
"""

import functools
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from celery import Celery
from celery.local import Proxy

from celerykit import CallRejected, RemoteTask, Service, call, remote, typed_app


@pytest.fixture
def mul(app):
    """
    A task of another service.
    """

    @remote("other.mul", app=app)
    def mul(x: int, y: int = 1) -> float:
        """
        Multiply.
        """
        raise NotImplementedError

    return mul


class Billing(Service, prefix="billing"):
    """
    Another service.
    """

    currency = "EUR"

    def charge(self, user, cents=100):
        """
        Take money.
        """
        raise NotImplementedError

    def refund(self, user):
        """
        Give it back.
        """
        raise NotImplementedError

    def _secret(self):
        """
        Keep to itself.
        """
        return self.currency

    @staticmethod
    def convert(cents):
        """
        Help the caller.
        """
        return cents / 100


def test_it_is_sent_by_name(mul, message):
    """
    The message of a remote task names it as its own workers know it.
    """
    handle = call(mul, 2, y=3).send()

    sent = message()
    assert sent.headers["task"] == "other.mul"
    assert sent.headers["id"] == handle.id
    assert sent.payload[:2] == [[2], {"y": 3}]


def test_a_default_is_left_to_the_other_side(mul, message):
    """
    A parameter that is left out is not sent: the worker's own default counts.
    """
    call(mul, 2).send()

    assert message().payload[:2] == [[2], {}]


def test_options_travel_too(mul, message):
    """
    A remote task takes the options of any call.
    """
    call(mul, 2).queue("high").headers(tenant="acme").priority(7).send()

    sent = message("high")
    assert sent.headers["tenant"] == "acme"
    assert sent.properties["priority"] == 7


def test_it_keeps_what_its_function_says(mul):
    """
    A remote task has the name, the docstring and the module of the function that declares it.
    """
    assert isinstance(mul, RemoteTask)
    assert (mul.__name__, mul.__module__) == ("mul", __name__)
    assert mul.__doc__.strip() == "Multiply."
    assert repr(mul) == "<RemoteTask other.mul>"


def test_it_cannot_run_here(mul):
    """
    Calling or applying a remote task is refused, and says how to send it.
    """
    with pytest.raises(CallRejected, match=r"CK104 .* Send it: call\(mul, \.\.\.\)\.send\(\)"):
        mul(2, 3)
    with pytest.raises(CallRejected, match=r"CK104 .* Send it: call\(mul, \.\.\.\)\.send\(\)"):
        call(mul, 2, 3).apply()


def test_any_callable_can_declare_it(app):
    """
    A class with the right parameters declares a remote task as well as a function does.
    """

    class Contract:
        def __call__(self, x):
            raise NotImplementedError

    task = remote("other.mul", app=app)(Contract())

    assert call(task, 2).signature().args == (2,)
    with pytest.raises(CallRejected, match=r"Send it: call\(other\.mul, \.\.\.\)"):
        task(2)


@pytest.mark.parametrize("name", ["", " other.mul", "other.mul\n", 5, None])
def test_a_name_that_no_worker_can_have_is_refused(name):
    """
    A task that is declared under no name, or with blanks around it, would never be found.
    """
    with pytest.raises(CallRejected) as caught:
        remote(name)(len)

    assert str(caught.value) == (
        "remote() was refused:\n"
        f"  CK214 name={name!r} is no name of a task. "
        "Write the name that its workers know, without blanks around it.\n"
        "  Read more: python -m pydoc celerykit.rules.ck214_blank_name"
    )


def test_without_an_app_the_current_one_sends(make_app, set_current):
    """
    A remote task that names no app is sent by the one that is current at the send.
    """

    @remote("other.mul")
    def mul(x):
        raise NotImplementedError

    base = call(mul, 2)
    for app in [make_app(), make_app()]:
        set_current(app)
        assert base.send().async_result.app is app


def test_a_declared_app_wins_over_the_current_one(app, make_app, set_current, mul):
    """
    A remote task that names its app is sent by that one, whichever is current.
    """
    set_current(make_app())

    assert call(mul, 2).send().async_result.app is app


def test_a_service_names_its_tasks(app):
    """
    Each public method of a service is a task under its prefix.
    """
    billing = Billing(app)

    names = [billing.charge.name, billing.refund.name]

    assert names == ["billing.charge", "billing.refund"]
    assert call(billing.charge, 7, cents=5).signature().kwargs == {"cents": 5}


def test_what_is_no_public_method_stays(app):
    """
    Private and static methods and plain attributes of a service are what they were.
    """
    billing = Billing(app)

    assert (billing._secret(), billing.convert(150), billing.currency) == ("EUR", 1.5, "EUR")


def test_a_service_without_a_prefix_names_the_methods_alone(app):
    """
    Without a prefix a task is called like its method.
    """

    class Plain(Service):
        def ping(self):
            raise NotImplementedError

    assert Plain(app).ping.name == "ping"


def test_a_prefix_is_inherited(app):
    """
    A service that extends another adds tasks under the same prefix, unless it has its own.
    """

    class More(Billing):
        def remind(self, user):
            raise NotImplementedError

    class European(More, prefix="billing.eu"):
        def vat(self, user):
            raise NotImplementedError

    assert More(app).remind.name == "billing.remind"
    assert European(app).vat.name == "billing.eu.vat"
    assert More(app).charge.name == "billing.charge"


def test_a_prefix_of_its_own_renames_what_is_inherited(app):
    """
    A service that extends another under a new prefix has all its tasks there, and the other keeps
    its own.
    """

    class Next(Billing, prefix="billing.v2"):
        pass

    class Bare(Next, prefix=""):
        pass

    assert Next(app).charge.name == "billing.v2.charge"
    assert call(Next(app).refund, 7).signature().task == "billing.v2.refund"
    assert Bare(app).charge.name == "charge"
    assert Billing(app).charge.name == "billing.charge"


def test_two_services_in_one_keep_their_prefixes(app):
    """
    A service that joins two others calls their tasks as they do, unless it has a prefix itself.
    """

    class Pinging(Service):
        def ping(self):
            raise NotImplementedError

    class Shipping(Pinging, prefix="shipping"):
        def pack(self):
            raise NotImplementedError

    class Both(Billing, Shipping):
        pass

    class New(Both, prefix="new"):
        pass

    assert [Both(app).charge.name, Both(app).pack.name] == ["billing.charge", "shipping.pack"]
    assert [Both(app).ping.name, Pinging(app).ping.name] == ["shipping.ping", "ping"]
    assert {each.name.partition(".")[0] for each in (New(app).charge, New(app).ping)} == {"new"}


def test_each_instance_has_its_own_app(make_app):
    """
    Two instances of one service send through two apps.
    """
    here, there = make_app(), make_app()
    one, other = Billing(here), Billing(there)

    assert call(one.charge, 7).send().async_result.app is here
    assert call(other.charge, 7).send().async_result.app is there


def test_a_task_of_a_service_is_made_once(app, at_once):
    """
    Every thread that asks an instance for a task gets one that makes equal calls.
    """
    billing = Billing(app)

    calls = at_once(lambda number: call(billing.charge, 7))

    assert len(set(calls)) == 1
    assert billing.charge is billing.charge


def test_a_task_of_a_service_is_called_after_its_attribute(app):
    """
    A second name for a method, or a decorator that changes its name, mixes up no tasks.
    """

    def renamed(function):
        @functools.wraps(function)
        def wrapper(self, *args):
            raise NotImplementedError

        wrapper.__name__ = "charge"
        return wrapper

    class Both(Service, prefix="both"):
        def charge(self, user):
            raise NotImplementedError

        settle = charge

        @renamed
        def refund(self, user):
            raise NotImplementedError

    both = Both(app)

    for name in ["settle", "refund", "charge", "settle"]:
        assert getattr(both, name).name == f"both.{name}"
    assert both.settle is both.settle


def test_a_service_may_use_the_current_app(app, set_current):
    """
    A service without an app sends through the current one.
    """
    set_current(app)

    assert call(Billing().charge, 7).send().async_result.app is app


NO_APPS = ["proj", 5, True, Celery, pytest]


@pytest.mark.parametrize("app", NO_APPS, ids=repr)
def test_an_app_that_is_none_is_refused_on_its_line(app):
    """
    What cannot send is refused where it is given, and not at the first send.
    """
    for build, what in [
        (lambda: remote("other.mul", app=app), "remote()"),
        (lambda: RemoteTask("other.mul", len, app), "remote()"),
        (lambda: Billing(app), "Billing()"),
    ]:
        with pytest.raises(CallRejected) as caught:
            build()
        (finding,) = caught.value.findings
        assert (finding.code, finding.task, finding.option) == ("CK203", what, "app")


def test_an_app_that_is_none_is_told_with_the_way_out():
    """
    The message shows what was given and says what to pass, beside what is wrong with the name.
    """
    with pytest.raises(CallRejected) as caught:
        remote("", app="proj")

    assert str(caught.value) == (
        "remote() was refused:\n"
        "  CK214 name='' is no name of a task. "
        "Write the name that its workers know, without blanks around it.\n"
        "  CK203 app='proj' is not a Celery app. "
        "Pass the app itself, as Celery(...) returned it, or leave it out for the current one.\n"
        "  Read more: python -m pydoc celerykit.rules.ck214_blank_name"
    )


def test_near_miss_a_proxy_is_not_asked_before_the_send(app):
    """
    A lazy proxy of an app, such as `celery.current_app`, is taken without being looked at.
    """
    asked = []

    def find():
        asked.append(1)
        return app

    proxy = Proxy(find)

    @remote("other.mul", app=proxy)
    def mul(x):
        raise NotImplementedError

    billing = Billing(proxy)
    assert typed_app(proxy) is proxy
    assert asked == []
    assert call(mul, 2).send().async_result.app == app
    assert call(billing.charge, 7).send().async_result.app == app


def test_near_miss_what_sends_and_has_settings_is_an_app(app):
    """
    A stand-in for an app, and a subclass of Celery's, pass.
    """

    class Apps(Celery):
        pass

    stand_in = SimpleNamespace(send_task=print, conf={})

    assert Billing(stand_in).app is stand_in
    assert remote("other.mul", app=Apps(set_as_current=False))
    assert remote("other.mul", app=Mock())


def test_a_service_can_have_its_own_start(app):
    """
    A service whose constructor does not call the base's still works, through the current app.
    """

    class Custom(Service, prefix="custom"):
        def __init__(self):
            self.app = app

        def ping(self):
            raise NotImplementedError

    assert call(Custom().ping).send().async_result.app is app


def test_a_service_can_have_other_bases(app):
    """
    What a class statement says to another base of a service reaches that base.
    """

    class Tagged:
        def __init_subclass__(cls, *, tag, **kwargs):
            super().__init_subclass__(**kwargs)
            cls.tag = tag

    class Both(Service, Tagged, prefix="both", tag="red"):
        def ping(self):
            raise NotImplementedError

    assert (Both.tag, Both(app).ping.name) == ("red", "both.ping")

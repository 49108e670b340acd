"""
CK224: user_id is the login of the connection.
"""

import pytest

from celerykit import CallRejected, call
from celerykit._facts import AppFacts

from .asking import ask, printed

GUEST = AppFacts(transport="amqp", login="guest")


@pytest.fixture
def rabbit(make_app):
    """
    Make a call on RabbitMQ, which nobody connects to.
    """

    def make(url):
        app = make_app(broker_url=url)

        @app.task(name="shop.add")
        def add(x, y):
            return x + y

        return call(add, 2, 3)

    return make


@pytest.mark.parametrize("user", ["bob", "Guest", ""])
def test_another_name_is_found(user):
    """
    RabbitMQ compares the name letter by letter.
    """
    (finding,) = ask("CK224", {"user_id": user}, GUEST)

    assert (finding.option, finding.value) == ("user_id", repr(user))


def test_is_refused_at_the_send(rabbit):
    """
    The call is refused before anything connects; the login is the one of the URL.
    """
    with pytest.raises(CallRejected) as caught:
        rabbit("amqp://ann:secret@127.0.0.1:1//").extra(user_id="bob").send()

    assert str(caught.value) == printed(
        "CK224",
        "user_id='bob' is not the login of the broker connection, 'ann'. "
        "Pass it as an argument or a header: .headers(user=...).",
    )


@pytest.mark.parametrize(
    ("url", "user"),
    [("amqp://ann:secret@127.0.0.1:1//", "ann"), ("amqp://127.0.0.1:1//", "guest")],
    ids=["in the URL", "by default"],
)
def test_near_miss_the_login_itself_passes(rabbit, url, user):
    """
    The name that the connection logs in with passes, written or not.
    """
    assert rabbit(url).extra(user_id=user).check() == []


@pytest.mark.parametrize(
    "facts", [AppFacts(transport="redis"), AppFacts()], ids=["Redis", "unknown"]
)
def test_near_miss_other_brokers_do_not_look(facts):
    """
    No other broker reads the property.
    """
    assert ask("CK224", {"user_id": "bob"}, facts) == []


def test_harm_a_likely_argument_becomes_a_property(add, message):
    """
    With plain Celery `user_id="bob"` beside the arguments is a property of the message, which
    RabbitMQ compares with the login.
    """
    add.apply_async((2, 3), user_id="bob")

    assert message().properties["user_id"] == "bob"

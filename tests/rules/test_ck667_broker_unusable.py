"""
CK667: a broker URL that leads nowhere.
"""

import pytest

from celerykit import diagnose
from celerykit._read_config import config_of

from .configured import configured, told, words


def test_a_transport_that_cannot_be_loaded_is_told():
    """
    The finding says what is wrong with the URL, and what to write.
    """
    config = configured({"broker_url": "reddis://:pw@x"}, unusable="No such transport: reddis")

    found = told("CK667", config)

    said = "no call can be sent: No such transport: reddis"
    remedy = (
        "Write app.conf.broker_url = 'redis://localhost:6379/0', or install what the transport "
        "needs"
    )
    assert [each[2:] for each in words(found)] == [(said, remedy)]
    assert found[0].level == "error"
    assert "pw" not in found[0].value


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("reddis://localhost", "No such transport: reddis"),
        ("redis://localhost:port/0", "Port could not be cast to integer value as 'port'"),
    ],
)
def test_the_doctor_reads_on(make_app, url, why):
    """
    An app whose broker cannot be used is examined all the same.
    """
    app = make_app(broker_url=url)

    assert config_of(app).unusable == why
    assert "CK667" in [each.code for each in diagnose(app, live=True, within=0.1)]


@pytest.mark.parametrize("url", ["memory://", "redis://nowhere.invalid", "amqp://127.0.0.1:1"])
def test_near_miss_a_broker_that_may_be_there_passes(make_app, url):
    """
    Whether a broker answers is not asked; each URL with a transport passes.
    """
    assert told("CK667", config_of(make_app(broker_url=url))) == []


def test_an_error_without_words_is_told_by_its_kind(make_app, monkeypatch):
    """
    A transport that fails without saying why is still told.
    """

    def fail(*_args, **_kwargs):
        raise LookupError

    app = make_app()
    monkeypatch.setattr(app, "connection_for_write", fail)

    assert config_of(app).unusable == "LookupError"


def test_harm_plain_celery_finds_out_at_the_first_call(make_app):
    """
    With plain Celery the app comes up, and the first call raises what nobody catches.
    """
    app = make_app(broker_url="reddis://localhost")

    with pytest.raises(KeyError, match="No such transport"):
        app.send_task("shop.add")

"""
CK603: the environment wins over the code.
"""

import pytest

from celerykit._provenance import find_setting
from celerykit._read_config import config_of

from .configured import configured, told, words


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("broker_url", "CELERY_BROKER_URL"),
        ("broker_read_url", "CELERY_BROKER_READ_URL"),
        ("broker_write_url", "CELERY_BROKER_WRITE_URL"),
        ("result_backend", "CELERY_RESULT_BACKEND"),
    ],
)
def test_a_setting_that_does_not_count_is_told(make_app, monkeypatch, name, variable):
    """
    Both values are shown, without their passwords, and where each of them is.
    """
    monkeypatch.setenv(variable, "redis://:secret@prod/0")
    app = make_app(**{name: "redis://:other@test/0"})

    assert words(told("CK603", config_of(app))) == [
        (
            name,
            "'redis://:***@prod/0'",
            (
                f"{variable} is 'redis://:***@prod/0' in the environment, "
                "and wins over 'redis://:***@test/0'"
            ),
            f"Unset {variable}, or leave {name} in Celery(...) or app.conf to it",
        )
    ]


def test_the_finding_says_where(make_app, monkeypatch):
    """
    What counts was written in the environment.
    """
    monkeypatch.setenv("CELERY_BROKER_URL", "memory://prod")

    (found,) = told("CK603", config_of(make_app()))

    assert found.where == "the environment variable CELERY_BROKER_URL"


@pytest.mark.parametrize("written", ["memory://", "", None], ids=repr)
def test_near_miss_the_same_twice_or_nothing_hidden_passes(make_app, monkeypatch, written):
    """
    A variable that says what the code says, or what the code leaves open, hides nothing.
    """
    monkeypatch.setenv("CELERY_BROKER_URL", "memory://")

    assert told("CK603", config_of(make_app(broker_url=written))) == []


def test_near_miss_code_alone_passes():
    """
    Without such a variable the code counts.
    """
    assert told("CK603", configured({"result_backend": "redis://localhost"})) == []


def test_harm_plain_celery_sends_elsewhere(make_app, monkeypatch):
    """
    With plain Celery the broker of the environment is used, whatever the app was given.
    """
    monkeypatch.setenv("CELERY_BROKER_URL", "amqp://prod//")
    app = make_app(broker_url="memory://")

    with app.connection_for_write() as connection:
        assert connection.transport_cls == "amqp"
    assert find_setting(app, "broker_url").shadowed.value == "memory://"

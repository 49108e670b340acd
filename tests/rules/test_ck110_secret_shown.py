"""
CK110: a secret does not travel where logs can read it.
"""

import pytest

from celerykit import CallWarning, call, step

from .asking import ask


@pytest.fixture
def login(app):
    """
    A task with a parameter that is named like a secret.
    """

    @app.task(name="shop.login")
    def login(user, password, **more):
        return user

    return login


def test_each_secret_is_found():
    """
    Two of them are two findings.
    """
    found = ask("CK110", {}, secrets=("password", "api_key"))

    assert [(each.level, each.option) for each in found] == [
        ("warning", "password"),
        ("warning", "api_key"),
    ]


def test_says_so_at_the_send_and_sends(login, message):
    """
    The call is sent, with a warning that does not show the secret itself.
    """
    with pytest.warns(CallWarning) as caught:
        call(login, "ann", "s3cret").send()

    assert str(caught[0].message) == (
        "shop.login: CK110 the argument 'password' will be shown in logs and events. "
        "Write .redact('password')."
    )
    assert message().headers["task"] == "shop.login"


def test_arguments_by_name_are_looked_at_too(login):
    """
    A parameter that is given by name, and one that only `**kwargs` catches, are found.
    """
    found = call(login, user="ann", password="s3cret", api_key="k").check()  # noqa: S106 - it is one

    assert [each.option for each in found] == ["password", "api_key"]


def test_near_miss_what_is_redacted_passes(login, message):
    """
    A secret that is hidden passes, and does not show.
    """
    call(login, "ann", "s3cret").redact("password").send()

    assert "s3cret" not in message().headers["argsrepr"]


def test_near_miss_other_names_pass(app, add):
    """
    A name that only has to do with secrets is no secret.
    """

    @app.task(name="shop.reset")
    def reset(password_id, token, secrets_count=0):
        return 1

    assert call(add, 2, 3).check() == []
    assert call(reset, 7, "t", secrets_count=2).check() == []
    assert ask("CK110", {}) == []


@pytest.mark.parametrize("nothing", [None, ""], ids=repr)
def test_near_miss_no_secret_passes(login, nothing):
    """
    A parameter for a secret that is left empty shows none.
    """
    assert call(login, "ann", nothing).check() == []
    assert call(login, "ann", password=nothing).check() == []


def test_near_miss_a_count_of_tokens_passes(app):
    """
    Only a whole name counts: what is counted, hashed or numbered is no secret.
    """

    @app.task(name="shop.count")
    def count(token_count, password_hash_rounds, secretary, tokens=(), password_changed_at=None):
        return token_count

    assert call(count, 3, 12, "Ann", [1], 2031).check() == []


def test_near_miss_what_a_step_waits_for_is_not_shifted(app):
    """
    The arguments of a step come after the value that it waits for.
    """

    @app.task(name="shop.welcome")
    def welcome(password, user):
        return user

    assert step(welcome, "ann").signature().args == ("ann",)


def test_a_secret_of_a_step_is_found(login):
    """
    The second parameter is the first that a step is given.
    """
    with pytest.warns(CallWarning, match="'password' will be shown"):
        step(login, "s3cret").signature()


def test_harm_a_password_is_in_the_header(login, message):
    """
    With plain Celery a password is written into the header of its message, for every log to read.
    """
    login.delay("ann", "s3cret")

    assert "s3cret" in message().headers["argsrepr"]

"""
CK103: only a parameter of the task can be hidden from logs.
"""

import pytest

from celerykit import call

from .asking import ask, printed, refusal, refused


@pytest.mark.parametrize("names", [("z",), ["z"], ("x", "z")], ids=repr)
def test_a_name_that_is_no_parameter_is_found(names):
    """
    A misspelt name would leave the secret in the log.
    """
    (finding,) = ask("CK103", {"redact": names}, parameters=("x", "y"))

    assert (finding.option, finding.value) == ("redact", "'z'")
    assert finding.remedy == "Name one of x, y"


def test_a_task_without_parameters_has_nothing_to_hide():
    """
    The message does not list names that are not there.
    """
    (finding,) = ask("CK103", {"redact": ("z",)}, parameters=())

    assert finding.remedy == "The task takes no arguments"


def test_is_refused_on_its_line(add):
    """
    The method and `.options()` refuse alike, with the names that there are.
    """
    base = call(add, 2, 3)

    assert refused(lambda: base.options(redact=["z"])) == [("CK103", "redact", "'z'")]
    assert str(refusal(lambda: base.redact("z"))) == printed(
        "CK103", "there is no parameter 'z' to redact. Name one of x, y."
    )


@pytest.mark.parametrize("names", [(), ("x",), ["x", "y"], ("extra",)], ids=repr)
def test_near_miss_parameters_and_named_arguments_pass(names):
    """
    Every parameter can be hidden, and so can an argument that only `**kwargs` caught.
    """
    assert ask("CK103", {"redact": names}, parameters=("x", "y"), kwargs={"extra": 1}) == []


def test_near_miss_nothing_is_said_where_nothing_is_known():
    """
    Without the task's parameters, and for what another rule refuses, this rule is silent.
    """
    assert ask("CK103", {"redact": ("z",)}) == []
    assert ask("CK103", {"redact": "z"}, parameters=("x",)) == []
    assert ask("CK103", {"redact": (5,)}, parameters=("x",)) == []


def test_harm_a_secret_travels_in_clear(greet, message):
    """
    With plain Celery an argument is readable in the header of its message, and so in logs and
    monitors; an option that nobody knows does not change that.
    """
    greet.apply_async(("s3cret",), redact=["name"])

    assert "s3cret" in message().headers["argsrepr"]

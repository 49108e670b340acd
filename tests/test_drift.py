"""
A new option of Celery's, kombu's or AMQP's fails a test here, and the test says its name.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterable
from typing import Any

import amqp
import pytest
from celery import Celery
from celery.app.amqp import AMQP
from celery.app.task import Context, Task, extract_exec_options
from celery.canvas import Signature
from kombu import Producer

from celerykit import _options
from celerykit._vocabulary import (
    CALL_OPTIONS,
    EXTRA_OPTIONS,
    INTERNAL_OPTIONS,
    PROTOCOL_HEADERS,
    TASK_ATTRIBUTES,
)
from celerykit.rules.ck211_stamp_collision import _TAKEN

OPTIONS = {*CALL_OPTIONS, *EXTRA_OPTIONS, *INTERNAL_OPTIONS}
WORDS = {*OPTIONS, *TASK_ATTRIBUTES}

# Words of Task.apply() alone, which has no message to send: call().apply() leaves them alone.
OF_APPLY = {"throw", "logfile", "loglevel"}
# What a task consists of; nobody writes it into a call.
OF_TASKS = {"Strategy", "Request", "request_stack", "abstract", "from_config", "app", "fun"}


def unknown(words: Iterable[str], known: Iterable[str], where: str) -> str:
    """
    A sentence that names the words nobody here has heard of, empty when there are none.
    """
    new = sorted({*words} - {*known})
    return f"new in {where}: {', '.join(new)}. Say in _vocabulary what each is." if new else ""


def parameters(function: Callable[..., Any]) -> list[str]:
    """
    The parameters of a function but for self and **options.
    """
    found = inspect.signature(function).parameters.values()
    return [each.name for each in found if each.name != "self" and each.kind != each.VAR_KEYWORD]


def documented(function: Callable[..., Any]) -> list[str]:
    """
    The names in the "Arguments:" section of a docstring: most options have no parameter.
    """
    text = inspect.getdoc(function) or ""
    section = text.partition("Arguments:\n")[2].partition("\nReturns:")[0]
    return re.findall(r"^ {4}(\w+) \(", section, re.MULTILINE)


def attributes(kind: type) -> list[str]:
    """
    The public attributes of a class that are plain values.
    """
    return [
        name
        for name, value in vars(kind).items()
        if not (
            name.startswith("_") or callable(value) or isinstance(value, (property, classmethod))
        )
    ]


OPTIONS_BY_SOURCE = {
    "Celery.send_task()": parameters(Celery.send_task),
    "Task.apply_async()": parameters(Task.apply_async),
    "the docs of Task.apply_async()": documented(Task.apply_async),
    "AMQP.as_task_v2()": parameters(AMQP.as_task_v2),
    "AMQP.send_task_message()": parameters(Celery(set_as_current=False).amqp.send_task_message),
    "kombu's Producer.publish()": parameters(Producer.publish),
    "AMQP's message properties": [name for name, _ in amqp.Message.PROPERTIES],
    "the options that a task may set": [*extract_exec_options(Task)],
}


@pytest.mark.parametrize(("where", "words"), OPTIONS_BY_SOURCE.items(), ids=OPTIONS_BY_SOURCE)
def test_options(where: str, words: list[str]) -> None:
    """
    There is an answer to every option that Celery, kombu or AMQP takes.
    """
    assert unknown(words, OPTIONS, where) == ""


def test_options_of_apply() -> None:
    """
    There is an answer to every option of Task.apply().
    """
    assert unknown(parameters(Task.apply), {*OPTIONS, *OF_APPLY}, "Task.apply()") == ""


ATTRIBUTES_BY_SOURCE = {
    "the attributes of Task": attributes(Task),
    "Task.from_config": [name for name, _ in Task.from_config],
    "@app.task()": parameters(Celery._task_from_fun),
}


@pytest.mark.parametrize(("where", "words"), ATTRIBUTES_BY_SOURCE.items(), ids=ATTRIBUTES_BY_SOURCE)
def test_task_attributes(where: str, words: list[str]) -> None:
    """
    An attribute of a task, written into a call by mistake, is known for what it is.
    """
    assert unknown(words, {*WORDS, *OF_TASKS}, where) == ""


def test_message() -> None:
    """
    No header of a caller's can take the place of one of Celery's.
    """
    message = Celery(set_as_current=False).amqp.as_task_v2("id", "name")

    assert unknown(message.headers, PROTOCOL_HEADERS, "the headers of protocol 2") == ""
    assert unknown(message.body[2], PROTOCOL_HEADERS, "the body of protocol 2") == ""
    assert unknown(message.properties, INTERNAL_OPTIONS, "the properties of protocol 2") == ""


def test_request() -> None:
    """
    No header of a caller's can take the place of an attribute of a task's request.
    """
    names = [name for name in dir(Context) if not name.startswith("__")]

    assert unknown(names, PROTOCOL_HEADERS, "celery.app.task.Context") == ""


@pytest.mark.parametrize("name", ["stamp", "stamp_links", "_stamp_headers", "set"])
def test_stamps(name: str) -> None:
    """
    No stamp can be taken for a parameter of the methods of Celery's that stamps pass through.
    """
    words = parameters(getattr(Signature, name))

    assert unknown(words, _TAKEN, f"Signature.{name}()") == ""


def test_call_options() -> None:
    """
    Each option with a method can be given to .options() too, but for callbacks.
    """
    written = ast.parse(inspect.getsource(_options))
    keys = next(
        [item.target.id for item in node.body if isinstance(item, ast.AnnAssign)]
        for node in ast.walk(written)
        if isinstance(node, ast.ClassDef) and node.name == "CallOptions"
    )

    assert {*keys} == {*CALL_OPTIONS} - {"link", "link_error"}


def test_documented_options_are_found() -> None:
    """
    Celery still documents the options that have no parameter where this test reads them.
    """
    assert {"countdown", "queue", "priority", "retry_policy"} < {*documented(Task.apply_async)}


def test_a_new_option_is_named() -> None:
    """
    An option that celerykit has not heard of is named in the failure.
    """

    def apply_async(self, args=None, warp_factor=9, **options):
        """A method of a Celery to come."""

    said = unknown(parameters(apply_async), OPTIONS, "Task.apply_async()")

    assert said.startswith("new in Task.apply_async(): warp_factor.")

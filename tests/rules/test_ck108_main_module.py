"""
CK108: a task has the name that a worker gives it.
"""

import runpy

import pytest

from celerykit import CallRejected, call
from celerykit._facts import AppFacts

from .asking import ask, printed

SCRIPT = """
from celery import Celery

app = Celery(broker="memory://", set_as_current=False)

@app.task(shared=False)
def pay(cents):
    return cents
"""


def test_a_task_of_a_script_is_found():
    """
    A name after `__main__` is one that no worker has.
    """
    (finding,) = ask("CK108", {}, AppFacts(transport="redis"), task="__main__.pay")

    assert finding.option == "task"


def test_is_refused_at_the_send(make_app):
    """
    The call is refused before anything connects.
    """
    app = make_app(broker_url="amqp://127.0.0.1:1//")

    @app.task(name="__main__.pay")
    def pay(cents):
        return cents

    with pytest.raises(CallRejected) as caught:
        call(pay, 100).send()

    assert str(caught.value) == printed(
        "CK108",
        "the task is called '__main__.pay', which no worker knows. "
        "Name the app as its module, Celery('proj'), or move the task into a module.",
        task="__main__.pay",
    )


def test_near_miss_an_app_with_a_name_passes(tmp_path):
    """
    An app that has a name gives it to the tasks of a script.
    """
    script = tmp_path / "shop.py"
    script.write_text(SCRIPT.replace("Celery(", "Celery('shop', "), encoding="utf-8")

    run = runpy.run_path(str(script), run_name="__main__")

    assert run["pay"].name == "shop.pay"


@pytest.mark.parametrize("name", ["__main__", "shop.__main__.pay", "proj.pay", "__main__pay"])
def test_near_miss_other_names_pass(name):
    """
    Only the module that runs as a script is called so.
    """
    assert ask("CK108", {}, AppFacts(transport="redis"), task=name) == []


@pytest.mark.parametrize("transport", ["memory", "filesystem"])
def test_near_miss_a_broker_in_this_process_passes(transport):
    """
    A script that is its own worker, as a demonstration is, knows its tasks.
    """
    assert ask("CK108", {}, AppFacts(transport=transport), task="__main__.pay") == []


def test_harm_a_script_and_its_worker_disagree_on_the_name(tmp_path):
    """
    With plain Celery one file names its task after `__main__` when it runs, and after itself when a
    worker imports it.
    """
    script = tmp_path / "shop.py"
    script.write_text(SCRIPT, encoding="utf-8")

    run = runpy.run_path(str(script), run_name="__main__")
    imported = runpy.run_path(str(script), run_name="shop")

    assert run["pay"].name == "__main__.pay"
    assert run["pay"].name not in imported["app"].tasks

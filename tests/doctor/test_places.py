"""
Where in the source a setting or a task is written, as far as the source shows.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from celery import Celery

from celerykit import Finding
from celerykit.doctor._places import app_place, line_of, place_of
from celerykit.doctor._report import Place

APP = """\
from celery import Celery
from functools import wraps

app = Celery("placed", broker="memory://", set_as_current=False)
app.conf.task_time_limit = 60
app.conf.update(task_acks_late=True, worker_prefetch_multiplier=1)
app.conf["task_serializer"] = "json"
app.conf.update({"timezone": "UTC", "celerykit": {}})

def decorated(function):
    @wraps(function)
    def inner():
        return function()
    return inner

@app.task(name="placed.add")
def add():
    pass

@app.task(name="placed.wrapped")
@decorated
def wrapped():
    pass
"""
SETTINGS = """\
CELERY_RESULT_EXPIRES: int = 5
CELERY_TASK_ROUTES = {}
CELERY_TIMEZONE = "UTC"
if CELERY_TASK_ROUTES:
    CELERY_TIMEZONE = "Europe/Berlin"
"""


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ModuleType]]:
    """
    Write a module into the working directory and import it; it is forgotten after the test.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)

    def make(name: str, source: str) -> ModuleType:
        (tmp_path / f"{name}.py").write_text(source)
        monkeypatch.delitem(sys.modules, name, raising=False)
        return __import__(name)

    before = {*sys.modules}
    yield make
    for name in {*sys.modules} - before:
        del sys.modules[name]


def about(option="", task=""):
    """
    A finding about a setting or a task.
    """
    return Finding("CK699", "some-rule", "warning", task, option, "", "", "")


@pytest.mark.parametrize(
    ("option", "line"),
    [
        ("task_time_limit", 5),
        ("task_acks_late", 6),
        ("task_serializer", 7),
        ("timezone", 8),
        ("broker_url", 4),
        ("app.conf.celerykit", 8),
        ("task_acks_late['x']", 6),
    ],
)
def test_a_setting_in_code_has_its_line(load, option, line):
    """
    However the code of the app writes a setting, its line is found.
    """
    app = load("placed", APP).app

    assert place_of(app, about(option)) == Place("placed.py", line)


def test_a_setting_in_a_file_has_its_line(load):
    """
    A setting of the configuration module is found there, under the project's own name.
    """
    app = load("placed", APP).app
    load("placed_settings", SETTINGS)

    app.config_from_object("placed_settings", namespace="CELERY")

    assert place_of(app, about("result_expires")) == Place("placed_settings.py", 1)
    assert place_of(app, about("task_routes")) == Place("placed_settings.py", 2)


def test_a_configuration_may_be_a_module_or_a_class(load):
    """
    What was given to config_from_object as an object leads to the module that wrote it.
    """
    source = "class Settings:\n    worker_concurrency = 3\n"
    module, holder = load("placed_module", "worker_concurrency = 2\n"), load("placed_class", source)

    for given, place in [
        (module, Place("placed_module.py", 1)),
        (holder.Settings, Place("placed_class.py", 2)),
    ]:
        app = Celery("x", set_as_current=False)
        app.config_from_object(given)

        assert place_of(app, about("worker_concurrency")) == place


def test_a_dict_is_looked_for_in_the_module_of_the_app(load):
    """
    A dict says not where it was written; the module of the app may show it.
    """
    module = load(
        "placed_dict",
        "from celery import Celery\n"
        "app = Celery('x', set_as_current=False)\n"
        "app.config_from_object({'worker_concurrency': 2})\n",
    )

    assert place_of(module.app, about("worker_concurrency")) == Place("placed_dict.py", 3)


@pytest.mark.parametrize("option", ["timezone", "result_backend", "no_such_setting", ""])
def test_near_miss_what_is_not_plain_has_no_place(load, option):
    """
    A setting that is written twice, or nowhere, or by a default, gets no line that may be wrong.
    """
    app = load("placed", APP.replace('"timezone": "UTC", ', "")).app
    load("placed_settings", SETTINGS)

    app.config_from_object("placed_settings", namespace="CELERY")

    assert place_of(app, about(option)) is None


def test_near_miss_the_environment_has_no_line(load, monkeypatch):
    """
    What a variable says is in no file of the project.
    """
    app = load("placed", APP).app
    monkeypatch.setenv("CELERY_BROKER_URL", "memory://other")

    assert place_of(app, about("broker_url")) is None


def test_a_task_is_where_its_function_is(load):
    """
    A finding about a task leads to the function, whatever decorates it.
    """
    app = load("placed", APP).app
    app.finalize()

    assert place_of(app, about(task="placed.add")) == Place("placed.py", 16)
    assert place_of(app, about(task="placed.wrapped")) == Place("placed.py", 20)


def test_near_miss_a_task_without_a_function(app):
    """
    A task whose body is no function of Python's has no line.
    """

    class Length(app.Task):
        name = "shop.len"
        run = len

    app.register_task(Length())

    assert place_of(app, about(task="shop.len")) is None


def test_the_module_that_makes_the_app_is_its_file(load):
    """
    Of the modules that hold the app, the one that makes it is meant.
    """
    load("placed", APP)
    app = load("a_placed", "from placed import app").app

    assert app_place(app) == Place("placed.py")


def test_an_app_without_a_module_has_no_file(app):
    """
    An app that no module holds, such as one made in a function, has no file.
    """
    assert app_place(app) is None


def test_a_module_without_source_has_no_file(load):
    """
    An app made at a prompt has no source to show.
    """
    module = load("placed", APP)
    module.__file__ = None

    assert app_place(module.app) is None
    assert place_of(module.app, about("task_time_limit")) is None


def test_a_file_elsewhere_is_named_in_full(load, tmp_path, monkeypatch):
    """
    A file that is not below the working directory has its whole path.
    """
    app = load("placed", APP).app
    (tmp_path / "other").mkdir()

    monkeypatch.chdir(tmp_path / "other")

    assert app_place(app) == Place(str(tmp_path.resolve() / "placed.py"))


def test_the_source_is_read_as_python_reads_it():
    """
    A file in another encoding, which its first line names, is read in it.
    """
    source = "# coding: latin-1\nname = 'Müller'\ntimezone = 'UTC'\n".encode("latin-1")

    assert line_of(source, ("timezone",)) == 3

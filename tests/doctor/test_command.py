"""
``celery -A proj doctor`` and ``python -m celerykit doctor -A proj``: options and exit codes.
"""

import json
import runpy
import sys
from importlib.metadata import entry_points

import click
import pytest
from celery.bin.celery import celery
from click.testing import CliRunner

from celerykit import __main__
from celerykit.__main__ import main
from celerykit.doctor._command import doctor

HEALTHY = """\
from celery import Celery

app = Celery("shop", broker="memory://", backend="cache+memory://")
"""
WARNED = 'from celery import Celery\n\napp = Celery("shop")\n'
WRONG = HEALTHY + 'app.conf.celerykit = {"severity": {"CK999": "off"}}\n'


@pytest.fixture
def alone():
    """
    Run ``python -m celerykit`` with these words, in this process.
    """

    def invoke(*words, color=False, **environment):
        return CliRunner().invoke(main, words, env=environment, color=color)

    return invoke


@pytest.fixture
def both(run, alone):
    """
    Examine an app in both ways.
    """
    return lambda app, *words: (
        run("-A", app, "doctor", *words),
        alone("doctor", "-A", app, *words),
    )


def test_the_plugin_is_a_command_of_celery():
    """
    Celery finds the doctor by its entry point; nothing has to be imported.
    """
    (found,) = entry_points(group="celery.commands", name="doctor")

    assert found.load() is doctor
    assert celery.commands["doctor"] is doctor


@pytest.mark.parametrize(
    ("source", "options", "code"),
    [
        (HEALTHY, (), 0),
        (WARNED, (), 1),
        (WARNED, ("--fail-on", "warning"), 1),
        (WARNED, ("--fail-on", "error"), 0),
        (WRONG, (), 1),
        (WRONG, ("--fail-on", "error"), 1),
        (WRONG, ("--format", "json"), 1),
        (WRONG, ("--format", "sarif"), 1),
    ],
)
def test_the_exit_code_says_what_was_found(both, write, source, options, code):
    """
    0 is clean, 1 has findings of that level or above, in every format and both ways in.
    """
    write(shop=source)

    assert [done.exit_code for done in both("shop", *options)] == [code, code]


@pytest.mark.parametrize(
    "options", [("--fail-on", "off"), ("--format", "xml"), ("--within", "0"), ("--nonsense",)]
)
def test_a_wrong_command_line_is_2(both, write, options):
    """
    An option that is not understood is no verdict on the app.
    """
    write(shop=HEALTHY)

    assert [done.exit_code for done in both("shop", *options)] == [2, 2]


@pytest.mark.parametrize(
    ("app", "source", "words"),
    [
        ("nowhere", HEALTHY, "The module nowhere was not found."),
        ("shop:application", HEALTHY, "shop:application was not found"),
        ("shop", "raise RuntimeError('no secret')", "RuntimeError: no secret"),
        ("shop", "import missing_package", "No module named 'missing_package'"),
    ],
)
def test_an_app_that_cannot_be_found_is_2_in_celerys_words(both, write, app, source, words):
    """
    Both ways in find the app as Celery's command line does, and fail with the same words.
    """
    write(shop=source)

    for done in both(app):
        assert done.exit_code == 2
        assert "Unable to load celery application." in done.stderr
        assert words in done.stderr
        assert done.stdout == ""


@pytest.mark.parametrize(
    ("tasks", "words"),
    [
        ("import missing_package", "No module named 'missing_package'"),
        ("import sys; sys.exit(0)", "SystemExit: 0"),
    ],
)
def test_tasks_that_cannot_be_imported_are_2(run, write, tasks, words):
    """
    A module of tasks that cannot be imported is no healthy app, whatever it exits with.
    """
    write(shop=HEALTHY + "app.conf.include = ['shop_tasks']\n", shop_tasks=tasks)

    done = run("-A", "shop", "doctor")

    assert done.exit_code == 2
    assert "Unable to load the tasks of shop:" in done.stderr
    assert words in done.stderr


def test_a_configuration_that_celery_refuses_is_2(run, write):
    """
    Names of Celery 3 beside those of today are refused by Celery itself.
    """
    write(shop=HEALTHY + "app.conf.update(CELERY_ACKS_LATE=True, task_time_limit=5)\n")

    done = run("-A", "shop", "doctor")

    assert (done.exit_code, "ImproperlyConfigured" in done.stderr) == (2, True)


def test_what_is_no_app_is_2(alone, write):
    """
    A name that leads to a task, and not to the app, is told, and what to name instead.
    """
    write(shop=HEALTHY + "@app.task(name='shop.add')\ndef add(x, y):\n    return x + y\n")

    done = alone("doctor", "-A", "shop:add")

    assert done.exit_code == 2
    assert "names <@task: shop.add of shop" in done.stderr
    assert "which is no Celery app. Name the app, or its module alone" in done.stderr


def test_an_error_of_celerys_own_comes_through(alone, write):
    """
    Where -A does name an app, what goes wrong inside Celery is not said to be about the name.
    """
    write(shop=HEALTHY + "del app.user_options\n")

    done = alone("doctor", "-A", "shop:app")

    assert isinstance(done.exception, AttributeError)
    assert "no Celery app" not in done.output


@pytest.mark.usefixtures("_no_default_app")
def test_without_an_app_there_is_nothing_to_examine(run, alone, enter, tmp_path, set_current):
    """
    A job that forgets -A does not pass as healthy: Celery makes up an app, and it is not yours.
    """
    enter(tmp_path)
    set_current(None)

    for done in run("doctor"), alone("doctor"):
        assert done.exit_code == 2
        assert "Name yours with -A" in done.stderr


def test_tasks_are_imported_as_a_worker_does(run, write):
    """
    The modules of include and imports are known, and what they print is no part of the report.
    """
    tasks = "from shop import app\nprint('hello from the project')\n@app.task\ndef add(x, y): ...\n"
    write(shop=HEALTHY + "app.conf.include = ['shop_tasks']\n", shop_tasks=tasks)

    done = run("-A", "shop", "doctor", "--format", "json")

    assert "1 task" in json.loads(done.stdout)["looked_at"]
    assert "hello from the project" in done.stderr


def test_colours_are_for_terminals(run, alone, write):
    """
    Colours are told from the place where the text goes, and can be asked for and forbidden.
    """
    write(shop=WARNED)
    plain = run("-A", "shop", "doctor").stdout
    first = click.style("CK604", fg="yellow", bold=True)

    # CliRunner's color=True stands for a terminal.
    assert "\x1b" not in plain
    assert first in run("-A", "shop", "doctor", color=True).stdout
    assert first in run("-A", "shop", "doctor", "--color", "always").stdout
    assert first in alone("doctor", "-A", "shop", "--color", "always", NO_COLOR="1").stdout
    for bare in (
        run("-A", "shop", "doctor", "--color", "never", color=True),
        run("-C", "-A", "shop", "doctor", color=True),
        run("-A", "shop", "doctor", color=True, NO_COLOR="1"),
        alone("doctor", "-A", "shop", "-C", color=True),
        alone("doctor", "-A", "shop", color=True, NO_COLOR="whatever"),
    ):
        assert bare.stdout == plain


@pytest.mark.parametrize(("columns", "widest"), [("70", 70), ("80", 80), ("200", 120)])
def test_the_text_fits_the_terminal(run, write, columns, widest):
    """
    Lines are as long as the terminal lets them, and never too long to read.
    """
    write(shop=WARNED + f"app.conf.task_routes = {{'shop.pay': {{'queue': {'q' * 30!r}}}}}\n")

    done = run("-A", "shop", "doctor", COLUMNS=columns)

    parts = [line for line in done.stdout.splitlines() if line.startswith("  ")]
    assert max(map(len, parts)) <= widest


def test_the_working_directory_can_be_named(alone, write, tmp_path, monkeypatch):
    """
    --workdir finds the app of a project that is elsewhere.
    """
    write(shop=HEALTHY)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert alone("doctor", "-A", "shop", "--workdir", str(tmp_path)).exit_code == 0


def test_the_options_of_celery_reach_the_app(alone, write, monkeypatch):
    """
    A broker that is named on the command line is the one that is examined, as with any command.
    """
    write(shop=WARNED)
    monkeypatch.setenv("CELERY_BROKER_URL", "")  # which -b sets, and the test takes back

    done = alone("doctor", "-A", "shop", "-b", "memory://", "--format", "json")

    assert "CK604" not in [each["code"] for each in json.loads(done.stdout)["findings"]]


def test_help_has_celerys_options_and_the_doctors(alone):
    """
    Whoever asks sees every option, and the command is listed.
    """
    said = alone("doctor", "--help").stdout

    assert all(word in said for word in ("--app", "--workdir", "--no-color", "--live", "--fail-on"))
    assert "doctor" in alone("--help").stdout
    assert alone("docter").exit_code == 2


def test_python_m_is_a_program(monkeypatch, capsys):
    """
    ``python -m celerykit`` runs, and calls itself by the name that was typed.
    """
    monkeypatch.setattr(sys, "argv", ["celerykit", "doctor", "--help"])

    # By its path: pytest loads the modules of a plugin itself, in a way that runpy cannot ask.
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(__main__.__file__, run_name="__main__")

    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("Usage: python -m celerykit doctor [OPTIONS]")


def test_sarif_can_be_written_to_a_file(run, write):
    """
    Standard output holds the log alone, so that it can be sent to a scanner as it is.
    """
    write(shop=WRONG)

    log = json.loads(run("-A", "shop", "doctor", "--format", "sarif").stdout)

    (result,) = log["runs"][0]["results"]
    assert result["ruleId"] == "CK601"
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "shop.py"}, "region": {"startLine": 4}}


def test_options_that_a_project_adds_are_taken(write, monkeypatch):
    """
    What a project adds to every command of Celery's, its preload options, is no unknown option.
    """
    source = HEALTHY + (
        "from click import Option\n"
        "from celery.signals import user_preload_options\n"
        "seen = []\n"
        "app.user_options['preload'].add(Option(['--tenant']))\n"
        "@user_preload_options.connect\n"
        "def keep(options, **_):\n"
        "    seen.append(options['tenant'])\n"
    )
    write(shop=source)
    # Celery adds them to its commands for good.
    for command in celery.commands.values():
        monkeypatch.setattr(command, "params", [*command.params])
        monkeypatch.setattr(command, "callback", command.callback)

    done = CliRunner().invoke(celery, ["-A", "shop", "doctor", "--tenant", "acme"])

    assert done.exit_code == 0, done.output
    assert sys.modules["shop"].seen == ["acme"]

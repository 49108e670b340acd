"""``celery -A proj doctor``: the command line of the doctor, as a plugin of Celery's own."""

from __future__ import annotations

import inspect
import shutil
import sys
import traceback
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any, Final

import click
from celery.bin.base import CeleryCommand, handle_preload_options

from celerykit._values import is_fallback

if TYPE_CHECKING:
    from celerykit.doctor._report import Report

__all__ = ["doctor"]

_WIDEST: Final = 120
_FOUND: Final = 1


class _CannotLoad(click.ClickException):
    """The tasks of the app cannot be imported; the exit code is that of a wrong command line."""

    exit_code = 2


def _run(ctx: click.Context, /, **options: Any) -> None:
    """
    Tell what is wrong with the configuration of the app, and what to write instead.

    Exits with 0 when nothing is wrong, with 1 when something is, and with 2 when the app cannot be
    loaded or the command line is wrong. Runs and sends no task. Connects nowhere without --live.
    """
    # Celery loads this module for each of its commands: a worker does not pay for the doctor.
    from celerykit.doctor._examination import examine  # noqa: PLC0415 - as said

    app = ctx.obj.app
    _load_tasks(app)
    report = examine(app, live=options["live"], within=options["within"])
    colours = _colours(options["color"], no_colour=ctx.obj.no_color)
    click.echo(_printed(report, options["format"]), color=colours)
    if report.of("error") or (report.told and options["fail_on"] == "warning"):
        ctx.exit(_FOUND)


def _load_tasks(app: Any) -> None:
    """Import every module with tasks, as a worker does, so that the tasks are known."""
    if is_fallback(app) and not app.conf.broker_url:
        message = "No app was named, and Celery made one up. Name yours with -A"
        raise click.UsageError(message)
    try:
        # What a project prints while it is imported is no part of the report.
        with redirect_stdout(sys.stderr):
            app.loader.import_default_modules()
            app.finalize()
    except (Exception, SystemExit) as error:  # a project may raise anything
        message = f"\nUnable to load the tasks of {app.main or app}:\n{traceback.format_exc()}"
        raise _CannotLoad(message) from error


def _printed(report: Report, style: str) -> str:
    import celerykit  # noqa: PLC0415 - keeps Celery's own commands quick
    from celerykit.doctor._json import as_json  # noqa: PLC0415 - as above
    from celerykit.doctor._sarif import as_sarif  # noqa: PLC0415 - as above
    from celerykit.doctor._text import as_text  # noqa: PLC0415 - as above
    from celerykit.rules import catalogue  # noqa: PLC0415 - as above

    if style == "json":
        return as_json(report, celerykit.__version__)
    if style == "sarif":
        return as_sarif(report, celerykit.__version__, catalogue())
    return as_text(report, min(shutil.get_terminal_size().columns, _WIDEST))


def _colours(wanted: str, *, no_colour: bool) -> bool | None:
    """Return whether to print colours; None leaves it to click, which knows a terminal."""
    if wanted == "auto":
        return False if no_colour else None
    return wanted == "always"


_OPTIONS: Final = (
    click.Option(
        ["--live"], is_flag=True, help="Ask the broker, the result backend and the workers."
    ),
    click.Option(
        ["--within"],
        type=click.FloatRange(min=0, min_open=True, max=3600),
        default=5.0,
        show_default=True,
        metavar="SECONDS",
        help="How long --live may take.",
    ),
    click.Option(
        ["--format"],
        type=click.Choice(["text", "json", "sarif"]),
        default="text",
        show_default=True,
        help="What to print.",
    ),
    click.Option(
        ["--fail-on"],
        type=click.Choice(["error", "warning"]),
        default="warning",
        show_default=True,
        help="The least finding that makes the exit code 1.",
    ),
    click.Option(
        ["--color"],
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Colours; auto means on a terminal, unless NO_COLOR is set.",
    ),
)

# handle_preload_options takes what a project adds to every command of Celery's.
doctor: Final = CeleryCommand(
    "doctor",
    params=[*_OPTIONS],
    callback=click.pass_context(handle_preload_options(_run)),
    help=inspect.getdoc(_run),
)

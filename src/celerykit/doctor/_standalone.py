"""``python -m celerykit doctor -A proj``: the doctor with the options of ``celery`` itself."""

from __future__ import annotations

import os
from copy import copy
from typing import Any, Final

import click
from celery.bin.base import CeleryCommand
from celery.bin.celery import celery

from celerykit._findings import shown
from celerykit._values import app_behind, is_app
from celerykit.doctor._command import doctor

__all__ = ["standalone"]

# Of the options of `celery`, those that say nothing of the app.
_LEFT_OUT: Final = frozenset({"version", "quiet"})


def _run(ctx: click.Context, /, **values: Any) -> None:
    """Have Celery load the app as for any of its commands, then run the doctor."""
    names = {parameter.name for parameter in celery.params}
    celerys = {str(name): values.pop(str(name), False) for name in names}
    celerys["no_color"] = bool(celerys["no_color"] or os.environ.get("NO_COLOR"))
    ctx.invoked_subcommand = doctor.name  # or Celery would print its own help
    load: Any = celery.callback
    examine: Any = doctor.callback
    try:
        ctx.invoke(load, **celerys)
    except AttributeError as error:  # Celery takes whatever -A names for an app
        found = app_behind(getattr(ctx.obj, "app", None))
        if found is None or is_app(found):
            raise
        message = f"-A {celerys['app']} names {shown(found)}, which is no Celery app"
        raise click.UsageError(f"{message}. Name the app, or its module alone") from error
    ctx.invoke(examine, **values)


def _options() -> list[click.Parameter]:
    """Return the options of `celery` that say which app is meant, and those of the doctor."""
    kept = [copy(each) for each in celery.params if each.name not in _LEFT_OUT]
    for each in kept:
        if each.name == "no_color":
            # Celery reads NO_COLOR as a boolean; any text means it: https://no-color.org
            each.envvar = None
    return [*kept, *doctor.params]


standalone = CeleryCommand(
    "doctor", params=_options(), callback=click.pass_context(_run), help=doctor.help
)

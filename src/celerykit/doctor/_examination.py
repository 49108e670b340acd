"""Examine one app: read its configuration, ask the rules, and, if that is wanted, the network."""

from __future__ import annotations

from typing import Any

from celerykit import rules
from celerykit._config import Config
from celerykit._live import Live
from celerykit._read_config import config_of
from celerykit._severity import judged
from celerykit.doctor._live_of import live_of
from celerykit.doctor._places import app_place, place_of
from celerykit.doctor._report import Report, Told, counted

__all__ = ["examine"]


def examine(app: Any, *, live: bool, within: float) -> Report:
    """Return what the doctor has to say of *app*, at the levels that its project gives."""
    config = config_of(app)
    found = rules.of_app(config)
    heard = live_of(app, config, within) if live else None
    if heard is not None:
        found += rules.of_live(config, heard)
    kept = judged(found, config.facts.severities, ())
    return Report(
        app=config.app,
        told=tuple(Told(finding, place_of(app, finding)) for finding in kept),
        looked_at=_looked_at(config, heard),
        live=live,
        file=app_place(app),
    )


def _looked_at(config: Config, heard: Live | None) -> tuple[str, ...]:
    """Return what there was to look at; no answer from workers is a finding, if any."""
    written = [each for each in config.settings.known.values() if each.source != "default"]
    counts = [
        counted(len(written) + len(config.settings.unknown), "setting"),
        counted(len(config.tasks), "task"),
    ]
    if config.routes:
        counts.append(counted(len(config.routes), "route"))
    if config.beat:
        counts.append(counted(len(config.beat), "beat entry", "beat entries"))
    if heard is not None:
        counts.append(counted(len(heard.workers), "worker"))
    return tuple(counts)

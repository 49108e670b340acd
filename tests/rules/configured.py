"""
Make a configuration of plain values, and ask one rule about it: no app, no network.
"""

from typing import Any

from celery.app.defaults import DEFAULTS

from celerykit import Finding
from celerykit._config import Config
from celerykit._facts import AppFacts
from celerykit._provenance import masked
from celerykit._settings import Setting, Settings
from celerykit.rules import catalogue

IN_CODE = "Celery(...) or app.conf"


def setting(name: str, value: Any, where: str = IN_CODE) -> Setting:
    """
    A setting that somebody wrote.
    """
    return Setting(name, value, "code", f"{name} in {where}", masked(value, name), key=name)


def settings(unknown: tuple[Setting, ...] = (), **written: Any) -> Settings:
    """
    All settings: those that were written in the code, and Celery's defaults.
    """
    known = {
        name: Setting(name, value, "default", "Celery's default", masked(value, name))
        for name, value in DEFAULTS.items()
    }
    known |= {name: setting(name, value) for name, value in written.items()}
    return Settings(None, known, unknown)


def configured(
    written: dict[str, Any] | None = None, facts: dict[str, Any] | None = None, **known: Any
) -> Config:
    """
    A configuration in which these settings were written, and these facts hold.
    """
    given = settings(**{"broker_url": "redis://localhost", **(written or {})})
    return Config(
        **{"app": "the app 'shop'", "settings": given, **known}, facts=AppFacts(**(facts or {}))
    )


def told(code: str, config: Config) -> list[Finding]:
    """
    What a rule says of a configuration.
    """
    return list(catalogue()[code].check(config))


def words(findings: list[Finding]) -> list[tuple[str, str, str, str]]:
    """
    The setting, the value, the message and the remedy of each finding.
    """
    return [(each.option, each.value, each.message, each.remedy) for each in findings]

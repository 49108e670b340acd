"""Find out where each setting of an app was written. No network."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any, Final

from celerykit._secrets import masked
from celerykit._settings import Setting, Settings, Source
from celerykit._values import is_dict

__all__ = ["find_setting", "masked", "settings_of"]

# Over these the environment wins, whatever the code says.
_VARIABLES: Final = {
    "broker_url": "CELERY_BROKER_URL",
    "broker_read_url": "CELERY_BROKER_READ_URL",
    "broker_write_url": "CELERY_BROKER_WRITE_URL",
    "result_backend": "CELERY_RESULT_BACKEND",
}
# What celerykit reads, and what Celery 5.7 notes down for itself.
_OURS: Final = frozenset({"celerykit", "CELERYKIT", "CELERY_CELERYKIT", "deprecated_settings"})


def settings_of(app: Any) -> Settings:
    """Return every setting of *app*, and where it was written."""
    from celery.app.defaults import DEFAULTS  # noqa: PLC0415 - keeps the import cheap

    conf = _configured(app)
    # Not conf.maps[-1], where Celery 5.4 keeps what app.conf.update() was given, too.
    known = {name: find_setting(app, name) for name in DEFAULTS}
    file = _file_of(app) if any(map(bool, conf.maps[1:-1])) else ""
    # Celery's defaults have the names that the project uses.
    old: Mapping[str, str] = _old_names() if "CELERYD_POOL" in conf.maps[-1] else {}
    return Settings(conf.prefix, known, tuple(_unknown(app, known)), file, old)


def find_setting(app: Any, name: str) -> Setting:
    """Return the setting of *app* that Celery calls *name*, and where it was written."""
    variable = _VARIABLES.get(name)
    written = _written(app, name)
    value = os.environ.get(variable, "") if variable else ""
    if not variable or not value:
        return written
    where = f"the environment variable {variable}"
    shadowed = None if written.source == "default" else written
    return Setting(name, value, "environment", where, masked(value), shadowed, variable)


def _configured(app: Any) -> Any:
    """Return the configuration of *app*; the first look makes the app read it."""
    app.conf.finalize()
    return app.conf


def _written(app: Any, name: str) -> Setting:
    """Return the setting called *name* as somebody wrote it, else Celery's default."""
    conf = _configured(app)
    for mapping in conf.maps[:-1]:
        for key in _spellings(name, conf.prefix):
            if key in mapping:
                return _setting(app, name, key, mapping)
    value = conf.maps[-1].get(name, conf.get(name))
    return Setting(name, value, "default", "Celery's default", masked(value, name))


def _setting(app: Any, name: str, key: str, mapping: Any) -> Setting:
    code = mapping is app.conf.maps[0]
    source: Source = "code" if code else "file"
    place = "Celery(...) or app.conf" if code else _file_of(app)
    value = mapping[key]
    return Setting(name, value, source, f"{key} in {place}", masked(value, name), key=key)


def _file_of(app: Any) -> str:
    """Return how the configuration object or module of *app* is called."""
    source = getattr(app, "_config_source", None)  # private: without it the words are less exact
    if isinstance(source, str):
        return source
    name = getattr(source, "__name__", None) or os.environ.get("CELERY_CONFIG_MODULE")
    return name or "the configuration object"


def _spellings(name: str, prefix: str | None) -> Iterator[str]:
    """Yield how Celery lets *name* be written, in the order in which it looks."""
    if prefix:
        yield (prefix + name).upper() if prefix.isupper() else (prefix + name).lower()
    yield name
    yield _old_names().get(name, name)


def _old_names() -> Mapping[str, str]:
    """Return what Celery 3 called each setting of today."""
    from celery.app import defaults  # noqa: PLC0415 - keeps the import cheap

    # Private: without it, names of Celery 3 are unknown.
    return getattr(defaults, "_TO_OLD_KEY", {})


def _unknown(app: Any, known: Mapping[str, Setting]) -> Iterator[Setting]:
    """Yield what was written for Celery, as far as one can tell, and it does not know."""
    conf = app.conf
    read = {key for name in known for key in _spellings(name, conf.prefix)}
    for mapping in conf.maps[:-1]:
        for key in mapping:
            if key not in read and _is_meant(key, mapping, conf.prefix):
                yield _setting(app, key, key, mapping)


def _is_meant(key: Any, mapping: Any, prefix: str | None) -> bool:
    """Return whether *key* may be meant for Celery: a module and Django's settings hold more."""
    if not isinstance(key, str) or key.startswith("_") or key in _OURS:
        return False
    if is_dict(mapping):
        return True
    if prefix and not key.upper().startswith(prefix.upper()):
        return bool(re.match("celery|broker_|result_", key, re.IGNORECASE))
    return not isinstance(mapping[key], (ModuleType, FunctionType, type))

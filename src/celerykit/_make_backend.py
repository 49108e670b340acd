"""Make an app's result backend as Celery would, and see what it can do. No network."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from importlib.util import find_spec
from typing import Any, Final, cast

from celerykit._backend_urls import DRIVERS, EXAMPLE, Flaw, flaw_in, scheme_of
from celerykit._secrets import censored

__all__ = ["backend_of", "can_run_chords", "is_disabled", "keeps_in_redis", "only_reader"]

# All that these do when they are made is to read settings; the file system's also tries its folder.
# Others may connect (a database makes its tables, Google's asks for its bucket), or be anybody's.
_QUIET: Final = frozenset(
    f"celery.backends.{name}" for name in ("redis", "rpc", "cache", "filesystem", "base")
)


def backend_of(app: Any, value: Any) -> Any:
    """
    Return what Celery makes of *value*, to which ``result_backend`` is set, or the Flaw in it.

    That is a backend that nobody else uses; or its class, where to make one might connect.
    """
    flaw = flaw_in(value, _schemes(app)) or _missing_driver(value)
    if flaw is not None:
        return flaw
    found = _loaded(app, value)
    if isinstance(found, Flaw):
        return found
    kind, url = found
    if getattr(kind, "__module__", "") not in _QUIET:
        return kind
    try:
        return kind(app=app, url=url)
    except Exception as error:  # noqa: BLE001 - a setting of any type may be wrong in any way
        said = _said(error, value)
        if re.search("install|backend requires", said):
            return Flaw("no-driver", f"and Celery says: {said}", _install("celery[memcache]"))
        return Flaw("malformed", f"and Celery says: {said}", "Correct it, or the setting it names")


def is_disabled(backend: Any) -> bool:
    """Return whether *backend*, or a backend class, is the one that Celery has for none."""
    return issubclass(_class_of(backend), _disabled_class())


def can_run_chords(backend: Any) -> bool:
    """Return whether *backend* runs chords; a class that was not made into one is taken to."""
    if not isinstance(backend, type):
        try:
            backend.ensure_chords_allowed()
        except NotImplementedError:
            return False
    return True


def keeps_in_redis(backend: Any) -> bool:
    """Return whether *backend* is Celery's for Redis, or one for Sentinel, or derived from it."""
    return any(each.__name__ == "RedisBackend" for each in _class_of(backend).__mro__)


def only_reader(backend: Any, url: Any) -> str | None:
    """Return who alone can read from *backend*: "one-client", "one-process", or None for all."""
    names = {each.__name__ for each in _class_of(backend).__mro__}
    if "RPCBackend" in names:
        return "one-client"
    in_memory = re.fullmatch(r"db\+sqlite(\+\w+)?:(//|///|///:memory:)", str(url))
    if (in_memory and "DatabaseBackend" in names) or (
        "CacheBackend" in names and getattr(backend, "backend", None) == "memory"
    ):
        return "one-process"
    return None


def _class_of(backend: Any) -> type[Any]:
    return backend if isinstance(backend, type) else type(backend)


@cache
def _disabled_class() -> Any:
    from celery.backends.base import DisabledBackend  # noqa: PLC0415 - keeps the import cheap

    return DisabledBackend


def _schemes(app: Any) -> Collection[str]:
    """Return the names by which Celery knows backends, those of plugins included."""
    from celery.app.backends import BACKEND_ALIASES  # noqa: PLC0415 - as above
    from celery.utils.imports import load_extension_class_names  # noqa: PLC0415 - as above

    plugins: Any = load_extension_class_names("celery.result_backends")
    return {**BACKEND_ALIASES, **app.loader.override_backends, **dict(plugins)}.keys()


def _missing_driver(value: Any) -> Flaw | None:
    scheme = scheme_of(value) if isinstance(value, str) else ""
    module, extra = DRIVERS.get(scheme, ("", ""))
    if not module or _is_installed(module):
        return None
    return Flaw("no-driver", f"and {module}, which it needs, is not installed", _install(extra))


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # of the package that it is in
        return False


def _install(extra: str) -> str:
    return f"Install it: pip install '{extra}'"


def _loaded(app: Any, value: Any) -> tuple[Any, str | None] | Flaw:
    """Return the class of a backend, and the URL it is made with."""
    from celery.app import backends  # noqa: PLC0415 - as above
    from celery.exceptions import ImproperlyConfigured  # noqa: PLC0415 - as above

    write = f"Write for example {EXAMPLE}"
    try:
        kind, url = cast("Any", backends).by_url(value, app.loader)
    except ModuleNotFoundError as error:
        name = str(error.name)
        if name.startswith("celery."):
            return Flaw("unknown", "and this Celery has no such backend any more", write)
        if re.split("[.:]", str(value))[0] == name.partition(".")[0]:
            return Flaw("unknown", f"and there is no module {name!r}", write)
        return Flaw("no-driver", f"and {name}, which it needs, is not installed", "Install it")
    except ImproperlyConfigured:
        return Flaw("unknown", "and that is a module, not a backend", write)
    except AttributeError as error:
        return Flaw("unknown", f"and {_said(error, value)}", write)
    except Exception as error:  # noqa: BLE001 - its module may be anybody's
        why = f"and to import it fails: {type(error).__name__}: {_said(error, value)}"
        return Flaw("malformed", why, "Correct it, or ask when all that it needs is there")
    return kind, url


def _said(error: Exception, value: Any) -> str:
    """Return what *error* says in one line, without what is secret in *value*."""
    return censored(" ".join(str(error).split()).rstrip("."), value)

"""What is wrong with the value of ``result_backend``, as far as reading it tells."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final, Literal, NamedTuple

from celerykit._slips import slip_of

__all__ = ["DRIVERS", "EXAMPLE", "Flaw", "flaw_in", "scheme_of"]


class Flaw(NamedTuple):
    """
    Why no backend can be made of a value.

    Attributes:
        kind: As in BackendProblem.
        why: What is wrong, as a clause that follows the value.
        remedy: What to write instead.
    """

    kind: Literal["unknown", "no-driver", "malformed"]
    why: str
    remedy: str


EXAMPLE: Final = "'redis://localhost:6379/1'"
_WRITE: Final = f"Write for example {EXAMPLE}"
_TAKEN_FOR: Final = {
    **dict.fromkeys(("sqlite", "postgresql", "mysql", "mariadb", "oracle", "mssql"), "db+{}://"),
    **dict.fromkeys(("postgres", "psycopg2", "psycopg"), "db+postgresql://"),
    **dict.fromkeys(("sqla", "sqlalchemy"), "db+"),
    **dict.fromkeys(("memcache", "memcached", "pymemcache", "pylibmc"), "cache+memcached://"),
    **dict.fromkeys(("socket", "unix"), "redis+socket://"),
    "memory": "cache+memory://",
    "filesystem": "file://",
    "mongo": "mongodb://",
    "dynamo": "dynamodb://",
    "elastic": "elasticsearch://",
    "gcs": "gs://",
}
_BROKERS: Final = frozenset(
    {
        *("amqp", "amqps", "pyamqp", "librabbitmq", "qpid", "sqs", "azurestoragequeues"),
        *("azureservicebus", "kafka", "confluentkafka", "zookeeper", "gcpubsub", "pyro"),
    }
)
_DJANGO: Final = frozenset({"django-db", "django-cache"})
# What each backend of Celery's imports, and what to install.
DRIVERS: Final = {
    **dict.fromkeys(("redis", "rediss", "sentinel"), ("redis", "celery[redis]")),
    **dict.fromkeys(("db", "database"), ("sqlalchemy", "celery[sqlalchemy]")),
    "mongodb": ("pymongo", "celery[mongodb]"),
    "elasticsearch": ("elasticsearch", "celery[elasticsearch]"),
    "cassandra": ("cassandra", "celery[cassandra]"),
    "couchbase": ("couchbase", "celery[couchbase]"),
    "couchdb": ("pycouchdb", "celery[couchdb]"),
    "cosmosdbsql": ("pydocumentdb", "celery[cosmosdbsql]"),
    "consul": ("consul", "celery[consul]"),
    "dynamodb": ("boto3", "celery[dynamodb]"),
    "s3": ("boto3", "celery[s3]"),
    "azureblockblob": ("azure.storage.blob", "celery[azureblockblob]"),
    "arangodb": ("pyArango", "celery[arangodb]"),
    "gs": ("google.cloud.storage", "celery[gcs]"),
}
_REDIS: Final = frozenset({"redis", "rediss"})
_HIGHEST_PORT: Final = 65_535


def scheme_of(value: str) -> str:
    """Return what Celery takes for the name of the backend in *value*."""
    head, separator, _ = value.partition("://")
    return head.partition("+")[0] if separator else value


def flaw_in(value: Any, schemes: Collection[str]) -> Flaw | None:
    """
    Return why *value* names no backend, or None if it names one as far as can be read.

    Args:
        value: What ``result_backend`` is set to.
        schemes: The names that Celery knows, those of plugins included.
    """
    if isinstance(value, type):
        return None
    if not isinstance(value, str):
        return Flaw("malformed", f"which is of type {type(value).__name__}, and no URL", _WRITE)
    name = scheme_of(value)
    if name in schemes:
        return _flaw_in_redis(value) if name in _REDIS else None
    if re.fullmatch(r"[^\W\d]\w*([.:][^\W\d]\w*)+", name):
        return None  # the path of a class
    if "://" not in value:
        return _flaw_without_scheme(value, schemes)
    return Flaw("unknown", f"and there is no result backend {name!r}", _meant(name, schemes))


def _flaw_without_scheme(value: str, schemes: Collection[str]) -> Flaw:
    if value in _DJANGO:
        remedy = "Install it, pip install django-celery-results, and add it to INSTALLED_APPS"
        return Flaw("no-driver", "and django-celery-results is not installed", remedy)
    known = next((word for word in re.findall(r"\w+", value)[:1] if word in schemes), None)
    if known is not None:  # redis:/localhost, cache+memory
        end = value if re.fullmatch(r"[\w+]+", value) else known
        return Flaw("malformed", "which has no '://'", f"Did you mean '{end}://'?")
    if re.search(r"[/:.@]", value):  # localhost:6379
        return Flaw("malformed", "which does not begin with the name of a backend", _WRITE)
    return Flaw("unknown", f"and there is no result backend {value!r}", _meant(value, schemes))


def _meant(name: str, schemes: Collection[str]) -> str:
    """Return the remedy for the unknown backend *name*."""
    bare = name.strip(" \t\r\n'\"").lower()
    if bare in schemes and bare != name.lower():
        return f"Take the spaces or quotes away: did you mean '{bare}://'?"
    if bare in _BROKERS:
        return f"{bare}:// carries messages, and keeps no results: write 'rpc://', or {EXAMPLE}"
    meant = _TAKEN_FOR.get(bare, "").format(bare) or (bare if bare in schemes else None)
    meant = meant or slip_of(bare, sorted(schemes))
    if meant is None:
        return _WRITE
    return f"Did you mean '{meant if meant.endswith(('/', '+')) else meant + '://'}'?"


def _flaw_in_redis(url: str) -> Flaw | None:
    """Return what Celery cannot read in the URL of a Redis, without repeating any secret."""
    scheme, _, rest = url.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    path = re.split(r"[?#]", rest[len(authority) :], maxsplit=1)[0].strip("/")
    port = re.search(r":([^\]:]*)$", authority.rpartition("@")[2])
    is_port = not port or not port[1] or (port[1].isdecimal() and int(port[1]) <= _HIGHEST_PORT)
    if "@" in path or (not is_port and "@" in rest[len(authority) :]):
        remedy = "Write the password as urllib.parse.quote(password, safe='') gives it"
        return Flaw("malformed", "whose password has a character that ends the host", remedy)
    if port and not is_port:
        why = f"whose port {port[1]!r} is not a number up to {_HIGHEST_PORT}"
        return Flaw("malformed", why, f"Write it as in {EXAMPLE}")
    if path and "+" not in scheme and not path.isdecimal():
        why = f"whose database {path!r} is not a number"
        return Flaw("malformed", why, f"Write it as in {EXAMPLE}")
    return None

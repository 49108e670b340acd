"""Show a setting without the passwords and keys in it."""

from __future__ import annotations

import re
from typing import Any, Final

from celerykit._findings import HIDDEN, shown
from celerykit._values import is_dict, is_list

__all__ = ["censored", "masked"]

_SECRET: Final = re.compile(
    "pass|secret|token|credential|(access|account|security)_?key", re.IGNORECASE
)
_STARS: Final = "***"


def masked(value: Any, name: str = "") -> str:
    """Return *value*, the setting called *name*, as it may be shown: short, without secrets."""
    return shown(_without_secrets(value, name))


def censored(text: str, url: Any) -> str:
    """Return *text*, which is about *url*, without any part of the password in that."""
    login = str(url).rpartition("@")[0].partition("://")[2]
    password = login if re.search("[/?#]", login.partition(":")[0]) else login.partition(":")[2]
    for part in re.split(r"[:/?#@;]", password):
        text = text.replace(part, _STARS) if part else text
    return _without_keys(text)


def _without_secrets(value: Any, name: Any) -> Any:
    if value and _SECRET.search(str(name)):
        return HIDDEN
    if is_dict(value):
        return {key: _without_secrets(each, key) for key, each in value.items()}
    if is_list(value):
        return [_without_secrets(each, name) for each in value]
    if not isinstance(value, str):
        return value
    # Celery takes several URLs in one string. kombu's own function fails for a URL that is wrong.
    urls = re.split(r";(?=\w+://)", value)
    return ";".join(_without_keys(_without_login(url)) for url in urls)


def _without_login(url: str) -> str:
    """Return *url* without what stands between a colon and the last @, a broken one's too."""
    before, at, after = url.rpartition("@")
    scheme, slashes, login = before.partition("://") if "://" in before else ("", "", before)
    user, colon, _ = login.partition(":")
    if re.search("[/?#]", user):  # no user's name has these: it is a password that ends the host
        return f"{scheme}{slashes}{_STARS}{at}{after}"
    return f"{scheme}{slashes}{user}{colon}{_STARS if colon else ''}{at}{after}"


def _without_keys(text: str) -> str:
    """Return *text* without the values of what is named like a secret: ``AccountKey=...``."""
    return re.sub(rf"(\w*({_SECRET.pattern})\w*=)[^&;]*", rf"\1{_STARS}", text, flags=re.IGNORECASE)

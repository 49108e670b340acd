"""
Ask one rule what it makes of answers that broker and workers might give: plain values.
"""

from typing import Any

from celerykit import Finding
from celerykit._config import Beat, Config, Route
from celerykit._live import Live, Worker
from celerykit.rules import catalogue

from .configured import configured

ONE = Worker(
    "celery@one",
    queues=frozenset({"celery"}),
    tasks=frozenset({"shop.add"}),
    settings={"result_serializer": "json"},
    celery="5.7.0",
    results="redis://localhost:6379/1",
    accepts=frozenset({"json"}),
)
SHOP = configured(
    {"result_backend": "redis://localhost:6379/1", "task_routes": {"shop.pay": {"queue": "money"}}},
    {"transport": "redis", "serializer": "json"},
    backend="redis",
    routes=(Route("shop.pay", {"queue": "money"}),),
    beat=(Beat("nightly", "shop.clean_up", {}, on_the_hour=True),),
)


def heard(code: str, config: Config = SHOP, **known: Any) -> list[Finding]:
    """
    What a rule says of a configuration, and of what was heard.
    """
    usual = {
        "workers": (ONE,),
        "senders": {"celery": ("shop.add",)},
        "celery": "5.7.1",
        "results": "redis://127.0.0.1/1",
        "accepts": frozenset({"json"}),
    }
    return list(catalogue()[code].check(config, Live(**{**usual, **known})))

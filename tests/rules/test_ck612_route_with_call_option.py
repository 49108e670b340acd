"""
CK612: a route says more than where a call goes.
"""

import pytest

from celerykit._config import Route
from celerykit._read_config import config_of
from celerykit.rules.ck612_route_with_call_option import _TAKEN

from .configured import configured, told, words

DESTINATION = {
    "queue": "high",
    "routing_key": "high",
    "priority": 5,
    "serializer": "json",
    "compression": "zlib",
    "delivery_mode": 2,
    "retry": True,
    "retry_policy": {"max_retries": 1},
    "headers": {"tenant": "acme"},
    "mandatory": False,
}


def test_a_route_that_says_when_is_told():
    """
    The route and its words are told.
    """
    routes = {"shop.*": {"queue": "shop", "expires": 60, "countdown": 5}}
    known = (Route("shop.*", routes["shop.*"]), Route("other.*", {"queue": "other"}))

    (found,) = told("CK612", configured({"task_routes": routes}, routes=known))

    assert words([found]) == [
        (
            "task_routes",
            repr(routes),
            (
                "the route 'shop.*' says expires and countdown, "
                "so every call that takes it raises a TypeError"
            ),
            "Take expires and countdown out of the route, and set it at the task or at the call",
        )
    ]
    assert found.level == "error"


@pytest.mark.parametrize("option", DESTINATION)
def test_near_miss_a_destination_passes(make_app, option):
    """
    What a route may say passes the rule, and the call passes Celery.
    """
    app = make_app(task_routes={"shop.*": {option: DESTINATION[option]}})

    assert app.send_task("shop.add", (2, 3))
    assert told("CK612", config_of(app)) == []


@pytest.mark.parametrize("option", sorted(_TAKEN))
def test_harm_plain_celery_raises_at_each_call(make_app, option):
    """
    With plain Celery each of these in a route makes every call fail.
    """
    app = make_app(task_routes={"shop.*": {"queue": "shop", option: 60}})

    for _ in range(2):
        with pytest.raises(TypeError, match="multiple values"):
            app.send_task("shop.add", (2, 3))

"""
CK613: routes that are assigned after the first call change nothing.
"""

from .configured import configured, told, words


def test_late_routes_are_told():
    """
    The reason and both ways out are told.
    """
    routes = {"shop.*": "high"}
    config = configured({"task_routes": routes}, stale_routes=True)

    assert words(told("CK613", config)) == [
        (
            "task_routes",
            repr(routes),
            (
                "task_routes was assigned after the first call, which made the router, "
                "so it is ignored"
            ),
            "Assign it before the first call, or write app.conf.update(task_routes=...)",
        )
    ]


def test_near_miss_routes_in_time_pass():
    """
    Routes that count pass.
    """
    assert told("CK613", configured({"task_routes": {"shop.*": "high"}})) == []


def test_harm_plain_celery_ignores_late_routes(app, messages):
    """
    With plain Celery a call after the assignment still goes where the first one went.
    """
    app.send_task("shop.add", (1, 1))

    app.conf.task_routes = {"shop.*": {"queue": "shop.high"}}
    app.send_task("shop.add", (2, 2))

    assert len(messages()) == 2


def test_update_is_the_remedy(app, messages):
    """
    What the remedy says is enough.
    """
    app.send_task("shop.add", (1, 1))

    app.conf.update(task_routes={"shop.*": {"queue": "shop.high"}})
    app.send_task("shop.add", (2, 2))

    assert (len(messages()), len(messages("shop.high"))) == (1, 1)

"""
CK618: results are spoken of, and none is kept.
"""

import pytest
from celery import Celery
from celery.backends.base import DisabledBackend

from celerykit._read_config import config_of
from celerykit.rules import of_app

from .configured import configured, told, words

NONE = {"keeps_results": False}


@pytest.mark.parametrize(
    ("written", "name", "value"),
    [
        ({"result_expires": 3600}, "result_expires", "3600"),
        ({"result_extended": True, "result_expires": 60}, "result_expires", "60"),
        ({"result_chord_join_timeout": 10.0}, "result_chord_join_timeout", "10.0"),
        ({"task_store_errors_even_if_ignored": True}, "task_store_errors_even_if_ignored", "True"),
    ],
    ids=repr,
)
def test_a_setting_about_results_is_told(written, name, value):
    """
    The first of them is told, with the line that is missing.
    """
    assert words(told("CK618", configured(written, NONE))) == [
        (
            name,
            value,
            f"{name} is set, but there is no result backend, so no result is kept",
            "Write app.conf.result_backend = 'redis://localhost:6379/1'",
        )
    ]


@pytest.mark.parametrize(
    ("written", "facts"),
    [
        ({"result_expires": 3600}, {"keeps_results": True}),
        ({"result_expires": 3600}, {}),
        ({"result_expires": 3600, "task_ignore_result": True}, NONE),
        ({"result_expires": None, "result_extended": False}, NONE),
        ({"result_serializer": "json", "result_accept_content": ["json"]}, NONE),
        ({"task_track_started": True, "task_ignore_result": False}, NONE),
        ({}, NONE),
    ],
    ids=repr,
)
def test_near_miss_who_wants_no_results_passes(written, facts):
    """
    A backend passes, and so do what every template sets and an app that ignores results.
    """
    assert told("CK618", configured(written, facts)) == []


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"result_backend": "reddis://"}, "CK410"),
        ({"results_backend": "cache+memory://"}, "CK602"),
    ],
    ids=repr,
)
@pytest.mark.usefixtures("_no_celery_environment")
def test_near_miss_what_is_wrong_with_a_backend_is_told_once(settings, code):
    """
    Who wrote a result backend that does not count is told why, and not to write one.
    """
    app = Celery("shop", broker="memory://", set_as_current=False)
    app.conf.update(result_expires=3600, **settings)

    assert [each.code for each in of_app(config_of(app))] == [code]


def test_harm_plain_celery_keeps_nothing(make_app, add):
    """
    With plain Celery the call succeeds, and its result cannot be asked for.
    """
    app = make_app(result_backend=None, result_expires=3600)
    result = app.send_task("shop.add", (2, 3))

    assert isinstance(app.backend, DisabledBackend)
    with pytest.raises(NotImplementedError):
        result.get(timeout=1)
    assert len(told("CK618", config_of(app))) == 1

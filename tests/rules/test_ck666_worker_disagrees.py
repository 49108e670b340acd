"""
CK666: a worker whose settings do not go with those of this app.
"""

from dataclasses import replace

import pytest
from celery.exceptions import TimeoutError  # noqa: A004 - not the builtin one

from .hearing import ONE, SHOP, heard

SAME = "Give both sides the same"


def with_settings(**settings):
    """
    A worker with these settings.
    """
    return (ONE._replace(settings={"result_serializer": "json", **settings}),)


def test_a_worker_that_refuses_what_is_sent_is_told():
    """
    The finding names the worker, what it accepts, and what is sent.
    """
    config = replace(SHOP, facts=SHOP.facts._replace(serializer="yaml"))

    (found,) = heard("CK666", config)

    assert (found.option, found.level) == ("accept_content", "warning")
    assert found.message == (
        "celery@one has accept_content = ['json']: it throws away what is sent from here as 'yaml'"
    )
    assert found.remedy == f"{SAME} accept_content, and start the worker again"


def test_results_that_are_refused_here_are_told():
    """
    A worker that writes results in a serializer that is not accepted here is told.
    """
    (found,) = heard("CK666", workers=with_settings(result_serializer="pickle"))

    assert found.option == "result_serializer"
    assert found.message == (
        "celery@one has result_serializer = 'pickle': its results are refused here, where ['json'] "
        "is accepted"
    )


@pytest.mark.parametrize(
    "results", ["redis://localhost:6379/2", "rpc://", "disabled", "db+sqlite:///results.db"]
)
def test_results_that_are_kept_elsewhere_are_told(results):
    """
    Another kind of result backend, another database, or none at the worker.
    """
    (found,) = heard("CK666", workers=(ONE._replace(results=results),))

    assert found.option == "result_backend"
    assert found.message == (
        f"celery@one has result_backend = {results!r}: its results never arrive here, where it is "
        "'redis://127.0.0.1/1'"
    )


def test_a_shorter_visibility_timeout_is_told():
    """
    A worker that takes tasks for lost sooner than this app counts on.
    """
    settings = {"broker_transport_options": {"visibility_timeout": 7200}}

    (found,) = heard("CK666", settings=settings, workers=with_settings())

    assert found.option == "broker_transport_options"
    assert found.message == (
        "celery@one has broker_transport_options = {}: after 3600 s it takes a task that waits or "
        "runs for lost and starts it again, while this app counts on 7200 s"
    )


def test_priority_steps_that_are_not_read_are_told():
    """
    What is sent with a priority step that a worker does not read waits for ever.
    """
    mine = {"broker_transport_options": {"priority_steps": [*range(10)]}}

    (found,) = heard("CK666", settings=mine, workers=with_settings())

    assert "it does not read all of the priority steps [0, 1, 2, 3, 4" in found.message


def test_a_password_of_a_worker_is_not_shown():
    """
    Celery itself hides neither what is deep in its settings nor the second of several URLs.
    """
    options = {"sentinel_kwargs": {"password": "hunter2"}, "visibility_timeout": 60}
    urls = "sentinel://:hunter2@one/0;sentinel://:hunter2@two/0"
    worker = with_settings(broker_transport_options=options)[0]._replace(results=urls)

    found = heard("CK666", workers=(worker,))
    found += heard("CK666", results=urls)

    assert [each.option for each in found] == [
        "result_backend",
        "broker_transport_options",
        "result_backend",
    ]
    assert "hunter2" not in repr(found)
    assert all("***" in each.message for each in found)


@pytest.mark.parametrize(
    ("mine", "worker", "config"),
    [
        ({}, ONE._replace(settings=None, results=None, accepts=None), SHOP),
        # It reads other queues, and so belongs to another project.
        ({}, ONE._replace(results="rpc://", queues=frozenset({"theirs"})), SHOP),
        # One server has many names, and no number is the first database.
        ({"results": "rediss://cache.example"}, ONE._replace(results="redis://redis:6379/0"), SHOP),
        ({"results": "disabled"}, ONE._replace(results="redis://localhost/7"), SHOP),
        ({"results": ""}, ONE, SHOP),
        ({}, with_settings(result_serializer="pickle")[0], replace(SHOP, backend="")),
        ({"accepts": None}, with_settings(result_serializer="pickle")[0], SHOP),
        (
            {"settings": {"broker_transport_options": {"visibility_timeout": 60}}},
            with_settings(broker_transport_options={"priority_steps": [*range(10)]})[0],
            SHOP,
        ),
        (
            {"settings": {"broker_transport_options": {"visibility_timeout": 7200}}},
            with_settings()[0],
            replace(SHOP, facts=SHOP.facts._replace(transport="amqp")),
        ),
        (
            {"settings": {"broker_transport_options": {"visibility_timeout": "x"}}},
            with_settings(broker_transport_options={"priority_steps": "x"})[0],
            SHOP,
        ),
    ],
)
def test_near_miss_what_does_no_harm_passes(mine, worker, config):
    """
    What was not said, what is the same by another name, and what differs without harm.
    """
    assert heard("CK666", config, workers=(worker,), **mine) == []


def test_harm_results_kept_elsewhere_never_arrive(make_app, add, outcome, tmp_path):
    """
    With plain Celery a caller sees nothing of a result that its worker keeps elsewhere.
    """
    caller = make_app(result_backend=tmp_path.as_uri())
    result = caller.send_task("shop.add", (2, 3), queue=add.app.conf.task_default_queue)

    assert outcome() == ("SUCCESS", 5)
    assert result.state == "PENDING"
    with pytest.raises(TimeoutError):
        result.get(timeout=0.01, interval=0.001)

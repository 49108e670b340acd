"""
task_routes send a call where they send plain Celery's.
"""

import pytest

from .lab import Lab
from .published import both, later
from .routes import ROUTES, Route


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_route(lab: Lab, route: Route) -> None:
    """
    A call ends in the queue that task_routes name, as plain Celery's does.
    """
    ours, theirs = both(lab, *route.pair(lab))

    assert ours == theirs
    assert ours["messages"][0][0] == route.ends


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_route_by_example(lab: Lab, route: Route) -> None:
    """
    So does one that was sent before.
    """
    ours, theirs, _ = later(lab, *route.pair(lab))

    assert ours == theirs
    assert {seen["messages"][0][0] for seen in ours} == {route.ends}

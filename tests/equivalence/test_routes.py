"""
task_routes send a call where they send plain Celery's.
"""

import pytest

from .lab import Lab
from .published import both
from .routes import ROUTES, Route


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_route(lab: Lab, route: Route) -> None:
    """
    A call ends in the queue that task_routes name, as plain Celery's does.
    """
    ours, theirs = both(lab, *route.pair(lab))

    assert ours == theirs
    assert ours["messages"][0][0] == route.ends

"""
Every way to send a task by its name: with celerykit, and what plain Celery does.
"""

from celerykit import Service, call, remote

from .kinds import attributed
from .lab import Lab
from .pairs import Make, Pair, as_current, into

REMOTES: dict[str, Make] = {}
far = into(REMOTES)


@far
def remote_known_here(lab: Lab) -> Pair:
    """
    A task sent by name which this process has too, with options of its own.
    """
    here = attributed(lab)

    @remote(here.name, app=lab.app)
    def there(order: int) -> None:
        raise NotImplementedError

    return (
        lambda: call(there, 7).priority(2).send(),
        lambda: lab.app.send_task(here.name, (7,), {}, priority=2),
    )


@far
def remote_of_current_app(lab: Lab) -> Pair:
    """
    A task sent by name with whichever app is the current one.
    """

    @remote("elsewhere.rate")
    def rate(order: int, stars: int = 5) -> None:
        raise NotImplementedError

    return (
        as_current(lab, lambda: call(rate, 7, stars=4).countdown(3).send()),
        as_current(
            lab, lambda: lab.app.send_task("elsewhere.rate", (7,), {"stars": 4}, countdown=3)
        ),
    )


@far
def service(lab: Lab) -> Pair:
    """
    A task of a service.
    """

    class Billing(Service, prefix="billing"):
        def charge(self, user: int, cents: int) -> str:
            raise NotImplementedError

    billing = Billing(lab.app)
    return (
        lambda: call(billing.charge, 7, cents=1250).shadow("pay").send(),
        lambda: lab.app.send_task("billing.charge", (7,), {"cents": 1250}, shadow="pay"),
    )


@far
def routed_by_another_name(lab: Lab) -> Pair:
    """
    A task routed as another one is, with a routing key for the queue where that one goes.
    """
    lab.app.conf.task_routes = {"equal.export": {"queue": lab.topic.name}}
    options = {"route_name": "equal.export"}
    return (
        lambda: call(lab.elsewhere, 2, 3).extra(**options).routing_key("eu.x").send(),
        lambda: lab.app.send_task("elsewhere.add", (2, 3), {}, routing_key="eu.x", **options),
    )

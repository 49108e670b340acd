"""
Canvas, stamps, callbacks and beat's entries, as the pages of Celery's guide write them.
"""

from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

from celery import chain, chord, group
from celery.beat import ScheduleEntry, Scheduler
from celery.canvas import StampingVisitor
from celery.schedules import crontab

from .project import Call, Project


class MonitoringIdStampingVisitor(StampingVisitor):
    """
    Each task gets an id of a monitoring system, and something that is no stamp.
    """

    def on_signature(self, sig: Any, **headers: Any) -> dict[str, Any]:
        """
        The stamps of *sig*.
        """
        return {
            "monitoring_id": uuid4().hex,
            "other_data": "value",
            "stamped_headers": ["monitoring_id"],
        }


class InGroupVisitor(StampingVisitor):
    """
    Each task says whether it is in a group.
    """

    in_group = False

    def on_group_start(self, group: Any, **headers: Any) -> dict[str, Any]:
        """
        A group begins.
        """
        self.in_group = True
        return {"in_group": [self.in_group], "stamped_headers": ["in_group"]}

    def on_signature(self, sig: Any, **headers: Any) -> dict[str, Any]:
        """
        The stamps of *sig*.
        """
        return {"in_group": [self.in_group], "stamped_headers": ["in_group"]}

    def on_callback(self, callback: Any, **header: Any) -> dict[str, Any]:
        """
        The stamps of a callback.
        """
        return {"on_callback": True}

    def on_errback(self, errback: Any, **header: Any) -> dict[str, Any]:
        """
        The stamps of an errback.
        """
        return {"on_errback": True}


def stamped(signature: Any, visitor: Any = None, **stamps: Any) -> Any:
    """
    The signature, stamped and sent.
    """
    signature.stamp(visitor=visitor, **stamps)
    return signature.apply_async()


def linked(p: Project, signature: Any) -> Any:
    """
    The signature, with a callback and an errback, stamped and sent.
    """
    signature.link(p.log_result.si("done"))  # a group would make .s() immutable
    signature.link_error(p.log_error.s())
    return stamped(signature, InGroupVisitor())


def tens(p: Project) -> list[Any]:
    """
    Ten signatures.
    """
    return [p.add.s(i, i) for i in range(10)]


def workflow(p: Project) -> Any:
    """
    A chain, a group and another chain in one.
    """
    return p.create_user.s() | group(p.import_contacts.s(), p.send_welcome_email.s())


ANN = {"username": "ann", "first": "A", "last": "N", "email": "ann@example.com"}

CANVAS: dict[str, Call] = {
    "chain": lambda p: chain(p.add.s(2, 2), p.add.s(4), p.add.s(8))(),
    "chain by pipes": lambda p: (p.add.s(2, 2) | p.mul.s(8) | p.mul.s(10)).apply_async(),
    "chain of immutables": lambda p: (p.add.si(2, 2) | p.add.si(4, 4) | p.add.si(8, 8))(),
    "chain with options": lambda p: chain(
        p.add.s(2, 2).set(queue="hipri", countdown=5), p.add.s(4).set(priority=3, expires=60)
    ).apply_async(expires=3600, link_error=p.log_error.s()),
    "chain, partial": lambda p: (p.add.s(4) | p.mul.s(8)).delay(16),
    "chain in a chain": lambda p: (p.add.s(4, 16) | p.mul.s(2) | (p.add.s(4) | p.mul.s(8)))(),
    "chain that logs": lambda p: (p.add.s(2, 2) | p.log_result.s()).delay(),
    "chain and errors": lambda p: chain(p.add.s(2, 2), p.mul.s(4)).on_error(p.log_error.s())(),
    "group": lambda p: group(p.add.s(2, 2), p.add.s(4, 4))(),
    "group of a generator": lambda p: group(p.add.s(i, i) for i in range(10)).apply_async(),
    "group with options": lambda p: group(tens(p)).apply_async(queue="hipri", countdown=5),
    "group of names": lambda p: group(
        p.app.signature("tasks.add", args=[2, 2]), p.app.signature("tasks.add", args=[1, 1])
    ).apply_async(),
    "group with a callback": lambda p: linked(p, group(p.add.s(2, 2), p.add.s(4, 4))),
    "group of chains": lambda p: group(p.add.s(1, 1) | p.mul.s(2), p.add.s(2, 2) | p.mul.s(2))(),
    "group in a chain": lambda p: (p.add.s(4, 4) | group(p.add.si(i, i) for i in range(10)))(),
    "group to a task": lambda p: (group(tens(p)) | p.tsum.s())(),
    "group between tasks": lambda p: chain(
        p.add.s(2, 2), group(p.add.s(1), p.add.s(2)), p.tsum.s()
    )(),
    "chord": lambda p: chord((p.add.s(i, i) for i in range(10)), p.tsum.s())(),
    "chord called": lambda p: chord(tens(p))(p.tsum.s()),
    "chord of an immutable body": lambda p: chord(tens(p), p.notify_complete.si(7)).apply_async(),
    "chord and errors": lambda p: (group(tens(p)) | p.tsum.s().on_error(p.log_error.s())).delay(),
    "chord with options": lambda p: chord(tens(p), p.tsum.s().set(queue="hipri")).apply_async(
        countdown=5, expires=600
    ),
    "chord in a chain": lambda p: (chord(tens(p), p.tsum.s()) | p.add.s(1)).delay(),
    "map": lambda p: p.tsum.map([list(range(10)), list(range(100))]).delay(),
    "starmap": lambda p: p.add.starmap(zip(range(10), range(10))).apply_async(countdown=10),  # noqa: B905
    "chunks": lambda p: p.add.chunks(zip(range(100), range(100)), 10).apply_async(),  # noqa: B905
    "chunks in a group": lambda p: p.add.chunks(zip(range(10), range(10)), 5).group()(),  # noqa: B905
    "a workflow": lambda p: workflow(p).delay(**ANN),
}

STAMPS: dict[str, Call] = {
    "a group": lambda p: stamped(group(p.add.si(2, 2), p.add.si(3, 3)), stamp="your_custom_stamp"),
    "a task": lambda p: stamped(p.add.si(2, 2), tenant="acme", tries=[1, 2]),
    "a task by a visitor": lambda p: stamped(p.add.si(2, 2), MonitoringIdStampingVisitor()),
    "a group by a visitor": lambda p: stamped(group(tens(p)), MonitoringIdStampingVisitor()),
    "a chord by a visitor": lambda p: stamped(
        chord(tens(p), p.tsum.s()), MonitoringIdStampingVisitor()
    ),
    "a chain by a visitor": lambda p: stamped(p.add.s(2, 2) | p.add.s(4), InGroupVisitor()),
    "a workflow by a visitor": lambda p: stamped(
        p.add.s(2, 2) | group(p.add.s(4), p.add.s(5)) | p.tsum.s(), InGroupVisitor()
    ),
    "callbacks": lambda p: linked(p, p.add.s(2, 2)),
    "callbacks of a chord": lambda p: linked(p, chord([p.add.s(1, 1), p.add.s(2, 2)], p.tsum.s())),
    "a stamp called like a property": lambda p: stamped(p.add.si(2, 2), type="x", user_id="bob"),
}


def beat(p: Project, **entry: Any) -> Any:
    """
    What beat does when an entry of its schedule is due.
    """
    schedule = crontab(hour=7, minute=30, day_of_week=1)
    made = ScheduleEntry(name="it", schedule=schedule, app=p.app, **entry)
    scheduler = Scheduler(p.app, schedule={}, lazy=True)
    return scheduler.apply_async(made, advance=False)


BEAT: dict[str, Call] = {
    "a task": lambda p: beat(p, task="proj.add", args=(16, 16)),
    "a task elsewhere": lambda p: beat(p, task="tasks.add", args=(16, 16)),
    "options": lambda p: beat(
        p, task="proj.add", args=[2, 2], options={"queue": "hipri", "expires": 10, "priority": 3}
    ),
    "keywords": lambda p: beat(p, task="proj.add", kwargs={"x": 1, "y": 2}, options={}),
    "a header": lambda p: beat(
        p, task="proj.add", args=[2, 2], options={"headers": {"periodic_task_name": "it"}}
    ),
    "expires at": lambda p: beat(
        p,
        task="proj.add",
        args=[2, 2],
        options={"expires": datetime.now(timezone.utc) + timedelta(days=1)},
    ),
    "everybody": lambda p: beat(p, task="proj.reload_cache"),
}

PAGES = {"canvas": CANVAS, "stamps": STAMPS, "beat": BEAT}

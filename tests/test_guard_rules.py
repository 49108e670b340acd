"""
Which rules work in guard(): an example of each, and the table in docs/guard.md.
"""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from kombu import Queue

from celerykit import CallRejected, call, guard
from celerykit.rules import catalogue

from .corpus.project import SETTINGS, Project
from .reading import codes, in_a_task

PAGE = Path(__file__).parents[1] / "docs" / "guard.md"
NAIVE = datetime(2031, 5, 1)  # noqa: DTZ001 - a mistake under test
PAST = datetime(2020, 1, 1, tzinfo=timezone.utc)
LIMITS = {"time_limit": 1, "soft_time_limit": 3}
QUORUM = Queue("quorum", queue_arguments={"x-queue-type": "quorum"})

# Of these only a part can be known.
IN_PART = {"CK202", "CK217", "CK220"}


def sent_twice(p: Project) -> Any:
    """
    A plain call with the id of one that celerykit sent.
    """
    call(p.add, 1, 2).task_id("the-id").send()
    return p.add.apply_async((1, 2), task_id="the-id")


def options(**given: Any) -> Callable[[Project], Any]:
    """
    A plain call with these options.
    """
    return lambda p: p.add.apply_async((1, 2), **given)


def value(given: Any) -> Callable[[Project], Any]:
    """
    A plain call with this argument.
    """
    return lambda p: p.anything.delay(given)


def done(result: Any) -> Any:
    """
    The same result, which is there by now, though nobody looked.
    """
    result.backend.mark_as_done(result.id, 3)
    return result


async def read(result: Any) -> Any:
    """
    Read a result in an event loop.
    """
    return result.get(timeout=5)


EXAMPLES: dict[str, Callable[[Project], Any]] = {
    "CK102": lambda p: p.app.send_task("proj.add", (1, 2, 3, 4)),
    "CK105": lambda p: p.anything.delay(1, countdown=10),
    "CK106": lambda p: p.app.send_task("proj.reset_bufers"),
    "CK108": lambda p: p.app.send_task("__main__.add"),
    "CK110": lambda p: p.anything.delay(password="s3cret"),  # noqa: S106 - it should be found
    "CK201": options(count_down=5),
    "CK202": options(immediate=True),
    "CK203": options(eta=""),
    "CK204": options(countdown=-5),
    "CK205": options(eta=NAIVE),
    "CK206": options(countdown=5, eta=datetime.now(timezone.utc) + timedelta(days=1)),
    "CK207": options(countdown=60, expires=30),
    "CK208": options(**LIMITS),
    "CK209": options(headers={"task": "another"}),
    "CK210": options(headers={"tags": {1}}),
    "CK212": options(debug=True),
    "CK213": options(max_retries=5),
    "CK214": options(queue=" high"),
    "CK215": options(retry_policy={"max_retry": 3}),
    "CK217": sent_twice,
    "CK220": options(priority=10),
    "CK221": options(mandatory=True),
    "CK222": options(routing_key="media.video"),
    "CK223": options(serializer="jsn"),
    "CK224": options(user_id="bob"),
    "CK225": options(eta=PAST),
    "CK226": options(queue="hgih"),
    "CK227": options(exchange="media", routing_key="media.audio"),
    "CK230": options(countdown=7200),
    "CK231": options(countdown=5),
    "CK233": options(queue="high"),
    "CK301": options(serializer="pickle"),
    "CK302": value((1, 2)),
    "CK303": value({1, 2}),
    "CK304": value("long" * 100_000),
    "CK305": value({"__type__": "uuid", "__value__": {}}),
    "CK402": lambda p: in_a_task(p.app, lambda: p.add.delay(1, 2).get(timeout=0.01)),
    "CK403": lambda p: done(p.add.delay(1, 2)).get(),
    "CK404": lambda p: asyncio.run(read(done(p.add.delay(1, 2)))),
    "CK501": options(link="proj.add"),
    "CK601": options(),
}

# What an example needs, beside a broker in memory.
SETTING: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("CK108", "CK220", "CK230"), SETTINGS["redis"]),
    **dict.fromkeys(("CK221", "CK224"), SETTINGS["rabbitmq"]),
    **dict.fromkeys(("CK226", "CK227"), SETTINGS["queues"]),
    "CK231": {**SETTINGS["rabbitmq"], "task_queues": [QUORUM], "task_default_queue": "quorum"},
    "CK233": {"task_routes": {"proj.add": {"exchange": "media", "routing_key": "media.video"}}},
    "CK601": {"celerykit": {"severity": 5}},
}


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_rule_works_in_the_guard(code):
    """
    The rule objects to a plain call, and no other does.
    """
    project = Project(**SETTING.get(code, {}))
    project.app.finalize()
    guard(project.app)

    found = codes(lambda: EXAMPLES[code](project))
    project.app.close()

    assert found == [code]


class Opaque:
    """
    A callable that does not tell its parameters, as many that are written in C.
    """

    @property
    def __signature__(self) -> Any:
        """
        Nothing that can be told.
        """
        raise ValueError

    def __call__(self, *args: Any) -> None:
        """
        Send nothing.
        """


def test_the_fallback_app_is_known():
    """
    The app that Celery makes up can be guarded too, and sends nothing to localhost.
    """
    app = Celery("default", set_as_current=False, fixups=[])
    app.send_task = Opaque()
    guard(app, action="raise")

    with pytest.raises(CallRejected, match="CK107"):
        app.send_task("far.away")
    guard(app, action="raise", allow=["CK107"])
    with pytest.raises(CallRejected, match="CK204"):
        app.send_task("far.away", (), {}, -5)

    app.close()


def rows() -> str:
    """
    The table of docs/guard.md, as the rules and the examples above make it.
    """
    lines = []
    for code, module in sorted(catalogue().items()):
        rule = module.RULE
        if rule.stage in {"app", "live"}:
            continue  # it judges no call
        build = "yes" if rule.stage == "build" else ""
        send = "yes" if rule.stage == "send" or rule.again else ""
        handle = "yes" if rule.stage == "read" and code != "CK403" else ""
        works = code in EXAMPLES or code in {"CK107", "CK410"}  # which have apps of their own
        known = "some" if code in IN_PART else "yes" if works else ""
        page = f"rules/{module.__name__.rpartition('.')[2]}.md"
        lines.append(f"| [{code}]({page}) {rule.name} | {build} | {send} | {handle} | {known} |")
    return "\n".join(lines)


def test_the_table_is_right():
    """
    docs/guard.md says of each rule where it works.
    """
    table = re.search(r"\|---\|---\|---\|---\|---\|\n(.*?)\n\n", PAGE.read_text("utf-8"), re.DOTALL)

    assert table
    assert table[1] == rows()

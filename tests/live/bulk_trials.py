"""
One bulk send through a fault, and whether the report says what the broker really has.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from uuid import uuid4

from celery import Celery
from kombu import Exchange, Queue, pools

from celerykit import BulkReport, Call, TypedTask, call, send_many, typed_app

CALLS = 1_500
ATTEMPTS = 200
PAUSE = 0.2


@dataclass
class Tally:
    """
    What trials found, added up.
    """

    trials: int = 0
    calls: int = 0
    sent: int = 0
    unknown: int = 0
    unknown_there: int = 0
    resumed: int = 0
    retried: int = 0
    doubled: int = 0
    untouched: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """
        The figures in one line.
        """
        return (
            f"{self.trials} trials, {self.calls} calls: {self.sent} reported sent, "
            f"{self.unknown} unknown of which {self.unknown_there} were there, "
            f"{self.resumed} resumed runs, {self.retried} unknown calls sent again of which "
            f"{self.doubled} are there twice, {self.untouched} trials without a fault, "
            f"{len(self.wrong)} wrong"
        )


@dataclass(frozen=True)
class Ground:
    """
    Where a trial takes place: an app, and what its queue holds in the end.
    """

    app: Celery
    queue: str
    task: TypedTask[[int, str], int]
    held: Callable[[], list[str]]


def ground(url: str, direct: str, **options: object) -> Ground:
    """
    An app that sends to `url`; `direct` is the same broker without any proxy.
    """
    queue = f"celerykit-fault-{uuid4().hex[:8]}"
    app = Celery("faults", broker=url, set_as_current=False)
    app.conf.update(
        task_default_queue=queue,
        broker_transport_options=options,
        broker_connection_timeout=2,
        task_publish_retry_policy={"max_retries": 3, "interval_start": 0, "interval_step": 0.05},
    )

    @typed_app(app).task(name="faults.note", ignore_result=True)
    def note(number: int, text: str) -> int:
        return number

    def held() -> list[str]:
        reader = Celery("reader", broker=direct, set_as_current=False)
        with reader.connection_for_read() as connection, closing(connection.channel()) as channel:
            mine = Queue(queue, Exchange(queue), queue)(channel)
            mine.declare()
            ids = [each.headers["id"] for each in iter(lambda: mine.get(no_ack=True), None)]
            mine.delete()
            channel.exchange_delete(queue)
        return ids

    return Ground(app, queue, note, held)


def forget(app: Celery) -> None:
    """
    Close the connections of an app, which kombu keeps by URL, and those of no other.
    """
    gone = app.amqp.producer_pool, app.pool
    for group in (pools.producers, pools.connections):
        for key in [key for key, pool in group.items() if pool in gone]:
            dict.pop(group, key)  # it is kept by its hash
    app.pool.force_close_all()


def rows(pick: random.Random) -> list[tuple[int, str]]:
    """
    The arguments of the calls: short texts, and some long ones.
    """
    return [
        (number, "x" * (pick.randrange(9_000) if number % 97 == 0 else pick.randrange(40)))
        for number in range(CALLS)
    ]


def run(
    place: Ground, pick: random.Random, tally: Tally, settled: Callable[[], object] = lambda: None
) -> None:
    """
    Send all rows, resuming where a run ended, and compare the reports with the queue.

    `settled` returns when no fault is to come any more.
    """
    given = rows(pick)
    size = pick.choice([20, 100, 500])
    reports: list[BulkReport[int]] = []
    done = 0
    while done < CALLS and len(reports) < ATTEMPTS:
        report = send_many(place.task, islice(given, done, None), batch_size=size)
        reports.append(report)
        done += report.resume_from
        if not report.complete:
            time.sleep(PAUSE)
    settled()
    again = sent_again(place, given, reports)
    forget(place.app)
    there = Counter(place.held())
    tally.trials += 1
    tally.calls += CALLS
    tally.resumed += len(reports) - 1
    tally.untouched += len(reports) == 1 and reports[0].complete
    for problem in (*problems(reports, there, again, tally), *doubles(there, again, tally)):
        tally.wrong.append(f"trial {tally.trials}: {problem}")
    if done != CALLS:
        tally.wrong.append(f"trial {tally.trials}: {done} of {CALLS} after {ATTEMPTS} runs")


def sent_again(
    place: Ground, given: list[tuple[int, str]], reports: list[BulkReport[int]]
) -> set[str]:
    """
    The ids of what is unknown, each of which is sent once more under the same id.

    No fault is to come now, but connections of before may be broken, so it goes on where it ended.
    """
    calls = []
    start = 0
    for report in reports:
        calls += [
            call(place.task, *given[start + position]).task_id(report.ids[position])
            for position in report.unknown
        ]
        start += report.resume_from
    done = attempts = 0
    doubtful: list[Call[int]] = []
    while done < len(calls) and attempts < ATTEMPTS:
        report = send_many([each.allow("CK217") for each in calls[done:]])
        doubtful += [calls[done + position] for position in report.unknown]
        done += report.resume_from
        attempts += 1
    assert done == len(calls), f"{done} of {len(calls)} unknown calls were sent again"
    assert not doubtful, f"{len(doubtful)} of them are unknown again, and no fault was ordered"
    return {each.order.options["task_id"] for each in calls}


def doubles(there: Counter[str], again: set[str], tally: Tally) -> Iterator[str]:
    """
    What is there more often than was said: once, and what was sent again at most twice.
    """
    tally.retried += len(again)
    tally.doubled += sum(there[each] == 2 for each in again)
    if missing := [each for each in again if not there[each]]:
        yield f"{len(missing)} unknown were sent again and are not there"
    if often := [each for each, count in there.items() if count > 1 + (each in again)]:
        yield f"{len(often)} are there {[there[each] for each in often[:5]]} times"


def problems(
    reports: list[BulkReport[int]], there: Counter[str], again: set[str], tally: Tally
) -> Iterator[str]:
    """
    What a report says and the queue does not; what was sent *again* is there once more.
    """
    known: set[str] = set()
    for report in reports:
        sent = [report.ids[position] for position in report.sent]
        unknown = [report.ids[position] for position in report.unknown]
        unsent = [report.ids[position] for position in report.not_sent if report.ids[position:]]
        known |= {*sent, *unknown}
        tally.sent += len(sent)
        tally.unknown += len(unknown)
        tally.unknown_there += sum(there[each] - (each in again) for each in unknown)
        if lost := [each for each in sent if there[each] != 1]:
            yield f"{len(lost)} reported sent are there {[there[each] for each in lost[:5]]} times"
        if came := [each for each in unsent if there[each]]:
            yield f"{len(came)} reported not sent are there"
    if strange := there.keys() - known:
        yield f"{len(strange)} are there and were never reported"


def meanwhile(act: Callable[[], None], seconds: float) -> threading.Timer:
    """
    Do something after a while, in another thread.
    """
    timer = threading.Timer(seconds, act)
    timer.start()
    return timer

"""Mistakes in the options of a call. Read by checkers, never run: each must be found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone

from celery import Celery

from celerykit import CallOptions, Priority, call, step, typed_app

app = typed_app(Celery("shop"))


@app.task
def add(x: int, y: int) -> int:
    return x + y


it = call(add, 1, 2)
MINUTE = timedelta(minutes=1)
SOON = datetime.now(timezone.utc) + MINUTE


def where_it_goes() -> None:
    it.queue(MINUTE)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.queue(7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.queue(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.queue()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.queue(queue="high")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.queues("high")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # no such option
    it.exchange(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.exchange("orders", "eu")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.routing_key(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.routing_key(["eu"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def when_it_runs() -> None:
    it.countdown("10")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.countdown(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.countdown(SOON)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.countdown(seconds=10)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.delay(10)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # no such option
    it.eta(10)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.eta("2030-01-01")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.eta(MINUTE)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.eta(date(2030, 1, 1))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.eta(time(12))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.eta(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.expires("1h")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.expires(date(2030, 1, 1))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.expires()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # None has to be written
    it.priority("high")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.priority(1.5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.priority(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.priority(Priority.URGENT)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownArgumentType, reportUnknownMemberType]
    it.time_limit("60")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.time_limit(60, 50)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # soft=50
    it.time_limit(60, soft="50")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.time_limit(soft=50)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.time_limit(SOON)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def how_it_travels() -> None:
    it.retry(3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # max_retries=3
    it.retry(max_retries="3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.retry(max_retries=1.5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.retry(interval_start="1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.retry(interval_step=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.retry(interval_max=SOON)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.retry(retry_errors=[OSError])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.retry(retry_errors=(1,))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.retry(retry_errors=OSError)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.retry(attempts=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.no_retry(True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.serializer(json)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.serializer(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.compression(9)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def what_it_carries() -> None:
    it.task_id(7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.task_id(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.shadow(7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.headers(tenant={"acme"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # no JSON value
    it.headers(tenant=b"acme")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.headers(at=SOON)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.headers(deep={"a": [object()]})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.headers({"x-at": SOON})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    it.headers({1: "acme"})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    it.headers(deep={1: "acme"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.headers(deep={"a": [b"acme"]})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.headers(several=[b"acme"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    it.headers(several=({"acme"}, 1))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.headers([("x-tenant", "acme")])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.headers({"a": "b"}, {"c": "d"})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.stamp(tenant=object())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.stamp({"x-at": MINUTE})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    it.stamp("acme")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.ignore_result("no")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.ignore_result(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.redact(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.redact(["x", "y"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.extra({"MessageGroupId": "g"})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    step(add, 2).queue(7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    step(add, 2).countdown("10")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    step(add, 2).options(queue=7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def all_at_once() -> None:
    it.options(queu="high")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # misspelt
    it.options(delay=10)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.options(link=step(add, 2))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # .link()
    it.options(max_retries=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # of the task
    it.options(soft=50)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.options("high")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.options({"queue": "high"})  # type: ignore[arg-type,call-arg]  # pyright: ignore[reportCallIssue]
    it.options(queue=7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(queue=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(exchange=7, routing_key="eu")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(routing_key=7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(countdown="10")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(countdown=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(eta=10)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(eta=MINUTE)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(expires="1h")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(priority="high")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(retry="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(retry=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(retry_policy=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(retry_policy={"max_retry": 3})  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportArgumentType]
    it.options(retry_policy={"max_retries": "3"})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
    it.options(retry_policy={"interval_start": None})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
    it.options(retry_policy={"retry_errors": [OSError]})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
    it.options(serializer=json)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(compression=9)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(time_limit="60")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(soft_time_limit=SOON)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(task_id=7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(shadow=7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(headers={"tenant": {"acme"}})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    it.options(headers={"tenant": b"acme"})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    it.options(headers=[("tenant", "acme")])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(stamp={"at": SOON})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    it.options(ignore_result="no")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(redact="password")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a list of names
    it.options(redact=[1])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]


def kept_options(kept: CallOptions, anything: Mapping[str, object]) -> None:
    it.options(**anything)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.options(**kept, eta=SOON)  # type: ignore[misc]  # pyright: ignore[reportCallIssue]  # it may be there already
    kept["queu"] = "high"  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportGeneralTypeIssues]
    kept["queue"] = 7  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]
    kept["retry_policy"] = {"max_retry": 3}  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportGeneralTypeIssues]
    use(kept["queu"])  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]
    use(CallOptions(queu="high"))  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportCallIssue]
    use(CallOptions(queue=7))  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
    use(CallOptions(countdown="10"))  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]


def written_options() -> None:
    misspelt: CallOptions = {"queu": "high"}  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportAssignmentType]
    wrong: CallOptions = {"countdown": "10"}  # type: ignore[typeddict-item]  # pyright: ignore[reportAssignmentType]
    one_wrong: CallOptions = {"queue": "high", "priority": "high"}  # type: ignore[typeddict-item]  # pyright: ignore[reportAssignmentType]
    deep: CallOptions = {"retry_policy": {"max_retry": 3}}  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportAssignmentType]
    deep_value: CallOptions = {"retry_policy": {"max_retries": "3"}}  # type: ignore[typeddict-item]  # pyright: ignore[reportAssignmentType]
    callback: CallOptions = {"link": step(add, 2)}  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportAssignmentType]
    text: CallOptions = {"redact": "password"}  # type: ignore[typeddict-item]  # pyright: ignore[reportAssignmentType]
    header: CallOptions = {"headers": {"tenant": {"acme"}}}  # type: ignore[dict-item]  # pyright: ignore[reportAssignmentType]
    use(misspelt, wrong, one_wrong, deep, deep_value, callback, text, header)


def gives_wrong_options() -> CallOptions:
    return {"time_limit": "60"}  # type: ignore[typeddict-item]  # pyright: ignore[reportReturnType]


def use(*_values: object) -> None:
    """Take what a case has made."""

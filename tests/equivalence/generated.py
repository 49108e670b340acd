"""
Options and arguments made up by hypothesis, in celerykit's words and in plain Celery's.
"""

from datetime import timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from celerykit import Priority, call, step
from celerykit._vocabulary import (
    CALL_OPTIONS,
    EXTRA_OPTIONS,
    INTERNAL_OPTIONS,
    PROTOCOL_HEADERS,
    TASK_ATTRIBUTES,
)

from .lab import NOON, Lab

# The options by the method that sets them, with values as celerykit takes them.
Options = dict[str, Any]

WORDS = {*CALL_OPTIONS, *EXTRA_OPTIONS, *INTERNAL_OPTIONS, *TASK_ATTRIBUTES, *PROTOCOL_HEADERS}
WEEK = 7 * 86_400

integers = st.integers(min_value=-(2**63), max_value=2**63 - 1)
floats = st.floats(allow_nan=False, allow_infinity=False)
atoms = st.none() | st.booleans() | integers | floats | st.text(max_size=20)
names = st.text(min_size=1, max_size=10).filter(lambda name: name not in WORDS)
identifiers = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True).map("x_{}".format)
json = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
labels = st.text("abcdefghijklmnopqrstuvwxyz.0123456789", min_size=1, max_size=12)
stamps = json.filter(lambda value: value is not None)  # which Celery drops, and then misses
mappings = st.dictionaries(names, json, max_size=3)
counts = st.integers(min_value=1, max_value=WEEK)
delays = (
    counts
    | st.floats(min_value=0.001, max_value=WEEK)
    | counts.map(lambda count: timedelta(milliseconds=count))
)
zones = st.sampled_from([timezone.utc, timezone(timedelta(hours=9)), timezone(-timedelta(hours=5))])
moments = st.builds(
    lambda delay, zone: (NOON + delay).astimezone(zone),
    counts.map(lambda count: timedelta(seconds=count)),
    zones,
)


@st.composite
def times(draw: st.DrawFn) -> Options:
    """
    When a call starts and expires, in this order.
    """
    found: Options = {}
    start = draw(st.sampled_from(["now", "countdown", "eta"]))
    end = draw(st.sampled_from(["never", "lifted", "expires", "moment"]))
    found.update(
        {start: draw(delays if start == "countdown" else moments)} if start != "now" else {}
    )
    if end == "lifted":
        found["expires"] = None
    if end == "expires":
        later = 2 * WEEK + draw(counts)  # the app's clock is ahead of the real one
        found["expires"] = draw(st.sampled_from([later, timedelta(seconds=later)]))
    if end == "moment":
        found["expires"] = draw(moments) + timedelta(seconds=WEEK)
    return found


@st.composite
def limits(draw: st.DrawFn) -> Options:
    """
    How long a run may last, the soft limit not above the hard one.
    """
    hard = draw(st.none() | delays)
    if draw(st.booleans()):
        return {"time_limit": (hard,)}
    soft = draw(st.none() | delays)
    if hard is not None and soft is not None:
        hard, soft = sorted([hard, soft], key=seconds, reverse=True)
    return {"time_limit": (hard, soft)}


policies = st.fixed_dictionaries(
    {},
    optional={
        "max_retries": st.none() | st.integers(min_value=0, max_value=9),
        "interval_start": st.floats(min_value=0, max_value=9),
        "interval_step": st.integers(min_value=0, max_value=9),
        "interval_max": st.integers(min_value=0, max_value=9),
        "retry_errors": st.just((KeyError,)),
    },
)

others = st.fixed_dictionaries(
    {},
    optional={
        "place": st.sampled_from(["high", "topic", "eu.orders", "parcels"]),
        "priority": st.integers(min_value=0, max_value=9) | st.sampled_from(Priority),
        "retry": st.just(False) | policies,
        "serializer": st.sampled_from(["json", "pickle"]),
        "compression": st.sampled_from(["gzip", "zlib", "bzip2"]),
        "task_id": st.uuids() | st.uuids().map(str),
        "shadow": labels,
        "headers": mappings,
        "stamp": st.dictionaries(identifiers, stamps, max_size=3),
        "ignore_result": st.booleans(),
        "link": st.integers(min_value=1, max_value=3),
        "link_error": st.integers(min_value=1, max_value=2),
        "extra": st.fixed_dictionaries(
            {},
            optional={
                "delivery_mode": st.sampled_from([1, 2, "transient", "persistent"]),
                "app_id": labels,
                "type": labels,
                "message_id": labels,
                "timestamp": st.integers(min_value=0, max_value=2**31),
                "timeout": st.integers(min_value=5, max_value=60),
                "attributes": json,
            },
        ),
    },
)

options = st.builds(
    lambda *parts: {name: value for part in parts for name, value in part.items()},
    times(),
    st.just({}) | limits(),
    others,
)
arguments = st.lists(json, max_size=3).map(tuple)
keywords = st.dictionaries(identifiers, json, max_size=3)


def seconds(value: Any) -> Any:
    """
    A length of time in seconds, as apply_async() takes it.
    """
    if not isinstance(value, timedelta):
        return value
    number = value.total_seconds()
    return int(number) if number.is_integer() else number


def place(lab: Lab, word: str) -> Options:
    """
    Where a call goes: a queue, a queue and a key, or an exchange and a key.
    """
    return {
        "high": {"queue": lab.high},
        "topic": {"queue": lab.topic.name},
        "eu.orders": {"queue": lab.topic.name, "routing_key": "eu.orders"},
        "parcels": {"exchange": lab.parcels.name, "routing_key": "heavy"},
    }[word]


def with_method(built: Any, lab: Lab, name: str, value: Any) -> Any:
    """
    A call with one more option, set by its own methods.
    """
    if name == "place":
        for key, word in place(lab, value).items():
            built = getattr(built, key)(word)
        return built
    if name == "time_limit":
        return (
            built.time_limit(value[0])
            if len(value) == 1
            else built.time_limit(value[0], soft=value[1])
        )
    if name == "retry":
        return built.retry(**value) if isinstance(value, dict) else built.no_retry()
    if name in {"link", "link_error"}:
        return getattr(built, name)(*(step(lab.report, number) for number in range(value)))
    if name == "extra":
        return built.extra(**value)
    return getattr(built, name)(value)


def with_methods(built: Any, lab: Lab, wanted: Options) -> Any:
    """
    A call with all options, one method after the other.
    """
    for name, value in wanted.items():
        built = with_method(built, lab, name, value)
    return built


def at_once(lab: Lab, wanted: Options) -> Options:
    """
    The options as `.options()` takes them; those that it does not take are left out.
    """
    found: Options = {}
    for name, value in wanted.items():
        if name == "place":
            found.update(place(lab, value))
        elif name == "time_limit":
            found.update(zip(("time_limit", "soft_time_limit"), value, strict=False))
        elif name == "retry":
            found["retry"] = isinstance(value, dict)
            found.update({"retry_policy": value} if value else {})
        elif name not in {"link", "link_error", "extra"}:
            found[name] = value
    return found


def plain(lab: Lab, wanted: Options) -> Options:
    """
    The options as apply_async() takes them.
    """
    found = at_once(lab, wanted)
    for name in ("countdown", "expires", "time_limit", "soft_time_limit"):
        if name in found:
            found[name] = seconds(found[name])
    if "task_id" in found:
        found["task_id"] = str(found["task_id"])
    if isinstance(found.get("priority"), Priority):
        found["priority"] = lab.level(found["priority"])
    stamps = found.pop("stamp", None)
    if stamps:
        found.update(stamps, stamped_headers=list(stamps))
    for name in ("link", "link_error"):
        if name in wanted:
            found[name] = [lab.report.s(number) for number in range(wanted[name])]
            for signature in found[name] if stamps else ():
                signature.stamp(**stamps)
    return {**found, **wanted.get("extra", {})}


def send_plain(lab: Lab, args: tuple[Any, ...], kwargs: Options, wanted: Options) -> Any:
    """
    Send with plain Celery.
    """
    return lab.anything.apply_async(args, kwargs, **plain(lab, wanted))


def send_ours(lab: Lab, args: tuple[Any, ...], kwargs: Options, wanted: Options) -> Any:
    """
    Send with celerykit.
    """
    return with_methods(call(lab.anything, *args, **kwargs), lab, wanted).send()

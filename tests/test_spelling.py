"""
The repr of a call is the code that builds it.
"""

import datetime  # noqa: ICN001 - as a repr names it
from types import SimpleNamespace

import pytest
from celery import Celery
from hypothesis import given
from hypothesis import strategies as st

from celerykit import Priority, call, remote, step

pack = remote("shop.pack", app=Celery("shop", broker="memory://", set_as_current=False))(
    lambda *args, **kwargs: None
)
WORLD = {
    "call": call,
    "step": step,
    "shop": SimpleNamespace(pack=pack),
    "datetime": datetime,
    "Priority": Priority,
}

SPELLED = [
    "call(shop.pack)",
    "call(shop.pack, 2, 'a', None, [1, (2,)], order={'id': 7})",
    "call(shop.pack, **{'not a word': 1}, **{'class': 2}, **{'\u00aa': 3}, größe=4)",
    "call(shop.pack).queue('high').exchange('orders').routing_key('eu')",
    "call(shop.pack).countdown(10).expires(3600)",
    "call(shop.pack).expires(None)",
    "call(shop.pack).eta(datetime.datetime(2035, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))",
    "call(shop.pack).priority(Priority.HIGH)",
    "call(shop.pack).priority(7)",
    "call(shop.pack).time_limit(60)",
    "call(shop.pack).time_limit(60, soft=50)",
    "call(shop.pack).time_limit(None, soft=None)",
    "call(shop.pack).queue('high').time_limit(60, soft=50).shadow('packing')",
    "call(shop.pack).options(soft_time_limit=50)",
    "call(shop.pack).retry()",
    "call(shop.pack).retry(max_retries=3, interval_start=0.2)",
    "call(shop.pack).no_retry()",
    "call(shop.pack).retry(max_retries=3).no_retry()",
    "call(shop.pack).options(retry_policy={'max_retries': 3})",
    "call(shop.pack).serializer('json').compression('gzip')",
    "call(shop.pack).task_id('7').shadow('packing')",
    "call(shop.pack).headers(tenant='acme', **{'x-shift': 2})",
    "call(shop.pack).stamp(tenant='acme', **{'x-shift': 2})",
    "call(shop.pack).ignore_result()",
    "call(shop.pack).ignore_result(False)",
    "call(shop.pack).link(step(shop.pack, 1).queue('high'), call(shop.pack))",
    "call(shop.pack).link_error(step(shop.pack))",
    "call(shop.pack).extra(MessageGroupId='g').extra(**{'x-custom': 1})",
    "step(shop.pack, 2, note='a').queue('high')",
]


@pytest.mark.parametrize("text", SPELLED)
def test_a_repr_is_code(text):
    """
    Evaluating the repr of a call gives an equal call, and the same repr.
    """
    base = eval(text, WORLD)  # noqa: S307 - written above

    assert repr(base) == text
    assert eval(repr(base), WORLD) == base  # noqa: S307 - our own repr


class Silent:
    """
    An object that cannot say what it is.
    """

    def __repr__(self):
        """
        Fail.
        """
        raise KeyError("pen")


def test_what_has_no_repr_is_shown_by_its_type():
    """
    An int that Python does not write, and an object whose own repr fails, spoil no repr of a call.
    """
    base = call(pack, 10**5000, Silent(), [10**5000], near=10**60)

    assert repr(base) == f"call(shop.pack, <int>, <Silent>, <list>, near={10**60})"


def test_times_are_shown_in_seconds():
    """
    A timedelta is kept as the seconds that Celery gets.
    """
    base = call(pack).countdown(datetime.timedelta(minutes=1)).expires(datetime.timedelta(hours=1))

    assert repr(base) == "call(shop.pack).countdown(60).expires(3600)"


def test_limits_are_shown_once():
    """
    The soft and the hard limit are one method, in whatever order they were set.
    """
    base = call(pack).options(soft_time_limit=50).time_limit(60)

    assert repr(base) == "call(shop.pack).time_limit(60, soft=50)"


def test_long_values_are_shortened():
    """
    A long value takes one line at most, in arguments and in options.
    """
    base = call(pack, "x" * 500).headers(note="y" * 500)

    assert repr(base) == f"call(shop.pack, '{'x' * 76}...).headers(note='{'y' * 76}...)"


def test_redacted_values_are_hidden():
    """
    What is redacted does not show in the repr, by position or by name.
    """
    login = remote("shop.login")(lambda user, password, **more: None)

    base = call(login, "Ann", "s3cret", pin=1234).redact("password", "pin")

    assert repr(base) == "call(shop.login, 'Ann', ***, pin=***).redact('password', 'pin')"


def test_a_step_hides_too():
    """
    What is redacted in a step does not show in its repr either.
    """
    login = remote("shop.login")(lambda user, password: None)

    waiting = step(login, "s3cret").redact("password")

    assert repr(waiting) == "step(shop.login, ***).redact('password')"


words = st.text("ab'\"\\é", max_size=6)  # short ones: a long value is shortened
plain = st.none() | st.booleans() | st.integers(-999, 999) | words
things = plain | st.lists(plain, max_size=3) | st.dictionaries(words, plain, max_size=2)


@given(
    args=st.lists(things, max_size=3),
    kwargs=st.dictionaries(st.text(max_size=6), things, max_size=3),
    headers=st.dictionaries(st.text("abcx-_", min_size=3, max_size=6), words, max_size=2),
    retry=st.none() | st.booleans(),
    policy=st.none() | st.fixed_dictionaries({"max_retries": st.integers(0, 9)}),
)
def test_any_plain_call_can_be_written_down(args, kwargs, headers, retry, policy):
    """
    Whatever plain arguments and names a call has, its repr is code that builds an equal one.
    """
    options = {"headers": headers, "retry": retry, "retry_policy": policy}
    base = call(pack, *args, **kwargs).options(
        **{name: value for name, value in options.items() if value is not None}
    )

    assert eval(repr(base), WORLD) == base  # noqa: S307 - what celerykit wrote

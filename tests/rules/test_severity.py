"""
How severe a finding is: by the rule, by the project's setting, and by the call.
"""

import warnings
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest

from celerykit import CallRejected, CallWarning, Priority, call, remote, step
from celerykit._facts import PAYLOAD_BUDGET
from celerykit._findings import Finding
from celerykit._own_settings import OwnSettings, read_own
from celerykit._severity import judged
from celerykit.errors import CelerykitWarning
from celerykit.rules import catalogue

OFF, WARNING, ERROR = ({"severity": {"CK302": level}} for level in ("off", "warning", "error"))
PAIR = (1, 2)
NAIVE = datetime(2090, 1, 1)  # noqa: DTZ001 - the mistake under test
AWARE = datetime(2090, 1, 1, tzinfo=timezone.utc)


def finding(code, level="warning"):
    """
    A finding of one rule at one level.
    """
    return Finding(code, "name", level, "shop.add", "", "", "message", "remedy")


def codes(findings):
    """
    The code and the level of each finding.
    """
    return [(each.code, each.level) for each in findings]


def test_a_project_changes_levels_and_a_call_allows():
    """
    The setting raises, lowers and silences; `allow` silences whatever the setting says.
    """
    found = [finding("CK301", "error"), finding("CK302"), finding("CK303"), finding("CK304")]
    setting = {"CK301": "warning", "CK302": "error", "CK303": "off", "CK304": "error"}

    kept = judged(found, setting, {"CK304"})

    assert codes(kept) == [("CK301", "warning"), ("CK302", "error")]
    assert judged(found, {}, ()) == found


def test_a_changed_finding_keeps_its_words():
    """
    Another level changes nothing else.
    """
    (kept,) = judged([finding("CK302")], {"CK302": "error"}, ())

    assert kept == finding("CK302", "error")


@pytest.mark.parametrize(
    ("setting", "read"),
    [
        (None, {}),
        ({}, {}),
        ({"severity": None}, {}),
        (OFF, {"severities": {"CK302": "off"}}),
        (
            {**ERROR, "payload_budget": 1},
            {"severities": {"CK302": "error"}, "payload_budget": 1},
        ),
        ({"within": timedelta(seconds=2)}, {"within": 2}),
        ({"within": None}, {}),
        ({"confirm": True}, {"confirm": True}),
        ({"on_unsent": print}, {"on_unsent": print}),
    ],
)
def test_a_setting_is_read(setting, read):
    """
    What is left out has its usual value.
    """
    assert read_own(setting, catalogue()) == OwnSettings(**read)


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ({**OFF, "payload_budget": -1}, "payload_budget=-1 is not a number of bytes"),
        ({**OFF, "payload_budget": True}, "payload_budget=True is not a number of bytes"),
        ({**OFF, "payload_budget": 1.5}, "payload_budget=1.5 is not a number of bytes"),
        ({**OFF, "budget": 1}, "'budget' is not a setting"),
        ({**OFF, "withn": 1}, "'withn' is not a setting, but 'within' is"),
        ({**OFF, 5: 1}, "5 is not a setting"),
        ({"severity": {**OFF["severity"], "ck205": "off"}}, "there is no rule 'ck205'"),
        ({"severity": {"CK302": False}}, "severity False of CK302 is not 'error', 'warning' or"),
        ({"severity": 3}, "severity=3 is not a dict"),
        (["within"], "['within'] is not a dict"),
        ({**OFF, "within": "2"}, "within='2' is not a number of seconds or a timedelta"),
        ({**OFF, "within": 0}, "within=0 is no time to wait"),
        ({**OFF, "confirm": 1}, "confirm=1 is not True or False"),
        ({**OFF, "on_unsent": "shop.outbox"}, "on_unsent='shop.outbox' cannot be called"),
    ],
)
def test_nothing_of_a_wrong_setting_counts(setting, problem):
    """
    Half a setting is none: the rules stay as they are, and the mistake is told.
    """
    read = read_own(setting, catalogue())

    assert read == OwnSettings(wrong=read.wrong)
    assert read.payload_budget == PAYLOAD_BUDGET
    assert read.wrong.startswith(problem)


# -- the project's setting, as an app has it


@pytest.mark.parametrize(
    ("setting", "level"), [(OFF, None), (WARNING, "warning"), (ERROR, "error")]
)
def test_an_app_decides_for_its_calls(app, greet, setting, level):
    """
    What an app's setting says of a rule holds for each call that the app sends.
    """
    app.conf.celerykit = setting

    assert codes(call(greet, PAIR).check()) == ([("CK302", level)] if level else [])


def test_a_warning_that_is_made_an_error_refuses(app, greet, messages):
    """
    A stricter project has the call refused.
    """
    app.conf.celerykit = ERROR

    with pytest.raises(CallRejected, match="CK302"):
        call(greet, PAIR).send()
    assert messages() == []


def test_an_error_that_is_made_a_warning_sends(app, add, message):
    """
    A project that knows better has the call sent.
    """
    app.conf.celerykit = {"severity": {"CK301": "warning"}}

    with pytest.warns(CallWarning, match="shop.add: CK301"):
        call(add, 2, 3).serializer("pickle").send()
    assert message().content_type == "application/x-python-serialize"


def test_one_app_does_not_decide_for_another(make_app):
    """
    Two apps have two settings.
    """
    strict, lax = make_app(celerykit=ERROR), make_app(celerykit=OFF)

    def greet(name):
        return name

    levels = [
        codes(call(app.task(name="shop.greet")(greet), PAIR).check()) for app in (strict, lax)
    ]

    assert levels == [[("CK302", "error")], []]


def test_a_setting_that_changes_counts_from_then_on(app, greet):
    """
    A setting may be made at any time, replaced or changed in place.
    """
    pair = call(greet, PAIR)
    assert codes(pair.check()) == [("CK302", "warning")]

    app.conf.celerykit = {"severity": {"CK302": "off"}}
    assert pair.check() == []

    app.conf.celerykit = ERROR
    assert codes(pair.check()) == [("CK302", "error")]


def test_a_namespace_such_as_djangos_counts(make_app):
    """
    Django's `CELERY_CELERYKIT` is the setting `celerykit` of the namespace CELERY.
    """
    app = make_app()
    django = SimpleNamespace(CELERY_CELERYKIT=OFF, CELERYKIT=ERROR, OTHER=1)
    app.config_from_object(django, namespace="CELERY", force=True)

    @app.task(name="shop.greet")
    def greet(name):
        return name

    assert call(greet, PAIR).check() == []


def test_a_task_elsewhere_follows_the_app_that_sends(app):
    """
    A remote task has the setting of its app.
    """
    app.conf.celerykit = ERROR

    @remote("other.greet", app=app)
    def greet(name: object) -> None:
        raise NotImplementedError

    assert codes(call(greet, PAIR).check()) == [("CK302", "error")]


# -- one call


def test_a_call_allows_what_its_author_knows(greet, message):
    """
    An allowed finding is neither raised nor warned of; any other still is.
    """
    allowed = call(greet, PAIR).allow("CK302")

    allowed.send()

    assert message().payload[0] == [[1, 2]]
    assert codes(allowed.serializer("pickle").check()) == [("CK301", "error")]


def test_several_codes_add_up(greet):
    """
    Codes are allowed together, or one after the other.
    """
    odd = call(greet, ({1}, "x" * 10))

    assert [code for code, _ in codes(odd.check())] == ["CK302", "CK303"]
    assert odd.allow("CK302", "CK303").check() == []
    assert odd.allow("CK302").allow("CK303").check() == []
    assert codes(odd.allow("CK303").check()) == [("CK302", "warning")]


def test_allowing_changes_a_copy(greet):
    """
    The call itself stays as strict as it was, and means the same.
    """
    strict = call(greet, PAIR)

    lax = strict.allow("CK302")

    assert codes(strict.check()) == [("CK302", "warning")]
    assert lax == strict


def test_a_step_allows_too(app, greet):
    """
    What a step is allowed holds when it becomes a signature.
    """

    @app.task(name="shop.pair")
    def pair(first, second):
        return first

    with pytest.warns(CallWarning, match="shop.pair: CK302"):
        step(pair, PAIR).signature()
    assert step(pair, PAIR).allow("CK302").signature().args == (PAIR,)


# -- the line that builds the call


def test_a_build_rule_is_off_for_an_app(app, add):
    """
    A rule that speaks at the builder line is silent there too.
    """
    app.conf.celerykit = {"severity": {"CK206": "off"}}

    both = call(add, 2, 3).countdown(5).eta(AWARE)

    assert both.check() == []
    assert both.order.options == {"countdown": 5, "eta": AWARE}


def test_a_build_rule_may_only_warn(app, add):
    """
    An error that the project calls a warning is warned of at the line that wrote it.
    """
    app.conf.celerykit = {"severity": {"CK205": "warning"}}
    naive = catalogue()["CK205"]

    with pytest.warns(CallWarning, match=f"shop.add: {naive.RULE.code}") as caught:
        made = call(add, 2, 3).expires(NAIVE)

    assert [each.filename for each in caught] == [__file__]
    assert made.order.options["expires"] == NAIVE


def test_a_build_rule_is_allowed_before_its_line(add):
    """
    `allow` has to come first, since the rule speaks at once.
    """
    assert call(add, 2, 3).allow("CK205").expires(NAIVE)

    with pytest.raises(CallRejected, match="CK205"):
        call(add, 2, 3).expires(NAIVE).allow("CK205")


def test_a_wrong_setting_changes_nothing_at_the_builder_line(app, add):
    """
    The builder line stays strict while the setting is not understood; the send tells of it.
    """
    app.conf.celerykit = {"severity": {"CK205": "of"}}

    with pytest.raises(CallRejected, match="CK205"):
        call(add, 2, 3).expires(NAIVE)


def test_a_right_line_does_not_ask_the_app(app):
    """
    Only a finding makes the builder look at the project's setting.
    """

    @remote("shop.greet", app=app)
    def greet(name: object) -> None:
        raise NotImplementedError

    call(greet, PAIR).countdown(5).priority(Priority.HIGH)
    assert not app.configured

    with pytest.raises(CallRejected):
        call(greet, PAIR).countdown(-5)
    assert app.configured


# -- warnings are Python's own


def test_a_warning_is_of_a_public_class():
    """
    A filter can name it, and can name all of celerykit's.
    """
    assert issubclass(CallWarning, CelerykitWarning)
    assert issubclass(CelerykitWarning, UserWarning)


@pytest.mark.parametrize("send", ["send", "signature"])
def test_a_warning_points_at_the_callers_line(greet, send):
    """
    The line that a warning names is the one that sent the call.
    """
    pair = call(greet, "x" * 300_000)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        getattr(pair, send)()  # this line

    (only,) = caught
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    assert only.filename == __file__
    assert "# this line" in lines[only.lineno - 1]


def test_filters_are_obeyed(greet, messages):
    """
    A filter silences a warning by its class or by its words, or makes it an error that stops the
    send.
    """
    pair = call(greet, PAIR)

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*CK302", category=CallWarning)
        pair.send()
    assert len(messages()) == 1

    with warnings.catch_warnings():
        warnings.simplefilter("error", CallWarning)
        with pytest.raises(CallWarning, match="CK302"):
            pair.send()
    assert messages() == []


def test_all_warnings_are_issued(greet):
    """
    Two findings are two warnings, each with its own words.
    """
    with pytest.warns(CallWarning) as caught:
        call(greet, PAIR, loud=PAIR).send()

    assert [str(each.message).split("'")[1] for each in caught] == ["name", "loud"]


def test_an_error_lists_the_warnings_too(greet):
    """
    One refusal tells everything that is wrong, and warns of nothing besides.
    """
    with pytest.raises(CallRejected) as caught:
        call(greet, PAIR, loud={1}).send()

    assert codes(caught.value.findings) == [("CK302", "warning"), ("CK303", "error")]

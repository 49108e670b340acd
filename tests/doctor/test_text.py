"""
What the doctor prints for people.
"""

import re
from dataclasses import replace

import click
import pytest

from celerykit.doctor._report import Place, Told, counted, listed
from celerykit.doctor._text import as_text

from .reports import ERROR, SICK, WARNING, WELL

PLAIN = """\
1 ERROR

CK601 wrong-setting: app.conf.celerykit
  where   shop.py:4
  danger  app.conf.celerykit: 5 is not a dict
  fix     Write {'severity': {'CK302': 'off'}, 'payload_budget': 1_000_000}

2 WARNINGS

CK604 broker-by-default: broker_url
  where   Celery's default
  value   None
  danger  the app 'shop' names no broker, so it sends to amqp://guest@localhost,
          where nobody is
  fix     Write app.conf.broker_url = 'redis://localhost:6379/0'

CK213 task-attribute: shop.pay
  where   my shop/tasks.py:12
  danger  it has 'rate_limits'
  fix     Remove it

1 error and 2 warnings in the app 'shop': 3 settings and 1 task looked at, offline.
Read more: python -m pydoc celerykit.rules.ck601_wrong_setting"""


def test_findings_are_grouped_and_wrapped():
    """
    Errors come first; each finding has its place, its danger and its remedy, within 80 columns.
    """
    assert click.unstyle(as_text(SICK, 80)) == PLAIN


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width):
    """
    What is told of a finding fits the terminal; a longer word, such as a path, is left whole.
    """
    lines = click.unstyle(as_text(SICK, width)).splitlines()

    parts = [line for line in lines if line.startswith("  ")]
    assert max(len(line) for line in parts if len(line.split()) > 2) <= width
    assert "amqp://guest@localhost," in " ".join(parts)


def test_a_terminal_without_width_is_given_some():
    """
    A terminal that says it has no columns gets lines that can be read.
    """
    assert as_text(SICK, 0) == as_text(SICK, 40)


def test_levels_have_colours():
    """
    An error is red, a warning yellow, and good news green.
    """
    text = as_text(SICK, 80)

    assert click.style("CK601", fg="red", bold=True) in text
    assert click.style("CK604", fg="yellow", bold=True) in text
    assert as_text(WELL, 80).startswith(click.style("Nothing wrong", fg="green", bold=True))


def test_colours_cost_no_columns():
    """
    Lines break in the same places with colours and without.
    """
    lines = as_text(SICK, 80).splitlines()

    assert [re.sub("\x1b.*?m", "", line) for line in lines] == PLAIN.splitlines()


def test_a_healthy_app_gets_one_line():
    """
    Where nothing is wrong, one line says what was looked at, and in which way.
    """
    said = "Nothing wrong in the app 'shop': 3 settings and 1 task looked at"

    assert click.unstyle(as_text(WELL, 80)) == f"{said}, offline."
    assert click.unstyle(as_text(replace(WELL, live=True), 80)) == f"{said}, live."


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        ((Told(ERROR),), "1 error in"),
        ((Told(WARNING), Told(WARNING)), "2 warnings in"),
    ],
)
def test_only_what_there_is_is_counted(told, counts):
    """
    A report without errors, or without warnings, does not count them.
    """
    text = click.unstyle(as_text(replace(SICK, told=told), 80))

    assert text.splitlines()[-2].startswith(counts)


def test_numbers_go_with_their_things():
    """
    One, none and many are said as people say them.
    """
    assert [counted(number, "route") for number in (0, 1, 2)] == [
        "no routes",
        "1 route",
        "2 routes",
    ]
    assert counted(2, "beat entry", "beat entries") == "2 beat entries"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"


def test_a_place_is_written_as_editors_read_it():
    """
    A file with its line can be opened from a terminal.
    """
    assert str(Place("shop.py", 4)) == "shop.py:4"
    assert str(Place("shop.py")) == "shop.py"

"""
The progress bar: on a terminal only, with what was not sent, and closed whatever happens.
"""

import io
import re
import sys

import pytest

from celerykit import BulkReport, send_many
from celerykit.progress import progress_bar


class Terminal(io.StringIO):
    """
    A file that says it is a terminal.
    """

    def isatty(self):
        """
        Say so.
        """
        return True


@pytest.fixture
def terminal(monkeypatch):
    """
    A terminal of 100 columns that understands the codes which move its cursor.
    """
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    return Terminal()


def drawn(terminal):
    """
    What a terminal was told, line by line, without the codes.
    """
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue())
    return [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]


SHOWN = "\x1b[?25h"  # the cursor


def test_it_shows_how_far_a_run_has_come(add, terminal):
    """
    The last line that is drawn has all of them.
    """
    bar = progress_bar(1200, description="orders", file=terminal)

    send_many(add, [(number, 1) for number in range(1200)], progress=bar)

    lines = drawn(terminal)
    assert lines[0].startswith("orders")
    assert "1200/1200" in lines[-1]
    assert terminal.getvalue().rstrip("\n").endswith(SHOWN)


def test_it_shows_what_was_not_sent(add, terminal):
    """
    Calls that a rule refused are counted beside the bar.
    """
    send_many(add, [(1, 2), (1,), (3, 4)], progress=progress_bar(3, file=terminal))

    assert "3/3" in drawn(terminal)[-1]
    assert drawn(terminal)[-1].endswith("1 rejected")


def test_the_total_may_be_unknown(add, terminal):
    """
    Then it shows how many there were.
    """
    send_many(add, [(1, 2)] * 3, progress=progress_bar(file=terminal))

    assert "3/?" in drawn(terminal)[-1]


def test_it_draws_at_most_ten_times_a_second(add, terminal):
    """
    However small the batches are.
    """
    send_many(add, [(1, 2)] * 300, batch_size=1, progress=progress_bar(300, file=terminal))

    assert len(drawn(terminal)) < 100
    assert "300/300" in drawn(terminal)[-1]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_it_is_closed_when_the_run_is_stopped(add, terminal, stop):
    """
    Ctrl-C and an error of the iterable leave a terminal as it was, with the bar where it had come.
    """

    def rows():
        yield from [(1, 2)] * 500
        raise stop

    with pytest.raises(stop) as caught:
        send_many(add, rows(), progress=progress_bar(1000, file=terminal))

    report = BulkReport.of(caught.value)
    assert report is not None
    assert len(report.sent) == 500
    assert "500/1000" in drawn(terminal)[-1]
    assert terminal.getvalue().rstrip("\n").endswith(SHOWN)


def test_nothing_is_written_where_there_is_no_terminal(add, capsys, terminal):
    """
    A log, a pipe, a cron job stay as they are.
    """
    file = io.StringIO()

    send_many(add, [(1, 2)] * 3, progress=progress_bar(3, file=file))
    send_many(add, [(1, 2)] * 3, progress=progress_bar(3))

    assert file.getvalue() == ""
    assert capsys.readouterr() == ("", "")


def test_a_run_of_none_is_closed_too(add, terminal):
    """
    Without a batch there is nothing to show.
    """
    send_many(add, [], progress=progress_bar(0, file=terminal))

    assert terminal.getvalue().rstrip("\n").endswith(SHOWN)


@pytest.mark.parametrize(
    ("total", "error", "words"),
    [
        ("3", TypeError, "total='3' is not a number of calls"),
        (True, TypeError, "total=True is not a number of calls"),
        (-1, ValueError, "total=-1 is less than 0"),
    ],
)
def test_what_is_no_total_is_refused(total, error, words):
    """
    At the line that makes the bar.
    """
    with pytest.raises(error, match=words):
        progress_bar(total)


def test_without_rich_the_line_that_installs_it_is_named(monkeypatch):
    """
    The extra is not there: the error says how to get it.
    """
    for name in ("rich", "rich.progress", "rich.console"):
        monkeypatch.setitem(sys.modules, name, None)

    with pytest.raises(ModuleNotFoundError, match=r"pip install 'celerykit\[progress\]'"):
        progress_bar(3)

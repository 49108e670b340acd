"""
The report is exact, whatever ends the run.
"""

import pickle
import sys
from collections import Counter
from itertools import count, islice
from pathlib import Path

import pytest
from celery import Task, signals
from kombu.exceptions import OperationalError

import celerykit.bulk
from celerykit import CallRejected, PublishError, call, step
from celerykit.bulk import BulkReport, Positions, send_many
from celerykit.bulk._ledger import Ids

HERE = Path(celerykit.bulk.__file__).parent


def test_all_that_was_sent_is_told(add, messages):
    """
    A run without trouble is complete, and knows the id of every call.
    """
    report = send_many(add, [(number, 1) for number in range(12)], batch_size=5)

    assert report.complete
    assert (report.total, len(report.sent), report.resume_from) == (12, 12, 12)
    assert [*report.ids] == [message.headers["id"] for message in messages()]
    assert [handle.id for handle in report.handles] == [*report.ids]
    assert report.error is None
    report.raise_for_unsent()
    assert repr(report) == "<BulkReport of 12: 12 sent>"


def test_nothing_to_send_is_complete(add):
    """
    No rows, no trouble.
    """
    report = send_many(add, [])

    assert report.complete
    assert repr(report) == "<BulkReport of 0: 0 sent>"
    assert [*report.handles] == []


def test_refused_calls_are_told_and_the_others_go_on(add, messages):
    """
    A bad row is reported with what the rules found; its neighbours are sent.
    """
    rows = [(1, 2), (1,), (3, 4), (5, {6}), (7, 8)]

    report = send_many(add, rows)

    assert [*report.rejected] == [1, 3]
    assert [finding.code for finding in report.findings[1]] == ["CK102"]
    assert [finding.code for finding in report.findings[3]] == ["CK303"]
    assert [message.payload[0] for message in messages()] == [[1, 2], [3, 4], [7, 8]]
    assert report.ids[1] == report.ids[3] == ""
    assert [report.outcome(each) for each in range(6)] == [
        *("sent", "rejected", "sent", "rejected", "sent"),
        None,
    ]
    assert not report.complete
    with pytest.raises(CallRejected, match="CK102") as caught:
        report.raise_for_unsent()
    first, *_ = str(caught.value).splitlines()
    assert first == "shop.add was not sent (position 1; 2 of 5 refused):"
    with pytest.raises(LookupError, match="position 1 was not sent"):
        report.handles[1]


def test_findings_of_the_first_refused_calls_are_kept(add):
    """
    A million bad rows are counted, and a thousand of them explained.
    """
    report = send_many(add, ((1,) for _ in range(1_005)))

    assert report.rejected.ranges == (range(1_005),)
    assert len(report.findings) == 1_000


def test_warnings_that_are_errors_refuse(add):
    """
    Where the project turns warnings into errors, a doubtful call is not sent.
    """
    report = send_many(add, [(1, 2), (1, (2, 3))])

    assert [*report.rejected] == [1]


def test_ctrl_c_leaves_an_exact_report(add, messages):
    """
    What left is sent, what waited is not, and the interrupt comes out as it is.
    """

    def rows():
        yield from ((number, 0) for number in range(7))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as stop:
        send_many(add, rows(), batch_size=5)

    report = BulkReport.of(stop.value)
    assert report.sent.ranges == (range(5),)
    assert report.not_sent.ranges == (range(5, 7),)
    assert report.resume_from == 5
    assert len(messages()) == 5


@pytest.mark.parametrize("hears", [False, True], ids=["batches", "one by one"])
def test_ctrl_c_at_any_line_leaves_an_exact_report(app, messages, hears):
    """
    Whichever line the interrupt hits, each call that was taken has one outcome, and the right one.
    """

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    def hear(**given): ...

    if hears:
        signals.after_task_publish.connect(hear, weak=False)
    try:
        outcomes = [interrupted(add, messages, line) for line in range(0, 4_000, 23)]
    finally:
        signals.after_task_publish.disconnect(hear)

    assert {"sent", "not_sent", "unknown"} <= set().union(*outcomes)


def interrupted(add, messages, line):
    """
    Interrupt a bulk send at the n-th line of celerykit's own, and compare its report.
    """
    left = [line]

    def trace(frame, event, arg):
        if not frame.f_code.co_filename.startswith(str(HERE)):
            return None
        if event == "line":
            left[0] -= 1
            if left[0] < 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return trace

    tracing = sys.gettrace()
    sys.settrace(trace)
    try:
        report = send_many(add, [(number, 0) for number in range(20)], batch_size=3)
    except KeyboardInterrupt as stop:
        report = BulkReport.of(stop)
    finally:
        sys.settrace(tracing)
    there = Counter(message.payload[0][0] for message in messages())
    if report is None:  # before it began
        assert not there
        return set()
    told = Counter(report.outcome(position) for position in range(report.total))
    assert None not in told, (line, report)
    assert {outcome: len(getattr(report, outcome)) for outcome in told} == told, (line, report)
    assert all(there[position] == 1 for position in report.sent), (line, report)
    assert not any(there[position] for position in report.not_sent), (line, report)
    assert max(there.values(), default=0) <= 1
    return {*told}


def test_an_error_of_the_iterable_comes_after_what_was_taken(add, messages):
    """
    As in a loop, all rows before the error are sent; the error comes out as it is.
    """

    def rows():
        yield from ((number, 0) for number in range(7))
        message = "the database went away"
        raise OSError(message)

    with pytest.raises(OSError, match="the database went away") as stop:
        send_many(add, rows(), batch_size=5)

    report = BulkReport.of(stop.value)
    assert report.sent.ranges == (range(7),)
    assert not report.complete
    assert len(messages()) == 7


def test_an_iterable_that_fails_at_once_sent_nothing(add):
    """
    Nothing was taken, and that is what the report says.
    """

    def rows():
        raise OSError
        yield

    with pytest.raises(OSError) as stop:  # noqa: PT011 - it says nothing else
        send_many(add, rows())

    report = BulkReport.of(stop.value)
    assert (report.total, report.resume_from, report.complete) == (0, 0, False)


def test_an_error_of_the_progress_callback_comes_out(add, messages):
    """
    The batch before it is told as sent.
    """

    def progress(report):
        message = f"after {len(report.sent)}"
        raise ValueError(message)

    with pytest.raises(ValueError, match="after") as stop:
        send_many(add, [(number, 0) for number in range(12)], batch_size=5, progress=progress)

    report = BulkReport.of(stop.value)
    assert report.sent.ranges == (range(5),)
    assert len(messages()) == 5


def test_other_errors_have_no_report():
    """
    An exception that ended no bulk send has none.
    """
    assert BulkReport.of(ValueError("other")) is None


def test_progress_is_told_after_each_batch(add):
    """
    The callback gets the report as far as it has come.
    """
    seen = []

    send_many(
        add,
        ((number, 0) for number in range(12)),
        batch_size=5,
        progress=lambda report: seen.append((report.total, len(report.sent))),
    )

    assert seen == [(5, 5), (10, 10), (12, 12)]


def test_a_run_can_be_resumed(add, messages):
    """
    Skipping what the report says goes on exactly where it ended.
    """
    rows = [(number, 0) for number in range(20)]

    def interrupted():
        yield from rows[:13]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as stop:
        send_many(add, interrupted(), batch_size=5)
    report = BulkReport.of(stop.value)
    send_many(add, islice(rows, report.resume_from, None))

    assert [message.payload[0][0] for message in messages()] == [*range(20)]


def test_an_endless_iterable_is_read_as_it_goes(add, messages):
    """
    Never more than a batch is taken before it leaves.
    """
    taken = count()

    def rows():
        while True:
            number = next(taken)
            if number == 23:
                raise StopAsyncIteration
            yield number, len(messages())

    with pytest.raises(StopAsyncIteration):
        send_many(add, rows(), batch_size=10)

    assert next(taken) == 24


def test_a_slow_iterable_waits_for_nobody(add, messages, monkeypatch):
    """
    When the next call comes late, those before it have not waited for the batch to fill.
    """
    now = [0.0]
    monkeypatch.setattr("celerykit.bulk._run.monotonic", lambda: now[0])
    seen = []

    def rows():
        for number in range(3):
            yield number, 0
            now[0] += 10
            seen.append(len(messages()))

    report = send_many(add, rows())

    assert seen == [0, 1, 1]
    assert report.complete


def test_heavy_calls_leave_before_the_batch_is_full(add, monkeypatch):
    """
    A batch of large messages does not grow beyond about a megabyte.
    """
    seen = []

    send_many(
        add,
        (("x" * 100_000, 0) for _ in range(25)),
        progress=lambda report: seen.append(len(report.sent)),
    )

    assert seen == [10, 20, 25]


def test_ids_need_not_be_kept(add):
    """
    A run that needs no handles keeps nothing of each call.
    """
    report = send_many(add, [(1, 2)] * 5, keep_ids=False)

    assert report.complete
    with pytest.raises(LookupError, match="keep_ids=False"):
        _ = report.ids
    with pytest.raises(LookupError, match="keep_ids=False"):
        _ = report.handles


def test_what_is_given_is_checked(add, app):
    """
    Mistakes in the call of send_many itself are told at once.
    """
    for wrong in (0, 10_001, 2.5, True):
        with pytest.raises(ValueError, match="batch_size"):
            send_many(add, [(1, 2)], batch_size=wrong)
    with pytest.raises(TypeError, match="which rows"):
        send_many(add)
    with pytest.raises(CallRejected, match="CK101"):
        send_many(5)
    with pytest.raises(CallRejected, match="CK101"):
        send_many("calls")
    with pytest.raises(CallRejected, match="CK101"):
        send_many(print, [(1, 2)])
    with pytest.raises(TypeError, match="each call needs its own"):
        send_many(add, [(1, 2)], task_id="x")
    with pytest.raises(TypeError, match="queue: calls carry their own options"):
        send_many([call(add, 1, 2)], queue="x")
    with pytest.raises(CallRejected, match="CK204"):
        send_many(add, [(1, 2)], countdown=-1)


@pytest.mark.parametrize("row", [[1, 2], "ab", {"x": 1}, 5, None])
def test_a_row_is_a_tuple(add, messages, row):
    """
    What is not a tuple is a mistake in the program, and told with what to write.
    """
    with pytest.raises(TypeError, match=r"a row is a tuple of shop\.add's positional arguments"):
        send_many(add, [(1, 2), row])

    assert len(messages()) == 1


def test_calls_are_calls(add, messages):
    """
    A step, or something else, among the calls is a mistake in the program.
    """
    with pytest.raises(TypeError, match=r"send_many.. takes calls, not step"):
        send_many([call(add, 1, 2), step(add, 1)])

    assert len(messages()) == 1


class Failing(Task):
    """
    A task of a project whose own apply_async fails for some arguments.
    """

    def apply_async(self, args=None, kwargs=None, **options):
        """
        Refuse a three.
        """
        if args[0] == 3:
            message = "no threes"
            raise RuntimeError(message)
        return super().apply_async(args, kwargs, **options)


def test_an_error_of_a_projects_own_code_comes_out(app, messages):
    """
    What was taken before is sent, and the call that failed is not.
    """

    @app.task(base=Failing, name="shop.failing")
    def failing(x):
        return x

    with pytest.raises(RuntimeError, match="no threes") as stop:
        send_many(failing, [(number,) for number in range(6)])

    report = BulkReport.of(stop.value)
    assert report.sent.ranges == (range(3),)
    assert report.not_sent.ranges == (range(3, 4),)
    assert len(messages()) == 3


def test_a_broker_that_is_not_there_is_told(make_app):
    """
    Nothing listens: nothing is sent, and the report says so.
    """
    app = make_app(
        broker_url="amqp://guest:hunter2@127.0.0.1:1//",
        task_publish_retry_policy={"max_retries": 1, "interval_start": 0},
    )

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    report = send_many(add, [(1, 2), (3, 4)])

    assert (report.total, report.resume_from) == (1, 0)
    assert [*report.not_sent] == [0]
    assert isinstance(report.error.__cause__, OperationalError)
    with pytest.raises(
        PublishError, match="safe to send again: the broker failed: OperationalError"
    ):
        report.raise_for_unsent()


def test_positions_are_a_sequence():
    """
    Positions can be counted, indexed, searched and gone through, however they are kept.
    """
    positions = Positions()
    for start, stop in [(0, 3), (3, 4), (7, 8), (10, 12)]:
        positions.add(start, stop)

    listed = [0, 1, 2, 3, 7, 10, 11]
    assert [*positions] == listed
    assert len(positions) == 7
    assert [positions[index] for index in range(7)] == listed
    assert positions[-1] == 11
    assert positions[2:5] == [2, 3, 7]
    assert [each for each in range(-1, 14) if each in positions] == listed
    assert "7" not in positions
    assert repr(positions) == "<7 positions: 0-3, 7-7, 10-11>"
    assert repr(Positions()) == "<0 positions>"
    for index in (7, -8):
        with pytest.raises(IndexError, match="7 positions"):
            positions[index]


@pytest.mark.parametrize(
    "task_id",
    [
        *("", "order-7", "2b64f6f6-e54d-448a-b13d-9498c4d21d25"),
        *("2B64F6F6-E54D-448A-B13D-9498C4D21D25", "2b64f6f6e54d448ab13d9498c4d21d250000"),
        *("2b64f6f6-e54d-448a-b13d-9498c4d21d2x", "2b64f6f6-e54d-448a-b13d-9498c4d21 25"),
    ],
)
def test_every_id_comes_back_as_it_was(task_id):
    """
    Ids are packed where that loses nothing.
    """
    ids = Ids()
    ids.add("00000000-0000-4000-8000-000000000000")
    ids.add(task_id)

    assert ids[1] == ids[-1] == task_id
    assert ids[0:2] == ["00000000-0000-4000-8000-000000000000", task_id]
    assert len(ids) == 2
    with pytest.raises(IndexError):
        ids[2]


def test_a_publish_error_keeps_what_is_known():
    """
    It says what happened, hides passwords, and survives a pickle.
    """
    cause = OSError("cannot reach redis://user:hunter2@host:6379/0, password='hunter2'")
    error = PublishError("unknown", cause)

    assert "hunter2" not in str(error)
    assert "redis://user:***@host:6379/0, password=***" in str(error)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (again.outcome, again.cause, str(again)) == (error.outcome, error.cause, str(error))

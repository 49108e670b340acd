"""
CK404: an event loop is not stopped by a read.
"""

import asyncio

import pytest
from celery.exceptions import TimeoutError as CelerysTimeoutError

from celerykit import GetInEventLoopWarning, call
from celerykit._read import Read
from celerykit.rules import at_read
from tests.reading import codes


async def read_in_a_loop(handle, timeout=5):
    """
    Read a handle where a loop runs.
    """
    return handle.get(timeout=timeout)


@pytest.fixture
def handle(app, add):
    """
    A handle whose result is there, though the one who reads cannot know it.
    """
    sent = call(add, 2, 3).send()
    sent.async_result.backend.mark_as_done(sent.id, 5)
    return sent


def test_says_so_at_the_read(handle):
    """
    The read is warned of at its line, and done.
    """
    with pytest.warns(GetInEventLoopWarning) as caught:
        assert asyncio.run(read_in_a_loop(handle)) == 5

    assert caught[0].filename == __file__
    assert str(caught[0].message) == (
        "a result: CK404 Handle.get() stops the event loop of this thread until the result is "
        "there. Await asyncio.to_thread(handle.get, 5) instead."
    )


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("Handle.get()", "handle.get, 5"),
        ("AsyncResult.get()", "result.get, timeout=5"),
        ("GroupResult.get()", "results.join, timeout=5"),
        ("ResultSet.join_native()", "results.join, timeout=5"),
    ],
)
def test_the_way_out_fits_what_is_read(name, way):
    """
    Of a set, join() is what another thread can do: join_native() would wait for ever there.
    """
    (finding,) = at_read(Read(name, in_loop=True, awaited=("shop.add",)))

    assert finding.task == "shop.add"
    assert finding.remedy == f"Await asyncio.to_thread({way}) instead"


@pytest.mark.parametrize(
    "read",
    [Read("Handle.get()"), Read("AsyncResult.ready()", in_loop=True, polls=5)],
    ids=["no loop", "a look"],
)
def test_near_miss_what_stops_no_loop_passes(read):
    """
    A read without a loop passes, and so does a look that does not wait.
    """
    assert [finding for finding in at_read(read) if finding.code == "CK404"] == []


def test_near_miss_a_thread_beside_the_loop_passes(handle):
    """
    The remedy is not warned of.
    """

    async def page():
        """
        Read beside the loop.
        """
        return await asyncio.to_thread(handle.get, 5)

    assert codes(lambda: asyncio.run(page())) == []


def test_near_miss_a_result_that_was_seen_passes(handle):
    """
    What is there does not stop anything.
    """
    handle.async_result.ready()

    assert codes(lambda: asyncio.run(read_in_a_loop(handle))) == []


def test_harm_a_loop_stands_still(app, add):
    """
    While plain Celery waits, nothing else in the loop runs.
    """
    ticks = []

    async def tick():
        """
        Count the turns of the loop.
        """
        while True:
            ticks.append(1)
            await asyncio.sleep(0)

    async def page():
        """
        Wait, and see how far the loop has come before and after.
        """
        ticking = asyncio.ensure_future(tick())
        await asyncio.sleep(0)
        before = len(ticks)
        with pytest.raises(CelerysTimeoutError):
            add.delay(2, 3).get(timeout=0.05)
        after = len(ticks)
        ticking.cancel()
        return before, after

    before, after = asyncio.run(page())

    assert before == after > 0

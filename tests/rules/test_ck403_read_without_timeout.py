"""
CK403: a read of plain Celery's has a timeout, or says that it means to have none.
"""

import pytest

from celerykit import GetWithoutTimeoutWarning, guard
from celerykit._read import Read
from celerykit.rules import at_read
from tests.reading import codes


@pytest.fixture
def there(app, add):
    """
    A result that is there, though the one who reads cannot know it: nothing has to be waited for.
    """
    guard(app)
    result = add.delay(2, 3)
    result.backend.mark_as_done(result.id, 5)
    return result


def test_says_so_at_the_read(there):
    """
    The read is warned of at its line, and done.
    """
    with pytest.warns(GetWithoutTimeoutWarning) as caught:
        assert there.get() == 5

    assert caught[0].filename == __file__
    assert str(caught[0].message) == (
        "a result: CK403 AsyncResult.get() without a timeout waits for ever if nothing comes. "
        "Pass timeout=, in seconds; timeout=None says that you mean it."
    )


def test_what_takes_no_timeout_is_told_another_way_out(there):
    """
    get_leaf() has no such parameter.
    """
    with pytest.warns(GetWithoutTimeoutWarning) as caught:
        assert there.get_leaf() == 5

    assert str(caught[0].message) == (
        "a result: CK403 AsyncResult.get_leaf() without a timeout waits for ever if nothing comes. "
        "Use get(timeout=...) on the results that you want."
    )


def test_the_task_is_named_where_it_is_known():
    """
    A finding is about the task whose result is wanted.
    """
    (finding,) = at_read(Read("AsyncResult.get()", bounded=False, awaited=("shop.add",)))

    assert (finding.task, finding.option, finding.level) == ("shop.add", "timeout", "warning")


@pytest.mark.parametrize("polls", [0, 5])
def test_near_miss_a_read_with_a_timeout_passes(polls):
    """
    A read that ends by itself, and a look that does not wait at all, pass.
    """
    assert at_read(Read("AsyncResult.get()", polls=polls)) == []
    assert at_read(Read("AsyncResult.ready()", bounded=False, polls=5)) == []


@pytest.mark.parametrize(
    "read",
    [
        lambda result: result.get(timeout=5),
        lambda result: result.get(5),
        lambda result: result.get(timeout=None),
        lambda result: result.get(None),
        lambda result: [*result.collect(timeout=5)],
        lambda result: (result.ready(), result.get()),
    ],
    ids=["seconds", "by position", "None", "None by position", "collect", "there already"],
)
def test_near_miss_a_timeout_that_is_written_passes(there, read):
    """
    What is written is meant, be it None; a result that was seen to be there is not waited for.
    """
    assert codes(lambda: read(there)) == []


def test_harm_an_id_that_nobody_knows_is_waited_for(app):
    """
    Plain Celery waits without end for a result that never comes.
    """
    looks = iter(range(50))

    with pytest.raises(StopIteration):
        app.backend.wait_for("nobody", interval=0.001, on_interval=lambda: next(looks))

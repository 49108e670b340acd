"""
The names that Celery keeps to itself are checked, and put back.
"""

from types import SimpleNamespace

import pytest

from celerykit.testing import _celerys


def test_the_names_that_are_used():
    """
    These names are what a release of Celery has to have; one that lacks them is named at import.
    """
    assert [name for _owner, name in _celerys._OURS] == [
        "_tls",
        "default_app",
        "_apps",
        "_register_app",
        "_backend",
        "_get_backend",
        "_load_config",
        "_local",
        "_pool",
        "_fixups",
        "_producer_pool",
        "_set_task_join_will_block",
        "task_join_will_block",
    ]
    assert _celerys.missing() == []


def test_a_celery_without_them(monkeypatch):
    """
    Where one of the names is gone, the error says which.
    """
    monkeypatch.setattr(_celerys, "_OURS", ((SimpleNamespace(), "_gone"),))

    with pytest.raises(ImportError, match="does not fit this Celery, which has no _gone"):
        _celerys._check()


def test_swaps_are_undone_whatever_happened():
    """
    What a test removed meanwhile is put back, and what was never there stays away.
    """
    thing = SimpleNamespace(there=1)
    with _celerys.Swaps() as swaps:
        swaps.put(thing, "there", 2)
        swaps.put(thing, "absent", 3)
        assert (thing.there, thing.absent) == (2, 3)
        del thing.absent

    assert vars(thing) == {"there": 1}

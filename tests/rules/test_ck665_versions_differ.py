"""
CK665: workers that run another release of Celery.
"""

import pytest

from .hearing import ONE, heard

OLD = ONE._replace(name="celery@old", celery="5.4.0")


def test_another_minor_release_is_told():
    """
    The finding names the worker, both versions, and the line to install.
    """
    (found,) = heard("CK665", workers=(ONE, OLD))

    assert found.message == "celery@old runs Celery 5.4.0, and the app 'shop' 5.7.1 here"
    assert found.remedy == "Install the same: pip install celery==5.7.1"
    assert (found.value, found.where) == ("5.4.0", "the worker celery@old")
    assert found.level == "warning"


def test_the_newer_one_is_recommended():
    """
    Numbers are compared as numbers: 5.10 is newer than 5.9.
    """
    (found,) = heard("CK665", workers=(OLD._replace(celery="5.10.0"),), celery="5.9.1")

    assert found.remedy.endswith("celery==5.10.0")


def test_workers_of_one_version_are_told_together():
    """
    A fleet that was not upgraded is one finding.
    """
    (found,) = heard("CK665", workers=(OLD, OLD._replace(name="celery@older")))

    assert found.message.startswith("celery@old, celery@older run Celery 5.4.0")


@pytest.mark.parametrize("queues", [frozenset({"theirs"}), None])
def test_near_miss_a_worker_of_another_project_passes(queues):
    """
    A worker on the same broker that reads other queues has versions of its own.
    """
    assert heard("CK665", workers=(OLD._replace(queues=queues),)) == []


@pytest.mark.parametrize("version", ["5.7.0", "5.7.1", "5.7.2rc1", None])
def test_near_miss_the_same_minor_release_passes(version):
    """
    A patch release changes nothing that matters; a worker that did not say passes.
    """
    assert heard("CK665", workers=(ONE._replace(celery=version),)) == []

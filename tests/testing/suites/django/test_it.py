"""
The tests of a Django project.
"""

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from proj.tasks import sign_up


@pytest.mark.django_db
@pytest.mark.parametrize("time", ["first", "second"])
def test_the_tests_own_transaction(celerykit_sent, time):
    """
    What a task writes is seen in the test's transaction, and gone after it.
    """
    User.objects.create(username="before")
    result = sign_up.delay("Ann")

    celerykit_sent.run()

    assert result.get() == User.objects.count() == 2
    assert connection.in_atomic_block


@pytest.mark.django_db
def test_on_commit(celerykit_sent, django_capture_on_commit_callbacks):
    """
    delay_on_commit() sends when the transaction commits, and not before.
    """
    with django_capture_on_commit_callbacks(execute=True):
        sign_up.delay_on_commit("Ann")
        celerykit_sent.assert_nothing_sent()

    celerykit_sent.assert_only(sign_up, "Ann")
    celerykit_sent.run()
    assert User.objects.get().username == "Ann"


@pytest.mark.django_db(transaction=True)
def test_a_worker(celerykit_sent, celerykit_worker):
    """
    A worker sees what is committed, and what it writes is seen.
    """
    with transaction.atomic():
        User.objects.create(username="before")
        sign_up.delay_on_commit("Ann")
        celerykit_sent.assert_nothing_sent()

    assert celerykit_sent.one(sign_up).handle.get(timeout=20) == 2
    assert {each.username for each in User.objects.all()} == {"before", "Ann"}

"""
When tasks run, and whether they still do: countdown, eta, expires, revoke.
"""

from datetime import datetime, timedelta, timezone

from tests.fidelity.scenario import Lab, scenario
from tests.fidelity.tasks import MOMENT


@scenario("say now", "say 1", "say 2", "say 3")
def countdowns_in_order(lab: Lab):
    """
    What waits runs when its time has come, whenever it was sent.
    """
    for number in (3, 1, 2):
        lab.tasks.say.apply_async((number,), countdown=number * MOMENT)
    lab.tasks.say.delay("now")
    return []


@scenario("say early", "say late")
def etas_in_order(lab: Lab):
    """
    An eta counts as a moment, in whatever zone it is written.
    """
    east, now = timezone(timedelta(hours=9)), lab.app.now()
    lab.tasks.say.apply_async(("late",), eta=now + timedelta(seconds=2 * MOMENT))
    lab.tasks.say.apply_async(("early",), eta=(now + timedelta(seconds=MOMENT)).astimezone(east))
    return []


@scenario("say first", "say second", "say third")
def an_eta_that_is_over(lab: Lab):
    """
    What was due before it was sent is run at once, in its turn.
    """
    past = datetime.now(timezone.utc) - timedelta(seconds=9)
    lab.tasks.say.delay("first")
    lab.tasks.say.apply_async(("second",), eta=past)
    lab.tasks.say.delay("third")
    return []


@scenario("say kept", results=["REVOKED TaskRevokedError('expired')", "SUCCESS 'kept'"])
def expired(lab: Lab):
    """
    What has expired before its turn is not run, and says so.
    """
    past = datetime.now(timezone.utc) - timedelta(seconds=9)
    say = lab.tasks.say
    return [
        say.apply_async(("never",), expires=past),
        say.apply_async(("kept",), expires=60),
    ]


@scenario("say last", results=["REVOKED TaskRevokedError('expired')", "SUCCESS 'last'"])
def expired_while_it_waited(lab: Lab):
    """
    What expires before its eta is not run when that has come.
    """
    say = lab.tasks.say
    return [
        say.apply_async(("never",), countdown=2 * MOMENT, expires=MOMENT),
        say.apply_async(("last",), countdown=3 * MOMENT),
    ]


@scenario("say last", results=["REVOKED TaskRevokedError('revoked')", "SUCCESS 'last'"])
def revoked(lab: Lab):
    """
    What is revoked before it is run is not run.
    """
    say = lab.tasks.say
    sent = [
        say.apply_async(("never",), countdown=2 * MOMENT),
        say.apply_async(("last",), countdown=3 * MOMENT),
    ]
    lab.app.control.revoke(sent[0].id)
    return sent


@scenario("say last", results=["REVOKED TaskRevokedError('revoked')", "SUCCESS 'last'"])
def revoked_by_a_stamp(lab: Lab):
    """
    What carries a revoked stamp is not run.
    """
    say, tenant = lab.tasks.say, lab.id("tenant")
    first = say.s("never").set(countdown=2 * MOMENT)
    first.stamp(tenant=tenant)
    sent = [first.apply_async(), say.apply_async(("last",), countdown=3 * MOMENT)]
    lab.app.control.revoke_by_stamped_headers({"tenant": [tenant]})
    return sent


@scenario("add 1 1", "say between", "add 2 3", results=["SUCCESS 5"])
def a_countdown_in_a_chain(lab: Lab):
    """
    The countdown of a step counts from the end of the step before.
    """
    result = (lab.tasks.add.s(1, 1) | lab.tasks.add.s(3).set(countdown=MOMENT)).apply_async()
    lab.tasks.say.delay("between")
    return [result]


@scenario("try 0 a", "say b", "try 1 a", results=["SUCCESS 'a'"])
def a_retry_that_waits(lab: Lab):
    """
    What is run again later lets others pass.
    """
    result = lab.tasks.retried_later.delay("a")
    lab.tasks.say.delay("b")
    return [result]


@scenario("try 0", "say between", "try 1", results=["SUCCESS 'done'"])
def a_retry_with_a_back_off(lab: Lab):
    """
    Celery's back-off says when it is run again.
    """
    result = lab.tasks.backed_off.delay()
    lab.tasks.say.delay("between")
    return [result]

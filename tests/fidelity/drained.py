"""
Play a scenario without a worker: capture what it sends, and run it in this thread.
"""

from datetime import timedelta

from celery import Celery

from celerykit.testing import capture, clock

from .scenario import Lab, Outcome, Scenario, sent, told
from .tasks import declare

# Nothing ever connects there: what is drained goes by the rules of the broker in use.
REDIS = "redis://127.0.0.1:1/0"
LONG = timedelta(seconds=9)

# What the scenarios get wrong on purpose: names that nobody knows, times that are
# over, and arguments that arrive as something else.
ALLOWED = ["CK106", "CK204", "CK207", "CK225", "CK302"]


def lab_of(app: Celery, note, hold=None) -> Lab:
    """
    The tasks of all scenarios in an app, and ids that no other run has.
    """
    return Lab(app, declare(app, note, hold or _never))


def _never() -> None:
    """
    Hold nobody: here all is sent before the first task runs.
    """
    raise NotImplementedError


class Drained:
    """
    Plays scenarios in this thread, while the time stands still.
    """

    def __init__(self, app: Celery) -> None:
        """
        Declare the tasks in an app.
        """
        self.trail: list[str] = []
        self.lab = lab_of(app, self.trail.append)

    def play(self, scenario: Scenario) -> Outcome:
        """
        Send, run, and let the time pass for what is to run later.
        """
        lab = self.lab.afresh()
        self.trail.clear()
        with clock() as time, capture(lab.app, allow=ALLOWED) as captured:
            results = sent(scenario, lab)
            captured.run(reraise=False)
            time.advance(LONG, reraise=False)
            found = [told(lab, each) for each in results]
        return Outcome([lab.shown(each) for each in self.trail], found)

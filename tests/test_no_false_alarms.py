"""
No call that is right is warned of: a corpus of them, through the guard and through celerykit.
"""

from itertools import chain as joined

import pytest

from celerykit import call, guard

from .corpus import canvas, guide
from .corpus.generated import OPTIONS
from .corpus.project import SETTINGS, Project

PAGES = {**guide.PAGES, **canvas.PAGES}
CALLS = {f"{page}: {name}": each for page, calls in PAGES.items() for name, each in calls.items()}

# A chord needs results, and Celery itself refuses it without.
CASES = [
    (broker, name)
    for broker in SETTINGS
    for name in CALLS
    if broker != "no results" or name.partition(":")[0] in guide.PAGES
]


@pytest.fixture
def make_project(_no_celery_environment, set_current):
    """
    Make the project of the guide with some settings, guarded so that any finding refuses.
    """
    made = []

    def make(settings):
        made.append(Project(**settings))
        set_current(made[-1].app)
        return made[-1]

    yield make
    for project in made:
        project.app.close()


@pytest.mark.parametrize(("broker", "name"), CASES)
def test_what_the_guide_shows_passes_the_guard(make_project, broker, name):
    """
    What Celery's guide shows is sent without a word, whatever the broker and the settings.
    """
    project = make_project(SETTINGS[broker])
    guard(project.app, action="raise")

    CALLS[name](project)

    assert project.sent


@pytest.mark.parametrize("broker", SETTINGS)
def test_ordinary_options_pass_the_guard(make_project, broker):
    """
    Every combination of ordinary options is sent without a word.
    """
    project = make_project(SETTINGS[broker])
    guard(project.app, action="raise")

    for options in OPTIONS:
        project.add.apply_async((2, 3), **options)

    assert project.sent == ["proj.add"] * len(OPTIONS)


@pytest.mark.parametrize("broker", SETTINGS)
def test_ordinary_options_pass_celerykit(make_project, broker):
    """
    Every combination of ordinary options is a call without a finding.
    """
    project = make_project(SETTINGS[broker])

    found = (call(project.add, 2, 3).options(**options).check() for options in OPTIONS)

    assert [*joined.from_iterable(found)] == []


def test_there_are_enough_of_them():
    """
    The corpus has several hundred calls of either kind.
    """
    assert len(CASES) > 500
    assert len(OPTIONS) > 500

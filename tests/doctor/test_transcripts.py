"""
What the doctor says of real projects, run as their owners run it: each in a process of its own.
"""

import runpy
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "doctor_transcripts.py"))
FILES = [*SCRIPT["files"]()]
names = pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")


@pytest.fixture(scope="module")
def transcripts():
    """
    What each command prints today; two run at a time, since each takes a second to start.
    """
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(FILES, pool.map(SCRIPT["transcript"], FILES), strict=True))


@names
def test_the_doctor_says_what_is_written_down(transcripts, file):
    """
    A transcript is up to date; python scripts/doctor_transcripts.py makes it so.
    """
    assert file.read_text(encoding="utf-8") == transcripts[file]


@names
def test_no_secret_is_printed(file):
    """
    The passwords of the projects are in none of their transcripts.
    """
    assert "kept-secret" not in file.read_text(encoding="utf-8")


@names
def test_no_colour_is_printed_into_a_pipe(file):
    """
    What goes into a file or a log has no codes for terminals in it.
    """
    assert "\x1b" not in file.read_text(encoding="utf-8")


def test_the_page_shows_what_the_doctor_says():
    """
    docs/doctor.md shows transcripts as they are; the same script makes it so.
    """
    text = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")

    assert text == SCRIPT["page"]()
    assert text.count("<!-- transcript: ") == text.count("```console\n$ ") - 2


def test_both_ways_in_are_shown():
    """
    Some projects are examined by `celery`, others by `python -m celerykit`.
    """
    commands = " ".join(file.read_text(encoding="utf-8").splitlines()[0] for file in FILES)

    assert "celery -A" in commands
    assert "python -m celerykit doctor" in commands


def test_the_broken_project_is_broken_in_ten_ways():
    """
    The doctor finds ten kinds of mistakes and more in the project that was made of them.
    """
    text = (ROOT / "tests/doctor/projects/broken/doctor.txt").read_text(encoding="utf-8")

    codes = {line.split()[0] for line in text.splitlines() if line.startswith("CK")}
    assert len(codes) >= 10


def test_transcripts_are_written_anew(tmp_path, monkeypatch):
    """
    The script fills in what a command prints, and the code that it exits with.
    """
    monkeypatch.setitem(SCRIPT["main"].__globals__, "PROJECTS", tmp_path)
    monkeypatch.setitem(SCRIPT["main"].__globals__, "PAGE", tmp_path / "page.md")
    (tmp_path / "page.md").write_text(
        "<!-- transcript: empty/doctor.txt -->\n```console\nold\n```\nend\n"
    )
    (tmp_path / "empty").mkdir()
    file = tmp_path / "empty" / "doctor.txt"
    file.write_text("$ celery -A nowhere doctor\nwhatever\n")

    SCRIPT["main"]()

    assert file.read_text().startswith("$ celery -A nowhere doctor\nUsage: celery")
    assert file.read_text().endswith("The module nowhere was not found.\n$ echo $?\n2\n")
    page = (tmp_path / "page.md").read_text()
    assert "```console\n$ celery -A nowhere doctor\n" in page
    assert page.endswith("was not found.\n```\nend\n")

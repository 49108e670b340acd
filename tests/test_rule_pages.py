"""The pages of the rules in docs/rules/ are those that the rules themselves make."""

import runpy
from pathlib import Path

import pytest

from celerykit.rules import catalogue

ROOT = Path(__file__).parents[1]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "rule_pages.py"))
PAGES: dict[str, str] = SCRIPT["pages"]()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_what_its_rule_says(name):
    """
    A page of docs/rules/ is up to date; python scripts/rule_pages.py makes it so.
    """
    path = ROOT / "docs" / "rules" / name

    assert path.is_file()
    assert path.read_text(encoding="utf-8") == PAGES[name]


def test_there_is_a_page_for_each_rule_and_no_other():
    """
    docs/rules/ holds the index and one page for each rule of the catalogue.
    """
    modules = {f"{module.__name__.rpartition('.')[2]}.md" for module in catalogue().values()}

    assert {path.name for path in (ROOT / "docs" / "rules").iterdir()} == {"index.md", *modules}


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_warns_who_would_edit_it(name):
    """
    The first line of a page says which file to edit instead.
    """
    first = PAGES[name].splitlines()[0]

    assert "do not edit" in first
    assert "src/celerykit/rules/" in first


def test_pages_are_written_and_old_ones_removed(tmp_path, monkeypatch):
    """
    The script makes every page anew, and takes away that of a rule which is gone.
    """
    monkeypatch.setitem(SCRIPT["main"].__globals__, "DIRECTORY", tmp_path)
    (tmp_path / "ck999_gone.md").touch()

    SCRIPT["main"]()

    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == PAGES

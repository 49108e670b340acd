"""What the documentation says beside its examples, which run by themselves: see conftest.py."""

import re
from datetime import datetime
from pathlib import Path

import pytest

import celerykit
import celerykit.testing
from celerykit import CallRejected, Service, call
from celerykit._vocabulary import CALL_OPTIONS, EXTRA_OPTIONS
from celerykit.rules import adjustable, catalogue

ROOT = Path(__file__).parents[1]
PAGES = sorted(path.relative_to(ROOT) for path in [*ROOT.glob("*.md"), *ROOT.glob("*/*.md")])
METHODS = sorted(set(re.findall(r"\.\w+\(", " ".join(CALL_OPTIONS.values()))))
READMES = ["README.md", "README.zh-CN.md"]


def page(name):
    """
    The text of a page.
    """
    return (ROOT / name).read_text(encoding="utf-8")


def refused_rows(name):
    """
    The rows of a README's table of refusals: what is written, and what celerykit says.
    """
    rows = re.findall(r"^\| `(call\(.*)` \| .* \| (CK\d+ .*) \|$", page(name), re.MULTILINE)

    assert len(rows) == 5
    return rows


def examples(name):
    """
    The code blocks of a page without what a translation may change: their comments.
    """
    blocks = re.findall(r"^ *```python\n(.*?)^ *```$", page(name), re.MULTILINE | re.DOTALL)
    return [re.sub(r" *#.*", "", block) for block in blocks]


class Billing(Service, prefix="billing"):
    """
    The remote tasks of the README.
    """

    def charge(self, user: int, cents: int) -> str:
        """
        Live elsewhere.
        """
        raise NotImplementedError


@pytest.mark.parametrize("readme", READMES)
def test_readme_is_right_about_refusals(readme, app):
    """
    Each call in the README's table is refused, with the words that stand beside it.
    """

    @app.task
    def add(x, y):
        return x + y

    names = {"call": call, "add": add, "billing": Billing(app), "datetime": datetime}

    for written, said in refused_rows(readme):
        with pytest.raises(CallRejected) as caught:
            eval(written, names)  # noqa: S307 - from our own page

        (finding,) = caught.value.findings
        assert f"{finding.code} {finding.message}".startswith(said)


def test_both_readmes_have_the_same_examples():
    """
    The Chinese README shows the same code as the English one.
    """
    assert examples("README.zh-CN.md") == examples("README.md")


def test_readme_opens_with_the_two_commands():
    """
    Whoever opens the README sees at once how to try celerykit and how to test it.
    """
    for readme in READMES:
        top = page(readme).splitlines()[:15]

        assert [line.split()[2] for line in top if line.startswith("$ make")] == ["demo", "test"]


@pytest.mark.parametrize("option", sorted({*CALL_OPTIONS, *EXTRA_OPTIONS}))
def test_every_option_is_documented(option):
    """
    docs/options.md has each option by Celery's own name.
    """
    assert re.search(rf"`{option}(=\w+)?`", page("docs/options.md"))


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_documented(method):
    """
    docs/options.md has each method that sets an option.
    """
    assert f"`{method}" in page("docs/options.md")


@pytest.mark.parametrize("name", sorted({*celerykit.__all__, *celerykit.errors.__all__}))
def test_every_public_name_is_documented(name):
    """
    docs/api.md has each name that users import; it takes the errors from their module.
    """
    documented = re.findall(r"\.\. auto(?:class|function):: (\w+)", page("docs/api.md"))

    assert name in {*documented, *celerykit.errors.__all__, "errors"}


@pytest.mark.parametrize("name", celerykit.testing.__all__)
def test_every_name_for_tests_is_documented(name):
    """
    docs/api.md has each name of celerykit.testing, and the changelog says when it came.
    """
    documented = re.findall(r"\.\. auto(?:class|function):: (\w+)", page("docs/api.md"))

    assert name in documented
    assert re.search(rf"`celerykit\.testing\.{name}\b", page("CHANGELOG.md"))


@pytest.mark.parametrize("path", PAGES)
def test_links_between_pages_lead_somewhere(path):
    """
    A link from one page to another file of the repository finds it.
    """
    text = re.sub(r"```.*?```", "", page(path), flags=re.DOTALL)
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)

    assert [target for target in targets if not (ROOT / path.parent / target).exists()] == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("docs/checks.md", r"Rules about what has no meaning.*?cannot be allowed"),
        ("docs/rules/index.md", r"nobody may switch off.*?\)"),
    ],
)
def test_pages_name_the_rules_that_cannot_be_allowed(name, sentence):
    """
    Where a page lists the rules that nobody may switch off, it lists them all, and no other.
    """
    (listed,) = re.findall(sentence, page(name), re.DOTALL)

    assert set(re.findall(r"CK\d+", listed)) == catalogue().keys() - adjustable()


@pytest.mark.parametrize("readme", READMES)
def test_readme_sends_from_another_file_than_the_tasks(readme):
    """
    A worker imports the file with the tasks, and would send whatever that sends at its top level.
    """
    tasks, caller, *_ = examples(readme)

    assert "send" not in tasks
    assert "from shop import add" in caller


def test_every_public_name_is_in_the_changelog():
    """
    The changelog says of each public name when it came, under its full name.
    """
    text = page("CHANGELOG.md")
    names = {*celerykit.__all__} - {"errors"}

    assert {name for name in names if not re.search(rf"`celerykit\.{name}\b", text)} == set()

"""
Run mypy and pyright over celerykit, each with celery-types installed and without.

Both must agree that every good call is good and every deliberate mistake in
tests/typing is one, whether or not a user has installed Celery's types.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TOOLS: Final = Path(sys.executable).parent
ENVIRONMENTS: Final = {"with celery-types": Path(".venv-stubs"), "without": Path(".venv-bare")}


@dataclass(frozen=True)
class Run:
    """One checker in one environment."""

    name: str
    command: Sequence[str]
    counts: str  # the words that mark the line of the output that holds the counts
    bin: Path


@dataclass(frozen=True)
class Outcome:
    """What a run said."""

    passed: bool
    headline: str
    output: str


def planned() -> Iterator[Run]:
    """Yield every run, in the order in which it is reported."""
    for what, environment in ENVIRONMENTS.items():
        path = environment.resolve() / "bin"
        mypy = [
            "mypy",
            "--python-executable",
            f"{path}/python",
            "--cache-dir",
            f".mypy_cache/{environment}",
        ]
        # Without celery-types pyright guesses from Celery's source, and its guesses differ from
        # the types: celerykit itself cannot please both, what users write must.
        scope = ["tests/typing"] if what == "without" else []
        verify = ["pyright", "--ignoreexternal", "--verifytypes", "celerykit"]
        yield Run(f"mypy --strict, {what}", mypy, "source file", path)
        yield Run(f"pyright strict, {what}", ["pyright", "--warnings", *scope], " warning", path)
        yield Run(f"public names, {what}", verify, "completeness score", path)


def execute(run: Run) -> Outcome:
    """Run one checker and find the line with its counts."""
    tool, *arguments = run.command
    environ = {
        **os.environ,
        "PATH": f"{run.bin}{os.pathsep}{os.environ['PATH']}",  # pyright asks the first python there
        "PYRIGHT_PYTHON_GLOBAL_NODE": "0",  # the node of pyright[nodejs], the same everywhere
        "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",  # a newer pyright is no news here
    }
    started = time.monotonic()
    done = subprocess.run(
        [TOOLS / tool, *arguments], env=environ, capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - started
    output = done.stdout + done.stderr
    counts = next(
        (line.strip() for line in reversed(output.splitlines()) if run.counts in line),
        "gave no counts",
    )
    return Outcome(done.returncode == 0, f"{run.name:<34} {counts} ({seconds:.0f} s)", output)


def main() -> int:
    """Print one line per run, and all that a failed one had to say."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(execute, planned()))
    for outcome in outcomes:
        if not outcome.passed:
            print(outcome.output)
    for outcome in outcomes:
        print("ok    " if outcome.passed else "FAILED", outcome.headline)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())

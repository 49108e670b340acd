"""
Write down what the doctor says of each project in tests/doctor/projects: doctor*.txt.

docs/doctor.md shows some of them, and is brought up to date as well. A transcript is what a
terminal shows: the command, what it prints, and its exit code. The command stays as it is; to add
one, write a file with its first line.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PROJECTS: Final = ROOT / "tests" / "doctor" / "projects"
PAGE: Final = ROOT / "docs" / "doctor.md"
SHOWN: Final = re.compile(
    r"(<!-- transcript: (\S+) -->\n```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE
)
BIN: Final = Path(sys.executable).parent
NOT_OURS: Final = ("CELERY_", "DJANGO_", "NO_COLOR", "APP", "BROKER_URL", "RESULT_BACKEND")


def files() -> Iterator[Path]:
    """Yield the file of each transcript."""
    yield from sorted(PROJECTS.glob("*/doctor*.txt"))


def transcript(file: Path) -> str:
    """Return what *file* should hold."""
    command = file.read_text(encoding="utf-8").splitlines()[0]
    words = shlex.split(command.removeprefix("$ "))
    own = dict(word.split("=", 1) for word in words if "=" in word.split()[0] and word[0].isupper())
    program, *arguments = words[len(own) :]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(NOT_OURS)}
    done = subprocess.run(
        [BIN / program, *arguments],
        cwd=file.parent,
        env={**clean, "COLUMNS": "80", **own},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    said = done.stdout + done.stderr.replace(str(PROJECTS), "...")
    return f"{command}\n{said}$ echo $?\n{done.returncode}\n"


def page() -> str:
    """Return what docs/doctor.md should hold: each transcript that it names, without exit code."""

    def shown(match: re.Match[str]) -> str:
        text = (PROJECTS / match[2]).read_text(encoding="utf-8")
        return match[1] + text.partition("$ echo $?\n")[0]

    return SHOWN.sub(shown, PAGE.read_text(encoding="utf-8"))


def main() -> None:
    """Write every transcript anew, and the page that shows them."""
    with ThreadPoolExecutor(2) as pool:
        for file, text in zip(files(), pool.map(transcript, files()), strict=True):
            file.write_text(text, encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()

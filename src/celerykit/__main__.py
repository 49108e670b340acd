"""``python -m celerykit``: what celerykit does on the command line."""

from __future__ import annotations

import click

from celerykit.doctor._standalone import standalone

__all__ = ["main"]


@click.group()
def main() -> None:
    """Look after projects that use Celery."""


main.add_command(standalone)

if __name__ == "__main__":
    main(prog_name="python -m celerykit")

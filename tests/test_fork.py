"""
A forked child knows that it is one.
"""

import os
import runpy
import subprocess
import sys

from celerykit import _fork

PROGRAM = """
import os
from celerykit._fork import FORKS

def forked(do):
    child = os.fork()
    if not child:
        try:
            do()
        finally:
            os._exit(0)
    assert os.waitpid(child, 0) == (child, 0)

def tell():
    print(FORKS.number, flush=True)

tell()
forked(tell)
forked(lambda: forked(tell))
tell()
"""


def test_each_fork_counts_in_the_child():
    """
    A child counts one fork more than its parent, which goes on counting as before.
    """
    command = [sys.executable, "-c", PROGRAM]

    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)

    assert done.stdout.split() == ["0", "1", "2", "0"]


def test_where_nothing_forks(monkeypatch):
    """
    On Windows, where Python knows no fork, the count stays what it is.
    """
    monkeypatch.delattr(os, "register_at_fork")

    forks = runpy.run_path(_fork.__file__)["FORKS"]

    assert forks.number == 0
    forks.count()
    assert forks.number == 1

"""
Names for cases that are the same in every process, as tests that run side by side need them.
"""

import re
from typing import Any


def steady(value: Any) -> str:
    """
    The repr of a value without its address, and of a set in order.
    """
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(map(repr, value)))}}}"
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))

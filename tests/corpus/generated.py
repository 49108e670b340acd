"""
Every combination of ordinary options: as many calls as the values below have combinations.
"""

from datetime import datetime, timedelta, timezone
from itertools import product
from typing import Any

UTC = timezone.utc
NOW = datetime.now(UTC)
TOKYO = timezone(timedelta(hours=9))

STARTS: list[dict[str, Any]] = [
    {},
    {"countdown": 0},
    {"countdown": 1.5},
    {"countdown": 3000},
    {"eta": NOW + timedelta(minutes=50)},
    {"eta": (NOW + timedelta(minutes=50)).astimezone(TOKYO)},
]
ENDS: list[dict[str, Any]] = [
    {},
    {"expires": 7200},
    {"expires": 86_400.5},
    {"expires": NOW + timedelta(hours=3)},
]
PLACES: list[dict[str, Any]] = [{}, {"queue": "high"}, {"priority": 5}]
LIMITS: list[dict[str, Any]] = [{}, {"time_limit": 60, "soft_time_limit": 50}, {"time_limit": 0.5}]
MORE: list[dict[str, Any]] = [
    {},
    {"ignore_result": True, "shadow": "another name", "retry": False},
    {"headers": {"tenant": "acme", "tries": [1, 2.5, None, {"a": True}]}, "compression": "gzip"},
]

OPTIONS: list[dict[str, Any]] = [
    {name: value for part in parts for name, value in part.items()}
    for parts in product(STARTS, ENDS, PLACES, LIMITS, MORE)
]

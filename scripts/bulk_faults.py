"""
Send many calls through faults, and compare every report with what the broker really has.

What is of unknown outcome is sent again under the same id; those that are there twice are counted.

    python scripts/bulk_faults.py [trials]

The connection is cut after a random number of bytes, or the server is killed at a random moment
and started again: on Redis in every second trial, on RabbitMQ, which takes long to start, in one
more of twenty. 200 trials for each broker unless told otherwise. The servers that are killed are
started here; another RabbitMQ must run already (CELERYKIT_LIVE_RABBITMQ names it).
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.live.bulk_faults import rabbitmq_restarts, rabbitmq_trials, redis_trials


def main() -> int:
    """Run the trials, print the figures, and return 1 if any report was wrong."""
    trials = int(sys.argv[1]) if sys.argv[1:] else 200
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    with TemporaryDirectory() as folder:
        tallies = {
            "Redis": redis_trials(Path(folder), trials, seed),
            "RabbitMQ, cut": rabbitmq_trials(trials, seed),
            "RabbitMQ, killed": rabbitmq_restarts(Path(folder), max(1, trials // 20), seed),
        }
    for name, tally in tallies.items():
        print(f"{name}: {tally}")
        print("".join(f"    {each}\n" for each in tally.wrong), end="")
    return 1 if any(tally.wrong for tally in tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main())

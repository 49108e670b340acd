"""
Send one call through each fault, and print how long it took and what it said, as a table.

    python scripts/send_faults.py [seconds]

Each send is bounded by so many seconds, 2 unless told otherwise. A Redis and a RabbitMQ must run
already (CELERYKIT_LIVE_REDIS and CELERYKIT_LIVE_RABBITMQ name them).
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.live.brokers import RABBITMQ, REDIS, find
from tests.live.send_faults import CASES, seen

GRACE = 0.5


def main() -> int:
    """Print the table, and return 1 if any send took too long."""
    within = float(sys.argv[1]) if sys.argv[1:] else 2.0
    late = 0
    print(f"| broker | fault | terms | s of {within:g} | outcome | side | on the broker | cause |")
    print("|---|---|---|---|---|---|---|---|")
    for name in (REDIS, RABBITMQ):
        broker = find(name)
        for case in CASES:
            for terms in ({}, {"confirm": True}):
                one = seen(broker, case, within, **terms)
                late += one.took > within + GRACE
                told = " ".join(terms) or "within"
                outcome = one.outcome or "sent"
                cells = (
                    name,
                    case,
                    told,
                    f"{one.took:.2f}",
                    outcome,
                    one.side,
                    one.there,
                    one.cause,
                )
                print(
                    "|", " | ".join(str(each).replace("|", "/") for each in cells), "|", flush=True
                )
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())

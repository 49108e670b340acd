"""
Reports to print: one with findings of every kind, and one without any.
"""

from celerykit import Finding
from celerykit.doctor._report import Place, Report, Told

ERROR = Finding(
    "CK601",
    "wrong-setting",
    "error",
    "",
    "app.conf.celerykit",
    "",
    "app.conf.celerykit: 5 is not a dict",
    "Write {'severity': {'CK302': 'off'}, 'payload_budget': 1_000_000}",
)
WARNING = Finding(
    "CK604",
    "broker-by-default",
    "warning",
    "",
    "broker_url",
    "None",
    "the app 'shop' names no broker, so it sends to amqp://guest@localhost, where nobody is",
    "Write app.conf.broker_url = 'redis://localhost:6379/0'",
    "Celery's default",
)
OF_A_TASK = Finding(
    "CK213", "task-attribute", "warning", "shop.pay", "", "", "it has 'rate_limits'", "Remove it"
)
SICK = Report(
    app="the app 'shop'",
    told=(
        Told(ERROR, Place("shop.py", 4)),
        Told(WARNING),
        Told(OF_A_TASK, Place("my shop/tasks.py", 12)),
    ),
    looked_at=("3 settings", "1 task"),
    file=Place("shop.py"),
)
WELL = Report(app="the app 'shop'", looked_at=("3 settings", "1 task"))

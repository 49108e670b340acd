"""A shop whose settings are wrong in more than ten ways, each of which Celery takes."""

from celery import Celery

app = Celery("shop", broker="redis://:kept-secret@localhost:6379/0")
app.conf.update(
    brokr_pool_limit=5,
    task_publish_retry=False,
    broker_transport_options={"visibility_timeout": 600, "priority_steps": [9, 6, 3, 0]},
    task_reject_on_worker_lost=True,
    task_routes={"shop.charge": {"queue": "money", "countdown": 60}},
    task_serializer="pickle",
    accept_content=["json"],
    result_accept_content=["json", "pickle"],
    task_always_eager=True,
    result_expires=None,
    beat_schedule={"nightly": {"task": "shop.clean_up", "schedule": 86400.0}},
    celerykit={"severity": {"CK9999": "off"}},
)


@app.task(name="shop.charge", rate_limits="10/m")
def charge(user: int, cents: int) -> str:
    """Charge a user."""
    return f"receipt-{user}-{cents}"


@app.task(name="shop.cleanup", acks_late=True, time_limit=3600)
def clean_up() -> None:
    """Throw away what is old."""

"""The settings of the project; those of Celery begin with CELERY_."""

SECRET_KEY = "not a secret"  # noqa: S105 - an example
INSTALLED_APPS = ["shop"]
USE_TZ = True
TIME_ZONE = "Europe/Berlin"

CELERY_BROKER_URL = "amqp://shop:kept-secret@localhost:5672//"
RESULT_BACKEND = "redis://localhost:6379/1"
CELERY_TASK_ROUTES = {"shop.tasks.charge": {"queue": "money"}}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "confirm_publish": True,
}

"""
Its Celery app, and a task that writes.
"""

import celery
from celery import shared_task
from celery.contrib.django.task import DjangoTask

app = celery.Celery("proj", task_cls=DjangoTask)
app.config_from_object("django.conf:settings", namespace="CELERY")


@shared_task
def sign_up(name: str) -> int:
    """
    Add a user, and count them all.
    """
    from django.contrib.auth.models import User  # noqa: PLC0415 - needs a configured Django

    User.objects.create(username=name)
    return User.objects.count()

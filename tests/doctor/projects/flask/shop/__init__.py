"""A web shop: an application factory, with the Celery app as Flask's own manual makes it."""

from celery import Celery, Task
from flask import Flask


def create_app() -> Flask:
    """Make the web application, and the Celery app that belongs to it."""
    app = Flask(__name__)
    app.config["CELERY"] = {
        "broker_url": "redis://localhost:6379/0",
        "result_backend": "redis://localhost:6379/1",
        "task_ignore_result": True,
    }
    celery_init_app(app)
    return app


def celery_init_app(app: Flask) -> Celery:
    """Make the Celery app, whose tasks run where the web application is known."""

    class FlaskTask(Task):
        """A task that runs in the context of the application."""

        def __call__(self, *args: object, **kwargs: object) -> object:
            """Run it there."""
            with app.app_context():
                return self.run(*args, **kwargs)

    celery_app = Celery(app.name, task_cls=FlaskTask)
    celery_app.config_from_object(app.config["CELERY"])
    celery_app.set_default()
    app.extensions["celery"] = celery_app
    return celery_app

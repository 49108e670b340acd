"""
A project as Celery's guide draws it, on any broker: nothing that it sends leaves the process.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from celery import Celery, Task
from kombu import Exchange, Queue
from kombu.common import Broadcast

Call = Callable[["Project"], Any]

MEDIA = Exchange("media", type="direct")
TOPIC = Exchange("tasks", type="topic")

DEFAULTS = {
    "broker_url": "memory://",
    "result_backend": "cache+memory://",
    "task_allow_error_cb_on_chord_header": True,
}

# The settings that the guide shows, each on its own broker.
SETTINGS: dict[str, dict[str, Any]] = {
    "memory": {},
    "redis": {"broker_url": "redis://127.0.0.1:1/0"},
    "rabbitmq": {"broker_url": "amqp://guest@127.0.0.1:1//", "task_queue_max_priority": 10},
    "queues": {
        "broker_url": "amqp://guest@127.0.0.1:1//",
        "task_default_queue": "default",
        "task_queues": [
            Queue("default", Exchange("default"), routing_key="default"),
            *(Queue(name) for name in ("high", "priority.high", "lopri", "hipri", "transient")),
            Queue("videos", MEDIA, routing_key="media.video"),
            Queue("images", MEDIA, routing_key="media.image"),
            Queue("feed_tasks", TOPIC, routing_key="feed.#"),
            Broadcast("broadcast_tasks"),
        ],
        "task_routes": [
            {"feed.tasks.*": {"queue": "feed_tasks"}, "proj.mul": {"queue": "high"}},
            {"proj.reload_cache": {"queue": "broadcast_tasks", "exchange": "broadcast_tasks"}},
        ],
        "broker_transport_options": {"confirm_publish": True},
        "task_queue_max_priority": 10,
    },
    "pickle": {
        "task_serializer": "pickle",
        "result_serializer": "pickle",
        "accept_content": ["pickle", "json"],
    },
    "no results": {"result_backend": None, "task_ignore_result": True},
}


class Project:
    """
    An app with the tasks of the guide; `sent` are the names of what it would have sent.
    """

    def __init__(self, **settings: Any) -> None:
        """
        Make the app, and stand in for its send_task before any guard does.
        """
        self.app = Celery("proj", set_as_current=False)
        self.app.conf.update({**DEFAULTS, **settings})
        self.sent: list[str] = []
        self.app.send_task = self._note
        for name, function in FUNCTIONS.items():
            setattr(self, name, self._task(f"proj.{name}", function))
        self.retried = self.app.task(bind=True, name="proj.retried", max_retries=5, shared=False)(
            retried
        )
        self.feed = self.app.task(name="feed.tasks.import_feed", shared=False)(import_feed)
        self.limited = self.app.task(
            name="proj.limited", time_limit=120, soft_time_limit=60, expires=600, shared=False
        )(FUNCTIONS["add"])
        self.ignoring = self.app.task(name="proj.ignoring", ignore_result=True, shared=False)(
            FUNCTIONS["add"]
        )
        self.routed = self.app.register_task(Routed())

    def _task(self, name: str, function: Callable[..., Any]) -> Any:
        """
        Declare a task.
        """
        return self.app.task(name=name, shared=False)(function)

    def _note(self, name: str, *args: Any, **options: Any) -> Any:
        """
        Stand in for send_task: note the name, and send nothing.
        """
        self.sent.append(name)
        return self.app.AsyncResult(options.get("task_id") or str(uuid4()))

    def __getattr__(self, name: str) -> Any:
        """
        The tasks, which are set above.
        """
        raise AttributeError(name)


class Routed(Task):
    """
    A task that is a class.
    """

    name = "proj.routed"
    serializer = "json"

    def run(self, x: int, y: int = 1) -> int:
        """
        Multiply.
        """
        return x * y


def plain_functions() -> dict[str, Callable[..., Any]]:  # noqa: C901 - a list, no program
    """
    The functions of the guide's plain tasks, by name.
    """

    def add(x, y, debug=False): ...  # noqa: FBT002 - as the guide writes it
    def mul(x, y): ...
    def tsum(numbers): ...
    def reset_buffers(): ...
    def log_result(result): ...
    def log_error(request, exc, traceback): ...
    def by_id(task_id): ...
    def anything(*args, **kwargs): ...
    def create_user(username, first, last, email): ...
    def import_contacts(user): ...
    def send_welcome_email(user): ...
    def notify_complete(import_id): ...
    def reload_cache(): ...

    return dict(locals())


def retried(self, order):
    """
    Takes itself, as a bound task does.
    """


def import_feed(url):
    """
    Has a name of its own.
    """


FUNCTIONS = plain_functions()

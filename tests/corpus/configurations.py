"""
Healthy configurations, as Celery's documentation and well-kept projects write them, and what a
careful operator would still say of each: the codes of the warnings.
"""

from datetime import timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

from celery import Celery
from celery.schedules import crontab
from kombu import Exchange, Queue

REDIS = "redis://localhost:6379/0"
RABBIT = "amqp://guest:guest@localhost:5672//"
BOUNDED = {"socket_timeout": 30, "socket_connect_timeout": 5}
CONFIRMED = {"confirm_publish": True, "read_timeout": 30}
CAREFUL_REDIS = {"broker_url": REDIS, "broker_transport_options": BOUNDED}
CAREFUL_RABBIT = {"broker_url": RABBIT, "broker_transport_options": CONFIRMED}
SILENCE, LOSS = "CK606", "CK609"

# Settings of app.conf.
CODE: dict[str, tuple[dict[str, Any], set[str]]] = {
    "first steps, RabbitMQ": ({"broker_url": "pyamqp://guest@localhost//"}, {LOSS}),
    "first steps, results over rpc": ({"broker_url": RABBIT, "result_backend": "rpc://"}, {LOSS}),
    "first steps, Redis twice": (
        {"broker_url": REDIS, "result_backend": "redis://localhost"},
        {SILENCE},
    ),
    "first steps, configured": (
        {
            "broker_url": "pyamqp://",
            "result_backend": "rpc://",
            "task_serializer": "json",
            "result_serializer": "json",
            "accept_content": ["json"],
            "timezone": "Europe/Oslo",
            "enable_utc": True,
        },
        {LOSS},
    ),
    "first steps, one queue for a task": (
        {**CAREFUL_RABBIT, "task_routes": {"tasks.add": "low-priority"}},
        set(),
    ),
    "first steps, a rate limit": (
        {**CAREFUL_RABBIT, "task_annotations": {"tasks.add": {"rate_limit": "10/m"}}},
        set(),
    ),
    "next steps": (
        {
            "broker_url": "amqp://",
            "result_backend": "rpc://",
            "include": ["proj.tasks"],
            "result_expires": 3600,
        },
        {LOSS},
    ),
    "careful, Redis": (
        {
            **CAREFUL_REDIS,
            "result_backend": "redis://localhost:6379/1",
            "redis_socket_timeout": 30,
        },
        set(),
    ),
    "careful, RabbitMQ": ({**CAREFUL_RABBIT, "task_ignore_result": True}, set()),
    "in memory": ({"broker_url": "memory://", "result_backend": "cache+memory://"}, set()),
    "on disk": ({"broker_url": "filesystem://"}, set()),
    "several RabbitMQs": (
        {"broker_url": [RABBIT, "amqp://other//"], "broker_failover_strategy": "shuffle"},
        {LOSS},
    ),
    "Redis sentinels": (
        {
            "broker_url": "sentinel://localhost:26379;sentinel://localhost:26380",
            "broker_transport_options": {"master_name": "cluster1", **BOUNDED},
        },
        set(),
    ),
    "a long visibility timeout": (
        {**CAREFUL_REDIS, "broker_transport_options": {"visibility_timeout": 43_200, **BOUNDED}},
        set(),
    ),
    "priorities on Redis": (
        {
            **CAREFUL_REDIS,
            "broker_transport_options": {
                "priority_steps": list(range(10)),
                "sep": ":",
                "queue_order_strategy": "priority",
                **BOUNDED,
            },
        },
        set(),
    ),
    "priorities on RabbitMQ": (
        {
            **CAREFUL_RABBIT,
            "task_queues": [
                Queue("tasks", Exchange("tasks"), "tasks", queue_arguments={"x-max-priority": 10})
            ],
            "task_default_queue": "tasks",
            "task_default_priority": 5,
            "task_create_missing_queues": False,
        },
        set(),
    ),
    "priorities by one setting": (
        {**CAREFUL_RABBIT, "task_queue_max_priority": 10, "task_default_priority": 5},
        set(),
    ),
    "automatic routing": (
        {**CAREFUL_RABBIT, "task_routes": {"feed.tasks.import_feed": {"queue": "feeds"}}},
        set(),
    ),
    "patterns in routes": (
        {
            **CAREFUL_RABBIT,
            "task_routes": (
                [("feed.tasks.*", {"queue": "feeds"}), ("web.tasks.*", {"queue": "web"})],
            ),
        },
        set(),
    ),
    "manual routing": (
        {
            **CAREFUL_RABBIT,
            "task_default_queue": "default",
            "task_queues": (
                Queue("default", routing_key="task.#"),
                Queue("feed_tasks", routing_key="feed.#"),
            ),
            "task_default_exchange": "tasks",
            "task_default_exchange_type": "topic",
            "task_default_routing_key": "task.default",
            "task_routes": {
                "feeds.tasks.import_feed": {
                    "queue": "feed_tasks",
                    "routing_key": "feed.import",
                },
            },
        },
        {"CK614"},
    ),
    "queues, and no others": (
        {
            **CAREFUL_RABBIT,
            "task_queues": [Queue("celery"), Queue("videos"), Queue("images")],
            "task_create_missing_queues": False,
        },
        set(),
    ),
    "a router function": (
        {**CAREFUL_REDIS, "task_routes": ("proj.routers.route_task", {"a.*": "a"})},
        set(),
    ),
    "quorum queues on a topic": (
        {
            **CAREFUL_RABBIT,
            "task_default_queue_type": "quorum",
            "task_default_exchange_type": "topic",
            "worker_detect_quorum_queues": True,
        },
        set(),
    ),
    "late acknowledgement": (
        {
            **CAREFUL_REDIS,
            "task_acks_late": True,
            "task_reject_on_worker_lost": True,
            "worker_prefetch_multiplier": 1,
            "task_time_limit": 1800,
            "task_soft_time_limit": 1700,
        },
        set(),
    ),
    "a worker in the open": (
        {
            **CAREFUL_REDIS,
            "worker_concurrency": 8,
            "worker_max_tasks_per_child": 1000,
            "worker_max_memory_per_child": 200_000,
            "worker_send_task_events": True,
            "task_send_sent_event": True,
            "worker_hijack_root_logger": False,
            "broker_connection_retry_on_startup": True,
        },
        set(),
    ),
    "green threads": (
        {**CAREFUL_REDIS, "worker_pool": "gevent", "worker_concurrency": 500},
        set(),
    ),
    "threads": ({**CAREFUL_REDIS, "worker_pool": "threads", "worker_concurrency": 20}, {"CK628"}),
    "a schedule": (
        {
            **CAREFUL_RABBIT,
            "timezone": "Europe/London",
            "beat_schedule": {
                "add-every-30-seconds": {
                    "task": "tasks.add",
                    "schedule": 30.0,
                    "args": (16, 16),
                    "options": {"expires": 15.0, "queue": "celery"},
                },
                "add-every-monday-morning": {
                    "task": "tasks.add",
                    "schedule": crontab(hour=7, minute=30, day_of_week=1),
                    "args": (16, 16),
                },
                "often": {"task": "tasks.often", "schedule": timedelta(seconds=30)},
            },
        },
        set(),
    ),
    "results for the record": (
        {
            "broker_url": "memory://",
            "result_backend": "cache+memory://",
            "result_expires": None,
            "result_extended": True,
            "database_table_names": {"task": "myapp_taskmeta", "group": "myapp_groupmeta"},
        },
        set(),
    ),
    "results on disk": (
        {**CAREFUL_RABBIT, "result_backend": "file:///tmp"},
        set(),
    ),
    "yaml, accepted": (
        {**CAREFUL_REDIS, "task_serializer": "yaml", "accept_content": ["json", "yaml"]},
        set(),
    ),
    "a short retry policy": (
        {
            **CAREFUL_RABBIT,
            "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0},
            "broker_connection_timeout": 1,
        },
        set(),
    ),
    "TLS": (
        {
            "broker_url": "rediss://localhost:6380/0?ssl_cert_reqs=required",
            "broker_transport_options": BOUNDED,
            "broker_use_ssl": {"ssl_cert_reqs": "required"},
        },
        set(),
    ),
    "settings of other packages": (
        {
            **CAREFUL_REDIS,
            "redbeat_redis_url": "redis://localhost:6379/2",
            "redbeat_key_prefix": "shop:",
            "beat_scheduler": "redbeat.RedBeatScheduler",
            "singleton_backend_url": REDIS,
            "beat_dburi": "sqlite:///schedule.db",
            "ONCE": {"backend": "celery_once.backends.Redis", "settings": {"url": REDIS}},
            "shop_name": "Acme",
        },
        set(),
    ),
}

# Django's settings, read with namespace="CELERY".
DJANGO: dict[str, tuple[dict[str, Any], set[str]]] = {
    "the template": (
        {
            "CELERY_BROKER_URL": REDIS,
            "CELERY_RESULT_BACKEND": REDIS,
            "CELERY_ACCEPT_CONTENT": ["json"],
            "CELERY_TASK_SERIALIZER": "json",
            "CELERY_RESULT_SERIALIZER": "json",
            "CELERY_TIMEZONE": "UTC",
        },
        {SILENCE},
    ),
    "the cookie-cutter": (
        {
            "USE_TZ": True,
            "TIME_ZONE": "Europe/Paris",
            "REDIS_URL": REDIS,
            "CELERY_TIMEZONE": "Europe/Paris",
            "CELERY_BROKER_URL": REDIS,
            "CELERY_BROKER_USE_SSL": None,
            "CELERY_RESULT_BACKEND": REDIS,
            "CELERY_REDIS_BACKEND_USE_SSL": None,
            "CELERY_RESULT_EXTENDED": True,
            "CELERY_RESULT_BACKEND_ALWAYS_RETRY": True,
            "CELERY_RESULT_BACKEND_MAX_RETRIES": 10,
            "CELERY_ACCEPT_CONTENT": ["json"],
            "CELERY_TASK_SERIALIZER": "json",
            "CELERY_RESULT_SERIALIZER": "json",
            "CELERY_TASK_TIME_LIMIT": 5 * 60,
            "CELERY_TASK_SOFT_TIME_LIMIT": 60,
            "CELERY_BEAT_SCHEDULER": "django_celery_beat.schedulers:DatabaseScheduler",
            "CELERY_WORKER_SEND_TASK_EVENTS": True,
            "CELERY_TASK_SEND_SENT_EVENT": True,
            "CELERY_WORKER_HIJACK_ROOT_LOGGER": False,
        },
        {SILENCE},
    ),
    "packages for Django": (
        {
            "CELERY_BROKER_URL": RABBIT,
            "CELERY_BROKER_TRANSPORT_OPTIONS": CONFIRMED,
            "CELERY_RESULT_BACKEND": "file:///tmp",
            "CELERY_CACHE_BACKEND": "default",
            "DJANGO_CELERY_RESULTS_TASK_ID_MAX_LENGTH": 191,
            "DJANGO_CELERY_BEAT_TZ_AWARE": True,
        },
        set(),
    ),
    "local time": (
        {
            "TIME_ZONE": "Asia/Tokyo",
            "CELERY_ENABLE_UTC": False,
            "CELERY_BROKER_URL": "memory://",
            "CELERY_BEAT_SCHEDULE": {
                "daily": {"task": "shop.daily", "schedule": crontab(hour=9, minute=0)}
            },
        },
        set(),
    ),
}

# A module such as celeryconfig.py.
MODULE: dict[str, tuple[dict[str, Any], set[str]]] = {
    "celeryconfig": (
        {
            "broker_host": "localhost",
            "hosts": ["a", "b"],
            "broker_url": REDIS,
            "broker_transport_options": BOUNDED,
            "task_routes": {"proj.*": {"queue": "proj"}},
            "time_limit": 30,
            "task_time_limit": 30,
            "environ": {"HOME": "/"},
        },
        set(),
    ),
    "celeryconfig of old": (
        {
            "BROKER_URL": REDIS,
            "CELERY_RESULT_BACKEND": "file:///tmp",
            "CELERYD_CONCURRENCY": 4,
            "CELERY_IMPORTS": (),
        },
        {SILENCE, "CK624"},
    ),
}


def app_of(kind: str, settings: dict[str, Any]) -> Celery:
    """
    Make the app of one configuration, with two ordinary tasks.
    """
    app = Celery("proj", set_as_current=False)
    if kind == "code":
        app.conf.update(settings)
    elif kind == "Django":
        source = SimpleNamespace(DEBUG=False, INSTALLED_APPS=[], **settings)
        app.config_from_object(source, namespace="CELERY")
    else:
        module = ModuleType("celeryconfig")
        vars(module).update(settings)
        app.config_from_object(module)

    @app.task(name="tasks.add", shared=False)
    def add(x: int, y: int) -> int:
        return x + y

    @app.task(
        name="tasks.fetch",
        bind=True,
        autoretry_for=(OSError,),
        retry_backoff=True,
        max_retries=5,
        time_limit=120,
        soft_time_limit=90,
        rate_limit="10/m",
        shared=False,
    )
    def fetch(self: Any, url: str) -> None:
        self.session = url

    return app

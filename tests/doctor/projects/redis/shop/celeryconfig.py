"""The settings of the shop."""

from celery.schedules import crontab

broker_url = "redis://:kept-secret@localhost:6379/0"
result_backend = "redis://:kept-secret@localhost:6379/1"
broker_connection_timeout = 2
broker_transport_options = {
    "visibility_timeout": 6 * 3600,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
redis_socket_timeout = 10
redis_socket_connect_timeout = 2
task_time_limit = 3600
task_routes = {"shop.tasks.charge": {"queue": "money"}}
beat_schedule = {
    "nightly": {"task": "shop.tasks.clean_up", "schedule": crontab(hour=3, minute=30)},
}

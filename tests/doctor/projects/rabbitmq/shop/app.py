"""The Celery app of the shop, and its settings."""

from celery import Celery
from kombu import Exchange, Queue

app = Celery("shop", broker="amqp://shop:kept-secret@localhost:5672//", include=["shop.tasks"])
app.conf.task_queues = [
    Queue("celery", Exchange("celery"), routing_key="celery"),
    Queue("money", Exchange("money", type="topic"), routing_key="money.#"),
]
app.conf.task_routes = {"shop.tasks.charge": {"exchange": "money", "routing_key": "money.charge"}}
app.conf.broker_transport_options = {"confirm_publish": True}
app.conf.task_create_missing_queues = False

"""A shop that runs on RabbitMQ."""

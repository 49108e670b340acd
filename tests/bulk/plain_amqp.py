"""
RabbitMQ as a transport that celerykit does not know: what is public writes to it.
"""

from kombu.transport import pyamqp


class Channel(pyamqp.Channel):
    """
    kombu's own, under another name.
    """


class Connection(pyamqp.Connection):
    """
    The same.
    """

    Channel = Channel


class Transport(pyamqp.Transport):
    """
    The same.
    """

    Connection = Connection

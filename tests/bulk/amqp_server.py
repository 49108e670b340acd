"""
A RabbitMQ in a thread of the test: the methods that a sender uses, and faults to order.
"""

import socketserver
from contextlib import AbstractContextManager
from struct import pack, unpack, unpack_from
from typing import Any, NamedTuple

from amqp.basic_message import Message
from amqp.serialization import dumps, loads

from .server import Server, running

END = b"\xce"

# What answers what: the method, the format of its arguments, and the arguments.
ANSWERS: dict[tuple[int, int], tuple[tuple[int, int], str, tuple[Any, ...]]] = {
    (10, 40): ((10, 41), "s", ("",)),  # connection.open
    (10, 50): ((10, 51), "", ()),  # connection.close
    (20, 10): ((20, 11), "S", ("",)),  # channel.open
    (20, 40): ((20, 41), "", ()),  # channel.close
    (40, 10): ((40, 11), "", ()),  # exchange.declare
    (50, 10): ((50, 11), "sll", ("queue", 0, 0)),  # queue.declare
    (50, 20): ((50, 21), "", ()),  # queue.bind
    (60, 10): ((60, 11), "", ()),  # basic.qos
    (85, 10): ((85, 11), "", ()),  # confirm.select
}


class Arrived(NamedTuple):
    """
    A message that was published.
    """

    exchange: str
    routing_key: str
    properties: dict[str, Any]
    body: bytes


class AmqpServer(Server):
    """
    Keeps what is published. The faults for the messages to come are ordered with `faults`.

    A fault is "" for none, "nack", "return" to send it back as unroutable, "close" to close the
    channel with 404, "cut" to close the connection, "mute" to never answer again.
    """

    def __init__(self) -> None:
        """
        Listen on a port of its own.
        """
        super().__init__()
        self.arrived: list[Arrived] = []
        self.methods: list[tuple[int, int]] = []
        self.cut_at: list[tuple[int, int]] = []  # methods that are answered by closing, once each
        self.multiple = True
        self.frame_max = 131072
        self.longest = 0  # of the frames that came since that was last set to 0

    def wait(self, count: int) -> list[Arrived]:
        """
        What was published, as soon as it is so many messages.
        """
        with self.news:
            assert self.news.wait_for(lambda: len(self.arrived) >= count, timeout=10)
            return self.arrived

    @property
    def url(self) -> str:
        """
        Where it listens, as a broker's URL.
        """
        return f"amqp://guest:hunter2@127.0.0.1:{self.server_address[1]}//"


class Connection(socketserver.StreamRequestHandler):
    """
    Answers one client.
    """

    server: AmqpServer

    def handle(self) -> None:
        """
        Answer until the client or a fault ends it.
        """
        self.server.connections.append(self.connection)
        self.confirmed, self.tags, self.deaf = set[int](), dict[int, int](), set[int]()
        self.mute = False
        self.rfile.read(8)
        self.say(0, (10, 10), "ooFSS", (0, 9, {}, "AMQPLAIN PLAIN", "en_US"))
        while (frame := self.frame()) is not None:
            _, channel, payload = frame
            method = unpack(">HH", payload[:4])
            self.server.methods.append(method)
            if method in self.server.cut_at:
                self.server.cut_at.remove(method)
                return
            if method == (60, 40):
                if not self.publish(channel, payload[4:]):
                    return
            elif method == (10, 11):
                self.say(0, (10, 30), "BlB", (100, self.server.frame_max, 0))
            elif method == (20, 41):
                self.deaf.discard(channel)
            elif method in ANSWERS and not self.mute:
                if method == (85, 10):
                    self.confirmed.add(channel)
                if method in {(20, 10), (20, 40)}:
                    self.tags[channel] = 0
                    self.confirmed.discard(channel)
                self.say(channel, *ANSWERS[method])

    def frame(self) -> tuple[int, int, bytes] | None:
        """
        The next frame, or nothing when the client has gone.
        """
        try:
            head = self.rfile.read(7)
            if len(head) < 7:
                return None
            kind, channel, size = unpack(">BHI", head)
            payload = self.rfile.read(size)
            self.server.longest = max(self.server.longest, size + 8)
            return (kind, channel, payload) if self.rfile.read(1) == END else None
        except OSError:
            return None

    def say(
        self, channel: int, method: tuple[int, int], format_: str, args: tuple[Any, ...]
    ) -> None:
        """
        Send a method.
        """
        payload = pack(">HH", *method) + (dumps(format_, args) if format_ else b"")
        self.write(1, channel, payload)

    def write(self, kind: int, channel: int, payload: bytes) -> None:
        """
        Send a frame.
        """
        self.wfile.write(pack(">BHI", kind, channel, len(payload)) + payload + END)

    def publish(self, channel: int, payload: bytes) -> bool:
        """
        Take a message, or do the fault that was ordered; say whether to go on.
        """
        (_, exchange, routing_key, _, _), _ = loads("Bssbb", payload, 0)
        header = self.frame()
        assert header is not None
        message = Message()
        message.inbound_header(header[2])
        (size,) = unpack_from(">Q", header[2], 4)
        body = b""
        while len(body) < size:
            part = self.frame()
            if part is None:
                return False
            body += part[2]
        if channel in self.deaf:
            return True  # whatever follows an error is ignored, until close-ok
        self.tags[channel] = tag = self.tags.get(channel, 0) + 1
        fault = self.server.fault()
        if fault == "cut":
            return False
        self.mute = self.mute or fault == "mute"
        if fault == "close":
            self.deaf.add(channel)
            self.say(channel, (20, 40), "BsBB", (404, "NOT_FOUND", 60, 40))
            return True
        if fault == "return":
            self.say(channel, (60, 50), "Bsss", (312, "NO_ROUTE", exchange, routing_key))
            self.write(2, channel, header[2])
            self.write(3, channel, body)
        else:
            with self.server.news:
                self.server.arrived.append(Arrived(exchange, routing_key, message.properties, body))
                self.server.news.notify_all()
        self.confirm(channel, tag, nack=fault == "nack", more=bool(self.server.faults))
        return True

    def confirm(self, channel: int, tag: int, *, nack: bool, more: bool) -> None:
        """
        Answer for a message, if the channel has confirms; for several at once where that is right.
        """
        if channel not in self.confirmed or self.mute:
            return
        if nack:
            self.say(channel, (60, 120), "Lb", (tag, False))
        elif self.server.multiple and not more and tag % 3:
            self.say(channel, (60, 80), "Lb", (tag, True))
        else:
            self.say(channel, (60, 80), "Lb", (tag, False))


AmqpServer.handler = Connection


def amqp_server() -> AbstractContextManager[AmqpServer]:
    """
    A server that runs meanwhile.
    """
    return running(AmqpServer)

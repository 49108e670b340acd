"""
A Redis in a thread of the test: a few commands, and faults to order.
"""

import socketserver
import threading
from collections import defaultdict
from contextlib import AbstractContextManager, suppress

from .server import Server, running

REPLIES = {
    b"HELLO": b"%1\r\n+server\r\n+redis\r\n",
    b"PING": b"+PONG\r\n",
    b"MULTI": b"+OK\r\n",
    b"PEXPIRE": b":1\r\n",
    b"SADD": b":1\r\n",
    b"PUBLISH": b":0\r\n",
}


class RedisServer(Server):
    """
    Keeps lists. The faults for the LPUSH commands to come are ordered with `faults`.

    A fault is "" for none, "-ERR ..." for an error reply, "lost" to carry it out and close the
    connection, "closed" to close it instead, "mute" to carry it out and never answer,
    "garbage" to answer what nobody understands. What is `bound` are the queues of each exchange.
    """

    def __init__(self) -> None:
        """
        Listen on a port of its own.
        """
        super().__init__()
        self.lists: defaultdict[str, list[bytes]] = defaultdict(list)
        self.values: dict[str, bytes] = {}
        self.bound: list[str] = []
        self.listeners: defaultdict[bytes, list[Connection]] = defaultdict(list)
        self.commands: list[list[bytes]] = []

    @property
    def url(self) -> str:
        """
        Where it listens, as a broker's URL.
        """
        return f"redis://:hunter2@127.0.0.1:{self.server_address[1]}/0"

    def publish(self, key: str, value: bytes) -> None:
        """
        Set a value and tell who listens for it, as Celery's workers do.
        """
        self.values[key] = value
        for each in self.listeners[key.encode()]:
            each.tell(b"message", key.encode(), b"$%d\r\n%b\r\n" % (len(value), value))

    def wait_for_listeners(self, key: str, count: int) -> None:
        """
        Return when so many connections have subscribed to a key.
        """
        with self.news:
            heard = self.listeners[key.encode()]
            assert self.news.wait_for(lambda: len(heard) >= count, timeout=30)

    def pushed(self, key: str) -> list[bytes]:
        """
        What was pushed to a list, the oldest first.
        """
        return self.lists[key]


class Connection(socketserver.StreamRequestHandler):
    """
    Answers one client.
    """

    server: RedisServer

    def handle(self) -> None:
        """
        Answer until the client or a fault ends it.
        """
        self.server.connections.append(self.connection)
        self.arrow, self.lock = b"*", threading.Lock()
        queued: list[bytes] | None = None
        while command := self.command():
            name = command[0].upper()
            self.server.commands.append(command)
            if name == b"HELLO":
                self.arrow = b">"
            if name == b"SUBSCRIBE":
                self.subscribe(command[1:])
                continue
            if name == b"EXEC":
                replies, queued = queued or [], None
                self.wfile.write(b"*%d\r\n%b" % (len(replies), b"".join(replies)))
                continue
            reply = self.push(command) if name == b"LPUSH" else self.reply(name, command)
            if reply is None:
                return
            if queued is not None:
                queued.append(reply)
                reply = b"+QUEUED\r\n"
            elif name == b"MULTI":
                queued = []
            with self.lock:
                self.wfile.write(reply)

    def command(self) -> list[bytes]:
        """
        The next command, or nothing when the client has gone.
        """
        try:
            head = self.rfile.readline()
            words = []
            for _ in range(int(head[1:]) if head else 0):
                size = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(size))
                self.rfile.read(2)
        except OSError:
            return []
        return words

    def reply(self, name: bytes, command: list[bytes]) -> bytes:
        """
        The answer to anything but LPUSH.
        """
        if name == b"MGET":
            found = [self.server.values.get(key.decode()) for key in command[1:]]
            nothing = b"_\r\n" if self.arrow == b">" else b"$-1\r\n"
            values = [
                nothing if each is None else b"$%d\r\n%b\r\n" % (len(each), each) for each in found
            ]
            return b"*%d\r\n%b" % (len(values), b"".join(values))
        if name == b"SMEMBERS":
            members = [f"key\x06\x16key\x06\x16{queue}".encode() for queue in self.server.bound]
            texts = [b"$%d\r\n%b\r\n" % (len(each), each) for each in members]
            return b"*%d\r\n%b" % (len(texts), b"".join(texts))
        if name == b"LLEN":
            return b":%d\r\n" % len(self.server.lists[command[1].decode()])
        return REPLIES.get(name, b"+OK\r\n")

    def subscribe(self, keys: list[bytes]) -> None:
        """
        Tell this client of what is published from now on.
        """
        for number, key in enumerate(keys, 1):
            self.tell(b"subscribe", key, b":%d\r\n" % number)
            with self.server.news:
                self.server.listeners[key].append(self)
                self.server.news.notify_all()

    def tell(self, kind: bytes, key: bytes, rest: bytes) -> None:
        """
        Send what was not asked for.
        """
        head = b"%b3\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n"
        with self.lock, suppress(OSError):  # the client may have gone
            self.wfile.write(head % (self.arrow, len(kind), kind, len(key), key) + rest)

    def push(self, command: list[bytes]) -> bytes | None:
        """
        Carry out LPUSH, or the fault that was ordered.
        """
        fault = self.server.fault()
        if fault.startswith("-"):
            return f"{fault}\r\n".encode()
        if fault != "closed":
            self.server.lists[command[1].decode()].extend(command[2:])
        if fault == "mute":
            return b""
        if fault == "garbage":
            return b":none\r\n"
        return None if fault else b":%d\r\n" % len(self.server.lists[command[1].decode()])


RedisServer.handler = Connection


def redis_server() -> AbstractContextManager[RedisServer]:
    """
    A server that runs meanwhile.
    """
    return running(RedisServer)

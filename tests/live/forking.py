"""
A program that sends, forks, and goes on sending on both sides; see test_kept_lines.
"""

import os
import sys

from celery import Celery

from celerykit import call, typed_app
from celerykit.bulk._kept import give, take

URL, QUEUE = sys.argv[1:3]
SIZE, CHILDREN, SENDS = map(int, sys.argv[3:])

app = Celery("forking", broker=URL, set_as_current=False)
app.conf.task_default_queue = QUEUE
app.conf.celerykit = {"severity": {"CK304": "off"}}


@typed_app(app).task(name="forking.take", ignore_result=True)
def taken(who: str, filling: str) -> None:
    """
    Take a text.
    """


def send(who: str, count: int) -> None:
    """
    Send so many.
    """
    for _ in range(count):
        call(taken, who, "x" * SIZE).send()


def local_end() -> tuple[object, str]:
    """
    The line that is used next, and the port of its end here.
    """
    line = take(app)
    assert line is not None
    connection = line._producer.connection
    if connection.transport.driver_type == "amqp":
        sock = connection.connection.transport.sock
    else:
        sock = line.writer._connection._sock
    give(line)
    return line, str(sock.getsockname()[1])


send("before", 3)
line, port = local_end()
children = []
for number in range(CHILDREN):
    child = os.fork()
    if not child:
        send(f"c{number}", SENDS)
        sys.exit(0)
    children.append(child)
send("parent", SENDS)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
same, port_now = local_end()
sys.stdout.write(" ".join(("kept" if same is line else "another", port, port_now)))

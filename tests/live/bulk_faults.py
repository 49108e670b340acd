"""
Trials of bulk sending through random faults, as many as asked for.
"""

import random
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlsplit

from .brokers import RABBITMQ, find
from .bulk_trials import Tally, ground, meanwhile, run
from .own_rabbitmq import own_rabbitmq
from .own_redis import own_redis
from .proxy import Proxy, proxy_to

# About as many bytes as a trial moves; a cut beyond them never happens.
UP, DOWN = 1_300_000, 1_200


def cut_somewhere(proxy: Proxy, pick: random.Random, down: int = DOWN) -> None:
    """
    Order one cut, after a random number of bytes in a random direction.
    """
    if pick.random() < 0.7:
        proxy.cut_after("up", pick.randrange(1, UP))
    else:
        proxy.cut_after("down", pick.randrange(1, down))


def proxy_before(direct: str) -> AbstractContextManager[Proxy]:
    """
    A proxy to the RabbitMQ at a URL.
    """
    parts = urlsplit(direct)
    return proxy_to(parts.hostname or "127.0.0.1", parts.port or 5672)


def through(proxy: Proxy, direct: str) -> str:
    """
    The URL of the same RabbitMQ by way of the proxy.
    """
    parts = urlsplit(direct)
    login = f"{parts.username}:{parts.password}"
    return parts._replace(netloc=f"{login}@127.0.0.1:{proxy.port}").geturl()


def redis_trials(folder: Path, trials: int, seed: int) -> Tally:
    """
    Cut the way to a Redis, or kill and restart it, in turns.
    """
    tally = Tally()
    with own_redis(folder) as server:
        direct = f"redis://127.0.0.1:{server.port}/0"
        for trial in range(trials):
            pick = random.Random(seed + trial)  # noqa: S311 - no secret
            if trial % 2:
                with proxy_to("127.0.0.1", server.port) as proxy:
                    cut_somewhere(proxy, pick, 500)
                    run(ground(f"redis://127.0.0.1:{proxy.port}/0", direct), pick, tally)
            else:
                place = ground(direct, direct)
                timer = meanwhile(lambda: (server.kill(), server.start()), pick.uniform(0, 0.06))
                run(place, pick, tally, timer.join)
    return tally


def rabbitmq_trials(trials: int, seed: int) -> Tally:
    """
    Cut the way to a RabbitMQ that confirms what it takes.
    """
    tally = Tally()
    direct = find(RABBITMQ).url
    for trial in range(trials):
        pick = random.Random(seed + trial)  # noqa: S311 - no secret
        with proxy_before(direct) as proxy:
            cut_somewhere(proxy, pick)
            run(ground(through(proxy, direct), direct, confirm_publish=True), pick, tally)
    return tally


def rabbitmq_restarts(folder: Path, trials: int, seed: int) -> Tally:
    """
    Kill a RabbitMQ, and start it again.
    """
    tally = Tally()
    with own_rabbitmq(folder) as server:
        for trial in range(trials):
            pick = random.Random(seed + trial)  # noqa: S311 - no secret
            place = ground(server.url, server.url, confirm_publish=True)
            timer = meanwhile(lambda: (server.kill(), server.start()), pick.uniform(0, 0.2))
            run(place, pick, tally, timer.join)
    return tally

"""memory_app(): an app of its own, whose broker and results nobody else sees."""

from __future__ import annotations

from collections.abc import Collection, Generator
from contextlib import contextmanager
from typing import Any, cast

from celerykit._tasks import TypedApp
from celerykit.rules import misspelt_setting
from celerykit.testing._broker import Broker, forget_pools
from celerykit.testing._celerys import Swaps, set_current, set_default
from celerykit.testing._stand_in import seclude
from celerykit.testing._untyped import DEFAULTS, AppLoader, Celery, Settings

__all__ = ["broker_of", "memory_app"]

_SETTINGS = {
    "broker_url": "memory://",
    "result_backend": "cache+memory://",
    "worker_hijack_root_logger": False,
}


class _Loader(AppLoader):  # type: ignore[misc]
    """A loader that reads no configuration of the environment's (CELERY_CONFIG_MODULE)."""

    def read_configuration(self, *_args: Any, **_options: Any) -> dict[str, Any]:
        """Return no settings."""
        return {}


def _plainly(name: str, *others: str) -> Any:
    """Return a property that is a setting, or one of others, whatever the environment says."""
    return property(lambda settings: settings.first(name, *others))


class _Settings(Settings):  # type: ignore[misc]
    """Settings over which the environment has no say."""

    broker_url = _plainly("broker_url")
    broker_read_url = _plainly("broker_read_url", "broker_url")
    broker_write_url = _plainly("broker_write_url", "broker_url")
    result_backend = _plainly("result_backend")


class MemoryApp(Celery):  # type: ignore[misc]
    """An app whose connections all lead to a broker of its own, in memory."""

    broker: Broker

    def on_init(self) -> None:
        """Lead all connections to a new broker, before anybody hears of this app."""
        self.broker = Broker(lambda: self.now())  # noqa: PLW0108 - a clock may replace it
        seclude(self, self.broker, Swaps())

    def _load_config(self) -> Any:
        own: Any = super()
        settings = own._load_config()  # noqa: SLF001 - as in _celerys
        # Celery's own takes an attribute for a setting.
        object.__setattr__(settings, "__class__", _Settings)
        return settings

    def task(self, *args: Any, **options: Any) -> Any:
        """Make a task of this app alone: Celery gives a shared one to every app there is."""
        own: Any = super()
        return own.task(*args, **{"shared": False, **options})


@contextmanager
def memory_app(name: str = "celerykit", /, **settings: Any) -> Generator[TypedApp]:
    """
    Make an app that exists for a test: nobody shares its queues, its results and its tasks.

    Celery's own broker in memory is one for the whole process. This one is of this app alone, and
    gone with it. Neither the environment (``CELERY_BROKER_URL`` and the like) nor a configuration
    module that it names has a say. Shared tasks use it, as the current app, while it lasts.

    Args:
        name: The app's name, with which its tasks' names begin.
        **settings: Celery's settings. *broker_url* and *result_backend* say which broker and
            backend the rules shall have in mind; nothing ever connects to them.

    Raises:
        TypeError: A setting is a misspelt one of Celery's, which would be ignored.
    """
    _refuse_slips(settings.keys() - DEFAULTS.keys())
    app = MemoryApp(name, loader=_Loader, set_as_current=False)
    app.conf.update({**_SETTINGS, **settings})
    _ = app.conf.timezone  # which loads the configuration, so that the environment is out
    with Swaps() as swaps:
        set_default(app, swaps)
        set_current(app, swaps)
        try:
            yield cast("TypedApp", app)
        finally:
            app.close()
            forget_pools(app.broker)


def _refuse_slips(names: Collection[str]) -> None:
    """Raise for one of *names*, which Celery does not know, that is a slip in one it knows."""
    for name in names:
        bare = name.lower().removeprefix("celery_")
        meant = bare if bare in DEFAULTS else misspelt_setting(bare, DEFAULTS)
        if meant is not None:
            message = f"memory_app(): {name!r} is no setting of Celery's. Did you mean {meant}?"
            raise TypeError(message)


def broker_of(app: Any) -> Broker | None:
    """Return the broker of *app* if it was made by ``memory_app()``."""
    return app.broker if isinstance(app, MemoryApp) else None

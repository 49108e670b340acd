"""
Why results cannot be read: every way of getting the result backend wrong, told apart.
"""

import re
import sys

import pytest
from celery import Celery
from celery.backends.base import BaseBackend, DisabledBackend
from celery.backends.cache import CacheBackend

from celerykit import ResultBackendNotConfigured, require_result_backend

CODE = " (result_backend in Celery(...) or app.conf)"
WRITE = (
    "Write for example app.conf.result_backend = 'redis://localhost:6379/1' before the first "
    "call, and start the workers with it too."
)
EXAMPLE = "Write for example 'redis://localhost:6379/1'."
AS_IN = "Write it as in 'redis://localhost:6379/1'."
NO_SLASHES = "which has no '://'. Did you mean"
BROKER = "carries messages, and keeps no results: write 'rpc://', or 'redis://localhost:6379/1'."
QUOTE = (
    "whose password has a character that ends the host. "
    "Write the password as urllib.parse.quote(password, safe='') gives it."
)
CACHES = "is unknown, Please use one of the following backends instead: memcache, memcached,"
INSTALL = "which it needs, is not installed. Install it: pip install"


def told(wanted, **needed):
    """
    The kind of the problem, and all that the error says.
    """
    with pytest.raises(ResultBackendNotConfigured) as caught:
        require_result_backend(wanted, **needed)
    return caught.value.problem.kind, str(caught.value)


def plainly(app):
    """
    What plain Celery makes of it: a disabled backend, or the error of the first call.
    """
    try:
        return type(app._get_backend())
    except Exception as error:  # noqa: BLE001 - each case has its own
        return type(error)


def test_an_app_that_says_nothing_has_none():
    """
    Without a word about results there is no backend, and the line to write is named.
    """
    with Celery("shop", set_as_current=False) as app:
        assert plainly(app) is DisabledBackend
        assert told(app) == ("none", f"the app 'shop' has result_backend=None. {WRITE}")


@pytest.mark.parametrize("value", [None, "", "disabled", "disabled://"])
def test_a_disabled_backend_is_none(make_app, value):
    """
    Each way of having no backend says so, and where.
    """
    app = make_app(result_backend=value)

    assert plainly(app) is DisabledBackend
    assert told(app) == (
        "none",
        f"the app {app.main!r} has result_backend={value!r}{CODE}. {WRITE}",
    )


# What is written -> the kind, the value as it is shown, and what is said of it.
MISTAKES = {
    "reddis://u:pw@h": ("unknown", "no result backend 'reddis'. Did you mean 'redis://'?"),
    "Redis://h": ("unknown", "no result backend 'Redis'. Did you mean 'redis://'?"),
    " redis://h": ("unknown", "Take the spaces or quotes away: did you mean 'redis://'?"),
    "'rpc://'": ("unknown", "Take the spaces or quotes away: did you mean 'rpc://'?"),
    "DISABLED": ("unknown", "Did you mean 'disabled://'?"),
    "sqlite:///x": ("unknown", "no result backend 'sqlite'. Did you mean 'db+sqlite://'?"),
    "postgres://u:pw@h/d": ("unknown", "Did you mean 'db+postgresql://'?"),
    "mysql://u:pw@h/d": ("unknown", "Did you mean 'db+mysql://'?"),
    "sqla+sqlite:///x": ("unknown", "no result backend 'sqla'. Did you mean 'db+'?"),
    "memcached://h": ("unknown", "Did you mean 'cache+memcached://'?"),
    "memory://": ("unknown", "Did you mean 'cache+memory://'?"),
    "memory": ("unknown", "Did you mean 'cache+memory://'?"),
    "filesystem:///tmp": ("unknown", "Did you mean 'file://'?"),
    "socket:///tmp/redis": ("unknown", "Did you mean 'redis+socket://'?"),
    "amqp://": ("unknown", f"no result backend 'amqp'. amqp:// {BROKER}"),
    "sqs://": ("unknown", f"sqs:// {BROKER}"),
    "http://h": ("unknown", f"no result backend 'http'. {EXAMPLE}"),
    "json": ("unknown", f"no result backend 'json'. {EXAMPLE}"),
    "os.path": ("unknown", f"that is a module, not a backend. {EXAMPLE}"),
    "riak://": ("unknown", f"this Celery has no such backend any more. {EXAMPLE}"),
    "nosuch.module:Kind": ("unknown", f"there is no module 'nosuch'. {EXAMPLE}"),
    "celery.backends.redis:No": ("unknown", f"has no attribute 'No'. {EXAMPLE}"),
    "redis:/u:pw@h": ("malformed", f"{NO_SLASHES} 'redis://'?"),
    "redis//h": ("malformed", f"{NO_SLASHES} 'redis://'?"),
    "cache+memory": ("malformed", f"{NO_SLASHES} 'cache+memory://'?"),
    "localhost:6379": ("malformed", f"does not begin with the name of a backend. {EXAMPLE}"),
    "redis://h/abc": ("malformed", f"whose database 'abc' is not a number. {AS_IN}"),
    "redis://h/0/1": ("malformed", f"whose database '0/1' is not a number. {AS_IN}"),
    "redis://h:abc/0": ("malformed", f"whose port 'abc' is not a number up to 65535. {AS_IN}"),
    "redis://h:99999": ("malformed", f"whose port '99999' is not a number up to 65535. {AS_IN}"),
    "redis://:p/w@h:1/0": ("malformed", QUOTE),
    "redis://:p#w@h/0": ("malformed", QUOTE),
    "rediss://:pw@h": ("malformed", "and Celery says: A rediss:// URL must have parameter"),
    "cache": ("malformed", f"and Celery says: The cache backend None {CACHES}"),
    "cache://": ("malformed", f"and Celery says: The cache backend 'cache' {CACHES}"),
    "file:///no/such": ("malformed", "and Celery says: The configured path for the file-system"),
    "file": ("malformed", "and Celery says: You need to configure a path"),
    "django-db": ("no-driver", "and django-celery-results is not installed. Install it, pip"),
    "mongodb://u:pw@h": ("no-driver", f"and pymongo, {INSTALL} 'celery[mongodb]'."),
    "s3": ("no-driver", f"and boto3, {INSTALL} 'celery[s3]'."),
    "db+sqlite:///x": ("no-driver", f"and sqlalchemy, {INSTALL} 'celery[sqlalchemy]'."),
    "gs://bucket": ("no-driver", f"and google.cloud.storage, {INSTALL} 'celery[gcs]'."),
    "cache+memcached://h": ("no-driver", "and Celery says: The Memcached backend requires"),
}


@pytest.fixture
def _no_sqlalchemy(monkeypatch):
    """
    Have Python find no SQLAlchemy, which other tests need.
    """
    for name in [name for name in sys.modules if name.startswith("celery.backends.database")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)


@pytest.mark.usefixtures("_no_sqlalchemy")
@pytest.mark.parametrize("url", MISTAKES)
def test_a_backend_that_cannot_be_made_is_told(make_app, url):
    """
    A backend that Celery cannot make has its own words: unknown, misspelt, badly formed, or without
    its driver. No password is shown.
    """
    kind, words = MISTAKES[url]
    app = make_app(result_backend=url)

    assert issubclass(plainly(app), Exception)
    found, text = told(app)
    assert found == kind
    assert text.startswith(f"the app {app.main!r} has result_backend=")
    assert f"{CODE}, " in text
    assert words in text
    assert "pw" not in text


@pytest.mark.parametrize("value", [5, ["redis://h"], {"url": "redis://h"}])
def test_what_is_no_url_is_told(make_app, value):
    """
    A result backend is one URL.
    """
    app = make_app(result_backend=value)

    assert plainly(app) is TypeError
    assert told(app) == (
        "malformed",
        (
            f"the app {app.main!r} has result_backend={value!r}{CODE}, "
            f"which is of type {type(value).__name__}, and no URL. {EXAMPLE}"
        ),
    )


@pytest.mark.parametrize(
    ("backend", "module"),
    [("missing_driver", "no_such_driver"), ("broken", None)],
)
def test_a_class_of_your_own_that_cannot_be_loaded_is_told(
    make_app, tmp_path, monkeypatch, backend, module
):
    """
    A backend of the project's own may need what is not there, or fail when it is imported.
    """
    (tmp_path / "missing_driver.py").write_text("import no_such_driver\n")
    (tmp_path / "broken.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    app = make_app(result_backend=f"{backend}:Kind")

    kind, text = told(app)

    assert issubclass(plainly(app), Exception)
    if module:
        assert kind == "no-driver"
        assert text.endswith(f"and {module}, which it needs, is not installed. Install it.")
    else:
        assert kind == "malformed"
        assert "and to import it fails: ZeroDivisionError: division by zero" in text


@pytest.mark.parametrize(
    "backend",
    [
        *("redis://", "redis", "redis://u:pw@h:6379/1?socket_timeout=1", "redis://[::1]:6379/0"),
        *("redis+socket:///tmp/redis.sock?virtual_host=1", "redis://h?ssl_note=a@b", "redis://:@h"),
        *("rediss://h?ssl_cert_reqs=required", "sentinel://a:26379;sentinel://b:26379"),
        *("rpc://", "rpc", "cache+memory://", "file:///tmp"),
        *("celery.backends.redis:RedisBackend", "celery.backends.cache.CacheBackend+memory://"),
    ],
)
def test_near_miss_what_celery_can_make_passes(make_app, backend):
    """
    All that Celery makes a backend of passes, and is left for the app to make.
    """
    app = make_app(result_backend=backend)

    require_result_backend(app)

    assert app._backend is None
    assert not issubclass(plainly(app), (Exception, DisabledBackend))


class Own(BaseBackend):
    """
    A backend of the project's own, which may do anything when it is made.
    """

    def __init__(self, *args, **options):
        """
        Fail, as one that connects would.
        """
        raise AssertionError


def test_near_miss_a_class_of_your_own_passes(make_app):
    """
    A backend that is not Celery's is not made: that might connect.
    """
    app = make_app(result_backend=f"{__name__}:Own")

    require_result_backend(app, chords=True, elsewhere=True)


def test_a_class_is_taken_where_celery_takes_it(make_app):
    """
    A backend may be given as its class, from Celery 5.5.
    """
    app = make_app(result_backend=CacheBackend, cache_backend="memory")

    if plainly(app) is CacheBackend:
        require_result_backend(app)
    else:
        assert told(app)[0] == "malformed"


def test_a_disabled_class_is_none(make_app):
    """
    Celery's disabled backend by its class is none all the same.
    """
    app = make_app(result_backend="celery.backends.base:DisabledBackend")

    assert told(app)[0] == "none"


def test_a_backend_by_the_apps_class_is_named():
    """
    A subclass of Celery may say its backend, over every setting.
    """

    class Own(Celery):
        backend_cls = "reddis://"

    with Own("shop", backend="redis://", set_as_current=False) as app:
        assert told(app) == (
            "unknown",
            (
                "the app 'shop' has backend_cls='reddis://' (an attribute of Own), "
                "and there is no result backend 'reddis'. Did you mean 'redis://'?"
            ),
        )


# How a file is written, with which namespace -> the name in it, and the one to write.
NAMES = [
    ("CELERY", "RESULT_BACKEND", "CELERY_RESULT_BACKEND"),
    ("CELERY", "CELERY_BACKEND", "CELERY_RESULT_BACKEND"),
    ("CELERY", "CELERY_RESULTS_BACKEND", "CELERY_RESULT_BACKEND"),
    ("CELERY", "CELERY_RESULT_BACKEND_URL", "CELERY_RESULT_BACKEND"),
    ("CELERY", "CELERY_RESLT_BACKEND", "CELERY_RESULT_BACKEND"),
    ("SHOP", "CELERY_BACKEND", "SHOP_RESULT_BACKEND"),
    ("shop", "shop_results_backend", "shop_result_backend"),
    (None, "RESULT_BACKEND", "result_backend"),
    (None, "results_backend", "result_backend"),
]


@pytest.mark.parametrize(("namespace", "name", "right"), NAMES)
def test_a_wrong_name_in_a_file_is_told(namespace, name, right):
    """
    A backend under a name that Celery does not read is found there, with the name to write.
    """
    with Celery("shop", set_as_current=False) as app:
        app.config_from_object({name: "redis://:pw@h/1"}, namespace=namespace)

        assert plainly(app) is DisabledBackend
        assert told(app) == (
            "misnamed",
            (
                "the app 'shop' has result_backend=None, since Celery does not read "
                f"{name} in the configuration object. Call it {right}."
            ),
        )


@pytest.mark.parametrize("name", ["results_backend", "backend", "result_backends"])
def test_a_wrong_name_in_the_code_is_told(name):
    """
    app.conf takes any name, and says nothing.
    """
    with Celery("shop", set_as_current=False) as app:
        app.conf.update({name: "redis://:pw@h/1"})

        assert plainly(app) is DisabledBackend
        with pytest.raises(ResultBackendNotConfigured) as caught:
            require_result_backend(app)
        assert caught.value.problem[:5] == (
            "misnamed",
            "the app 'shop'",
            name,
            "'redis://:***@h/1'",
            f"{name} in Celery(...) or app.conf",
        )
        assert str(caught.value).endswith("Call it result_backend.")


@pytest.mark.parametrize("name", ["CELERY_BACKEND", "CELERY_RESULTS_BACKEND", "RESULT_BACKEND_URL"])
def test_a_wrong_name_in_the_environment_is_told(monkeypatch, name):
    """
    Celery reads one variable for its result backend.
    """
    monkeypatch.setenv(name, "redis://:pw@h/1")

    with Celery("shop", set_as_current=False) as app:
        assert plainly(app) is DisabledBackend
        assert told(app) == (
            "misnamed",
            (
                "the app 'shop' has result_backend=None, since Celery does not read "
                f"the environment variable {name}. Call it CELERY_RESULT_BACKEND."
            ),
        )


@pytest.mark.parametrize(
    ("name", "value"),
    [("BACKEND_URL", "http://api"), ("RESULT_BACKEND", "postgres"), ("CELERY_BACKEND_DIR", "a://")],
)
def test_near_miss_other_variables_are_not_blamed(monkeypatch, name, value):
    """
    What has another name, or is no URL, was not meant for Celery.
    """
    monkeypatch.setenv(name, value)

    with Celery("shop", set_as_current=False) as app:
        assert told(app)[0] == "none"


def test_near_miss_other_settings_are_not_blamed():
    """
    A setting that Celery does not know, or one without a value, was meant for something else.
    """
    with Celery("shop", set_as_current=False) as app:
        app.conf.update(backends="redis://h", results_backend=None)

        assert told(app)[0] == "none"


@pytest.mark.parametrize(
    ("namespace", "name"),
    [
        ("CELERY", "result_backend"),
        (None, "CELERY_RESULT_BACKEND"),
        ("SHOP", "SHOP_RESULT_BACKEND"),
    ],
)
def test_near_miss_names_that_celery_reads_pass(namespace, name):
    """
    Celery reads its own name beside the namespace, and that of its version 3.
    """
    with Celery("shop", set_as_current=False) as app:
        app.config_from_object({name: "redis://h/1"}, namespace=namespace)

        require_result_backend(app)


def test_the_environment_that_takes_it_away_is_told(make_app, monkeypatch):
    """
    A disabled backend in the environment wins over the code, and that is said.
    """
    app = make_app(result_backend="redis://:pw@h/1")
    monkeypatch.setenv("CELERY_RESULT_BACKEND", "disabled://")

    assert plainly(app) is DisabledBackend
    assert told(app) == (
        "overridden",
        (
            f"the app {app.main!r} has result_backend='disabled://' "
            "(the environment variable CELERY_RESULT_BACKEND), "
            f"which wins over 'redis://:***@h/1'{CODE}. Unset CELERY_RESULT_BACKEND, "
            "or set it to a result backend, for example 'redis://localhost:6379/1'."
        ),
    )


def test_a_mistake_in_the_environment_is_told(make_app, monkeypatch):
    """
    What is wrong with the environment's backend is said first, and what it hides.
    """
    app = make_app(result_backend="redis://:pw@h/1")
    monkeypatch.setenv("CELERY_RESULT_BACKEND", "reddis://h")

    assert told(app) == (
        "unknown",
        (
            f"the app {app.main!r} has result_backend='reddis://h' "
            "(the environment variable CELERY_RESULT_BACKEND), and there is no result backend "
            f"'reddis'; the environment wins over 'redis://:***@h/1'{CODE}. Did you mean 'redis://'?"
        ),
    )


@pytest.mark.parametrize("written", [None, "disabled://", "redis://h"])
def test_near_miss_a_backend_from_the_environment_passes(make_app, monkeypatch, written):
    """
    To configure Celery from its environment is not a mistake, whatever the code says.
    """
    app = make_app(result_backend=written)
    monkeypatch.setenv("CELERY_RESULT_BACKEND", "redis://h")

    require_result_backend(app)


def test_the_environment_may_have_none_too(make_app, monkeypatch):
    """
    Where neither has a backend, nothing is overridden.
    """
    app = make_app(result_backend=None)
    monkeypatch.setenv("CELERY_RESULT_BACKEND", "disabled")

    assert told(app)[0] == "none"


def test_a_backend_that_was_set_too_late_is_told(make_app):
    """
    An app makes its backend once in each thread; a setting after that changes nothing there.
    """
    app = make_app(result_backend=None)
    assert type(app.backend) is DisabledBackend

    app.conf.result_backend = "redis://h"

    assert type(app.backend) is DisabledBackend
    assert told(app) == (
        "too-late",
        (
            f"the app {app.main!r} has result_backend='redis://h'{CODE}, but the backend in use is "
            "disabled: made before that was set, or a task's own. "
            "Set result_backend before the first call, and before anything reads app.backend."
        ),
    )


def test_near_miss_asking_makes_nothing(make_app):
    """
    Who asks first, and configures then, has not been too late.
    """
    app = make_app(result_backend=None)
    assert told(app)[0] == "none"

    app.conf.result_backend = "cache+memory://"

    require_result_backend(app)
    assert type(app.backend) is not DisabledBackend


@pytest.mark.parametrize("backend", ["rpc://", "cache+memory://"])
def test_near_miss_a_narrow_backend_passes_where_it_is_enough(make_app, backend):
    """
    A backend that one process reads is right for a client of its own, and in tests.
    """
    require_result_backend(make_app(result_backend=backend))


def test_rpc_runs_no_chords(make_app):
    """
    A backend that cannot run chords is told when they are needed.
    """
    app = make_app(result_backend="rpc://")

    with pytest.raises(NotImplementedError):
        app._get_backend().ensure_chords_allowed()
    assert told(app, chords=True) == (
        "no-chords",
        (
            f"the app {app.main!r} has result_backend='rpc://'{CODE}, which cannot run chords. "
            "Use a backend that can, for example 'redis://localhost:6379/1'."
        ),
    )


@pytest.mark.parametrize("backend", ["redis://", "cache+memory://", "file:///tmp"])
def test_near_miss_chords_run_on_others(make_app, backend):
    """
    A backend that runs chords passes.
    """
    require_result_backend(make_app(result_backend=backend), chords=True)


@pytest.mark.parametrize(
    ("backend", "kind", "words"),
    [
        ("rpc://", "one-client", "whose results come only to the process that sent the call"),
        ("cache+memory://", "one-process", "which is in the memory of the process that runs the"),
    ],
)
def test_a_backend_of_one_process_is_told(make_app, backend, kind, words):
    """
    Who reads elsewhere needs a backend that all processes reach.
    """
    app = make_app(result_backend=backend)

    found, text = told(app, elsewhere=True)

    assert found == kind
    assert words in text
    assert text.endswith(
        "Use a backend that all processes reach, for example 'redis://localhost:6379/1'."
    )


@pytest.mark.parametrize("backend", ["redis://", "file:///tmp"])
def test_near_miss_others_read_what_is_outside(make_app, backend):
    """
    A backend outside every process is read from each.
    """
    require_result_backend(make_app(result_backend=backend), elsewhere=True)


def test_near_miss_a_call_that_runs_here_needs_none(make_app):
    """
    Where calls run eagerly their results are at hand, whatever the backend.
    """
    for backend in (None, "disabled", "rpc://"):
        app = make_app(result_backend=backend, task_always_eager=True)

        require_result_backend(app, chords=True, elsewhere=True)


def test_a_call_that_runs_here_needs_a_backend_that_can_be_made(make_app):
    """
    Plain Celery makes the backend for a call that runs eagerly too.
    """
    app = make_app(result_backend="reddis://", task_always_eager=True)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    with pytest.raises(ModuleNotFoundError, match="reddis"):
        add.delay(2, 3)
    assert told(app)[0] == "unknown"


def test_near_miss_an_app_that_turns_eager_needs_none(make_app):
    """
    A backend that was made before, and is disabled, does no harm to calls that run here.
    """
    app = make_app(result_backend=None)
    assert type(app.backend) is DisabledBackend

    app.conf.task_always_eager = True

    require_result_backend(app)


def test_the_error_is_as_plain_values(make_app):
    """
    A program reads from the error what a person reads.
    """
    app = make_app(result_backend="reddis://u:pw@h")

    with pytest.raises(ResultBackendNotConfigured) as caught:
        require_result_backend(app)

    assert caught.value.task_id == ""
    assert caught.value.problem._asdict() == {
        "kind": "unknown",
        "app": f"the app {app.main!r}",
        "setting": "result_backend",
        "value": "'reddis://u:***@h'",
        "where": "result_backend in Celery(...) or app.conf",
        "says": f"has result_backend='reddis://u:***@h'{CODE}, and there is no result backend "
        "'reddis'",
        "remedy": "Did you mean 'redis://'?",
    }
    assert re.match(r"the app 'shop\d+' has", caught.value.problem.message)

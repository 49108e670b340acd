"""
Its settings: a database in a file, so that threads have connections of their own.
"""

SECRET_KEY = "of a test"  # noqa: S105 - it protects nothing
USE_TZ = True
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": "shop.sqlite3",
        "TEST": {"NAME": "test.sqlite3"},
        "OPTIONS": {"timeout": 20},
    }
}
CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
CELERY_RESULT_BACKEND = "redis://127.0.0.1:1/1"

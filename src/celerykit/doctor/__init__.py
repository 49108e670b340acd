"""What is wrong with the configuration of an app: ``celerykit.diagnose()``, ``celery doctor``."""

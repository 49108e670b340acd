"""
Which Celery the scenarios speak of: they declare what a worker of the newest one does.
"""

from celery import VERSION

# Older workers end some scenarios otherwise: errors in chains and chords, tasks that nobody knows.
collect_ignore_glob = [] if VERSION >= (5, 7) else ["test_*.py"]

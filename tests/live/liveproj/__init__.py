"""
A plain Celery project, as a user of Celery would write it; it knows nothing of celerykit.
"""

"""
What celerykit publishes is what plain Celery publishes for the same meaning.
"""

"""
Calls that are right: by hand from every page of Celery's guide that shows one, and by rule.
"""

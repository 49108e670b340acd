"""
Each rule by itself, the near misses that it lets pass, and the harm that Celery does without it.
"""

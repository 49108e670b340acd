"""
What a test of a user's own project may rely on.
"""

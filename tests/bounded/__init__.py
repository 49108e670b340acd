"""
Tests of sends that end in time: celerykit._bounded, and what a send says when it fails.
"""

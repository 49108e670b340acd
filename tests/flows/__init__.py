"""
Composition: flows are built, checked, sent and run.
"""

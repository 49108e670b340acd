"""
A package, so that the tests on real brokers can share what the tests in memory use.
"""

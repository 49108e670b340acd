"""
One suite of scenarios that runs drained, in a worker of this process, and in workers on Redis.
"""

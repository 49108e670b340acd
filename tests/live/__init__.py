"""
The same promises, kept by real brokers and an unmodified worker process.
"""

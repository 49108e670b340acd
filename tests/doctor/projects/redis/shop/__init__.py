"""A shop that runs on Redis."""

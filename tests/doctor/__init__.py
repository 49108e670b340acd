"""The doctor: what it prints, where it looks, and whom it asks."""

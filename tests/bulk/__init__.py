"""
Many calls at once: what is sent, what is reported, and what is read back.
"""

"""
A Django project.
"""

"""Policies in files, judged for a terminal, a script or a pipeline: `manage.py check_policy`."""

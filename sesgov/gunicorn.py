"""Gunicorn's settings in production: its own lines look like all others. Used by `gunicorn -c python:sesgov.gunicorn`."""

from sesgov.settings import LOGGING

logconfig_dict = LOGGING | {"loggers": LOGGING["loggers"] | {"gunicorn.error": {"handlers": [], "propagate": True}}}

"""Gunicorn's settings in production (`gunicorn -c python:sesgov.gunicorn`): its own lines look like all others."""

from sesgov.settings import LOGGING

logconfig_dict = LOGGING | {"loggers": LOGGING["loggers"] | {"gunicorn.error": {"handlers": [], "propagate": True}}}

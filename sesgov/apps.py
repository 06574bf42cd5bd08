"""The roof as a Django app: its templates and commands are found, and the Celery app is there wherever Django is."""

from django.apps import AppConfig

from sesgov.celery import app as celery_app

__all__ = ["SesgovConfig", "celery_app"]


class SesgovConfig(AppConfig):
    """The app `sesgov`."""

    name = "sesgov"

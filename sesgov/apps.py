"""The roof as a Django app: its templates and commands are found, and the Celery app is there wherever Django is."""

from django.apps import AppConfig

from sesgov.celery import app as celery_app

__all__ = ["SesgovConfig", "celery_app"]


class SesgovConfig(AppConfig):
    """The app `sesgov`."""

    name = "sesgov"

    def ready(self) -> None:
        """Listen to django-allauth."""
        from sesgov.second_factors import listen  # noqa: PLC0415  # models are not there before

        listen()

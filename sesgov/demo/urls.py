"""The addresses that only the demo has."""

from django.urls import path

from sesgov.demo.history.progress import history_line

urlpatterns = [path("history/", history_line, name="demo_history")]

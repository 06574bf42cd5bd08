"""The addresses of approvals."""

from django.urls import path

from approvals.views import calendar, grants
from inventory.views.lists import list_paths

app_name = "approvals"

urlpatterns = [
    *list_paths("grants", grants.GRANTS),
    path("grants/calendar/", calendar.grant_calendar, name="grant_calendar"),
    path("grants/<int:pk>/", grants.grant_detail, name="grant_detail"),
    path("grants/<int:pk>/revoke/", grants.grant_revoke, name="grant_revoke"),
    path("grants/<int:pk>/will-not-renew/", grants.grant_will_not_renew, name="grant_will_not_renew"),
]

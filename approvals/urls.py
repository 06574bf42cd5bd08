"""The addresses of approvals."""

from django.urls import path

from approvals.views import calendar, change_tasks, containment, grants, request_form, suspensions
from inventory.views.lists import list_paths

app_name = "approvals"

urlpatterns = [
    *list_paths("grants", grants.GRANTS),
    path("grants/calendar/", calendar.grant_calendar, name="grant_calendar"),
    path("grants/<int:pk>/", grants.grant_detail, name="grant_detail"),
    path("grants/<int:pk>/revoke/", grants.grant_revoke, name="grant_revoke"),
    path("grants/<int:pk>/will-not-renew/", grants.grant_will_not_renew, name="grant_will_not_renew"),
    path("grants/<int:pk>/renew/", request_form.grant_renew, name="grant_renew"),
    path("grants/<int:pk>/modify/", request_form.grant_modify, name="grant_modify"),
    path("requests/new/", request_form.request_new, name="request_new"),
    path("requests/<int:pk>/edit/", request_form.request_edit, name="request_edit"),
    path("requests/<int:pk>/withdraw/", request_form.request_withdraw, name="request_withdraw"),
    path("grants/<int:pk>/suspend/", suspensions.grant_suspend, name="grant_suspend"),
    path("grants/<int:pk>/reinstate/", suspensions.grant_reinstate, name="grant_reinstate"),
    path("contain/<int:pk>/", containment.contain, name="contain"),
    path("containments/<int:pk>/", containment.containment_detail, name="containment_detail"),
    *list_paths("tasks", change_tasks.TASKS),
    path("tasks/<int:pk>/", change_tasks.task_detail, name="task_detail"),
    path("tasks/<int:pk>/pack.zip", change_tasks.task_pack, name="task_pack"),
    path("tasks/<int:pk>/take/", change_tasks.task_take, name="task_take"),
    path("tasks/<int:pk>/applied/", change_tasks.task_say_applied, name="task_say_applied"),
    path("tasks/<int:pk>/cancel/", change_tasks.task_cancel, name="task_cancel"),
    path("tasks/<int:pk>/code/", change_tasks.task_declare_code, name="task_declare_code"),
    path("tasks/<int:pk>/code/end/", change_tasks.task_end_code, name="task_end_code"),
]

"""The addresses of approvals."""

from django.urls import path, re_path

from approvals.views import (
    adoption,
    break_glass,
    calendar,
    change_tasks,
    containment,
    decisions,
    grants,
    inbox,
    offboarding,
    request_form,
    requests,
    stand_ins,
    suspensions,
)
from inventory.views.lists import list_paths

app_name = "approvals"

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/decide/", inbox.inbox_decide, name="inbox_decide"),
    *list_paths("requests", requests.REQUESTS),
    path("requests/<int:pk>/", requests.request_detail, name="request_detail"),
    path("requests/<int:pk>/decide/", decisions.request_decide, name="request_decide"),
    *list_paths("grants", grants.GRANTS),
    path("grants/calendar/", calendar.grant_calendar, name="grant_calendar"),
    path("grants/<int:pk>/", grants.grant_detail, name="grant_detail"),
    path("grants/<int:pk>/revoke/", grants.grant_revoke, name="grant_revoke"),
    path("grants/<int:pk>/will-not-renew/", grants.grant_will_not_renew, name="grant_will_not_renew"),
    path("grants/<int:pk>/renew/", request_form.grant_renew, name="grant_renew"),
    path("grants/<int:pk>/modify/", request_form.grant_modify, name="grant_modify"),
    path("adoption/", adoption.adoption, name="adoption"),
    path("adoption/vendors/<int:pk>/", adoption.adoption_vendor, name="adoption_vendor"),
    re_path(r"^adoption/accounts/(?P<account_id>[0-9]{12})/$", adoption.adoption_account, name="adoption_account"),
    path("requests/new/", request_form.request_new, name="request_new"),
    path("requests/<int:pk>/edit/", request_form.request_edit, name="request_edit"),
    path("requests/<int:pk>/withdraw/", request_form.request_withdraw, name="request_withdraw"),
    path("grants/<int:pk>/suspend/", suspensions.grant_suspend, name="grant_suspend"),
    path("grants/<int:pk>/reinstate/", suspensions.grant_reinstate, name="grant_reinstate"),
    path("contain/<int:pk>/", containment.contain, name="contain"),
    path("containments/<int:pk>/", containment.containment_detail, name="containment_detail"),
    path("requests/<int:pk>/break-glass/", break_glass.request_break_glass, name="request_break_glass"),
    path("requests/<int:pk>/stand-in/", stand_ins.request_stand_in, name="request_stand_in"),
    *list_paths("offboarding", offboarding.OFFBOARDINGS),
    path("offboarding/<int:pk>/", offboarding.offboarding_detail, name="offboarding_detail"),
    path("offboarding/<int:pk>/close/", offboarding.offboarding_close, name="offboarding_close"),
    path("offboarding/<int:pk>/letter/", offboarding.offboarding_letter, name="offboarding_letter"),
    path("offboarding/<int:pk>/letter.txt", offboarding.offboarding_letter_text, name="offboarding_letter_text"),
    path("vendors/<int:pk>/offboard/", offboarding.offboarding_start, name="offboarding_start"),
    *list_paths("tasks", change_tasks.TASKS),
    path("tasks/<int:pk>/", change_tasks.task_detail, name="task_detail"),
    path("tasks/<int:pk>/pack.zip", change_tasks.task_pack, name="task_pack"),
    path("tasks/<int:pk>/take/", change_tasks.task_take, name="task_take"),
    path("tasks/<int:pk>/applied/", change_tasks.task_say_applied, name="task_say_applied"),
    path("tasks/<int:pk>/cancel/", change_tasks.task_cancel, name="task_cancel"),
    path("tasks/<int:pk>/code/", change_tasks.task_declare_code, name="task_declare_code"),
    path("tasks/<int:pk>/code/end/", change_tasks.task_end_code, name="task_end_code"),
]

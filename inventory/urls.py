"""The addresses of the inventory."""

from django.urls import path, re_path

from inventory.views import finding_work, identities, runs, sending_names
from inventory.views.acceptances import ACCEPTANCES
from inventory.views.accounts import ACCOUNTS
from inventory.views.audit import AUDIT
from inventory.views.delegates import DELEGATES, delegate_detail
from inventory.views.findings import FINDINGS, REMEDIATIONS, finding_detail
from inventory.views.identities import IDENTITIES
from inventory.views.laboratory import laboratory
from inventory.views.lists import export_view, list_view
from inventory.views.policies import POLICIES
from inventory.views.search import search
from inventory.views.sending_names import SENDING_NAMES, SUGGESTED_NAMES

app_name = "inventory"

urlpatterns = [
    path("identities/", list_view(IDENTITIES), name="identity_list"),
    path("identities.csv", export_view(IDENTITIES), name="identity_export"),
    path("identities/<int:pk>/", identities.identity_detail, name="identity_detail"),
    path("policies/", list_view(POLICIES), name="policy_list"),
    path("policies.csv", export_view(POLICIES), name="policy_export"),
    path("findings/", list_view(FINDINGS), name="finding_list"),
    path("findings.csv", export_view(FINDINGS), name="finding_export"),
    path("findings/<int:pk>/", finding_detail, name="finding_detail"),
    path("findings/remediated/", list_view(REMEDIATIONS), name="remediation_list"),
    path("findings/remediated.csv", export_view(REMEDIATIONS), name="remediation_export"),
    path("findings/<int:pk>/triage/", finding_work.finding_triage, name="finding_triage"),
    path("findings/<int:pk>/comment/", finding_work.finding_comment, name="finding_comment"),
    path("findings/<int:pk>/accept/", finding_work.acceptance_ask, name="acceptance_ask"),
    path("acceptances/", list_view(ACCEPTANCES), name="acceptance_list"),
    path("acceptances.csv", export_view(ACCEPTANCES), name="acceptance_export"),
    path("acceptances/<int:pk>/decide/", finding_work.acceptance_decide, name="acceptance_decide"),
    path("acceptances/<int:pk>/withdraw/", finding_work.acceptance_withdraw, name="acceptance_withdraw"),
    path("acceptances/<int:pk>/end/", finding_work.acceptance_end, name="acceptance_end"),
    path("delegates/", list_view(DELEGATES), name="delegate_list"),
    path("delegates.csv", export_view(DELEGATES), name="delegate_export"),
    re_path(r"^delegates/(?P<account_id>[0-9]{12})/$", delegate_detail, name="delegate_detail"),
    path("accounts/", list_view(ACCOUNTS), name="account_list"),
    path("accounts.csv", export_view(ACCOUNTS), name="account_export"),
    path("runs/", list_view(runs.RUNS), name="run_list"),
    path("runs/start/", runs.run_start, name="run_start"),
    path("runs/<int:pk>/", runs.run_detail, name="run_detail"),
    path("runs/<int:pk>/line/", runs.run_line, name="run_line"),
    path("runs/<int:pk>/progress/", runs.run_progress, name="run_progress"),
    path("audit/", list_view(AUDIT), name="audit_list"),
    path("audit.csv", export_view(AUDIT), name="audit_export"),
    path("sending-names/", list_view(SENDING_NAMES), name="sending_name_list"),
    path("sending-names.csv", export_view(SENDING_NAMES), name="sending_name_export"),
    path("sending-names/suggested/", list_view(SUGGESTED_NAMES), name="suggested_name_list"),
    path("sending-names/suggested.csv", export_view(SUGGESTED_NAMES), name="suggested_name_export"),
    path("sending-names/add/", sending_names.sending_name_add, name="sending_name_add"),
    path("sending-names/<int:pk>/change/", sending_names.sending_name_change, name="sending_name_change"),
    path("sending-names/<int:pk>/remove/", sending_names.sending_name_remove, name="sending_name_remove"),
    path("sending-names/<path:domain>/", sending_names.sending_name_detail, name="sending_name_detail"),
    path("laboratory/", laboratory, name="laboratory"),
    path("search/", search, name="search"),
]

"""The addresses of the inventory."""

from django.urls import path, re_path

from inventory.views import (
    account_pages,
    claims,
    connect,
    deliveries,
    deputies,
    finding_work,
    identities,
    identity_owner,
    notices,
    owner_rules,
    people,
    runs,
    sending_names,
    tag_pack,
    teams,
    tokens,
    vendors,
)
from inventory.views.acceptances import ACCEPTANCES
from inventory.views.accounts import ACCOUNTS
from inventory.views.audit import AUDIT, audit_detail
from inventory.views.cases import CASES
from inventory.views.delegates import DELEGATES, account_verify, delegate_detail, delegate_register
from inventory.views.deliveries import DELIVERIES
from inventory.views.findings import FINDINGS, REMEDIATIONS, finding_detail, finding_triage_many
from inventory.views.first_look import first_look
from inventory.views.identities import IDENTITIES
from inventory.views.laboratory import laboratory
from inventory.views.lists import list_paths, list_view
from inventory.views.policies import POLICIES
from inventory.views.saved_views import saved_view_add, saved_view_change
from inventory.views.search import search
from inventory.views.sending_names import SENDING_NAMES, SUGGESTED_NAMES
from inventory.views.settings import setting_change, setting_list
from inventory.views.vendors import VENDORS

app_name = "inventory"

urlpatterns = [
    *list_paths("identities", IDENTITIES),
    path("identities/<int:pk>/", identities.identity_detail, name="identity_detail"),
    *list_paths("policies", POLICIES),
    *list_paths("findings", FINDINGS),
    path("findings/<int:pk>/", finding_detail, name="finding_detail"),
    *list_paths("findings/remediated", REMEDIATIONS),
    path("findings/triage/", finding_triage_many, name="finding_triage_many"),
    path("findings/first-look/", first_look, name="first_look"),
    path("cases/", list_view(CASES), name="case_list"),
    path("findings/<int:pk>/triage/", finding_work.finding_triage, name="finding_triage"),
    path("findings/<int:pk>/comment/", finding_work.finding_comment, name="finding_comment"),
    path("findings/<int:pk>/accept/", finding_work.acceptance_ask, name="acceptance_ask"),
    *list_paths("acceptances", ACCEPTANCES),
    path("acceptances/<int:pk>/decide/", finding_work.acceptance_decide, name="acceptance_decide"),
    path("acceptances/<int:pk>/withdraw/", finding_work.acceptance_withdraw, name="acceptance_withdraw"),
    path("acceptances/<int:pk>/end/", finding_work.acceptance_end, name="acceptance_end"),
    *list_paths("delegates", DELEGATES),
    re_path(r"^delegates/(?P<account_id>[0-9]{12})/$", delegate_detail, name="delegate_detail"),
    re_path(r"^delegates/(?P<account_id>[0-9]{12})/register/$", delegate_register, name="delegate_register"),
    re_path(r"^delegates/(?P<account_id>[0-9]{12})/verify/$", account_verify, name="account_verify"),
    *list_paths("accounts", ACCOUNTS),
    path("accounts/connect/", connect.connect, name="connect"),
    path("accounts/connect/discover/", connect.discovery_start, name="discovery_start"),
    path("accounts/connect/discovery/", connect.discovery_progress, name="discovery_progress"),
    path("accounts/connect/check/", connect.check_start, name="check_start"),
    path("accounts/connect/checks/", connect.check_progress, name="check_progress"),
    path("accounts/import/", connect.account_import, name="account_import"),
    path("accounts/declarations/<int:pk>/withdraw/", account_pages.scope_withdraw, name="scope_withdraw"),
    re_path(r"^accounts/(?P<account_id>[0-9]{12})/$", account_pages.account_detail, name="account_detail"),
    re_path(r"^accounts/(?P<account_id>[0-9]{12})/edit/$", account_pages.account_edit, name="account_edit"),
    re_path(r"^accounts/(?P<account_id>[0-9]{12})/keep/$", account_pages.account_keep, name="account_keep"),
    re_path(r"^accounts/(?P<account_id>[0-9]{12})/check/$", account_pages.account_check, name="account_check"),
    re_path(r"^accounts/(?P<account_id>[0-9]{12})/declare/$", account_pages.scope_declare, name="scope_declare"),
    *list_paths("runs", runs.RUNS),
    path("runs/start/", runs.run_start, name="run_start"),
    path("runs/<int:pk>/", runs.run_detail, name="run_detail"),
    path("runs/<int:pk>/line/", runs.run_line, name="run_line"),
    path("runs/<int:pk>/progress/", runs.run_progress, name="run_progress"),
    *list_paths("audit", AUDIT),
    path("audit/<int:pk>/", audit_detail, name="audit_detail"),
    path("settings/", setting_list, name="setting_list"),
    path("settings/<slug:section>/", setting_change, name="setting_change"),
    *list_paths("sending-names", SENDING_NAMES),
    *list_paths("sending-names/suggested", SUGGESTED_NAMES),
    path("sending-names/add/", sending_names.sending_name_add, name="sending_name_add"),
    path("sending-names/<int:pk>/change/", sending_names.sending_name_change, name="sending_name_change"),
    path("sending-names/<int:pk>/remove/", sending_names.sending_name_remove, name="sending_name_remove"),
    path("sending-names/<path:domain>/", sending_names.sending_name_detail, name="sending_name_detail"),
    path("identities/<int:pk>/owner/", identity_owner.identity_owner, name="identity_owner"),
    path("identities/<int:pk>/owner/hand-on/", identity_owner.identity_hand_on, name="identity_hand_on"),
    path("identities/<int:pk>/owner/acting/", identity_owner.identity_acting, name="identity_acting"),
    *list_paths("owners/missing", claims.OWNERLESS),
    path("owners/unclaimed/", list_view(claims.CLAIMABLE), name="claimable_list"),
    path("owners/unclaimed/<int:pk>/", claims.claim_new, name="claim_new"),
    path("owners/claims/", claims.claim_inbox, name="claim_inbox"),
    path("owners/claims/<int:pk>/decide/", claims.claim_decide, name="claim_decide"),
    path("owners/claims/<int:pk>/withdraw/", claims.claim_withdraw, name="claim_withdraw"),
    path("owners/assignments/<int:pk>/end/", identity_owner.assignment_end, name="assignment_end"),
    path("owners/rules/", owner_rules.owner_rule_list, name="owner_rule_list"),
    path("owners/rules/preview/", owner_rules.owner_rule_preview, name="owner_rule_preview"),
    path("owners/rules/<int:pk>/move/", owner_rules.owner_rule_move, name="owner_rule_move"),
    path("owners/rules/<int:pk>/end/", owner_rules.owner_rule_end, name="owner_rule_end"),
    path("owners/tags/", tag_pack.tag_pack_page, name="tag_pack"),
    path("owners/tags.zip", tag_pack.tag_pack_download, name="tag_pack_download"),
    path("owners/deputies/", deputies.deputy_list, name="deputy_list"),
    re_path(r"^owners/deputies/(?P<kind>team|person)/(?P<pk>[0-9]{1,18})/$", deputies.deputy_add, name="deputy_add"),
    path("owners/deputies/<int:pk>/end/", deputies.deputy_end, name="deputy_end"),
    *list_paths("people", people.PEOPLE),
    path("people/add/", people.person_add, name="person_add"),
    path("people/<int:pk>/", people.person_detail, name="person_detail"),
    path("people/<int:pk>/state/", people.person_state, name="person_state"),
    path("people/<int:pk>/second-factor/", people.person_second_factor, name="person_second_factor"),
    *list_paths("teams", teams.TEAMS),
    path("teams/add/", teams.team_add, name="team_add"),
    path("teams/<int:pk>/", teams.team_detail, name="team_detail"),
    path("teams/<int:pk>/state/", teams.team_state, name="team_state"),
    *list_paths("vendors", VENDORS),
    path("vendors/add/", vendors.vendor_add, name="vendor_add"),
    path("vendors/suggested/", vendors.vendor_suggestions, name="vendor_suggestions"),
    path("vendors/suggested/accept/", vendors.vendor_suggestion_accept, name="vendor_suggestion_accept"),
    path("vendors/<int:pk>/", vendors.vendor_detail, name="vendor_detail"),
    path("vendors/<int:pk>/edit/", vendors.vendor_edit, name="vendor_edit"),
    path("vendors/<int:pk>/contacts/", vendors.vendor_contact_add, name="vendor_contact_add"),
    path(
        "vendors/<int:pk>/contacts/<int:contact>/remove/", vendors.vendor_contact_remove, name="vendor_contact_remove"
    ),
    path("vendors/<int:pk>/attach/", vendors.vendor_attach, name="vendor_attach"),
    re_path(
        r"^vendors/(?P<pk>[0-9]{1,18})/detach/(?P<account_id>[0-9]{12})/$", vendors.vendor_detach, name="vendor_detach"
    ),
    path("me/notices/", notices.notice_list, name="notice_list"),
    path("me/notices/read/", notices.notice_read, name="notice_read"),
    path("me/notices/choose/", notices.notice_choose, name="notice_choose"),
    *list_paths("deliveries", DELIVERIES),
    path("deliveries/<int:pk>/", deliveries.delivery_detail, name="delivery_detail"),
    path("deliveries/<int:pk>/send/", deliveries.delivery_send, name="delivery_send"),
    path("me/tokens/", tokens.token_list, name="token_list"),
    path("me/tokens/add/", tokens.token_add, name="token_add"),
    path("me/tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("laboratory/", laboratory, name="laboratory"),
    path("views/", saved_view_add, name="saved_view_add"),
    path("views/<int:pk>/", saved_view_change, name="saved_view_change"),
    path("search/", search, name="search"),
]

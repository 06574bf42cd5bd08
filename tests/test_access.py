"""Every address with every role: who gets the page, who is refused, who does not learn that it exists."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from approvals.models import Campaign, Containment, EvidencePack, Offboarding
from approvals.services.campaigns.campaigns import create_campaign
from approvals.services.campaigns.running import activate
from approvals.services.campaigns.staging import stage
from approvals.services.emergencies.containment import contain
from approvals.services.offboarding.offboarding import close_case, open_case
from inventory.models import CollectionRun, Identity, Role, User
from tests import builders
from tests.approvals.cases import granted_on
from tests.audit.trail import written
from tests.campaigns import cases
from tests.pages import estate
from tests.pages.clients import client_for, client_of

pytestmark = pytest.mark.django_db

ANONYMOUS = "anonymous"
NOBODY = "nobody"
READERS = (Role.VIEWER, Role.SECURITY, Role.VENDOR_MANAGER, Role.AUDITOR, Role.ADMIN)
PEOPLE = (ANONYMOUS, NOBODY, "stranger", "owner", *[role.value for role in READERS])
EVERYBODY = dict.fromkeys(PEOPLE[1:], 200) | {ANONYMOUS: 302}
READERS_ONLY = EVERYBODY | {NOBODY: 404, "stranger": 404, "owner": 404}
AUDIT_READERS = READERS_ONLY | {Role.VIEWER: 404, Role.VENDOR_MANAGER: 404}
WITH_OWNER = EVERYBODY | {NOBODY: 404, "stranger": 404}
# By GET nothing is written: who is signed in learns that only POST is taken.
ONLY_POST = dict.fromkeys(PEOPLE[1:], 405) | {ANONYMOUS: 302}
READERS_REFUSED = READERS_ONLY | {role.value: 403 for role in READERS}
MAY_MANAGE_VENDORS = dict.fromkeys((Role.SECURITY.value, Role.VENDOR_MANAGER.value, Role.ADMIN.value), 200)
MAY_MANAGE_NAMES = dict.fromkeys((Role.SECURITY.value, Role.ADMIN.value), 200)
MAY_START = (Role.SECURITY.value, Role.ADMIN.value)

POST_ONLY = dict.fromkeys(PEOPLE[1:], 405) | {ANONYMOUS: 302}
ADMIN_ONLY = dict.fromkeys(PEOPLE, 403) | {
    ANONYMOUS: 302, NOBODY: 404, "stranger": 404, "owner": 404, Role.ADMIN: 200,
}  # fmt: skip
OWNERS_ONLY = dict.fromkeys(PEOPLE, 404) | {ANONYMOUS: 302, "stranger": 200, "owner": 200}
ASKERS = EVERYBODY | {NOBODY: 404, Role.VIEWER: 403, Role.AUDITOR: 403}
# Only whoever asked changes a request: tests/approvals/test_request_form.py.
NOT_THE_ASKER = {kind: 403 if status == 200 else status for kind, status in ASKERS.items()} | {"stranger": 404}
ASKERS_OF_A_GRANT = ASKERS | {"stranger": 404}

# What each address answers to each kind of person. A new address fails the test until it stands here.
EXPECTED: dict[str, dict[str, int]] = {
    "dashboard": EVERYBODY,
    "figures": READERS_ONLY,
    "inventory:identity_list": EVERYBODY,
    "inventory:identity_export": EVERYBODY,
    "inventory:identity_detail": WITH_OWNER,
    "inventory:policy_list": EVERYBODY,
    "inventory:policy_export": EVERYBODY,
    "inventory:finding_list": EVERYBODY,
    "inventory:finding_export": EVERYBODY,
    "inventory:finding_detail": WITH_OWNER,
    "inventory:finding_triage": ONLY_POST,
    "inventory:finding_triage_many": ONLY_POST,
    "inventory:first_look": EVERYBODY,
    "inventory:case_list": EVERYBODY,
    "inventory:finding_comment": ONLY_POST,
    "inventory:acceptance_ask": ONLY_POST,
    "inventory:acceptance_list": EVERYBODY,
    "inventory:acceptance_export": EVERYBODY,
    "inventory:acceptance_decide": ONLY_POST,
    "inventory:acceptance_withdraw": ONLY_POST,
    "inventory:acceptance_end": ONLY_POST,
    "inventory:remediation_list": EVERYBODY,
    "inventory:remediation_export": EVERYBODY,
    "inventory:delegate_list": EVERYBODY,
    "inventory:delegate_export": EVERYBODY,
    "inventory:delegate_detail": WITH_OWNER,
    "inventory:delegate_register": ONLY_POST,
    "inventory:account_verify": ONLY_POST,
    "inventory:vendor_list": EVERYBODY,
    "inventory:vendor_export": EVERYBODY,
    "inventory:vendor_detail": WITH_OWNER,
    "inventory:vendor_add": READERS_REFUSED | MAY_MANAGE_VENDORS,
    "inventory:vendor_edit": READERS_REFUSED | MAY_MANAGE_VENDORS,
    "inventory:vendor_suggestions": READERS_REFUSED | MAY_MANAGE_VENDORS,
    "inventory:vendor_suggestion_accept": ONLY_POST,
    "inventory:vendor_contact_add": ONLY_POST,
    "inventory:vendor_contact_remove": ONLY_POST,
    "inventory:vendor_attach": ONLY_POST,
    "inventory:vendor_detach": ONLY_POST,
    "inventory:sending_name_list": EVERYBODY,
    "inventory:sending_name_export": EVERYBODY,
    "inventory:suggested_name_list": EVERYBODY,
    "inventory:suggested_name_export": EVERYBODY,
    "inventory:sending_name_detail": WITH_OWNER,
    "inventory:sending_name_add": READERS_REFUSED | MAY_MANAGE_NAMES,
    "inventory:sending_name_change": ONLY_POST,
    "inventory:sending_name_remove": ONLY_POST,
    "inventory:saved_view_add": ONLY_POST,
    "inventory:saved_view_change": ONLY_POST,
    "inventory:token_list": EVERYBODY,
    # Who has a password is asked for it once more: tests/pages/test_tokens.py. These people have none.
    "inventory:token_add": EVERYBODY,
    "inventory:token_revoke": ONLY_POST,
    "inventory:search": EVERYBODY,
    "inventory:laboratory": EVERYBODY | {NOBODY: 404},
    "inventory:account_list": READERS_ONLY,
    "inventory:account_export": READERS_ONLY,
    "inventory:account_detail": READERS_ONLY,
    "inventory:account_edit": READERS_REFUSED | MAY_MANAGE_NAMES,
    "inventory:account_keep": ONLY_POST,
    "inventory:account_check": ONLY_POST,
    "inventory:account_import": ONLY_POST,
    "inventory:scope_declare": ONLY_POST,
    "inventory:scope_withdraw": ONLY_POST,
    "inventory:connect": READERS_REFUSED | MAY_MANAGE_NAMES,
    "inventory:discovery_start": ONLY_POST,
    "inventory:discovery_progress": READERS_REFUSED | dict.fromkeys(MAY_START, 286),
    "inventory:check_start": ONLY_POST,
    "inventory:check_progress": READERS_REFUSED | dict.fromkeys(MAY_START, 286),
    "inventory:run_export": READERS_ONLY,
    "inventory:run_list": READERS_ONLY,
    "inventory:run_detail": READERS_ONLY,
    "inventory:run_line": READERS_ONLY | dict.fromkeys([role.value for role in READERS], 286),
    "inventory:run_progress": READERS_ONLY | dict.fromkeys([role.value for role in READERS], 286),
    "inventory:notice_list": EVERYBODY,
    "inventory:notice_read": ONLY_POST,
    "inventory:notice_choose": ONLY_POST,
    "inventory:delivery_list": AUDIT_READERS,
    "inventory:delivery_export": AUDIT_READERS,
    "inventory:delivery_detail": AUDIT_READERS,
    "inventory:delivery_send": ONLY_POST,
    "inventory:audit_list": AUDIT_READERS,
    "inventory:audit_export": AUDIT_READERS,
    "inventory:audit_detail": AUDIT_READERS,
    "inventory:setting_list": AUDIT_READERS,
    "inventory:setting_change": ADMIN_ONLY,
    "inventory:identity_owner": WITH_OWNER,
    "inventory:identity_hand_on": POST_ONLY,
    "inventory:identity_acting": POST_ONLY,
    "inventory:ownerless_list": READERS_ONLY,
    "inventory:ownerless_export": READERS_ONLY,
    "inventory:claimable_list": OWNERS_ONLY,
    "inventory:claim_new": OWNERS_ONLY,
    "inventory:claim_inbox": EVERYBODY | {NOBODY: 404},
    "inventory:claim_decide": POST_ONLY,
    "inventory:claim_withdraw": POST_ONLY,
    "inventory:assignment_end": POST_ONLY,
    "inventory:owner_rule_list": READERS_ONLY,
    "inventory:owner_rule_preview": READERS_ONLY | {Role.VIEWER: 403, Role.VENDOR_MANAGER: 403, Role.AUDITOR: 403},
    "inventory:owner_rule_move": POST_ONLY,
    "inventory:owner_rule_end": POST_ONLY,
    "inventory:tag_pack": READERS_ONLY,
    "inventory:tag_pack_download": READERS_ONLY,
    "inventory:deputy_list": EVERYBODY | {NOBODY: 404},
    "inventory:deputy_add": dict.fromkeys(PEOPLE, 404) | {ANONYMOUS: 302, "owner": 200, Role.ADMIN: 200},
    "inventory:deputy_end": POST_ONLY,
    "inventory:person_list": AUDIT_READERS,
    "inventory:person_export": AUDIT_READERS,
    "inventory:person_add": ADMIN_ONLY,
    "inventory:person_detail": AUDIT_READERS,
    "inventory:person_state": POST_ONLY,
    "inventory:person_second_factor": POST_ONLY,
    "inventory:team_list": AUDIT_READERS,
    "inventory:team_export": AUDIT_READERS,
    "inventory:team_add": ADMIN_ONLY,
    "inventory:team_detail": AUDIT_READERS | {"owner": 200},
    "inventory:team_state": POST_ONLY,
    "approvals:inbox": EVERYBODY,
    "approvals:inbox_decide": POST_ONLY,
    "approvals:request_list": EVERYBODY,
    "approvals:request_export": EVERYBODY,
    "approvals:request_detail": WITH_OWNER,
    "approvals:request_decide": POST_ONLY,
    "approvals:grant_list": EVERYBODY,
    "approvals:grant_export": EVERYBODY,
    "approvals:grant_calendar": EVERYBODY,
    "approvals:grant_detail": WITH_OWNER,
    "approvals:grant_revoke": POST_ONLY,
    "approvals:grant_suspend": POST_ONLY,
    "approvals:grant_reinstate": POST_ONLY,
    "approvals:contain": READERS_REFUSED | {"stranger": 404, "owner": 200, Role.SECURITY: 200},
    "approvals:containment_detail": WITH_OWNER,
    # Only whoever of security asked for it breaks the glass for it.
    "approvals:request_break_glass": READERS_REFUSED | {"owner": 403},
    "approvals:request_stand_in": POST_ONLY,
    "approvals:offboarding_list": READERS_ONLY,
    "approvals:offboarding_export": READERS_ONLY,
    "approvals:offboarding_detail": READERS_ONLY,
    "approvals:offboarding_close": POST_ONLY,
    "approvals:offboarding_letter": READERS_ONLY,
    "approvals:offboarding_letter_text": READERS_ONLY,
    "approvals:offboarding_start": READERS_REFUSED | dict.fromkeys((Role.SECURITY, Role.VENDOR_MANAGER), 200),
    "approvals:grant_will_not_renew": POST_ONLY,
    "approvals:task_list": EVERYBODY,
    "approvals:task_export": EVERYBODY,
    "approvals:task_detail": WITH_OWNER,
    "approvals:task_pack": WITH_OWNER,
    "approvals:task_take": POST_ONLY,
    "approvals:task_say_applied": POST_ONLY,
    "approvals:task_cancel": POST_ONLY,
    "approvals:task_declare_code": POST_ONLY,
    "approvals:task_end_code": POST_ONLY,
    # Who asks, edits and adopts what: tests/approvals/test_request_form.py and test_adoption.py.
    "approvals:adoption": EVERYBODY | {NOBODY: 404},
    "approvals:adoption_vendor": WITH_OWNER,
    "approvals:adoption_account": WITH_OWNER,
    "approvals:request_new": ASKERS,
    "approvals:request_edit": NOT_THE_ASKER,
    "approvals:request_withdraw": POST_ONLY,
    "approvals:grant_renew": ASKERS_OF_A_GRANT,
    "approvals:grant_modify": ASKERS_OF_A_GRANT,
    "approvals:review_item_list": WITH_OWNER,
    "approvals:review_item_export": WITH_OWNER,
    "approvals:review_item_detail": WITH_OWNER,
    # Whoever has something left is led to it.
    "approvals:review_next": WITH_OWNER | {"owner": 302},
    "approvals:review_item_decide": POST_ONLY,
    "approvals:review_certify": POST_ONLY,
    "approvals:review_hand_on": POST_ONLY,
    "approvals:campaign_list": EVERYBODY,
    "approvals:campaign_export": EVERYBODY,
    "approvals:campaign_new": READERS_REFUSED | {Role.SECURITY: 200},
    "approvals:campaign_detail": WITH_OWNER,
    "approvals:campaign_change": READERS_REFUSED | {Role.SECURITY: 200},
    "approvals:campaign_stage": POST_ONLY,
    "approvals:campaign_unstage": POST_ONLY,
    "approvals:campaign_activate": POST_ONLY,
    "approvals:campaign_cancel": POST_ONLY,
    "approvals:campaign_sign": POST_ONLY,
    "approvals:campaign_close": POST_ONLY,
    "approvals:campaign_seal": POST_ONLY,
    "approvals:pack_download": AUDIT_READERS,
    # By GET nothing is started: who may see runs learns that only POST is taken.
    "inventory:run_start": dict.fromkeys(PEOPLE[1:], 405) | {ANONYMOUS: 302},
}
# The other forms of a list's file answer as its CSV does.
FORMS = ("_xlsx", "_json")
# Before sign-in, or about oneself: django-allauth answers for them, tests/pages/test_sign_in.py speaks of them.
OF_SIGN_IN = ("account_", "mfa_", "socialaccount_", "company_")
# For machines: no person, no session.
OF_MACHINES = ("health_", "api", "metrics")


def _names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            space = f"{prefix}{each.namespace}:" if each.namespace else prefix
            yield from _names(each.url_patterns, space)
        else:
            yield f"{prefix}{each.name}"


def _arguments(world: estate.Estate) -> dict[str, list[object]]:
    case, review = _offboarded(), _reviewed()
    grant = granted_on(world.shop, world.team, world.vendor)
    return {
        "approvals:grant_detail": [grant.pk],
        "approvals:request_detail": [grant.line.request_id],
        "approvals:request_decide": [grant.line.request_id],
        "approvals:grant_revoke": [grant.pk],
        "approvals:grant_suspend": [grant.pk],
        "approvals:grant_reinstate": [grant.pk],
        "approvals:contain": [world.shop.delegations.get(account_id="999988887777").pk],
        "approvals:containment_detail": [_contained(world).pk],
        "approvals:request_break_glass": [grant.line.request_id],
        "approvals:request_stand_in": [grant.line.request_id],
        "approvals:offboarding_detail": [case.pk],
        "approvals:offboarding_close": [case.pk],
        "approvals:offboarding_letter": [case.pk],
        "approvals:offboarding_letter_text": [case.pk],
        "approvals:offboarding_start": [world.vendor.pk],
        "approvals:grant_will_not_renew": [grant.pk],
        **{
            f"approvals:task_{name}": [grant.change_tasks.get().pk]
            for name in ("detail", "pack", "take", "say_applied", "cancel", "declare_code", "end_code")
        },
        **{f"approvals:campaign_{name}": [review.pk] for name in _OF_A_REVIEW},
        **{f"approvals:review_{name}": [review.pk] for name in _OF_ITEMS},
        **{f"approvals:review_item_{name}": [review.items.all()[0].pk] for name in ("detail", "decide")},
        "approvals:pack_download": [EvidencePack.objects.get().pk],
        "inventory:identity_detail": [world.shop.pk],
        "inventory:finding_detail": [world.finding.pk],
        "inventory:finding_triage": [world.finding.pk],
        "inventory:finding_comment": [world.finding.pk],
        "inventory:saved_view_change": [1],
        "inventory:acceptance_ask": [world.finding.pk],
        "inventory:acceptance_decide": [1],
        "inventory:acceptance_withdraw": [1],
        "inventory:acceptance_end": [1],
        "inventory:delivery_detail": [builders.delivery().pk],
        "inventory:delivery_send": [builders.delivery().pk],
        "inventory:delegate_detail": ["999988887777"],
        "inventory:account_detail": [world.shop.scope.account.account_id],
        "inventory:account_edit": [world.shop.scope.account.account_id],
        "inventory:account_keep": [world.shop.scope.account.account_id],
        "inventory:account_check": [world.shop.scope.account.account_id],
        "inventory:scope_declare": [world.shop.scope.account.account_id],
        "inventory:scope_withdraw": [1],
        "inventory:delegate_register": ["999988887777"],
        "inventory:account_verify": ["444455556666"],
        "approvals:adoption_vendor": [world.vendor.pk],
        "approvals:adoption_account": ["444455556666"],
        "approvals:request_edit": [grant.line.request_id],
        "approvals:request_withdraw": [1],
        "approvals:grant_renew": [grant.pk],
        "approvals:grant_modify": [grant.pk],
        "inventory:vendor_detail": [world.vendor.pk],
        "inventory:vendor_edit": [world.vendor.pk],
        "inventory:vendor_contact_add": [world.vendor.pk],
        "inventory:vendor_contact_remove": [world.vendor.pk, 1],
        "inventory:vendor_attach": [world.vendor.pk],
        "inventory:vendor_detach": [world.vendor.pk, "444455556666"],
        "inventory:sending_name_detail": [world.shop.sending_name],
        "inventory:sending_name_change": [world.name.pk],
        "inventory:sending_name_remove": [world.name.pk],
        "inventory:token_revoke": [1],
        "inventory:run_detail": [world.run.pk],
        "inventory:audit_detail": [written(1)[0].pk],
        "inventory:setting_change": ["owners"],
        "inventory:identity_owner": [world.shop.pk],
        "inventory:identity_hand_on": [world.shop.pk],
        "inventory:identity_acting": [world.shop.pk],
        "inventory:claim_new": [Identity.objects.get(owner_team=None).pk],
        "inventory:claim_decide": [1],
        "inventory:claim_withdraw": [1],
        "inventory:assignment_end": [1],
        "inventory:owner_rule_move": [1],
        "inventory:owner_rule_end": [1],
        "inventory:deputy_add": ["team", world.team.pk],
        "inventory:deputy_end": [1],
        "inventory:person_detail": [User.objects.order_by("pk")[0].pk],
        "inventory:person_state": [1],
        "inventory:person_second_factor": [1],
        "inventory:team_detail": [world.team.pk],
        "inventory:team_state": [1],
        "inventory:run_line": [world.run.pk],
        "inventory:run_progress": [world.run.pk],
    }


def _offboarded() -> Offboarding:
    """A vendor that has nothing, and a letter that says so."""
    security = builders.user(Role.SECURITY)
    yesterday = (builders.NOW - timedelta(days=1)).date()
    case = open_case(
        builders.vendor(name="Left").pk, ends_on=yesterday, reason="Over.", acting_user=security, at=builders.NOW
    )
    return close_case(case.pk, exceptions="They had no account.", acting_user=security, at=builders.NOW)


_OF_ITEMS = ("item_list", "item_export", "item_export_xlsx", "item_export_json", "next", "certify", "hand_on")
_OF_A_REVIEW = ("detail", "change", "stage", "unstage", "activate", "cancel", "sign", "close", "seal")


def _reviewed() -> Campaign:
    """A review that asks the owner something, with a sealed pack of it."""
    by = builders.user(Role.SECURITY)
    campaign = create_campaign(cases.asked(), acting_user=by, at=builders.NOW)
    stage(campaign.pk, acting_user=by, at=builders.NOW, override_reason="Not all of it was read in time.")
    begun = activate(campaign.pk, acting_user=by, at=builders.NOW)
    EvidencePack.objects.create(
        campaign=begun,
        edition=1,
        sealed_at=builders.NOW,
        pack_hash="0" * 64,
        head_position=1,
        head_hash="0" * 64,
        fingerprint="0" * 64,
        size=0,
    )
    return begun


def _contained(world: estate.Estate) -> Containment:
    security = builders.user(Role.SECURITY)
    return contain(world.shop.pk, "999988887777", reason="They were breached.", acting_user=security, at=builders.NOW)


def _client(kind: str, world: estate.Estate) -> Client:
    if kind == ANONYMOUS:
        return Client()
    if kind == NOBODY:
        return client_of()
    if kind == "stranger":
        return client_of(Role.OWNER, teams=[builders.team()])
    if kind == "owner":
        return client_of(Role.OWNER, teams=[world.team])
    return client_of(kind)


def _walked() -> set[str]:
    names = _names(get_resolver().url_patterns)
    return {name for name in names if not name.startswith((*OF_SIGN_IN, *OF_MACHINES))}


def test_every_address_is_in_the_table():
    assert {name for name in _walked() if not name.endswith(FORMS)} == set(EXPECTED)


def test_every_address_answers_every_role_as_the_table_says():
    world = estate.build()
    clients = {kind: _client(kind, world) for kind in PEOPLE}
    arguments = _arguments(world)
    table = EXPECTED | {name: EXPECTED[name[: -len(FORMS[0])]] for name in _walked() if name.endswith(FORMS)}
    urls = {name: reverse(name, args=arguments.get(name, ())) for name in table}
    answers = {
        (name, kind): client.get(url).status_code for kind, client in clients.items() for name, url in urls.items()
    }
    expected = {(name, kind): status for name, row in table.items() for kind, status in row.items()}
    assert answers == expected


def test_only_security_and_administrators_start_a_run():
    world = estate.build()
    for kind in PEOPLE:
        before = CollectionRun.objects.count()
        status = _client(kind, world).post(reverse("inventory:run_start")).status_code
        started = CollectionRun.objects.count() - before
        if kind in MAY_START:
            assert (status, started) == (302, 1), kind
            CollectionRun.objects.unfinished().update(state=CollectionRun.State.FINISHED)
        else:
            refused = 302 if kind == ANONYMOUS else 404 if kind in (NOBODY, "stranger", "owner") else 403
            assert (status, started) == (refused, 0), kind


def test_an_owner_sees_what_their_team_owns_and_nothing_else():
    world = estate.build()
    other = builders.identity(name="other.example.net")
    client = client_for(builders.user(Role.OWNER, teams=[world.team]))
    listed = client.get(reverse("inventory:identity_list")).content.decode()
    assert world.shop.name in listed
    assert other.name not in listed
    assert client.get(reverse("inventory:identity_detail", args=[other.pk])).status_code == 404


def test_somebody_who_was_deactivated_sees_nothing():
    user = builders.user(Role.ADMIN)
    client = client_for(user)
    user.is_active = False
    user.save()
    assert client.get(reverse("dashboard")).status_code == 302

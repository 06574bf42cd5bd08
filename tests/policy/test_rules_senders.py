"""Who outside can send: each rule fires on its case and keeps silent on the case beside it."""

import pytest

from inventory.policy.delegations import Channel, Limit
from inventory.policy.reach import Reach
from inventory.policy.rules import Severity, judge
from inventory.policy.trust import Trust
from tests.policy.rule_builders import FROM_ALL, FROM_NETWORK, FROM_ONE, STRANGER, delegation, facts, fired, only, role
from tests.policy.rule_builders import subject as identity

UNKNOWN = Trust.UNKNOWN
TO_ONE = Limit("recipients", "ses:Recipients", "ForAllValues:StringLike", ("*@example.org",))
NOT_ADMIN = Limit("from_address", "ses:FromAddress", "StringNotLike", ("*admin*",))
DISPLAY = Limit("from_display_name", "ses:FromDisplayName", "StringEquals", ("Shop",))


def public(*limits, **fields):
    return delegation(Reach.PUBLIC, UNKNOWN, limits=limits, **fields)


def test_one_role_of_a_partner_with_address_and_network_fires_nothing():
    assert fired(identity(role()), hints=True) == set()


@pytest.mark.parametrize(
    ("limits", "rule_id"),
    [
        ((), "public-send"),
        ((FROM_ALL,), "public-send"),
        ((FROM_NETWORK,), "public-send"),
        ((DISPLAY,), "public-send"),
        ((FROM_ONE,), "public-send-limited"),
        ((TO_ONE,), "public-send-limited"),
    ],
)
def test_public_is_limited_only_by_an_address_or_recipients_that_hold(limits, rule_id):
    assert fired(identity(public(*limits))) == {rule_id}


def test_a_limit_is_named_in_the_sentence():
    found = only(identity(public(FROM_ONE, TO_ONE)), "public-send-limited")
    assert found.text == (
        "Anyone with an AWS account can send as mail.example.com, "
        "but only from news@mail.example.com, to *@example.org."
    )
    assert found.severity is Severity.HIGH


def test_public_without_sending_is_not_sending():
    assert fired(identity(public(action_classes=("template",), actions=("ses:GetTemplate",)))) == set()


@pytest.mark.parametrize(
    ("reach", "rule_id", "severity"),
    [
        (Reach.PUBLIC, "public-send", Severity.CRITICAL),
        (Reach.UNDETERMINED, "undetermined-send", Severity.HIGH),
        (Reach.NETWORK, "network-only-send", Severity.HIGH),
    ],
)
def test_open_reaches_have_anyone_as_subject(reach, rule_id, severity):
    found = only(identity(delegation(reach, UNKNOWN, limits=(FROM_NETWORK,))), rule_id)
    assert (found.subject, found.severity, found.policy, found.statement) == ("*", severity, "partner", 0)


def test_a_statement_is_told_once_by_its_widest_reach():
    """Who lets in everybody directly also lets in every service: that is one fact, not two."""
    through_service = delegation(Reach.SERVICE_UNPINNED, UNKNOWN, channel=Channel.SERVICE, limits=())
    assert fired(identity(public(), through_service)) == {"public-send"}


def test_a_service_of_a_public_statement_is_not_told_whomever_it_acts_for():
    through_service = delegation(
        Reach.SERVICE, UNKNOWN, channel=Channel.SERVICE, services=("*",), accounts=(STRANGER,), limits=()
    )
    assert fired(identity(public(), through_service, name="example.com")) == {"public-send"}
    unlimited = delegation(Reach.SERVICE_UNPINNED, UNKNOWN, channel=Channel.SERVICE, limits=())
    assert fired(identity(public(), unlimited, name="example.com")) == {"public-send"}


def test_a_stranger_named_beside_everyone_is_told_as_well():
    assert fired(identity(public(), role(STRANGER, UNKNOWN))) == {"public-send", "unknown-account-send"}


def test_an_unpinned_service_of_another_statement_is_told_beside_a_public_one():
    service = delegation(
        Reach.SERVICE_UNPINNED, UNKNOWN, statement=1, services=("cognito-idp.amazonaws.com",), limits=(FROM_ONE,)
    )
    judged = identity(public(), service)
    assert fired(judged) == {"public-send", "service-unpinned"}
    assert only(judged, "service-unpinned").subject == "cognito-idp.amazonaws.com"


def test_a_pinned_service_of_our_own_account_fires_nothing():
    service = delegation(
        Reach.SERVICE, Trust.OWN, services=("cognito-idp.amazonaws.com",), accounts=("111111111111",), limits=()
    )
    assert fired(identity(service), hints=True) == set()


def test_a_service_pinned_to_an_unknown_account_is_an_unknown_sender():
    service = delegation(Reach.SERVICE, UNKNOWN, services=("cognito-idp.amazonaws.com",), accounts=(STRANGER,))
    found = only(identity(service), "unknown-account-send")
    assert found.subject == STRANGER
    assert found.text.startswith("cognito-idp.amazonaws.com acting for account 4444-5555-6666 can send")


@pytest.mark.parametrize(
    ("trust", "rule_id"),
    [
        (Trust.UNKNOWN, "unknown-account-send"),
        (Trust.FORMER, "former-delegate-send"),
        (Trust.PLACEHOLDER, "placeholder-account"),
    ],
)
def test_trust_decides_and_no_two_fire(trust, rule_id):
    assert fired(identity(role(STRANGER, trust))) == {rule_id}


@pytest.mark.parametrize("trust", [Trust.PARTNER, Trust.ORGANIZATION])
def test_known_accounts_are_no_unknown_senders(trust):
    assert fired(identity(role(STRANGER, trust))) == set()


def test_each_account_of_a_list_is_a_finding_of_its_own():
    several = delegation(Reach.ACCOUNT, UNKNOWN, accounts=(STRANGER, "777788889999"))
    judged = identity(several)
    subjects = {each.subject for each in _of(judged, "unknown-account-send")}
    assert subjects == {STRANGER, "777788889999"}


def test_a_role_is_found_under_its_account_and_named_with_the_account_that_people_know():
    found = only(
        identity(role(STRANGER, Trust.FORMER), delegates=facts(STRANGER, vendor="Lettercraft")), "former-delegate-send"
    )
    assert found.subject == STRANGER
    assert found.text == (
        "The role mailer of Lettercraft (account 4444-5555-6666) can send as news@mail.example.com; "
        "that relationship has ended."
    )


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ((), "any address at mail.example.com;"),
        ((FROM_ALL,), "any address at mail.example.com;"),
        ((FROM_ONE,), "news@mail.example.com;"),
        ((NOT_ADMIN,), "any address at mail.example.com other than *admin*;"),
    ],
)
def test_the_sentence_says_as_whom(limits, words):
    found = only(identity(role(STRANGER, UNKNOWN, limits=limits)), "unknown-account-send")
    assert f"can send as {words}" in found.text


def test_a_principal_without_account_is_found_under_its_id():
    by_id = delegation(Reach.PRINCIPAL, UNKNOWN, accounts=(), principals=("AROAEXAMPLEOFARO12345",))
    assert only(identity(by_id), "unknown-account-send").subject == "AROAEXAMPLEOFARO12345"


def test_a_principal_by_id_of_a_known_account_is_found_under_the_account():
    by_id = delegation(Reach.PRINCIPAL, UNKNOWN, accounts=(STRANGER,), principals=("AROAEXAMPLEOFARO12345",))
    assert only(identity(by_id), "unknown-account-send").subject == STRANGER


def test_a_service_pinned_to_an_organization_is_found_under_it():
    service = delegation(Reach.SERVICE, UNKNOWN, services=("*",), organizations=("o-theirs",))
    found = only(identity(service), "unknown-account-send")
    assert found.subject == "o-theirs"
    assert found.text.startswith("Any AWS service acting for organization o-theirs")


def test_an_organization_is_wide_whoever_it_is_and_unknown_where_nobody_knows_it():
    ours = delegation(Reach.ORGANIZATION, Trust.ORGANIZATION, organizations=("o-ours",))
    theirs = delegation(Reach.ORGANIZATION, UNKNOWN, organizations=("o-theirs",))
    assert fired(identity(ours)) == {"organization-wide-delegate"}
    assert fired(identity(theirs)) == {"organization-wide-delegate", "unknown-account-send"}
    assert only(identity(theirs), "unknown-account-send").subject == "o-theirs"


@pytest.mark.parametrize("reach", [Reach.SELF, Reach.INERT])
def test_self_and_inert_fire_no_rule_about_outsiders(reach):
    """An own ``*`` with aws:PrincipalAccount of the owner is reach self."""
    silent = delegation(
        reach,
        Trust.OWN if reach is Reach.SELF else None,
        accounts=(),
        limits=(),
        action_classes=("send", "policy-admin", "identity-admin"),
        actions=("ses:SendEmail", "ses:PutIdentityPolicy"),
    )
    assert fired(identity(silent, environment="production", name="example.com"), hints=True) == set()


def test_the_same_fact_over_two_channels_is_one_finding():
    judged = identity(role(STRANGER, UNKNOWN), role(STRANGER, UNKNOWN, channel=Channel.VPC_ENDPOINT))
    assert len(_of(judged, "unknown-account-send")) == 1


def _of(judged, rule_id):
    return [each for each in judge(judged) if each.rule_id == rule_id]

"""Owner rules: which identities they give to whom, in which order, and what follows at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.models import AuditEvent, Identity, IdentityState, OwnerRule
from inventory.services.judging.reevaluation import judge_due, reevaluate
from inventory.services.owners.owner_matching import is_below
from inventory.services.owners.owner_rules import add_owner_rule, end_owner_rule, move_owner_rule, preview
from inventory.services.owners.reassignment import reassign_owners
from inventory.services.refusals import ConflictError, RefusedError
from tests import builders

pytestmark = pytest.mark.django_db
NOW = builders.NOW
Kind = OwnerRule.Kind


def add(value="shop.example.com", owner=None, kind=Kind.DOMAIN_SUFFIX, position=None):
    return add_owner_rule(
        kind=kind, value=value, owner=owner or builders.team(), position=position, acting_user=None, at=NOW
    )


@pytest.mark.parametrize("is_own_team", [True, False])
def test_nobody_makes_themselves_an_owner_by_a_rule(is_own_team):
    team, other = builders.team(), builders.team()
    user = builders.user("security", "owner", teams=[team])
    identity = builders.identity(name="shop.example.com")
    with pytest.raises(RefusedError, match="to themselves"):
        add_owner_rule(
            kind="domain_suffix",
            value="shop.example.com",
            owner=team if is_own_team else user,
            acting_user=user,
            at=NOW,
        )
    add("example.com", other)
    own = add("shop.example.com", team)
    with pytest.raises(RefusedError, match="to themselves"):
        move_owner_rule(rule=own, position=1, acting_user=user, at=NOW)
    assert owner_of(identity) == (other, "rule")


def owner_of(identity):
    found = Identity.objects.get(pk=identity.pk)
    return found.owner, found.owner_source


@pytest.mark.parametrize(
    "name",
    ["shop.example.com", "mail.shop.example.com", "a@shop.example.com", "a@b.shop.example.com", "SHOP.example.com"],
)
def test_a_domain_rule_fits_the_domain_and_all_below_it(name):
    team, known = builders.team(), builders.identity(name=name)
    rule = add(owner=team)
    assert owner_of(known) == (team, "rule")
    assert Identity.objects.get().owner_rule == rule


@pytest.mark.parametrize("name", ["workshop.example.com", "example.com", "shop.example.com.evil.org", "a@example.com"])
def test_a_domain_rule_stops_at_the_label(name):
    known = builders.identity(name=name)
    add()
    assert owner_of(known) == (None, "none")


def test_an_account_rule_and_a_unit_rule_fit_where_the_account_stands():
    account = builders.account(ou_path="o-abcdefghij/r-ab12/ou-ab12-11111111/ou-ab12-22222222/")
    known = builders.identity(scope=builders.scope(account=account))
    by_unit, by_account = builders.team(), builders.team()
    rule = add("ou-ab12-11111111", by_unit, Kind.OU)
    assert owner_of(known) == (by_unit, "rule")
    add(
        f"{account.account_id[:4]}-{account.account_id[4:8]}-{account.account_id[8:]}",
        by_account,
        Kind.ACCOUNT,
        position=1,
    )
    assert owner_of(known) == (by_account, "rule")
    move_owner_rule(rule=rule, position=1, acting_user=None, at=NOW)
    assert owner_of(known) == (by_unit, "rule")


@pytest.mark.parametrize(
    ("unit", "is_in"),
    [
        ("r-ab12", True),
        ("ou-ab12-22222222", True),
        ("o-abcdefghij/r-ab12/ou-ab12-11111111", True),
        ("o-abcdefghij/r-ab12/ou-ab12-22222222", False),
        ("ou-ab12-2222222", False),
        ("o-abcdefghik", False),
    ],
)
def test_a_unit_is_a_step_or_a_stretch_of_the_path(unit, is_in):
    assert is_below("o-abcdefghij/r-ab12/ou-ab12-11111111/ou-ab12-22222222/", unit) is is_in
    assert not is_below("", unit)


def test_a_tag_goes_before_a_rule_and_a_rule_before_the_account():
    tagged, ruled, of_account = builders.team(name="Tagged"), builders.team(), builders.team()
    place = builders.scope(account=builders.account(owner_team=of_account))
    with_tag = builders.identity(name="a.shop.example.com", scope=place, tags={"owner": "tagged"})
    with_bad_tag = builders.identity(name="b.shop.example.com", scope=place, tags={"owner": "who"})
    elsewhere = builders.identity(name="example.net", scope=place)
    add(owner=ruled)
    assert owner_of(with_tag) == (tagged, "tag")
    assert owner_of(with_bad_tag) == (ruled, "rule")
    assert Identity.objects.get(pk=with_bad_tag.pk).owner_tag_value == "who"
    assert owner_of(elsewhere) == (of_account, "account")


def test_the_first_that_fits_decides_and_one_whose_owner_left_is_not_asked():
    first, second = builders.team(), builders.team()
    known = builders.identity(name="mail.shop.example.com")
    add("mail.shop.example.com", first)
    add("shop.example.com", second)
    assert owner_of(known) == (first, "rule")
    first.is_active = False
    first.save()
    reassign_owners(at=NOW)
    assert owner_of(known) == (second, "rule")


def test_what_a_rule_gave_falls_back_when_it_ends():
    known, team = builders.identity(name="shop.example.com"), builders.team()
    rule = add(owner=team)
    later = NOW.replace(day=3)
    end_owner_rule(rule=rule, acting_user=None, at=later)
    assert owner_of(known) == (None, "none")
    states = [(state.owner_team, state.from_at, state.to_at) for state in known.states.order_by("from_at", "pk")]
    assert states[1:] == [(team, NOW, later), (None, later, None)]
    assert list(AuditEvent.objects.filter(object_type="ownerrule").order_by("pk").values_list("action", flat=True)) == [
        "ownerrule.added",
        "ownerrule.ended",
    ]
    with pytest.raises(ConflictError):
        end_owner_rule(rule=rule, acting_user=None, at=later)
    with pytest.raises(ConflictError):
        move_owner_rule(rule=rule, position=1, acting_user=None, at=later)


def test_places_have_no_gaps():
    rules = [add(f"{name}.example.com") for name in "abcd"]
    move_owner_rule(rule=rules[3], position=1, acting_user=None, at=NOW)
    end_owner_rule(rule=rules[0], acting_user=None, at=NOW)
    add("e.example.com", position=2)
    live = list(OwnerRule.objects.live().values_list("value", "position"))
    assert live == [("d.example.com", 1), ("e.example.com", 2), ("b.example.com", 3), ("c.example.com", 4)]


@pytest.mark.parametrize(
    ("kind", "value", "field"),
    [
        (Kind.DOMAIN_SUFFIX, "com", "value"),
        (Kind.DOMAIN_SUFFIX, "shop example.com", "value"),
        (Kind.DOMAIN_SUFFIX, "", "value"),
        (Kind.DOMAIN_SUFFIX, "x" * 600, "value"),
        (Kind.ACCOUNT, "123", "value"),
        (Kind.ACCOUNT, "999999999999", "value"),
        (Kind.OU, "marketing", "value"),
        (Kind.OU, "", "value"),
        ("planet", "mars", "kind"),
    ],
)
def test_a_value_that_can_match_nothing_is_refused(kind, value, field):
    with pytest.raises(RefusedError) as refusal:
        add(value, kind=kind)
    assert refusal.value.field == field
    assert not OwnerRule.objects.exists()


def test_a_second_rule_for_the_same_and_a_team_that_left_are_refused():
    add("*.Shop.example.com.")
    with pytest.raises(RefusedError, match="a rule for this already"):
        add()
    with pytest.raises(RefusedError, match="no longer active"):
        add("example.net", builders.team(is_active=False))


def test_the_preview_says_what_the_rule_would_own():
    builders.team(name="Tagged")
    builders.identity(name="a.shop.example.com", tags={"owner": "tagged"})
    builders.identity(name="b.shop.example.com")
    builders.identity(name="c.shop.example.com")
    builders.identity(name="example.net")
    add("c.shop.example.com")
    reach = preview(kind=Kind.DOMAIN_SUFFIX, value="*.shop.example.com")
    assert (reach.matches, reach.owns) == (3, 1)
    assert dict(reach.by_source) == {"tag": 1, "none": 1, "rule": 1}
    assert preview(kind=Kind.DOMAIN_SUFFIX, value="shop.example.com", position=1).owns == 2
    assert OwnerRule.objects.count() == 1


def test_many_identities_take_as_many_statements_as_one():
    place = builders.scope()
    builders.identity(scope=place, name="one.shop.example.com")
    with CaptureQueriesContext(connection) as one:
        add("one.shop.example.com")
    for number in range(40):
        builders.identity(scope=place, name=f"n{number}.many.example.com")
    with CaptureQueriesContext(connection) as many:
        add("many.example.com")
    assert IdentityState.objects.filter(owner_source="rule", to_at=None).count() == 41
    assert AuditEvent.objects.filter(action="identity.reassigned").count() == 41
    assert len(many) == len(one)


def test_findings_follow_the_new_owner():
    brightmail = builders.account(relationship="partner", owner_team=builders.team(name="Brightmail desk"))
    paper = builders.account(relationship="partner", owner_team=builders.team(name="Paper desk"))
    known = builders.identity(name="shop.example.com")
    text = builders.document(
        builders.allow(
            {"AWS": [f"arn:aws:iam::{each.account_id}:role/mailer" for each in (brightmail, paper)]}, known.arn
        )
    )
    builders.policy(text=text, identity=known)
    reevaluate(at=NOW)
    shared = known.findings.get(rule_id="shared-identity")
    assert shared.presence == "present"
    add(owner=brightmail.owner_team)
    assert Identity.objects.get().is_judgement_due
    judge_due(at=NOW)
    shared.refresh_from_db()
    assert (shared.presence, Identity.objects.get().is_judgement_due) == ("absent", False)

"""Figures: values from the database, and each link leads to a list of exactly the length it names."""

import html
import re
from datetime import timedelta

import pytest

from inventory.models import FindingEpisode, Role, User
from inventory.populations import names_everyone
from sesgov import figures
from sesgov.figures import Facts, Figure
from sesgov.figures.snapshots import fill_snapshots
from tests import builders
from tests.builders import NOW
from tests.pages import estate
from tests.pages.clients import client_for, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


def _figures(user: User) -> dict[str, Figure]:
    return {figure.key: figure for figure in figures.all_figures(Facts(user, NOW))}


@pytest.mark.parametrize("role", [Role.SECURITY, Role.OWNER, Role.VIEWER])
def test_each_link_leads_to_a_list_of_that_length(role):
    world = estate.build()
    for reach, trust in (("public", "unknown"), ("organization", "organization"), ("undetermined", "unknown")):
        builders.delegation(reach=reach, trust=trust, account_id="", principal="*")
    builders.delegation(
        account_id="123456789012", trust="placeholder", identity=builders.identity(owner_team=world.team)
    )
    builders.delegation(account_id="210987654321", can_send=False)
    _episode(-9, -3, is_baseline=True)
    came_back = builders.finding(presence="absent", identity=world.shop, subject="came back")
    for opened, closed in ((-60, -50), (-40, -10)):
        builders.episode(
            finding=came_back, opened_at=NOW + timedelta(days=opened), closed_at=NOW + timedelta(days=closed)
        )
    builders.finding(identity=world.shop, subject="late", first_opened_at=NOW - timedelta(days=70))
    accepted = {"disposition": "risk_accepted", "disposition_until": NOW.date() + timedelta(days=9)}
    builders.finding(identity=world.shop, subject="accepted", first_opened_at=NOW - timedelta(days=50), **accepted)
    user = builders.user(role, teams=[world.team])
    client = client_for(user)
    links = [link for figure in _figures(user).values() for link in figure.links]
    assert len(links) == 28
    for link in links:
        page = html.unescape(text_of(client, link.url))
        total = re.search(r'<strong class="figure">(\d+)</strong>', page)
        assert total is not None, link
        assert int(total[1]) == link.count, link


def test_posture_counts_identities_that_were_completely_seen():
    unseen = builders.scope(last_outcome="denied")
    builders.identity(scope=unseen)
    builders.identity()
    builders.identity()
    builders.delegation(trust="partner")
    posture = _figures(builders.user("viewer"))["posture"]
    assert (posture.value, posture.n) == ("66 %", 3)


def test_a_policy_that_could_not_be_judged_is_not_in_order():
    builders.delegation(reach="undetermined", can_send=False, account_id="", principal="*")
    assert _figures(builders.user("viewer"))["posture"].value == "0 %"


def test_posture_is_never_rounded_up_to_all():
    place = builders.scope()
    for _ in range(250):
        builders.identity(scope=place)
    builders.delegation(identity=builders.identity(scope=place))
    assert _figures(builders.user("viewer"))["posture"].value == "99 %"


def test_wildcards_are_counted_raw_and_public_apart():
    identity = builders.identity()
    for name, principal in (("limited", "*"), ("named", {"AWS": "111122223333"}), ("open", {"AWS": ["*"]})):
        text = builders.document(builders.allow(principal, identity.arn))
        builders.policy(identity=identity, name=name, text=text)
    builders.delegation(identity=identity, policy_name="open", account_id="", principal="*", reach="public")
    wildcards = _figures(builders.user("viewer"))["wildcards"]
    assert (wildcards.value, wildcards.n) == ("2", 3)
    assert [link.count for link in wildcards.links] == [2, 1]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ('{"Effect": "Allow", "Principal": "*"}', True),
        ('{"Effect": "Allow", "Principal": {"AWS": "\\u002a"}}', True),
        ('{"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}}', True),
        ('{"Effect": "Deny", "Principal": "*"}', False),
        ('{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/*"}}', False),
        ('{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Condition": {"StringLike": {"a": "*"}}}', False),
    ],
)
def test_a_wildcard_is_an_allow_that_names_everyone(statement, expected):
    assert names_everyone(f'{{"Statement": [{statement}]}}') is expected
    assert names_everyone(f'{{"Statement": {statement}}}') is expected


def test_a_policy_that_cannot_be_read_counts_as_a_wildcard_where_it_looks_like_one():
    identity = builders.identity()
    builders.policy(identity=identity, text='{"Statement": [{"Principal": "*"')
    assert _figures(builders.user("viewer"))["wildcards"].value == "1"


def test_strangers_are_accounts_and_not_delegations():
    for _ in range(3):
        builders.delegation(account_id="999988887777")
    builders.delegation(account_id="888877776666", trust="partner")
    strangers = _figures(builders.user("viewer"))["strangers"]
    assert (strangers.value, strangers.n) == ("1", 2)


def test_no_data_is_not_zero():
    values = {figure.value for figure in _figures(builders.user("viewer")).values()}
    assert values == {None}


def _episode(opened: int, closed: int, **fields: object) -> None:
    builders.episode(
        finding=builders.finding(presence="absent", subject=f"{opened}-{closed}"),
        opened_at=NOW + timedelta(days=opened),
        closed_at=NOW + timedelta(days=closed),
        **fields,
    )


def test_time_to_remediate_is_the_mean_of_what_was_fixed_in_the_window():
    _episode(-90, -80)
    _episode(-90, -50)
    _episode(-70, -65)
    _episode(-60, -30)
    _episode(-120, -80)
    _episode(-40, -35, reason=FindingEpisode.Reason.APPROVED)
    _episode(-200, -100)
    _episode(-60, -1, is_baseline=True)
    remediation = _figures(builders.user("viewer"))["remediation"]
    assert (remediation.value, remediation.n) == ("25.0 days", 5)
    assert remediation.is_met
    assert remediation.notes == (
        "median 30.0 days, 90 % within 40.0 days",
        "apart: 1 found by the first look, mean 59.0 days since then",
    )


def test_owners_by_tag_and_assigned_only_are_counted_apart():
    team, gone = builders.team(), builders.team(is_active=False)
    builders.identity(owner_team=team, owner_source="tag")
    builders.identity(owner_team=team, owner_source="account")
    builders.identity(owner_team=gone, owner_source="tag")
    builders.identity(owner_user=builders.user(is_active=False), owner_source="tag")
    builders.identity()
    owners = _figures(builders.user("viewer"))["owners"]
    assert (owners.value, owners.n) == ("40 %", 5)
    assert [link.count for link in owners.links] == [3, 1, 1]


def test_the_value_before_is_measured_at_that_instant():
    early = NOW - timedelta(days=60)
    place = builders.scope(baseline_at=early)
    identity = builders.identity(scope=place, first_seen_at=early)
    builders.delegation(identity=identity, first_seen_at=early)
    builders.delegation(identity=identity, policy_name="new", account_id="999988887777")
    identity.owner_team = builders.team()
    identity.save()
    fill_snapshots(until=NOW.date(), at=NOW)
    for person in (builders.user("viewer"), builders.user("owner", teams=[identity.owner_team])):
        strangers = _figures(person)["strangers"]
        assert (strangers.value, strangers.previous, strangers.direction) == ("2", "1", "worse"), person.roles


@pytest.mark.parametrize("role", ["viewer", "owner"])
def test_there_is_no_value_before_anybody_looked(role):
    team = builders.team()
    builders.delegation(identity=builders.identity(owner_team=team), first_seen_at=NOW - timedelta(days=60))
    fill_snapshots(until=NOW.date(), at=NOW)
    strangers = _figures(builders.user(role, teams=[team]))["strangers"]
    assert (strangers.value, strangers.previous, strangers.trend) == ("1", None, ())

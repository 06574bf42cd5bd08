"""Adoption: what is there already becomes a request, a task or a matter for security; each line by itself."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.models import ChangeTask, GrantRequest
from approvals.rules.adoption import Found, found_in
from approvals.services.matching.adoption import Adoptable, adoptable
from inventory.models import AuditEvent, Identity, Notice, Role
from inventory.policy.analysis import analyse
from inventory.policy.grants.coverage import Match, covers
from inventory.policy.trust import Registry, Trust
from tests import builders
from tests.approvals.cases import PARTNER, Estate
from tests.pages.clients import client_for, client_of

STRANGER = "999988887777"
ARN = "arn:aws:ses:eu-west-1:111111111111:identity/shop.example.com"
ROOT = f"arn:aws:iam::{PARTNER}:root"
ROLE = f"arn:aws:iam::{PARTNER}:role/mailer"
FROM = {"StringLike": {"ses:FromAddress": "*@news.shop.example.com"}}


def found(*statements: dict[str, Any]) -> list[Found]:
    """What can be adopted of a policy with these statements."""
    at = timezone.now()
    analysis = analyse(
        owner_account="111111111111",
        identity_arn=ARN,
        policies={"partner": builders.document(*statements)},
        registry=Registry(accounts={PARTNER: Trust.PARTNER}),
        at=at,
    )
    outside = [each for each in analysis.delegations if each.is_outside]
    return found_in(outside, identity_arn=ARN, ends_on=date(2027, 3, 31), time_zone="UTC", at=at)


@pytest.mark.parametrize(
    ("principal", "conditions", "expected"),
    [
        ({"AWS": ROOT}, {}, {"principals": (PARTNER,)}),
        ({"AWS": ROLE}, {}, {"principals": (ROLE,)}),
        ({"AWS": ROOT}, FROM, {"from_addresses": ("*@news.shop.example.com",)}),
        ({"AWS": ROOT}, {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {"networks": ("203.0.113.0/24",)}),
        ({"AWS": ROOT}, {"Bool": {"aws:SecureTransport": "true"}}, {"from_addresses": ()}),
        (
            {"AWS": ROOT},
            {"ForAllValues:StringLike": {"ses:Recipients": "*@example.com"}, "Null": {"ses:Recipients": "false"}},
            {"recipients": ("*@example.com",)},
        ),
        ({"AWS": ROOT}, {"StringNotLike": {"ses:FromAddress": "ceo@*"}}, None),
        ({"AWS": ROOT}, {"StringEquals": {"ses:FromDisplayName": "Shop"}}, None),
        ({"AWS": "*"}, {}, None),
        ({"AWS": f"arn:aws:iam::{STRANGER}:root"}, {}, None),
    ],
)
def test_terms_say_what_is_there_and_cover_it_or_security_has_it(principal, conditions, expected):
    lines = found(builders.allow(principal, ARN, Condition=conditions))
    assert all(bool(line.why_not) == (line.terms is None) for line in lines)
    for terms, part in ((line.terms, part) for line in lines for part in line.parts):
        said = Match() if terms is None else covers(terms, part, at=timezone.now())
        assert isinstance(said, Match) or said.is_only_in_time
    if expected is None:
        assert all(line.terms is None for line in lines)
    else:
        (line,) = lines
        assert {name: getattr(line.terms, name) for name in expected} == expected


def test_parties_with_equal_terms_are_one_line_and_others_stand_apart():
    lines = found(builders.allow({"AWS": [ROLE, f"{ROLE}2"]}, ARN), builders.allow({"AWS": ROOT}, ARN, Condition=FROM))
    kept = [line.terms.principals for line in lines if line.terms]
    assert sorted(kept) == [(PARTNER,), (ROLE, f"{ROLE}2")]


@pytest.fixture
def estate(db) -> Estate:
    made = Estate()
    made.vendor.contract_ends_on = day(60)
    made.vendor.save()
    let_in(made.identity, ROOT)
    return made


def day(number: int) -> date:
    """So many days from today, as the page counts them."""
    return timezone.localdate() + timedelta(days=number)


def let_in(identity: Identity, *principals: str, account: str = PARTNER, name: str = "partner") -> None:
    """A policy and the delegation that reconciliation makes of it."""
    text = builders.document(builders.allow({"AWS": list(principals)}, identity.arn))
    builders.policy(text=text, identity=identity, name=name)
    trust = "partner" if account == PARTNER else "unknown"
    reach = "public" if "*" in principals else "account"
    builders.delegation(
        identity=identity, account_id="" if "*" in principals else account, policy_name=name, trust=trust, reach=reach
    )


def lines_of(estate: Estate) -> list[Adoptable]:
    rows = Identity.objects.select_related("scope__account__organization").order_by("name")
    return adoptable(list(rows), accounts=[PARTNER], at=timezone.now())


def url(estate: Estate) -> str:
    return reverse("approvals:adoption_vendor", args=[estate.vendor.pk])


def answer(client: Client, estate: Estate, answers: list[tuple[Adoptable, str, date | None]], **more: str) -> Any:
    data = {"reason": "We still need the newsletter."} | more
    for line, said, until in answers:
        data |= {f"{line.key}-answer": said, f"{line.key}-until": until.isoformat() if until else ""}
    return client.post(url(estate), data)


def test_keep_asks_for_what_is_there_until_the_contract_ends_at_most(estate):
    (line,) = lines_of(estate)
    assert line.latest == day(60)
    client = client_for(estate.owner)
    assert answer(client, estate, [(line, "keep", day(60))]).status_code == 302
    request = GrantRequest.objects.get()
    assert (request.kind, request.state, request.vendor) == ("adopt", "pending", estate.vendor)
    assert request.lines.get().grant_terms.principals == (PARTNER,)
    page = client.get(url(estate)).content.decode()
    assert "Asked to be kept" in page
    assert answer(client, estate, [(line, "keep", day(50))]).status_code == 409
    assert GrantRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "until", "words"),
    [
        ("keep", day(61), "is the latest"),
        ("keep", day(-1), "is past"),
        ("end", day(-1), "is past"),
        ("keep", None, "Choose the day."),
    ],
)
def test_a_day_that_cannot_be_is_refused_at_its_line_and_nothing_is_kept(estate, said, until, words):
    before = AuditEvent.objects.count()
    response = answer(client_for(estate.owner), estate, [(lines_of(estate)[0], said, until)])
    assert response.status_code == 422
    assert words in response.content.decode()
    assert AuditEvent.objects.count() == before


def test_end_on_opens_a_task_for_that_day(estate):
    line, client = lines_of(estate)[0], client_for(estate.owner)
    answer(client, estate, [(line, "end", day(10))])
    assert answer(client, estate, [(line, "end", day(9))]).status_code == 409
    task = ChangeTask.objects.get()
    assert (task.kind, task.due_on, task.policy_name, task.principals) == ("remove", day(10), "partner", [PARTNER])
    assert AuditEvent.objects.filter(action="adoption.ended", actor=estate.owner).count() == 1
    assert not GrantRequest.objects.exists()


def test_not_mine_is_recorded_and_security_is_told_once_of_all(estate):
    other = builders.identity(name="club.example.com", owner_team=estate.team)
    let_in(other, ROOT)
    client = client_for(estate.owner)
    answer(client, estate, [(line, "not_mine", None) for line in lines_of(estate)])
    assert AuditEvent.objects.filter(action="adoption.not_mine").count() == 2
    told = Notice.objects.filter(key__startswith="adoption")
    assert set(told.values_list("person", flat=True)) == {estate.security.pk, estate.second.pk}
    assert told.count() == 2
    assert "Handed to security" in client.get(url(estate)).content.decode()


def test_a_line_that_is_refused_keeps_no_other_from_being_recorded(estate):
    other = builders.identity(name="club.example.com", owner_team=estate.team)
    let_in(other, ROOT)
    first, second = lines_of(estate)
    response = answer(client_for(estate.owner), estate, [(first, "keep", day(200)), (second, "keep", day(30))])
    assert response.status_code == 422
    assert GrantRequest.objects.get().lines.get().identity == second.identity


def test_an_answer_to_what_was_allowed_before_comes_too_late(estate):
    (line,) = lines_of(estate)
    wider = builders.document(builders.allow({"AWS": ROOT}, estate.identity.arn, action="ses:*"))
    builders.policy(text=wider, identity=estate.identity)
    response = answer(client_for(estate.owner), estate, [(line, "keep", day(30))])
    assert response.status_code == 409
    assert "came too late" in response.content.decode()
    assert not GrantRequest.objects.exists()


def test_what_is_approved_is_not_asked_about(estate):
    estate.granted(
        at=timezone.now(), principals=(PARTNER,), from_addresses=(), actions=("ses:SendEmail",), ends_on=day(30)
    )
    assert lines_of(estate) == []
    assert "Nothing is left to say" in client_for(estate.owner).get(url(estate)).content.decode()


def test_public_and_unknown_senders_go_to_security_in_one_notice(estate):
    let_in(estate.identity, "*", name="open")
    let_in(estate.identity, f"arn:aws:iam::{STRANGER}:root", account=STRANGER, name="stranger")
    client, overview = client_for(estate.owner), reverse("approvals:adoption")
    page = client.get(overview)
    assert {row.line.found.why_not for row in page.context["apart"]} == {
        "Anyone with an AWS account is let in.",
        "Nobody registered who this is.",
    }
    for _ in range(2):
        assert client.post(overview).status_code == 302
    assert AuditEvent.objects.filter(action="adoption.not_mine").count() == 2
    assert Notice.objects.filter(person=estate.security, key__startswith="adoption").count() == 1
    assert not GrantRequest.objects.exists()
    assert not ChangeTask.objects.exists()


def test_owners_see_and_answer_for_their_own_alone(estate):
    foreign = builders.identity(name="bank.example.org", owner_team=builders.team())
    let_in(foreign, ROOT)
    client = client_for(estate.owner)
    assert "bank.example.org" not in client.get(url(estate)).content.decode()
    (theirs,) = (line for line in lines_of(estate) if line.identity == foreign)
    assert answer(client, estate, [(theirs, "keep", day(30))]).status_code == 409
    assert not GrantRequest.objects.exists()


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.AUDITOR, 403), (Role.VENDOR_MANAGER, 403)])
def test_readers_look_and_answer_nothing(estate, role, status):
    client = client_of(role)
    assert "Record my answers" not in client.get(url(estate)).content.decode()
    assert answer(client, estate, [(lines_of(estate)[0], "keep", day(30))]).status_code == status
    assert client.post(reverse("approvals:adoption")).status_code == status


def test_a_vendor_whom_one_does_not_see_is_not_there(estate):
    stranger = client_of(Role.OWNER, teams=[builders.team()])
    assert stranger.get(url(estate)).status_code == 404
    assert stranger.get(reverse("approvals:adoption_account", args=[PARTNER])).status_code == 404


def test_more_lines_take_no_more_queries(estate, django_assert_max_num_queries):
    client = client_for(estate.owner)
    for number in range(8):
        let_in(builders.identity(name=f"d{number}.example.com", owner_team=estate.team), ROOT)
    with django_assert_max_num_queries(45) as few:
        assert len(client.get(url(estate)).context["rows"]) == 9
    for number in range(8):
        let_in(builders.identity(name=f"e{number}.example.com", owner_team=estate.team), ROOT)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert len(client.get(url(estate)).context["rows"]) == 17


def test_what_is_recorded_names_who_was_meant(estate):
    answer(client_for(estate.owner), estate, [(lines_of(estate)[0], "not_mine", None)])
    data = json.loads(AuditEvent.objects.get(action="adoption.not_mine").data)
    assert data["principals"] == [PARTNER]

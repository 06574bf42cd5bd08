"""The resource of requests: what it tells, to whom, how it is narrowed, and how many queries it takes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.rules.deciders import SlotKind
from approvals.services.grants.decisions import decide
from approvals.services.requests.requests import Line, Request, save_draft, submit
from inventory.models import Role
from tests import builders
from tests.api.asking import ROOT, answer, asking, asking_as
from tests.approvals.cases import REASON, Estate, approval, slot_of, terms
from tests.builders import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


@pytest.fixture
def estate() -> Estate:
    return Estate()


def test_a_request_tells_its_lines_and_who_said_what(estate):
    request = estate.pending()
    slot = decide(
        slot_of(request, SlotKind.SECURITY).pk, approval(request, comment="Fine."), acting_user=estate.security, at=NOW
    )
    (item,) = answer(asking("viewer"), "/requests")["items"]
    assert item == answer(asking("viewer"), f"/requests/{request.pk}")
    assert (item["state"], item["kind"], item["requester"]) == ("pending", "new", estate.owner.email)
    (line,) = item["lines"]
    assert line["identity_name"] == "shop.example.com"
    assert line["sentence"].endswith("until 1 Jan 2027.")
    owner, security = line["approvals"]
    assert (owner["side"], owner["verdict"], owner["by"]) == ("owner", "", None)
    assert (security["by"], security["terms_hash"], security["comment"]) == (
        estate.security.email,
        slot.line.terms_hash,
        "Fine.",
    )


def test_those_who_may_decide_see_it_and_strangers_do_not(estate, settings):
    settings.SESGOV_ESCALATION_TEAM = "Mail council"
    council = asking_as(builders.user(Role.OWNER, teams=[builders.team(name="Mail council")]))
    request = estate.pending()
    stranger = asking_as(builders.user(Role.OWNER, teams=[builders.team()]))
    for nobody in (stranger, council):
        assert answer(nobody, "/requests") == {"items": [], "count": 0}
        assert nobody.get(f"{ROOT}/requests/{request.pk}").status_code == 404
    estate.colleague.is_active = False
    estate.colleague.save()
    for somebody in (council, asking_as(estate.owner)):
        assert answer(somebody, "/requests")["count"] == 1


@pytest.mark.parametrize(
    ("field", "found", "missed"),
    [
        ("state", "pending", "approved"),
        ("kind", "new", "renew"),
        ("vendor", "Brightmail", "Bright"),
        ("identity_name", "shop.example.com", "shop.example"),
        ("ticket", "", "T-1"),
    ],
)
def test_requests_are_narrowed(estate, field, found, missed):
    estate.pending()
    client = asking("viewer")
    assert answer(client, "/requests", **{field: found})["count"] == 1
    assert answer(client, "/requests", **{field: missed})["count"] == 0


def test_more_requests_take_no_more_queries(estate):
    estate.pending()
    client = asking("viewer")
    answer(client, "/requests")
    with CaptureQueriesContext(connection) as few:
        answer(client, "/requests")
    for _ in range(4):
        by = builders.user(Role.OWNER)
        lines = [Line(each, terms(each)) for each in (builders.identity(owner_team=builders.team()) for _ in range(2))]
        submit(
            save_draft(Request("new", REASON, lines, builders.vendor()), acting_user=by, at=NOW).pk,
            acting_user=by,
            at=NOW,
        )
    with CaptureQueriesContext(connection) as many:
        assert answer(client, "/requests")["count"] == 5
    assert len(many) == len(few) <= 8

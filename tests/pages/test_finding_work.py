"""What people do on the page of a finding: who may, what is refused where, and who comes too late."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from inventory.models import Finding, FindingComment, RiskAcceptance, Role
from inventory.services.findings.finding_comments import add_comment
from inventory.services.findings.risk_acceptances import ask_acceptance, decide_acceptance
from tests import builders
from tests.builders import NOW
from tests.pages.clients import client_for, client_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
TODAY = NOW.date()
WHY = "The partner moves to its own domain in January."


def _asked(finding: Finding, by=None) -> RiskAcceptance:
    by = by or builders.user("security")
    until = TODAY + timedelta(days=20)
    return ask_acceptance(finding, kind="risk", justification=WHY, until=until, acting_user=by, at=NOW)


def _accepted(finding: Finding) -> RiskAcceptance:
    acceptance = _asked(finding)
    by = builders.user("security")
    return decide_acceptance(acceptance.pk, is_approved=True, comment="", acting_user=by, at=NOW)


def _post(client: Client, name: str, key: int, **data: Any) -> tuple[int, str]:
    answer = client.post(reverse(f"inventory:{name}", args=[key]), data)
    return answer.status_code, answer.content.decode()


def _writes(
    finding: Finding, waiting: RiskAcceptance, accepted: RiskAcceptance
) -> list[tuple[str, int, dict[str, Any]]]:
    until = (TODAY + timedelta(days=9)).isoformat()
    return [
        ("finding_triage", finding.pk, {"disposition": "triaged"}),
        ("finding_comment", finding.pk, {"text": "Seen."}),
        ("acceptance_ask", finding.pk, {"kind": "risk", "justification": WHY, "until": until}),
        ("acceptance_decide", waiting.pk, {"decision": "approve"}),
        ("acceptance_withdraw", waiting.pk, {}),
        ("acceptance_end", accepted.pk, {"comment": "No longer."}),
    ]


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ([], 404),
        ([Role.OWNER], 404),
        ([Role.VIEWER], 403),
        ([Role.AUDITOR], 403),
        ([Role.ADMIN], 403),
        ([Role.VENDOR_MANAGER], 403),
    ],
)
def test_strangers_learn_nothing_and_readers_write_nothing(roles, expected):
    writes = _writes(builders.finding(), _asked(builders.finding()), _accepted(builders.finding()))
    client = client_of(*roles)
    assert {name: _post(client, name, key, **data)[0] for name, key, data in writes} == dict.fromkeys(
        [name for name, _, _ in writes], expected
    )
    assert not FindingComment.objects.exists()
    assert RiskAcceptance.objects.pending().count() == 1


def test_an_owner_triages_and_asks_but_does_not_decide():
    team = builders.team()
    finding = builders.finding(identity=builders.identity(owner_team=team))
    client = client_of(Role.OWNER, teams=[team])
    (triage, comment, ask, *_rest) = _writes(finding, _asked(builders.finding()), _accepted(builders.finding()))
    assert [_post(client, name, key, **data)[0] for name, key, data in (triage, comment, ask)] == [302] * 3
    waiting = RiskAcceptance.objects.get(finding=finding)
    assert _post(client, "acceptance_decide", waiting.pk, decision="approve")[0] == 403


def test_standing_and_assignee_change_together_or_not_at_all():
    finding = builders.finding()
    client = client_of("security")
    colleague, stranger = builders.user("security"), builders.user("owner")
    _post(client, "finding_triage", finding.pk, disposition="in_remediation", assignee=str(colleague.pk))
    finding.refresh_from_db()
    assert (finding.disposition, finding.assignee) == ("in_remediation", colleague)
    status, page = _post(client, "finding_triage", finding.pk, disposition="triaged", assignee=str(stranger.pk))
    finding.refresh_from_db()
    assert (status, finding.disposition) == (422, "in_remediation")
    assert "is not one of the available choices" in page
    page = text_of(client, reverse("inventory:finding_detail", args=[finding.pk]))
    assert "In remediation" in page
    assert str(colleague) in page


def test_what_is_refused_stands_at_its_field():
    finding = builders.finding()
    late = (TODAY + timedelta(days=91)).isoformat()
    status, page = _post(
        client_of("security"), "acceptance_ask", finding.pk, kind="risk", justification=WHY, until=late
    )
    assert status == 422
    assert "90 days at most" in page[page.index('name="until"') :][:600]
    assert WHY in page


def test_a_comment_is_text_and_nothing_else():
    finding = builders.finding()
    add_comment(finding, "<script>alert(1)</script>\nsecond", acting_user=builders.user("security"), at=NOW)
    page = text_of(client_of("viewer"), reverse("inventory:finding_detail", args=[finding.pk]))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>second" in page
    assert "finding_comment" not in page


def test_who_asked_sees_no_way_to_approve_it():
    me = builders.user("security")
    finding = builders.finding()
    acceptance = _asked(finding, me)
    client = client_for(me)
    page = text_of(client, reverse("inventory:finding_detail", args=[finding.pk]))
    assert 'value="approve"' not in page
    assert "Take it back" in page
    status, page = _post(client, "acceptance_decide", acceptance.pk, decision="approve")
    assert status == 422
    assert "Somebody else of security has to decide" in page
    assert RiskAcceptance.objects.pending().exists()


def test_the_second_decision_is_told_who_was_quicker():
    finding = builders.finding()
    acceptance = _asked(finding)
    first = builders.user("security", name="Quick")
    assert _post(client_for(first), "acceptance_decide", acceptance.pk, decision="approve")[0] == 302
    status, page = _post(client_of("security"), "acceptance_decide", acceptance.pk, decision="reject", comment="No.")
    assert status == 409
    assert "already approved by Quick" in page
    assert "Risk accepted until 22 Nov 2026" in page


def test_an_acceptance_says_who_why_and_until_when_and_can_be_ended():
    finding = builders.finding()
    acceptance = _accepted(finding)
    url = reverse("inventory:finding_detail", args=[finding.pk])
    page = text_of(client_of("security"), url)
    assert WHY in page
    assert "approved by" in page
    assert "End it now" not in text_of(client_of("viewer"), url)
    assert _post(client_of("security"), "acceptance_end", acceptance.pk, comment="Hacked.")[0] == 302
    assert "ended by hand" in text_of(client_of("viewer"), url)


def test_a_passed_day_shows_the_finding_as_new():
    finding = builders.finding()
    _accepted(finding)
    with time_machine.travel(NOW + timedelta(days=21), tick=False):
        page = text_of(client_of("viewer"), reverse("inventory:finding_detail", args=[finding.pk]))
    assert "the acceptance ended" in page


@pytest.mark.parametrize(
    ("status", "names"),
    [
        ("", {"waits", "live", "soon"}),
        ("pending", {"waits"}),
        ("live", {"live", "soon"}),
        ("soon", {"soon"}),
        ("over", {"over", "ended"}),
        ("refused", {"refused"}),
        ("all", {"waits", "live", "soon", "over", "ended", "refused"}),
    ],
)
def test_the_list_of_acceptances_by_where_they_stand(status, names):
    me, other = builders.user("security"), builders.user("security")
    decided = {"decision": "approved", "decided_by": other, "decided_at": NOW}
    for name, days, fields in [
        ("waits", 20, {}),
        ("live", 20, decided),
        ("soon", 14, decided),
        ("over", -1, decided),
        ("ended", 20, decided | {"ended_at": NOW, "end_reason": "closed"}),
        ("refused", 20, decided | {"decision": "rejected"}),
    ]:
        finding = builders.finding(evidence={"text": f"This one {name}."})
        until = TODAY + timedelta(days=days)
        builders.risk_acceptance(finding=finding, requested_by=me, until=until, **fields)
    page = text_of(client_of("auditor"), f"{reverse('inventory:acceptance_list')}?status={status}")
    shown = {name for name in ("waits", "live", "soon", "over", "ended", "refused") if f"This one {name}." in page}
    assert shown == names

"""A whole quarter, from a reading of AWS to a pack that a stranger checks, and whatever is changed in it found."""

import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

from approvals.models import Campaign, ReviewItem
from approvals.rules.campaigns import CampaignState, ItemDecision
from approvals.services.campaigns.campaigns import create_campaign
from approvals.services.campaigns.running import activate, close_incomplete, run_due, sign
from approvals.services.campaigns.staging import stage
from approvals.services.campaigns.verification import verify_due
from approvals.services.evidence.sealing import seal_pack
from inventory.models import AuditLink, Identity, Role, User
from tests import builders
from tests.audit.trail import EVENTS, LINKS, drop_constraints, tamper
from tests.builders import NOW
from tests.campaigns import cases
from tests.campaigns.packs import checked, checked_bare, flips, unpacked
from tests.campaigns.test_evidence import key_file  # noqa: F401  # a fixture
from tests.collection.conftest import double, running_double  # noqa: F401  # fixtures
from tests.collection.estate import ACCOUNT, REGION, collect, policy
from tests.collection.test_change_packs import run_commands

pytestmark = pytest.mark.django_db
PARTNER, OTHER = "702839415026", "813940526137"


class Quarter:
    """Three names in AWS, each with somebody else who may send as it; two owners, two of security."""

    def __init__(self, estate: Any) -> None:
        self.estate = estate
        builders.account(account_id=ACCOUNT, relationship="managed", role_arn="")
        for number in (PARTNER, OTHER):
            builders.account(account_id=number, relationship="partner")
        for name, principal in (("news", PARTNER), ("shop", OTHER), ("zz", "*")):
            policies = {"partner": policy(principal)}
            estate.put_identity(ACCOUNT, REGION, f"{name}.example.com", policies=policies)
        self.runs_it, self.signs = cases.security(), cases.security()
        self.auditor = builders.user(Role.AUDITOR)

    def read(self, at: datetime) -> None:
        """What AWS has at that time."""
        with time_machine.travel(at):
            assert collect()["outcome"] == "complete"

    def owner_of(self, name: str) -> User:
        owner = builders.user(Role.OWNER)
        Identity.objects.filter(name=f"{name}.example.com").update(owner_user=owner)
        return owner


def played(quarter: Quarter) -> Campaign:
    """Two decide, the third misses; what was revoked is taken out by its pack and seen to be gone."""
    quarter.read(NOW - timedelta(hours=2))
    news, shop = quarter.owner_of("news"), quarter.owner_of("shop")
    quarter.owner_of("zz")
    drafted = create_campaign(cases.asked(), acting_user=quarter.runs_it, at=NOW)
    campaign = activate(stage(drafted.pk, acting_user=quarter.runs_it, at=NOW).pk, acting_user=quarter.runs_it, at=NOW)
    for name, person, decision in (("news", news, ItemDecision.CERTIFY), ("shop", shop, ItemDecision.REVOKE)):
        cases.decide(item_of(name), decision, person, at=NOW + timedelta(days=3))
    run_due(at=NOW + timedelta(days=22))
    signed_at = NOW + timedelta(days=23)
    words = "I have looked at every decision of this review."
    sign(campaign.pk, attestation=words, signed_in_by="password+totp", acting_user=quarter.signs, at=signed_at)

    quarter.read(NOW + timedelta(days=24))
    assert verify_due(at=NOW + timedelta(days=24, hours=1)) == 0, "nobody has taken it out yet"
    task = item_of("shop").task
    assert task is not None
    run_commands(quarter.estate, task, "apply-v2.sh")
    quarter.read(NOW + timedelta(days=25))
    assert verify_due(at=NOW + timedelta(days=25, hours=1)) == 1
    assert item_of("shop").verified_by_run is not None

    reason = "The owner of zz.example.com asked for more time."
    return close_incomplete(campaign.pk, reason=reason, acting_user=quarter.runs_it, at=NOW + timedelta(days=46))


def item_of(name: str) -> ReviewItem:
    return ReviewItem.objects.get(identity__name=f"{name}.example.com")


def test_a_whole_quarter_is_played_and_whatever_is_changed_is_found(double, tmp_path):  # noqa: F811
    quarter = Quarter(double)
    campaign = played(quarter)
    assert campaign.state == CampaignState.CLOSED_INCOMPLETE
    pack = seal_pack(campaign.pk, acting_user=quarter.auditor, at=NOW + timedelta(days=47))
    folder = unpacked(pack, tmp_path / "pack")
    held = ("--fingerprint", pack.fingerprint, "--head", pack.head_hash, "--hash", pack.pack_hash)

    code, said = checked_bare(folder, *held)
    assert code == 0, said
    assert "1 of 2 removals are verified" in said
    assert "1 items were not reviewed by the due day" in said
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["counts"]["by_decision"] == {"certify": 1, "not_reviewed": 1, "revoke": 1}
    assert manifest["accounts"]["collected"] == manifest["accounts"]["expected"] == 1

    not_caught = [flip for flip in flips(folder) if checked(folder)[0] == 0]
    assert not not_caught
    assert checked(folder, *held)[0] == 0


def exit_of(*command: str) -> tuple[int, str]:
    said = io.StringIO()
    try:
        call_command(*command, stdout=said, stderr=said)
    except SystemExit as ended:
        return int(str(ended.code)), said.getvalue()
    return 0, said.getvalue()


def test_a_trail_that_lost_a_row_or_was_forked_is_said_by_the_audit_and_by_the_export(tmp_path):
    cases.seen_path(trust="partner", reach="principal")
    by, signer = cases.security(), cases.security()
    campaign = cases.active(by)
    cases.decide(campaign.items.get(), ItemDecision.CERTIFY, by)
    sign(campaign.pk, attestation="I have looked at it.", signed_in_by="password", acting_user=signer, at=NOW)
    seal_pack(campaign.pk, acting_user=None, at=NOW + timedelta(days=1))
    export = ("export_review", str(campaign.pk), "--output", str(tmp_path / "pack.zip"))
    assert exit_of("verify_audit")[0] == exit_of(*export)[0] == 0
    decided = AuditLink.objects.get(event__action="review_item.decided")

    saved = transaction.savepoint()
    tamper(EVENTS, f"DELETE FROM {EVENTS} WHERE id = {decided.event_id}")  # noqa: S608
    for command in (("verify_audit",), export):
        code, said = exit_of(*command)
        assert code == 1
        assert f"Position {decided.position} (event {decided.event_id}): the event was deleted." in said
    transaction.savepoint_rollback(saved)

    drop_constraints(LINKS)
    fork = f"SELECT {decided.position}, (SELECT max(event_id) FROM {LINKS}), sealed_at, previous, '{'0' * 64}'"  # noqa: S608
    columns = "position, event_id, sealed_at, previous, hash"
    tamper(LINKS, f"INSERT INTO {LINKS} ({columns}) {fork} FROM {LINKS} WHERE position = {decided.position}")
    for command in (("verify_audit",), export):
        code, said = exit_of(*command)
        assert code == 1
        assert "the chain is forked" in said

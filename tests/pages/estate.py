"""A small estate that every page has something to show of."""

from dataclasses import dataclass
from datetime import timedelta

from inventory.models import CollectionRun, Finding, Identity, Outcome, SendingName, Team, Vendor
from tests import builders
from tests.builders import NOW


@dataclass(frozen=True, slots=True)
class Estate:
    """What the tests name: one identity that a stranger can send as, its team, finding and name, a run."""

    shop: Identity
    team: Team
    finding: Finding
    run: CollectionRun
    name: SendingName
    vendor: Vendor


def build() -> Estate:
    """Two accounts, one of them half unseen; a stranger, a partner and a public policy."""
    team = builders.team(name="Shop")
    shop_account = builders.account(name="shop-production", account_id="111122223333")
    seen = builders.scope(account=shop_account)
    denied = builders.scope(
        account=shop_account,
        region="eu-central-1",
        last_outcome=Outcome.DENIED,
        last_error_code="AccessDeniedException",
        last_error_text="AWS refused to list the identities.",
    )
    vendor = builders.vendor(name="Brightmail")
    partner = builders.account(
        account_id="444455556666",
        name="brightmail-sending",
        relationship="partner",
        vendor=vendor,
    )
    shop = builders.identity(
        name="shop.example.com",
        scope=seen,
        owner_team=team,
        owner_source="tag",
        tags={"owner": "Shop", "quote": "\"'<&"},
    )
    builders.identity(name="news@example.com", identity_type="EMAIL_ADDRESS", scope=denied, dkim_enabled=False)
    stranger = "999988887777"
    text = builders.document(
        builders.allow({"AWS": f"arn:aws:iam::{partner.account_id}:root"}, shop.arn),
        builders.allow("*", shop.arn, Condition={"Bool": {"aws:SecureTransport": "true"}}),
    )
    run = builders.run(created_at=NOW - timedelta(days=20))
    builders.policy(identity=shop, name="partner", text=builders.document(builders.allow("*", shop.arn)), run=run)
    builders.policy(identity=shop, name="partner", text=text, from_at=NOW - timedelta(days=2), run=run)
    builders.policy(identity=shop, name="broken", text='{"Version": "2012-10-17", "Statement": [', run=run)
    builders.delegation(identity=shop, policy_name="partner", account_id=partner.account_id, trust="partner")
    builders.delegation(identity=shop, policy_name="partner", account_id="", principal="*", reach="public")
    builders.delegation(identity=shop, policy_name="stranger", account_id=stranger)
    finding = builders.finding(
        identity=shop,
        rule_id="public-send",
        subject="*",
        severity="critical",
        evidence={
            "text": "Anyone can send as shop.example.com.",
            "statement": 1,
            "path": ["Statement", 1, "Principal"],
        },
    )
    builders.finding(identity=shop, subject=stranger, policy_name="stranger")
    fixed = builders.finding(identity=shop, rule_id="dead-deny", presence="absent", subject="", severity="medium")
    builders.episode(finding=fixed, opened_at=NOW - timedelta(days=12), closed_at=NOW - timedelta(days=2))
    builders.scope_run(
        run=run, scope=denied, state="done", outcome=Outcome.DENIED, error_text="AWS refused to list the identities."
    )
    name = builders.sending_name(domain=shop.sending_name)
    return Estate(shop, team, finding, run, name, vendor)

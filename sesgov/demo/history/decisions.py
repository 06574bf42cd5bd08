"""What the people of the demo decided: names, checks of vendors, owners, triage, acceptances, deputies, views."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from inventory.models import Account, Finding, Identity, OwnerAssignment, RiskAcceptance, Team, User
from inventory.services.findings.finding_comments import add_comment
from inventory.services.findings.risk_acceptances import ask_acceptance, decide_acceptance
from inventory.services.findings.triage import assign, set_disposition
from inventory.services.owners.deputies import name_deputy
from inventory.services.owners.owner_assignments import claim, decide_claim
from inventory.services.owners.owner_rules import add_owner_rule
from inventory.services.people.saved_views import save_view
from inventory.services.registry.account_verifications import verify_account
from inventory.services.registry.sending_names import add_sending_name
from sesgov.demo import estate_accounts as known
from sesgov.demo.estate_people import CONTACTS, SECURITY, VENDOR_MANAGER

# What answers something on the same day comes before the day's readings.
LATER = timedelta(minutes=20)
NAMES = {
    "harbourlight.example": "Platform",
    "shop.example.com": "Shop",
    "news.example.org": "Newsletter",
    "brasscompass.example": "Newsletter",
    "pay.example.net": "Payments",
    "quaysideparcel.example": "Logistics",
    "civicquay.example": "Public sector",
}
VERIFIED = {
    known.PELLEGRIN_SENDING.id: ("contract", "Annex B of the contract of 2024 names the account id."),
    known.OSTERMARK_DESK.id: ("called_back", "Called the service manager on the number of the contract."),
    known.DUNMERE_TRACKING.id: ("email", "The integration team confirmed the id from their known address."),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """An open finding of the demo by the rule and the identity's name."""

    rule_id: str
    name: str

    def finding(self) -> Finding | None:
        """Nothing where the estate was read in part only."""
        return Finding.objects.open().filter(rule_id=self.rule_id, identity__name=self.name).order_by("pk").first()


OFFERS = Subject("public-send", "offers.brasscompass.example")
REMINDERS = Subject("unknown-account-send", "first.reminders.example.net")
GATE = Subject("network-only-send", "gate.depot.quaysideparcel.example")
CHECKOUT = Subject("production-isolation", "confirm@orders.example.com")


def confirm_names(at: datetime) -> None:
    """The names that people know are confirmed, each with its team."""
    for domain, team in NAMES.items():
        add_sending_name(domain=domain, owner_team=_team(team), acting_user=_person(SECURITY), at=at)


def verify_vendors(at: datetime) -> None:
    """The vendor manager checks whose accounts these are; some stay unchecked."""
    for account_id, (method, evidence) in VERIFIED.items():
        account = Account.objects.get(account_id=account_id)
        verify_account(account, method=method, evidence=evidence, acting_user=_person(VENDOR_MANAGER), at=at)


def add_rule(at: datetime) -> None:
    """The reports belong to the people who write them, whatever their tags say."""
    add_owner_rule(
        kind="domain_suffix",
        value="reports.harbourlight.example",
        owner=_team("Data"),
        acting_user=_person(SECURITY),
        at=at,
    )


def claim_and_confirm(at: datetime) -> None:
    """An identity without an owner finds one, and security agrees."""
    claimed = _claim("We run the pipeline behind it.", at)
    if claimed is not None:
        decide_claim(
            claimed=claimed,
            is_confirmed=True,
            comment="Seen in their deployment.",
            acting_user=_person(SECURITY),
            at=at + LATER,
        )


def claim_only(at: datetime) -> None:
    """Another claim still waits."""
    _claim("It came with the pipeline that we took over.", at)


def _claim(reason: str, at: datetime) -> OwnerAssignment | None:
    claimant = _person(CONTACTS["Data"])
    unowned = Identity.objects.live().filter(owner_team=None, owner_user=None, assignments=None).order_by("pk")
    identity = unowned.filter(scope__account__account_id=known.DATA_STAGING.id).first()
    if identity is None:
        return None
    return claim(identity=identity, owner=_team("Data"), reason=reason, acting_user=claimant, at=at)


def triage_offers(at: datetime) -> None:
    """Somebody looks at the worst finding, and its owner sets to work."""
    _triage(OFFERS, Finding.Disposition.IN_REMEDIATION, CONTACTS["Newsletter"], at)
    _comment(OFFERS, CONTACTS["Newsletter"], "The agency moves to a role of its own account this month.", at)


def triage_reminders(at: datetime) -> None:
    """A stranger may send reminders; two people ask each other who that is."""
    _triage(REMINDERS, Finding.Disposition.TRIAGED, CONTACTS["Payments"], at)
    _comment(REMINDERS, SECURITY, "Nobody has registered this account. Whose is it?", at)
    answer = "The collections agency says it is not theirs. I have asked who changed the policy."
    _comment(REMINDERS, CONTACTS["Payments"], answer, at + LATER)


def accept_gate(at: datetime) -> None:
    """The printers at the gate can do no better; two people let it stand for a while."""
    why = "The label printers at the gate cannot sign as a role; only the office network reaches them until autumn."
    asked = _ask(GATE, CONTACTS["Logistics"], why, 80, at)
    if asked is not None:
        decide_acceptance(
            asked.pk,
            is_approved=True,
            comment="Until the printers are replaced.",
            acting_user=_person(SECURITY),
            at=at + LATER,
        )


def ask_for_checkout(at: datetime) -> None:
    """An acceptance that nobody has decided on."""
    why = "The load test of the new checkout sends as production until the end of the month, from the office alone."
    _ask(CHECKOUT, CONTACTS["Shop"], why, 21, at)


def go_on_leave(at: datetime) -> None:
    """An owner is away for two weeks, and a colleague stands in."""
    lena, oskar = _person(CONTACTS["Newsletter"]), _person("owner@example.com")
    today = timezone.localdate(at)
    name_deputy(
        owner=lena,
        deputy=oskar,
        from_on=today + timedelta(days=2),
        until_on=today + timedelta(days=16),
        acting_user=lena,
        at=at,
    )


def keep_view(at: datetime) -> None:
    """A view of the findings that security shares with everybody."""
    save_view(
        page="inventory:finding_list",
        name="Critical and open",
        query="severity=critical",
        is_shared=True,
        is_default=False,
        acting_user=_person(SECURITY),
        at=at,
    )


def _triage(subject: Subject, disposition: str, assignee: str, at: datetime) -> None:
    finding = subject.finding()
    if finding is not None:
        set_disposition([finding.pk], disposition, acting_user=_person(SECURITY), at=at)
        assign([finding.pk], _person(assignee), acting_user=_person(SECURITY), at=at)


def _comment(subject: Subject, author: str, text: str, at: datetime) -> None:
    finding = subject.finding()
    if finding is not None:
        add_comment(finding, text, acting_user=_person(author), at=at)


def _ask(subject: Subject, asker: str, why: str, days: int, at: datetime) -> RiskAcceptance | None:
    finding = subject.finding()
    if finding is None:
        return None
    until = timezone.localdate(at) + timedelta(days=days)
    return ask_acceptance(finding, kind="risk", justification=why, until=until, acting_user=_person(asker), at=at)


def _person(email: str) -> User:
    return User.objects.get(email=email)


def _team(name: str) -> Team:
    return Team.objects.get(name=name)

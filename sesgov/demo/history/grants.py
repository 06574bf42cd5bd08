"""What the people of the demo approved: access that was there already, some that is new, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from approvals.models import ApprovalSlot, Grant, GrantRequest
from approvals.rules.deciders import SlotKind
from approvals.rules.states import Decision
from approvals.services.grants.decisions import Verdict, decide
from approvals.services.grants.grants import revoke
from approvals.services.requests.requests import Line, Request, save_draft, submit
from inventory.models import Account, Identity, User
from inventory.policy.grants.terms import GrantTerms
from sesgov.demo import estate_accounts as known
from sesgov.demo.estate_accounts import EstateAccount, OutsideAccount
from sesgov.demo.estate_people import CONTACTS, SECURITY, VENDOR_MANAGER
from sesgov.demo.estate_policies import SEND, VENDOR_NETWORK

BEFORE_NOON = timedelta(minutes=5)
WEST, CENTRAL, US, SOUTH = "eu-west-1", "eu-central-1", "us-east-1", "ap-southeast-2"


@dataclass(frozen=True, slots=True)
class Helper:
    """A vendor's account and the role that sends."""

    account: OutsideAccount
    role: str


@dataclass(frozen=True, slots=True)
class Place:
    """An identity by where it lies."""

    account: EstateAccount
    region: str
    name: str

    def identity(self) -> Identity | None:
        """Nothing where the estate was read in part only."""
        rows = Identity.objects.live().filter(scope__account__account_id=self.account.id, scope__region=self.region)
        return rows.filter(name=self.name).select_related("owner_team", "owner_user").first()


PELLEGRIN = Helper(known.PELLEGRIN_SENDING, "campaign-sender")
OSTERMARK = Helper(known.OSTERMARK_DESK, "desk-mailer")
VANTRELL = Helper(known.VANTRELL_INVOICES, "invoice-sender")
DUNMERE = Helper(known.DUNMERE_TRACKING, "tracking-mailer")

OF_SHOP = tuple(
    Place(known.SHOP, region, name)
    for region, name in (
        (WEST, "gifts.shop.example.com"),
        (CENTRAL, "de.shop.example.com"),
        (CENTRAL, "service@orders.example.com"),
        (US, "us-hello@orders.example.com"),
        (SOUTH, "au.shop.example.com"),
    )
)
OF_SUPPORT = tuple(
    Place(known.SUPPORT, region, name)
    for region, name in (
        (WEST, "answers@help.harbourlight.example"),
        (CENTRAL, "de.support.harbourlight.example"),
        (CENTRAL, "service@help.harbourlight.example"),
        (US, "us.support.harbourlight.example"),
    )
)
PARCELS = Place(known.LOGISTICS, CENTRAL, "de.quaysideparcel.example")
QUESTIONS = Place(known.LOGISTICS, CENTRAL, "kontakt@quaysideparcel.example")
WELCOME = Place(known.PEOPLE, WEST, "welcome@people.harbourlight.example")
RECEIPTS = Place(known.PAYMENTS, CENTRAL, "de.pay.example.net")
INVOICES = Place(known.PAYMENTS, CENTRAL, "service@invoices.example.net")
DIGEST = Place(known.NEWSLETTER, WEST, "digest.news.example.org")
PAYROLL = Place(known.PEOPLE, WEST, "payroll@people.harbourlight.example")
WEEKLY = Place(known.NEWSLETTER, WEST, "weekly.news.example.org")
REVIEWS = Place(known.SHOP, WEST, "reviews.shop.example.com")


def adopt_campaigns(at: datetime) -> None:
    """What Pellegrin does for the shop was never approved; its owner and security keep it for a quarter."""
    why = "The campaigns of the shop have gone out through Pellegrin for years; nobody had approved it."
    _granted(_request("adopt", PELLEGRIN, OF_SHOP, why, at, days=85), at)


def adopt_desk(at: datetime) -> None:
    """The same for the service desk."""
    why = "Ostermark answers for the service desk; this was agreed by mail and is approved here."
    _granted(_request("adopt", OSTERMARK, OF_SUPPORT, why, at, days=86), at)


def approve_digest(at: datetime) -> None:
    """Approved as it was then; somebody widened the policy later."""
    why = "Pellegrin sends the digest every morning, as one address and from its own network."
    _granted(_request("new", PELLEGRIN, (DIGEST,), why, at, days=150), at)


def approve_welcome(at: datetime) -> None:
    """Ends in nine days, and nobody has said what comes then."""
    why = "The desk welcomes new colleagues in the name of the people team."
    _granted(_request("new", OSTERMARK, (WELCOME,), why, at, days=60), at)


def approve_parcels(at: datetime) -> None:
    """One that goes on for long, and one that ends in twenty days."""
    why = "Dunmere tells our customers where their parcel is."
    _granted(_request("new", DUNMERE, (PARCELS,), why, at, days=220), at)
    later = at + 3 * BEFORE_NOON
    _granted(_request("new", DUNMERE, (QUESTIONS,), why, later, days=68), later)


def approve_receipts(at: datetime) -> None:
    """Over since five days, and still there."""
    why = "Vantrell sends the German receipts until our own system does."
    _granted(_request("new", VANTRELL, (RECEIPTS,), why, at, days=36), at)


def approve_payroll(at: datetime) -> None:
    """Any address, until somebody thinks better of it."""
    why = "The desk answers questions about payslips while the team moves."
    _granted(_request("new", OSTERMARK, (PAYROLL,), why, at, days=120, is_any_address=True), at)


def revoke_payroll(at: datetime) -> None:
    """The people team ends it; the policy goes a day later, and the next sweep sees that."""
    identity = PAYROLL.identity()
    grant = Grant.objects.filter(identity=identity, decision=Decision.APPROVED).first() if identity else None
    if grant is not None:
        why = "The team has moved; payslips are answered by our own people again."
        revoke(grant.pk, reason=why, acting_user=_owner_of(grant.identity), at=at)


def approve_weekly(at: datetime) -> None:
    """Begins in a week."""
    why = "Pellegrin takes the weekly letter over from next week on."
    _granted(_request("new", PELLEGRIN, (WEEKLY,), why, at, days=90, begins_in=9), at)


def ask_for_invoices(at: datetime) -> None:
    """Its owner agreed; security has yet to."""
    why = "Vantrell sends invoices in our name until its contract ends."
    request = _request("adopt", VANTRELL, (INVOICES,), why, at, days=24)
    if request is not None:
        _decide(request, SlotKind.OWNER, at + BEFORE_NOON)


def ask_for_reviews(at: datetime) -> None:
    """Nobody has decided yet."""
    why = "Dunmere asks customers for a review once their parcel has arrived."
    _request("new", DUNMERE, (REVIEWS,), why, at, days=120)


def _request(
    kind: str,
    helper: Helper,
    places: Sequence[Place],
    why: str,
    at: datetime,
    *,
    days: int,
    begins_in: int = 0,
    is_any_address: bool = False,
) -> GrantRequest | None:
    """The vendor manager asks; nothing where the estate was read in part only."""
    identities = [each for place in places if (each := place.identity()) is not None]
    if not identities:
        return None
    today, asker = timezone.localdate(at), _person(VENDOR_MANAGER)
    lines = [
        Line(
            identity,
            GrantTerms(
                identity_arn=identity.arn,
                principals=(f"arn:aws:iam::{helper.account.id}:role/{helper.role}",),
                actions=SEND,
                from_addresses=() if is_any_address else (_address(identity),),
                networks=() if is_any_address else tuple(VENDOR_NETWORK),
                starts_on=today + timedelta(days=begins_in) if begins_in else None,
                ends_on=today + timedelta(days=begins_in + days - 1),
                time_zone=settings.SESGOV_TIME_ZONE.key,
            ),
        )
        for identity in identities
    ]
    vendor = Account.objects.select_related("vendor").get(account_id=helper.account.id).vendor
    request = save_draft(Request(kind, why, lines, vendor), acting_user=asker, at=at)
    return submit(request.pk, acting_user=asker, at=at)


def _granted(request: GrantRequest | None, at: datetime) -> None:
    if request is not None:
        _decide(request, SlotKind.OWNER, at + BEFORE_NOON)
        _decide(request, SlotKind.SECURITY, at + 2 * BEFORE_NOON)


def _decide(request: GrantRequest, kind: SlotKind, at: datetime) -> None:
    slots = ApprovalSlot.objects.filter(line__request=request, kind=kind, submission=request.submissions)
    for slot in slots.select_related("line__identity__owner_team", "line__identity__owner_user").order_by("pk"):
        person = _person(SECURITY) if kind is SlotKind.SECURITY else _owner_of(slot.line.identity)
        verdict = Verdict(is_approved=True, terms_hash=slot.line.terms_hash, signed_in_by="password")
        decide(slot.pk, verdict, acting_user=person, at=at)


def _owner_of(identity: Identity) -> User:
    """The person who answers for an identity: its owner, or the owning team's contact."""
    if identity.owner_user is not None:
        return identity.owner_user
    return _person(CONTACTS[identity.owner_team.name if identity.owner_team else "Platform"])


def _address(identity: Identity) -> str:
    return identity.name if "@" in identity.name else f"news@{identity.name}"


def _person(email: str) -> User:
    return User.objects.get(email=email)

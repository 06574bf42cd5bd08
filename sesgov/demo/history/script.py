"""What happened in the ninety days before the demo began, identity by identity.

A day counts backwards from the present: 90 is the first one, 0 is now. What no turn speaks of was as it is now.
"""

from dataclasses import dataclass

from sesgov.demo import estate_accounts as known
from sesgov.demo.estate import Policies
from sesgov.demo.estate_accounts import REGIONS, EstateAccount
from sesgov.demo.estate_cases import (
    ANYONE,
    COGNITO,
    DUNMERE,
    EVERYTHING,
    OSTERMARK,
    PELLEGRIN,
    TRUNCATED,
    VANTRELL,
)
from sesgov.demo.estate_identities import lot
from sesgov.demo.estate_policies import (
    OFFICE,
    SEND,
    VENDOR_NETWORK,
    Statement,
    account,
    allow,
    from_only,
    role,
    well_limited,
)

FIRST_DAY = 90
SWEEP_DAYS = tuple(range(FIRST_DAY, 0, -7))
WEST, CENTRAL, US = "eu-west-1", "eu-central-1", "us-east-1"
NOTHING: Policies = {}


@dataclass(frozen=True, slots=True)
class AsNow:
    """The identity as the present estate has it."""


@dataclass(frozen=True, slots=True)
class Gone:
    """No such identity."""


AS_NOW, GONE = AsNow(), Gone()
State = Policies | AsNow | Gone


@dataclass(frozen=True, slots=True)
class Turn:
    """From that day on the identity is so. ``is_told``: its scope is read on the same day, not at the next sweep."""

    day: int
    state: State
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class Story:
    account: EstateAccount
    region: str
    name: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """From one day to before another, calls are denied: all of an account, or the reading of one identity."""

    account: EstateAccount
    from_day: int
    to_day: int
    identity: str = "*"

    @property
    def faults(self) -> list[dict[str, str]]:
        """As the double takes them."""
        actions = ["GetEmailIdentity"]
        if self.identity == "*":
            actions += ["ListEmailIdentities", "ListIdentities"]
        place = {"kind": "deny", "account": self.account.id, "identity": self.identity}
        return [place | {"action": action} for action in actions]


def _began(
    owner: EstateAccount, region: str, name: str, day: int, before: Policies | Gone = NOTHING, *, is_told: bool = True
) -> Story:
    """What stands there now came on that day."""
    return Story(owner, region, name, (Turn(FIRST_DAY, before), Turn(day, AS_NOW, is_told)))


def _mended(
    owner: EstateAccount,
    region: str,
    name: str,
    days: tuple[int, int],
    statements: list[Statement] | str,
    *,
    is_told: bool = True,
) -> Story:
    """A policy of those days that is no more; what was there when the history begins, the first look finds."""
    came, went = days
    before = () if came == FIRST_DAY else (Turn(FIRST_DAY, AS_NOW),)
    turns = (*before, Turn(came, {"temporary": statements}, is_told), Turn(went, AS_NOW, is_told))
    return Story(owner, region, name, turns)


def _deleted(owner: EstateAccount, region: str, name: str, days: tuple[int, int], policies: Policies) -> Story:
    """An identity that existed in those days; the sweeps see it come and go."""
    came, went = days
    before = () if came == FIRST_DAY else (Turn(FIRST_DAY, GONE),)
    turns = (*before, Turn(came, policies, is_told=False), Turn(went, GONE, is_told=False))
    return Story(owner, region, name, turns)


_OFFERS, _DIGEST = "offers.brasscompass.example", "digest.news.example.org"
_CUSTOMS = "customs.quaysideparcel.example"
WIDENED = (
    _began(known.NEWSLETTER, WEST, _OFFERS, 52, {"AllowSend": well_limited(PELLEGRIN, _OFFERS, VENDOR_NETWORK)}),
    _began(known.NEWSLETTER, WEST, _DIGEST, 46, {"pellegrin-bulk": well_limited(PELLEGRIN, _DIGEST, VENDOR_NETWORK)}),
    _began(
        known.LOGISTICS,
        WEST,
        _CUSTOMS,
        44,
        {"dunmere": well_limited(DUNMERE, _CUSTOMS, VENDOR_NETWORK)},
        is_told=False,
    ),
    _began(
        known.MANAGEMENT,
        WEST,
        "status.notices.harbourlight.example",
        67,
        {
            "operations": from_only(
                role(known.OSTERMARK_DESK.id, "operator"), "desk@status.notices.harbourlight.example"
            )
        },
        is_told=False,
    ),
)
TIGHTENED = (
    _began(
        known.SUPPORT,
        US,
        "club.community.brasscompass.example",
        64,
        {"helper": [allow(account(known.SECOND_STRANGER), SEND)]},
        is_told=False,
    ),
)
ADDED = (
    _began(known.SHOP, US, "us.shop.example.com", 24),
    _began(known.SHOP, US, "shop.example.com", 31),
    _began(known.SHOP_DEVELOPMENT, WEST, "spike.sandbox.example.com", 9, GONE),
    _began(known.SHOP_STAGING, WEST, "preview.staging.shop.example.com", 58, GONE, is_told=False),
    _began(known.NEWSLETTER, CENTRAL, "kampagne.brasscompass.example", 38, is_told=False),
    _began(known.PAYMENTS, WEST, "first.reminders.example.net", 30),
    _began(known.PAYMENTS, US, "stores.invoices.example.net", 3),
    _began(known.DATA_STAGING, WEST, "weekly.reports.harbourlight.example", 50, is_told=False),
    _began(known.PEOPLE, CENTRAL, "filialen.people.harbourlight.example", 12),
)
_VENDOR_IP = {"IpAddress": {"aws:SourceIp": VENDOR_NETWORK}}
_SURVEY = role(known.QUILLFEATHER_PANEL.id, "survey-sender")
MENDED = (
    _mended(known.SHOP, WEST, "cart.shop.example.com", (80, 78), [allow(ANYONE, SEND)]),
    _mended(
        known.SHOP, WEST, "flash.outlet.example.com", (90, 60), [allow(account(known.PELLEGRIN_SENDING.id), SEND)],
        is_told=False,
    ),
    _mended(
        known.SHOP, CENTRAL, "filialen.orders.example.com", (74, 65), [allow(account(known.STRANGER), SEND)]
    ),
    _mended(
        known.NEWSLETTER, WEST, "editor@loyalty.example.org", (70, 49), [allow(PELLEGRIN, SEND)], is_told=False
    ),
    _mended(known.NEWSLETTER, US, "us.news.example.org", (29, 28), [allow(ANYONE, SEND)]),
    _mended(
        known.PAYMENTS, WEST, "receipts.pay.example.net", (85, 57), [allow(VANTRELL, SEND, _VENDOR_IP)],
        is_told=False,
    ),
    _mended(
        known.PAYMENTS, WEST, "fraud.pay.example.net", (22, 18), [allow(role(known.SECOND_STRANGER, "relay"), SEND)]
    ),
    _mended(known.SUPPORT, WEST, "chat.support.harbourlight.example", (61, 47), [allow(COGNITO, SEND)]),
    _mended(
        known.SUPPORT, CENTRAL, "filialen.help.harbourlight.example", (86, 45),
        [allow(account(known.OSTERMARK_DESK.id), SEND)], is_told=False,
    ),
    _mended(
        known.LOGISTICS, WEST, "driver@tracking.quaysideparcel.example", (40, 33),
        [allow(ANYONE, SEND, {"IpAddress": {"aws:SourceIp": OFFICE}})],
    ),
    _mended(
        known.PEOPLE, WEST, "interviews.careers.harbourlight.example", (90, 43),
        [allow(_SURVEY, SEND, {"StringEquals": {"ses:FromAddress": "hello@interviews.careers.harbourlight.example"}})],
        is_told=False,
    ),
    _mended(
        known.PEOPLE, WEST, "payroll@people.harbourlight.example", (75, 15),
        [allow(OSTERMARK, SEND)], is_told=False,
    ),
    _mended(known.DATA_STAGING, WEST, "daily.saltmarsh.example", (37, 35), TRUNCATED),
    _mended(
        known.DATA_STAGING, WEST, "pipeline@staging.saltmarsh.example", (56, 21),
        [allow({"AWS": "AIDAW3N8T5RKXJ2VQPLHG"}, SEND)], is_told=False,
    ),
    _mended(
        known.SHOP_DEVELOPMENT, WEST, "demo.dev.shop.example.com", (16, 11),
        [allow(account(known.STRANGER), EVERYTHING)],
    ),
    _mended(
        known.MANAGEMENT, WEST, "board@harbourlight.example", (82, 68),
        [allow(account(known.PELLEGRIN_SENDING.id), SEND)],
    ),
)  # fmt: skip
_OPEN: Policies = {"press-day": [allow(ANYONE, SEND)]}
_MEMBERS = {"StringEquals": {"aws:PrincipalOrgID": known.ORGANIZATION_ID}}
CAME_BACK = (
    Story(
        known.SHOP,
        CENTRAL,
        "kampagne.outlet.example.com",
        (Turn(90, AS_NOW), Turn(71, {"org-only": [allow(ANYONE, SEND, _MEMBERS)]}), Turn(17, AS_NOW)),
    ),
    Story(
        known.MANAGEMENT,
        WEST,
        "office@corp.harbourlight.example",
        (Turn(90, AS_NOW), Turn(26, _OPEN), Turn(25, AS_NOW), Turn(10, _OPEN), Turn(8, AS_NOW)),
    ),
)
DELETED = (
    _deleted(
        known.SHOP, WEST, "easter.shop.example.com", (90, 53),
        {"fennimore": [allow(account(known.FENNIMORE_BOOKING.id), SEND)]},
    ),
    _deleted(known.NEWSLETTER, WEST, "summer.news.example.org", (79, 72), {"all": [allow(ANYONE, SEND)]}),
    _deleted(
        known.PEOPLE, US, "fair.careers.harbourlight.example", (90, 39),
        {"fennimore": [allow(role(known.FENNIMORE_BOOKING.id, "booking"), SEND)]},
    ),
    _deleted(known.SUPPORT, WEST, "beta.help.harbourlight.example", (90, 63), NOTHING),
    _deleted(
        known.LOGISTICS, CENTRAL, "messe.quaysideparcel.example", (51, 14),
        {"dunmere": well_limited(DUNMERE, "messe.quaysideparcel.example", VENDOR_NETWORK)},
    ),
)  # fmt: skip
STORIES = (*WIDENED, *TIGHTENED, *ADDED, *MENDED, *CAME_BACK, *DELETED)
# A mistaken policy of the organization shut one account for two weeks; one identity could not be read in one week.
REFUSALS = (
    Refusal(known.LOGISTICS, 66, 52),
    Refusal(known.PEOPLE, 35, 33, identity="tutor@brindleacademy.example"),
)
_IN_STORIES = {(story.account.id, story.region, story.name) for story in STORIES}
_NEWLY_CREATED = 8
_TAGGED_LATE = 10


def created_on(owner: EstateAccount, region: str, name: str) -> int:
    """The day on which an identity that no story speaks of was created; none was there before the history."""
    if (owner.id, region, name) in _IN_STORIES:
        return FIRST_DAY
    if region == REGIONS[-1]:
        return 75 - lot("moved in", owner.key) // 2
    is_new = lot("new", owner.key, region, name) < _NEWLY_CREATED
    return 4 + lot("created", owner.key, region, name) * 8 // 10 if is_new else FIRST_DAY


def tagged_on(owner: EstateAccount, region: str, name: str) -> int:
    """The day on which an identity got the owner tag that it has now."""
    is_late = lot("late", owner.key, region, name) < _TAGGED_LATE
    return 5 + lot("tagged", owner.key, region, name) * 8 // 10 if is_late else FIRST_DAY

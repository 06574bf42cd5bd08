"""Terms of grants, requests around them, and a judge of its own: does a request lie inside the terms?"""

import ipaddress
import random
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from inventory.policy.channels import Channel
from inventory.policy.grants.terms import GrantTerms, PinnedService
from inventory.policy.requests import Caller, CallerKind, Request

_T = TypeVar("_T")

OWNER, PARTNER, STRANGER = "804715293668", "771930284456", "698211347750"
IDENTITY = f"arn:aws:ses:eu-west-1:{OWNER}:identity/shop.example.com"
ORGANIZATION, COGNITO = "o-k2m4p6r8t0", "cognito-idp.amazonaws.com"
ROLE, OTHER_ROLE = f"arn:aws:iam::{PARTNER}:role/mail/Sender", f"arn:aws:iam::{PARTNER}:role/Reader"
USER = f"arn:aws:iam::{STRANGER}:user/postman"
SESSION = f"arn:aws:sts::{PARTNER}:assumed-role/Sender/night"
SENDS = ("ses:SendEmail", "ses:SendRawEmail", "ses:SendBulkEmail", "ses:SendTemplatedEmail")
ZONES = (
    "UTC",
    "Europe/Vienna",
    "America/Havana",
    "Asia/Beirut",
    "America/Santiago",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
)


def grant(**changes) -> GrantTerms:
    """Terms of the partner for the shop until 31 March 2027, changed as asked."""
    plain = {
        "identity_arn": IDENTITY,
        "principals": (PARTNER,),
        "actions": ("ses:SendEmail", "ses:SendRawEmail"),
        "ends_on": date(2027, 3, 31),
    }
    return GrantTerms(**{**plain, **changes})


addresses = st.lists(
    st.sampled_from(
        [
            "news@shop.example.com",
            "*@shop.example.com",
            "n*@shop.example.com",
            "a?b@shop.example.com",
            r"st\*r@shop.example.com",
            "$${x}@shop.example.com",
            "*",
        ]
    ),
    max_size=3,
)
networks = st.lists(
    st.sampled_from(["203.0.113.0/24", "203.0.113.7", "198.51.100.0/25", "2001:db8::/48", "0.0.0.0/0"]), max_size=2
)
principals = st.one_of(
    st.lists(
        st.sampled_from([PARTNER, STRANGER, OWNER, ROLE, OTHER_ROLE, USER, SESSION, ORGANIZATION]),
        min_size=1,
        max_size=3,
    ),
    st.just(["*"]),
)
days = st.dates(date(2026, 10, 20), date(2028, 3, 5))


@st.composite
def terms(draw) -> GrantTerms:
    """Any terms."""
    ends_on = draw(days)
    starts_on = draw(st.none() | st.dates(date(2026, 10, 1), ends_on))
    named = draw(principals)
    pinned = draw(st.lists(st.builds(PinnedService, st.just(COGNITO), st.sampled_from([OWNER, PARTNER])), max_size=1))
    return grant(
        principals=tuple(named),
        services=() if "*" in named else tuple(pinned),
        actions=tuple(draw(st.lists(st.sampled_from([*SENDS[:3], "ses:GetEmailIdentity"]), min_size=1, max_size=3))),
        from_addresses=tuple(draw(addresses)),
        recipients=tuple(draw(addresses)),
        networks=tuple(draw(networks)),
        starts_on=starts_on,
        ends_on=ends_on,
        time_zone=draw(st.sampled_from(ZONES)),
    )


def _role_session(account: str, name: str, session: str, organization: str | None = None, path: str = "") -> Caller:
    return Caller(
        CallerKind.ROLE_SESSION,
        account=account,
        arn=f"arn:aws:iam::{account}:role/{path}{name}",
        session_arn=f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        userid=f"AROA{name.upper():X<16}:{session}",
        organization=organization,
    )


CALLERS = (
    _role_session(PARTNER, "Sender", "night", path="mail/"),
    _role_session(PARTNER, "Sender", "day", path="mail/"),
    _role_session(PARTNER, "Reader", "night"),
    _role_session(STRANGER, "Sender", "night"),
    _role_session("555130284491", "Sender", "night", ORGANIZATION),
    _role_session(OWNER, "App", "i-1"),
    Caller(CallerKind.USER, account=STRANGER, arn=USER, userid="AIDAPOSTMAN1234567890"),
)
SERVICES = (
    (Caller(CallerKind.SERVICE, service=COGNITO), OWNER),
    (Caller(CallerKind.SERVICE, service=COGNITO), STRANGER),
    (Caller(CallerKind.SERVICE, service="events.amazonaws.com"), OWNER),
)
SENDERS = (
    "news@shop.example.com",
    "other@shop.example.com",
    "a?b@shop.example.com",
    "axb@shop.example.com",
    "st*r@shop.example.com",
    "star@shop.example.com",
    "$${x}@shop.example.com",
    "$$@shop.example.com",
    "NEWS@shop.example.com",
    "news@elsewhere.example.net",
)
PLACES = ("203.0.113.7", "203.0.113.99", "198.51.100.200", "2001:db8::1", "192.0.2.1")


def requests_around(told: GrantTerms, dice: random.Random, count: int) -> Iterator[Request]:
    """Requests at the edges of the terms and beyond, with every key that such a request carries."""
    edges = [told.ends_at, told.starts_at or told.ends_at - timedelta(days=3)]
    instants = [edge + timedelta(seconds=shift) for edge, shift in product(edges, (-1, 0, 1))]
    clock = [f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for instant in instants]
    for _ in range(count):
        action = _pick(dice, (*SENDS, "ses:GetEmailIdentity"), lambda each: each in told.actions)
        context: dict[str, str | tuple[str, ...]] = {
            "aws:CurrentTime": _pick(dice, clock, lambda each: _is_valid(told, each)),
            "aws:SecureTransport": "true",
        }
        if action in SENDS and action != "ses:SendBulkEmail":
            context["ses:FromAddress"] = _pick(dice, SENDERS, lambda each: _fits(told.from_addresses, each))
            to = [_pick(dice, SENDERS, lambda each: _fits(told.recipients, each)) for _ in range(dice.randint(1, 2))]
            context["ses:Recipients"] = tuple(to)
        yield _called(told, dice, action, context)


def _pick(dice: random.Random, options: Sequence[_T], is_good: Callable[[_T], bool]) -> _T:
    """One of them, mostly a good one."""
    good = [each for each in options if is_good(each)]
    return dice.choice(good if good and dice.random() < 0.85 else options)


def _called(told: GrantTerms, dice: random.Random, action: str, context: dict[str, str | tuple[str, ...]]) -> Request:
    if dice.random() < (0.6 if told.services else 0.1):
        caller, source = _pick(dice, SERVICES, lambda each: (each[0].service, each[1]) in _pins_of(told))
        context["aws:SourceAccount"] = source
        return Request(caller, action, IDENTITY, Channel.SERVICE, context)
    caller = _pick(dice, CALLERS, lambda each: bool(_names_of(each) & set(told.principals)))
    channel = dice.choice((Channel.DIRECT, Channel.DIRECT, Channel.DIRECT, Channel.VPC_ENDPOINT))
    if channel is Channel.DIRECT:
        context["aws:SourceIp"] = _pick(dice, PLACES, lambda each: _is_from(told.networks, each))
    else:
        context |= {"aws:SourceVpc": "vpc-0a1b2c3d", "aws:SourceVpce": "vpce-0a1b2c3d", "aws:VpcSourceIp": "10.0.0.9"}
    context |= {"aws:PrincipalAccount": caller.account or "", "aws:PrincipalArn": caller.arn or ""}
    if caller.organization:
        context["aws:PrincipalOrgID"] = caller.organization
    return Request(caller, action, IDENTITY, channel, context)


def is_inside(told: GrantTerms, request: Request) -> bool:
    """The judge. It reads the terms as people do and shares nothing with the engine."""
    context = request.context
    is_mail = request.action in SENDS
    return (
        request.identity_arn == told.identity_arn
        and request.action in told.actions
        and _is_meant(told, request)
        and (not is_mail or not told.from_addresses or _fits(told.from_addresses, context.get("ses:FromAddress")))
        and (not is_mail or not told.recipients or _fits(told.recipients, context.get("ses:Recipients")))
        and (not told.networks or _is_from(told.networks, context.get("aws:SourceIp")))
        and _is_valid(told, str(context["aws:CurrentTime"]))
    )


def _is_meant(told: GrantTerms, request: Request) -> bool:
    caller = request.caller
    if told.principals == ("*",):
        return True
    if request.channel is Channel.SERVICE:
        pin = (caller.service, request.context.get("aws:SourceAccount"))
        return pin in _pins_of(told)
    return bool(_names_of(caller) & set(told.principals))


def _pins_of(told: GrantTerms) -> set[tuple[str | None, object]]:
    return {(each.service, each.source_account) for each in told.services}


def _names_of(caller: Caller) -> set[str | None]:
    return {caller.account, caller.arn, caller.session_arn, caller.organization}


def _fits(allowed: tuple[str, ...], values: str | tuple[str, ...] | None) -> bool:
    if not values:
        return False
    shapes = [_shape(address) for address in allowed]
    return all(any(s.fullmatch(value) for s in shapes) for value in ([values] if isinstance(values, str) else values))


def _shape(address: str) -> re.Pattern[str]:
    pieces = re.findall(r"\\(.)|(\*)|(.)", address)
    return re.compile("".join(".*" if star else re.escape(escaped or plain) for escaped, star, plain in pieces))


def _is_from(ranges: tuple[str, ...], address: object) -> bool:
    return isinstance(address, str) and any(
        ipaddress.ip_address(address) in ipaddress.ip_network(each) for each in ranges
    )


def _is_valid(told: GrantTerms, instant: str) -> bool:
    local = datetime.fromisoformat(instant).astimezone(ZoneInfo(told.time_zone)).date()
    return (told.starts_on is None or told.starts_on <= local) and local <= told.ends_on

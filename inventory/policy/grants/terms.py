"""GrantTerms: what a grant lets whom do, as whom, from where and until when."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from ipaddress import ip_network
from typing import Any
from zoneinfo import ZoneInfo

from inventory.policy.actions import CANONICAL, CLASS_OF
from inventory.policy.grants.addresses import AddressError, pattern_of
from inventory.policy.reading.principals import PrincipalKind, principal_of

ANYONE = "*"

_ACCOUNT = re.compile(r"\d{12}")
_ORGANIZATION = re.compile(r"o-[a-z0-9]{1,32}")
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_IDENTITY = re.compile(r"arn:(aws[a-z0-9-]*):ses:[a-z0-9-]+:\d{12}:identity/.+")
_FIRST_YEAR, _LAST_YEAR = 2000, 9000
_NAMED = {PrincipalKind.ROLE, PrincipalKind.USER, PrincipalKind.SESSION, PrincipalKind.FEDERATED}
_MAIL_CLASSES = ("send", "send-limited")
_MEMBERS = (
    "identity_arn", "principals", "actions", "from_addresses", "recipients", "networks", "starts_on", "ends_on",
    "time_zone",
)  # fmt: skip
_ASIDE = ("id", "justification", "ticket")


class TermsError(ValueError):
    """Terms that cannot be: ``member`` names the one at fault."""

    def __init__(self, member: str, message: str) -> None:
        super().__init__(f"{member}: {message}")
        self.member, self.message = member, message


@dataclass(frozen=True, slots=True, order=True)
class PinnedService:
    """An AWS service, only while it acts for one account."""

    service: str
    source_account: str


@dataclass(frozen=True)
class GrantTerms:
    """The terms of one grant; they are checked and made canonical when they are made.

    ``principals``: account ids, ARNs of roles, users and sessions, organization ids (``o-...``), or ``*`` alone for
    anyone. ``actions``: full names, ``ses:SendEmail``. ``from_addresses`` and ``recipients`` as
    :mod:`inventory.policy.grants.addresses` reads them; they bind the actions that send mail, and the request must
    name them.
    ``networks``: CIDR ranges of source addresses. An empty limit is no limit. Access begins with the first second of
    ``starts_on`` (``None``: at once) and ends at the midnight after ``ends_on``, both in ``time_zone``.
    Raises :class:`TermsError`.
    """

    identity_arn: str
    principals: tuple[str, ...]
    actions: tuple[str, ...]
    ends_on: date
    services: tuple[PinnedService, ...] = ()
    from_addresses: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    starts_on: date | None = None
    time_zone: str = "UTC"

    def __post_init__(self) -> None:
        _check_identity(self.identity_arn)
        canonical: dict[str, Sequence[Any]] = {
            "principals": sorted({canonical_principal(each, self.partition) for each in self.principals}),
            "services": sorted({_service(each) for each in self.services}),
            "actions": sorted({_action(each) for each in self.actions}),
            "networks": sorted({canonical_network(each) for each in self.networks}),
            "from_addresses": sorted(set(self.from_addresses)),
            "recipients": sorted(set(self.recipients)),
        }
        for member, values in canonical.items():
            object.__setattr__(self, member, tuple(values))
        self._check()

    def _check(self) -> None:
        if not self.principals and not self.services:
            raise TermsError("principals", "nobody is named")
        if ANYONE in self.principals and len(self.principals) + len(self.services) > 1:
            raise TermsError("principals", "* means anyone and stands alone")
        if not self.actions:
            raise TermsError("actions", "no action is named")
        for member in ("from_addresses", "recipients"):
            try:
                _ = [pattern_of(each) for each in getattr(self, member)]
            except AddressError as error:
                raise TermsError(member, str(error)) from None
        _check_zone(self.time_zone)
        for member, day in (("ends_on", self.ends_on), ("starts_on", self.starts_on)):
            if day is not None and not _FIRST_YEAR <= day.year <= _LAST_YEAR:
                raise TermsError(member, f"{day} is not a date of these times")
        if self.starts_on is not None and self.starts_on > self.ends_on:
            raise TermsError("ends_on", f"{self.ends_on} is before the start, {self.starts_on}")

    @property
    def partition(self) -> str:
        """``aws``, ``aws-us-gov``, ..."""
        return self.identity_arn.split(":")[1]

    @property
    def starts_at(self) -> datetime | None:
        """The first instant of the access, UTC."""
        return None if self.starts_on is None else midnight(self.starts_on, self.time_zone)

    @cached_property
    def ends_at(self) -> datetime:
        """The first instant at which the access is over, UTC: the midnight after the last valid day."""
        return midnight(self.ends_on + timedelta(days=1), self.time_zone)

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts that are meant as a whole."""
        return frozenset(each for each in self.principals if _ACCOUNT.fullmatch(each))

    @property
    def account_ids(self) -> frozenset[str]:
        """Every account that is let in: as a whole, by a principal, or behind a service."""
        by_name = (arn.split(":")[4] for arn in self.arns)
        return self.accounts.union(by_name, (each.source_account for each in self.services))

    @property
    def organizations(self) -> frozenset[str]:
        """The organizations that are meant as a whole."""
        return frozenset(each for each in self.principals if _ORGANIZATION.fullmatch(each))

    @property
    def arns(self) -> tuple[str, ...]:
        """The single roles, users and sessions."""
        return tuple(each for each in self.principals if each.startswith("arn:"))

    @property
    def means_anyone(self) -> bool:
        """Whether the grant is for anyone at all."""
        return ANYONE in self.principals

    def to_json(self) -> dict[str, Any]:
        """Plain values, the form that :meth:`from_json` reads."""
        services = [{"service": each.service, "source_account": each.source_account} for each in self.services]
        return {
            "identity_arn": self.identity_arn,
            "principals": [*self.principals, *services],
            "actions": list(self.actions),
            "from_addresses": list(self.from_addresses),
            "recipients": list(self.recipients),
            "networks": list(self.networks),
            "starts_on": self.starts_on.isoformat() if self.starts_on else None,
            "ends_on": self.ends_on.isoformat(),
            "time_zone": self.time_zone,
        }

    @classmethod
    def from_json(cls, data: object) -> "GrantTerms":
        """Read terms from plain values, whatever reasons stand beside them. Raises :class:`TermsError`."""
        if not isinstance(data, dict):
            raise TermsError("terms", "an object is needed")
        unknown = sorted(set(data) - {*_MEMBERS, *_ASIDE})
        if unknown:
            raise TermsError(str(unknown[0]), f"not a member of terms; these are {', '.join(_MEMBERS)}")
        principals = data.get("principals") or []
        if not isinstance(principals, list):
            raise TermsError("principals", "a list is needed")
        ends_on = _day(data, "ends_on")
        if ends_on is None:
            raise TermsError("ends_on", "a grant has an end")
        return cls(
            identity_arn=_text(data.get("identity_arn"), "identity_arn"),
            principals=tuple(_text(each, "principals") for each in principals if not isinstance(each, dict)),
            services=tuple(_pinned(each) for each in principals if isinstance(each, dict)),
            actions=_texts(data, "actions"),
            from_addresses=_texts(data, "from_addresses"),
            recipients=_texts(data, "recipients"),
            networks=_texts(data, "networks"),
            starts_on=_day(data, "starts_on"),
            ends_on=ends_on,
            time_zone=_text(data.get("time_zone") or "UTC", "time_zone"),
        )


def sends_mail(action: str) -> bool:
    """Whether an action (``ses:SendEmail``) sends mail, so that it has a sender and recipients."""
    return CLASS_OF.get(action.removeprefix("ses:")) in _MAIL_CLASSES


def _check_identity(arn: str) -> None:
    if not _IDENTITY.fullmatch(arn):
        raise TermsError("identity_arn", f"{arn!r} is not the ARN of an SES identity")


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise TermsError("time_zone", f"{name!r} is no time zone; an example is Europe/Vienna") from None


def midnight(day: date, zone: str) -> datetime:
    """The first instant of a day in a time zone, UTC."""
    # Where the clocks skip midnight, this is the instant of the change: the day's first.
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def canonical_principal(text: str, partition: str) -> str:
    """One principal of terms, the root ARN of an account as its id. Raises :class:`TermsError`."""
    if text == ANYONE or _ORGANIZATION.fullmatch(text):
        return text
    principal = principal_of("AWS", text, ())
    if principal.partition not in (None, partition):
        raise TermsError("principals", f"{text!r} is of partition {principal.partition}, the identity of {partition}")
    if principal.kind is PrincipalKind.ACCOUNT and principal.is_exact and principal.account:
        return principal.account
    if principal.kind in _NAMED and principal.is_exact:
        return text
    raise TermsError(
        "principals",
        f"{text!r} is neither an account id, the ARN of a role, user or session, an organization (o-...), nor *",
    )


def _service(pinned: PinnedService) -> PinnedService:
    if not _SERVICE.fullmatch(pinned.service):
        raise TermsError("principals", f"{pinned.service!r} is no service principal; an example is ses.amazonaws.com")
    if not _ACCOUNT.fullmatch(pinned.source_account):
        raise TermsError("principals", f"source_account of {pinned.service}: 12 digits are needed")
    return pinned


def _pinned(data: Mapping[str, Any]) -> PinnedService:
    unknown = sorted(set(data) - {"service", "source_account"})
    if unknown:
        raise TermsError("principals", f"{unknown[0]!r} is not a member of a service; it has service, source_account")
    return PinnedService(
        _text(data.get("service"), "principals.service"),
        _text(data.get("source_account"), "principals.source_account"),
    )


def _action(text: str) -> str:
    prefix, _, name = text.partition(":")
    known = CANONICAL.get(name.lower()) if prefix.lower() == "ses" else None
    if known is None:
        raise TermsError("actions", f"{text!r} is no action of SES; an example is ses:SendEmail")
    return f"ses:{known}"


def canonical_network(text: str) -> str:
    """A CIDR range or address. Raises :class:`TermsError`."""
    try:
        return str(ip_network(text.strip(), strict=False))
    except ValueError:
        raise TermsError("networks", f"{text!r} is no CIDR range; an example is 203.0.113.0/24") from None


def _text(data: object, member: str) -> str:
    if not isinstance(data, str) or not data:
        raise TermsError(member, "text is needed")
    return data


def _texts(data: Mapping[str, Any], member: str) -> tuple[str, ...]:
    values = data.get(member) or []
    if not isinstance(values, list):
        raise TermsError(member, "a list of texts is needed")
    return tuple(_text(each, member) for each in values)


def _day(data: Mapping[str, Any], member: str) -> date | None:
    value = data.get(member)
    if value is None:
        return None
    try:
        return date.fromisoformat(_text(value, member))
    except ValueError as error:
        if isinstance(error, TermsError):
            raise
        raise TermsError(member, f"{value!r} is no date; an example is 2027-03-31") from None

"""Wishes: what somebody wants for several identities at once, and the terms that follow for each of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from inventory.policy.grants.terms import GrantTerms, PinnedService, TermsError


@dataclass(frozen=True, slots=True)
class Sendable:
    """An identity as a wish takes it: ``name`` is a domain or, where it ``is_address``, one address."""

    arn: str
    name: str
    is_address: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """``addresses`` as people write them, ``news`` or ``news@shop.example.com``; none is any address."""

    principals: tuple[str, ...]
    services: tuple[PinnedService, ...]
    actions: tuple[str, ...]
    ends_on: date
    addresses: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    starts_on: date | None = None


def terms_for(wish: Wish, identity: Sendable, *, time_zone: str) -> GrantTerms:
    """The terms of one identity, with those of the addresses that are its own. Raises :class:`TermsError`."""
    return GrantTerms(
        identity_arn=identity.arn,
        principals=wish.principals,
        services=wish.services,
        actions=wish.actions,
        from_addresses=_addresses(wish.addresses, identity),
        recipients=wish.recipients,
        networks=wish.networks,
        starts_on=wish.starts_on,
        ends_on=wish.ends_on,
        time_zone=time_zone,
    )


def wish_of(lines: Sequence[tuple[Sendable, GrantTerms]]) -> Wish | None:
    """The one wish that all of these terms follow from; ``None`` where they differ in more than their addresses."""
    first = lines[0][1]
    every = dict.fromkeys(each for _, terms in lines for each in terms.from_addresses)
    wish = Wish(
        principals=first.principals,
        services=first.services,
        actions=first.actions,
        addresses=tuple(every),
        recipients=first.recipients,
        networks=first.networks,
        starts_on=first.starts_on,
        ends_on=first.ends_on,
    )
    if (first.principals and first.services) or len({each.service for each in first.services}) > 1:
        return None
    try:
        again = [terms_for(wish, identity, time_zone=terms.time_zone) for identity, terms in lines]
    except TermsError:
        return None
    return wish if again == [terms for _, terms in lines] else None


def check_addresses(addresses: Sequence[str], identities: Iterable[Sendable]) -> None:
    """Raise :class:`TermsError` for an address that none of the identities sends as."""
    wanted = list(identities)
    for address in addresses:
        if wanted and not any(_own(address, each) for each in wanted):
            names = " or ".join(each.name for each in wanted[:3])
            raise TermsError("from_addresses", f"{address} is no address of {names}. Write one that ends with it.")


def _addresses(addresses: Sequence[str], identity: Sendable) -> tuple[str, ...]:
    if not addresses:
        # An address has no other to send as.
        return (identity.name,) if identity.is_address else ()
    own = tuple(found for each in addresses if (found := _own(each, identity)))
    if not own:
        raise TermsError("from_addresses", f"None of these is an address of {identity.name}. Add one, or name none.")
    return own


def _own(address: str, identity: Sendable) -> str:
    """The address in full where the identity sends as it, else nothing."""
    if identity.is_address:
        return identity.name if address.lower() == identity.name.lower() else ""
    local, at, domain = address.rpartition("@")
    if not at:
        return f"{address}@{identity.name}"
    wanted, name = domain.lower(), identity.name.lower()
    return f"{local}@{wanted}" if local and (wanted == name or wanted.endswith(f".{name}")) else ""

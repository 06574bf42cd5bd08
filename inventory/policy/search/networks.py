"""Networks: IP ranges merged, subtracted and measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

# The smallest range that counts as open to a fresh network is broader than these.
_WIDEST_FIXED = {4: 2**24, 6: 2**96}
_WIDEST_TOTAL = {4: 2**28, 6: 2**100}
_LAST = {4: 2**32 - 1, 6: 2**128 - 1}
_PREFERRED = {4: int(ip_address("203.0.113.77")), 6: int(ip_address("2001:db8:77::1"))}


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """Addresses from ``first`` to ``last``, both included, of one IP version."""

    version: int
    first: int
    last: int


EVERYWHERE = (Range(4, 0, _LAST[4]), Range(6, 0, _LAST[6]))


def range_of(text: str) -> Range | None:
    """A CIDR range, or one address; ``None`` where it is neither."""
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    return Range(network.version, int(network.network_address), int(network.broadcast_address))


def merge(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """The same addresses in as few ranges as possible, in order."""
    merged: list[Range] = []
    for each in sorted(ranges):
        last = merged[-1] if merged else None
        if last is not None and last.version == each.version and each.first <= last.last + 1:
            merged[-1] = Range(last.version, last.first, max(last.last, each.last))
        else:
            merged.append(each)
    return tuple(merged)


def intersect(left: Iterable[Range], right: Sequence[Range]) -> tuple[Range, ...]:
    """The addresses in both."""
    return merge(
        Range(a.version, max(a.first, b.first), min(a.last, b.last))
        for a in left
        for b in right
        if a.version == b.version and max(a.first, b.first) <= min(a.last, b.last)
    )


def complement(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Every address but these."""
    rest: list[Range] = []
    merged = merge(ranges)
    for version, end in _LAST.items():
        at = 0
        for each in merged:
            if each.version == version:
                if each.first > at:
                    rest.append(Range(version, at, each.first - 1))
                at = each.last + 1
        if at <= end:
            rest.append(Range(version, at, end))
    return tuple(rest)


def fresh(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """The ranges among these in which anyone can have an address: broader than /8 (IPv4) or /32 (IPv6)."""
    merged = merge(ranges)
    total = {version: sum(r.last - r.first + 1 for r in merged if r.version == version) for version in _LAST}
    return tuple(
        each for each in merged if _holds_wide_block(each) or total[each.version] >= _WIDEST_TOTAL[each.version]
    )


def _holds_wide_block(each: Range) -> bool:
    size = 2 * _WIDEST_FIXED[each.version]
    start = -(-each.first // size) * size
    return start + size - 1 <= each.last


def an_address(ranges: Sequence[Range]) -> str:
    """One address of some ranges, an example address where one is inside."""
    for each in ranges:
        if each.first <= _PREFERRED[each.version] <= each.last:
            return str(_address(each.version, _PREFERRED[each.version]))
    first = ranges[0]
    return str(_address(first.version, first.first + (first.last > first.first)))


def _address(version: int, number: int) -> object:
    return ip_address(number.to_bytes(4 if version == 4 else 16, "big"))

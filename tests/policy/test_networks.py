"""Ranges of addresses: merged, met, turned round; what is so broad that anyone is inside."""

from ipaddress import ip_address

import pytest

from inventory.policy.search.networks import (
    EVERYWHERE,
    Range,
    an_address,
    complement,
    fresh,
    intersect,
    merge,
    range_of,
)


def ranges(*texts: str) -> tuple[Range, ...]:
    return merge(found for text in texts if (found := range_of(text)) is not None)


def test_adjacent_ranges_become_one():
    assert ranges("10.0.0.0/25", "10.0.0.128/25", "10.0.0.7") == ranges("10.0.0.0/24")


def test_a_host_bit_does_no_harm_and_nonsense_is_no_range():
    assert range_of("10.0.0.7/24") == range_of("10.0.0.0/24")
    assert range_of("10.0.0.0/33") is None
    assert range_of("example.com") is None


def test_the_complement_of_the_complement_is_the_same():
    some = ranges("10.0.0.0/8", "192.168.0.0/16", "2001:db8::/32")
    assert complement(complement(some)) == some
    assert intersect(some, complement(some)) == ()
    assert merge((*some, *complement(some))) == EVERYWHERE


@pytest.mark.parametrize(
    ("texts", "is_fresh"),
    [
        (["12.0.0.0/8"], False),
        (["12.0.0.0/7"], True),
        (["12.0.0.0/8", "13.0.0.0/8"], True),
        (["12.0.0.0/8", "14.0.0.0/8"], False),
        (["0.0.0.0/1", "128.0.0.0/1"], True),
        ([f"{first}.0.0.0/8" for first in range(0, 64, 2)], True),
        (["2001:db8::/32"], False),
        (["2001:db8::/31"], True),
        ([], False),
    ],
)
def test_broad_ranges_are_open_to_anyone(texts, is_fresh):
    assert bool(fresh(ranges(*texts))) is is_fresh


def test_all_but_one_range_is_open_to_anyone():
    assert fresh(complement(ranges("198.51.100.0/24")))
    assert fresh(complement(ranges("0.0.0.0/0")))
    assert not fresh(complement(ranges("0.0.0.0/0", "::/0")))


@pytest.mark.parametrize("text", ["198.51.100.0/24", "10.1.2.3", "2001:db8:1::/48", "0.0.0.0/0"])
def test_an_address_lies_inside(text):
    found = range_of(text)
    assert found is not None
    assert found.first <= int(ip_address(an_address([found]))) <= found.last

"""Texts inside some languages and outside others: found where there is one, and only then."""

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.policy.search.automaton import Budget, TooHardError
from inventory.policy.search.globs import find
from inventory.policy.search.languages import Language, arn_pattern, language, literal, wildcard
from inventory.policy.search.templates import Demand, Segment, read

FREE = (Segment(("x",), "q", "abcq", 0, 4),)


def globs(*texts, is_folded=False):
    return Language([wildcard(text) for text in texts], is_folded=is_folded)


def regex(text):
    return re.compile("".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in text), re.DOTALL)


@given(st.text("ab*?", max_size=6), st.text("ab", max_size=6))
def test_a_pattern_matches_as_the_regular_expression_does(pattern, text):
    assert globs(pattern).matches(text) is bool(regex(pattern).fullmatch(text))


TEXTS = ["".join(chars) for length in range(5) for chars in product("abcq", repeat=length)]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.lists(st.text("ab*?", max_size=4), max_size=2), st.booleans()), max_size=3))
def test_a_text_is_found_exactly_where_there_is_one(asked):
    demands = [Demand("x", globs(*patterns), is_inside) for patterns, is_inside in asked]
    found = find(FREE, demands)
    fitting = [text for text in TEXTS if all(d.language.matches(text) is d.is_inside for d in demands)]
    assert (found is not None) is bool(fitting)
    assert found is None or found[0] in fitting


def test_readers_of_one_segment_see_the_same():
    template = (
        Segment(("arn",), "arn:"),
        Segment(("arn", "account"), "000", "0123", 3, 3),
        Segment(("arn",), ":x"),
    )
    demands = [
        Demand("arn", globs("arn:1*"), True),
        Demand("account", globs("*2?"), True),
        Demand("account", language(["120"]), False),
    ]
    found = find(template, demands)
    assert found is not None
    assert re.fullmatch("12[0-3]", read(template, found, "account"))
    assert read(template, found, "account") != "120"


def test_what_contradicts_has_no_text():
    assert find(FREE, [Demand("x", globs("a*"), True), Demand("x", globs("b*"), True)]) is None
    assert find(FREE, [Demand("x", globs("*"), False)]) is None


def test_case_is_folded_where_asked():
    assert globs("AbC*", is_folded=True).matches("aBcX")
    assert not globs("AbC*").matches("aBcX")


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a:b", True),
        ("arn:*:1:role/x", "arn:aws:iam::1:role/x", False),
        ("*", "arn:aws:iam::1:role/x", True),
        ("*", "no arn", False),
        ("arn:aws:*::1:*", "arn:aws:iam::1:root", True),
        ("arn:aws:*:1:x:y", "arn:aws:iam::1:root", False),
    ],
)
def test_arn_patterns_keep_to_their_fields(pattern, text, fits):
    fields = arn_pattern(wildcard(pattern))
    assert fields is None or Language([fields]).matches(text) is fits
    assert fields is not None or not fits


def test_a_short_arn_pattern_is_none():
    assert arn_pattern(wildcard("arn:aws:iam::*")) is None


def test_a_search_ends_when_its_budget_is_spent():
    hard = [
        Demand("x", globs("*" + "a*" * 15 + "b"), True),
        Demand("x", globs(*("*" + "ab" * n for n in range(1, 9))), False),
    ]
    anything = (Segment(("x",), "q", "abcdefgh", 0, 0),)
    with pytest.raises(TooHardError):
        find(anything, hard, Budget(50))


def test_literal_text_has_no_wildcards():
    assert Language([literal("a*")]).texts == ("a*",)
    assert Language([wildcard("a*")]).texts is None

"""The pace of deciding: what looks like not looking, and what does not."""

from datetime import timedelta

import pytest

from approvals.rules.campaigns import ItemDecision
from approvals.rules.pace import Spoken, pace_of, warning
from approvals.services.campaigns.paces import pace_warning, paces
from approvals.services.campaigns.reviewing import certify_many
from tests.builders import NOW
from tests.campaigns import cases


def _said(number, *, every, kept=True):
    return [Spoken(NOW + each * every, kept) for each in range(number)]


def test_the_numbers_of_a_pace():
    said = [*_said(4, every=timedelta(seconds=20)), Spoken(NOW + timedelta(seconds=90), is_kept=False)]
    pace = pace_of(said[::-1])
    assert (pace.number, pace.kept, pace.most_kept) == (5, 4, 4)
    assert pace.median == timedelta(seconds=20)
    assert pace_of([]).median is None


@pytest.mark.parametrize(
    ("number", "seconds", "sentence"),
    [
        (20, 1, "You kept 20 of the last 20, most of them within seconds."),
        (21, 2, "You kept 21 in the last minute."),
        (20, 3, ""),
        (9, 1, ""),
        (60, 5, ""),
    ],
)
def test_only_what_is_faster_than_reading_is_warned_of(number, seconds, sentence):
    said = _said(number, every=timedelta(seconds=seconds))
    assert warning(said, at=said[-1].at) == sentence
    assert pace_of(said).is_hasty == bool(sentence)


def test_who_says_something_else_now_and_then_is_not_warned():
    said = _said(19, every=timedelta(seconds=1))
    assert warning([*said, Spoken(NOW, is_kept=False)], at=said[-1].at) == ""


def test_after_a_rest_nothing_is_said_any_more():
    said = _said(21, every=timedelta(seconds=1))
    assert warning(said, at=said[-1].at + timedelta(minutes=5)) != ""
    assert warning(said, at=said[-1].at + timedelta(minutes=11)) == ""
    assert pace_of(said).is_hasty


@pytest.mark.django_db
def test_the_pace_of_each_reviewer_is_read_from_what_was_recorded():
    estate, campaign = cases.unchanged(23)
    by, items = estate.colleague, list(campaign.items.all())
    certify_many([items[0].pk, items[1].pk], signed_in_by="password", acting_user=by, at=NOW)
    assert pace_warning(by, campaign, at=NOW) == ""
    for number, item in enumerate(items[2:]):
        cases.decide(item, ItemDecision.CERTIFY, by, at=NOW + timedelta(seconds=number))
    (found,) = paces(campaign)
    assert (found.user, found.in_bulk, found.pace.number, found.pace.is_hasty) == (by, 2, 21, True)
    assert pace_warning(by, campaign, at=NOW + timedelta(seconds=30)) == "You kept 21 in the last minute."
    assert pace_warning(estate.security, campaign, at=NOW) == ""

"""The survival curve: the worked example, the corners, and an independent implementation."""

from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time

from sesgov.figures.survival import (
    Episode,
    attainment,
    mean_open_age,
    median,
    restricted_mean,
    share_open,
    survival,
)

START = datetime(2026, 1, 1, tzinfo=UTC)


def days(number: int) -> timedelta:
    return timedelta(days=number)


def episode(opened: int, closed: int | None = None, *, is_fixed: bool = True) -> Episode:
    return Episode(
        START + days(opened), None if closed is None else START + days(closed), closed is not None and is_fixed
    )


APPROVED = episode(50, 55, is_fixed=False)
EXAMPLE = [
    episode(0, 10),
    episode(0, 40),
    episode(5),
    episode(20, 25),
    episode(30, 60),
    APPROVED,
    episode(-30, 10),
    episode(70),
    episode(-60),
]
WINDOW = {"since": START, "until": START + days(90)}


def rounded(share: float) -> float:
    return round(share, 4)


def test_the_worked_example():
    steps = survival(EXAMPLE, **WINDOW)
    assert [(step.age.days, rounded(step.share)) for step in steps] == [
        (5, 0.8571), (10, 0.6857), (30, 0.4571), (40, 0.1524),
    ]  # fmt: skip
    assert median(steps) == days(30)
    assert round(restricted_mean(steps, days(90)) / days(1), 2) == 35.19
    assert mean_open_age(EXAMPLE, at=START + days(90)) == days(85)
    assert attainment(EXAMPLE, days(30), **WINDOW) == (3, 6)


def test_nothing_fixed_leaves_the_curve_at_one():
    steps = survival([episode(0), APPROVED], **WINDOW)
    assert steps == ()
    assert median(steps) is None
    assert share_open(steps, days(60)) == 1
    assert restricted_mean(steps, days(90)) == days(90)


def test_nothing_open_has_no_mean_age():
    assert mean_open_age([episode(0, 10)], at=START + days(90)) is None


def test_what_closed_before_the_window_or_opened_after_it_says_nothing():
    assert survival([episode(-20, 0), episode(-40, -1), episode(90, 95)], **WINDOW) == ()


def test_what_is_fixed_after_the_instant_was_still_open_then():
    steps = survival([episode(0, 95), episode(0, 10)], **WINDOW)
    assert [(step.age, step.at_risk) for step in steps] == [(days(10), 2)]
    assert mean_open_age([episode(0, 95)], at=START + days(90)) == days(90)
    assert attainment([episode(0, 95)], days(30), **WINDOW) == (0, 1)


def test_a_curve_that_comes_down_to_exactly_a_half_reaches_it():
    steps = survival([episode(0, 1), episode(0, 2), episode(0, 3), episode(0), episode(0), episode(0)], **WINDOW)
    assert median(steps) == days(3)


SPELLS = st.lists(
    st.tuples(st.integers(-89, 89), st.integers(1, 200), st.booleans(), st.booleans()), min_size=1, max_size=25
)


@given(SPELLS)
def test_an_independent_implementation_draws_the_same_curve(spells):
    episodes = [
        episode(opened, None if is_open else opened + length, is_fixed=is_fixed)
        for opened, length, is_open, is_fixed in spells
    ]
    # The other one begins at the first entry, and refuses a curve that comes to 0 while somebody still enters.
    episodes.append(episode(0))
    watched = [each for each in episodes if each.closed_at is None or each.closed_at > START]
    steps = survival(watched, **WINDOW)
    assume(steps)
    end = START + days(90)
    left = [min(each.closed_at or end, end) - each.opened_at for each in watched]
    entered = [max(START - each.opened_at, days(0)) for each in watched]
    fixed = [each.is_fixed and each.closed_at is not None and each.closed_at < end for each in watched]
    fitter = KaplanMeierFitter().fit(
        [each.days for each in left], event_observed=fixed, entry=[each.days for each in entered]
    )
    for step in steps:
        assert abs(fitter.predict(step.age.days) - step.share) < 1e-9
    horizon = max(each.days for each in left)
    ours = restricted_mean(steps, days(horizon)) / days(1)
    assert abs(restricted_mean_survival_time(fitter, t=horizon) - ours) < 1e-3

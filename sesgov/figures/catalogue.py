"""All figures: those of the dashboard, posture first, those of grants, and every series that has a trend."""

from collections.abc import Callable, Sequence

from sesgov.figures import (
    ages,
    approved,
    endings,
    grant_times,
    owners,
    posture,
    remediation,
    sight,
    strangers,
    wildcards,
)
from sesgov.figures.facts import Facts, coverage_sentence
from sesgov.figures.series import Series
from sesgov.figures.shapes import Figure
from sesgov.figures.trends import trends_of

Tile = Callable[[Facts, str], Figure]
_FIRST: tuple[Tile, ...] = (
    posture.posture,
    wildcards.wildcards,
    strangers.strangers,
    remediation.remediation,
    owners.owners,
)
_OF_GRANTS: tuple[Tile, ...] = (
    approved.approved,
    approved.still_present,
    endings.ending,
    grant_times.lead_time,
    grant_times.revocation_time,
)
SERIES: tuple[Series, ...] = (
    posture.SERIES,
    wildcards.SERIES,
    wildcards.PUBLIC_SERIES,
    strangers.SERIES,
    remediation.SERIES,
    owners.SERIES,
    ages.OPEN_SERIES,
    ages.SERIES,
    sight.SERIES,
    approved.COVERAGE_SERIES,
    approved.PRESENT_SERIES,
    endings.SERIES,
    grant_times.LEAD_SERIES,
    grant_times.REVOCATION_SERIES,
)
_BY_KEY = {series.key: series for series in SERIES}


def all_figures(facts: Facts) -> list[Figure]:
    """Posture first, then the four of the playbook, then those of grants, each with its trend."""
    return _figures(facts, (*_FIRST, *_OF_GRANTS))


def first_figures(facts: Facts) -> list[Figure]:
    """Posture, then the four of the playbook: those of the dashboard."""
    return _figures(facts, _FIRST)


def grant_figures(facts: Facts) -> list[Figure]:
    """Those of grants."""
    return _figures(facts, _OF_GRANTS)


def _figures(facts: Facts, tiles: Sequence[Tile]) -> list[Figure]:
    coverage = coverage_sentence(facts)
    figures = [tile(facts, coverage) for tile in tiles]
    trends = trends_of(facts, [_BY_KEY[figure.key] for figure in figures])
    return [trends.on(figure) for figure in figures]

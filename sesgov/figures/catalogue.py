"""All figures: the tiles of the dashboard, posture first, and every series that has a trend."""

from collections.abc import Callable

from sesgov.figures import ages, owners, posture, remediation, sight, strangers, wildcards
from sesgov.figures.facts import Facts, coverage_sentence
from sesgov.figures.series import Series
from sesgov.figures.shapes import Figure
from sesgov.figures.trends import trends_of

_TILES: tuple[Callable[[Facts, str], Figure], ...] = (
    posture.posture,
    wildcards.wildcards,
    strangers.strangers,
    remediation.remediation,
    owners.owners,
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
)
_BY_KEY = {series.key: series for series in SERIES}


def all_figures(facts: Facts) -> list[Figure]:
    """Posture first, then the four of the playbook, each with its trend."""
    coverage = coverage_sentence(facts)
    figures = [tile(facts, coverage) for tile in _TILES]
    trends = trends_of(facts, [_BY_KEY[figure.key] for figure in figures])
    return [trends.on(figure) for figure in figures]

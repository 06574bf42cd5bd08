"""All figures: those of the dashboard, posture first, those of findings and grants, and every series with a trend."""

from collections.abc import Sequence

from sesgov.figures import (
    ages,
    approved,
    endings,
    grant_times,
    owners,
    posture,
    remediation,
    reopened,
    reviews,
    sight,
    strangers,
    wildcards,
)
from sesgov.figures.facts import Facts, Sight
from sesgov.figures.lasting import Lasting, lasting, lasting_figures
from sesgov.figures.series import Series
from sesgov.figures.shapes import Figure
from sesgov.figures.tiles import Tile
from sesgov.figures.trends import trends_of

_FIRST: tuple[Tile, ...] = (posture.TILE, wildcards.TILE, strangers.TILE, remediation.TILE, owners.TILE)
_OF_FINDINGS: tuple[Tile, ...] = (ages.TILE, reopened.TILE)
_OF_GRANTS: tuple[Tile, ...] = (
    approved.COVERAGE_TILE,
    approved.PRESENT_TILE,
    endings.TILE,
    grant_times.LEAD_TILE,
    grant_times.REVOCATION_TILE,
    reviews.TILE,
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
    reopened.SERIES,
    sight.SERIES,
    approved.COVERAGE_SERIES,
    approved.PRESENT_SERIES,
    endings.SERIES,
    grant_times.LEAD_SERIES,
    grant_times.REVOCATION_SERIES,
    reviews.SERIES,
)


def all_figures(facts: Facts, found: Lasting | None = None) -> list[Figure]:
    """Posture first, then the four of the playbook, those of findings, and those of grants and reviews.

    ``found`` where the caller has counted already how long findings last.
    """
    return _figures(facts, (*_FIRST, *_OF_FINDINGS, *_OF_GRANTS), found or lasting(facts))


def first_figures(facts: Facts) -> list[Figure]:
    """Posture, then the four of the playbook: those of the dashboard."""
    return _figures(facts, _FIRST)


def _figures(facts: Facts, tiles: Sequence[Tile], found: Lasting | None = None) -> list[Figure]:
    seen: Sight = sight.sight(facts)
    trends = trends_of(facts, [tile.series for tile in tiles])
    figures = [trends.on(tile.figure(facts, seen, trends.at(tile.series.key, facts.on))) for tile in tiles]
    if found is None:
        return figures
    after = len(_FIRST)
    return [*figures[:after], *lasting_figures(facts, found, seen), *figures[after:]]

"""For how many days access may last at most: as administrators set it, else as shipped."""

from collections.abc import Mapping

from approvals.rules.risk import RiskClass
from inventory.services.settings.in_force import in_force


def longest_in_force() -> Mapping[RiskClass, int]:
    """By risk class; one query."""
    days = in_force().longest_days
    return {risk: days[risk.value] for risk in RiskClass}

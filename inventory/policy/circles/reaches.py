"""Circles: how far one statement reaches over one channel, for one action at one instant."""

from collections.abc import Sequence

from inventory.policy.channels import Channel
from inventory.policy.circles.circle_search import Circle
from inventory.policy.circles.denials import Permission
from inventory.policy.circles.service_circles import ServiceCircles
from inventory.policy.circles.signer_circles import SignerCircles
from inventory.policy.reading.documents import Statement
from inventory.policy.search.populations import Population


def find_circles(
    permission: Permission, statement: Statement, population: Population, denies: Sequence[Statement]
) -> list[Circle]:
    """Every circle of callers that the statement admits, the wider first; one inside a wider one is left out."""
    search = ServiceCircles if population.channel is Channel.SERVICE else SignerCircles
    return search(permission, statement, population, denies).find()

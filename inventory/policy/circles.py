"""Circles: how far one statement reaches over one channel, for one action at one instant."""

from collections.abc import Sequence

from inventory.policy.channels import Channel
from inventory.policy.circle_search import Circle
from inventory.policy.denials import Permission
from inventory.policy.documents import Statement
from inventory.policy.populations import Population
from inventory.policy.service_circles import ServiceCircles
from inventory.policy.signer_circles import SignerCircles


def find_circles(
    permission: Permission, statement: Statement, population: Population, denies: Sequence[Statement]
) -> list[Circle]:
    """Every circle of callers that the statement admits, the wider first; one inside a wider one is left out."""
    search = ServiceCircles if population.channel is Channel.SERVICE else SignerCircles
    return search(permission, statement, population, denies).find()

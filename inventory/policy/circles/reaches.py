"""Circles: how far one statement reaches, for one action at one instant, over each channel."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from inventory.policy.channels import Channel
from inventory.policy.circles.circle_search import Circle
from inventory.policy.circles.denials import Permission
from inventory.policy.circles.service_circles import ServiceCircles
from inventory.policy.circles.signer_circles import SignerCircles
from inventory.policy.keys import Source
from inventory.policy.reading.documents import Statement
from inventory.policy.search.populations import Population
from inventory.policy.search.solver import over_endpoint


def circles_by_channel(
    permission: Permission, statement: Statement, population: Population, denies: Sequence[Statement]
) -> Iterator[tuple[Channel, list[Circle]]]:
    """For each channel every circle of callers that the statement admits, the wider first; one inside a wider one is
    left out. The channel of ``population`` does not matter.

    Callers who sign are the same ones through an endpoint where nothing asks for the network.
    """
    direct = SignerCircles(permission, statement, population._replace(channel=Channel.DIRECT), denies)
    found = direct.find()
    yield Channel.DIRECT, found
    if direct.asks_for(Source.NETWORK):
        through = population._replace(channel=Channel.VPC_ENDPOINT)
        yield Channel.VPC_ENDPOINT, SignerCircles(permission, statement, through, denies).find()
    else:
        yield Channel.VPC_ENDPOINT, [replace(circle, model=over_endpoint(circle.model)) for circle in found]
    service = population._replace(channel=Channel.SERVICE)
    yield Channel.SERVICE, ServiceCircles(permission, statement, service, denies).find()

"""The analyser: policies of one identity in, delegations out."""

from collections.abc import Mapping
from datetime import datetime

from inventory.policy.delegations import Analysis
from inventory.policy.trust import Registry


def analyse(
    *, owner_account: str, identity_arn: str, policies: Mapping[str, str], registry: Registry, at: datetime
) -> Analysis:
    """What the policies of one identity allow at the instant ``at`` (aware, UTC).

    ``policies`` maps each policy's name to its raw JSON text.
    """
    raise NotImplementedError

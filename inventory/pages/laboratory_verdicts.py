"""Verdicts: each delegation of a pasted policy as a sentence, with a request that shows it."""

from dataclasses import dataclass

from inventory.policy.delegations import Delegation
from inventory.policy.tightening.drafts import pretty
from inventory.policy.trust import Trust

_NOT_VOUCHED_FOR = (Trust.UNKNOWN, Trust.FORMER, Trust.PLACEHOLDER)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One delegation as a sentence, with a request that shows it."""

    position: int
    sentence: str
    delegation: Delegation
    witness: str
    is_confirmed: bool

    @property
    def tone(self) -> str:
        """``bad`` for what nobody vouches for, ``plain`` otherwise."""
        return "bad" if self.delegation.trust in _NOT_VOUCHED_FOR or self.delegation.reach.rank <= 1 else "plain"

    @property
    def witness_json(self) -> str:
        """The request, as ``evaluate_policy`` reads it."""
        return pretty(self.delegation.witness.to_json()) if self.delegation.witness else ""


def risk_of(delegation: Delegation) -> tuple[int, int, int, str, int]:
    trust_rank = delegation.trust.rank if delegation.trust else 99
    return 0 if delegation.is_outside else 1, trust_rank, delegation.reach.rank, delegation.policy, delegation.statement

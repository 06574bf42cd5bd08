"""What became of one attempt to deliver something."""

from dataclasses import dataclass

from inventory.models import Delivery

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """``state`` is where the delivery stands now; a failure that ``is_final`` is not tried again."""

    state: Delivery.State
    problem: str = ""
    is_final: bool = False


SENT = Outcome(Delivery.State.SENT)


def refused(problem: object, *, is_final: bool = False) -> Outcome:
    """It certainly did not leave."""
    return Outcome(Delivery.State.FAILED, _one_line(problem), is_final)


def uncertain(problem: object) -> Outcome:
    """It may have left or not."""
    return Outcome(Delivery.State.UNCERTAIN, _one_line(problem))


def _one_line(problem: object) -> str:
    text = str(problem) or type(problem).__name__
    return " ".join(text.split())[:_LONGEST]

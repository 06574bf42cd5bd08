"""What the search box asks besides the inventory: other apps add how they look for their own nouns, as they start."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inventory.models import User


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found; ``note`` is a few words beside it."""

    label: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Searched:
    """A noun that can be looked for. ``find`` gives at most as many hits as it is asked for, of what the person may
    see; ``jump`` the page of a number such as ``R12``, empty where it is none."""

    title: str
    find: Callable[[User, str, int], Sequence[Hit]]
    jump: Callable[[User, str], str]


SEARCHED: list[Searched] = []

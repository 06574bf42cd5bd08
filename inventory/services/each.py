"""Work over many rows, of which none may keep the others from being done."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def do_each(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Do the work for every item; what came of it.

    Raises an :class:`ExceptionGroup` of all failures once every item had its turn. Call it outside a transaction, with
    work that is a transaction of its own.
    """
    results: list[Result] = []
    failures: list[Exception] = []
    for item in items:
        try:
            results.append(work(item))
        except Exception as failure:  # noqa: BLE001 -- raised below, with the others
            failures.append(failure)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(failures) + len(results)} failed", failures)
    return results

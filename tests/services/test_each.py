"""Work over many rows: none keeps the others from being done, and no failure is lost."""

import pytest

from inventory.services.each import do_each


def test_every_item_has_its_turn_and_the_failures_are_raised_together():
    done = []

    def work(number):
        if number % 2:
            raise ValueError(number)
        done.append(number)

    with pytest.raises(ExceptionGroup) as failed:
        do_each(work, [1, 2, 3, 4])
    assert done == [2, 4]
    assert [str(each) for each in failed.value.exceptions] == ["1", "3"]


def test_what_came_of_each_is_returned_in_order():
    assert do_each(lambda number: number + 1, [2, 1]) == [3, 2]

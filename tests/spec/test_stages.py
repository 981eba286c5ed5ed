"""Stages: made once for the same inputs, and pinned where a change comes to nothing."""

from __future__ import annotations

import polars as pl
import pytest

from scenarios.stages import Stages

CALLS: list[int] = []


def doubled(number: int) -> int:
    CALLS.append(number)
    return 2 * number


def parity(number: int) -> pl.DataFrame:
    return pl.DataFrame({"odd": [number % 2 == 1]})


def rows(frame: pl.DataFrame) -> int:
    CALLS.append(-1)
    return frame.height


@pytest.fixture(autouse=True)
def no_calls() -> None:
    CALLS.clear()


def test_the_same_arguments_are_worked_out_once() -> None:
    stages = Stages()
    assert stages.make(doubled, 4).value == stages.make(doubled, 4).value == 8
    assert CALLS == [4]


def test_other_arguments_are_worked_out_again() -> None:
    stages = Stages()
    keys = {stages.make(doubled, number).key for number in (1, 2, 3)}
    assert len(keys) == 3


def test_a_branch_begins_with_what_was_made_and_keeps_its_own_apart() -> None:
    stages = Stages()
    stages.make(doubled, 1)
    branch = stages.branch()
    branch.make(doubled, 1)
    branch.make(doubled, 2)
    stages.make(doubled, 2)
    assert CALLS == [1, 2, 2]


def test_what_is_forgotten_is_made_again_and_the_rest_is_not() -> None:
    stages = Stages()
    stages.make(doubled, 21)
    stages.make(rows, stages.make(parity, 3))
    stages.forget_all_but("doubled")
    stages.branch().make(doubled, 21)
    assert stages.make(rows, stages.make(parity, 3)).value == 1
    assert CALLS == [21, -1, -1]


def test_a_made_value_is_keyed_by_how_it_was_made() -> None:
    stages = Stages()
    one, two = stages.make(doubled, 1), stages.make(doubled, 2)
    assert stages.make(doubled, one).value == 4
    assert stages.make(doubled, one).key != stages.make(doubled, two).key


def test_a_pinned_value_is_keyed_by_what_it_is() -> None:
    stages = Stages()
    three, five, six = (stages.make_pinned(parity, n) for n in (3, 5, 6))
    assert three.key == five.key
    assert three.key != six.key
    stages.make(rows, three)
    stages.make(rows, five)
    assert CALLS == [-1]


def test_a_stage_refuses_an_argument_that_it_cannot_key() -> None:
    with pytest.raises(TypeError, match="cannot be keyed on a set"):
        Stages().make(doubled, {1, 2})

"""The check digit of NHS numbers against published numbers."""

from __future__ import annotations

import numpy as np

from simulator.identifiers import NO_CHECK_DIGIT, check_digit, is_valid_nhs_number

# Printed as examples in NHS documentation, and two of the range 999 that is kept for tests.
VALID = [9_434_765_919, 4_505_577_104, 9_990_000_018, 9_990_000_026]
# The same with another last digit, too short, too long, negative.
WRONG = [
    9_434_765_918,
    4_505_577_105,
    9_990_000_017,
    1,
    943_476_591,
    94_347_659_190,
    1_267_716_276_817_687_612,
    -9_434_765_919,
]
# The first has the weighed sum 9 * (10 + 9 + 8) = 243, and 11 - 243 % 11 is 10: no number (NHS
# Data Dictionary, "NHS NUMBER").
WITHOUT = [999_000_000, 999_000_014, 999_000_028, 999_000_031, 999_000_045, 999_000_059]


def test_published_numbers_are_valid() -> None:
    assert is_valid_nhs_number(np.array(VALID)).all()


def test_a_wrong_digit_a_missing_digit_and_an_extra_digit_are_not_valid() -> None:
    assert not is_valid_nhs_number(np.array(WRONG)).any()


def test_bodies_whose_check_digit_would_be_ten_have_none() -> None:
    assert (check_digit(np.array(WITHOUT)) == NO_CHECK_DIGIT).all()

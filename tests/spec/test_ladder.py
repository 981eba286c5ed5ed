"""The ladder: match-keys on the clear text, in order, each linking only what it singles out."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from linkage.cascade_plan import MatchKeys, ladder
from linkage.linked import LINK_COLUMNS, Links
from linkage.linker import link
from linkage.plan import LinkStep
from linkage.record_links import link_records
from simulator.schema import FIELDS, Dataset, TokenLabel

KEYS = (("nhs_number", "date_of_birth"), ("surname", "sex", "date_of_birth"))
ANN, BEN = "9000000009", "9000000017"
BORN = date(1948, 7, 5)
RULE_1 = "1: nhs_number + date_of_birth"
RULE_2 = "2: surname + sex + date_of_birth"

Row = tuple[int, str | None, str | None, str | None, date | None]


def dataset(name: str, rows: list[Row]) -> Dataset:
    """Records of (id, NHS number, surname, sex, date of birth)."""
    fields = ("record_id", "nhs_number", "surname", "sex", "date_of_birth")
    schema = {field: FIELDS[field].dtype for field in fields}
    return Dataset(name, pl.DataFrame(rows, schema=schema, orient="row"))


HUB = dataset(
    "hub",
    [
        (1, ANN, "Abel", "F", BORN),
        (2, BEN, "Bell", "M", BORN),
        (3, None, "Cole", "F", BORN),
        (4, None, "Cole", "F", BORN),
        (5, None, "Dunn", "M", None),
        (6, None, "O'Dell", "M", BORN),
    ],
)


def climbed(care: Dataset, keys: MatchKeys = KEYS) -> Links:
    """Links of the hub's and others' records by match-keys."""
    return link_records(HUB, care, ladder(keys), "step", 1)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ((90, ANN, "Wrong", "M", BORN), [(1, 90, RULE_1)]),
        ((90, ANN, "Bell", "M", BORN), [(1, 90, RULE_1)]),
        ((90, "9000 000 017", None, None, BORN), [(2, 90, RULE_1)]),
        ((90, ANN, "bell", "m", date(1999, 1, 1)), []),
        ((90, None, "BELL", "M", BORN), [(2, 90, RULE_2)]),
        ((90, None, "odell", "M", BORN), [(6, 90, RULE_2)]),
        ((90, None, "Cole", "F", BORN), []),
        ((90, None, "Dunn", "M", None), []),
        ((90, None, None, None, None), []),
    ],
    ids=[
        "first key wins whatever else differs",
        "first key wins over a record that the second would find",
        "values are compared in comparable form",
        "no key without agreement on all its parts",
        "second key where the first has a missing part",
        "names are compared in comparable form",
        "a value that two hub records have links neither",
        "a key with a missing part links nothing",
        "nothing known links nothing",
    ],
)
def test_the_first_key_that_singles_out_a_hub_record_links(
    record: Row, expected: list[tuple[int, int, str]]
) -> None:
    found = climbed(dataset("care", [record]))
    assert found.frame.select("left_id", "right_id", "rule").rows() == expected


def test_a_hub_record_takes_all_of_a_persons_contacts() -> None:
    care = dataset("care", [(92, ANN, None, None, BORN), (91, None, "Abel", "F", BORN)])
    found = climbed(care).frame
    assert found.select("left_id", "right_id", "rule").rows() == [(1, 91, RULE_2), (1, 92, RULE_1)]


def test_links_have_the_columns_of_links_even_where_there_are_none() -> None:
    found = climbed(dataset("care", []))
    assert (found.step, found.hub, found.agency) == ("step", "hub", "care")
    assert dict(found.frame.schema) == dict(LINK_COLUMNS)
    assert found.frame.height == 0


def test_a_ladder_needs_its_fields_in_the_clear() -> None:
    label = TokenLabel("sha256/64", "nhs_number", "nhs-number", "none", "")
    hashed = Dataset(
        "care",
        HUB.frame.with_columns(pl.lit(5, dtype=pl.UInt64).alias("nhs_number")),
        {"nhs_number": label},
    )
    with pytest.raises(ValueError, match=r"step step: its plan needs nhs_number.*care"):
        climbed(hashed)
    with pytest.raises(ValueError, match=r"needs postcode in the clear.*hub"):
        climbed(HUB, (("postcode",),))


def test_a_ladder_step_links_the_clear_text() -> None:
    step = LinkStep(hub="hub", agency="care", method="ladder", keys=KEYS)
    care = dataset("care", [(90, ANN, None, None, BORN)])
    assert link("step", step, HUB, care).frame["left_id"].to_list() == [1]

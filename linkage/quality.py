"""Linkage quality: what a link step found, missed and got wrong, by group. Reads the Truth.

Matches of two files are judged in `linkage.match_quality`, which reads no Truth: `known_pairs` and
`record_groups` bring the Truth into the form that it takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import polars as pl

from linkage.known import known_of
from linkage.pairs import exact_links
from linkage.proportions import proportion
from linkage.record_groups import MISSING, RecordGroups
from simulator.schema import ETHNIC_GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from linkage.known import Known
    from linkage.linked import Links
    from simulator.truth import Truth

Unit = Literal["person", "home"]

# Groups for whom figures are given, as a table: name in a figure, column of Truth.people, values.
GROUPS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "sex": ("sex", ("F", "M")),
        "age": ("age_band", ("0-17", "18-39", "40-64", "65-79", "80+")),
        "ethnic_group": ("ethnic_group", ETHNIC_GROUPS),
        "deprivation_fifth": ("deprivation_fifth", ("1", "2", "3", "4", "5")),
    }
)

_PAIR: Final = ("left_id", "right_id")
_NOBODY: Final = -1


@dataclass(frozen=True)
class QualityRow:
    """One figure of linkage quality.

    Attributes:
        measure: `recall` (true pairs found / true pairs), `precision` (right links / links),
            `missed_matches` (true pairs not found) or `false_matches` (links that are not true
            pairs).
        group: `all`, or such as `sex=F`.
        value: The share for recall and precision, null where there is nothing to divide by; the
            number for missed and false matches.
        count: The numerator, a number of pairs.
        out_of: The denominator: true pairs for recall and missed matches, links for the others.
        low: Lower end of the 95 % range of chance, in the unit of `value`.
        high: Upper end.
    """

    measure: str
    group: str
    value: float | None
    count: int
    out_of: int
    low: float
    high: float


def true_pairs(truth: Truth, hub: str, agency: str, unit: Unit) -> pl.DataFrame:
    """List the pairs that a perfect linkage would find.

    For people: a hub record and a record of the agency about the same person. For homes: a hub
    record of a person who lived in the record's home on its date, and that record.

    A record about somebody whom the hub does not hold has no true pair. It is not in the
    denominator of recall, and a link made for it is a false match.

    Args:
        truth: The truth about both datasets.
        hub: Name of the hub's dataset.
        agency: Name of the agency's dataset.
        unit: What a right pair has in common.

    Returns:
        `left_id`, `right_id` (UInt64): each pair once, ordered by both.
    """
    records = truth.owners(agency).rename({"record_id": "right_id"})
    if unit == "home":
        lived = truth.residences.join(records.drop("person_id"), on="home_id")
        records = lived.filter(pl.col("date").is_between("since", "until", closed="left"))
    people = truth.owners(hub).select(pl.col("record_id").alias("left_id"), "person_id")
    pairs = people.join(records.select("person_id", "right_id"), on="person_id")
    return pairs.select(_PAIR).sort(_PAIR)


def perfect_links(truth: Truth, step: str, hub: str, agency: str, unit: Unit) -> Links:
    """Link all true pairs and no other, with the rule `truth`.

    An answer from these links is what an answer from the step's own links is held against.

    Args:
        truth: The truth about both datasets.
        step: Name of the link step.
        hub: Name of the hub's dataset.
        agency: Name of the agency's dataset.
        unit: What a right pair has in common.
    """
    pairs = true_pairs(truth, hub, agency, unit)
    return exact_links(step, hub, agency, pairs.with_columns(pl.lit("truth").alias("rule")))


def known_pairs(truth: Truth, left: str, right: str | None = None) -> Known:
    """Gives the truth about two datasets in the form in which a match is judged.

    Args:
        truth: The truth about both.
        left: Name of the left dataset.
        right: Name of the right one; null for duplicates in the left one.

    Returns:
        Pairs of records about one person, homes, and the cells that errors changed. Positions are
        those of records in order of `record_id`.
    """
    sides = [truth.records[side] for side in (left, left if right is None else right)]
    owners = [
        side.owners.select(
            "record_id", pl.col("person_id").alias("person"), pl.col("home_id").alias("home")
        ).with_row_index("record")
        for side in sides
    ]
    cells = [
        placed.join(side.cells.filter("changed"), on="record_id", maintain_order="left").select(
            "record", "error", "field"
        )
        for placed, side in zip(owners, sides, strict=True)
    ]
    bare = [each.drop("record") for each in owners]
    return known_of((bare[0], bare[1]), (cells[0], cells[1]), itself=right is None)


def record_groups(
    truth: Truth, dataset: str, side: Literal["left", "right"]
) -> tuple[RecordGroups, ...]:
    """Puts a dataset's records into the groups of GROUPS, and into its agency.

    Args:
        truth: The truth about it.
        dataset: Its name, which is the agency's.
        side: On which side it is matched.

    Returns:
        The groups of the records' people, then `agency`, for records in order of `record_id`.
    """
    owners = truth.owners(dataset)["person_id"]
    found = [
        RecordGroups(
            name,
            side,
            (*GROUPS[name][1], MISSING),
            np.where(codes < 0, len(GROUPS[name][1]), codes),
        )
        for name, codes in _group_codes(owners, truth).items()
    ]
    everybody = np.zeros(len(owners), dtype=np.int64)
    return (*found, RecordGroups("agency", side, (dataset,), everybody))


def quality(links: Links, pairs: pl.DataFrame, truth: Truth, unit: Unit) -> list[QualityRow]:
    """Compare links with the true pairs, for all and for each group of people.

    Recall and missed matches are out of true pairs; precision and false matches are out of links.
    Records about people whom the hub does not hold have no true pair (see `true_pairs`). A pair's
    group is that of the true person of the agency's record; where the unit is the home, which has
    no sex or age, it is that of the hub record's person. Pairs whose person is not known to the
    Truth are in `all` alone.

    Ranges are Wilson's with an effective number of pairs: pairs about one person (or one visited
    home) are found or missed together, and count for less than as many people
    (`linkage.intervals.clustered_proportion`). They hold the denominator fixed.

    Args:
        links: What the step found, each pair once.
        pairs: The true pairs, from `true_pairs`.
        truth: The truth about both datasets.
        unit: What a right pair has in common.

    Returns:
        For `all`, then each group of GROUPS in order: recall, missed_matches, precision and
        false_matches.
    """
    found = links.frame.select(_PAIR)
    recall = _judged(pairs, found, links, truth, unit)
    precision = _judged(found, pairs, links, truth, unit)
    return [
        row
        for group in _group_names()
        for row in (
            *_rows(group, "recall", "missed_matches", recall),
            *_rows(group, "precision", "false_matches", precision),
        )
    ]


@dataclass(frozen=True)
class _Judged:
    """Pairs, each a success or not, with their cluster and groups; arrays of shape (pairs,)."""

    successes: NDArray[np.bool_]
    clusters: NDArray[np.int64]
    groups: Mapping[str, NDArray[np.int64]]

    def of(self, group: str) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Give the successes and clusters of one group, or of `all`."""
        if group == "all":
            return self.successes, self.clusters
        name, _, value = group.partition("=")
        chosen = self.groups[name] == GROUPS[name][1].index(value)
        return self.successes[chosen], self.clusters[chosen]


def _judged(
    asked: pl.DataFrame, held: pl.DataFrame, links: Links, truth: Truth, unit: Unit
) -> _Judged:
    """Say of each pair asked about whether it is held too, what it clusters with, and who it is."""
    ordered = asked.sort(_PAIR)
    is_held = ordered.join(
        held.with_columns(held=True), on=_PAIR, how="left", maintain_order="left"
    )
    subject = _looked_up(ordered["right_id"], truth.owners(links.agency), "record_id", f"{unit}_id")
    person = subject
    if unit == "home":
        person = _looked_up(ordered["left_id"], truth.owners(links.hub), "record_id", "person_id")
    return _Judged(
        successes=is_held["held"].fill_null(value=False).to_numpy(),
        clusters=subject.rank("dense").fill_null(0).cast(pl.Int64).to_numpy(),
        groups=_group_codes(person, truth),
    )


def _looked_up(ids: pl.Series, table: pl.DataFrame, key: str, column: str) -> pl.Series:
    """Give a table's column for each id, in order; null where the table has no such id."""
    asked = pl.DataFrame({key: ids})
    return asked.join(table.select(key, column), on=key, how="left", maintain_order="left")[column]


def _group_codes(person: pl.Series, truth: Truth) -> dict[str, NDArray[np.int64]]:
    """Give each person's place in every group's list of values; -1 for nobody."""
    positions = truth.people.select("person_id").with_row_index("position")
    position = _looked_up(person, positions, "person_id", "position")
    rows = position.cast(pl.Int64).fill_null(truth.people.height).to_numpy()
    codes = {}
    for name, (column, values) in GROUPS.items():
        of_people = truth.people[column].cast(pl.Enum(values)).to_physical().cast(pl.Int64)
        codes[name] = np.append(of_people.to_numpy(), _NOBODY)[rows]
    return codes


def _group_names() -> Iterator[str]:
    """Give `all`, then each group."""
    yield "all"
    for name, (_, values) in GROUPS.items():
        yield from (f"{name}={value}" for value in values)


def _rows(group: str, share: str, failures: str, judged: _Judged) -> tuple[QualityRow, QualityRow]:
    """Give a group's successes as a share of its pairs, and the number of pairs that are none."""
    found = proportion(*judged.of(group))
    rest, out_of = found.rest, found.out_of
    return (
        QualityRow(share, group, found.value, found.count, out_of, found.low, found.high),
        QualityRow(
            failures, group, rest.count, rest.count, out_of, rest.low * out_of, rest.high * out_of
        ),
    )

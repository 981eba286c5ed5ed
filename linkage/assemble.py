"""Assembling: Links and Datasets become LinkedData; where each row came from is kept apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from linkage.linked import LinkedData, Provenance
from linkage.pseudonyms.first_words import first_words
from simulator.randomness import combine, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkage.linked import Links
    from simulator.schema import Dataset

HOME_FIELDS: Final = ("ralf", "uprn")
"""What says which people of the hub share a home: the first that it has a token or code of."""

_PEOPLE: Final = "linked row/people"


def assemble(
    hub: Dataset, datasets: Mapping[str, Dataset], links: Mapping[str, Links], seed: int
) -> tuple[LinkedData, Provenance]:
    """Put the hub's people and their linked events together under fresh row ids.

    Every hub record becomes a person; every link becomes an event of that person. So a record
    linked to several hub records gives an event to each, as a visit to a home does to each of its
    people, and a record without a link is left out. Identifiers in the clear are left behind.

    Args:
        hub: The hub after ingest.
        datasets: The agencies' datasets after ingest, by name.
        links: The links of each agency, by its name.
        seed: The run's seed, from which row ids are drawn.

    Returns:
        The linked data, and its provenance.

    Raises:
        ValueError: If links are given for a dataset that is not, or name a record that it has not.
    """
    people = _people(hub, seed)
    events = {name: _events(datasets, found, seed) for name, found in links.items()}
    linked = LinkedData(
        people=people.drop("record_id"),
        events={name: frame.drop("record_id") for name, frame in events.items()},
        labels=dict(hub.labels),
    )
    provenance = Provenance(
        hub=hub.name,
        people=people.select("row_id", "record_id"),
        events={name: frame.select("row_id", "record_id") for name, frame in events.items()},
    )
    return linked, provenance


def _people(hub: Dataset, seed: int) -> pl.DataFrame:
    """Give attributes, tokens and codes, a row id and a home, with `record_id`, by `row_id`."""
    kept = [name for name in hub.frame.columns if hub.role(name) in ("attribute", "token")]
    rows = hub.frame.select(
        pl.Series("row_id", words(seed, _PEOPLE, hub.frame["record_id"])),
        *kept,
        _home(hub),
        "record_id",
    )
    return rows.sort("row_id")


def _home(hub: Dataset) -> pl.Series:
    """Give a number for each home: its token, or the first 64 bits of its digest or code."""
    field = next((name for name in HOME_FIELDS if name in hub.labels), None)
    if field is None:
        return pl.Series("home", [None] * hub.frame.height, dtype=pl.UInt64)
    return first_words(hub.frame[field]).alias("home")


def _events(datasets: Mapping[str, Dataset], links: Links, seed: int) -> pl.DataFrame:
    """Give a row a link: row id, person and content, with `record_id`, by `row_id`."""
    if links.agency not in datasets:
        message = (
            f"link step {links.step} links {links.agency}, which is not among the datasets given: "
            f"{', '.join(datasets)}"
        )
        raise ValueError(message)
    dataset = datasets[links.agency]
    content = [name for name in dataset.frame.columns if dataset.role(name) == "content"]
    left, right = links.frame["left_id"], links.frame["right_id"]
    pair = combine(f"link/{links.agency}", right, left)
    keyed = pl.DataFrame(
        {
            "row_id": words(seed, f"linked row/{links.agency}", pair),
            "person": words(seed, _PEOPLE, left),
            "record_id": right,
        }
    )
    rows = keyed.join(dataset.frame.select("record_id", *content), on="record_id")
    if rows.height != keyed.height:
        message = (
            f"link step {links.step}: {keyed.height - rows.height:,} of {keyed.height:,} links "
            f"name a record that dataset {dataset.name} does not hold; link and assemble the same "
            "datasets"
        )
        raise ValueError(message)
    return rows.select("row_id", "person", *content, "record_id").sort("row_id")

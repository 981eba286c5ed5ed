"""Frequency: codes of names and postcodes are matched to names and postcodes without any key.

Equal values have equal codes, so how often a code occurs, with which others, and in which small
area, shows through. Postcodes are matched within the small area, where it is given, by how many
people and homes they have; surnames by rank of frequency; then each is matched again by the other:
the names that live together in a postcode (co-residence) are compared with those of a register, and
rare names decide. This is iterative graph matching in the manner of Narayanan and Shmatikov 2009
(IEEE S&P 173-187). Codes that differ in every row show nothing, and the attacker is left to guess.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numba import njit
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from reidentify.claims import Claims
from reidentify.release import CODE_PREFIX
from simulator.randomness import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reidentify.desk_specs import CodeFrequencySpec
    from reidentify.knowledge_register import NameRegister
    from reidentify.release import Release

ROUNDS = 4
"""Rounds in which postcodes and surnames are matched again by each other."""

MOST_BEARERS = 400
"""A name that more people bear says too little of a postcode, and is left out of co-residence."""

_PEOPLE_PER_HOME = 2.36


@dataclass(frozen=True)
class Guesses:
    """What the attacker takes codes to stand for.

    Attributes:
        surname: `code` (Binary), `value` (String), ordered by `code`; empty where not attacked.
        postcode: Likewise.
        chances: By field: how likely a random value of those that fit is right, for each code:
            `code`, `chance`.
        claims: People named: a row whose surname and postcode are guessed, and who on the register
            has both and the sex.
    """

    surname: pl.DataFrame = field(repr=False)
    postcode: pl.DataFrame = field(repr=False)
    chances: dict[str, pl.DataFrame] = field(repr=False)
    claims: Claims = field(repr=False)


@dataclass(frozen=True)
class _Side:
    """Postcodes and surnames of one side, as a table of counts.

    Attributes:
        postcodes: Codes or values of postcodes, in order.
        surnames: Likewise of surnames.
        area: Small area of each postcode, int64; 0 where none is given.
        people: People of each postcode, float64.
        bearers: Bearers of each surname, float64.
        together: People by postcode and surname, sparse (postcodes, surnames).
    """

    postcodes: pl.Series = field(repr=False)
    surnames: pl.Series = field(repr=False)
    area: NDArray[np.int64] = field(repr=False)
    people: NDArray[np.float64] = field(repr=False)
    bearers: NDArray[np.float64] = field(repr=False)
    together: sparse.csr_matrix = field(repr=False)


def attack(release: Release, register: NameRegister, spec: CodeFrequencySpec) -> Guesses:
    """Matches codes to values, and names people.

    Args:
        release: The coded rows.
        register: Names and addresses that the attacker holds.
        spec: The attack.
    """
    coded = {field: f"{CODE_PREFIX}{field}" for field in ("surname", "postcode")}
    held: dict[str, str] = {
        field: column
        for field, column in coded.items()
        if column in release.people.columns and field in tuple(spec.fields)
    }
    has_area = "lsoa" in release.people.columns
    codes = _coded_side(release, held, has_area=has_area)
    clear = _clear_side(register, has_area=has_area)
    postcode = _by_size(codes, clear) if "postcode" in held else None
    surname = _by_rank(codes, clear) if "surname" in held else None
    if surname is not None and has_area and len(codes.surnames) <= 2 * len(clear.surnames):
        surname = _by_area(codes, clear, surname)
    shows = len(codes.postcodes) <= 2 * len(clear.postcodes)  # not a code of its own in each row
    if spec.co_residence and shows and postcode is not None and surname is not None:
        for _ in range(ROUNDS):
            surname = _by_company(codes.together, clear.together, postcode, surname)
            postcode = _by_names(codes, clear, postcode, surname)
    guesses = {
        "postcode": _table(codes.postcodes, clear.postcodes, postcode),
        "surname": _table(codes.surnames, clear.surnames, surname),
    }
    return Guesses(
        guesses["surname"],
        guesses["postcode"],
        _chances(codes, clear),
        _claims(release, register, guesses, spec.confidence.value),
    )


def describe(spec: CodeFrequencySpec) -> str:
    """Says what the attacker holds and does, for the method of a figure."""
    company = "; uses which names live together" if spec.co_residence else ""
    return (
        f"code frequency: no key; holds a register of names and addresses of "
        f"{spec.register_share.value:.0%} of adults and an address file; matches codes of "
        f"{', '.join(spec.fields)} by how often they occur{company}; names a person where at most "
        f"{int(1 / max(spec.confidence.value, 1e-9))} on the register fit"
    )


def _coded_side(release: Release, held: dict[str, str], *, has_area: bool) -> _Side:
    people = release.people.select(
        (pl.col(held["postcode"]) if "postcode" in held else pl.lit(None, pl.Binary)).alias("p"),
        (pl.col(held["surname"]) if "surname" in held else pl.lit(None, pl.Binary)).alias("s"),
        (pl.col("lsoa") if has_area else pl.lit(0, pl.UInt32)).alias("area"),
    )
    return _side(people, people.drop_nulls("p").group_by("p").agg(pl.col("area").mode().min()))


def _clear_side(register: NameRegister, *, has_area: bool) -> _Side:
    area = pl.col("lsoa") if has_area else pl.lit(0, pl.UInt32)
    people = register.frame.select(p="postcode", s="surname", area=area)
    units = register.postcodes.select(p="postcode", area=area, homes="homes")
    side = _side(people, units.select("p", "area"))
    homes = units.sort("p")["homes"].to_numpy().astype(np.float64)
    # Homes say how many people to expect; who is listed says it again, of a known share.
    listed = side.people / max(register.share, 1e-9)
    expected = np.maximum((homes * _PEOPLE_PER_HOME + listed) / 2, 0.5)
    return _Side(side.postcodes, side.surnames, side.area, expected, side.bearers, side.together)


def _side(people: pl.DataFrame, units: pl.DataFrame) -> _Side:
    units = units.sort("p")
    names = people["s"].drop_nulls().unique().sort()
    placed = people.drop_nulls("p").join(units.select("p").with_row_index("i"), on="p", how="inner")
    both = placed.drop_nulls("s").join(
        pl.DataFrame({"s": names}).with_row_index("j"), on="s", how="inner"
    )
    counts = both.group_by("i", "j").len().sort("i", "j")
    shape = (units.height, len(names))
    at = (counts["i"].to_numpy(), counts["j"].to_numpy())
    together = sparse.csr_matrix((counts["len"].to_numpy().astype(np.float64), at), shape=shape)
    size = np.bincount(placed["i"].to_numpy(), minlength=units.height).astype(np.float64)
    bearers = np.asarray(together.sum(axis=0)).ravel() if len(names) else np.zeros(0)
    return _Side(
        units["p"], names, units["area"].to_numpy().astype(np.int64), size, bearers, together
    )


def _areas(side: _Side) -> dict[int, NDArray[np.int64]]:
    order = np.argsort(side.area, kind="stable")
    areas, start = np.unique(side.area[order], return_index=True)
    return dict(zip(areas.tolist(), np.split(order, start[1:]), strict=True))


_MOST_ASSIGNED = 400


def _by_size(codes: _Side, clear: _Side) -> NDArray[np.int64]:
    """Matches postcodes within each area by how many people they have, likeliest together."""
    ours, theirs = _areas(codes), _areas(clear)
    found = np.full(len(codes.area), -1)
    for area, at in ours.items():
        to = theirs.get(area)
        if to is None:
            continue
        if len(at) > 2 * len(to):  # every row has a code of its own: nothing shows
            found[at] = to[_tie(codes.postcodes[at.tolist()]) % len(to)]
        elif max(len(at), len(to)) <= _MOST_ASSIGNED:
            # log of the Poisson chance of the count, but for what does not depend on the pairing
            score = codes.people[at][:, None] * np.log(clear.people[to]) - clear.people[to]
            row, column = linear_sum_assignment(score, maximize=True)
            found[at[row]] = to[column]
        else:
            found[at] = _ranked(codes.people[at], clear.people[to], at, to, codes.postcodes)
    return found


def _ranked(
    ours: NDArray[np.float64],
    theirs: NDArray[np.float64],
    at: NDArray[np.int64],
    to: NDArray[np.int64],
    codes: pl.Series,
) -> NDArray[np.int64]:
    """Matches by rank of frequency; those beyond the shorter list are not matched."""
    mine = np.lexsort((_tie(codes[at.tolist()]), -ours))
    other = np.argsort(-theirs, kind="stable")
    found = np.full(len(at), -1)
    count = min(len(at), len(to))
    found[mine[:count]] = to[other[:count]]
    return found


def _by_rank(codes: _Side, clear: _Side) -> NDArray[np.int64]:
    at, to = np.arange(len(codes.bearers)), np.arange(len(clear.bearers))
    if len(at) > 2 * len(to):
        return np.asarray(_tie(codes.surnames) % max(len(to), 1), dtype=np.int64)
    return _ranked(codes.bearers, clear.bearers, at, to, codes.surnames)


def _tie(codes: pl.Series) -> NDArray[np.int64]:
    """Gives each code a number of no meaning, so that ties are not settled by order."""
    # The first eight bytes of a code are themselves without meaning.
    raw = codes.bin.slice(0, 8).bin.reinterpret(dtype=pl.UInt64, endianness="big")
    mixed = words(0, "order of equal codes", raw.to_numpy())
    return (mixed >> np.uint64(1)).astype(np.int64)


def _by_area(codes: _Side, clear: _Side, surname: NDArray[np.int64]) -> NDArray[np.int64]:
    """Matches surnames by the small areas in which they occur, which both sides give in clear."""
    areas = np.union1d(codes.area, clear.area)
    ours, theirs = (_within(side, areas) for side in (codes, clear))
    return _by_company(ours, theirs, np.arange(len(areas)), surname)


def _within(side: _Side, areas: NDArray[np.int64]) -> sparse.csr_matrix:
    """Adds up people by small area and surname, sparse (areas, surnames)."""
    at = np.searchsorted(areas, side.area)
    ones = np.ones(len(at))
    grouping = sparse.csr_matrix((ones, (at, np.arange(len(at)))), shape=(len(areas), len(at)))
    return (grouping @ side.together).tocsr()


def _by_company(
    ours: sparse.csr_matrix,
    theirs: sparse.csr_matrix,
    postcode: NDArray[np.int64],
    surname: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Matches surnames again by how many bear them in which places, best pairs first."""
    known = np.flatnonzero(postcode >= 0)
    there = theirs[postcode[known]]
    # Names that very many bear are matched by rank: they would make the product dense.
    ours, there = _without_common(ours[known]), _without_common(there)
    shared = (ours.T.tocsr() @ there.tocsr()).tocoo()
    size_ours = np.sqrt(np.asarray(ours.multiply(ours).sum(axis=0)).ravel())
    size_theirs = np.sqrt(np.asarray(there.multiply(there).sum(axis=0)).ravel())
    coo = shared
    # cosine of the two vectors of counts
    score = coo.data / (size_ours[coo.row] * size_theirs[coo.col])
    found = _greedy(coo.row, coo.col, score, shared.shape)
    return np.where(found >= 0, found, surname)


def _without_common(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """Empties the columns of names that more than MOST_BEARERS bear."""
    bearers = np.asarray(counts.sum(axis=0)).ravel()
    kept = sparse.diags((bearers <= MOST_BEARERS).astype(np.float64))
    return (counts @ kept).tocsr()


def _by_names(
    codes: _Side, clear: _Side, postcode: NDArray[np.int64], surname: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Matches postcodes again by the names that live there; rare names weigh most."""
    known = np.flatnonzero(surname >= 0)
    rare = clear.bearers[surname[known]]
    usable = known[(rare > 0) & (rare <= MOST_BEARERS)]
    if not len(usable):
        return postcode
    weight = 1.0 / np.log1p(clear.bearers[surname[usable]] + 1)
    ours = codes.together[:, usable].minimum(1).multiply(weight).tocsr()
    theirs = clear.together[:, surname[usable]].minimum(1).tocsr()
    coo = (ours @ theirs.T.tocsr()).tocoo()
    same = codes.area[coo.row] == clear.area[coo.col]
    names = np.asarray(theirs.sum(axis=1)).ravel()
    score = coo.data / np.sqrt(np.maximum(names[coo.col], 1.0))
    found = _greedy(coo.row[same], coo.col[same], score[same], coo.shape)
    return np.where(found >= 0, found, postcode)


@njit(cache=True, nogil=True)
def _greedy(
    row: NDArray[np.int32],
    column: NDArray[np.int32],
    score: NDArray[np.float64],
    shape: tuple[int, int],
) -> NDArray[np.int64]:
    """Matches pairs that are each other's best, four times over; of equals, the first listed."""
    found = np.full(shape[0], -1)
    taken = np.zeros(shape[1], dtype=np.bool_)
    for _ in range(4):
        best_row, best_column = np.full(shape[0], -1), np.full(shape[1], -1)
        for pair in range(len(row)):
            i, j = row[pair], column[pair]
            if found[i] >= 0 or taken[j]:
                continue
            if best_row[i] < 0 or score[pair] > score[best_row[i]]:
                best_row[i] = pair
            if best_column[j] < 0 or score[pair] > score[best_column[j]]:
                best_column[j] = pair
        for i in range(shape[0]):
            pair = best_row[i]
            if pair >= 0 and best_column[column[pair]] == pair:
                found[i] = column[pair]
                taken[column[pair]] = True
    return found


def _table(codes: pl.Series, values: pl.Series, found: NDArray[np.int64] | None) -> pl.DataFrame:
    """Writes guesses as a table, without the codes that are not matched."""
    if found is None or not len(values):
        return pl.DataFrame(schema={"code": pl.Binary, "value": pl.String})
    at = np.flatnonzero(found >= 0)
    guessed = values[found[at].tolist()]
    return pl.DataFrame({"code": codes[at.tolist()], "value": guessed}).sort("code")


def _chances(codes: _Side, clear: _Side) -> dict[str, pl.DataFrame]:
    """Gives how likely a random value that fits is right: one of its area, or one of all."""
    sizes = {area: len(to) for area, to in _areas(clear).items()}
    chance = np.array([1 / sizes[a] if a in sizes else 0.0 for a in codes.area.tolist()])
    surname = np.full(len(codes.surnames), 1 / max(len(clear.surnames), 1))
    return {
        "postcode": pl.DataFrame({"code": codes.postcodes, "chance": chance}),
        "surname": pl.DataFrame({"code": codes.surnames, "chance": surname}),
    }


def _claims(
    release: Release,
    register: NameRegister,
    guesses: dict[str, pl.DataFrame],
    confidence: float,
) -> Claims:
    """Names a person where few enough on the register have the guessed name, postcode and sex."""
    empty = pl.DataFrame(
        schema={"row_id": pl.UInt64, "target_id": pl.UInt64, "confidence": pl.Float64}
    )
    columns = {f: f"{CODE_PREFIX}{f}" for f in ("surname", "postcode")}
    if not set(columns.values()) <= set(release.people.columns):
        return Claims.of(empty)
    rows = release.people
    for name, column in columns.items():
        guess = guesses[name].rename({"code": column, "value": name})
        rows = rows.join(guess, on=column, how="inner", maintain_order="left")
    on = ["surname", "postcode", *(["sex"] if "sex" in release.people.columns else [])]
    fits = rows.select("row_id", *on).join(register.frame.select("target_id", *on), on=on)
    alike = rows.group_by(on).len("rows")
    pairs = fits.join(alike, on=on).with_columns(
        confidence=1 / pl.max_horizontal(pl.len().over("row_id"), pl.col("rows"))
    )
    sure = pairs.filter(pl.col("confidence") >= confidence).sort("row_id", "target_id")
    return Claims.of(sure.unique("row_id", keep="first", maintain_order=True))

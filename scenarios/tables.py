"""Tables of a result, and of other frames, for reading with any tool that opens Parquet or JSON."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import BaseModel

    from scenarios.result import Result

_FIGURES = pl.Schema(
    {
        "option": pl.String,
        "seed": pl.Int64,
        "section": pl.String,
        "subject": pl.String,
        "measure": pl.String,
        "group": pl.String,
        "value": pl.Float64,
        "unit": pl.String,
        "count": pl.Int64,
        "out_of": pl.Int64,
        "chance_low": pl.Float64,
        "chance_high": pl.Float64,
        "unknown_low": pl.Float64,
        "unknown_high": pl.Float64,
        "method": pl.String,
    }
)
_RED_LINES = pl.Schema(dict.fromkeys(("option", "id", "line", "verdict", "reason"), pl.String))
_INPUTS = pl.Schema(
    {
        "setting": pl.String,
        "value": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "evidence": pl.String,
        "source": pl.String,
        "rerun": pl.Boolean,
    }
)


def result_tables(result: Result) -> dict[str, pl.DataFrame]:
    """Returns the tables of a result by name; each row says that everyone in it is invented."""
    return {
        "figures": _labelled(_figure_rows(result), _FIGURES, result.provenance),
        "red_lines": _labelled(_rows(result.red_lines), _RED_LINES, result.provenance),
        "inputs": _labelled(_rows(result.inputs), _INPUTS, result.provenance),
    }


def _figure_rows(result: Result) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for figure in result.figures:
        row: dict[str, object] = figure.model_dump(exclude={"chance", "unknown"})
        for name, ends in (("chance", figure.chance), ("unknown", figure.unknown)):
            row |= {f"{name}_low": ends and ends.low, f"{name}_high": ends and ends.high}
        rows.append(row)
    return rows


def _rows(values: Iterable[BaseModel]) -> list[dict[str, object]]:
    return [value.model_dump() for value in values]


def _labelled(rows: list[dict[str, object]], schema: pl.Schema, provenance: str) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema).with_columns(provenance=pl.lit(provenance))


def rows_of(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Returns a frame as rows in which JSON can write every number: those not finite are null."""
    finite = frame.with_columns(
        pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name)
        for name, dtype in frame.schema.items()
        if dtype.is_float()
    )
    return finite.to_dicts()


def parquet(table: pl.DataFrame, provenance: str, more: Mapping[str, str] | None = None) -> bytes:
    """Returns a table as Parquet; whoever opens it finds its provenance, and more, in metadata."""
    buffer = io.BytesIO()
    table.write_parquet(buffer, metadata={"provenance": provenance, **(more or {})})
    return buffer.getvalue()

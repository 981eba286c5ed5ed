"""Keys are in no output of any run: not raw, not in hexadecimal, not in base 64."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from linkage import keys
from scenarios.figures import charts, draw
from scenarios.files import write_run
from scenarios.keeping import Kept
from scenarios.loading import load
from scenarios.report import render
from scenarios.runner import run_with_record
from scenarios.systems import systems

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PEOPLE = {"kent": 2_000, "istv": 20_000, "hertfordshire": 3_000, "housing_health_wales": 3_000}
PIECE = 16  # bytes of a key that would be a leak even without the rest


def written_forms(secret: bytes) -> Iterator[bytes]:
    """Every way in which the first bytes of a secret may have been written down."""
    piece = secret[:PIECE]
    yield piece
    yield piece.hex().encode()
    yield piece.hex().upper().encode()
    # Base 64 writes three bytes as four letters, so a whole number of threes is looked for.
    yield base64.b64encode(piece[:15])
    yield base64.urlsafe_b64encode(piece[:15])
    yield json.dumps(list(piece))[1:-1].encode()


def contents(directory: Path) -> Iterator[tuple[str, bytes]]:
    """Every file as it is, and every table also uncompressed, column by column."""
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path)
            for column in frame.columns:
                values = frame[column].drop_nulls()
                if values.dtype == pl.Binary:
                    yield f"{path.name}: {column}", b"\n".join(values.to_list())
                else:
                    text = "\n".join(str(value) for value in values.unique().to_list())
                    yield f"{path.name}: {column}", text.encode()


@pytest.mark.parametrize("system", systems())
def test_no_output_of_a_run_holds_a_key(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets: set[bytes] = set()
    derive, master = keys._expand, keys.simulated_master

    def noted(*given: object) -> bytes:
        made = derive(*given)  # type: ignore[arg-type]
        if len(made) >= PIECE:
            secrets.add(made)
        return made

    monkeypatch.setattr(keys, "_expand", noted)
    proposal = load(system)
    kept = Kept(("releases", "knowledge", "outcomes"))
    options = list(proposal.option)[:2]
    result, record = run_with_record(proposal, people=PEOPLE[system], options=options, kept=kept)
    place = tmp_path / "out"
    write_run(place, result, record, render(result), draw(charts(result)), kept=kept.frames)
    secrets.add(master(1, "agencies"))
    assert len(secrets) >= (1 if system == "istv" else 4)
    forms = [form for secret in secrets for form in written_forms(secret)]
    spoken = capsys.readouterr()
    everything = [*contents(place), ("terminal", (spoken.out + spoken.err).encode())]
    assert len(everything) > 10
    for name, content in everything:
        assert not [form for form in forms if form in content], name


def test_the_search_would_find_a_key(tmp_path: Path) -> None:
    secret = bytes(range(32))
    (tmp_path / "a.txt").write_text(f"key: {base64.b64encode(secret).decode()}")
    pl.DataFrame({"code": [secret]}).write_parquet(tmp_path / "b.parquet")
    (tmp_path / "c.json").write_text(json.dumps({"k": secret.hex()}))
    found = {
        name.partition(":")[0]
        for name, content in contents(tmp_path)
        if any(form in content for form in written_forms(secret))
    }
    assert found == {"a.txt", "b.parquet", "c.json"}

"""Files of proposals: which can be read, which systems ship, and what a name means."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.loading import load
from scenarios.systems import about, systems
from tests.small_proposal import SMALL, Write, edited, refused

FILES = [
    (b"", "empty; a proposal needs at least version, about, world, agency, link and question"),
    (
        b"  \n\n",
        "empty; a proposal needs at least version, about, world, agency, link and question",
    ),
    (
        "name = 1\nx = '\u00e9'".encode("latin-1"),
        "line 2: not UTF-8 text; save it as UTF-8, the usual choice of a text editor",
    ),
    (
        SMALL.encode("utf-16"),
        "line 1: not UTF-8 text; save it as UTF-8, the usual choice of a text editor",
    ),
    (b"x" * 4_000_001, "larger than 4 MB, so it cannot be a proposal"),
    (b"a = " + b"[" * 5_000, "nested too deeply to be a proposal"),
]


@pytest.mark.parametrize(("content", "message"), FILES, ids=[m[:20] for _, m in FILES])
def test_a_file_that_cannot_be_a_proposal_is_refused_plainly(
    written: Write, content: bytes, message: str
) -> None:
    (told,) = refused(written(content))
    assert told in (f"my.toml, {message}", f"my.toml: {message}")


def test_a_missing_file_suggests_one_beside_it(tmp_path: Path) -> None:
    (tmp_path / "proposal.toml").write_text(SMALL)
    (told,) = refused(tmp_path / "propsal.toml")
    expected = "propsal.toml: there is no such file. Did you mean `proposal.toml`?"
    assert told == expected


def test_a_directory_is_refused_and_lists_its_proposals(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(SMALL)
    (told,) = refused(tmp_path)
    assert told.endswith("a directory; give a proposal file; in it: mine.toml")


def test_an_unknown_system_lists_the_systems() -> None:
    assert refused("knet") == [
        f"knet: neither a system ({', '.join(systems())}) nor a file. Did you mean `kent`?"
    ]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(written: Write) -> None:
    text = edited(("bits = 64", "bits = 62")).replace("\n", "\r\n")
    assert refused(written(b"\xef\xbb\xbf" + text.encode())) == [
        "my.toml, line 25: identity.nhs_number.bits = 62: must be one of: 32, 40, 48, 53, 63, 64"
    ]


@pytest.mark.parametrize("name", systems())
def test_every_shipped_system_loads_and_says_what_it_is(name: str) -> None:
    assert load(name).about.name == name
    assert about(name)["question"].endswith("?")


def test_a_name_means_the_system_and_a_path_means_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kent").write_text(SMALL)
    monkeypatch.chdir(tmp_path)
    assert load("kent").about.name == "kent"
    assert load("./kent").about.name == "small"
    assert load(Path("kent")).about.name == "small"

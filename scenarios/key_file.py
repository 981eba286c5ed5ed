"""The key file: a master secret in hexadecimal digits, in a file that its owner alone can read.

Its content is in no message, log, output or `repr`: problems name the file and the rule.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Final

from linkage.keys import MINIMUM_MASTER_BYTES, KeyRing
from scenarios.problems import Problem, ProblemsError

VARIABLE: Final = "LINKASSAY_KEY_FILE"
"""Environment variable that may name the file."""

HOW: Final = "make one with: (umask 077; openssl rand -hex 32 > key)"

_OPEN_TO_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_LARGEST: Final = 4096  # bytes; far above any master
_LEAST_DISTINCT: Final = 6  # bytes; fewer come by chance of 16 once in some 10^15 keys


class KeyFileError(ProblemsError):
    """A key file cannot be used; its problems hold nothing of its content."""


def load_key_ring(given: Path | None) -> KeyRing:
    """Reads the master secret, and makes the ring of all keys that are derived from it.

    Args:
        given: The key file; null to take that which the environment names.

    Raises:
        KeyFileError: If there is none, others can read it, or it holds no master secret.
    """
    path = key_path(given)
    return KeyRing.from_bytes(_master(path, _content(path)))


def key_path(given: Path | None) -> Path:
    """Gives the path of the key file: as given, or as the environment names it.

    Raises:
        KeyFileError: If neither names one, or it is `-`.
    """
    path = given or Path(os.environ.get(VARIABLE, ""))
    if path == Path():
        raise _refused("--key-file", f"a key is needed: give --key-file FILE or set {VARIABLE}")
    if str(path) == "-":
        rule = "a key is read from a file alone, not from standard input: give its path"
        raise KeyFileError([Problem("--key-file", None, "", "-", rule)])
    return path


def _content(path: Path) -> bytes:
    """Reads a file that nobody but its owner can read; what is checked is what is read."""
    try:
        if not path.is_file():
            what = "not a file that can be read" if path.exists() else "there is no such key file"
            raise _refused(str(path), what)
        with path.open("rb") as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            if os.name == "posix" and mode & _OPEN_TO_OTHERS:
                rule = (
                    f"group or others may use it (mode {mode:03o}); a key that others have seen "
                    f"is no secret: chmod 600 {path}, or make another"
                )
                raise KeyFileError([Problem(str(path), None, "", None, rule)])
            return opened.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise _refused(str(path), f"cannot be read: {reason}") from None


def _master(path: Path, content: bytes) -> bytes:
    digits = content.strip()
    least = 2 * MINIMUM_MASTER_BYTES
    if len(content) > _LARGEST or not re.fullmatch(rb"[0-9A-Fa-f]+", digits):
        raise _refused(str(path), "must hold hexadecimal digits alone, on one line")
    if len(digits) < least:
        raise _refused(str(path), f"too short: must hold {least} hexadecimal digits or more")
    if len(digits) % 2:
        raise _refused(str(path), "holds an odd number of hexadecimal digits: one was lost")
    master = bytes.fromhex(digits.decode("ascii"))
    if len(set(master)) < _LEAST_DISTINCT:
        raise _refused(str(path), "repeats a few digits, and does not come from a random source")
    return master


def _refused(file: str, rule: str) -> KeyFileError:
    return KeyFileError([Problem(file, None, "", None, f"{rule}; {HOW}")])

"""Records of a run: times, memory and versions; never part of a Result."""

from __future__ import annotations

import os
import platform
import resource
import sys
from importlib import metadata

from simulator.settings import Spec

_LISTED = ("linkassay", "numpy", "polars", "numba", "scipy", "cryptography", "faker", "pydantic")


class RunRecord(Spec):
    """What a run took, and on what.

    Attributes:
        seconds: Wall time in seconds, all of it.
        stage_seconds: Seconds in each stage, summed over options and reruns.
        peak_megabytes: Largest resident memory of the process so far, in millions of bytes.
        threads: Threads asked for.
        load: Load average of the machine over one minute at the end of the run.
        python: Version of Python.
        platform: The platform.
        versions: Versions of the main libraries.
        result_digest: SHA-256 of result.json.
    """

    seconds: float
    stage_seconds: dict[str, float]
    peak_megabytes: float
    threads: int
    load: float
    python: str
    platform: str
    versions: dict[str, str]
    result_digest: str


def version() -> str:
    """Returns the version of linkassay that is installed."""
    return metadata.version("linkassay")


def record(
    seconds: float, stage_seconds: dict[str, float], threads: int, result_digest: str
) -> RunRecord:
    """Gathers the record of a run that has just ended."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return RunRecord(
        seconds=round(seconds, 3),
        stage_seconds={name: round(spent, 3) for name, spent in sorted(stage_seconds.items())},
        peak_megabytes=round(kilobytes * 1024 / 1e6, 1),
        threads=threads,
        load=round(os.getloadavg()[0], 2),
        python=sys.version.split()[0],
        platform=platform.platform(),
        versions={name: metadata.version(name) for name in _LISTED},
        result_digest=result_digest,
    )

"""Threads: how many the libraries that run several use."""

from __future__ import annotations

import os


def size_thread_pools(threads: int | None) -> int:
    """Sizes the pools of polars and numba, which read these variables when first imported."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    pool = threads or cores
    os.environ["POLARS_MAX_THREADS"] = str(pool)
    os.environ["NUMBA_NUM_THREADS"] = str(pool)
    return pool

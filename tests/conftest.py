"""What several tests share: one run of Kent at 5,000 people, and the profile of property tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from scenarios.result import Result

# Kernels are compiled at their first use, so the first example of a property may be slow.
settings.register_profile("linkassay", deadline=None)
settings.load_profile("linkassay")


@pytest.fixture(scope="session")
def kent() -> Result:
    """Kent with 5,000 people and seed 1: as proposed, and with the options about tokens."""
    from scenarios.loading import load
    from scenarios.runner import run

    sealed = ["transcrypted", "transcrypted-both-keys"]
    options = ["bits-32", "bits-40", "plain-hash", "open-pseudonymiser", *sealed]
    return run(load("kent"), people=5_000, options=options)

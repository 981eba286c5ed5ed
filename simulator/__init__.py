"""The invented world and what agencies wrote down about it.

The main path is `simulator.world.simulate`, with specs of the caller's; `simulator.simulate` needs
nothing but a region and a number of people. Nothing in this package reads or writes files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.alone import Simulated, simulate

__all__ = ["Simulated", "simulate"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of __all__
    """Imports what is asked for when it is, so that light parts of the package stay light."""
    if name in __all__:
        from simulator import alone

        return getattr(alone, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

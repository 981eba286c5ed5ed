"""Council tax: every home, in the name of somebody who lives there, if anybody does.

Of dwellings in England (DLUHC, 2023: 25.5 million) 32.9 % have the discount for a single adult,
1.9 % are empty, 1.0 % are second homes and 2.9 % are exempt. 4 % of claims for the discount are
false (Audit Commission): they come from homes of several adults. The rest is assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.events.codes import codes
from simulator.events.registers import RegisterModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.events.dwellings import Dwellings

SINGLE_ADULT, FALSE_CLAIMS, EXEMPT = 0.329, 0.04, 0.029
_VACANT = {"empty": 1.9, "second_home": 1.0, "exempt": 0.1}  # per cent of homes, as vacant ones are
# Shares of homes with one adult, and with several, that claim the discount: set to the above.
_CLAIM_ALONE, _CLAIM_FALSELY = 0.969, 0.0214
_EXEMPT_OCCUPIED = 0.029


def chances(_seed: int, homes: Dwellings) -> NDArray[np.float64]:
    """Returns 1 for every home."""
    return np.ones(len(homes.ids))


def claims_discount(seed: int, homes: Dwellings) -> NDArray[np.bool_]:
    """Says which households claim the discount for a single adult, rightly or not."""
    share = np.where(homes.adults == 1, _CLAIM_ALONE, _CLAIM_FALSELY)
    share = np.where(homes.is_lived_in, share, 0.0)
    return randomness.happens(seed, "claims single adult discount", homes.ids, share)


def content(seed: int, homes: Dwellings) -> dict[str, pl.Series]:
    """Gives the class of each account, and the band of the home."""
    exempt = randomness.happens(seed, "exempt from council tax", homes.ids, _EXEMPT_OCCUPIED)
    occupied = np.where(
        exempt, "exempt", np.where(claims_discount(seed, homes), "single_adult", "standard")
    )
    frame = pl.DataFrame(
        {
            "lived_in": homes.is_lived_in,
            "occupied": occupied,
            "vacant": codes(seed, "why a home is vacant", homes.ids, _VACANT),
        }
    )
    written = frame.select(pl.when("lived_in").then("occupied").otherwise("vacant"))
    return {
        "council_tax_class": written.to_series(),
        "council_tax_band": homes.building["council_tax_band"],
    }


MODEL = RegisterModel(chances, content, partner_share=0.35)

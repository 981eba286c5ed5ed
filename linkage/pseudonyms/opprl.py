"""OPPRL's two tokens, of the Open Privacy Preserving Record Linkage protocol.

    token 1 = HMAC(initial of first name | surname | sex | date of birth)
    token 2 = HMAC(Soundex of first name | Soundex of surname | sex | date of birth)

Source: OPPRL protocol, draft (`Spindle-Health/carduus`, PROTOCOL.md), which leaves the hash and the
rules of normalisation open. Here they are this project's: 64 bits of HMAC-SHA256, names in letters
A to Z alone, sex F or M; so these tokens join no other program's. `transcryption.py` re-keys them.

What leaks: as in `recipes.py`. Token 2 is the same for all names of one sound.
"""

from __future__ import annotations

from typing import Final

from linkage.pseudonyms.match_keys import MatchKeys
from linkage.pseudonyms.recipes import recipe

_SOURCE: Final = "OPPRL protocol, draft, table of tokens"
_REST: Final = "sex|date_of_birth"

OPPRL: Final = MatchKeys(
    (
        recipe("opprl-1", f"first_name.initial|surname|{_REST}", "published", _SOURCE),
        recipe("opprl-2", f"first_name.soundex|surname.soundex|{_REST}", "published", _SOURCE),
    )
)
"""Token 1, then token 2."""

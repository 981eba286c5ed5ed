"""Alternatives: for each of a list of texts, what else it may be written as."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Alternatives:
    """A table of alternatives, looked up by binary search.

    Attributes:
        texts: Distinct texts in order, shape (texts,).
        forms: Their alternatives, shape (texts, most); empty text beyond `count`.
        count: How many alternatives each has, int64, shape (texts,).
    """

    texts: NDArray[np.str_] = field(repr=False)
    forms: NDArray[np.str_] = field(repr=False)
    count: NDArray[np.int64] = field(repr=False)

    def instead(self, text: NDArray[np.str_], pick: NDArray[np.int64]) -> NDArray[np.str_]:
        """Returns an alternative of each text, or the text where it has none.

        Args:
            text: Texts, shape (n,).
            pick: Large whole numbers that decide which alternative, shape (n,).

        Returns:
            Texts, shape (n,).
        """
        at = np.minimum(np.searchsorted(self.texts, text), len(self.texts) - 1)
        form = self.forms[at, pick % self.count[at]]
        return np.where(self.texts[at] == text, form, text)


def tabled(found: Mapping[str, Iterable[str]]) -> Alternatives:
    """Makes a table from each text's alternatives; repeats and the text itself are left out."""
    each = {text: [f for f in dict.fromkeys(forms) if f != text] for text, forms in found.items()}
    texts = sorted(text for text, forms in each.items() if forms)
    most = max(len(each[text]) for text in texts)
    rows = [each[text] + [""] * (most - len(each[text])) for text in texts]
    return Alternatives(
        np.array(texts), np.array(rows), np.array([len(each[text]) for text in texts])
    )

"""Secret: the base of values that must never be written down by accident."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """A value that refuses to be pickled or copied. Its fields are hidden from `repr` by itself."""

    def __reduce__(self) -> NoReturn:
        """Refuse.

        Raises:
            TypeError: Always.
        """
        message = (
            f"a {type(self).__name__} is never pickled or copied, because it holds a secret; "
            "pass the object itself, or its id, and derive keys where they are used"
        )
        raise TypeError(message)

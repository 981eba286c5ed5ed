"""A salt file: a salt that is locked with a private key, and so opens with the public one.

A hazard by name (`hazards.py`, `salt-file`). OpenPseudonymiser hands its salt to sites as a file of
one RSA-1024 block, without padding, made with the private key. The public key is in the published
source (e = 65537). To read the file is what every site must be able to do, so whoever has the file
has the salt:

    block = salt^d mod n        salt = block^e mod n

Source: OpenPseudonymiser 0.9.7, library; RSA without padding is RFC 8017, sections 5.1 and 5.2.1.
No key of the original is here: `fresh_key_pair` makes another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicNumbers,
    generate_private_key,
)

from linkage.pseudonyms.openpseudonymiser import TRIMMED

KEY_BITS: Final = 1024
EXPONENT: Final = 65537


@dataclass(frozen=True)
class SaltFile:
    """What a site is given.

    Attributes:
        block: The file's bytes: 128 of them.
    """

    block: bytes


def fresh_key_pair() -> RSAPrivateKey:
    """Make a key pair like the original's, by the library's own random source.

    It is the one draw that no seed repeats; no figure depends on it.
    """
    return generate_private_key(EXPONENT, KEY_BITS)


def lock_salt(salt: str, private: RSAPrivateKey) -> SaltFile:
    """Lock a salt with a private key, as the original does.

    Raises:
        ValueError: If the trimmed salt is empty, or longer than a block.
    """
    number = int.from_bytes(salt.strip(TRIMMED).encode(), "big")
    numbers = private.private_numbers()
    modulus = numbers.public_numbers.n
    if not 0 < number < modulus:
        message = (
            f"a salt of {len(salt.encode())} bytes was given; one of 1 to "
            f"{private.key_size // 8 - 1} bytes fits a block"
        )
        raise ValueError(message)
    return SaltFile(pow(number, numbers.d, modulus).to_bytes(private.key_size // 8, "big"))


def open_salt(file: SaltFile, public: RSAPublicNumbers) -> str:
    """Open a salt file with the public key alone.

    Args:
        file: The file.
        public: Modulus and exponent, as they stand in the published source.

    Returns:
        The salt, trimmed as the original trims it.

    Raises:
        ValueError: If the file does not open to text: another key made it.
    """
    size = (public.n.bit_length() + 7) // 8
    opened = pow(int.from_bytes(file.block, "big"), public.e, public.n).to_bytes(size, "big")
    try:
        return opened.decode().strip(TRIMMED)
    except UnicodeDecodeError:
        message = (
            "the salt file does not open to text with this public key; use the key of its maker"
        )
        raise ValueError(message) from None

"""API keys: who asks. `python -m shared.api.keys anna` makes one and prints what goes into SEXTANT_API_KEYS.

A key has 256 random bits, so that one round of sha256 hides it: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import sys
from collections.abc import Iterable

from shared.errors import BadInput, Unauthorized

__all__ = ["Keys", "hash_of", "new_key"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_HASH = re.compile(r"[0-9a-f]{64}")


def new_key() -> str:
    return f"sx_{secrets.token_urlsafe(32)}"


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


class Keys:
    """The owners by the hash of their key. listing: `name=hash, name=hash`. Without any, everybody is `owner`.

    Raises `BadInput` for a listing that cannot be read.
    """

    def __init__(self, listing: str, owner: str) -> None:
        self._owner = owner
        self._names: dict[str, str] = {}
        for entry in filter(None, (part.strip() for part in listing.split(","))):
            name, _, hashed = (part.strip() for part in entry.partition("="))
            if not (_NAME.fullmatch(name) and _HASH.fullmatch(hashed)):
                message = f"SEXTANT_API_KEYS: {name[:64]!r} is not followed by = and a sha256."
                raise BadInput(message, remedy="Make the entry with: python -m shared.api.keys NAME", field="api_keys")
            self._names[hashed] = name

    def __bool__(self) -> bool:
        return bool(self._names)

    def owner(self, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """Whose request this is. Raises `Unauthorized`."""
        if not self._names:
            return self._owner
        given = next((value for name, value in headers if name == b"authorization"), b"")
        scheme, _, key = given.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise Unauthorized("This server asks for an API key.", remedy="Send it as the header Authorization: Bearer KEY.")
        hashed = hash_of(key.strip())
        name = next((name for known, name in self._names.items() if hmac.compare_digest(known, hashed)), None)
        if name is None:
            raise Unauthorized("This server does not know that API key.", remedy="Ask whoever runs it for one.")
        return name


if __name__ == "__main__":
    if len(sys.argv) != 2 or not _NAME.fullmatch(sys.argv[1]):
        sys.exit("usage: python -m shared.api.keys NAME    (letters, digits, '.', '_', '@' and '-')")
    made = new_key()
    sys.stdout.write(f"key, shown only now:   {made}\nSEXTANT_API_KEYS entry: {sys.argv[1]}={hash_of(made)}\n")

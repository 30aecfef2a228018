from __future__ import annotations

import subprocess
import sys

import pytest

from shared.api.keys import Keys, hash_of, new_key
from shared.errors import BadInput, Unauthorized


def test_a_key_says_who_asks() -> None:
    anna, ben = new_key(), new_key()
    keys = Keys(f"anna={hash_of(anna)}, ben={hash_of(ben)},", "local")
    assert keys and keys.owner([(b"authorization", f"Bearer {anna}".encode())]) == "anna"
    assert keys.owner([(b"host", b"x"), (b"authorization", f"bearer  {ben} ".encode())]) == "ben"
    for given in (b"", b"Bearer", f"Basic {anna}".encode(), f"Bearer {anna}x".encode(), b"Bearer \xff", hash_of(anna).encode()):
        with pytest.raises(Unauthorized):
            keys.owner([(b"authorization", given)])
    with pytest.raises(Unauthorized, match="Authorization: Bearer"):
        keys.owner([])


def test_without_keys_everybody_is_the_owner() -> None:
    assert not Keys("", "local") and Keys(" , ", "local").owner([]) == "local"


@pytest.mark.parametrize("listing", ["anna", "anna=sx_secret", f"={'0' * 64}", f"an na={'0' * 64}", f"anna={'0' * 63}"])
def test_a_listing_that_cannot_be_read(listing: str) -> None:
    with pytest.raises(BadInput, match=r"shared\.api\.keys"):
        Keys(listing, "local")


def test_a_key_is_made_on_the_command_line() -> None:
    words = [sys.executable, "-m", "shared.api.keys"]
    made = subprocess.run([*words, "anna"], capture_output=True, text=True, check=True).stdout.split()
    key = next(word for word in made if word.startswith("sx_"))
    assert Keys(made[-1], "local").owner([(b"authorization", f"Bearer {key}".encode())]) == "anna"
    assert subprocess.run([*words, "a b"], capture_output=True).returncode == 1

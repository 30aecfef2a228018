"""Whom signatures are believed: the published C2PA trust lists, a team's own root and this machine's."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from shared.errors import SextantError
from shared.provenance.certificate import local_root, team_root

__all__ = ["TRUST_WORDS", "Trust", "TrustedBy", "trust", "trusted_by"]

TrustedBy = Literal["official", "interim", "team", "local", ""]

TRUST_WORDS: dict[TrustedBy, str] = {
    "official": "on the official C2PA trust list",
    "interim": "on the interim list of the Content Authenticity Initiative, which is frozen and kept for older files",
    "team": "vouched for by the certificate that is configured here, and nowhere else",
    "local": "this machine's own test certificate, trusted here and nowhere else",
    "": "on no trust list that is used here",
}

_CARRIER = ("bonafide", "0.0.2")
_LISTS: dict[TrustedBy, tuple[str, str]] = {
    "official": (
        "bonafide/signals/data/trust/c2pa-trust-list.pem",
        "b1f399a7235f188a22f3db97992f1cc1417517664600335f9d105a6a7cdb46c1",
    ),
    "interim": (
        "bonafide/signals/data/trust/anchors.pem",
        "db57e50b9bd4e4c786cbb91f38fd85e2af6a9d5412438a8cddcc42688df07ae5",
    ),
}
_URN = "urn:sextant:trust:"
_NAMED = re.compile(r"\[" + re.escape(_URN) + r"([a-z]+)\]")


@dataclass(frozen=True)
class Trust:
    """anchors: as c2pa's settings take them, one entry a list. notes: what is missing, for people."""

    anchors: tuple[dict[str, str], ...]
    notes: tuple[str, ...]


def trust() -> Trust:
    """What signatures are checked against now. Never raises: a list that is missing is said and not used."""
    anchors, notes = [], []
    for name, pem, note in _published():
        if pem:
            anchors.append(_anchor(name, pem))
        else:
            notes.append(note)
    own: tuple[tuple[TrustedBy, Any], ...] = (("team", team_root), ("local", local_root))
    for name, root in own:
        try:
            pem = root()
        except (SextantError, OSError, ValueError) as error:
            notes.append(f"Signatures made here are not recognised. {error}")
        else:
            if pem:
                anchors.append(_anchor(name, pem))
    return Trust(tuple(anchors), tuple(notes))


def trusted_by(explanation: str) -> TrustedBy:
    """The list that c2pa names in its explanation of `signingCredential.trusted` ("... found in [URI] trust anchors").

    Its report also has a `trustListUri`, which may be the list of a source's signer and not of the file's.
    """
    found = _NAMED.search(explanation)
    return next((name for name in TRUST_WORDS if found is not None and name == found[1]), "")


def _anchor(name: TrustedBy, pem: str) -> dict[str, str]:
    return {"trust_anchors": pem, "trust_uri": _URN + name, "trust_kind": "manifest"}


@cache
def _published() -> tuple[tuple[TrustedBy, str, str], ...]:
    """(list, PEM, what to say where it is missing)."""
    from shared.serving.carrier import carried_file

    found: list[tuple[TrustedBy, str, str]] = []
    for name, (file, sha256) in _LISTS.items():
        try:
            content = carried_file(*_CARRIER, file).read_bytes()
        except (SextantError, OSError) as error:
            found.append((name, "", f"Signers {TRUST_WORDS[name]} are not recognised. {error}"))
            continue
        if hashlib.sha256(content).hexdigest() != sha256:
            note = f"Signers {TRUST_WORDS[name]} are not recognised: {file} is not the file that {' '.join(_CARRIER)} was published with."
            found.append((name, "", note))
            continue
        found.append((name, content.decode(), ""))
    return tuple(found)

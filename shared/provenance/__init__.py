"""Where a file comes from: one function writes it into a file, one reads it back.

    stamped = write(png, origin, title="card.png", media_type="image/png")
    read(stamped).origin.model

A file carries its origin twice where its format allows: as texts in the place that the format has for them (XMP, SD tags, Contributing
Equipment ...), which anybody can read and anybody can change, and as Content Credentials (C2PA), whose signature shows a change.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.errors import StorageFailed, Unavailable, Unsupported
from shared.provenance.origin import SOURCE_TYPE_PREFIX, SOURCE_TYPES, Origin, SourceType, software_version

if TYPE_CHECKING:
    from shared.provenance.credentials import Credentials

__all__ = ["SOURCE_TYPES", "SOURCE_TYPE_PREFIX", "Origin", "Provenance", "SourceType", "read", "software_version", "write"]

log = logging.getLogger("sextant.provenance")


@dataclass(frozen=True)
class Provenance:
    """What a file says of its making. origin: of a file that Sextant made; place: where it stands in the file. credentials: its
    Content Credentials, validated, None without any."""

    origin: Origin | None
    place: str
    credentials: Credentials | None


def write(data: bytes, origin: Origin, *, title: str, media_type: str = "", signed: bool = True) -> bytes | None:
    """`data` with its origin; None for a format that has no place for it. What the file holds is not touched.

    title: in the credentials, a file name. signed: with Content Credentials too, where the format takes them.
    Raises `BadInput` for a team's certificate that cannot be used.
    """
    from shared.provenance.credentials import sign_origin, signable
    from shared.provenance.formats import write_origin

    found = write_origin(data, origin, name=title, media_type=media_type)
    kind = signable(found or data) if signed else None
    if kind is None:
        return found
    try:
        return sign_origin(found or data, kind, origin, title=title)
    except (StorageFailed, Unavailable, Unsupported) as error:  # what was made is not lost because it cannot be signed
        log.warning("%s is not signed: %s", title, error)
        return found


def read(data: bytes) -> Provenance:
    """Never raises for a file that is broken or says nothing."""
    from shared.provenance.credentials import read_credentials
    from shared.provenance.formats import read_origin

    declared, credentials = read_origin(data), read_credentials(data)
    if declared is not None:
        return Provenance(declared.origin, declared.place, credentials)
    if credentials is not None and credentials.origin:
        try:
            return Provenance(Origin.from_dict(credentials.origin), "Content Credentials", credentials)
        except ValueError:
            log.info("an origin in Content Credentials that is none of ours")
    return Provenance(None, "", credentials)

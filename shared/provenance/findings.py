"""What Content Credentials say and what their validation found, as types."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.provenance.codes import Meaning, Severity
from shared.provenance.trust import TrustedBy

__all__ = ["Action", "Code", "Credentials", "Ingredient", "State"]

State = Literal["trusted", "valid", "invalid", "unreadable", "remote", "none"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Action(_Frozen):
    """name: C2PA's, `c2pa.created`. when: ISO 8601. agent: the software, with its version. source_type: IPTC's URL."""

    name: str
    when: str = ""
    agent: str = ""
    source_type: str = ""
    description: str = ""


class Code(_Frozen):
    """One finding of the validation. url: the part of the credentials it speaks of. source: about a source and not the file."""

    code: str
    url: str = ""
    severity: Severity
    meaning: Meaning
    words: str
    source: bool = False


class Ingredient(_Frozen):
    """A file that went into this one. state: `none` without credentials of its own; what the signer found when it was added,
    with what is found now. signer, generator, actions, ingredients: of its own credentials."""

    title: str
    relationship: str
    media_type: str = ""
    state: State
    causes: tuple[Meaning, ...] = ()
    signer: str = ""
    generator: str = ""
    actions: tuple[Action, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()


class Credentials(_Frozen):
    """A file's Content Credentials, validated here and now, with no network.

    state: `trusted`, `valid` (nothing was changed; who signed is unknown), `invalid` (see causes: it may be no more than an expired
    certificate), `unreadable`, `remote` (they are elsewhere: `remote_url`, never fetched).
    content_intact: whether the content is the one that was signed; None where that cannot be told.
    causes: why it is not trusted, the weightiest first. trusted_by: the trust list. local: believed by this installation alone.
    signed_at: of the time stamp, ISO 8601; without one nobody knows, and `when` of an action is what the signer says.
    origin: the assertion of files that Sextant made.
    """

    state: State
    words: str
    content_intact: bool | None = None
    causes: tuple[Meaning, ...] = ()
    trusted_by: TrustedBy = ""
    label: str = ""
    title: str = ""
    generator: str = ""
    signer: str = ""
    issuer: str = ""
    signed_at: str = ""
    time_trusted: bool = False
    actions: tuple[Action, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    codes: tuple[Code, ...] = ()
    origin: dict[str, str] = {}
    remote_url: str = ""
    notes: tuple[str, ...] = ()

    @property
    def local(self) -> bool:
        return self.trusted_by in ("team", "local")

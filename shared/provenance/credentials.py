"""Content Credentials (C2PA) written into files and read back, with no network.

    signed = sign(png, "image/png", title="card.png", actions=[Action(name="c2pa.created", source_type=...)], generator=("Sextant", "1.0"))
    read_credentials(signed).state                                   # "trusted", by this machine's own certificate
    sign(photo, "image/jpeg", title="photo.jpg", actions=[Action(name="c2pa.opened"), Action(name="c2pa.published")], ...)

Two signatures of the same bytes are never the same bytes: C2PA salts its boxes.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from shared.errors import BadInput, Unsupported
from shared.provenance.certificate import signing_identity
from shared.provenance.containers import READABLE, SIGNABLE, canonical, container, has_credentials_block, signable
from shared.provenance.manifests import ORIGIN_LABEL, Action, Code, Credentials, Ingredient, credentials_from, text, unreadable
from shared.provenance.origin import SOURCE_TYPE_PREFIX
from shared.provenance.trust import trust

if TYPE_CHECKING:
    import c2pa

    from shared.provenance.origin import Origin

__all__ = [
    "READABLE",
    "SIGNABLE",
    "Action",
    "Code",
    "Credentials",
    "Ingredient",
    "Source",
    "container",
    "read_credentials",
    "sign",
    "sign_origin",
    "signable",
]

# Nothing may leave the machine: no manifest is fetched, no revocation asked, no identity document looked up, no host is allowed.
_OFFLINE: Mapping[str, Any] = {
    "version": 1,
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True, "verify_timestamp_trust": True},
    "core": {"allowed_network_hosts": [], "decode_identity_assertions": False, "max_decompressed_manifest_size_in_mb": 8},
    "builder": {"thumbnail": {"enabled": False}},
}
_REPORT_LIMIT_CHARS = 16 << 20
_REMOTE = re.compile(r"^Remote:.*?(https?://\S+)", re.DOTALL)
_NEEDS_SOURCE: Mapping[str, Literal["parentOf", "componentOf"]] = {"c2pa.opened": "parentOf", "c2pa.placed": "componentOf"}


@dataclass(frozen=True)
class Source:
    """A file that went into the one that is signed; its own credentials are kept as history."""

    data: bytes
    media_type: str
    title: str
    relationship: Literal["parentOf", "componentOf", "inputTo"] = "parentOf"


def sign(
    data: bytes,
    media_type: str,
    *,
    title: str,
    actions: Sequence[Action],
    generator: tuple[str, str],
    ingredients: Sequence[Source] = (),
    origin: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> bytes:
    """`data` with Content Credentials; what it shows or plays is not touched.

    actions: the first is `c2pa.created` or `c2pa.opened`; an action without `when` gets `now`. An opened file without a parent in
    `ingredients` is its own. generator: name and version of the software. origin: texts, into an assertion of our own.

    Raises `Unsupported` for a kind of file that takes none or a file that is broken, `BadInput` for actions that do not fit it,
    and what `signing_identity` raises.
    """
    kind = canonical(media_type)
    if kind not in SIGNABLE:
        raise Unsupported(f"Content Credentials cannot be written into {media_type}.", remedy=f"Use one of {', '.join(sorted(SIGNABLE))}.")
    if not actions or actions[0].name not in ("c2pa.created", "c2pa.opened"):
        raise BadInput("The first action has to be c2pa.created or c2pa.opened.", remedy="Say how the file began.", field="actions")
    if actions[0].name == "c2pa.created" and has_credentials_block(data):
        raise BadInput(
            "The file already has Content Credentials, and signing it as newly created would erase its history.",
            remedy="Sign it as opened (c2pa.opened).",
            field="actions",
        )
    sources = list(ingredients)
    if actions[0].name == "c2pa.opened" and not any(source.relationship == "parentOf" for source in sources):
        sources.insert(0, Source(data, kind, title))
    when = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    entries = [_entry(action, sources, when) for action in actions]
    assertions: list[dict[str, Any]] = [{"label": "c2pa.actions.v2", "data": {"actions": entries}}]
    if origin:
        assertions.append({"label": ORIGIN_LABEL, "data": dict(origin)})
    info = {"name": generator[0], "version": generator[1]}
    return _signed(data, kind, {"claim_generator_info": [info], "title": title, "assertions": assertions}, sources)


def sign_origin(data: bytes, media_type: str, origin: Origin, *, title: str) -> bytes:
    """`data` signed as made by a studio. A file that has credentials already is signed as opened and edited by it."""
    agent, when = f"{origin.tool} {origin.version}", origin.made_at
    made = {"agent": agent, "when": when, "source_type": SOURCE_TYPE_PREFIX + origin.source_type}
    actions = [Action(name="c2pa.created", **made)]
    if has_credentials_block(data):
        actions = [Action(name="c2pa.opened", agent=agent, when=when), Action(name="c2pa.edited", **made)]
    return sign(data, media_type, title=title, actions=actions, generator=(origin.tool, origin.version), origin=origin.as_dict())


def read_credentials(data: bytes, media_type: str = "") -> Credentials | None:
    """The Content Credentials in `data`; None without any. media_type: as `container` knows it when empty.

    Never raises for what a file holds: credentials that are broken have the state `unreadable` or `invalid` and say why.
    """
    kind = canonical(media_type) or container(data) or ""
    if kind not in READABLE:
        return None
    import c2pa

    trusted = trust()
    try:
        with c2pa.Reader(kind, io.BytesIO(data), context=_context(trusted.anchors)) as reader:
            report, remote_url = reader.json(), reader.get_remote_url()
        if len(report) > _REPORT_LIMIT_CHARS:
            return unreadable(f"they are larger than {_REPORT_LIMIT_CHARS >> 20} million characters", trusted.notes)
        return credentials_from(json.loads(report), remote_url or "", trusted.notes)
    except c2pa.C2paError as error:
        return _failed(data, error, trusted.notes)
    except (ValueError, RecursionError) as error:
        return unreadable(str(error), trusted.notes)


def _failed(data: bytes, error: c2pa.C2paError, notes: tuple[str, ...]) -> Credentials | None:
    import c2pa

    remote = _REMOTE.search(str(error))
    if remote is not None:
        words = "The file has no Content Credentials itself and names an address where they are. Nothing was fetched from it."
        return Credentials(state="remote", words=words, causes=("missing",), remote_url=text(remote[1]), notes=notes)
    if not has_credentials_block(data):
        return None  # not a file of this kind, or one that is cut off: nothing about credentials
    if isinstance(error, c2pa.C2paError.ManifestNotFound):
        return unreadable("they are not where the format has its place for them", notes)
    return unreadable(str(error), notes)


def _context(anchors: Sequence[Mapping[str, str]] = ()) -> c2pa.Context:
    """Made for each call (0.7 ms): c2pa's own default reads the network, and its `load_settings` changes nothing."""
    import c2pa

    return c2pa.Context(c2pa.Settings.from_dict({**_OFFLINE, "trust": {"anchors": list(anchors)}}))


def _entry(action: Action, sources: Sequence[Source], when: str) -> dict[str, Any]:
    """An action of `c2pa.actions.v2`. c2pa replaces the labels of the sources by links to them."""
    entry: dict[str, Any] = {"action": action.name, "when": action.when or when}
    if action.agent:
        entry["softwareAgent"] = {"name": action.agent}
    if action.source_type:
        entry["digitalSourceType"] = action.source_type
    if action.description:
        entry["description"] = action.description
    needed = _NEEDS_SOURCE.get(action.name)
    if needed is not None:
        labels = [_label(number) for number, source in enumerate(sources) if source.relationship == needed]
        entry["parameters"] = {"ingredientIds": labels}
    return entry


def _signed(data: bytes, kind: str, manifest: Mapping[str, Any], sources: Sequence[Source]) -> bytes:
    import c2pa

    identity = signing_identity()
    # From the key itself: a signer by callback reserves 10 kB in each file, this one 1 kB.
    info = c2pa.C2paSignerInfo(identity.algorithm.encode(), identity.chain.encode(), identity.key, None)
    # A source is validated as it is added, so a source's history is judged by the lists that are used here.
    context = _context(trust().anchors if sources else ())
    signed = io.BytesIO()
    try:
        with c2pa.Signer.from_info(info) as signer, c2pa.Builder(dict(manifest), context) as builder:
            for number, source in enumerate(sources):
                said = {"title": source.title, "relationship": source.relationship, "label": _label(number)}
                builder.add_ingredient(said, canonical(source.media_type), io.BytesIO(source.data))
            builder.sign(signer, kind, io.BytesIO(data), signed)
    except c2pa.C2paError as error:
        raise Unsupported(
            f"{manifest['title']} cannot be signed: {text(str(error))}.",
            remedy="Open the file and save it again; Content Credentials that it has and that are broken go with that.",
        ) from None
    return signed.getvalue()


def _label(number: int) -> str:
    return f"source-{number}"

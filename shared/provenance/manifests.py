"""c2pa's report on a file, made into `Credentials`.

Everything in a report was written by whoever made the file: it is taken as text of a limited length, and nothing of it is believed
beyond what the validation says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from shared.provenance.codes import Meaning, Severity, status
from shared.provenance.findings import Action, Code, Credentials, Ingredient, State
from shared.provenance.trust import TRUST_WORDS, TrustedBy, trusted_by

__all__ = ["ORIGIN_LABEL", "Action", "Code", "Credentials", "Ingredient", "State", "credentials_from", "unreadable"]

ORIGIN_LABEL = "local.sextant.origin"
"""Our assertion. C2PA: a label of one's own begins with a domain name, reversed."""

_TEXT_LIMIT = 500
_LIST_LIMIT = 200
_DEPTH_LIMIT = 8  # of sources within sources
# Of several causes the first is said: a change outweighs what is wrong with a certificate.
_CAUSES: tuple[Meaning, ...] = ("content-changed", "signature-broken", "revoked", "malformed", "missing", "expired", "signer-unknown")
_CONTENT_MATCH = frozenset(
    {
        "assertion.dataHash.match",
        "assertion.bmffHash.match",
        "assertion.boxesHash.match",
        "assertion.collectionHash.match",
        "assertion.multiAssetHash.match",
    }
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def unreadable(why: str, notes: tuple[str, ...] = ()) -> Credentials:
    """Credentials that are there and cannot be read."""
    words = (
        f"The file holds Content Credentials that cannot be read ({text(why) or 'no reason given'}). Whether it was changed cannot be told."
    )
    return Credentials(state="unreadable", words=words, causes=("malformed",), notes=notes)


def credentials_from(report: Mapping[str, Any], remote_url: str, notes: tuple[str, ...]) -> Credentials:
    """report: the JSON of c2pa's reader."""
    manifests = _mapping(report.get("manifests"))
    label = text(report.get("active_manifest"))
    manifest = _mapping(manifests.get(label))
    results = _mapping(report.get("validation_results"))
    active = _codes(_mapping(results.get("activeManifest")))
    deltas = {
        text(_mapping(one).get("ingredientAssertionURI")): _codes(_mapping(_mapping(one).get("validationDeltas")), source=True)
        for one in _items(results.get("ingredientDeltas"))
    }
    state = _library_state(report, active)
    by = _trusted_by(results) if state == "trusted" else ""
    causes = _causes(active) or (("malformed",) if state == "invalid" else ())
    intact = _content_intact(active, state)
    signature = _mapping(manifest.get("signature_info"))
    signer = text(signature.get("common_name")) or text(signature.get("issuer"))
    found = Credentials(
        state=state,
        words="",
        content_intact=intact,
        causes=causes,
        trusted_by=by,
        label=label,
        title=text(manifest.get("title")),
        generator=_generator(manifest),
        signer=signer,
        issuer=text(signature.get("issuer")),
        signed_at=text(signature.get("time")),
        time_trusted=any(code.code == "timeStamp.trusted" for code in active),
        actions=tuple(_actions(manifest)),
        ingredients=tuple(_ingredients(manifest, manifests, deltas, frozenset({label}))),
        codes=(*active, *(code for codes in deltas.values() for code in codes))[:_LIST_LIMIT],
        origin=_origin(manifest),
        remote_url=text(remote_url),
        notes=notes,
    )
    return found.model_copy(update={"words": _words(found)})


def text(value: object) -> str:
    """`value` if it is a text, in one line of a limited length, without characters that steer a terminal or turn the writing."""
    return _CONTROL.sub(" ", value)[:_TEXT_LIMIT] if isinstance(value, str) else ""


def _library_state(report: Mapping[str, Any], active: list[Code]) -> State:
    """c2pa's verdict; never better than its own findings."""
    said = text(report.get("validation_state"))
    failures = [code for code in active if code.severity == "failure"]
    if said == "Trusted" and not failures and any(code.code == "signingCredential.trusted" for code in active):
        return "trusted"
    if said in ("Trusted", "Valid") and all(code.code == "signingCredential.untrusted" for code in failures):
        return "valid"
    return "invalid"


def _trusted_by(results: Mapping[str, Any]) -> TrustedBy:
    for entry in _items(_mapping(results.get("activeManifest")).get("success")):
        if _mapping(entry).get("code") == "signingCredential.trusted":
            return trusted_by(text(_mapping(entry).get("explanation")))
    return ""


def _content_intact(active: list[Code], state: State) -> bool | None:
    changed = any(code.severity == "failure" and code.meaning == "content-changed" for code in active)
    if changed:
        return False
    signed = any(code.code == "claimSignature.validated" for code in active)
    matched = any(code.code in _CONTENT_MATCH for code in active)
    broken = any(code.severity == "failure" and code.meaning in ("signature-broken", "malformed", "missing") for code in active)
    return True if matched and (signed or state != "invalid") and not broken else None


def _causes(codes: list[Code]) -> tuple[Meaning, ...]:
    found = {code.meaning for code in codes if code.severity == "failure"}
    return tuple(cause for cause in _CAUSES if cause in found)


def _codes(statuses: Mapping[str, Any], *, source: bool = False) -> list[Code]:
    kinds: tuple[Severity, ...] = ("failure", "informational", "success")
    found = []
    for severity in kinds:
        for entry in _items(statuses.get(severity)):
            name = text(_mapping(entry).get("code"))
            known = status(name, severity)
            meaning = "ok" if severity == "success" and known.severity != "success" else known.meaning
            url = text(_mapping(entry).get("url"))
            found.append(Code(code=name, url=url, severity=severity, meaning=meaning, words=known.words, source=source))
    return found


def _actions(manifest: Mapping[str, Any]) -> Iterator[Action]:
    for assertion in _items(manifest.get("assertions")):
        if text(_mapping(assertion).get("label")).partition("__")[0] not in ("c2pa.actions", "c2pa.actions.v2"):
            continue
        for entry in _items(_mapping(_mapping(assertion).get("data")).get("actions")):
            action = _mapping(entry)
            yield Action(
                name=text(action.get("action")),
                when=text(action.get("when")),
                agent=_software(action.get("softwareAgent")),
                source_type=text(action.get("digitalSourceType")),
                description=text(action.get("description")),
            )


def _ingredients(
    manifest: Mapping[str, Any], manifests: Mapping[str, Any], deltas: Mapping[str, list[Code]], seen: frozenset[str]
) -> Iterator[Ingredient]:
    """seen: the manifests on the way here, so that two which name each other end."""
    for entry in _items(manifest.get("ingredients")):
        said = _mapping(entry)
        label = text(said.get("active_manifest"))
        own = _mapping(manifests.get(label))
        recorded = _codes(_mapping(_mapping(said.get("validation_results")).get("activeManifest")), source=True)
        now = deltas.get(f"self#jumbf=/c2pa/{text(manifest.get('label'))}/c2pa.assertions/{text(said.get('label'))}", [])
        deeper = bool(own) and label not in seen and len(seen) < _DEPTH_LIMIT
        yield Ingredient(
            title=text(said.get("title")),
            relationship=text(said.get("relationship")),
            media_type=text(said.get("format")),
            state=_source_state(label, [*recorded, *now]),
            causes=_causes([*recorded, *now]),
            signer=text(_mapping(own.get("signature_info")).get("common_name")) or text(_mapping(own.get("signature_info")).get("issuer")),
            generator=_generator(own),
            actions=tuple(_actions(own)),
            ingredients=tuple(_ingredients(own, manifests, deltas, seen | {label})) if deeper else (),
        )


def _source_state(label: str, codes: list[Code]) -> State:
    failures = {code.code for code in codes if code.severity == "failure"}
    if not label and not failures:
        return "none"
    if failures - {"signingCredential.untrusted"}:
        return "invalid"
    trusted = any(code.code == "signingCredential.trusted" for code in codes)
    return "trusted" if trusted and not failures else "valid"


def _origin(manifest: Mapping[str, Any]) -> dict[str, str]:
    for assertion in _items(manifest.get("assertions")):
        if text(_mapping(assertion).get("label")) == ORIGIN_LABEL:
            data = _mapping(_mapping(assertion).get("data"))
            return {text(name): text(value) for name, value in list(data.items())[:50] if isinstance(value, str)}
    return {}


def _generator(manifest: Mapping[str, Any]) -> str:
    infos = _items(manifest.get("claim_generator_info"))
    return ", ".join(filter(None, map(_software, infos))) or text(manifest.get("claim_generator"))


def _software(agent: object) -> str:
    """A text in version 1 of the actions, name and version in version 2."""
    said = _mapping(agent)
    return text(agent) or f"{text(said.get('name'))} {text(said.get('version'))}".strip()


def _words(found: Credentials) -> str:
    who = found.signer or "an unnamed signer"
    changed = any("content-changed" in one.causes for one in found.ingredients)
    after = " One of its sources had been changed before it was added." if changed else ""
    if found.state == "trusted":
        where = TRUST_WORDS[found.trusted_by] if found.trusted_by else "on a trust list"
        return f"Signed by {who} ({where}) and not changed since.{after}"
    if found.state == "valid":
        unknown = f"{who} is {TRUST_WORDS['']}, and anybody can give himself a name"
        return f"Not changed since it was signed. Who signed is not known: {unknown}.{after}"
    kept = (
        "The content is the one that was signed." if found.content_intact else "Whether the content was changed cannot be told from this."
    )
    said: dict[Meaning, str] = {
        "content-changed": "Changed after it was signed: the file, or a statement in its credentials, is not the one that was signed.",
        "signature-broken": "The signature does not fit: the credentials were changed after signing, or are not of this file.",
        "revoked": f"The certificate of {who} was revoked. {kept}",
        "malformed": "The credentials do not follow the specification, so nothing can be concluded from them.",
        "missing": "The credentials lack a part, so nothing can be concluded from them.",
        "expired": f"The certificate of {who} is out of its time, and no trusted time stamp shows when it was used. {kept}",
        "signer-unknown": f"The certificate of {who} cannot be relied on. {kept}",
    }
    return next((said[cause] for cause in found.causes), "The credentials could not be checked.") + after


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: object) -> list[Any]:
    return value[:_LIST_LIMIT] if isinstance(value, list) else []

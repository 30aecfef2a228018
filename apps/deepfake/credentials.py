"""Content Credentials as evidence, as a report, and as something to sign with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from apps.deepfake.evidence import Evidence
from apps.deepfake.results import Code, CredentialsReport, SignResult, VerifyResult
from shared.errors import BadInput, Unsupported
from shared.provenance import SOURCE_TYPE_PREFIX, Origin, read, software_version

if TYPE_CHECKING:
    from apps.deepfake.requests import SignRequest, VerifyRequest
    from shared.app import Context, InputFile
    from shared.provenance.credentials import Credentials, Ingredient
    from shared.provenance.manifests import Action

__all__ = ["credentials_evidence", "report_of", "sign_request", "verify_request"]

SOURCE = "Content Credentials"
AI_TERMS = {
    "trainedAlgorithmicMedia": "was created by a generative model",
    "compositeWithTrainedAlgorithmicMedia": "was created in part by a generative model",
    "compositeSynthetic": "was put together of parts, of which at least one was created by a generative model",
    "trainedAlgorithmicData": "was created by a trained model",
}
STATEMENTS = {
    "captured": "digitalCapture",
    "edited": "humanEdits",
    "ai-generated": "trainedAlgorithmicMedia",
    "ai-edited": "compositeWithTrainedAlgorithmicMedia",
}
ENDINGS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/tiff": "tif",
    "image/svg+xml": "svg",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
}
BASIS = "A signature, checked offline against the trust lists of C2PA; revocation is not asked for, and nothing is fetched."
ANYBODY = "Who signed cannot be relied on, and anybody can sign under any name."
HERE = "Whoever uses this machine can sign anything so: it does not vouch for where the file comes from."


def credentials_evidence(found: Credentials | None) -> list[Evidence]:
    """What a file's credentials amount to. Expired or unknown to this machine is not tampered, and none at all is no evidence."""
    if found is None:
        words = "The file has no Content Credentials. Most honest files have none, and most platforms remove them."
        return [Evidence(source=SOURCE, kind="credentials.none", claim=words, direction="none", strength=0, reliability="high")]
    if found.state in ("trusted", "valid") or found.content_intact:
        return [*_declarations(found), _signature(found)]
    if "content-changed" in found.causes:
        return [
            Evidence(
                source=SOURCE,
                kind="credentials.content-changed",
                claim=f"{found.words} A re-encoding that kept the old credentials does this too.",
                direction="manipulated",
                strength=0.9,
                reliability="high",
                basis=BASIS,
            )
        ]
    kind = f"credentials.{found.causes[0] if found.causes else found.state}"
    return [Evidence(source=SOURCE, kind=kind, claim=found.words, direction="none", strength=0, reliability="medium", basis=BASIS)]


def _declarations(found: Credentials) -> Iterator[Evidence]:
    """What the history says of generative models; also under a certificate that expired: metadata that nobody signed is heard as well."""
    trusted = found.state == "trusted"
    for term, where in _declared(found):
        yield Evidence(
            source=SOURCE,
            kind=f"credentials.{term}",
            claim=f"Its signed history says that {where} {AI_TERMS[term]}.",
            direction="declares-ai",
            strength=1.0 if trusted else 0.8,
            reliability="high" if trusted else "medium",
            basis=BASIS if trusted else f"{BASIS} {ANYBODY}",
        )


def _signature(found: Credentials) -> Evidence:
    """Where the file comes from is verified by somebody whom others believe too, and only if nothing unknown went into it."""
    trusted = found.state == "trusted"
    unknown = next(_unaccounted(found.ingredients), None)
    kind: str = found.state
    claim, basis = found.words, BASIS
    if not trusted:
        kind, basis = found.causes[0] if found.state == "invalid" else found.state, f"{BASIS} {ANYBODY}"
    elif found.trusted_by == "local":
        kind, basis = "local", f"{BASIS} {HERE}"
    elif unknown is not None:
        kind, claim = "source-unknown", f"{claim} But {unknown} went into it, and no signature that holds says where that comes from."
    elif found.generator:
        claim = f"{claim} It was made with {found.generator}."
    verified = kind == "trusted"
    return Evidence(
        source=SOURCE,
        kind=f"credentials.{kind}",
        claim=claim,
        direction="origin-verified" if verified else "none",
        strength=1.0 if verified else 0.0,
        reliability="high" if trusted else "medium",
        basis=basis,
    )


def _unaccounted(ingredients: tuple[Ingredient, ...]) -> Iterator[str]:
    """Sources, at any depth, whose own credentials do not say where they come from. An input to a tool is not in the file."""
    for one in ingredients:
        if one.relationship == "inputTo":
            continue
        if one.state not in ("trusted", "valid") or "signer-unknown" in one.causes:
            yield one.title or "a source without a name"
        yield from _unaccounted(one.ingredients)


def _declared(found: Credentials) -> Iterator[tuple[str, str]]:
    """(IPTC term, what it is said of) of every step that a model took part in; each term once."""
    seen = set()
    for actions, where in [(found.actions, "the file"), *_sources(found.ingredients)]:
        for action in actions:
            term = action.source_type.rpartition("/")[2]
            if term in AI_TERMS and term not in seen:
                seen.add(term)
                yield term, where


def _sources(ingredients: tuple[Ingredient, ...]) -> Iterator[tuple[tuple[Action, ...], str]]:
    for one in ingredients:
        yield one.actions, f"its source {one.title or 'without a name'}"
        yield from _sources(one.ingredients)


def report_of(found: Credentials) -> CredentialsReport:
    """For the page and the report."""
    state = "local" if found.state == "trusted" and found.local else found.state
    return CredentialsReport(
        state=state,
        words=" ".join([found.words, *found.notes]),
        signer=found.signer,
        issuer=found.issuer,
        signed_at=found.signed_at and (found.signed_at if found.time_trusted else f"{found.signed_at}, by a service on no list used here"),
        generator=found.generator,
        actions=[_action(action) for action in found.actions],
        ingredients=[f"{one.title or 'unnamed'} ({one.relationship}, {one.state})" for one in found.ingredients],
        codes=[Code(code=one.code, severity=one.severity, meaning=one.meaning, words=one.words) for one in found.codes],
    )


def _action(action: Action) -> str:
    term = action.source_type.rpartition("/")[2]
    parts = (action.name.removeprefix("c2pa."), term, action.agent, action.when, action.description)
    return ", ".join(part for part in parts if part)


def sign_request(request: SignRequest, context: Context) -> SignResult:
    """Raises `Unsupported` for a format that takes no credentials, and what an unusable certificate raises."""
    from shared.provenance.credentials import Action, read_credentials, sign, signable

    data = request.file.read()
    if not data:
        raise BadInput(f"{request.file.name} is empty: nothing has arrived.", remedy="Send it again.", field="file")
    kind = signable(data)
    if kind is None:
        raise Unsupported(
            f"{request.file.name} is of a format that takes no Content Credentials.",
            remedy="Give PNG, JPEG, WebP, TIFF, SVG, WAV, MP3, M4A or MP4.",
            field="file",
        )
    agent, author = f"Sextant deepfake {software_version()}", f"declared by {request.author}" if request.author else ""
    declared = {"agent": agent, "source_type": SOURCE_TYPE_PREFIX + STATEMENTS[request.statement], "description": author}
    if read_credentials(data, kind) is None:
        actions = [Action(name="c2pa.created", **declared)]
    else:
        actions = [
            Action(name="c2pa.opened", agent=agent),
            Action(name="c2pa.edited" if "edited" in request.statement else "c2pa.published", **declared),
        ]
    title = request.title or request.file.name
    signed = sign(data, kind, title=title, actions=actions, generator=("Sextant", software_version()))
    found = read_credentials(signed, kind)
    if found is None or not found.content_intact:
        raise Unsupported(f"{request.file.name} cannot be signed so that its signature holds.", remedy="Save it anew and sign that.")
    artifact = context.artifact(f"signed.{ENDINGS[kind]}", signed, kind)
    warnings = [] if found.state == "trusted" and not found.local else [_local_warning(found)]
    return SignResult(signed=artifact, credentials=report_of(found), original_sha256=request.file.sha256, warnings=warnings)


def _local_warning(found: Credentials) -> str:
    if found.trusted_by != "local":
        return "Signed with your own certificate: others trust it once its root is on a list that they use."
    return (
        "Signed with this machine's local test certificate, which nobody else trusts. Set SEXTANT_SIGNING_CERTIFICATE and "
        "SEXTANT_SIGNING_KEY to sign with one of yours."
    )


def verify_request(request: VerifyRequest, context: Context) -> VerifyResult:
    """Never raises for what the file holds; `BadInput` for a sidecar that is none."""
    data = request.file.read()
    found = read(data)
    origin, place = found.origin, found.place
    if origin is None and request.sidecar is not None:
        origin, place = _beside(request.sidecar, request.file), "the file beside it, by its hash"
    return VerifyResult(
        name=request.file.name,
        sha256=request.file.sha256,
        words=_known(found.credentials, origin, place),
        credentials=None if found.credentials is None else report_of(found.credentials),
        codes=[] if found.credentials is None else [f"{code.code}: {code.words}" for code in found.credentials.codes],
        origin={} if origin is None else origin.as_dict(),
        place=place,
    )


def _beside(sidecar: InputFile, file: InputFile) -> Origin:
    try:
        body = json.loads(sidecar.read())
        listed, origin = dict(body["files"]), Origin.from_dict(body["origin"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput(
            f"{sidecar.name} is no origin file: {error}.", remedy="Give the *.origin.json of the run.", field="sidecar"
        ) from None
    if file.sha256 not in listed:
        raise BadInput(
            f"{sidecar.name} does not name {file.name} as it is now: its sha256 is {file.sha256[:12]}….",
            remedy="It was changed since, or belongs to another run.",
            field="sidecar",
        )
    return origin


def _known(credentials: Credentials | None, origin: Origin | None, place: str) -> str:
    parts = [] if credentials is None else [credentials.words]
    if origin is not None:
        signed = credentials is not None and credentials.origin and credentials.state == "trusted"
        parts.append(f"{origin.sentence()} That stands in {place}{'' if signed else ', which is not signed'}.")
    if not parts:
        return "The file says nothing of where it comes from, in credentials or in Sextant's own words. Most honest files say nothing."
    return " ".join(parts)

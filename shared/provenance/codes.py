"""What each validation status code of C2PA means for somebody who examines a file.

The codes are those of the C2PA Technical Specification 2.x, "Returning validation results", as two public SDKs list them (for 2.1 and
2.3) and as the texts in c2pa-rs 0.91 (2.4) add to them, with some of 1.x. Each has its own line: a meaning derived from a part of its
name would call an expired certificate, or a list that a signer is not on, a manipulation. Codes of CAWG identities are not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["CODES", "Meaning", "Severity", "Status", "status"]

Severity = Literal["success", "informational", "failure"]
Meaning = Literal[
    "content-changed",
    "signature-broken",
    "signer-unknown",
    "expired",
    "revoked",
    "time",
    "malformed",
    "missing",
    "informational",
    "ok",
]
"""content-changed: bytes differ from those that were signed. signature-broken: the signature does not fit. signer-unknown, expired,
revoked: about the signer's certificate, never about the content. time: about the time stamp. malformed, missing: credentials that
are written wrongly or lack a part, so that nothing can be concluded from them."""


@dataclass(frozen=True)
class Status:
    """severity: as the specification sorts the code; a validator's own report may sort it otherwise."""

    severity: Severity
    meaning: Meaning
    words: str


_UNKNOWN = "A code that this program does not know; it says nothing here about whether the file was changed."

_SUCCESS: Mapping[str, str] = {
    "assertion.accessible": "A part of the credentials that is kept elsewhere could be reached.",
    "assertion.alternativeContentRepresentation.match": "Another form of the content, named in the credentials, is as signed.",
    "assertion.bmffHash.match": "The content is the one that was signed (hash of the video or image boxes).",
    "assertion.boxesHash.match": "The content is the one that was signed (hash of the file's boxes).",
    "assertion.collectionHash.match": "Every file of the collection is the one that was signed.",
    "assertion.dataHash.match": "The content is the one that was signed (hash of the file's bytes).",
    "assertion.hashedURI.match": "A statement in the credentials is the one that was signed.",
    "assertion.multiAssetHash.match": "Every part of the file is the one that was signed.",
    "claimSignature.insideValidity": "The signature was made while the signer's certificate was valid.",
    "claimSignature.validated": "The signature fits the credentials and the signer's certificate.",
    "ingredient.claimSignature.validated": "The signature of a source's credentials is the one that was there when the source was added.",
    "ingredient.manifest.validated": "The credentials of a source are those that were there when the source was added.",
    "signingCredential.ocsp.notRevoked": "The signer's certificate had not been revoked.",
    "signingCredential.trusted": "The signer's certificate leads to a trust list that is used here.",
    "timeStamp.trusted": "The time stamp comes from a service on a trust list that is used here.",
    "timeStamp.validated": "The time stamp fits the signature.",
}

_INFORMATIONAL: Mapping[str, tuple[Meaning, str]] = {
    "algorithm.deprecated": ("informational", "An algorithm was used that the specification advises against today."),
    "assertion.bmffHash.additionalExclusionsPresent": ("informational", "The signature leaves out more boxes of the file than it has to."),
    "assertion.boxesHash.additionalExclusionsPresent": ("informational", "The signature leaves out more boxes of the file than it has to."),
    "assertion.dataHash.additionalExclusionsPresent": (
        "informational",
        "The signature leaves out more bytes of the file than its own place: those may have been changed without a trace.",
    ),
    "ingredient.unknownProvenance": ("informational", "A source was added that has no credentials, or none that could be read."),
    "manifest.unknownProvenance": ("informational", "The file was opened from one whose origin is not recorded."),
    "signingCredential.ocsp.inaccessible": ("informational", "Whether the certificate was revoked could not be asked."),
    "signingCredential.ocsp.skipped": (
        "informational",
        "Whether the certificate was revoked was not asked: nothing is sent over a network.",
    ),
    "signingCredential.ocsp.unknown": ("informational", "The issuer does not know whether the certificate was revoked."),
    "timeOfSigning.insideValidity": ("informational", "The time of signing that the file states is within the certificate's validity."),
    "timeOfSigning.outsideValidity": (
        "time",
        "The time of signing that the file states is outside the certificate's validity. It says nothing about the content.",
    ),
    "timeStamp.credentialInvalid": (
        "time",
        "The time-stamping service's certificate cannot be used, so the time of signing is not proven.",
    ),
    "timeStamp.malformed": ("time", "The time stamp cannot be read, so the time of signing is not proven."),
    "timeStamp.mismatch": ("time", "The time stamp belongs to something else, so the time of signing is not proven."),
    "timeStamp.outsideValidity": (
        "time",
        "The time stamp is from outside its certificate's validity, so the time of signing is not proven.",
    ),
    "timeStamp.untrusted": (
        "time",
        "The time-stamping service is on no trust list that is used here, so the time of signing is not proven.",
    ),
}

_FAILURE: Mapping[str, tuple[Meaning, str]] = {
    "algorithm.unsupported": ("malformed", "An algorithm was used that is unknown here or not allowed: this part cannot be checked."),
    "assertion.action.ingredientMismatch": ("malformed", "A recorded action names a source that the credentials do not have."),
    "assertion.action.malformed": ("malformed", "The list of actions does not follow the specification."),
    "assertion.action.missing": ("missing", "The list of actions is missing."),
    "assertion.action.redacted": ("malformed", "A list of actions was taken out, which is not allowed."),
    "assertion.action.redactionMismatch": ("malformed", "A recorded removal names a part that was not removed."),
    "assertion.action.softBindingMissing": ("missing", "A watermark is recorded without the entry that describes it."),
    "assertion.alternativeContentRepresentation.hashMismatch": (
        "content-changed",
        "Another form of the content, named in the credentials, is not the one that was signed.",
    ),
    "assertion.alternativeContentRepresentation.malformed": ("malformed", "The entry on another form of the content is written wrongly."),
    "assertion.alternativeContentRepresentation.missing": ("missing", "Another form of the content is named and is not there."),
    "assertion.bmffHash.malformed": ("malformed", "The entry that ties the credentials to the content is written wrongly."),
    "assertion.bmffHash.mismatch": ("content-changed", "The content is not the one that was signed (hash of the video or image boxes)."),
    "assertion.boxesHash.malformed": ("malformed", "The entry that ties the credentials to the content is written wrongly."),
    "assertion.boxesHash.mismatch": ("content-changed", "The content is not the one that was signed (hash of the file's boxes)."),
    "assertion.boxesHash.unknownBox": ("content-changed", "The file holds a box that was not there when it was signed."),
    "assertion.boxesHash.unknownBoxes": ("content-changed", "The file holds boxes that were not there when it was signed."),
    "assertion.cbor.invalid": ("malformed", "A statement in the credentials cannot be read (CBOR)."),
    "assertion.cloud-data.actions": ("malformed", "The list of actions is kept elsewhere, which is not allowed here."),
    "assertion.cloud-data.hardBinding": ("malformed", "The tie to the content is kept elsewhere, which is not allowed."),
    "assertion.cloud-data.labelMismatch": ("malformed", "A statement that is kept elsewhere bears another name than it should."),
    "assertion.cloud-data.malformed": ("malformed", "The entry for a statement that is kept elsewhere is written wrongly."),
    "assertion.collectionHash.incorrectFileCount": ("content-changed", "The collection has more or fewer files than were signed."),
    "assertion.collectionHash.invalidURI": ("malformed", "The entry on a collection names a file in a way that is not allowed."),
    "assertion.collectionHash.malformed": ("malformed", "The entry that ties the credentials to a collection is written wrongly."),
    "assertion.collectionHash.mismatch": ("content-changed", "A file of the collection is not the one that was signed."),
    "assertion.dataHash.malformed": ("malformed", "The entry that ties the credentials to the content is written wrongly."),
    "assertion.dataHash.mismatch": ("content-changed", "The content is not the one that was signed (hash of the file's bytes)."),
    "assertion.dataHash.redacted": ("malformed", "The tie to the content was taken out, which is not allowed."),
    "assertion.external-reference.actions": ("malformed", "The list of actions is only referred to, which is not allowed here."),
    "assertion.external-reference.created": ("malformed", "A statement that may only be gathered is listed as made by the signer."),
    "assertion.external-reference.hardBinding": ("malformed", "The tie to the content is only referred to, which is not allowed."),
    "assertion.external-reference.malformed": ("malformed", "A reference to something outside the file is written wrongly."),
    "assertion.hardBinding.redacted": ("malformed", "The tie to the content was taken out, which is not allowed."),
    "assertion.hashedURI.mismatch": ("content-changed", "A statement in the credentials was changed after signing."),
    "assertion.inaccessible": (
        "missing",
        "A part of the credentials that is kept elsewhere was not fetched: nothing is sent over a network.",
    ),
    "assertion.ingredient.malformed": ("malformed", "The entry on a source is written wrongly."),
    "assertion.json.invalid": ("malformed", "A statement in the credentials cannot be read (JSON)."),
    "assertion.metadata.disallowed": ("malformed", "The metadata in the credentials holds fields that are not allowed there."),
    "assertion.missing": ("missing", "A statement that was signed is no longer in the credentials."),
    "assertion.multiAssetHash.malformed": ("malformed", "The entry on the parts of the file is written wrongly."),
    "assertion.multiAssetHash.mismatch": ("content-changed", "A part of the file is not the one that was signed."),
    "assertion.multiAssetHash.missingPart": ("content-changed", "A part of the file that was signed is no longer there."),
    "assertion.multipleHardBindings": ("malformed", "The credentials are tied to the content more than once."),
    "assertion.notRedacted": ("malformed", "A statement is listed as taken out and is still there."),
    "assertion.outsideManifest": ("malformed", "The signature covers a statement that is outside these credentials."),
    "assertion.required.missing": ("missing", "A statement that the specification demands is missing."),
    "assertion.selfRedacted": ("malformed", "The credentials list one of their own statements as taken out."),
    "assertion.timestamp.malformed": ("malformed", "An added time stamp is written wrongly."),
    "assertion.undeclared": ("malformed", "The credentials hold a statement that was not signed."),
    "claim.cbor.invalid": ("malformed", "The signed list of statements cannot be read (CBOR)."),
    "claim.hardBindings.missing": ("missing", "Nothing ties the credentials to this content: they may belong to another file."),
    "claim.malformed": ("malformed", "The signed list of statements does not follow the specification."),
    "claim.missing": ("missing", "The signed list of statements is missing."),
    "claim.multiple": ("malformed", "There is more than one signed list of statements."),
    "claim.required.missing": ("missing", "The signed list of statements lacks a field that the specification demands."),
    "claimSignature.mismatch": (
        "signature-broken",
        "The signature does not fit: the credentials or the signature were changed after signing.",
    ),
    "claimSignature.missing": ("missing", "There is no signature."),
    "claimSignature.outsideValidity": (
        "expired",
        "The signature was made outside the time for which the signer's certificate is valid. It says nothing about the content.",
    ),
    "com.adobe.prerelease": ("malformed", "The credentials follow a draft older than the first specification: they cannot be checked."),
    "general.error": ("malformed", "The check ended with an error that has no code of its own."),
    "hashedURI.mismatch": ("content-changed", "Something that the credentials refer to was changed after signing."),
    "hashedURI.missing": ("missing", "Something that the credentials refer to is not there."),
    "ingredient.claimSignature.mismatch": ("signature-broken", "The signature of a source's credentials is not the one that was there."),
    "ingredient.claimSignature.missing": ("missing", "The signature of a source's credentials is missing."),
    "ingredient.hashedURI.mismatch": ("content-changed", "The credentials of a source were changed after the source was added."),
    "ingredient.manifest.mismatch": ("content-changed", "The credentials of a source were changed after the source was added."),
    "ingredient.manifest.missing": ("missing", "The credentials of a source are no longer there."),
    "manifest.compressed.invalid": ("malformed", "Compressed credentials cannot be unpacked."),
    "manifest.inaccessible": ("missing", "Credentials that are kept elsewhere were not fetched: nothing is sent over a network."),
    "manifest.missing": ("missing", "Credentials that are referred to are not there."),
    "manifest.multipleParents": ("malformed", "The credentials name more than one file as the one that was opened."),
    "manifest.timestamp.invalid": ("malformed", "Credentials that only add a time stamp hold something else as well."),
    "manifest.timestamp.wrongParents": ("malformed", "Credentials that only add a time stamp name none or several files they belong to."),
    "manifest.unreferenced": ("malformed", "The file holds credentials that nothing refers to."),
    "manifest.update.invalid": ("malformed", "Credentials that only add to earlier ones hold something that is not allowed there."),
    "manifest.update.wrongParents": ("malformed", "Credentials that only add to earlier ones name none or several they belong to."),
    "signingCredential.expired": (
        "expired",
        "The signer's certificate is no longer valid, and no trusted time stamp shows that it still was at the time of signing. "
        "It says nothing about the content.",
    ),
    "signingCredential.invalid": (
        "signer-unknown",
        "The signer's certificate does not meet the rules for such certificates, so who signed cannot be relied on. "
        "It says nothing about the content.",
    ),
    "signingCredential.ocsp.revoked": (
        "revoked",
        "The signer's certificate was revoked by its issuer: others may hold its key. Whether the content was changed is another question.",
    ),
    "signingCredential.revoked": (
        "revoked",
        "The signer's certificate was revoked by its issuer: others may hold its key. Whether the content was changed is another question.",
    ),
    "signingCredential.untrusted": (
        "signer-unknown",
        "The signer is on no trust list that is used here: anybody can give himself a name. It says nothing about the content.",
    ),
}

CODES: Mapping[str, Status] = {
    **{code: Status("success", "ok", words) for code, words in _SUCCESS.items()},
    **{code: Status("informational", *line) for code, line in _INFORMATIONAL.items()},
    **{code: Status("failure", *line) for code, line in _FAILURE.items()},
}


def status(code: str, severity: Severity = "failure") -> Status:
    """The meaning of `code`; severity: how a validator sorted a code that is not known here. A success is never anything but ok."""
    known = CODES.get(code)
    if known is None:
        return Status(severity, "ok" if severity == "success" else "informational", _UNKNOWN)
    return known

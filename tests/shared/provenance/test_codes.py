from __future__ import annotations

import re
from pathlib import Path

import c2pa
import pytest

from shared.provenance.codes import CODES, status

# The codes of C2PA 2.x as public SDKs list them, kept apart from the table so that a change there takes a second look here.
SUCCESS = """claimSignature.validated claimSignature.insideValidity signingCredential.trusted signingCredential.ocsp.notRevoked
timeStamp.validated timeStamp.trusted assertion.hashedURI.match assertion.dataHash.match assertion.bmffHash.match
assertion.boxesHash.match assertion.collectionHash.match assertion.multiAssetHash.match assertion.accessible
assertion.alternativeContentRepresentation.match ingredient.manifest.validated ingredient.claimSignature.validated"""
INFORMATIONAL = """algorithm.deprecated assertion.dataHash.additionalExclusionsPresent assertion.bmffHash.additionalExclusionsPresent
assertion.boxesHash.additionalExclusionsPresent ingredient.unknownProvenance manifest.unknownProvenance
signingCredential.ocsp.inaccessible signingCredential.ocsp.skipped signingCredential.ocsp.unknown timeOfSigning.insideValidity
timeOfSigning.outsideValidity timeStamp.credentialInvalid timeStamp.malformed timeStamp.mismatch timeStamp.outsideValidity
timeStamp.untrusted"""
CHANGED = """assertion.alternativeContentRepresentation.hashMismatch assertion.bmffHash.mismatch assertion.boxesHash.mismatch
assertion.boxesHash.unknownBox assertion.boxesHash.unknownBoxes assertion.collectionHash.incorrectFileCount
assertion.collectionHash.mismatch assertion.dataHash.mismatch assertion.hashedURI.mismatch assertion.multiAssetHash.mismatch
assertion.multiAssetHash.missingPart hashedURI.mismatch ingredient.hashedURI.mismatch ingredient.manifest.mismatch"""
FAILURE = """algorithm.unsupported assertion.action.ingredientMismatch assertion.action.malformed assertion.action.missing
assertion.action.redacted assertion.action.redactionMismatch assertion.action.softBindingMissing
assertion.alternativeContentRepresentation.malformed assertion.alternativeContentRepresentation.missing assertion.bmffHash.malformed
assertion.boxesHash.malformed assertion.cbor.invalid assertion.cloud-data.actions assertion.cloud-data.hardBinding
assertion.cloud-data.labelMismatch assertion.cloud-data.malformed assertion.collectionHash.invalidURI
assertion.collectionHash.malformed assertion.dataHash.malformed assertion.dataHash.redacted assertion.external-reference.actions
assertion.external-reference.created assertion.external-reference.hardBinding assertion.external-reference.malformed
assertion.hardBinding.redacted assertion.inaccessible assertion.ingredient.malformed assertion.json.invalid
assertion.metadata.disallowed assertion.missing assertion.multiAssetHash.malformed assertion.multipleHardBindings
assertion.notRedacted assertion.outsideManifest assertion.required.missing assertion.selfRedacted assertion.timestamp.malformed
assertion.undeclared claim.cbor.invalid claim.hardBindings.missing claim.malformed claim.missing claim.multiple
claim.required.missing claimSignature.mismatch claimSignature.missing claimSignature.outsideValidity com.adobe.prerelease
general.error hashedURI.missing ingredient.claimSignature.mismatch ingredient.claimSignature.missing ingredient.manifest.missing
manifest.compressed.invalid manifest.inaccessible manifest.missing manifest.multipleParents manifest.timestamp.invalid
manifest.timestamp.wrongParents manifest.unreferenced manifest.update.invalid manifest.update.wrongParents
signingCredential.expired signingCredential.invalid signingCredential.ocsp.revoked signingCredential.revoked
signingCredential.untrusted"""


def test_every_listed_code_has_a_line() -> None:
    by_severity = {severity: {code for code, line in CODES.items() if line.severity == severity} for severity in ("success", "failure")}
    assert by_severity["success"] == set(SUCCESS.split())
    assert {code for code, line in CODES.items() if line.severity == "informational"} == set(INFORMATIONAL.split())
    assert by_severity["failure"] == {*CHANGED.split(), *FAILURE.split()}
    assert {code for code, line in CODES.items() if line.meaning == "content-changed"} == set(CHANGED.split())


def test_every_code_in_the_library_has_a_line() -> None:
    """The compiler runs texts into each other and cuts some in two: a code is there when one of ours begins the text, or the text
    begins one of ours. So this finds a new family or a new first letter, and not every new code."""
    libraries = (Path(c2pa.__file__).parent / "libs").iterdir()
    library = next(path for path in libraries if path.suffix in (".so", ".dylib", ".dll")).read_bytes()
    families = "claimSignature|signingCredential|timeStamp|timeOfSigning|assertion|ingredient|algorithm|hashedURI|claim|manifest"
    found = {text.decode() for text in re.findall(rb"(?:" + families.encode() + rb")\.[A-Za-z.-]{3,}", library)}
    assert len(found) > 60, len(found)
    unknown = [text for text in found if not any(text.startswith(code) or _begins(text, code) for code in CODES)]
    # names of files and of fields, and texts whose end belongs to the next one
    assert [text for text in unknown if not re.match(r"assertion\.rs|assertion\.mismatch|manifest\.json|manifest\.mismatch", text)] == []


def _begins(text: str, code: str) -> bool:
    """Whether the two share a family and at least one more letter: instructions hold a long text in pieces of 8 and 16 bytes."""
    family = text.partition(".")[0]
    return code.startswith(text[: len(family) + 2])


@pytest.mark.parametrize("code", ["signingCredential.expired", "claimSignature.outsideValidity"])
def test_an_expired_certificate_is_no_manipulation(code: str) -> None:
    assert status(code).meaning == "expired" and "says nothing about the content" in status(code).words


def test_an_untrusted_signer_is_no_manipulation() -> None:
    found = status("signingCredential.untrusted")
    assert found.meaning == "signer-unknown" and "says nothing about the content" in found.words


@pytest.mark.parametrize("code", ["assertion.newHash.mismatch", "content.tampered", "", "signingCredential.untrusted.v2"])
def test_an_unknown_code_is_neutral(code: str) -> None:
    found = status(code)
    assert (found.severity, found.meaning) == ("failure", "informational")
    assert "does not know" in found.words and "nothing" in found.words
    assert status(code, "success").meaning == "ok"


def test_words_are_sentences_and_only_a_change_is_called_one() -> None:
    for code, line in CODES.items():
        assert line.words.endswith(".") and line.words[0].isupper(), code
        assert "tamper" not in line.words.lower() and "fake" not in line.words.lower()
        if line.meaning in ("expired", "signer-unknown", "time", "informational", "ok"):
            assert "changed after signing" not in line.words, code

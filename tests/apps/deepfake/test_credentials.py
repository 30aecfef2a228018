"""What a file's credentials amount to: a signature verifies no more than it says, and a declaration is heard whoever signed it."""

from __future__ import annotations

from typing import Any

import pytest

from apps.deepfake.credentials import credentials_evidence, report_of
from shared.provenance import SOURCE_TYPE_PREFIX
from shared.provenance.credentials import Action, Credentials, Ingredient

MADE = Action(name="c2pa.created", source_type=f"{SOURCE_TYPE_PREFIX}trainedAlgorithmicMedia")
CAPTURED = Action(name="c2pa.created", source_type=f"{SOURCE_TYPE_PREFIX}digitalCapture")


def credentials(**fields: Any) -> Credentials:
    return Credentials(
        **{"state": "trusted", "words": "W.", "content_intact": True, "trusted_by": "official", "actions": (CAPTURED,), **fields}
    )


def source(**fields: Any) -> Ingredient:
    return Ingredient(**{"title": "sea.jpg", "relationship": "parentOf", "state": "trusted", **fields})


def said(found: Credentials) -> dict[str, str]:
    """{kind: direction}"""
    return {one.kind.removeprefix("credentials."): one.direction for one in credentials_evidence(found)}


@pytest.mark.parametrize("by", ["official", "interim", "team"])
def test_a_signer_on_a_list_verifies_where_it_comes_from(by: str) -> None:
    assert said(credentials(trusted_by=by)) == {"trusted": "origin-verified"}


def test_the_test_certificate_of_this_machine_verifies_nothing() -> None:
    assert said(credentials(trusted_by="local")) == {"local": "none"}


@pytest.mark.parametrize(
    "unknown",
    [
        source(state="none"),
        source(state="invalid", causes=("content-changed",)),
        source(state="valid", causes=("signer-unknown",)),
        source(relationship="componentOf", state="none"),
        source(title="edit.psd", ingredients=(source(state="none"),)),
    ],
)
def test_a_trusted_signature_on_something_of_unknown_origin_does_not_verify_it(unknown: Ingredient) -> None:
    (evidence,) = credentials_evidence(credentials(ingredients=(unknown,)))
    assert (evidence.kind, evidence.direction) == ("credentials.source-unknown", "none") and "sea.jpg went into it" in evidence.claim


@pytest.mark.parametrize("known", [source(), source(state="valid"), source(state="none", relationship="inputTo")])
def test_sources_that_are_accounted_for_do_not_weaken_it(known: Ingredient) -> None:
    assert said(credentials(ingredients=(known,))) == {"trusted": "origin-verified"}


def test_an_expired_certificate_keeps_no_declaration_back() -> None:
    found = credentials(state="invalid", trusted_by="", causes=("expired",), actions=(MADE,))
    assert said(found) == {"trainedAlgorithmicMedia": "declares-ai", "expired": "none"}
    assert {one.reliability for one in credentials_evidence(found)} == {"medium"}


def test_credentials_of_another_content_declare_nothing_of_this_one() -> None:
    found = credentials(state="invalid", trusted_by="", causes=("content-changed",), content_intact=False, actions=(MADE,))
    assert said(found) == {"content-changed": "manipulated"}


def test_a_model_in_the_history_of_a_source_is_told() -> None:
    assert "trainedAlgorithmicMedia" in said(credentials(ingredients=(source(actions=(MADE,)),)))


def test_a_time_that_nobody_trusted_stamped_is_told_as_such() -> None:
    assert "no list" in report_of(credentials(signed_at="2019-01-01T00:00:00Z")).signed_at
    assert report_of(credentials(signed_at="2019-01-01T00:00:00Z", time_trusted=True)).signed_at == "2019-01-01T00:00:00Z"

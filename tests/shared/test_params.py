from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, Field, model_validator

from shared.app import File, InputFile, Request
from shared.errors import BadInput
from shared.params import Param, params


class Inner(BaseModel):
    a: int


class Said(BaseModel):
    typed_as_text: ClassVar[bool] = True
    words: str

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, given: Any) -> Any:
        return {"words": given} if isinstance(given, str) else given


class Everything(Request):
    text: str = Field(description="words")
    file: Annotated[InputFile, File(kinds=("png",))]
    files: list[Annotated[InputFile, File(kinds=("dcm",))]] = []
    scale: Literal[2, 3] = 2
    amount: float | Literal["auto"] = "auto"
    strength: float = Field(default=0.5, ge=0, le=1)
    count: int | None = None
    flag: bool = False
    names: list[str] = []
    inner: Inner | None = None
    table: dict[str, float] = {}
    inners: list[Inner] = []
    said: Said | None = None
    sayings: list[Said] = []


BY_NAME = {param.name: param for param in params(Everything)}


def test_every_type_has_its_kind() -> None:
    assert {name: param.kind for name, param in BY_NAME.items()} == {
        "text": "text",
        "file": "file",
        "files": "files",
        "scale": "choice",
        "amount": "text",
        "strength": "number",
        "count": "integer",
        "flag": "flag",
        "names": "list",
        "inner": "json",
        "table": "json",
        "inners": "json",
        "said": "text",
        "sayings": "list",
        "seed": "integer",
        "model": "text",
    }


def test_a_model_that_reads_text_is_typed_as_text_or_as_json() -> None:
    fields = {"said": BY_NAME["said"].read("ahoy"), "sayings": BY_NAME["sayings"].read(["one", "two"])}
    read = Everything.model_validate({"text": "a", "file": ("a.png", b"a"), **fields})
    assert read.said == Said(words="ahoy") and [each.words for each in read.sayings] == ["one", "two"]
    assert BY_NAME["sayings"].read(['[{"words": "three"}, "four"]']) == [{"words": "three"}, "four"]


def test_required_come_first_in_their_order_seed_and_model_last() -> None:
    names = [param.name for param in params(Everything)]
    assert names[:2] == ["text", "file"] and names[-2:] == ["seed", "model"]


def test_what_a_file_field_takes_is_known_at_both_depths() -> None:
    assert [BY_NAME[name].file.kinds for name in ("file", "files") if BY_NAME[name].file] == [("png",), ("dcm",)]  # type: ignore[union-attr]


def test_limits_and_choices_are_for_people() -> None:
    assert BY_NAME["strength"].limits == ">= 0, <= 1" and BY_NAME["scale"].metavar == "2|3"
    assert BY_NAME["text"].help == "words" and BY_NAME["strength"].option == "--strength"


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("scale", "3", 3),
        ("amount", "0.5", 0.5),
        ("amount", "auto", "auto"),
        ("names", ["a", "b"], ["a", "b"]),
        ("names", '["a", "b"]', ["a", "b"]),
        ("inner", '{"a": 1}', Inner(a=1)),
        ("inners", '[{"a": 1}]', [Inner(a=1)]),
        ("table", '{"x": 2}', {"x": 2.0}),
        ("count", "4", 4),
    ],
)
def test_what_is_typed_becomes_what_is_meant(name: str, given: Any, expected: Any) -> None:
    fields = {"text": "t", "file": b"", name: BY_NAME[name].read(given)}
    assert getattr(Everything.model_validate(fields), name) == expected


def test_a_file_of_yaml_stands_for_a_structure(tmp_path: Path) -> None:
    path = tmp_path / "inner.yaml"
    path.write_text("a: 7\n")
    assert BY_NAME["inner"].read(f"@{path}") == {"a": 7}


@pytest.mark.parametrize(("given", "said"), [("{a: 1", "not JSON"), ("", "not JSON"), ("@/nowhere.yaml", "cannot read /nowhere.yaml")])
def test_a_broken_structure_names_its_field_and_the_remedy(given: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        BY_NAME["inner"].read(given)
    assert caught.value.field == "inner" and caught.value.remedy


def test_broken_yaml_says_where(tmp_path: Path) -> None:
    path = tmp_path / "inner.yaml"
    path.write_text("a: 1\nb: [\n")
    with pytest.raises(BadInput, match="line 3"):
        BY_NAME["inner"].read(f"@{path}")


def test_a_param_is_data() -> None:
    assert Param("a", "text", True, None, "") == Param("a", "text", True, None, "")

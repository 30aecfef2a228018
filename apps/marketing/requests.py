"""What the marketing studio is asked."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from apps.marketing.sheet import Sheet
from shared.app import Field, File, InputFile, Request

__all__ = [
    "MAX_VARIANTS",
    "ChannelName",
    "ChatMessage",
    "ChatRequest",
    "CheckRequest",
    "ExampleName",
    "SheetRequest",
    "SummarizeRequest",
    "Voice",
    "WriteRequest",
]

MAX_VARIANTS = 20
SHEETS = ("yaml", "yml", "json", "csv", "tsv", "tab", "txt", "text", "md")
DOCUMENTS = ("txt", "text", "md", "markdown", "html", "htm", "docx", "pdf")

ChannelName = Literal["google_rsa", "email", "sms", "x", "meta", "product_description", "linkedin", "push", "amazon_bullets"]
ExampleName = Literal["consumer_electronics", "food", "skincare", "outdoor_gear", "software", "furniture"]
Voice = Literal["plain", "warm", "technical", "playful"]


class SheetRequest(Request):
    """A product sheet: as a file, as fields, or as one of the examples."""

    sheet: Annotated[InputFile, File(kinds=SHEETS, max_bytes=2 << 20)] | None = Field(
        default=None, description="product sheet with one product: YAML, JSON, CSV or `key: value` text"
    )
    product: Sheet | None = Field(default=None, description="the product sheet as fields: name, category, facts (key, value, must) ...")
    example: ExampleName | None = Field(default=None, description="one of the invented products that come with the studio")
    locale: str = Field(
        default="",
        max_length=20,
        pattern=r"^[A-Za-z]{0,8}(?:[-_][A-Za-z0-9]{1,8})*$",
        description="language tag of the sheet's numbers, such as en or de: settles what 1.000 means",
    )

    @model_validator(mode="after")
    def _one_sheet(self) -> SheetRequest:
        given = [name for name in ("sheet", "product", "example") if getattr(self, name) is not None]
        if len(given) != 1:
            said = f"{' and '.join(given)} were given" if given else "no product sheet was given"
            raise ValueError(f"{said}: give one of sheet (a file), product (its fields) and example")
        return self


class WriteRequest(SheetRequest):
    """For which channels, how many variants, in which voice."""

    channels: list[ChannelName] = Field(default=["google_rsa"], min_length=1, max_length=9, description="where the copy is published")
    variants: int = Field(default=3, ge=1, le=MAX_VARIANTS, description="of each channel, the best of several drafts")
    voice: Voice = Field(default="plain", description="how it speaks")

    @model_validator(mode="after")
    def _no_channel_twice(self) -> WriteRequest:
        if twice := sorted({name for name in self.channels if self.channels.count(name) > 1}):
            raise ValueError(f"channels: {twice[0]} is named twice")
        return self


class CheckRequest(SheetRequest):
    """A text that somebody wrote, and the sheet it has to agree with."""

    text: str = Field(min_length=1, max_length=20_000, description="the copy to check")
    channel: ChannelName | None = Field(default=None, description="also check its limits; only the claims when left out")
    field: str = Field(default="", max_length=40, description="which field of the channel the text is for; its main one when left out")
    strict: bool = Field(default=False, description="opinions (lovely, great) count as unsupported claims too")


class ChatMessage(BaseModel):
    """One turn of a conversation; a text alone is the user's."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    typed_as_text: ClassVar[bool] = True

    role: Literal["user", "assistant"] = "user"
    content: str = Field(min_length=1, max_length=4_000)

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, given: Any) -> Any:
        return {"content": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _says_something(self) -> ChatMessage:
        if not self.content.strip():
            raise ValueError("there is nothing to read in it")
        return self


class ChatRequest(SheetRequest):
    """A conversation about one product; the last turn is the user's."""

    messages: list[ChatMessage] = Field(
        min_length=1, max_length=40, description="the turns so far, the question last; a text alone is a question"
    )

    @field_validator("messages", mode="before")
    @classmethod
    def _of_text(cls, given: Any) -> Any:
        return [given] if isinstance(given, str) else given

    @model_validator(mode="after")
    def _asks(self) -> ChatRequest:
        if self.messages[-1].role != "user":
            raise ValueError("messages: the last one has to be the user's")
        return self


class SummarizeRequest(Request):
    """A document, and how short it shall be."""

    document: Annotated[InputFile, File(kinds=DOCUMENTS, max_bytes=50 << 20)] | None = Field(
        default=None, description="TXT, Markdown, HTML, Word, or PDF with text in it"
    )
    text: str = Field(default="", max_length=2_000_000, description="the text itself, instead of a file")
    sentences: int = Field(default=5, ge=1, le=50, description="at most so many")
    length: int | None = Field(default=None, ge=1, le=100_000, description="at most so many characters, all together")
    query: str = Field(default="", max_length=300, description="what the summary should be about; the whole document when left out")

    @model_validator(mode="after")
    def _one_text(self) -> SummarizeRequest:
        if (self.document is None) == (not self.text.strip()):
            raise ValueError("give a document or a text, one of the two")
        return self

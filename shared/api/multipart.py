"""multipart/form-data as it streams: text is kept, files go to temporary files that no name leads to.

python_multipart calls back for each piece; nothing of a file is ever in memory beyond its first megabyte.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from types import TracebackType
from typing import IO, Self

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from shared.errors import BadInput, TooLarge
from shared.files import label

__all__ = ["FilePart", "Form"]

SPOOLED_BYTES = 1 << 20
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}", re.IGNORECASE)
MAX_PARTS = 10_000  # a folder of slices is one request


class FilePart:
    """A file that came in a form. field: of the request; name: a label, never a path."""

    def __init__(self, field: str, name: str, media_type: str) -> None:
        self.field = field
        self.name = name
        self.media_type = media_type if _MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream"
        self.size_bytes = 0
        self.data: IO[bytes] = tempfile.SpooledTemporaryFile(SPOOLED_BYTES)  # noqa: SIM115 (`Form.close` closes it)


class Form:
    """Feed it a body; then `texts` (in order) and `files` are there. Closing it lets go of the files.

    file_limit: the largest file of a field, None for a field that takes none. text_limit_bytes: of all texts together.
    Raises `BadInput` for what is no form, `TooLarge` with the first byte over a limit.
    """

    def __init__(self, content_type: str, *, file_limit: Callable[[str], int | None], text_limit_bytes: int) -> None:
        boundary = parse_options_header(content_type)[1].get(b"boundary")
        if not boundary:
            raise BadInput("A multipart body without a boundary.", remedy="Let the HTTP library set the Content-Type.")
        self.texts: list[tuple[str, str]] = []
        self.files: list[FilePart] = []
        self._file_limit = file_limit
        self._text_left = text_limit_bytes
        self._complete = False
        self._header_name = b""
        self._header_value = b""
        self._headers: dict[bytes, bytes] = {}
        self._field = ""
        self._text: list[bytes] | None = None
        self._file: FilePart | None = None
        self._limit = 0
        self._parts = 0
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": self._add_name,
                    "on_header_value": self._add_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._begin_data,
                    "on_part_data": self._add_data,
                    "on_part_end": self._end_part,
                    "on_end": self._end,
                },
            )
        except FormParserError:
            raise BadInput("The boundary of the multipart body is too long.") from None

    def feed(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise BadInput(f"The body is no multipart form: {error}.", remedy="Let the HTTP library write it.") from None

    def finish(self) -> None:
        """Raises `BadInput` when the closing boundary never came."""
        if not self._complete:
            raise BadInput("The multipart body stops before its end.", remedy="Send the request again.")
        for part in self.files:
            part.data.seek(0)

    def close(self) -> None:
        for part in [*self.files, *([self._file] if self._file else [])]:
            part.data.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _begin_part(self) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise TooLarge(f"The form has more than {MAX_PARTS:,} parts, the limit.", remedy="Send several requests.")
        self._headers = {}

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value
        self._header_name = self._header_value = b""

    def _begin_data(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b"").decode("latin-1"))
        if b"name" not in options:
            raise BadInput("A part of the form has no name.", remedy="Name it after a field of the request.")
        self._field = _text(options[b"name"])[:200]
        if b"filename" not in options:
            self._text = []
            return
        limit = self._file_limit(self._field)
        if limit is None:
            raise BadInput(f"{self._field}: takes no file.", remedy="Send it as text.", field=self._field)
        media_type, _ = parse_options_header(self._headers.get(b"content-type", b"application/octet-stream").decode("latin-1"))
        self._limit = limit
        self._file = FilePart(self._field, label(_text(options[b"filename"])), media_type.decode("latin-1"))

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        size_bytes = end - start
        if self._file is not None:
            self._file.size_bytes += size_bytes
            if self._file.size_bytes > self._limit:
                message = f"{self._field}: the file has more than {self._limit:,} bytes, the limit."
                raise TooLarge(message, remedy="Send a smaller one.", field=self._field)
            self._file.data.write(data[start:end])
        elif self._text is not None:
            self._text_left -= size_bytes
            if self._text_left < 0:
                raise TooLarge("The form has too much text.", remedy="Send long texts as a file.", field=self._field)
            self._text.append(data[start:end])

    def _end_part(self) -> None:
        if self._file is not None:
            self.files.append(self._file)
        elif self._text is not None:
            self.texts.append((self._field, _text(b"".join(self._text))))
        self._file = self._text = None

    def _end(self) -> None:
        self._complete = True


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput("A text of the form is not UTF-8.", remedy="Send it as UTF-8.") from None

"""Every file of a run gets its origin as it is made: in its own format's place, signed where the format allows, else beside it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from shared.errors import StorageFailed, Unavailable
from shared.files import Artifact, safe_name
from shared.provenance.origin import Origin, software_version

if TYPE_CHECKING:
    from shared.files import Store
    from shared.serving import Used
    from shared.task import Request, Task

__all__ = ["LocalMade", "Made", "Stamp", "now_iso", "stamp_for"]

SIDECAR_TYPE = "application/vnd.sextant.origin+json"
_LOCAL_LIMIT_BYTES = 64 << 20


class Made(Protocol):
    """Files that were stamped before. A signature and a time differ at each writing: with this memory the same content of the
    same origin is the same file again, with the time at which it was first made."""

    def recall(self, key: str, store: Store) -> tuple[str, int] | None:
        """sha256 and bytes of the file that was made for `key`, if `store` has it."""

    def remember(self, key: str, kept: tuple[str, int], data: bytes, store: Store) -> tuple[str, int]:
        """`data`, which `store` keeps as `kept`, was made for `key`. Returns the file that stays: of two made at once, the first."""


class LocalMade:
    """The memory of calls that leave no record: of this process, 64 MB of files."""

    def __init__(self, limit_bytes: int = _LOCAL_LIMIT_BYTES) -> None:
        self._files: OrderedDict[str, bytes] = OrderedDict()
        self._limit_bytes = limit_bytes
        self._size_bytes = 0
        self._lock = threading.Lock()

    def recall(self, key: str, store: Store) -> tuple[str, int] | None:
        with self._lock:
            data = self._files.get(key)
            if data is None:
                return None
            self._files.move_to_end(key)
        return store.put(data)

    def remember(self, key: str, kept: tuple[str, int], data: bytes, store: Store) -> tuple[str, int]:
        with self._lock:
            earlier = self._files.get(key)
            if earlier is None and len(data) <= self._limit_bytes:
                self._files[key] = data
                self._size_bytes += len(data)
                while self._size_bytes > self._limit_bytes:
                    self._size_bytes -= len(self._files.popitem(last=False)[1])
        return kept if earlier is None else store.put(earlier)


_LOCAL = LocalMade()


class Stamp:
    """The origin of one run's files. made: what was stamped before. signed: with Content Credentials where the format takes them."""

    def __init__(self, origin: Origin, made: Made = _LOCAL, *, owner: str = "", signed: bool = True) -> None:
        self.origin = origin
        self._made = made
        self._owner = owner
        self._signed = signed
        self._unplaced: dict[str, str] = {}  # names by sha256

    def keep(self, name: str, data: bytes, media_type: str, store: Store, used: Mapping[str, Used] | None = None) -> Artifact:
        """Put `data` into `store` with its origin. used: the models that ran for it, by name."""
        from shared.provenance import write

        name, origin = safe_name(name), _with_models(self.origin, used)

        def stamped() -> bytes:
            found = write(data, origin, title=name, media_type=media_type, signed=self._signed)
            return data if found is None else found

        kept = self._once(f"{name}\0{media_type}\0{self._signer(data)}", data, origin, stamped, store)
        if kept[0] == hashlib.sha256(data).hexdigest():
            self._unplaced[kept[0]] = name
        return Artifact.stored(name, media_type, kept, store)

    def sidecar(self, store: Store, used: Mapping[str, Used] | None = None) -> Artifact | None:
        """The origin of files whose formats have no place for it, by their sha256; None when there are none."""
        if not self._unplaced:
            return None
        origin = _with_models(self.origin, used)
        files = json.dumps(self._unplaced, indent=1).encode()

        def written() -> bytes:
            return json.dumps({"origin": origin.as_dict(), "files": self._unplaced}, indent=1).encode() + b"\n"

        first = next(iter(self._unplaced.values())).partition(".")[0]
        name = f"{first[:100]}.origin.json"
        return Artifact.stored(name, SIDECAR_TYPE, self._once(name, files, origin, written, store), store)

    def _once(self, name: str, content: bytes, origin: Origin, make: Callable[[], bytes], store: Store) -> tuple[str, int]:
        timeless = json.dumps(dataclasses.replace(origin, made_at="").as_dict(), sort_keys=True)
        head = f"{self._owner}\0{name}\0{timeless}\0".encode()
        key = hashlib.sha256(head + hashlib.sha256(content).digest()).hexdigest()
        known = self._made.recall(key, store)
        if known is not None:
            return known
        data = make()
        return self._made.remember(key, store.put(data), data, store)

    def _signer(self, data: bytes) -> str:
        """The certificate that `data` will be signed with, empty for none: the same content under another one is another file."""
        from shared.provenance.certificate import signing_identity
        from shared.provenance.containers import signable

        if not self._signed or signable(data) is None:
            return ""
        try:
            return hashlib.sha256(signing_identity().chain.encode()).hexdigest()
        except (StorageFailed, Unavailable):  # as in `write`, which says so
            return ""


def stamp_for(task: Task[Any, Any], request: Request, made: Made = _LOCAL, *, owner: str = "") -> Stamp | None:
    """The stamp of a run of `task`; None for a task whose files are no media. Raises `BadInput` for a certificate that cannot be used."""
    if task.source_type is None:
        return None
    from shared.settings import settings

    if settings().sign and settings().signing_certificate is not None:
        from shared.provenance.certificate import signing_identity

        signing_identity()  # one that cannot be used is refused before work starts
    content = json.dumps(request.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    revision = next((model.revision for model in task.app.models_for(task.name) if model.name == request.model), "")
    origin = Origin(
        tool="Sextant",
        version=software_version(),
        task=task.key,
        model=request.model,
        revision=revision or None,
        seed=request.seed,
        request_sha256=hashlib.sha256(content.encode()).hexdigest(),
        made_at=now_iso(),
        source_type=task.source_type(request) if callable(task.source_type) else task.source_type,
    )
    return Stamp(origin, made, owner=owner, signed=settings().sign)


def _with_models(origin: Origin, used: Mapping[str, Used] | None) -> Origin:
    """The models that ran, rather than the one that was asked for; that one where it is not known which ran."""
    if used is None:
        return origin
    names, revisions = ", ".join(used), ", ".join(one.revision for one in used.values() if one.revision)
    return dataclasses.replace(origin, model=names or None, revision=revisions or None)


def now_iso() -> str:
    """The time, UTC, in whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

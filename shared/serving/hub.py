"""Models of the Hugging Face hub: fetched by `sextant models pull NAME` alone, read offline ever after.

    survey(source)            what a pull would fetch: the commit, the files and their bytes      network
    pull(source, progress)    fetch it into HF_HOME, go on where it was stopped, pin its commit   network
    cached(source)            the snapshot's folder                                               offline
    ready(name, licence, source, terms)   the same for a model: its licence accepted, its files whole

Only files that hold numbers or text are fetched (`SUFFIXES`): never a pickle (`*.bin`, `*.pt`, `*.ckpt`), never code. What loads them
passes `use_safetensors=True` and `local_files_only=True`, and never `trust_remote_code`.

HF_HOME, HF_ENDPOINT and HF_TOKEN mean what they mean to huggingface_hub, which is imported when it is needed only.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from shared.errors import DeclarationError, Forbidden, SextantError, StorageFailed, Unavailable
from shared.serving.hub_record import Pulled, accept, accepted, remember, remembered, same_files
from shared.serving.model import Source, Terms

__all__ = ["PATTERNS", "Progress", "accept", "accepted", "cached", "pull", "ready", "refuse_unaccepted", "revision", "survey"]

Progress = Callable[[float, float], None]
"""(bytes done, bytes in all)"""

SUFFIXES = frozenset({".safetensors", ".json", ".txt", ".model", ".md"})
"""Weights, configurations, tokenizers (`merges.txt`, `spiece.model`) and the model's own card: nothing that runs when it is read."""
PATTERNS = tuple(f"*{suffix}" for suffix in sorted(SUFFIXES))
DEFAULT_BRANCH = "main"
_COMMIT = re.compile("[0-9a-f]{40}")


def survey(source: Source, patterns: Sequence[str] = PATTERNS) -> Pulled:
    """What a pull of `source` would fetch now. Asks the hub.

    Raises Unavailable (offline, unknown, gated), DeclarationError for a source or patterns that are none of ours.
    """
    _check(source, patterns)
    asked = source.revision or DEFAULT_BRANCH
    with _typed(source):
        from huggingface_hub import HfApi

        info = HfApi().model_info(source.location, revision=asked, files_metadata=True)
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or ()}
    files = {name: sizes[name] for name in _wanted(sizes, patterns)}
    if not any(name.endswith(".safetensors") for name in files):
        raise Unavailable(f"{source.location} at {asked} has no weights as safetensors.", remedy="Other formats can run code when read.")
    return Pulled(revision=asked, commit=str(info.sha), patterns=tuple(patterns), files=files)


def pull(
    source: Source,
    patterns: Sequence[str] = PATTERNS,
    progress: Progress = lambda done, total: None,
    *,
    found: Pulled | None = None,
) -> Path:
    """Fetch the files of `source` that match into HF_HOME and pin it to their commit; returns the snapshot's folder.

    Files that are there already are not fetched again, one that was cut off goes on. found: what `survey` said, so that just this is
    fetched. Raises what `survey` raises, StorageFailed when the disk does not take it; an exception of `progress` stops it.
    """
    found = found or survey(source, patterns)
    with _typed(source):
        from huggingface_hub import snapshot_download

        folder = snapshot_download(
            source.location,
            revision=found.commit,
            allow_patterns=[glob.escape(name) for name in found.files],
            tqdm_class=_reporting(progress, sum(found.files.values())),
        )
    _check_whole(source, Path(folder), found)
    remember(source.location, found)
    return Path(folder)


def cached(source: Source, patterns: Sequence[str] = PATTERNS) -> Path:
    """The folder of the snapshot that `source` is pinned to, whole. Touches no network.

    Raises Unavailable, naming the command that helps, when it was never pulled, was pulled otherwise or has lost a file.
    """
    _check(source, patterns)
    pulled = remembered(source.location)
    if pulled is None:
        raise Unavailable(f"{source.location} is not on this machine.", remedy=_how_to_get(source))
    if source.revision not in ("", pulled.revision, pulled.commit) or not same_files(pulled, patterns):
        wanted = source.revision or "other files"
        raise Unavailable(f"{source.location} was pulled at {pulled.revision}, and {wanted} is needed.", remedy=_how_to_get(source))
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import LocalEntryNotFoundError
    except ImportError as error:
        raise _no_client() from error
    try:
        allowed = [glob.escape(name) for name in pulled.files]
        folder = snapshot_download(source.location, revision=pulled.commit, local_files_only=True, allow_patterns=allowed)
    except LocalEntryNotFoundError as error:
        raise Unavailable(f"{source.location} is not in HF_HOME, or not all of it.", remedy=_how_to_get(source)) from error
    _check_whole(source, Path(folder), pulled)
    return Path(folder)


def ready(name: str, licence: str, source: Source, terms: Terms | None) -> Path:
    """The snapshot of a model that may be loaded: a model's `check`, and the beginning of its `load`.

    Raises Forbidden for terms that nobody accepted here, and what `cached` raises.
    """
    refuse_unaccepted(name, licence, source, terms)
    return cached(source, source.files or PATTERNS)


def refuse_unaccepted(name: str, licence: str, source: Source, terms: Terms | None) -> None:
    """Raise Forbidden, showing the licence and what follows from it, unless it asks for nothing or was accepted here."""
    if terms is None or accepted(name, licence):
        return
    where = f" ({terms.url})" if terms.url else ""
    raise Forbidden(
        f"{name} is licensed {licence}: {terms.consequence}. Nobody has accepted that on this machine.",
        remedy=f"Read the licence{where}, then run `sextant models pull {source.location} --accept-licence`.",
    )


def revision(source: Source) -> str:
    """The commit that `source` is loaded at: its own, or the one that was pulled; as declared while nothing is pulled."""
    if _COMMIT.fullmatch(source.revision):
        return source.revision
    try:
        pulled = remembered(source.location)
    except StorageFailed:  # a list of models shows it as the reason why this one does not work
        return source.revision
    return pulled.commit if pulled is not None and source.revision in ("", pulled.revision) else source.revision


def _wanted(names: Iterable[str], patterns: Sequence[str]) -> list[str]:
    """Those that match and are of a kind that runs nothing, whatever the patterns say."""
    harmless = (name for name in sorted(names) if PurePosixPath(name).suffix in SUFFIXES)
    return [name for name in harmless if any(fnmatchcase(name, pattern) for pattern in patterns)]


def _check(source: Source, patterns: Sequence[str]) -> None:
    if source.kind != "hub":
        raise DeclarationError(f"{source.location!r} is no hub model but {source.kind}.")
    for pattern in patterns:
        if PurePosixPath(pattern).suffix not in SUFFIXES:
            expected = ", ".join(PATTERNS)
            raise DeclarationError(f"{source.location}: files like {pattern!r} are never fetched.", remedy=f"Expected: {expected}.")


def _check_whole(source: Source, folder: Path, pulled: Pulled) -> None:
    """Raises Unavailable unless each file is there in full: HF_HOME is shared with other programs, and people tidy it up."""
    for name, size_bytes in pulled.files.items():
        try:
            found_bytes = (folder / name).stat().st_size
        except OSError:
            raise Unavailable(f"{source.location} has lost {name}.", remedy=_how_to_get(source)) from None
        if found_bytes != size_bytes:
            problem = f"{source.location}: {name} has {found_bytes} bytes, expected {size_bytes}."
            raise Unavailable(problem, remedy=f"Delete {folder / name}. {_how_to_get(source)}")


@contextmanager
def _typed(source: Source) -> Iterator[None]:
    """Whatever goes wrong on the way to the hub, as one sentence and a remedy."""
    try:
        import httpx2
        from huggingface_hub import errors
    except ImportError as error:
        raise _no_client() from error
    page = f"https://huggingface.co/{source.location}"
    try:
        yield
    except SextantError:
        raise
    except errors.GatedRepoError as error:
        remedy = f"Accept its terms on {page} with your account there, then set HF_TOKEN."
        raise Unavailable(f"{source.location} is given to registered users only.", remedy=remedy) from error
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError) as error:
        remedy = f"See {page}; a private one needs HF_TOKEN."
        raise Unavailable(f"The hub does not show {source.location} at {source.revision or DEFAULT_BRANCH}.", remedy=remedy) from error
    except (errors.OfflineModeIsEnabled, errors.LocalEntryNotFoundError, errors.HfHubHTTPError, httpx2.HTTPError, ConnectionError) as error:
        response = getattr(error, "response", None)
        reason = f"HTTP {response.status_code}" if response is not None else type(error).__name__
        reason = "HF_HUB_OFFLINE is set" if isinstance(error, errors.OfflineModeIsEnabled) else reason
        remedy = "Try again with a network, or copy HF_HOME and the folder hub of SEXTANT_HOME from a machine that has it."
        raise Unavailable(f"The hub cannot be reached for {source.location} ({reason}).", remedy=remedy) from error
    except OSError as error:
        remedy = "Free some space, or set HF_HOME to a larger disk: what was fetched is kept."
        raise StorageFailed(f"{source.location} cannot be written: {error.strerror or error}.", remedy=remedy) from error


def _reporting(progress: Progress, total_bytes: int) -> Any:
    """A progress bar as huggingface_hub wants one, which shows nothing and tells `progress` the bytes written."""
    from huggingface_hub.utils.tqdm import tqdm

    class Reporting(tqdm):
        monitor_interval = 0  # no thread that watches bars nobody sees

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            # Three bars are asked for: the files, the bytes received and the bytes written, which alone begin at 0 and count resumed ones.
            self._tells = kwargs.get("unit") == "B" and "Reconstructing" in str(kwargs.get("desc"))
            self._done_bytes = 0.0
            super().__init__(*args, **{**kwargs, "disable": True})  # type: ignore[no-untyped-call]

        def update(self, n: float | None = 1) -> None:
            if self._tells:
                self._done_bytes += n or 0
                progress(min(self._done_bytes, total_bytes), total_bytes)
            super().update(n)

    return Reporting


def _no_client() -> Unavailable:
    return Unavailable("The package huggingface_hub is not installed.", remedy="Run `pip install huggingface_hub`.")


def _how_to_get(source: Source) -> str:
    return f"Run `sextant models pull {source.location}`."

"""What a batch has done so far: a results file that a killed batch goes on from, and an errors file for its user."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

from shared.app import Request
from shared.errors import SextantError, StorageFailed

__all__ = ["Journal"]

_ERROR_COLUMNS = ("input", "field", "code", "message", "remedy")


class Journal:
    """`results.jsonl` and `errors.csv` in a batch's folder.

    A row of results is written once its files are complete; a line torn by a kill is cut off when the batch starts again, and
    what is in the file is not done a second time. Errors are those of the last start: what failed is tried again.
    """

    def __init__(self, folder: Path, task_key: str) -> None:
        self.results_path = folder / "results.jsonl"
        self.errors_path = folder / "errors.csv"
        self._task_key = task_key
        self._seen: Counter[str] = Counter()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._finished = self._recover()
            self.errors_path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageFailed(f"Cannot write into {folder}: {error.strerror or error}.", remedy="Give another --out.") from error

    def key(self, request: Request) -> str:
        """The request's identity in this batch; the second of two equal requests gets a key of its own."""
        canonical = json.dumps([self._task_key, request.model_dump(mode="json")], sort_keys=True)
        digest = hashlib.sha256(canonical.encode()).hexdigest()[:16]
        self._seen[digest] += 1
        return digest if self._seen[digest] == 1 else f"{digest}-{self._seen[digest]}"

    def finished(self, key: str) -> bool:
        return key in self._finished

    def done(self, key: str, label: str, run: dict[str, Any]) -> None:
        """Write a finished row through to the disk."""
        row = json.dumps({"key": key, "input": label, **run}, ensure_ascii=False, default=str)
        try:
            with self.results_path.open("a", encoding="utf-8") as results:
                results.write(row + "\n")
                results.flush()
                os.fsync(results.fileno())
        except OSError as error:
            raise StorageFailed(f"Cannot write {self.results_path}: {error.strerror or error}.", remedy="Free some space.") from error
        self._finished.add(key)

    def failed(self, label: str, error: SextantError) -> None:
        """One line for a row that could not be done."""
        new = not self.errors_path.exists()
        with self.errors_path.open("a", encoding="utf-8", newline="") as errors:
            writer = csv.writer(errors)
            if new:
                writer.writerow(_ERROR_COLUMNS)
            writer.writerow((label, error.field or "", error.code, " ".join(error.message.split()), error.remedy))

    def _recover(self) -> set[str]:
        if not self.results_path.exists():
            return set()
        finished, complete_bytes = set(), 0
        with self.results_path.open("rb") as results:
            for line in results:
                if not line.endswith(b"\n"):
                    break
                finished.add(str(json.loads(line)["key"]))
                complete_bytes += len(line)
        os.truncate(self.results_path, complete_bytes)
        return finished

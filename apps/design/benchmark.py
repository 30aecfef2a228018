"""The figures of the design studio's README and model card, recomputed: furniture, then garments.

    python -m apps.design.benchmark [--quick] [--only product garment]

Exits with 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

__all__ = ["PARTS", "main"]

PARTS = {"product": "apps.design.furniture.benchmark", "garment": "apps.design.patterns.benchmark"}
QUICK = {"product": ["--quick"], "garment": ["--bodies", "40"]}


def main() -> int:
    parser = argparse.ArgumentParser(description="Recompute the figures of the design studio.")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--quick", action="store_true", help="fewer conditions and bodies")
    arguments = parser.parse_args()
    failed = []
    for part in arguments.only:
        print(f"\n## {part}\n", flush=True)
        command = [sys.executable, "-m", PARTS[part], *(QUICK[part] if arguments.quick else [])]
        if subprocess.run(command, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"}).returncode:
            failed.append(part)
    if failed:
        print(f"\nMissed or broken: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

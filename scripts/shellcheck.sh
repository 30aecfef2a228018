#!/usr/bin/env bash
# Read every shell script of the repository with shellcheck, Debian's package of that name.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v shellcheck >/dev/null; then
    if [ -n "${CI:-}" ]; then
        echo "shellcheck is missing: scripts/apt.sh installs it" >&2
        exit 1
    fi
    echo "shellcheck is not installed: shell scripts were not checked (scripts/apt.sh installs it)" >&2
    exit 0
fi
shellcheck .ci/run scripts/*.sh

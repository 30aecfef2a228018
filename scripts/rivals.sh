#!/usr/bin/env bash
# LitServe and Ray Serve, each in an environment of its own under .venv-bench, for `make bench-http`. Idempotent.
# Their pins are here and not in constraints.txt: nothing of ours ever shares an environment with them.
set -euo pipefail
cd "$(dirname "$0")/.."

python=.venv/bin/python
make_one() {
    local folder=.venv-bench/$1
    shift
    [ "$(cat "$folder/made-of" 2>/dev/null)" = "$*" ] && return
    rm -rf "$folder"
    "$python" -m uv venv --quiet --python "$python" "$folder"
    "$python" -m uv pip install --quiet --python "$folder/bin/python" "$@"
    echo "$*" >"$folder/made-of"
    echo "scripts/rivals.sh: made $folder with $*" >&2
}

failed=0
make_one litserve litserve==0.2.19 uvloop httptools || failed=1
make_one ray 'ray[serve]==2.60.0' || failed=1
exit "$failed"

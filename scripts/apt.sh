#!/usr/bin/env bash
# Install the Debian packages of scripts/apt.txt. Idempotent and quiet; needs root only where something is missing.
set -euo pipefail
cd "$(dirname "$0")"

missing=()
while read -r package; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done < <(sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' apt.txt)
[ "${#missing[@]}" -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "scripts/apt.sh: missing ${missing[*]}; run it as root" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() { apt-get install --yes --quiet --no-install-recommends "${missing[@]}" </dev/null >"$log" 2>&1; }
# A list of packages that is days old fails or installs what is gone, so it is renewed before the first install.
apt-get update --quiet </dev/null >"$log" 2>&1 || echo "scripts/apt.sh: apt-get update failed; trying the old lists" >&2
install || { sleep 5; install; } || { cat "$log" >&2; exit 1; }
echo "scripts/apt.sh: installed ${missing[*]}"

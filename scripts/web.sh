#!/bin/sh
# Builds the web pages into web/dist, where the jar takes them from; does nothing if they are newer than their
# sources. Maven calls it. Without Node or npm, or where npm gets no packages, it says so and leaves no pages:
# the server then has its API and a page that tells how to get the others. A fault in the pages fails the build.
set -eu
home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
# shellcheck source=scripts/node.sh
. "$home/scripts/node.sh"
web=$home/web

without_pages() {
    rm -rf "$web/dist"
    echo "runstream: $1; built without the web pages." >&2
    exit 0
}

mkdir -p "$home/app/target"
# Maven would leave files of an older build there.
rm -rf "$home/app/target/classes/pages"
if ! find_node; then
    # So that the launcher builds again when there is one.
    : >"$home/app/target/no-node"
    without_pages "$node_fault"
fi
rm -f "$home/app/target/no-node"
pages_stale "$home" || exit 0

cd "$web"
# What npm notes there is as new as the packages that it last installed.
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
    npm ci --no-audit --no-fund >&2 || without_pages "npm could not install the packages that web/package-lock.json names"
fi
rm -rf dist
npm run --silent build >&2

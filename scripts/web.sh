#!/bin/sh
# Builds the web pages into web/dist, where the jar takes them from; does nothing if they are newer than their
# sources. Maven calls it. Without Node or npm, or where npm gets no packages, it says so and leaves no pages:
# the server then has its API and a page that tells how to get the others, and the launcher builds again once it
# can have them. A fault in the pages fails the build.
set -eu
home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
# shellcheck source=scripts/node.sh
. "$home/scripts/node.sh"
web=$home/web

# without_pages CAUSE REASON: ends, with a note of the cause (node or packages) for the launcher.
without_pages() {
    rm -rf "$web/dist"
    echo "$1" >"$no_pages"
    echo "runstream: $2; built without the web pages." >&2
    exit 0
}

mkdir -p "$home/app/target"
no_pages=$home/app/target/no-pages
# Maven would leave files of an older build there.
rm -rf "$home/app/target/classes/pages"
find_node || without_pages node "$node_fault"
rm -f "$no_pages"
pages_stale "$home" || exit 0

cd "$web"
# What npm notes there is as new as the packages that it last installed.
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
    # Without a network npm would try for over a minute by itself.
    npm ci --no-audit --no-fund --fetch-retry-mintimeout=2000 --fetch-retry-maxtimeout=8000 >&2 ||
        without_pages packages "npm could not install the packages that web/package-lock.json names"
fi
rm -rf dist
npm run --silent build >&2

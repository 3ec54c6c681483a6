# shellcheck shell=sh
# shellcheck disable=SC2034 # what is found is for the script that sources this
# Finds a Node that builds the web pages. Sourced by ./runstream and scripts/web.sh.

# find_node: true if there are npm and Node 20.19 or newer; else node_fault says what is missing.
find_node() {
    node_fault=
    if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
        node_fault='no Node with npm is here (20.19 or newer)'
        return 1
    fi
    node_version=$(node --version 2>/dev/null) || node_version=
    case $node_version in
        v20.19.* | v20.[2-9][0-9].*) return 0 ;;
        v2[2-9].* | v[3-9][0-9].*) return 0 ;;
    esac
    node_fault="Node 20.19 or newer is needed, and here is ${node_version:-one that does not run}"
    return 1
}

# npm_answered HOME: true if npm gets an answer from its registry. Asked with a cache of its own, which knows nothing.
npm_answered() {
    rm -rf "$1/app/target/npm-question"
    npm view vite version --fetch-retries=0 --fetch-timeout=5000 --cache="$1/app/target/npm-question" >/dev/null 2>&1
}

# pages_wanted HOME: true if the jar was built without the web pages and can have them now.
pages_wanted() {
    [ -f "$1/app/target/no-pages" ] && find_node || return 1
    case $(cat "$1/app/target/no-pages") in
        packages) npm_answered "$1" ;;
    esac
}

# pages_stale HOME: true if web/dist is not there, or older than a source of it.
pages_stale() {
    [ -f "$1/web/dist/index.html" ] || return 0
    [ -n "$(find "$1"/web/*.* "$1/web/src" "$1/web/public" "$1/clients/client/src" "$1/clients/react/src" \
        -newer "$1/web/dist/index.html" 2>/dev/null | head -n 1)" ]
}

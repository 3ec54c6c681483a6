# shellcheck shell=sh
# shellcheck disable=SC2154 # java_home and java_best are set by find_java
# Builds the jar of a source checkout. Sourced by ./runstream, after java.sh.

# build_needed HOME JAR COMMAND: true if there is no jar, or any source is newer than it, or a server would be without
# web pages that it can have now. Folders count too: a file that was deleted changes only its folder.
build_needed() {
    [ -f "$2" ] || return 0
    if [ "$3" = serve ] && pages_wanted "$1"; then return 0; fi
    [ -n "$(find "$1/pom.xml" "$1/.mvn" "$1"/*/pom.xml "$1"/*/src/main "$1/scripts/web.sh" \
        "$1"/web/*.* "$1/web/src" "$1/web/public" "$1/clients/client/src" "$1/clients/react/src" \
        -newer "$2" 2>/dev/null | head -n 1)" ]
}

# build_lock FOLDER: waits until no other launcher builds here. Two builds at once would write the same
# files. The lock of a process that is gone is taken over.
build_lock() {
    said=
    until mkdir "$1" 2>/dev/null; do
        owner=
        [ ! -r "$1/pid" ] || read -r owner <"$1/pid" || :
        if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
            rm -rf "$1"
            continue
        fi
        [ -n "$said" ] || echo "runstream: another build is under way here (its lock is $1); waiting for it." >&2
        said=yes
        sleep 1
    done
    echo $$ >"$1/pid"
}

# pages_missing HOME: says on standard error, if the jar has no web pages, how to get them.
pages_missing() {
    [ -f "$1/app/target/no-pages" ] || return 0
    case $(cat "$1/app/target/no-pages") in
        node) echo "To have them:  $(install_command nodejs npm), or unpack a newer Node from https://nodejs.org" >&2 ;;
        packages) echo "They are built at the next start at which npm's registry answers; what npm said is in $1/target/build.log" >&2 ;;
    esac
}

# build_jar HOME JAR COMMAND: builds, quietly unless it fails. Exits with the reason if it cannot.
build_jar() {
    missing=
    if ! find_java full; then
        explain_no_java full
        missing=jdk
    fi
    if ! command -v mvn >/dev/null 2>&1; then
        echo "runstream: needs Maven 3.8 or newer to build, and found no 'mvn' on the path." >&2
        missing="$missing maven"
    fi
    if [ -n "$missing" ]; then
        # shellcheck disable=SC2086 # each word is a thing of its own
        echo "To install what is missing:  $(install_command $missing)" >&2
        case $missing in jdk*) explain_java_elsewhere ;; esac
        exit 1
    fi

    mkdir -p "$1/target"
    lock=$1/target/build.lock
    build_lock "$lock"
    # Not $1: a trap sees the arguments of the script, not those of this function.
    trap 'rm -rf "$lock"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    # Another launcher may have built it while this one waited.
    if build_needed "$1" "$2" "$3"; then
        reason='sources changed'
        if [ ! -f "$2" ]; then
            reason='first use, takes a minute or two'
        elif [ -f "$1/app/target/no-pages" ]; then
            reason='the web pages can be built now'
        fi
        echo "runstream: building with Maven and Java $java_best ($reason) ..." >&2
        # Dated before the build: a source saved while it runs is then newer than the jar.
        : >"$1/target/build.started"
        # A server that runs from the old jar keeps its file; written over, it would lose its classes.
        rm -f "$2"
        if ! JAVA_HOME=$java_home mvn -q -B -f "$1/pom.xml" -pl app -am -Dmaven.test.skip=true package \
            >"$1/target/build.log" 2>&1 </dev/null || [ ! -f "$2" ]; then
            cat "$1/target/build.log" >&2
            echo "runstream: the build failed; its output is above and in $1/target/build.log" >&2
            exit 1
        fi
        touch -r "$1/target/build.started" "$2"
        # What scripts/web.sh says if it builds no pages; Maven may put the codes of colours before it.
        sed -n 's/.*\(runstream: .*\)/\1/p' "$1/target/build.log" >&2
        pages_missing "$1"
        echo "runstream: built." >&2
    fi
    rm -rf "$lock"
    trap - EXIT INT TERM HUP
}

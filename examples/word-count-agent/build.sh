#!/bin/sh
# Builds the agent in this folder into target/NAME.jar, NAME being the folder's, with nothing but a JDK (21 or newer).
#
#   ./build.sh [RUNSTREAM]
#
# RUNSTREAM is the folder of an unpacked distribution, or of a checkout that was built; it goes without saying as long
# as this folder is among the examples of one. Its core and slf4j are what an agent sees at work beside the JDK, so they
# are all that is compiled against. The jar holds the agent's own classes.
set -eu

runstream=../..
if [ $# -gt 0 ]; then
    # Before the next cd: a relative path is the caller's.
    runstream=$(CDPATH='' cd -- "$1" && pwd) || exit 2
fi
CDPATH='' cd -- "$(dirname -- "$0")"
name=$(basename -- "$(pwd)")

# first_of PATH...: prints the first that is a file.
first_of() {
    for path in "$@"; do
        if [ -f "$path" ]; then
            echo "$path"
            return 0
        fi
    done
    return 1
}
# The jar of the core in a checkout ends in its version, that of its tests in "tests".
if ! core=$(first_of "$runstream/lib/runstream-core.jar" "$runstream"/core/target/runstream-core-*[!s].jar) ||
    ! slf4j=$(first_of "$runstream/lib/slf4j-api.jar" "$runstream"/core/target/lib/slf4j-api-*.jar); then
    echo "There is no Runstream in $runstream, or it was not built yet: ./runstream there does that." >&2
    echo "To name the folder of another:  ./build.sh /path/to/runstream" >&2
    exit 2
fi

# has_javac PREFIX: whether the javac there is new enough.
has_javac() {
    "$1javac" --release 21 --version >/dev/null 2>&1
}
# JAVA_HOME wins; else Runstream's launcher knows where a JDK may be; else the one on the path.
tools=
java_home=
if [ -n "${JAVA_HOME:-}" ] && has_javac "$JAVA_HOME/bin/"; then
    tools=$JAVA_HOME/bin/
elif finder=$(first_of "$runstream/lib/java.sh" "$runstream/scripts/java.sh"); then
    # shellcheck source=/dev/null
    . "$finder"
    ! find_java full || tools=$java_home/bin/
fi
if ! has_javac "$tools"; then
    echo "This needs a JDK, 21 or newer: set JAVA_HOME to one, or put its bin folder first on the path." >&2
    exit 1
fi

rm -rf target
mkdir -p target/classes
find src -name '*.java' >target/sources
"${tools}javac" --release 21 -Xlint:-options -cp "$core:$slf4j" -d target/classes @target/sources
cp -R src/META-INF target/classes/
(cd target/classes && "${tools}jar" --create --file "../$name.jar" .)
echo "Built $(pwd)/target/$name.jar"
echo "Start with it:  runstream serve --agents $(pwd)/target"

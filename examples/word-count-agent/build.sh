#!/bin/sh
# Builds this folder's agent into target/word-count-agent.jar with nothing but a JDK (21 or newer).
#
#   ./build.sh [RUNSTREAM_JAR]
#
# The Runstream jar is only compiled against; an agent's jar holds its own classes and those it uses beyond
# the JDK, the Runstream core and slf4j.
set -eu
cd "$(dirname -- "$0")"

jar=${1:-}
for there in ../../lib/runstream.jar ../../app/target/runstream.jar; do
    if [ -z "$jar" ] && [ -f "$there" ]; then
        jar=$there
    fi
done
if [ ! -f "$jar" ]; then
    echo "There is no Runstream jar here. Name it: ./build.sh /path/to/runstream.jar" >&2
    exit 2
fi

# The `javac` on the path may be too old although a newer JDK is there, which Runstream's launcher knows how to find.
tools=
java_home=
for finder in ../../lib/java.sh ../../scripts/java.sh; do
    if [ -z "$tools" ] && [ -f "$finder" ]; then
        # shellcheck source=/dev/null
        . "$finder"
        ! find_java full || tools=$java_home/bin/
    fi
done
if ! "${tools}javac" --release 21 --version >/dev/null 2>&1; then
    echo "This needs a JDK, 21 or newer: set JAVA_HOME to one, or put its bin folder first on the path." >&2
    exit 1
fi

rm -rf target
mkdir -p target/classes
find src -name '*.java' >target/sources
"${tools}javac" --release 21 -Xlint:-options -cp "$jar" -d target/classes @target/sources
cp -R src/META-INF target/classes/
(cd target/classes && "${tools}jar" --create --file ../word-count-agent.jar .)
echo "Built $(pwd)/target/word-count-agent.jar"
echo "Start with it:  runstream serve --agents $(pwd)/target"

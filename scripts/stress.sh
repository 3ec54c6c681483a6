#!/usr/bin/env bash
# Runs what threads share in core and server under jcstress, longer than ./check does:
#
#   scripts/stress.sh 30                 for half an hour, or until something is seen that must not be
#   scripts/stress.sh 5 EvictAndRead     only the tests whose name contains this regular expression
#   scripts/stress.sh -m tough           jcstress by itself with these arguments, see `-h`; its own modes try every
#                                        compiler and placement of threads, for hours
#
# A round makes a JVM for each test, with other flags than the round before. The exit status is 1 if something went
# wrong; what is printed then names the tests. It needs two processors.
set -euo pipefail
home=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$home"
# shellcheck source=scripts/java.sh
. scripts/java.sh
if [ $# -eq 0 ]; then
    sed -n 's/^# \{0,1\}//p' "${BASH_SOURCE[0]}" | sed -n '2,10p' >&2
    exit 2
fi
if ! find_java full; then
    explain_no_java full
    exit 1
fi
export JAVA_HOME=$java_home
mvn -q -B -ntp -pl stress -am test-compile dependency:build-classpath -Dspotless.check.skip=true \
    -Dmdep.includeScope=test -Dmdep.outputFile=target/stress.classpath >&2 </dev/null
mkdir -p stress/target/jcstress
cd stress/target/jcstress
classpath=$home/stress/target/test-classes:$(cat ../stress.classpath)
case $1 in
    -*) exec "$java_home/bin/java" -cp "$classpath" org.openjdk.jcstress.Main "$@" ;;
    *) exec "$java_home/bin/java" -cp "$classpath" dev.runstream.stress.Races "$@" ;;
esac

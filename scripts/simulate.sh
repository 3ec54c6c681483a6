#!/usr/bin/env bash
# Lives many lives of the store in the simulation of core, longer than ./check does:
#
#   scripts/simulate.sh 1000000           so many lives, from seed 0 on
#   scripts/simulate.sh 1000000 5000000   from another seed on
#   scripts/simulate.sh seed 4711         one life again, step by step
#   scripts/simulate.sh seed 4711 PLANT   with a fault planted, one of those in Plant.java
#   scripts/simulate.sh redis …           the same for the lives of several processes on one Redis
#
# The exit status is 1 if something went wrong; what is printed then says how to live that life again.
set -euo pipefail
home=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$home"
# shellcheck source=scripts/java.sh
. scripts/java.sh
module=core simulation=dev.runstream.core.simulation.Simulation
if [ "${1:-}" = redis ]; then
    module=store-redis simulation=dev.runstream.store.redis.simulation.Simulation
    shift
fi
if [ $# -eq 0 ]; then
    sed -n 's/^# \{0,1\}//p' "${BASH_SOURCE[0]}" | sed -n '2,10p' >&2
    exit 2
fi
if ! find_java full; then
    explain_no_java full
    exit 1
fi
export JAVA_HOME=$java_home
# What it needs of core is found among the classes that were built with it.
mvn -q -B -ntp -pl "$module" -am test-compile dependency:build-classpath -Dspotless.check.skip=true \
    -Dmdep.includeScope=test -Dmdep.outputFile=target/simulate.classpath >&2 </dev/null
exec "$java_home/bin/java" -Dorg.slf4j.simpleLogger.defaultLogLevel=off \
    -cp "$module/target/test-classes:$module/target/classes:$(cat "$module/target/simulate.classpath")" \
    "$simulation" "$@"

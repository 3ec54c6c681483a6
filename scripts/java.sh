# shellcheck shell=sh
# shellcheck disable=SC2034 # what is found is for the script that sources this
# Finds a Java that is new enough. Sourced by ./runstream and ./check; starts no process while a
# `release` file answers, because every start of the launcher passes here.

RUNSTREAM_MIN_JAVA=25

# java_major HOME: prints the major version of the Java in HOME, or fails if there is none.
java_major() {
    [ -x "$1/bin/java" ] || return 1
    [ -r "$1/release" ] || return 1
    while IFS='=' read -r key value; do
        [ "$key" = JAVA_VERSION ] || continue
        value=${value#\"}
        value=${value#1.}
        major=${value%%[!0-9]*}
        [ -n "$major" ] || return 1
        return 0
    done <"$1/release"
    return 1
}

# java_consider HOME: keeps HOME if it is newer than the best so far. With `full`, only a JDK (with a
# compiler) counts.
java_consider() {
    java_major "$1" || return 0
    case "$java_seen
" in
        *": $1
"*) return 0 ;;
    esac
    if [ "$java_need" = full ] && [ ! -x "$1/bin/javac" ]; then
        java_seen="$java_seen
  Java $major without a compiler: $1"
        return 0
    fi
    java_seen="$java_seen
  Java $major: $1"
    if [ "$major" -gt "$java_best" ]; then
        java_best=$major
        java_home=$1
    fi
}

# The home of the `java` on the path, following links; shims that lead nowhere are asked.
java_on_path() {
    on_path=$(command -v java 2>/dev/null) || return 0
    # macOS has a stub here that offers a download in a dialog; its real homes are in the folders above.
    [ "$on_path" = /usr/bin/java ] && [ -x /usr/libexec/java_home ] && return 0
    hops=0
    while [ -L "$on_path" ] && [ "$hops" -lt 20 ]; do
        link=$(readlink "$on_path")
        case $link in
            /*) on_path=$link ;;
            *) on_path=${on_path%/*}/$link ;;
        esac
        hops=$((hops + 1))
    done
    on_path=${on_path%/bin/java}
    if [ ! -r "$on_path/release" ]; then
        on_path=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
    fi
    [ -z "$on_path" ] || java_consider "$on_path"
}

# find_java run|full: sets java_home and java_best (its major version), or fails. JAVA_HOME wins if it
# is new enough; else the newest Java found. `full` asks for a JDK, `run` is content with a runtime.
# java_seen then lists what was looked at, one a line.
find_java() {
    java_need=$1
    java_home=
    java_best=0
    java_seen=
    if [ -n "${JAVA_HOME:-}" ]; then
        java_consider "$JAVA_HOME"
        [ "$java_best" -lt "$RUNSTREAM_MIN_JAVA" ] || return 0
    fi
    for candidate in \
        /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/java/* /opt/java /opt/jdk* /opt/openjdk* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home \
        "${HOME:-/}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec \
        "${SDKMAN_DIR:-${HOME:-/}/.sdkman}"/candidates/java/* \
        "${HOME:-/}"/.jdks/* "${HOME:-/}"/.asdf/installs/java/* "${HOME:-/}"/.local/share/mise/installs/java/*; do
        [ -d "$candidate" ] || continue
        java_consider "$candidate"
    done
    [ "$java_best" -ge "$RUNSTREAM_MIN_JAVA" ] || java_on_path
    [ "$java_best" -ge "$RUNSTREAM_MIN_JAVA" ]
}

# Prints the command that installs the named things (java, jdk, maven, curl, nginx, redis-server …) with this system's packages.
install_command() {
    nginx=nginx redis=redis
    if command -v apt-get >/dev/null 2>&1; then
        manager='sudo apt-get install' jdk=openjdk-25-jdk-headless jre=openjdk-25-jre-headless nginx=nginx-light
        redis=redis-server
    elif command -v dnf >/dev/null 2>&1; then
        manager='sudo dnf install' jdk=java-25-openjdk-devel jre=java-25-openjdk-headless
    elif command -v brew >/dev/null 2>&1 || [ "$(uname -s)" = Darwin ]; then
        manager='brew install' jdk=openjdk jre=openjdk
    elif command -v apk >/dev/null 2>&1; then
        manager='sudo apk add' jdk=openjdk25-jdk jre=openjdk25-jre-headless
    elif command -v pacman >/dev/null 2>&1; then
        manager='sudo pacman -S' jdk=jdk-openjdk jre=jre-openjdk-headless
    else
        manager='install, with the packages of your system:' jdk='JDK-25' jre='Java-25'
    fi
    packages=
    for thing in "$@"; do
        case $thing in
            jdk) packages="$packages $jdk" ;;
            java) packages="$packages $jre" ;;
            nginx) packages="$packages $nginx" ;;
            redis-server) packages="$packages $redis" ;;
            *) packages="$packages $thing" ;;
        esac
    done
    echo "$manager$packages"
}

# explain_no_java run|full: says on standard error what was looked for, found and can be done.
explain_no_java() {
    what=Java
    [ "$1" = run ] || what='a JDK'
    {
        echo "runstream: needs $what $RUNSTREAM_MIN_JAVA or newer, and found none."
        if [ -n "${JAVA_HOME:-}" ]; then
            java_major "$JAVA_HOME" || echo "JAVA_HOME is $JAVA_HOME, where there is no Java."
        fi
        if [ -n "$java_seen" ]; then
            echo "Found were:$java_seen"
        else
            echo "Looked at JAVA_HOME, the usual folders of Java and the path."
        fi
    } >&2
}

# Where a distribution's own packages are older than Java 25.
explain_java_elsewhere() {
    echo "Where that package is not known: unpack a JDK $RUNSTREAM_MIN_JAVA from https://adoptium.net and set JAVA_HOME to its folder." >&2
}

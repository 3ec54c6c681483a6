# shellcheck shell=sh
# How much memory this process is given, and how the JVM shares it out. Sourced by ./runstream.
#
# Let M be the memory given: RUNSTREAM_MEMORY where it is set, else the least of the machine's memory
# and the limits of the cgroups around this process. Then
#
#   heap          M / 4       (-Xmx; at least 64 MB, at most 31 GB, past which object pointers double)
#   direct        3 M / 8     (-XX:MaxDirectMemorySize; at least 64 MB)
#   the rest      3 M / 8     code, class data, thread stacks, the collector, SQLite's cache, the page cache
#
# `--total-buffer`, the events held for all runs together, is M / 4 by default and lives in direct
# memory. The other M / 8 of direct memory is for what surrounds those bytes: buffers read from
# sockets, frames on their way, and what the pooled allocator has set aside and not handed out.
# Heap and direct memory are upper limits, not reservations. Below 256 MB the least values no longer leave
# enough for the rest; the launcher says so. A larger --total-buffer wants a larger
# -XX:MaxDirectMemorySize, through RUNSTREAM_MEMORY or RUNSTREAM_JAVA_OPTS.

# memory_lower BYTES: takes BYTES as the limit if it is a number below the one known. cgroup v1 writes
# "no limit" as a number of 19 digits, v2 as "max".
memory_lower() {
    case $1 in
        '' | *[!0-9]*) return 0 ;;
    esac
    [ "${#1}" -le 18 ] && [ "$1" -gt 0 ] || return 0
    if [ "$memory_bytes" -eq 0 ] || [ "$1" -lt "$memory_bytes" ]; then
        memory_bytes=$1
    fi
}

# memory_walk ROOT PATH FILE: reads FILE in each cgroup from PATH up to ROOT, as an outer limit binds too.
# A container that sees its host's path but not its host's tree ends at ROOT, which is its own cgroup.
memory_walk() {
    group=$2
    while :; do
        if [ -r "$1$group/$3" ] && read -r limit <"$1$group/$3"; then
            memory_lower "$limit"
        fi
        case $group in
            */*) group=${group%/*} ;;
            *) return 0 ;;
        esac
    done
}

# memory_parse TEXT: prints TEXT (`512MB`, `2GB`, or plain bytes; powers of 1024) in bytes, or fails.
memory_parse() {
    number=${1%%[!0-9]*}
    [ -n "$number" ] && [ "${#number}" -le 15 ] || return 1
    # A leading zero would make the shell read it as octal.
    while [ "${number#0}" != "$number" ] && [ "${#number}" -gt 1 ]; do number=${number#0}; done
    case ${1#"${1%%[!0-9]*}"} in
        '' | B) factor=1 ;;
        KB) factor=1024 ;;
        MB) factor=1048576 ;;
        GB) factor=1073741824 ;;
        *) return 1 ;;
    esac
    memory_bytes=$((number * factor))
}

# find_memory: sets memory_bytes (0 where it cannot be told).
find_memory() {
    memory_bytes=0
    if [ -n "${RUNSTREAM_MEMORY:-}" ]; then
        if ! memory_parse "$RUNSTREAM_MEMORY" || [ "$memory_bytes" -lt 268435456 ]; then
            echo "runstream: RUNSTREAM_MEMORY is '$RUNSTREAM_MEMORY'; allowed is a size of at least 256MB, such as 512MB or 4GB." >&2
            exit 2
        fi
        return 0
    fi
    if [ -r /proc/meminfo ]; then
        while read -r name kilobytes _; do
            [ "$name" = MemTotal: ] || continue
            memory_lower $((kilobytes * 1024))
            break
        done </proc/meminfo
        if [ -r /proc/self/cgroup ]; then
            while IFS=: read -r number controllers path; do
                case ",$controllers," in
                    ,,) [ "$number" = 0 ] && memory_walk /sys/fs/cgroup "${path%/}" memory.max ;;
                    *,memory,*) memory_walk /sys/fs/cgroup/memory "${path%/}" memory.limit_in_bytes ;;
                esac
            done </proc/self/cgroup
        fi
    elif [ "$(uname -s)" = Darwin ]; then
        memory_lower "$(sysctl -n hw.memsize 2>/dev/null)"
    fi
}

# memory_share: sets heap_mb and direct_mb from memory_bytes.
memory_share() {
    memory_mb=$((memory_bytes / 1048576))
    if [ "$memory_mb" -lt 256 ]; then
        echo "runstream: only $memory_mb MB of memory are given here; below 256 MB the process may be killed for want of it." >&2
    fi
    heap_mb=$((memory_mb / 4))
    [ "$heap_mb" -ge 64 ] || heap_mb=64
    [ "$heap_mb" -le 31744 ] || heap_mb=31744
    direct_mb=$((memory_mb * 3 / 8))
    [ "$direct_mb" -ge 64 ] || direct_mb=64
}

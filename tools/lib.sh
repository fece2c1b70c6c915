# Shared by tools/setup, run and test. POSIX sh; sourced, never run. The caller sets `root`, the top
# of the source tree. shellcheck shell=sh disable=SC2154

prog=${0##*/}
cache=${XDG_CACHE_HOME:-${HOME:-}/.cache}/geonet

die() { # SENTENCE...: what went wrong and what to do about it
    printf '%s: %s\n' "$prog" "$*" >&2
    exit 1
}

say() { printf '%s\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }
cpus() { getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2; }

# need_space DIR MB WHAT: ends the program when the disk of DIR (or of its nearest parent that
# exists) is too full for WHAT.
need_space() {
    at=$1
    while [ ! -d "$at" ]; do at=$(dirname "$at"); done
    free=$(($(df -Pk "$at" | awk 'NR == 2 { print $4 }') / 1024))
    [ "$free" -ge "$2" ] ||
        die "$3 needs $2 MB and the disk of $at has $free MB free; make room there and run this" \
            "again."
}

# progress LABEL [TOTAL]: reads the output of apt, make or ninja and shows how far it is: one line
# that counts on a terminal, a line every ten seconds elsewhere. apt counts three lines for each
# package, make one for each file; ninja says it itself.
progress() {
    label=$1 total=${2:-0} n=0 shown=$(date +%s)
    tty=''
    if [ -t 1 ]; then tty=yes; fi
    while IFS= read -r line; do
        case $line in
        '['[0-9]*/[0-9]*']'*) n=${line#?}; n=${n%%]*}; total=${n#*/}; n=${n%/*} ;;
        *' -c -o '* | Get:* | 'Unpacking '* | 'Setting up '*) n=$((n + 1)) ;;
        *) continue ;;
        esac
        percent=100
        [ "$n" -lt "$total" ] && percent=$((n * 100 / total))
        if [ "$tty" ]; then
            printf '\r%s: %d of %d steps, %d %%\033[K' "$label" "$n" "$total" "$percent"
        elif now=$(date +%s) && [ $((now - shown)) -ge 10 ]; then
            shown=$now
            say "$label: $n of $total steps, $percent %"
        fi
    done
    if [ "$tty" ]; then printf '\r\033[K'; fi
}

# logged LOG LABEL TOTAL COMMAND...: runs COMMAND with its output in LOG and its progress on the
# screen; returns its status.
logged() {
    log=$1 label=$2 total=$3
    shift 3
    { rc=0; "$@" 2>&1 || rc=$?; echo "$rc" >"$log.rc"; } | tee "$log" | progress "$label" "$total"
    rc=$(cat "$log.rc")
    rm -f "$log.rc"
    return "$rc"
}

# build PRESET: configures build/PRESET when it is new or set-up has chosen another OpenSSL since,
# and builds all of it.
build() {
    dir=$root/build/$1
    need_space "$dir" 600 "Building GeoNet"
    { mkdir -p "$dir" && [ -w "$dir" ]; } 2>/dev/null ||
        die "$dir cannot be written by you ($(id -un)); clone the sources yourself and build there."
    if [ ! -f "$dir/build.ninja" ] || 
        [ -n "$(find "$cache/openssl.path" -newer "$dir/build.ninja")" ]; then
        (cd "$root" && cmake --preset "$1") >"$dir/configure.log" 2>&1 || {
            tail -n 30 "$dir/configure.log" >&2
            die "CMake could not configure build/$1; the reason is above, and whole in" \
                "$dir/configure.log."
        }
        touch "$dir/build.ninja"
    fi
    logged "$dir/build.log" "building ($1)" 0 cmake --build "$dir" || {
        sed -n '/FAILED:/,$p' "$dir/build.log" | head -n 60 >&2
        die "the build failed; the first errors are above, and the whole log is $dir/build.log."
    }
}

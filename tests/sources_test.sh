#!/bin/sh
# docs/sources.md names nothing that is not there: usage: sources_test.sh GEONET BUILD_DIR. Each
# command in it has a help that knows its options, each `./test -R` finds a test, each file is in
# the tree. No code in a table of any page splits its cell: a pipe there is \|. Exit 1 with a line
# for each that is not.
set -u
geonet=$1 build=$2
root=$(cd -- "$(dirname -- "$0")/.." && pwd)
page=$root/docs/sources.md
failed=0 count=0
fail() {
    printf 'FAILED: %s\n' "$*"
    failed=1
}
tmp=$(mktemp) || exit 1
trap 'rm -f "$tmp" "$tmp.tests"' EXIT
grep -o '`[^`]*`' "$page" | tr -d '`' | sed 's/\\|/|/g' | sort -u >"$tmp"
ctest --test-dir "$build" -N | sed -n 's/^ *Test *#[0-9]*: //p' >"$tmp.tests"
while IFS= read -r words; do
    case $words in
    'geonet '*)
        words=${words#geonet }
        help=$("$geonet" ${words%% --*} --help 2>&1) || fail "geonet $words: $help"
        case "$(printf '%s\n' "$help" | head -n 1) " in "usage: geonet ${words%% --*} "*) ;; *) fail "geonet $words is no command: $help" ;; esac
        case $words in *' --'*)
            option=--${words#* --}
            printf '%s\n' "$help" | grep -q -e "^  ${option%% *}\b" || fail "geonet $words: no such option" ;;
        esac ;;
    "./test -R "*)
        name=$(printf '%s' "${words#./test -R }" | tr -d "'")
        grep -qE -e "$name" "$tmp.tests" || fail "no test fits: $words" ;;
    docs/* | bench | tests/*) [ -e "$root/$words" ] || fail "there is no $words" ;;
    *) continue ;;
    esac
    count=$((count + 1))
done <"$tmp"
split=$(find "$root" -name build -prune -o -name '*.md' -exec awk -F '`' '/^\|/ { for (i = 2; i < NF; i += 2) { gsub(/\\\|/, "", $i); if ($i ~ /\|/) print FILENAME ":" FNR ": " $i } }' {} +)
[ -z "$split" ] || fail "a pipe in a table's code splits the cell: $split"
[ "$count" -ge 50 ] || fail "only $count commands were found in $page"
exit $failed

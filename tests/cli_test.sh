#!/bin/sh
# The command line without a node: usage: cli_test.sh GEONET. Every check prints one line when it
# fails; exit 1 if any did.
set -u
geonet=$1
man=$(cd "$(dirname "$0")" && pwd)/../docs/man/geonet.1
failed=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM
unset GEONET_DATA XDG_DATA_HOME GEONET_PASSPHRASE_FILE NO_COLOR
export HOME="$tmp/home"
mkdir "$HOME"

# run STATUS WORDS...: runs geonet, leaving stdout in $out and stderr in $err, and checks its exit
# status.
run() {
    want=$1
    shift
    "$geonet" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    got=$?
    out=$(cat "$tmp/out") err=$(cat "$tmp/err")
    [ "$got" = "$want" ] || fail "geonet $*: exit $got instead of $want: $err"
}
fail() {
    printf 'FAILED: %s\n' "$*"
    failed=1
}
has() { # TEXT PART
    case $1 in *"$2"*) ;; *) fail "'$2' is not in: $1" ;; esac
}
is() { # TEXT TEXT
    [ "$1" = "$2" ] || fail "'$1' is not '$2'"
}
json() { # PYTHON-EXPRESSION over j, the document on stdout
    python3 -c 'import json, sys; j = json.load(open(sys.argv[1])); sys.exit(0 if eval(sys.argv[2]) else 1)' "$tmp/out" "$1" ||
        fail "not so: $1 of: $(cat "$tmp/out")"
}
mode() { stat -c %a "$1"; }

# ---- usage ----
run 2
has "$out" 'usage: geonet COMMAND'
run 0 help
run 0 --help
has "$out" 'Exit status'
has "$out" 'geonet help '
[ "$(printf '%s\n' "$out" | grep -c '^  [a-z]')" -lt 38 ] || fail "the first help is long: $out"
for words in up 'id new' 'site publish DIR' 'wallet pay WHO' guard id name site hub wallet; do
    printf '%s\n' "$out" | grep -q "^  $words " || fail "'$words' is not in the first help"
done
others='down, peers, ping, path, netcheck, pipe, forward, give, put, get, trace,'
has "$out" "$others"
run 0 version
has "$out" 'geonet '
run 0 --version
run 2 stauts
has "$err" 'did you mean geonet status?'
is "$out" ''
run 2 id nwe
has "$err" 'did you mean geonet id new?'
run 2 nothinglikeit
has "$err" 'geonet help lists all'
run 2 id
has "$out" 'id new '
run 2 id --json
json 'j["error"]["code"] == "usage"'
run 2 publish # the last word of commands in groups
has "$err" 'did you mean geonet id publish or geonet site publish?'
run 2 identity
has "$err" 'did you mean geonet id?'
run 2 put
has "$err" 'geonet put FILE|-'
run 2 put a b
run 2 put --lable x a
has "$err" 'did you mean --label?'
run 2 put --label
has "$err" 'needs a value'
run 2 put --w 9 -
has "$err" "--w: '9' is not a number from 1 to 8"
run 2 put --ttl 59 -
run 2 put --ttl 60x -
run 2 put --type 15 -
run 2 status --json=yes
run 2 status --all
run 2 -x status
run 2 --json put
json 'j["error"]["code"] == "usage" and "FILE" in j["error"]["message"]'
run 2 get nokey
run 2 get --quorum 0 aa
run 2 name claim 'a b'
run 2 name resolve -- ''
run 2 name resolve alice NOTYPE
run 2 name set --data "$tmp" --ttl 1 alice A=1.2.3.4
run 2 site publish --label - "$tmp"
run 2 site rollback a 0
run 2 site rollback a 1x
run 2 site get 'not a name'
run 2 completion csh
run 2 --json
has "$out" '"a command is missing; see geonet --help"'
run 2 help nothing
run 2 status --data ''
for words in status up 'id new --no-passphrase'; do # a file where the folder should be
    # shellcheck disable=SC2086
    run 2 $words --data "$tmp/out"
    has "$err" "$tmp/out, where the data should be, is not a folder"
done
run 2 wallet pay x -3 HOUR y # a wrong amount is one argument of four, not an option
has "$err" "unexpected argument 'y'"

# Every command has a help with an example, and refuses an unknown option.
"$geonet" help | sed -n 's/^  \([a-z][a-z -]*[a-z]\) .*/\1/p' | sed 's/ *$//; s/  .*//' | grep -v '^geonet' >"$tmp/commands"
[ "$(wc -l <"$tmp/commands")" -ge 24 ] || fail "only $(wc -l <"$tmp/commands") commands in the help"
while read -r command; do
    # shellcheck disable=SC2086
    run 0 $command --help
    has "$out" "usage: geonet $command"
    has "$out" "geonet $command"
    has "$out" 'Examples:'
    for option in $(printf '%s\n' "$out" | sed -n 's/^  \(--[a-z0-9-]*\).*/\1/p'); do
        sed 's/\\-/-/g' "$man" "${man%.1}d.1" "${man%.1}-hub.1" | grep -q -e "$option\b" || fail "geonet $command $option is in no man page"
    done
    # shellcheck disable=SC2086
    run 2 $command --certainly-not
    sed 's/\\-/-/g' "$man" | grep -qE "\"?$command\"?" || fail "$command is not in geonet.1"
    # a terminal of the usual width breaks no word (examples are one line each)
    wide=$(printf '%s\n' "$out" | sed -n '2,/^Examples:/p' | awk 'length > 80' | grep ' .* ')
    [ -z "$wide" ] || fail "geonet $command --help is wide: $wide"
done <"$tmp/commands"
for group in guard id name site hub wallet; do
    run 0 "$group" --help
    has "$out" "geonet $group COMMAND"
done

# What up passes on is what geonetd takes, all of it.
options_of() { sed -n 's/^  --\([a-z0-9-]*\).*/\1/p' | grep -vE '^(help|json|foreground|ready-fd)$' | sort; }
"$geonet" up --help | options_of >"$tmp/up"
"${geonet%/*}/geonetd" --help | options_of >"$tmp/node"
cmp -s "$tmp/up" "$tmp/node" || fail "options of up and of geonetd differ: $(diff "$tmp/up" "$tmp/node")"

"${geonet%/*}/geonetd" --nothing 2>"$tmp/err" && fail 'geonetd took --nothing'
has "$(cat "$tmp/err")" 'there is no option --nothing'
"${geonet%/*}/geonetd" --port 2>"$tmp/err" && fail 'geonetd took --port without a port'
has "$(cat "$tmp/err")" '--port needs a value'

# ---- geonet-hub, by itself and as geonet ----
hub=${geonet%/*}/geonet-hub
[ "$("$hub" --version)" = "geonet-hub $("$geonet" --version | cut -d' ' -f2)" ] || fail "geonet-hub --version: $("$hub" --version)"
"$hub" --help >"$tmp/all"
for command in run init verify export import; do
    grep -q "^  $command" "$tmp/all" || fail "geonet-hub --help lacks $command"
    "$hub" $command --help >"$tmp/own" || fail "geonet-hub $command --help"
    sed "1s/geonet-hub $command/geonet hub $command/" "$tmp/own" >"$tmp/same"
    run 0 hub $command --help
    [ "$(cat "$tmp/same")" = "$out" ] || fail "geonet-hub $command --help is another"
done
run 0 hub init --data "$tmp/hub" --json
json 'len(j["pid"]) in (43, 44)'
run 1 hub init --data "$tmp/hub"
has "$err" 'geonet: '
run 1 --data "$tmp/hub" --json hub verify
json 'j["error"]["code"] == "not-found"'
mkdir "$tmp/alone"
cp "$geonet" "$tmp/alone/geonet"
"$tmp/alone/geonet" hub init --data "$tmp/hub2" 2>"$tmp/err" && fail 'a hub without geonet-hub'
has "$(cat "$tmp/err")" 'geonet hub init needs the program geonet-hub'
# what lies in the current directory is anybody's: an empty element of PATH is not looked into
mkdir "$tmp/anybody"
printf '#!/bin/sh\necho taken\n' >"$tmp/anybody/geonet-hub"
chmod +x "$tmp/anybody/geonet-hub"
(cd "$tmp/anybody" && PATH=":.:$PATH" "$tmp/alone/geonet" hub init --data "$tmp/hub2") \
    >"$tmp/out" 2>"$tmp/err" && fail 'a geonet-hub of the current directory'
has "$(cat "$tmp/err")" 'geonet hub init needs the program geonet-hub'
PATH="${hub%/*}:$PATH" "$tmp/alone/geonet" hub init --data "$tmp/hub2" 2>"$tmp/err" || fail "geonet-hub in PATH: $(cat "$tmp/err")"
if command -v ldd >/dev/null; then
    ldd "$geonet" | grep -E 'libsqlite|libpq' && fail 'the tool is linked with a database'
fi

# ---- no hub ----
# a hub's words are JSON, which leaves other bytes out of what is signed; before anything is sent
bad=$(printf 'a\377')
for words in 'settings a=1 --reason' 'equivalent add' 'people' 'equivalent set HOUR --symbol'; do
    # shellcheck disable=SC2086
    run 2 --data "$tmp/none" hub $words "$bad" --hub http://127.0.0.1:1
    has "$err" 'is not UTF-8 text'
done
run 2 --data "$tmp/none" wallet profile --set "city=$bad" --hub http://127.0.0.1:1
# a file may be called so
run 3 --data "$tmp/none" hub people --passphrase-file "$bad" --hub http://127.0.0.1:1

# ---- no node ----
for words in status peers down 'trace 00' 'name resolve alice' 'site list' \
	"get $(printf %064d 1)"; do
    [ "$words" = 'trace 00' ] && words="trace $(printf %064d 2)"
    # shellcheck disable=SC2086
    run 3 --data "$tmp/none" $words
    has "$err" "no node is running for $tmp/none; start one with: geonet up --data $tmp/none"
    is "$out" ''
    # shellcheck disable=SC2086
    run 3 --data "$tmp/none" --json $words
    json 'j["error"]["code"] == "no-node"'
done
[ ! -e "$tmp/none" ] || fail 'looking made the data directory'
(cd "$tmp" && "$geonet" --data rel status) 2>"$tmp/err"
has "$(cat "$tmp/err")" "$tmp/rel;"
run 3 status
has "$err" "$HOME/.local/share/geonet;"
# cron and services may set no HOME: never a folder of wherever they stand
(unset HOME && cd "$tmp" && "$geonet" status) 2>"$tmp/err"
own=$(python3 -c 'import os, pwd; print(pwd.getpwuid(os.getuid()).pw_dir)')
has "$(cat "$tmp/err")" "$own/.local/share/geonet;"
GEONET_DATA=$tmp/env run 3 status
has "$err" "$tmp/env;"
XDG_DATA_HOME=$tmp/xdg run 3 status
has "$err" "$tmp/xdg/geonet;"

# ---- identity ----
one=$tmp/one two=$tmp/two
run 1 --data "$one" id show
has "$err" 'make one with: geonet id new'
run 1 --data "$one" put --label x /dev/null
run 0 --data "$one" id new --no-passphrase --show-phrase --json
json 'len(j["phrase"].split()) == 24 and len(j["pid"]) in (43, 44) and len(j["key"]) == 64 and j["published"] is False'
pid=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["pid"])' "$tmp/out")
phrase=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["phrase"])' "$tmp/out")
is "$(mode "$one")" 700
is "$(mode "$one/identity.key")" 600
run 1 --data "$one" id new --no-passphrase
has "$err" 'never overwritten'
run 0 --data "$one" id show
has "$out" "$pid"
run 0 --data "$one" id export
is "$out" "$phrase"
printf '%s\n' "$phrase" | tr ' a-z' '\nA-Z' >"$tmp/words" # one a line, upper case
run 0 --data "$two" id import --no-passphrase "$tmp/words"
is "$out" "$pid"
cmp -s "$one/identity.pub" "$two/identity.pub" || fail 'the imported key is another one'
run 1 --data "$two" id import --no-passphrase "$tmp/words"
run 0 --data "$tmp/quiet" id new --no-passphrase
case $out in *' '*) fail "the phrase was printed to a file: $out" ;; esac

bad() { # PHRASE SENTENCE
    printf '%s\n' "$1" >"$tmp/words"
    run 2 --data "$tmp/bad" id import --no-passphrase "$tmp/words"
    has "$err" "$2"
    [ ! -e "$tmp/bad/identity.key" ] || fail 'a bad phrase made a key'
}
bad 'one two three' 'a phrase has 24 words, this has 3'
bad "$(echo "$phrase" | awk '{ $17 = "xyzzy"; print }')" "word 17, 'xyzzy', is not in the list"
# its last word would be "art"; another word in a random phrase is right once in 256
bad "$(yes abandon | head -24 | tr '\n' ' ')" 'one is wrong or two are swapped'
bad '' 'this has 0'
head -c 100000 /dev/zero >"$tmp/words"
run 1 --data "$tmp/bad" id import --no-passphrase "$tmp/words"

# Passphrases: from a file, wrong, missing, from the environment, asked for twice on a terminal.
sealed=$tmp/sealed
echo 'correct horse' >"$tmp/pass"
echo 'wrong horse' >"$tmp/wrong"
: >"$tmp/empty"
run 1 --data "$sealed" id new --passphrase-file "$tmp/empty"
run 1 --data "$sealed" id new --passphrase-file "$tmp/nosuchfile"
run 0 --data "$sealed" id new --passphrase-file "$tmp/pass" --show-phrase --json
phrase=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["phrase"])' "$tmp/out")
run 0 --data "$sealed" id show # needs no passphrase
run 0 --data "$sealed" id export --passphrase-file "$tmp/pass"
is "$out" "$phrase"
GEONET_PASSPHRASE_FILE=$tmp/pass run 0 --data "$sealed" id export
is "$out" "$phrase"
run 1 --data "$sealed" id export --passphrase-file "$tmp/wrong"
has "$err" 'passphrase does not open'
is "$out" ''
grep -q "$(echo "$phrase" | cut -d' ' -f1)" "$sealed/identity.key" && fail 'words in the key file'
if command -v setsid >/dev/null; then # without a terminal nothing is asked
    setsid -w "$geonet" --data "$sealed" id export >"$tmp/out" 2>"$tmp/err" </dev/null
    is $? 1
    has "$(cat "$tmp/err")" 'no terminal'
    setsid -w "$geonet" --data "$tmp/notty" id new >"$tmp/out" 2>"$tmp/err" </dev/null
    has "$(cat "$tmp/err")" '--no-passphrase'
fi
if command -v script >/dev/null; then
    (sleep 1; echo secret; sleep 1; echo other; sleep 1; echo secret; sleep 1; echo secret; sleep 2) |
        script -qec "$geonet --data $tmp/tty id new" /dev/null >"$tmp/out" 2>&1
    has "$(cat "$tmp/out")" 'The two differ'
    has "$(cat "$tmp/out")" '24. '
    grep -q secret "$tmp/out" && [ "$(grep -c secret "$tmp/out")" -gt 3 ] && fail 'the passphrase is echoed'
    echo secret >"$tmp/pass"
    run 0 --data "$tmp/tty" id export --passphrase-file "$tmp/pass"
fi

# A damaged or open key file is refused.
chmod 644 "$one/identity.key"
run 1 --data "$one" id export
has "$err" 'chmod 600'
chmod 600 "$one/identity.key"
printf 'x' | dd of="$one/identity.key" bs=1 seek=30 conv=notrunc 2>/dev/null
run 1 --data "$one" id export
is "$out" ''

# ---- what a site cannot hold is refused before anything is asked ----
mkdir "$tmp/site"
run 1 --data "$two" site publish "$tmp/site"
has "$err" 'no file'
echo hello >"$tmp/site/index.html"
ln -s index.html "$tmp/site/link.html"
run 1 --data "$two" site publish "$tmp/site"
has "$err" "$tmp/site/link.html: a symbolic link"
rm "$tmp/site/link.html"
mkfifo "$tmp/site/pipe"
run 1 --data "$two" site publish "$tmp/site"
has "$err" "$tmp/site/pipe: neither a file nor a folder"
rm "$tmp/site/pipe"
touch "$tmp/site/$(printf 'a\001b')"
run 1 --data "$two" site publish "$tmp/site"
has "$err" 'a?b: the path has a control character'
rm "$tmp/site/$(printf 'a\001b')"
run 3 --data "$two" site publish "$tmp/site"
run 1 --data "$two" site publish "$tmp/nosuchfolder"
run 1 --data "$two" site publish "$tmp/site/index.html"

# ---- the rest ----
for shell in bash zsh fish; do
    run 0 completion $shell
    has "$out" 'publish'
    if command -v $shell >/dev/null; then
        $shell -n "$tmp/out" || fail "the $shell completion does not parse"
    fi
done
bash_says() { # WORDS -> completions of the last
    bash -c '. "$0"; COMP_WORDS=(geonet "$@"); COMP_CWORD=$#; _geonet; echo "${COMPREPLY[*]}"' "$tmp/bash" "$@"
}
if command -v bash >/dev/null; then
    "$geonet" completion bash >"$tmp/bash"
    is "$(bash_says sta)" status
    is "$(bash_says site pub)" publish
    is "$(bash_says site publish --cop)" --copies
    is "$(bash_says --data /x id exp)" export
    is "$(bash_says help si)" site
    is "$(bash_says help site pub)" publish
    is "$(bash_says completion '')" 'bash zsh fish'
    is "$(bash_says up --guard '')" 'on cookie off'
    is "$(bash_says presence set o)" 'online offline'
    is "$(bash_says bus topic news --publish '')" 'open owner token'
fi
"$geonet" help >/dev/full 2>"$tmp/err" && fail 'a full disk under stdout was not noticed'
"$geonet" help >&- 2>"$tmp/err" && fail 'a closed stdout was not noticed'
has "$(cat "$tmp/err")" 'stdout cannot be written'
has "$(cat "$tmp/err")" 'stdout cannot be written'

[ $failed = 0 ] && echo 'all as it should be'
exit $failed

#!/bin/sh
# The command line with nodes: usage: cli_node_test.sh BIN_DIR [COPIES]. Starts five nodes of its
# own (so many sign for a record) on free ports in a temporary directory; publishes on one, reads on
# another. Every check prints one line when it fails; exit 1 if any did.
set -u
bin=$1
geonet=$bin/geonet
copies=${2:-3}
failed=0
tmp=$(mktemp -d) || exit 1
# shellcheck disable=SC2317 # the trap calls it
stop_all() {
    for n in 1 2 3 4 5; do "$geonet" --data "$tmp/$n" down >/dev/null 2>&1; done
    rm -rf "$tmp"
}
trap stop_all EXIT
trap 'exit 130' HUP INT TERM
unset GEONET_DATA XDG_DATA_HOME GEONET_PASSPHRASE_FILE
export HOME="$tmp/home"
mkdir "$HOME"

fail() {
    printf 'FAILED: %s\n' "$*"
    failed=1
}
# on NODE STATUS WORDS...: runs geonet against that node; stdout in $out, stderr in $err.
on() {
    node=$1 want=$2
    shift 2
    "$geonet" --data "$tmp/$node" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    got=$?
    out=$(cat "$tmp/out") err=$(cat "$tmp/err")
    [ "$got" = "$want" ] || fail "node $node: geonet $*: exit $got instead of $want: $err"
}
has() { # TEXT PART
    case $1 in *"$2"*) ;; *) fail "'$2' is not in: $1" ;; esac
}
is() { # TEXT TEXT
    [ "$1" = "$2" ] || fail "'$1' is not '$2'"
}
value() { # PYTHON-EXPRESSION over j, the document on stdout
    python3 -c 'import json, sys; j = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$tmp/out" "$1" 2>/dev/null
}

# ---- nodes ----
start() { # NODE WORDS...
    node=$1
    shift
    on "$node" 0 up --json --port 0 --http 0 --probation 0 --pow-bits 8 "$@"
}
start 1
is "$(value 'j["started"]')" True
port=$(value 'j["node"]["port"]')
for n in 2 3 4 5; do start $n --bootstrap "127.0.0.1:$port"; done
on 1 0 up
has "$out" 'running already'
on 1 0 up --w 1
has "$err" '--w changes nothing while the node runs'
on 1 1 up --data "$tmp/bad" --port "$port" --http 0 --pow-bits 8
has "$err" 'did not start'
on 1 2 up --data "$tmp/bad" --port nonsense
has "$err" 'nonsense'
# Whoever interrupts the first start has no node searching on for its proof of work.
"$geonet" up --data "$tmp/none" --port 0 --http 0 --pow-bits 40 2>"$tmp/err" >/dev/null &
up=$!
tries=0
until grep -q '[0-9]' "$tmp/none/lock" 2>/dev/null || [ $tries -ge 300 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
searching=$(cat "$tmp/none/lock")
kill -TERM $up
wait $up 2>/dev/null
is $? 143
has "$(cat "$tmp/err")" 'the node was not started'
kill -0 "$searching" 2>/dev/null && fail "process $searching searches on" && kill -9 "$searching"
tries=0 # every node knows the four others
while [ $tries -lt 150 ]; do
    linked=0
    for n in 1 2 3 4 5; do
        on $n 0 peers --json
        linked=$((linked + $(value 'sum(p["up"] for p in j["peers"])')))
    done
    [ $linked -ge 20 ] && break
    tries=$((tries + 1))
    sleep 0.2
done
[ "$linked" -ge 20 ] || fail "only $linked of 20 links came up"
on 2 0 status
has "$out" 'joined'
has "$out" "$tmp/2"
on 2 0 peers
is "$(echo "$out" | wc -l)" 5

# ---- identity ----
on 1 0 id new --no-passphrase --json
is "$(value 'j["published"]')" True
pid=$(value 'j["pid"]') key=$(value 'j["key"]')
on 2 0 id show "$pid" --json
is "$(value 'j["key"]')" "$key"
on 1 0 id publish --name 'Ann Example' --vouch-node
on 3 0 id show "$pid"
has "$out" 'Ann Example'
has "$out" 'its node'
on 4 0 id new --no-passphrase --json
other=$(value 'j["pid"]')
nobody=2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd # a PID is no name that somebody could hold
for words in "id show $nobody" "site show $nobody" "token grant $nobody a read"; do
    # shellcheck disable=SC2086
    on 2 4 $words
    has "$err" "nobody knows the key of $nobody"
    has "$err" 'geonet id publish'
done

# ---- what cannot be read is told once ----
mkdir "$tmp/locked"
: >"$tmp/locked/a"
chmod 000 "$tmp/locked/a"
if [ "$(id -u)" != 0 ]; then # root reads all
    on 1 1 site publish "$tmp/locked" --copies 1
    is "$err" "geonet: $tmp/locked/a: Permission denied"
fi

# ---- records ----
printf 'one\000two\n' >"$tmp/body"
on 1 0 put --w 3 --label note "$tmp/body" --json
record=$(value 'j["key"]')
[ "$(value 'len(j["receipts"])')" -ge 3 ] || fail 'fewer receipts than were asked for'
on 3 0 get --quorum 3 "$record"
cmp -s "$tmp/out" "$tmp/body" || fail 'the record came back changed'
on 3 0 get "$pid/note" -o "$tmp/copy"
cmp -s "$tmp/copy" "$tmp/body" || fail 'the record in a file is another'
is "$out" ''
on 3 0 get "$key/note" --json
is "$(value 'j["owner"]')" "$pid"
on 1 0 get @note
: >"$tmp/empty"
on 1 0 put --label note "$tmp/empty" # replaces it
on 2 0 get --quorum 3 "$pid/note"
is "$out" ''
on 1 5 put --w 8 --label much "$tmp/body"
has "$err" '--w 5'
on 1 1 put --seq 5 --label note "$tmp/body"
has "$err" 'newer version'
on 2 4 get "$pid/nothing"
head -c 70000 /dev/zero >"$tmp/large"
on 1 1 put --label large "$tmp/large"
on 2 0 trace "$record"
has "$out" 'nearest nodes'
for _ in 1 2 3 4 5 6; do
    on 2 0 trace --json "$record"
    is "$(value 'all(0 <= s["at_ms"] <= j["took_ms"] for s in j["steps"]) and len(j["steps"]) > 0')" True
done
on 2 0 trace --json --count 2 "$pid"
is "$(value 'len(j["nodes"])')" 2

# ---- names ----
on 2 4 name resolve welcome
has "$err" 'nobody holds'
on 1 0 name claim welcome TXT=first A=203.0.113.7 --json
[ "$(value 'min(j["receipts"])')" -ge 1 ] || fail 'a claim without receipts'
on 2 0 name resolve --fresh welcome TXT
is "$out" first
on 2 0 name resolve welcome --json
is "$(value 'j["owner"]')" "$pid"
on 4 1 name claim welcome
has "$err" "belongs to $pid"
on 1 0 name set welcome TXT=second TXT=third A=
on 2 0 name resolve --fresh welcome txt
is "$(echo "$out" | sort | tr '\n' ' ')" 'second third '
on 2 4 name resolve welcome A
on 1 2 name set welcome A=999.1.2.3
on 1 0 name set blog.welcome TXT=below
on 3 0 name resolve blog.welcome TXT
is "$out" below
on 4 1 name set mine.welcome TXT=stolen
has "$err" 'not you'
on 1 0 name renew welcome
on 1 0 name list
has "$out" 'welcome.geo'
on 3 0 trace welcome.geo

# ---- a name changes hands ----
on 1 0 name claim present TXT=kept
on 1 0 name transfer present "$other" -o "$tmp/present"
on 1 1 name accept "$tmp/present"
sed 's/"present"/"welcome"/' "$tmp/present" >"$tmp/forged"
on 4 1 name accept "$tmp/forged"
on 4 0 name accept "$tmp/present"
on 2 0 name resolve --fresh present --json
is "$(value 'j["owner"]')" "$other"
is "$(value 'j["entries"][0]["value"]')" kept
on 1 1 name set present TXT=mine
on 4 1 name accept "$tmp/present"

# ---- sites ----
site=$tmp/site
mkdir -p "$site/deep/er" "$site/.git"
echo '<h1>one</h1>' >"$site/index.html"
: >"$site/empty"
echo secret >"$site/.git/config"
head -c 3000000 /dev/urandom >"$site/deep/er/100% of it + more.bin"
on 1 0 site publish "$site" --name welcome --copies "$copies" --header '*.html X-Test: yes' --json
is "$(value 'j["version"], j["files"], j["uploaded"], j["unchanged"]')" '(1, 3, 3, 0)'
is "$(value 'j["name"]')" welcome
on 3 0 site show welcome --json
is "$(value '[f["path"] for f in j["files"]]')" "['deep/er/100% of it + more.bin', 'empty', 'index.html']"
on 3 0 site get welcome -o "$tmp/fetched"
diff -r -x .git "$site" "$tmp/fetched" >/dev/null || fail 'the site came back changed'
on 3 0 site get welcome/index.html
is "$out" '<h1>one</h1>'
on 3 0 site get welcome/deep -o "$tmp/part"
[ -f "$tmp/part/deep/er/100% of it + more.bin" ] || fail 'a folder of a site was not fetched'
on 3 4 site get welcome/nothing
on 2 0 site show "$pid"
on 1 0 site list
has "$out" "$pid"

echo '<h1>two</h1>' >"$site/index.html"
rm "$site/empty"
on 1 0 site publish "$site" --copies "$copies" --json
is "$(value 'j["version"], j["files"], j["uploaded"], j["unchanged"], j["deleted"]')" '(2, 2, 1, 1, 1)'
on 1 0 site rollback - --copies "$copies" --json
is "$(value 'j["version"], j["same_as"]')" '(3, 1)'
on 1 4 site rollback - 77
sleep 1
on 3 0 site show welcome --json
is "$(value 'len(j["files"]), [p["version"] for p in j["previous"]]')" '(3, [2, 1])'
on 3 0 site show welcome --version 2
on 3 4 site show welcome --version 9
on 1 0 site publish "$site" --label blog --copies "$copies"
has "$out" "$pid/blog"
has "$err" "geonet site get $pid --label blog"
on 2 0 site get "$pid/index.html" --label blog
is "$out" '<h1>two</h1>'
on 2 0 site get welcome --label blog -o "$tmp/blog"
diff -r -x .git "$site" "$tmp/blog" >/dev/null || fail 'the labelled site came back changed'
on 2 4 site get "$pid/blog"
has "$err" "geonet site get $pid --label blog"
on 2 2 site get "$pid" --label -
echo three >"$site/three"
on 1 0 site publish "$site" --label 'a b/c%?&+é' --copies "$copies"
on 3 0 site get "$key/three" --label 'a b/c%?&+é'
is "$out" three
on 3 2 site get "$pid" --label 'a b/c%?&+é' # no folder's name
has "$err" '--output'
rm "$site/three"
on 2 0 site show "$pid/blog" --json
is "$(value 'j["label"]')" blog
on 1 0 name set welcome --site blog
on 2 4 site show "$other"

# ---- down ----
on 4 0 down
on 4 3 status
on 4 3 down
on 3 0 down --json
is "$(value 'j["stopped"]')" True

[ $failed = 0 ] && echo 'all as it should be'
exit $failed

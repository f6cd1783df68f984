#!/usr/bin/env bats
# `syswhy history`: what is kept, by whom it can be read, what is never in it, and what happens when it cannot be kept.
load common
load window

teardown() { window_close; }

setup_file() {
	# A program of this test's own, so that the numbers are no other test's.
	export WORK=$BATS_FILE_TMPDIR/wkhistory
	cp /bin/true "$WORK"
}

kept() { env -u SYSWHY_NO_HISTORY "$@"; }
ask() { kept "$SYSWHY" trace "count executed programs by process" --for 2 "$@" -- bash -c 'sleep 0.3; "$0"; "$0"; "$0"; sleep 0.2' "$WORK"; }
history() { kept "$SYSWHY" history "$@"; }
valid() { "$ROOT/tests/schema/validate" "$ROOT/docs/schema/history.json" <<<"$output"; }

@test "an empty history says so, and makes nothing" {
	run -0 history
	[[ $output == *"history is empty"* ]]
	[ ! -e "$SYSWHY_HISTORY" ]
	run -0 --separate-stderr history --json
	json '.entries == [] and .more == 0'
	valid
	run -1 history show
	[[ $output == *"history is empty"* ]]
}

@test "a trace is kept, listed, found and shown again" {
	need_kernel
	first=$(ask)
	[ "$(stat -c %a "$SYSWHY_HISTORY")" = 600 ]
	[ "$(stat -c %a "${SYSWHY_HISTORY%/*}")" = 700 ]
	run -0 --separate-stderr history --json
	json '.entries | length == 1'
	json '.entries[0] | .command == "trace" and .status == "ok" and .exit == 0 and .question == "count executed programs by process"
		and (.line | index("--for") != null) and .line_whole and .seconds > 0 and (.program | contains("@"))
		and (.answer | contains("[1]")) and .kernel != "" and .host != "" and .model == null'
	valid
	run -0 history show 1
	# The report itself, whole, as it was.
	[[ $output == *"$first"* ]]
	[[ $output == *"1: syswhy trace 'count executed programs by process' --for 2"* ]]
	run -0 --separate-stderr history show --json
	json '.report.status == "ok" and (.report.result.maps[0].rows | length) > 0 and .entry.id == 1'
	valid
	jq .report <<<"$output" | "$ROOT/tests/schema/validate" "$ROOT/docs/schema/trace.json"
	run -0 history wkhistory
	[[ $output == *"count executed programs"* ]]
	run -1 history zebra
	[[ $output == *"Nothing in the history matches"* ]]
	run -1 history show 99
	[[ $output == *"no entry 99"* ]]
	# What can only be meant as an entry is no search.
	run -0 history show last
	[[ $output == *"1: syswhy trace"* ]]
	for verb in show again delete; do
		run -2 history "$verb" abc
		[[ $output == *"'abc' is no entry's number"*"history abc $verb"* ]]
	done
	run -2 history show 1 2
	[[ $output == *"one entry at a time: syswhy history show 1"* ]]
	run -1 history show each file
	[[ $output == *"Nothing in the history matches"* ]]
}

@test "again lays both runs side by side, and is kept too" {
	need_kernel
	ask >/dev/null
	run -0 --separate-stderr history again --json
	json '.comparison | (.changed + .same) >= 1 and .not_compared == 0'
	json '[.evidence[0].data.rows[] | select(.[0] == "wkhistory")] == [["wkhistory", 3, 3, 0, 0]]'
	json '.again.status == "ok" and .entry.id == 1'
	valid
	[[ $stderr == *"running again: syswhy trace"* ]]
	run -0 history
	[[ $output == *"  2  "*"  1  "* ]]
	run -0 history again 1 --no-history
	[[ $output == *"before"*"now"*"change"* ]]
	[[ $output == *"both, of which"* ]]
	run -0 --separate-stderr history --json
	json '.entries | length == 2'
}

@test "the line is kept as it was, without options of the door; what follows -- is untouched" {
	need_kernel
	kept "$SYSWHY" -q trace -v "count executed programs" --json -C -q --for 1 --html "$BATS_TEST_TMPDIR/page.html" -- bash -c 'exit 0' -q >/dev/null 2>&1 || true
	run -0 --separate-stderr history --json
	json '.entries[0].line == ["count executed programs", "-C", "-q", "--for", "1", "--", "bash", "-c", "exit 0", "-q"]'
}

@test "nothing is kept with --no-history, SYSWHY_NO_HISTORY, history = no, and of help and wrong lines" {
	need_kernel
	ask --no-history >/dev/null
	SYSWHY_NO_HISTORY=1 "$SYSWHY" trace "count executed programs" --for 0.2 >/dev/null || true
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config HOME=$BATS_TEST_TMPDIR
	mkdir -p "$XDG_CONFIG_HOME/syswhy"
	echo 'history = no' >"$XDG_CONFIG_HOME/syswhy/config"
	ask >/dev/null
	rm "$XDG_CONFIG_HOME/syswhy/config"
	kept "$SYSWHY" trace --help >/dev/null
	kept "$SYSWHY" trace --nonsense 2>/dev/null || true
	kept "$SYSWHY" trace --vocabulary-check >/dev/null
	kept "$SYSWHY" version >/dev/null
	[ ! -e "$SYSWHY_HISTORY" ]
	ask >/dev/null
	[ -e "$SYSWHY_HISTORY" ]
}

@test "a mistake in the configuration keeps nothing, and is said" {
	need_kernel
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
	mkdir -p "$XDG_CONFIG_HOME/syswhy"
	echo 'history = perhaps' >"$XDG_CONFIG_HOME/syswhy/config"
	run -0 --separate-stderr ask --json
	json '.status == "ok"'
	[[ $stderr == *"config:1: 'history' is yes or no"* ]]
	[ ! -e "$SYSWHY_HISTORY" ]
}

@test "a project's file may turn it off, and may not shorten it" {
	need_kernel
	cd "$BATS_TEST_TMPDIR"
	echo 'history-days = 0.00001' >.syswhy.conf
	ask >/dev/null
	ask >/dev/null
	run -0 --separate-stderr history --json
	json '.entries | length == 2'
	echo 'history = no' >.syswhy.conf
	ask >/dev/null
	run -0 --separate-stderr history --json
	json '.entries | length == 2'
}

@test "what is older than the limit goes when something new comes" {
	need_kernel
	ask >/dev/null
	sqlite3 "$SYSWHY_HISTORY" 'UPDATE entry SET began = began - 91 * 86400'
	ask >/dev/null
	run -0 --separate-stderr history --json
	json '.entries | length == 1 and .[0].id == 2'
}

@test "no secret is in the file, wherever it stood" {
	need_kernel
	# Put together here, so that no scanner takes the test for a leak.
	key="AKIA""Q3EGPRHN7YZ2WXLK"
	word="hunter2sesame9"
	mkdir "$BATS_TEST_TMPDIR/sk"
	kept "$SYSWHY" trace "show each executed program with its arguments of process bash" --for 3 --json -- bash -c \
		"sleep 0.5; /bin/echo $key >/dev/null; /bin/echo --password $word; curl -s http://u:$word@127.0.0.1:1/ ; sleep 0.2" >"$BATS_TEST_TMPDIR/out" || true
	kept "$SYSWHY" trace "count opens of files named $key" --for 0.3 --json >>"$BATS_TEST_TMPDIR/out" || true
	kept "$SYSWHY" trace "count opens" --for 0.3 -- sh -c ': --password '"$word" >/dev/null || true
	kept "$SYSWHY" tool -y "who opens files" --json -- sh -c ": token=$key" >>"$BATS_TEST_TMPDIR/out" 2>&1 || true
	# The person saw it; the file has not a byte of it.
	grep -q "$key" "$BATS_TEST_TMPDIR/out"
	run -0 --separate-stderr history --json
	json '.entries | length >= 3'
	json 'any(.entries[]; .line_whole | not)'
	for file in "$SYSWHY_HISTORY"*; do
		run -1 grep -c -a -e "$key" -e "$word" "$file"
	done
	run -0 --separate-stderr history --json files named
	json '.entries[0].question | contains("AWS")'
	id=$(jq '.entries[0].id' <<<"$output")
	run -1 history again "$id"
	[[ $output == *"held a secret"* ]]
}

@test "what a line held and the history does not is asked for on a terminal, and not shown" {
	need_kernel
	command -v tmux >/dev/null || skip "needs tmux"
	word="hunter2sesame9"
	out=$BATS_TEST_TMPDIR/out
	kept "$SYSWHY" trace "count executed programs by process" --for 3 -- sh -c "sleep 0.3; echo --password $word >$out; /bin/true; sleep 0.2" >/dev/null
	grep -q "$word" "$out"
	socket=$BATS_TEST_TMPDIR/tmux
	printf '%q ' env -u SYSWHY_NO_HISTORY SYSWHY_HISTORY="$SYSWHY_HISTORY" SYSWHY_DATA="$SYSWHY_DATA" XDG_CACHE_HOME="$XDG_CACHE_HOME" \
		"$SYSWHY" history again 1 >"$BATS_TEST_TMPDIR/line"
	again() { tmux -S "$socket" -f /dev/null new-session -d -x 160 -y 50 "$(cat "$BATS_TEST_TMPDIR/line"); echo \"ended with \$?\"; stty -a | grep -o ' echo '; sleep 300" 3>&-; }
	rm "$out"
	again
	shows '<PASSWORD_1> stands for'
	tmux -S "$socket" send-keys C-c
	shows 'ended with 1'
	shows '^ echo'
	[ ! -e "$out" ]
	tmux -S "$socket" kill-server
	again
	shows '<PASSWORD_1> stands for'
	tmux -S "$socket" send-keys "$word" Enter
	shows 'ended with 0'
	[ "$(cat "$out")" = "--password $word" ]
	! grep -q "$word" <<<"$(tmux -S "$socket" capture-pane -p)"
	run -1 grep -c -a "$word" "$SYSWHY_HISTORY"
}

@test "a damaged, held or unwritable history costs one sentence and nothing else" {
	need_kernel
	ask >/dev/null
	echo "this is no database, but long enough to be taken for one: $(seq 200 | tr '\n' ' ')" >"$SYSWHY_HISTORY"
	run -0 --separate-stderr ask --json
	json '.status == "ok"'
	[[ $stderr == *"is damaged"*"history delete --all"* ]]
	[ "$(grep -c history <<<"$stderr")" = 1 ]
	run -1 history
	[[ $output == *"is damaged"* ]]
	run -6 history delete --all </dev/null
	[[ $output == *"wants a yes"* ]]
	run -0 history delete --all --yes
	run -0 history
	[[ $output == *"history is empty"* ]]
	SYSWHY_HISTORY=/proc/none/history.db run -0 --separate-stderr ask --json
	json '.status == "ok"'
	[[ $stderr == *"/proc/none"* ]]
}

@test "a history that cannot be reached is said to be that, not empty" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	run -1 env -u SYSWHY_NO_HISTORY SYSWHY_HISTORY=/proc/1/root/none/history.db setpriv --reuid=1234 --regid=1234 --clear-groups "$SYSWHY" history
	[[ $output == *"cannot open the history"*"Permission denied"* ]]
}

@test "a full disk costs one sentence and nothing else" {
	need_kernel
	disk=$BATS_TEST_TMPDIR/disk
	mkdir "$disk"
	mount -t tmpfs -o size=64k tmpfs "$disk" || skip "needs to mount"
	SYSWHY_HISTORY=$disk/history.db run --separate-stderr ask --json
	umount "$disk"
	[ "$status" = 0 ]
	json '.status == "ok"'
	[[ $stderr == *"is full"* || $stderr == *"disk"* ]]
}

# A home that its owner can reach: the folders of bats are root's alone.
home_make() {
	home=$(mktemp -d /tmp/syswhy-home-XXXXXX)
	chmod 755 "$home"
	chown 1234:1234 "$home"
}
teardown() { [ -z "${home:-}" ] || rm -rf "$home"; }
at_home() { env -u SYSWHY_NO_HISTORY -u SYSWHY_HISTORY -u XDG_STATE_HOME -u XDG_CONFIG_HOME "$@"; }

@test "what root does under sudo belongs to the person who ran sudo" {
	need_kernel
	home_make
	# sudo that keeps HOME.
	at_home HOME="$home" "$SYSWHY" trace "count executed programs" --for 0.3 -- "$WORK" >/dev/null
	[ "$(find "$home" ! -user 1234 | wc -l)" = 0 ]
	[ "$(stat -c '%u %g %a' "$home/.local/state/syswhy/history.db")" = "1234 1234 600" ]
	[ "$(stat -c '%u %a' "$home/.local/state/syswhy")" = "1234 700" ]
	# sudo that gives root its own HOME: still the person's history, and the person's wishes.
	sed "\$a person:x:1234:1234::$home:/bin/sh" /etc/passwd >"$BATS_TEST_TMPDIR/passwd"
	as_sudo=(unshare -m sh -c 'mount --bind "$0" /etc/passwd && exec "$@"' "$BATS_TEST_TMPDIR/passwd")
	at_home HOME=/root SUDO_UID=1234 "${as_sudo[@]}" "$SYSWHY" trace "count executed programs" --for 0.3 -- "$WORK" >/dev/null
	run -0 --separate-stderr at_home HOME=/root SUDO_UID=1234 "${as_sudo[@]}" "$SYSWHY" history --json
	json '.entries | length == 2'
	[ "$(find "$home" ! -user 1234 | wc -l)" = 0 ]
	mkdir -p "$home/.config/syswhy"
	echo 'history = no' >"$home/.config/syswhy/config"
	chown -R 1234:1234 "$home/.config"
	at_home HOME=/root SUDO_UID=1234 "${as_sudo[@]}" "$SYSWHY" trace "count executed programs" --for 0.3 -- "$WORK" >/dev/null
	run -0 --separate-stderr at_home HOME="$home" "$SYSWHY" history --json
	json '.entries | length == 2'
}

@test "root does not follow a link that somebody put in place of the history" {
	need_kernel
	home_make
	mkdir -p "$home/.local/state/syswhy"
	chown -R 1234:1234 "$home/.local"
	echo precious >"$BATS_TEST_TMPDIR/precious"
	ln -s "$BATS_TEST_TMPDIR/precious" "$home/.local/state/syswhy/history.db"
	run -0 --separate-stderr at_home HOME="$home" "$SYSWHY" trace "count executed programs" --for 2 -- bash -c 'sleep 0.3; "$0"; sleep 0.2' "$WORK"
	[[ $stderr == *"no ordinary file"* ]]
	[ "$(cat "$BATS_TEST_TMPDIR/precious")" = precious ]
	# A folder that leads elsewhere is entered with the person's rights, not root's.
	rm "$home/.local/state/syswhy/history.db"
	rmdir "$home/.local/state/syswhy"
	mkdir -m 700 "$home/roots"
	ln -s "$home/roots" "$home/.local/state/syswhy"
	chown -h 1234:1234 "$home/.local/state/syswhy"
	run -0 --separate-stderr at_home HOME="$home" "$SYSWHY" trace "count executed programs" --for 2 -- bash -c 'sleep 0.3; "$0"; sleep 0.2' "$WORK"
	[[ $stderr == *"Permission denied"* ]]
	[ -z "$(ls -A "$home/roots")" ]
	# Nor one further up.
	rm -r "$home/.local"
	ln -s "$home/roots" "$home/.local"
	run -0 --separate-stderr at_home HOME="$home" "$SYSWHY" trace "count executed programs" --for 2 -- bash -c 'sleep 0.3; "$0"; sleep 0.2' "$WORK"
	[[ $stderr == *"Permission denied"* ]]
	[ -z "$(ls -A "$home/roots")" ]
}

@test "deleting: one, what is old, all; and wrong lines" {
	need_kernel
	ask >/dev/null
	ask >/dev/null
	run -0 history delete 1
	[[ $output == *"1 entry was deleted"* ]]
	run -1 history delete 1
	run -0 --separate-stderr history delete --older-than 1h --json
	json '.deleted == 0'
	valid
	run -2 history delete
	[[ $output == *"say what to delete"* ]]
	run -2 history delete 2 --all
	run -2 history --all
	[[ $output == *"goes with delete"* ]]
	run -2 history --since nonsense
	[[ $output == *"is no time"* ]]
	run -0 history --since 1h
	run -0 history --since yesterday
	run -0 history delete --all -y
	run -0 history
	[[ $output == *"history is empty"* ]]
}

@test "a plan that was only shown is not kept" {
	need_kernel
	kept "$SYSWHY" trace "count executed programs" --print --no-check >/dev/null
	run -0 --separate-stderr history --json
	json '.entries | length == 0'
}

@test "many at once are all kept" {
	need_kernel
	echo 'tracepoint:syscalls:sys_enter_openat { @[comm] = count(); }' >"$BATS_TEST_TMPDIR/opens.bt"
	for i in 1 2 3 4 5 6; do
		kept "$SYSWHY" explain --no-measure "$BATS_TEST_TMPDIR/opens.bt" >/dev/null &
	done
	wait
	run -0 --separate-stderr history --json
	json '.entries | length == 6'
}

@test "a program that answered is offered again" {
	need_kernel
	ask >/dev/null
	run -0 --separate-stderr "$SYSWHY" recipes --json count executed programs by process
	json '.recipes[0].kind == "past" and .recipes[0].name == "past.1"'
	"$ROOT/tests/schema/validate" "$ROOT/docs/schema/recipes.json" <<<"$output"
	run -0 "$SYSWHY" recipes --show past.1
	[[ $output == *"count()"* ]]
	# A question that the planner does not understand, but that was answered once (by a model, say).
	sqlite3 "$SYSWHY_HISTORY" "UPDATE entry SET question = 'count frobnicated wibbles by process',
		asked = 'count frobnicate frobnicated wibble wibbles by process'; INSERT INTO words (words) VALUES ('rebuild')"
	run -8 --separate-stderr "$SYSWHY" trace "count frobnicated wibbles by process" --json
	json '.notes | any(contains("answered before"))'
}

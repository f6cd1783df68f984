#!/usr/bin/env bats
# `syswhy trace` when things go wrong: each fault gives one clear sentence, the right exit code, and leaves no
# probe attached, no child and no temporary file behind.
load common
load running

# ---- interruption ----

@test "Ctrl-C in the middle: what was gathered, exit 130, nothing left" {
	need_kernel
	start_trace "count page faults by process" --for 300
	live
	for i in 1 2 3 4 5 6 7 8; do /bin/true; done
	kill -INT "$pid"
	ended_with 130
	grep -q 'page faults' "$BATS_TEST_TMPDIR/out"
	nothing_left
}

@test "Ctrl-C with --json is one object with its result" {
	need_kernel
	start_trace "count page faults by process" --for 300 --json
	live
	for i in 1 2 3 4 5 6 7 8; do /bin/true; done
	kill -INT "$pid"
	ended_with 130
	output=$(<"$BATS_TEST_TMPDIR/out")
	json '.status == "ok" and (.result.maps[0].rows | length > 0)'
	"$ROOT/tests/schema/validate" "$ROOT/docs/schema/trace.json" <<<"$output"
}

@test "Ctrl-C while bpftrace still starts: it is said that nothing was watched" {
	need_kernel
	start_trace "count page faults by process" --for 300
	kill -INT "$pid"
	ended_with 130
	nothing_left
	fake_bpftrace 'cat >/dev/null; while :; do sleep 0.2; done'
	start_trace "count page faults by process" --json
	sleep 1
	kill -INT "$pid"
	ended_with 130
	output=$(<"$BATS_TEST_TMPDIR/out")
	json '.status == "failed" and .seconds == 0 and .why == "Interrupted before the probes were live: nothing was watched."'
	"$ROOT/tests/schema/validate" "$ROOT/docs/schema/trace.json" <<<"$output"
	nothing_left
}

@test "SIGKILL of syswhy takes tracer and command along" {
	need_kernel
	start_trace "count page faults by process" -- sleep 1000
	live
	[ -n "$(marked sleep)" ]
	kill -KILL "$pid"
	wait "$pid" || true
	nothing_left
}

# Other tests load programs too: those that this tracer held are looked for by their numbers.
@test "no probe stays in the kernel, however it ends" {
	need_kernel
	for signal in INT TERM KILL; do
		start_trace "count page faults by process" --for 300
		live
		programs=$(programs_of "$tracer")
		[ -n "$programs" ]
		[ "$(programs_left $programs)" = "$programs" ]
		kill -"$signal" "$pid"
		wait "$pid" || true
		nothing_left
		for ((i = 0; i < 100; i++)); do
			left=$(programs_left $programs)
			[ -n "$left" ] || break
			sleep 0.1
		done
		[ -z "$left" ] || { echo "after SIG$signal: programs $left"; return 1; }
	done
}

@test "two at once do not disturb each other" {
	need_kernel
	start_trace "count page faults by process" --for 300 --json
	live
	first=$pid
	mv "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/first"
	start_trace "count files opened by process" --for 300 --json
	live
	for i in 1 2 3 4 5 6; do ls / >/dev/null; done
	kill -INT "$pid"
	ended_with 130
	output=$(<"$BATS_TEST_TMPDIR/out")
	json '.status == "ok" and ([.result.maps[0].rows[] | select(.key[0] == "ls") | .value] | add >= 6)'
	for i in 1 2 3 4 5 6; do ls / >/dev/null; done
	pid=$first
	kill -INT "$pid"
	ended_with 130
	output=$(<"$BATS_TEST_TMPDIR/first")
	json '.status == "ok" and ([.result.maps[0].rows[] | select(.key[0] == "ls") | .value] | add >= 12)'
	nothing_left
}

@test "SIGTERM, SIGHUP and SIGQUIT (Ctrl-\\) end it as Ctrl-C does" {
	need_kernel
	for signal in TERM HUP QUIT; do
		start_trace "count page faults by process" --for 300
		live
		kill -"$signal" "$pid"
		ended_with 130
		nothing_left
	done
}

@test "a bpftrace that is killed during the run is told" {
	need_kernel
	start_trace "count page faults by process" --for 300
	live
	kill -KILL "$tracer"
	ended_with 1
	grep -q 'SIGKILL' "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"
	nothing_left
}

@test "Ctrl-C reaches the command too, and it does not survive" {
	need_kernel
	start_trace "count page faults by process" -- sleep 1000
	live
	kill -INT "$pid"
	ended_with 130
	nothing_left
}

# ---- what was asked is not there ----

@test "a command that does not exist" {
	need_kernel
	run -1 "$SYSWHY" trace "count page faults" -- /no/such/command
	[[ $output == *"/no/such/command"* ]]
	few_lines "$output" 1
	run -1 "$SYSWHY" trace "count page faults" -- "$ROOT/README.md"
	[[ $output == *"README.md"* ]]
	few_lines "$output" 1
	nothing_left
}

@test "a process that is not there" {
	need_kernel
	run -1 "$SYSWHY" trace "count page faults" --pid 4194304
	[[ $output == *"no process 4194304"* ]]
	few_lines "$output" 1
	run -1 "$SYSWHY" trace "count page faults of process 4194304"
	[[ $output == *"no process 4194304"* ]]
}

@test "numbers that mean nothing" {
	for option in "--pid 0" "--pid -5" "--for 0" "--for soon" "--count 0"; do
		# shellcheck disable=SC2086
		run -2 "$SYSWHY" trace "count page faults" $option
		[[ $output == *"${option% *}"* ]]
		few_lines "$output" 1
	done
}

@test "a program or a function that is not there" {
	need_kernel
	run -8 "$SYSWHY" trace "count calls of function nosuch in /bin/ls"
	[[ $output == *"no function 'nosuch'"* ]]
	# Where the place of the word says what it is, "function" need not be said.
	run -8 "$SYSWHY" trace --print "count calls of frobnicateall in libc"
	[[ $output == *"libc"*" has no function 'frobnicateall'"* ]]
	run -8 "$SYSWHY" trace --print "how many calls of frobnicateall in bash"
	[[ $output == *"bash has no function 'frobnicateall'"* ]]
	run -8 "$SYSWHY" trace --print "function realine of /bin/bash"
	[[ $output == *"no function 'realine'; the nearest "*"readline"* ]]
	run -8 "$SYSWHY" trace "count calls of function main in /no/such/program"
	[[ $output == *"/no/such/program"* ]]
	nothing_left
}

@test "empty, punctuation, and endless questions" {
	run -2 "$SYSWHY" trace ""
	few_lines "$output" 3
	run -2 "$SYSWHY" trace "   "
	run -2 "$SYSWHY" trace
	run -8 "$SYSWHY" trace "?!. ,;"
	few_lines "$output" 1
	long=$(printf 'wibble%.0s ' {1..14000})
	run -8 "$SYSWHY" trace "$long"
	[ "${#output}" -lt 4000 ]
	run -8 --separate-stderr "$SYSWHY" trace --json "$long"
	json '.status == "cannot" and (.why | length < 2000)'
	# What is offered then is not called near.
	run -8 "$SYSWHY" trace "wibble wobble frob"
	[[ $output == *"No question that works is near it; some to begin with: "* ]]
	run -8 "$SYSWHY" trace "网页天气如何"
	[[ $output == *"The nearest questions that work: "* ]]
	run -8 "$SYSWHY" trace $'\e[31m \xff\xfe wibble'
	[[ $output != *$'\e'* && $output != *$'\xff'* ]]
}

# ---- what is needed is not there ----

@test "without bpftrace it says how to get it" {
	need_kernel
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	: >"$BATS_TEST_TMPDIR/empty"
	run -8 unshare -m bash -c 'for path in $(type -ap bpftrace); do mount --bind "$1" "$path"; done
		"$0" trace "count page faults"' "$SYSWHY" "$BATS_TEST_TMPDIR/empty"
	[[ $output == *"apt-get install bpftrace"* ]]
	few_lines "$output" 2
}

@test "without privileges it says so" {
	[ "$(id -u)" = 0 ] || skip "needs root to become somebody else"
	run -8 setpriv --reuid 65534 --clear-groups --inh-caps=-all "$SYSWHY" trace "count page faults" --for 1
	# The command that is shown can be pasted.
	if command -v sudo >/dev/null; then [[ $output == *"sudo syswhy"* ]]; else [[ $output == *"su -c"* && $output != *sudo* ]]; fi
	few_lines "$output" 2
	# Root without a capability is none.
	run -8 --separate-stderr setpriv --bounding-set=-all --inh-caps=-all "$SYSWHY" trace "count page faults" --for 1 --json
	json '.status == "cannot" and (.why | test("CAP_BPF and CAP_PERFMON") and (test("sudo|\n") | not))'
	run -8 --separate-stderr setpriv --bounding-set=-all --inh-caps=-all "$SYSWHY" tool -y --json "which files are opened" --for 1
	json '.why | test("CAP_BPF and CAP_PERFMON") and test("not possible here either") and (test("another kernel|traced instead") | not)'
	[[ $output != *"bpftrace is not installed"* ]]
}

@test "data that is missing or broken" {
	need_kernel
	SYSWHY_DATA=/no/such/folder run -1 "$SYSWHY" trace "count page faults"
	[[ $output == *"/no/such/folder"* && $output == *"SYSWHY_DATA"* ]]
	few_lines "$output" 1
	SYSWHY_DATA=/no/such/folder run -1 --separate-stderr "$SYSWHY" trace --json "count page faults"
	"$ROOT/tests/schema/validate" "$ROOT/docs/schema/trace.json" <<<"$output"
	json '.status == "failed"'
	cp -r "$SYSWHY_DATA" "$BATS_TEST_TMPDIR/data"
	sed -i '3i nonsense here' "$BATS_TEST_TMPDIR/data/vocabulary/roles.vocab"
	SYSWHY_DATA=$BATS_TEST_TMPDIR/data run -1 "$SYSWHY" trace "count page faults"
	[[ $output == *"roles.vocab:3: "* ]]
	few_lines "$output" 1
	SYSWHY_DATA=$BATS_TEST_TMPDIR/data run -3 "$SYSWHY" trace --vocabulary-check
	[[ $output == *"roles.vocab:3: "* ]]
	# What only some questions need is looked at, too.
	sed -i '3i nonsense here' "$BATS_TEST_TMPDIR/data/surveys/disk.survey" "$BATS_TEST_TMPDIR/data/bpftrace/failures"
	SYSWHY_DATA=$BATS_TEST_TMPDIR/data run -3 "$SYSWHY" trace --vocabulary-check
	[[ $output == *"disk.survey:3: "* && $output == *"failures:3: "* ]]
	# So is what only a model needs: of any provider, and behind the line that a model's name fits.
	sed -i '$a for provider=opena\n  drop x' "$BATS_TEST_TMPDIR/data/models/quirks"
	sed -i '$a some-model  input cheap' "$BATS_TEST_TMPDIR/data/models/prices"
	: >"$BATS_TEST_TMPDIR/data/prompts/check.txt"
	SYSWHY_DATA=$BATS_TEST_TMPDIR/data run -3 "$SYSWHY" trace --vocabulary-check
	[[ $output == *"models/quirks:"*"provider=opena"* && $output == *"models/prices:"*"input cheap"* && $output == *"prompts/check.txt: "* ]]
	rm -r "$BATS_TEST_TMPDIR/data/vocabulary"
	SYSWHY_DATA=$BATS_TEST_TMPDIR/data run -1 "$SYSWHY" trace "count page faults"
	[[ $output == *"no vocabulary in"* ]]
	mkdir -p "$BATS_TEST_TMPDIR/other/vocabulary" "$BATS_TEST_TMPDIR/other/bpftrace"
	echo "0.17 wings" >"$BATS_TEST_TMPDIR/other/bpftrace/versions"
	SYSWHY_DATA=$BATS_TEST_TMPDIR/other run ! "$SYSWHY" trace "count page faults"
	[[ $output == *"versions:1: "* ]]
	[ "$(id -u)" = 0 ] || return 0
	chmod 700 "$BATS_TEST_TMPDIR/data"
	SYSWHY_DATA=$BATS_TEST_TMPDIR/data run ! setpriv --reuid 65534 --clear-groups "$SYSWHY" trace --print "count page faults"
	[[ $output == *"$BATS_TEST_TMPDIR/data"* || $output == *"sudo"* ]]
}

# ---- nowhere to write ----

@test "a full disk for -o: told, and no half file" {
	need_kernel
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	mkdir "$BATS_TEST_TMPDIR/small"
	run unshare -m bash -c 'mount -t tmpfs -o size=8k tmpfs "$1" && head -c 100000 /dev/zero >"$1/filler" 2>/dev/null
		"$0" trace -o "$1/x.bt" "count page faults"; code=$?; ls "$1"; exit $code' "$SYSWHY" "$BATS_TEST_TMPDIR/small"
	[ "$status" -eq 1 ]
	[[ $output == *"No space left on device"*filler ]]
	run -1 "$SYSWHY" trace -o "$BATS_TEST_TMPDIR/none/x.bt" "count page faults"
	[[ $output == *"none/x.bt"* ]]
	run -1 "$SYSWHY" trace -o "$BATS_TEST_TMPDIR" "count page faults"
	[ -d "$BATS_TEST_TMPDIR" ]
}

@test "-o overwrites only what syswhy wrote, or what one allows, and never goes through a link" {
	need_kernel
	place=$BATS_TEST_TMPDIR/place
	mkdir "$place"
	echo precious >"$place/notes"
	ln -s notes "$place/link"
	ln -s nowhere "$place/dangling"
	run -1 "$SYSWHY" trace -o "$place/notes" "count page faults" </dev/null
	[[ $output == *"'$place/notes' is there already"*"--yes"* ]]
	few_lines "$output" 1
	for name in link dangling; do
		run -1 "$SYSWHY" trace --yes -o "$place/$name" "count page faults"
		[[ $output == *"symbolic link"* ]]
		[ -L "$place/$name" ]
	done
	[ "$(<"$place/notes")" = precious ] && [ ! -e "$place/nowhere" ]
	run -0 "$SYSWHY" trace --no-check -o "$place/x.bt" "count page faults"
	run -0 "$SYSWHY" trace --no-check -o "$place/x.bt" "count files opened"
	grep -q '^// count files opened' "$place/x.bt"
	run -0 "$SYSWHY" trace --no-check --yes -o "$place/notes" "count page faults"
	grep -q '^// count page faults' "$place/notes"
}

@test "a page that cannot be written is told before anything is watched" {
	need_kernel
	run -1 --separate-stderr "$SYSWHY" trace --json --for 300 --html "$BATS_TEST_TMPDIR/none/x.html" "count page faults"
	[[ $stderr == *"none/x.html': No such file or directory"* ]]
	json '.status == "failed" and (has("seconds") | not)'
}

@test "a full disk for the answer, and a reader that is gone" {
	need_kernel
	run -1 bash -c '"$0" trace "count page faults" --for 1 >/dev/full' "$SYSWHY"
	[[ $output == *"No space left on device"* ]]
	run -1 bash -c '"$0" trace "count page faults" --json --for 1 >/dev/full' "$SYSWHY"
	run bash -c '"$0" trace "show each file opened" --for 1 2>&1 | head -n 1' "$SYSWHY"
	few_lines "$output" 1
	nothing_left
}

# ---- a bpftrace that is not well ----

@test "a bpftrace that crashes at the start" {
	need_kernel
	fake_bpftrace 'kill -SEGV $$'
	run -1 --separate-stderr "$SYSWHY" trace "count page faults by process" --for 1 --json
	json '.status == "failed" and (.why | test("SIGSEGV")) and (.attempts | length > 0)'
	"$ROOT/tests/schema/validate" "$ROOT/docs/schema/trace.json" <<<"$output"
	run -1 "$SYSWHY" trace "count page faults by process" --for 1
	[[ $output == *"bpftrace crashed (SIGSEGV) before it watched anything"* ]]
	few_lines "$output" 1
	fake_bpftrace 'exit 255'
	run -1 "$SYSWHY" trace "count page faults by process" --for 1
	few_lines "$output" 1
	fake_bpftrace 'echo "stdin:1:1-2: ERROR: no such thing" >&2; exit 1'
	run -1 "$SYSWHY" trace "count page faults by process" --for 1
	[[ $output == *"no such thing"* ]]
	nothing_left
}

@test "a bpftrace that writes garbage" {
	need_kernel
	fake_bpftrace 'cat >/dev/null; head -c 300000 /dev/urandom; head -c 3000 /dev/urandom >&2; exit 0'
	run -1 --separate-stderr "$SYSWHY" trace "count page faults by process" --for 1 --json
	json '.status == "failed"'
	run -1 "$SYSWHY" trace "count page faults by process" --for 1
	few_lines "$output" 1
	[[ $output == *"bpftrace ended by itself before it watched anything, and what it wrote cannot be read"* ]]
	[ "$(tr -d '\n\t' <<<"$output" | LC_ALL=C grep -c $'[\x01-\x1f\x7f]')" -eq 0 ]
	nothing_left
}

@test "a program that no bpftrace has looked at is not called accepted" {
	need_kernel
	run -0 "$SYSWHY" trace -o "$BATS_TEST_TMPDIR/real.bt" "count page faults"
	[[ $output == *"which bpftrace accepts"* && $output != *"not checked"* ]]
	for does in 'cat >/dev/null; head -c 30000 /dev/urandom; exit 0' 'cat >/dev/null; exit 0' 'echo hello; exit 0'; do
		fake_bpftrace "$does"
		run -0 "$SYSWHY" trace -o "$BATS_TEST_TMPDIR/x.bt" "count page faults"
		[[ $output == *"was not checked: bpftrace ended without a complaint"* && $output != *accepts* ]]
		run -0 --separate-stderr "$SYSWHY" trace --json --print "count page faults"
		json '.status == "ok" and .why == "" and any(.notes[]; test("was not checked"))'
		"$ROOT/tests/schema/validate" "$ROOT/docs/schema/trace.json" <<<"$output"
	done
	PATH=${PATH#*:}
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	: >"$BATS_TEST_TMPDIR/empty"
	run -0 unshare -m bash -c 'for path in $(type -ap bpftrace); do mount --bind "$1" "$path"; done
		"$0" trace -o "$2" "count page faults"' "$SYSWHY" "$BATS_TEST_TMPDIR/empty" "$BATS_TEST_TMPDIR/x.bt"
	[[ $output == *"was not checked: bpftrace is not installed"* && $output != *accepts* ]]
}

@test "the version that is told of bpftrace is the one that it says" {
	need_kernel
	XDG_CACHE_HOME=$BATS_TEST_TMPDIR/none run -0 "$SYSWHY" trace --print --no-check "count page faults"
	[[ $output == *" for $(bpftrace --version) on "* ]]
	# What only stands in front of it is asked, whatever it hides.
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\n: "bpftrace \\0v0.99.0"\necho "bpftrace v0.18.1"\n' >"$BATS_TEST_TMPDIR/bin/bpftrace"
	chmod +x "$BATS_TEST_TMPDIR/bin/bpftrace"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -0 "$SYSWHY" trace --print --no-check "count page faults"
	[[ $output == *" for bpftrace v0.18.1 on "* ]]
}

@test "a bpftrace that says a version that is none" {
	need_kernel
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nprintf "\\033[31mbanana\\n"\n' >"$BATS_TEST_TMPDIR/bin/bpftrace"
	chmod +x "$BATS_TEST_TMPDIR/bin/bpftrace"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -8 "$SYSWHY" trace "count page faults"
	[[ $output == *"version"* && $output != *$'\e'* ]]
	few_lines "$output" 1
	printf '#!/bin/sh\nhead -c 1000 /dev/urandom\n' >"$BATS_TEST_TMPDIR/bin/bpftrace"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -8 "$SYSWHY" trace "count page faults"
	[[ $output == *"does not tell its version in words that can be read"* ]]
	few_lines "$output" 1
	printf '#!/bin/sh\nkill -SEGV $$\n' >"$BATS_TEST_TMPDIR/bin/bpftrace"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -8 "$SYSWHY" trace "count page faults"
	[[ $output == *"was killed by SIGSEGV"* ]]
	few_lines "$output" 1
	printf '#!/bin/sh\nexec sleep 1000\n' >"$BATS_TEST_TMPDIR/bin/bpftrace"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run ! timeout 100 "$SYSWHY" trace "count page faults"
	[ "$status" -ne 124 ]
	nothing_left
}

@test "a bpftrace that hangs and does not heed SIGINT is killed" {
	need_kernel
	# It seems to trace: it says that it attaches, and waits. A second Ctrl-C does not wait for it.
	fake_bpftrace 'trap "" INT TERM; echo "{\"type\": \"attached_probes\", \"data\": {\"probes\": 1}}"; cat >/dev/null; while :; do sleep 1; done'
	start_trace "count page faults by process" --for 300
	for ((i = 0; i < 100; i++)); do
		kill -INT "$pid" 2>/dev/null || break
		sleep 0.2
	done
	code=0
	wait "$pid" || code=$?
	[ "$code" -eq 130 ] || [ "$code" -eq 1 ]
	nothing_left
}

@test "a bpftrace that hangs at its start is waited for once, and that is said; it costs no second probe" {
	need_kernel
	fake_bpftrace 'trap "" INT TERM; cat >/dev/null; while :; do sleep 1; done'
	run -1 --separate-stderr timeout 100 "$SYSWHY" trace "count files opened by process" --json
	json '.status == "failed" and (.attempts | length == 1) and (.why | test("attached nothing after 60 s"))'
	[[ $stderr == *"after 5 s bpftrace has attached nothing yet"* ]]
	nothing_left
}

@test "a bpftrace that only sleeps at its start is not waited for as long as one that works" {
	need_kernel
	fake_bpftrace 'cat >/dev/null; exec sleep 1000'
	run -1 --separate-stderr timeout 50 "$SYSWHY" trace "count files opened by process" --json
	json '.status == "failed" and (.attempts | length == 1) and (.why | test("attached nothing after [12][0-9] s"))'
	nothing_left
}

@test "a bpftrace that never attaches is given up by Ctrl-C" {
	need_kernel
	fake_bpftrace 'cat >/dev/null; exec sleep 1000'
	"$SYSWHY" trace "count page faults by process" --for 1 --json >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	pid=$!
	for ((i = 0; i < 300; i++)); do
		[ -n "$(marked sleep)" ] && break
		sleep 0.1
	done
	[ -n "$(marked sleep)" ] # without it nothing would be given up
	kill -INT "$pid"
	ended_with 130
	output=$(<"$BATS_TEST_TMPDIR/out")
	json '.status == "failed" and .why == "Interrupted before the probes were live: nothing was watched."'
	nothing_left
}

@test "endless output is read with bounded memory, and ends" {
	need_kernel
	fake_bpftrace 'cat >/dev/null; yes "{\"type\": \"map\", \"data\": {\"@faults\": {\"x\": 1}}}" | head -c 60000000; tr -d "\n" </dev/zero | head -c 30000000; yes 2>&1 | head -c 9000000 >&2; exit 0'
	run bash -c 'ulimit -v 600000; exec "$0" trace "count page faults by process" --json' "$SYSWHY"
	if [ "$status" -ne 1 ] && [[ $output == *AddressSanitizer* ]]; then skip "a sanitizer needs the memory itself"; fi
	[ "$status" -eq 1 ]
	nothing_left
}

@test "the vocabulary that came with the program is taken for no other build and no other text" {
	need_kernel
	need_programs objcopy strip
	local home=$BATS_TEST_TMPDIR/home
	local words=$home/share/syswhy/vocabulary came='is the one that came with the program'
	unset SYSWHY_DATA
	plan() {
		rm -rf "$XDG_CACHE_HOME"
		run -0 --separate-stderr "$home/bin/syswhy" trace -vv --print --no-check "$1"
	}
	mkdir -p "$home/bin"
	cp "$SYSWHY" "$home/bin/syswhy"
	mkdir -p "$home/share"
	cp -rp "$ROOT/data" "$home/share/syswhy" # what is fresh is not kept
	plan "count page faults"
	[[ $stderr != *"$came"* ]]
	read_plan=$output
	"$home/bin/syswhy" vocabulary-image --from "$words" --output "$home/share/syswhy/vocabulary.image" --depends "$home/rule"
	grep -q "^$home/share/syswhy/vocabulary.image: $words .*$words/memory.vocab" "$home/rule"
	plan "count page faults"
	[[ $stderr == *"$came"* && $output == "$read_plan" ]]
	# What is kept of it says the same, and is enough.
	run -0 --separate-stderr "$home/bin/syswhy" trace -vv --print --no-check "count page faults"
	[[ $stderr != *"$came"* && $output == "$read_plan" ]]
	strip "$home/bin/syswhy"
	plan "count page faults"
	[[ $stderr == *"$came"* ]]
	# Another build of the same source.
	objcopy --dump-section ".note.gnu.build-id=$home/note" "$home/bin/syswhy"
	printf x | dd of="$home/note" bs=1 seek=20 conv=notrunc status=none
	objcopy --update-section ".note.gnu.build-id=$home/note" "$home/bin/syswhy"
	plan "count page faults"
	[[ $stderr != *"$came"* && $output == "$read_plan" ]]
	"$home/bin/syswhy" vocabulary-image --from "$words" --output "$home/share/syswhy/vocabulary.image"
	plan "count page faults"
	[[ $stderr == *"$came"* ]]
	# An edit, in a file that seems as old as it was.
	touch -r "$words/memory.vocab" "$home/time"
	printf 'subject test.quokka\nsay quokka\nwhat quokkas seen\nunit quokkas\nway event software:page-faults:1\n' >>"$words/memory.vocab"
	touch -r "$home/time" "$words/memory.vocab"
	plan "count quokkas"
	[[ $stderr != *"$came"* && $output == *"quokkas seen"* ]]
	printf 'nonsense here\n' >"$words/new.vocab"
	rm -rf "$XDG_CACHE_HOME"
	run -1 "$home/bin/syswhy" trace --print --no-check "count page faults"
	[[ $output == *"/vocabulary/new.vocab:1: "* ]]
	run -3 "$home/bin/syswhy" vocabulary-image --from "$words" --output "$home/other"
	[[ $output == *"/vocabulary/new.vocab:1: "* && ! -e $home/other ]]
}

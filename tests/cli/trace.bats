#!/usr/bin/env bats
# `syswhy trace` on the running kernel: answers, verdicts, interruption, and that nothing is left behind.
load common

# Starts a long trace in the background and waits until its bpftrace runs. Sets $pid and $tracer.
start_trace() {
	env --default-signal=HUP,INT "$SYSWHY" trace "count page faults by process" --for 300 "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	pid=$!
	tracer=
	for ((i = 0; i < 600; i++)); do
		tracer=$(pgrep -P "$pid" -x bpftrace) && break
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	[ -n "$tracer" ]
}

# The tracer is gone, at the latest soon.
tracer_gone() {
	for ((i = 0; i < 100; i++)); do
		kill -0 "$tracer" 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}

# A program in front of the real bpftrace, which answers to --version and then does as it is told.
fake_bpftrace() {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\ncase $1 in --version) echo "bpftrace v0.17.0"; exit ;; esac\n%s\n' "$1" \
		>"$BATS_TEST_TMPDIR/bin/bpftrace"
	chmod +x "$BATS_TEST_TMPDIR/bin/bpftrace"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

@test "page faults by process: a table, its evidence and an answer" {
	need_kernel
	run -0 --separate-stderr "$SYSWHY" trace "count page faults by process" --json -- bash -c ': $(seq 200000)'
	json '.status == "ok" and .engine == "offline" and (.result.maps[0].rows | length > 0)'
	json '.result.maps[0] | .kind == "count" and ([.rows[].value] | . == (sort | reverse))'
	json '.answer | length > 40'
	json '.evidence[0].number == 1'
}

@test "it counts what was done, no more and no less" {
	need_kernel
	run -0 --separate-stderr "$SYSWHY" trace "count executed programs by process" --json -- \
		bash -c 'for i in 1 2 3 4 5; do /bin/true; done'
	json '.result.maps[0].rows[] | select(.key[0] == "true") | .value == 5'
}

@test "--print shows plan and program and runs nothing; -o saves a program that compiles" {
	need_kernel
	run -0 "$SYSWHY" trace --print "histogram of read sizes"
	[[ $output == *"hist("* ]]
	run -0 "$SYSWHY" trace "histogram of read sizes" -o "$BATS_TEST_TMPDIR/x.bt"
	run -0 timeout -s INT 60 bpftrace -d "$BATS_TEST_TMPDIR/x.bt"
	run -1 "$SYSWHY" trace "histogram of read sizes" -o /dev/full
	[[ $output == *"No space left on device"* ]]
	[ -c /dev/full ]
}

@test "Ctrl-C ends it with what was gathered, and leaves no tracer" {
	need_kernel
	start_trace
	sleep 2
	kill -INT "$pid"
	code=0
	wait "$pid" || code=$?
	[ "$code" -eq 130 ]
	grep -q 'page faults' "$BATS_TEST_TMPDIR/out"
	! kill -0 "$tracer" 2>/dev/null
}

@test "killed outright it takes its tracer along" {
	need_kernel
	start_trace
	kill -KILL "$pid"
	wait "$pid" || true
	tracer_gone
}

@test "a terminal that goes away ends it, and leaves no tracer" {
	need_kernel
	start_trace
	kill -HUP "$pid"
	wait "$pid" || true
	tracer_gone
}

@test "what was not understood is said, with three questions that work" {
	run -8 --separate-stderr "$SYSWHY" trace "frobnicate the wibble" --json
	json '.status == "cannot" and (.why | test("frobnicate")) and .probes == []'
}

@test "a process that is not there" {
	need_kernel
	run -1 --separate-stderr "$SYSWHY" trace "count page faults" --pid 4194304 --json
	json '.status == "failed" and (.why | test("4194304"))'
}

@test "a bpftrace that writes garbage and crashes is a failure with a reason" {
	need_kernel
	fake_bpftrace 'head -c 3000 /dev/urandom; kill -SEGV $$'
	run --separate-stderr "$SYSWHY" trace "count page faults by process" --for 1 --json
	[ "$status" -eq 1 ]
	json '.status == "failed" and (.attempts | length > 0)'
}

@test "a bpftrace that never starts to trace is stopped" {
	need_kernel
	fake_bpftrace 'echo "ERROR: no such probe" >&2; exit 1'
	run --separate-stderr "$SYSWHY" trace "count page faults by process" --for 1 --json
	[ "$status" -ne 0 ]
	json '.status != "ok" and (.attempts | length > 0)'
}

@test "without bpftrace it says how to get it" {
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	run -8 unshare -m sh -c 'mount --bind /dev/null "$(command -v bpftrace)" && exec "$0" trace "count page faults"' "$SYSWHY"
	[[ $output == *"apt-get install bpftrace"* ]]
}

@test "without privileges it says so" {
	[ "$(id -u)" = 0 ] || skip "needs root to become somebody else"
	run -8 setpriv --reuid 65534 --clear-groups --inh-caps=-all "$SYSWHY" trace "count page faults" --for 1
	[[ $output == *"as root"* ]]
}

@test "-v shows each stage in its order" {
	need_kernel
	run -0 --separate-stderr "$SYSWHY" trace -v "count page faults by process" -- ls /
	[ "$(grep -oE '^\[ *[0-9.]+\] [a-z]+' <<<"$stderr" | awk '{ print $NF }' | paste -sd' ')" = \
		"words plan program policy check attach run evidence answer" ]
	[[ $stderr == *"faults (subject)"*"process (key)"* ]]
	run -0 --separate-stderr "$SYSWHY" trace -v --print "count page faults by process"
	[ "$(grep -oE '^\[ *[0-9.]+\] [a-z]+' <<<"$stderr" | awk '{ print $NF }' | paste -sd' ')" = "words plan program policy check" ]
}

# `syswhy trace --as libbpf`: the files, and what happens when they cannot be written or compiled.
load common

setup() {
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache LC_ALL=C.UTF-8
	export SYSWHY_NO_HISTORY=1 SYSWHY_HISTORY=$BATS_TEST_TMPDIR/state/history.db
	[ "$(id -u)" = 0 ] || skip "needs root"
	[ -e /sys/kernel/btf/vmlinux ] || skip "needs BTF"
	DIR=$(mktemp -d)
	cd "$DIR"
}
teardown() {
	cd /
	[ -n "${DIR:-}" ] || return 0
	mountpoint -q "$DIR/small" 2>/dev/null && umount "$DIR/small"
	rm -rf "$DIR"
}

@test "libbpf: four files that make builds without a warning, and --help" {
	run "$SYSWHY" trace --as libbpf -o out "count page faults by process"
	[ "$status" -eq 0 ]
	[[ "$output" == *"verifier of this kernel takes its 1 program"* ]]
	[[ "$output" == *"cd out && make && sudo ./mem-fault"* ]]
	[ "$(ls out | sort | tr '\n' ' ')" = "Makefile mem-fault.bpf.c mem-fault.c mem-fault.h " ]
	run make -s -C out
	[ "$status" -eq 0 ] && [ -z "$output" ]
	run out/mem-fault --help
	[ "$status" -eq 0 ]
	[[ "$output" == *"usage: mem-fault"* ]]
	run out/mem-fault --for nonsense
	[ "$status" -eq 2 ]
}

@test "libbpf: the folder is named after what is watched; nothing is overwritten" {
	run "$SYSWHY" trace --as libbpf "count page faults by process"
	[ "$status" -eq 0 ]
	echo kept > mem-fault/mem-fault.c
	run "$SYSWHY" trace --as libbpf "count page faults by process"
	[ "$status" -eq 1 ]
	[[ "$output" == *"is there already, and nothing is overwritten"* ]]
	[ "$(cat mem-fault/mem-fault.c)" = kept ]
}

@test "libbpf: a link in the way is not followed" {
	mkdir out
	ln -s "$DIR/victim" out/mem-fault.c
	run "$SYSWHY" trace --as libbpf -o out "count page faults by process"
	[ "$status" -eq 1 ]
	[ ! -e victim ]
}

@test "libbpf: --print shows the files and writes none; the JSON is as its schema says" {
	run "$SYSWHY" trace --as libbpf --print "count page faults by process"
	[ "$status" -eq 0 ]
	[[ "$output" == *'SEC("perf_event")'* && "$output" == *"mem-fault.bpf.c:"* ]]
	[ -z "$(ls)" ]
	"$SYSWHY" trace --as libbpf --print --json "count page faults by process" > report.json
	"$ROOT/tests/schema/validate" "$ROOT/docs/schema/trace.json" < report.json
	[ "$(jq -r '.files | length' report.json)" = 4 ]
}

@test "libbpf: without clang it says what to install, and leaves nothing" {
	run unshare -m sh -c 'mount --bind /dev/null "$0" && exec "$@"' "$(readlink -f "$(command -v clang)")" \
		"$SYSWHY" trace --as libbpf -o out "count page faults by process"
	[ "$status" -eq 1 ]
	[[ "$output" == *"clang is not installed"*"apt-get install clang"* ]]
	[ ! -e out ]
}

@test "libbpf: a folder that cannot be made, and a full disk" {
	run "$SYSWHY" trace --as libbpf -o /proc/none "count page faults by process"
	[ "$status" -eq 1 ]
	[[ "$output" == *"cannot be made"* ]]
	mkdir small
	mount -t tmpfs -o size=16k tmpfs small
	run "$SYSWHY" trace --as libbpf -o small/out "count page faults by process"
	[ "$status" -eq 1 ]
	[[ "$output" == *"No space left"* ]]
	[ ! -e small/out ]
	# The compiler works in memory: the disk for temporary files may be full.
	run env TMPDIR="$DIR/small" "$SYSWHY" trace --as libbpf -o out "count page faults by process"
	[ "$status" -eq 0 ] && [ -z "$(ls small)" ]
}

@test "libbpf: what cannot be, is said: no such thing, a command to run" {
	run "$SYSWHY" trace --as libbpf "count frobnicated wibbles by process"
	[ "$status" -eq 8 ]
	run "$SYSWHY" trace --as libbpf "count page faults by process" -- true
	[ "$status" -eq 2 ]
	[[ "$output" == *"runs nothing"* ]]
	[ -z "$(ls)" ]
}

@test "libbpf: --no-check writes without a compiler; signs of the question stay in its comment and string" {
	run "$SYSWHY" trace --as libbpf --no-check -o out 'count page faults by process "%n"'
	[ "$status" -eq 0 ]
	[[ "$output" == *"neither compiled nor shown"* ]]
	run make -s -C out
	[ "$status" -eq 0 ]
	run out/mem-fault --help
	[ "$status" -eq 0 ]
	[[ "$output" == *'"%n"'* ]]
}

@test "libbpf: no temporary folder stays" {
	mkdir tmp
	run env TMPDIR="$DIR/tmp" "$SYSWHY" trace --as libbpf -o out "count page faults by process"
	[ "$status" -eq 0 ]
	[ -z "$(ls tmp)" ]
}

@test "libbpf: interrupted or killed while it compiles, it leaves no folder and no compiler" {
	mkdir tmp
	for signal in INT TERM KILL; do
		before=$(ls /tmp | grep -c '^syswhy-' || true)
		# A shell lets its jobs in the background ignore Ctrl-C.
		TMPDIR="$DIR/tmp" env --default-signal=INT "$SYSWHY" trace --as libbpf -o "out$signal" "count page faults by process" >/dev/null 2>&1 &
		pid=$!
		for _ in $(seq 500); do
			worker=$(pgrep -P "$pid" || true)
			[ -n "$worker" ] && compiler=$(pgrep -P "$(pgrep -P "$worker" || echo 0)" make || true) && [ -n "$compiler" ] && break
			sleep 0.01
		done
		[ -n "$compiler" ]
		kill -$signal "$pid"
		wait "$pid" || true
		for _ in $(seq 100); do
			[ -e "/proc/$worker" ] || [ -e "/proc/$compiler" ] || break
			sleep 0.05
		done
		[ ! -e "/proc/$worker" ] && [ ! -e "/proc/$compiler" ]
		[ -z "$(ls tmp)" ] && [ ! -e "out$signal" ]
		[ "$(ls /tmp | grep -c '^syswhy-' || true)" -le "$before" ]
	done
}

# What the command-line tests share.
bats_require_minimum_version 1.5.0
: "${SYSWHY:=$ROOT/build/syswhy}"

setup() {
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
	export LC_ALL=C.UTF-8
	# Nothing of a test goes into the history of the person who runs it.
	export SYSWHY_NO_HISTORY=1 SYSWHY_HISTORY=$BATS_TEST_TMPDIR/state/history.db
	unset NO_COLOR
}

# The tests that watch the kernel need root and tracefs.
need_kernel() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	[ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null || skip "needs tracefs"
	command -v bpftrace >/dev/null || skip "needs bpftrace"
}

# Each of them: `command -v A B` is content with one.
need_programs() {
	local name
	for name; do
		command -v "$name" >/dev/null || skip "needs $name"
	done
}

# json FILTER: what jq finds in $output, which must be one object and nothing else.
json() { jq -es 'if length == 1 then .[0] else error("not one object") end | '"$1" <<<"$output"; }

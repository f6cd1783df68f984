#!/usr/bin/env bats
# `syswhy doctor`: what it says of machines that lack something, each line with what mends it.
load common

# What stands under a line that holds $1: its mend.
mend_of() { grep -m1 -A1 -F "$1" <<<"$output" | sed -n 's/^ *mend: //p'; }

in_namespace() {
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	run unshare -m bash -c "$1; exec \"\$0\" doctor" "$SYSWHY"
}

# A bpftrace in front of the real one.
fake_bpftrace() {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/bash\n%s\n' "$1" >"$BATS_TEST_TMPDIR/bin/bpftrace"
	chmod +x "$BATS_TEST_TMPDIR/bin/bpftrace"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

@test "where everything is there, it says so, and its object is as described" {
	need_kernel
	run -0 --separate-stderr "$SYSWHY" doctor --json
	"$ROOT/tests/schema/validate" "$ROOT/docs/schema/doctor.json" <<<"$output"
	run -0 "$SYSWHY" doctor
	[[ $output == *"Tracing works here"* ]]
	run ! grep -E '^bad' <<<"$output"
}

@test "without privileges every line that needs them says how to get them, and the rest stays true" {
	[ "$(id -u)" = 0 ] || skip "needs root to become somebody else"
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	# The program and its data where anybody may read them.
	mkdir "$BATS_TEST_TMPDIR/open"
	cp "$SYSWHY" "$BATS_TEST_TMPDIR/open/syswhy"
	cp -r "$SYSWHY_DATA" "$BATS_TEST_TMPDIR/open/data"
	chmod -R a+rX "$BATS_TEST_TMPDIR/open"
	run unshare -m bash -c 'mount --bind "$0" /mnt; SYSWHY_DATA=/mnt/data HOME=/nonexistent exec setpriv --reuid 65534 \
		--clear-groups --inh-caps=-all /mnt/syswhy doctor' "$BATS_TEST_TMPDIR/open"
	[ "$status" -eq 8 ]
	self=/mnt/syswhy
	mend="su -c '$self doctor'"
	! command -v sudo >/dev/null || mend="sudo $self doctor"
	[ "$(mend_of 'running as user 65534')" = "$mend" ]
	[ "$(mend_of 'tracepoints: no')" = "$mend" ]
	[[ $output == *"Tracing does not work here"* ]]
	[[ $output != *"ok    tracepoints"* && $output != *"ok    uprobes"* ]]
}

@test "without the kernel's types, and without cause for alarm" {
	need_kernel
	[ -e /sys/kernel/btf/vmlinux ] || skip "has none anyway"
	mkdir "$BATS_TEST_TMPDIR/empty"
	in_namespace "mount --bind '$BATS_TEST_TMPDIR/empty' /sys/kernel/btf"
	[ "$status" -eq 0 ]
	[[ $output == *"warn  BTF: no: /sys/kernel/btf/vmlinux is absent"* && $output == *"Tracing works here"* ]]
}

@test "without bpftrace, and with one that is damaged" {
	need_kernel
	: >"$BATS_TEST_TMPDIR/none"
	in_namespace "for path in \$(type -ap bpftrace); do mount --bind '$BATS_TEST_TMPDIR/none' \"\$path\"; done"
	[ "$status" -eq 8 ]
	[[ $(mend_of 'bpftrace is not installed') == *"install"*"bpftrace" ]]
	real=$(command -v bpftrace)
	for fault in 'kill -SEGV $$' 'echo banana' \
		'[ $1 = --version ] && exec echo "bpftrace v0.17.0"; kill -SEGV $$' \
		'[ $1 = --version ] && exec echo "bpftrace v0.17.0"; head -c 100000 /dev/urandom' \
		'[ $1 = --version ] && exec echo "bpftrace v0.17.0"; exec sleep 1000'; do
		fake_bpftrace "$fault"
		run -8 "$SYSWHY" doctor
		[ "$(LC_ALL=C grep -c $'[\x01-\x08\x0e-\x1f\x7f]' <<<"$output")" -eq 0 ]
		[ "$real" != /usr/bin/bpftrace ] || [[ $output == *"mend: PATH=/usr/bin:\$PATH $(realpath "$SYSWHY") doctor"* ]]
	done
}

@test "of each version its own quirks, and the facts that its programs are written by" {
	need_kernel
	for version in 0.17.0 0.19.1 0.20.4 0.21.2 0.22.1 0.23.5 0.24.1 0.25.0 0.26.1 0.27.0; do
		fake_bpftrace '[ "$1" = --version ] && exec echo "bpftrace v'$version'"; exec /usr/bin/bpftrace "$@"'
		[ -x /usr/bin/bpftrace ] || skip "needs bpftrace in /usr/bin"
		run -0 "$SYSWHY" doctor
		minor=${version#0.} minor=${minor%.*}
		[[ $output == *"bpftrace $version ($BATS_TEST_TMPDIR/bin/bpftrace)"* ]]
		# What is told of it agrees with how programs are written for it.
		program=$("$SYSWHY" trace --print --no-check "show each file opened")
		if [ "$minor" -lt 19 ]; then
			[[ $output == *"args->name only"* && $program == *"args->filename"* ]]
		else
			[[ $output != *"args->name only"* && $program == *"args.filename"* && $program != *"args->"* ]]
		fi
		[ "$minor" -ge 25 ] || [[ $output == *"It runs only as user 0"* ]]
		[ "$minor" -lt 25 ] || [[ $output != *"It runs only as user 0"* ]]
	done
}

@test "what mends can be pasted: syswhy by its own path where the shell would find another, sudo only where it is" {
	[ "$(id -u)" = 0 ] || skip "needs root to become somebody else"
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	run "$SYSWHY" doctor
	[[ $output == *"setpriv --bounding-set"*" $(realpath "$SYSWHY") trace"* && $output != *sudo\ * ]]
	run setpriv --reuid 65534 --clear-groups --inh-caps=-all "$SYSWHY" doctor
	if command -v sudo >/dev/null; then
		[[ $output == *"sudo $(realpath "$SYSWHY") doctor"* ]]
	else
		[[ $output == *"su -c '$(realpath "$SYSWHY") doctor'"* ]]
	fi
}

#!/usr/bin/env bats
# The program as a shell sees it: help, errors, exit codes, streams.
load common

@test "without arguments it tells what it is" {
	run -0 "$SYSWHY"
	[[ $output == *"Commands:"*"trace"*"doctor"* ]]
}

@test "--version says the version and nothing else" {
	run -0 --separate-stderr "$SYSWHY" --version
	[[ $output =~ ^syswhy\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	[ -z "$stderr" ]
	run -0 "$SYSWHY" version --json
	json '.version | test("^[0-9.]+$")'
}

@test "--version reads no file of its own and none of the kernel" {
	command -v strace >/dev/null || skip "needs strace"
	# A sanitizer cannot look for leaks under strace, and reads /proc/self itself.
	ASAN_OPTIONS=detect_leaks=0 run -0 strace -f -e trace=openat,open,execve -o "$BATS_TEST_TMPDIR/calls" "$SYSWHY" --version
	run ! grep -vE 'execve|\.so|exit|locale|/proc/self/' "$BATS_TEST_TMPDIR/calls"
}

@test "every command in the help has its own help, manual page and completion" {
	run -0 "$SYSWHY" help
	commands=$(sed -n '/^Commands:/,/^$/s/^  \([a-z]\{2,\}\) .*/\1/p' <<<"$output")
	[ "$(wc -w <<<"$commands")" -ge 6 ]
	for command in $commands; do
		run -0 "$SYSWHY" "$command" --help
		[[ $output == "Usage: syswhy $command"* ]]
		run -0 "$SYSWHY" help "$command"
		[[ $output == "Usage: syswhy $command"* ]]
		run -0 "$SYSWHY" man "$command"
		[[ $output == .TH* ]]
	done
}

@test "a wrong command names the nearest and exits with 2" {
	run -2 --separate-stderr "$SYSWHY" trcae "x"
	[[ $stderr == *"did you mean 'trace'"* ]]
	[ -z "$output" ]
	run -2 "$SYSWHY" "why is it slow"
	[[ $output == *'syswhy trace "why is it slow"'* ]]
}

@test "a wrong option names the nearest and exits with 2" {
	run -2 --separate-stderr "$SYSWHY" probes --feilds
	[[ $stderr == *"did you mean '--fields'"* ]]
	run -2 "$SYSWHY" --fro trace
	run -2 "$SYSWHY" completion
	run -2 "$SYSWHY" completion bahs
	[[ $output == *"'bash'"* ]]
	run -2 "$SYSWHY" help nothing
}

@test "--json prints one object, on every failure too" {
	run -2 --separate-stderr "$SYSWHY" probes --feilds --json
	json '.status == "failed" and (.error | test("--fields"))'
	run -2 --separate-stderr "$SYSWHY" nothing --json
	json '.status == "failed"'
	run -2 --separate-stderr "$SYSWHY" --json trace --for soon x
	json '.status == "failed" and (.error | test("soon"))'
	run -0 --separate-stderr "$SYSWHY" help --json
	json '.status == "ok" and (.text | test("Commands:"))'
}

@test "options that every command has may stand before its name" {
	run -0 --separate-stderr "$SYSWHY" --json version
	json '.version'
	run -0 --separate-stderr "$SYSWHY" -q --json version
	json '.version'
}

@test "control characters of an argument do not reach the terminal" {
	run -2 "$SYSWHY" $'\e[31mred'
	[[ $output == *'\x1b[31mred'* ]]
	[[ $output != *$'\e'* ]]
}

@test "a closed pipe ends it silently" {
	# The reader is gone before the first byte is written.
	run -0 bash -c '{ until [ -e "$1" ]; do sleep 0.05; done; "$0" help; echo "code $?" >&2; } | { exec <&-; touch "$1"; }' \
		"$SYSWHY" "$BATS_TEST_TMPDIR/closed"
	[ "$output" = "code 141" ]
}

@test "a full disk or a closed stream is told, and exits with 1" {
	run -1 bash -c '"$0" help >/dev/full' "$SYSWHY"
	[[ $output == *"No space left on device"* ]]
	run -1 bash -c '"$0" version --json >/dev/full' "$SYSWHY"
	[[ $output == *"No space left on device"* ]]
	run -1 bash -c '"$0" --version >/dev/full' "$SYSWHY"
	run -1 bash -c '"$0" help >&-' "$SYSWHY"
	[[ $output == *"cannot write the result"* ]]
}

@test "closed streams are not taken by files that it opens" {
	run -0 bash -c '"$0" version <&- 2>&-' "$SYSWHY"
	[[ $output == syswhy* ]]
}

@test "--html in a folder that is not there exits with 1 and says why" {
	run -1 --separate-stderr "$SYSWHY" version --html "$BATS_TEST_TMPDIR/none/x.html"
	[[ $stderr == *"none/x.html"* ]]
	run -0 --separate-stderr "$SYSWHY" version --html "$BATS_TEST_TMPDIR/x.html"
	grep -qi '<!doctype html>' "$BATS_TEST_TMPDIR/x.html"
}

@test "the completions are valid in their shells" {
	"$SYSWHY" completion bash | bash -n
	! command -v zsh >/dev/null || "$SYSWHY" completion zsh | zsh -n
	! command -v fish >/dev/null || "$SYSWHY" completion fish | fish -n
}

@test "bash completes commands, options and choices" {
	source <("$SYSWHY" completion bash)
	complete_line() {
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
		_syswhy || true
	}
	complete_line syswhy tra
	[ "${COMPREPLY[*]}" = trace ]
	complete_line syswhy probes --fi
	[ "${COMPREPLY[*]}" = --fields ]
	complete_line syswhy probes --kind sy
	[ "${COMPREPLY[*]}" = syscall ]
	complete_line syswhy completion z
	[ "${COMPREPLY[*]}" = zsh ]
	complete_line syswhy help doc
	[ "${COMPREPLY[*]}" = doctor ]
	complete_line syswhy trace x -- bas
	[[ " ${COMPREPLY[*]} " == *" bash "* ]]
}

@test "text is plain in a pipe, and NO_COLOR keeps a terminal plain" {
	run -0 "$SYSWHY" doctor
	[[ $output != *$'\e['* ]]
	command -v script >/dev/null || skip "needs script"
	run script -qec "TERM=xterm '$SYSWHY' doctor" /dev/null
	[[ $output == *$'\e['* ]]
	run script -qec "TERM=xterm NO_COLOR=1 '$SYSWHY' doctor" /dev/null
	[[ $output != *$'\e['* ]]
}

@test "probes of a library's name point to its functions" {
	need_kernel
	run -1 "$SYSWHY" probes libc
	[[ $output == *"syswhy probes --object libc"* ]]
}

#!/usr/bin/env bats
# syswhy on a real terminal (tmux): live output, Ctrl-C, and a window that is closed.
load common

open_window() {
	command -v tmux >/dev/null || skip "needs tmux"
	socket=$BATS_TEST_TMPDIR/tmux
	tmux -S "$socket" -f /dev/null new-session -d -x 80 -y 24 \
		"SYSWHY_DATA='$SYSWHY_DATA' '$SYSWHY' trace 'count page faults by process' --for 300 2>&1; echo \"ended with \$?\"; sleep 300" 3>&-
}

teardown() {
	[ -z "${socket:-}" ] || tmux -S "$socket" kill-server 2>/dev/null || true
}

# Waits until the window shows this pattern.
shows() {
	for ((i = 0; i < 600; i++)); do
		screen=$(tmux -S "$socket" capture-pane -p)
		grep -qE "$1" <<<"$screen" && return
		sleep 0.1
	done
	printf 'the window never showed %s:\n%s\n' "$1" "$screen"
	return 1
}

@test "a live table, and on Ctrl-C the answer" {
	need_kernel
	open_window
	shows 'Ctrl-C'
	tmux -S "$socket" resize-window -x 60 -y 20
	tmux -S "$socket" send-keys C-c
	shows 'ended with 130'
	shows 'page faults'
}

@test "a window that is closed leaves no tracer" {
	need_kernel
	open_window
	shows 'Ctrl-C'
	shell=$(tmux -S "$socket" display-message -p '#{pane_pid}')
	traced=$(pgrep -P "$shell" -f "trace count page faults")
	tracer=$(pgrep -P "$traced" -x bpftrace)
	[ -n "$tracer" ]
	tmux -S "$socket" kill-server
	for ((i = 0; i < 300; i++)); do
		kill -0 "$tracer" 2>/dev/null || kill -0 "$traced" 2>/dev/null || break
		sleep 0.1
	done
	! kill -0 "$tracer" 2>/dev/null
	! kill -0 "$traced" 2>/dev/null
}

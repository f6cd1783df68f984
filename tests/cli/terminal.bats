#!/usr/bin/env bats
# syswhy on a real terminal (tmux): live output, Ctrl-C, and a window that is closed.
load common
load window

open_window() {
	command -v tmux >/dev/null || skip "needs tmux"
	socket=$BATS_TEST_TMPDIR/tmux
	tmux -S "$socket" -f /dev/null new-session -d -x 80 -y 24 \
		"SYSWHY_DATA='$SYSWHY_DATA' '$SYSWHY' trace 'count page faults by process' --for 300 2>&1; echo \"ended with \$?\"; sleep 300" 3>&-
}

teardown() {
	window_close
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

@test "event lines of a narrow window: long and wide names give way, numbers stay" {
	need_kernel
	command -v script >/dev/null || skip "needs script"
	cp /bin/cat "$BATS_TEST_TMPDIR/wknarrow"
	long="$BATS_TEST_TMPDIR/很长的目录名称很长的目录名称/a-folder-with-a-very-long-name"
	mkdir -p "$long"
	: >"$long/end.txt"
	for width in 60 80 120; do
		run script -qec "stty cols $width rows 30; TERM=xterm NO_COLOR=1 '$SYSWHY' trace 'show each file opened' \
			-- '$BATS_TEST_TMPDIR/wknarrow' '$long/end.txt'" /dev/null
		line=$(grep -a 'end\.txt' <<<"$output" | tail -n 1 | tr -d '\r')
		[[ $line =~ [0-9]\.[0-9]+\ +wknarrow\ +[0-9]+\ +[0-9]+\ .*….*end\.txt ]]
		columns=$(python3 -c 'import sys, unicodedata
print(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in sys.argv[1].split("\x1b[K")[-1]))' "${line##*$'\e[J'}")
		[ "$columns" -le "$width" ]
	done
}

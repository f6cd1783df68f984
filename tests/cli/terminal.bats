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
	for width in 40 60 80 120; do
		run script -qec "stty cols $width rows 30; TERM=xterm NO_COLOR=1 '$SYSWHY' trace 'show each file opened' \
			-- '$BATS_TEST_TMPDIR/wknarrow' '$long/end.txt'" /dev/null
		line=$(grep -a "d\.txt" <<<"$output" | tail -n 1 | tr -d '\r')
		# In the narrowest, plain numbers make room for the file.
		if [ "$width" -gt 40 ]; then
			[[ $line =~ [0-9]\.[0-9]+\ +wknarrow\ +[0-9]+\ +[0-9]+\ .*….*end\.txt ]]
		else
			[[ $line =~ [0-9]\.[0-9]+\ +wk.*w\ +[0-9]+\ .*….*d\.txt ]]
		fi
		columns=$(python3 -c 'import sys, unicodedata
print(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in sys.argv[1].split("\x1b[K")[-1]))' "${line##*$'\e[2K'}")
		[ "$columns" -le "$width" ]
	done
}

@test "event lines: what one long cell does not need another takes" {
	need_kernel
	command -v script >/dev/null || skip "needs script"
	run script -qec "stty cols 110 rows 30; TERM=xterm NO_COLOR=1 '$SYSWHY' trace 'show every exec with its arguments' \
		-- sh -c 'cat .no-first .no-second .no-third'" /dev/null
	[[ $output == *"cat .no-first .no-second .no-third  "*"/cat"* ]]
}

@test "what each interval gathered keeps its colours and its columns, in any width" {
	need_kernel
	need_programs script
	for width in 60 100; do
		run script -qec "stty cols $width rows 30; TERM=xterm '$SYSWHY' trace --for 3 'histogram of read sizes by process every second' \
			-- sh -c 'for i in 1 2 3 4 5 6; do for p in cat head tail wc od; do \$p /etc/passwd >/dev/null; done; sleep 0.5; done'" /dev/null
		[[ $output == *"after 1.0 s"* ]]
		[[ $output == *$'\e[2m'* && $output != *'\x1b'* ]]
		# Cells that end with an ellipsis are names; the figures behind them stay whole, and no line is wider than the window.
		python3 - "$width" 3<<<"$output" <<'END'
import re, sys
text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", open(3).read().replace("\r", ""))
lines = text.split("after 1.0 s")[1].split("Watched")[0].splitlines()
assert any(re.match(r" +cat +\d", line) for line in lines), text
for line in (line for line in lines if "half below" not in line):
    line = line.split("Ctrl-C to stop")[-1]
    assert len(line) <= int(sys.argv[1]), line
    assert not re.search(r"\d…|…\d", line), line
END
	done
}

#!/usr/bin/env bats
# `syswhy chat` on a real terminal (tmux): the line editor, Ctrl-C, Ctrl-D, confirmations; with a scripted model on loopback.
load common
load window

# open ANSWERS COMMAND...: a window in which syswhy runs the command, with a model that gives these answers.
open() {
	command -v tmux >/dev/null || skip "needs tmux"
	home=$BATS_TEST_TMPDIR/home
	mkdir -p "$home"
	if [ -n "$1" ]; then
		python3 "$ROOT/tests/chat/serve" "$home" "$1" 3>&- &
		server=$!
		for ((i = 0; i < 100; i++)); do [ -e "$home/ready" ] && break; sleep 0.1; done
	fi
	shift
	socket=$BATS_TEST_TMPDIR/tmux
	printf '%q ' env -u SYSWHY_NO_HISTORY -u SYSWHY_HISTORY LC_ALL=C.UTF-8 HOME="$home" XDG_CONFIG_HOME="$home/config" XDG_STATE_HOME="$home/state" \
		XDG_CACHE_HOME="$XDG_CACHE_HOME" SYSWHY_DATA="$SYSWHY_DATA" SYSWHY_MODEL=m SYSWHY_NO_LOCAL_MODEL=1 "$SYSWHY" "$@" >"$BATS_TEST_TMPDIR/line"
	tmux -S "$socket" -f /dev/null new-session -d -x 100 -y 50 "$(cat "$BATS_TEST_TMPDIR/line"); echo \"ended with \$?\"; sleep 300" 3>&-
}
teardown() {
	window_close
	[ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
}
keys() { tmux -S "$socket" send-keys "$@"; }

@test "lines are edited, completed, recalled, also the next time; Ctrl-C drops a line, Ctrl-D ends" {
	open '["The first answer.", "The second answer."]' chat
	shows 'syswhy>$'
	keys '/ev' Tab
	shows '> /evidence'
	keys Enter
	shows 'Nothing was measured yet'
	keys '/h' Tab
	shows 'help +history'
	keys C-c
	keys 'wat is 缺页' C-a Right h Enter
	shows 'what is 缺页'
	shows 'The first answer'
	keys Up Enter
	shows 'The second answer'
	[ "$(grep -c 'syswhy> what is 缺页' <<<"$(tmux -S "$socket" capture-pane -p)")" = 2 ]
	# Both at once, as when the machine is busy.
	keys 'half a line' C-c C-d
	shows 'ended with 0'
	grep -q 'model-1: 2 requests, 2000 tokens read' <<<"$(tmux -S "$socket" capture-pane -p)"
	[ "$(stat -c %a "$home/state/syswhy/chat-lines")" = 600 ]
	tmux -S "$socket" kill-server
	open '' chat
	shows 'syswhy>$'
	keys Up
	shows 'syswhy> what is 缺页'
}

@test "what is pasted is one question, whatever lines it has, and waits for Enter" {
	open '["One answer.", "Another answer."]' chat
	shows 'syswhy>$'
	printf 'why this:\nfirst\tline\n\nsecond \033[31mline 缺页\n\n' | tmux -S "$socket" load-buffer -
	tmux -S "$socket" paste-buffer -p
	shows 'syswhy> why this:␊first line␊␊second \[31mline 缺页$'
	keys ' now' Enter
	shows 'syswhy>$'
	keys Up
	shows 'syswhy> why this:␊first'
	keys C-c
	shows 'syswhy>$'
	# An escape of the keyboard is still one.
	keys 'bc' Left Left 'a' Home 'x' End Enter
	shows 'syswhy> xabc'
	shows 'syswhy>$'
	printf 'half\nof it' | tmux -S "$socket" load-buffer -
	tmux -S "$socket" paste-buffer -p
	shows 'half␊of it'
	keys C-c
	shows 'syswhy>$'
	keys C-d
	shows 'model-1: 2 requests'
	shows 'ended with 0'
	run env -u SYSWHY_NO_HISTORY -u SYSWHY_HISTORY HOME="$home" XDG_STATE_HOME="$home/state" "$SYSWHY" history show --json
	[[ $output == *'why this:\nfirst line\n\nsecond [31mline 缺页 now'* ]]
	# The lines of the editor are kept as they were shown.
	grep -q '^why this:␊first line␊␊second' "$home/state/syswhy/chat-lines"
	[ "$(wc -l <"$home/state/syswhy/chat-lines")" = 2 ]
}

@test "Markdown of an answer is shown on a terminal, and stays as it is in a pipe and with NO_COLOR" {
	said='# What it is\n**Two** things, `ps -C x` and 2 * 3 **4:\n```\nint **a;\n```\n* an item that is long enough to be wrapped at the end of the window, and hangs below\n\u001b[41mhostile'
	open "[\"$said\", \"$said\"]" chat
	shows 'syswhy>$'
	tmux -S "$socket" resize-window -x 60 -y 30
	keys 'what is it' Enter
	shows 'x1b.41mhostile'
	screen=$(tmux -S "$socket" capture-pane -e -p)
	[[ $screen == *$'\e[1mWhat it is'*'Two'*' things'* && $screen == *$'\e[36mps -C x'* && $screen != *'`'* && $screen != *'**Two'* ]]
	screen=$(tmux -S "$socket" capture-pane -p)
	[[ $screen == *'and 2 * 3 **4:'* && $screen == *$'\n    int **a;\n- an item'* && $screen == *$'\n  '*'hangs below'* ]]
	keys C-d
	shows 'ended with 0'
	plain="env HOME='$home' XDG_CONFIG_HOME='$home/config' SYSWHY_MODEL=m NO_COLOR=1 '$SYSWHY' chat 'what is it'"
	for line in "$plain </dev/null 2>/dev/null | cat" "script -qec \"stty cols 200; $plain\" /dev/null </dev/null | tr -d '\\r'"; do
		run -0 bash -c "$line"
		[[ $output == *$'# What it is\n**Two** things, `ps -C x` and 2 * 3 **4:\n```\nint **a;\n```\n* an item'* && $output == *'\x1b[41mhostile'* ]]
	done
}

@test "Ctrl-C stops an answer and not the chat" {
	open '[{"slowly": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"}, "The second answer."]' chat
	shows 'syswhy>$'
	keys 'go on' Enter
	shows 'one two three'
	keys C-c
	shows 'stopped'
	! grep -q fourteen <<<"$screen"
	keys 'again' Enter
	shows 'The second answer'
	keys '/quit' Enter
	shows 'ended with 0'
}

@test "Ctrl-D that is typed while an answer comes ends the chat after it" {
	open '[{"slowly": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"}]' chat
	shows 'syswhy>$'
	keys 'go on' Enter
	shows 'one two three'
	keys C-d
	shows 'fourteen'
	shows 'ended with 0'
}

@test "the person is asked before the model's question runs, and Ctrl-C ends just the trace" {
	need_kernel
	call='[["trace_run", {"question": "count executed programs by process", "seconds": SECONDS}]]'
	open "[${call/SECONDS/1}, \"Then not.\", ${call/SECONDS/1}, \"It is measured.\", ${call/SECONDS/200}, \"Short, but measured.\"]" chat
	shows 'syswhy>$'
	keys 'measure' Enter
	shows 'Run it\? \[y/N\]'
	keys n Enter
	shows 'Then not'
	keys 'measure' Enter
	shows 'Run it\? \[y/N\]$'
	keys y Enter
	shows 'tracing: count executed'
	shows 'It is measured'
	keys C-l 'measure long' Enter
	shows 'Run it\? \[y/N\]$'
	keys y Enter
	shows 'tracing: count executed'
	sleep 2
	keys C-c
	shows 'Short, but measured|stopped'
	keys C-d
	shows 'ended with 0'
}

@test "-c goes on with what a command found, and --last with the chat" {
	need_kernel
	cp /bin/true "$BATS_TEST_TMPDIR/wkchatter"
	open '["It ran once [1]."]' trace -c "count executed programs by process" --for 3 -- bash -c "sleep 0.4; $BATS_TEST_TMPDIR/wkchatter; sleep 0.2"
	shows 'Chat with model-1, 1 piece of evidence'
	shows 'wkchatter +1'
	keys 'how often?' Enter
	shows 'It ran once \[1\]'
	keys C-d
	shows 'ended with 0'
	tmux -S "$socket" kill-server
	open '' chat --last
	shows 'Continuing the chat of entry 2: 3 turns, 1 pieces? of evidence'
	keys '/evidence 1' Enter
	shows 'wkchatter +1'
}

@test "a window that is closed leaves no process, and what was said is kept" {
	need_kernel
	open '["The first answer."]' chat
	shows 'syswhy>$'
	keys 'one' Enter
	shows 'The first answer'
	keys '/trace count system calls for 300 seconds' Enter
	shows 'tracing: count system calls'
	sleep 1.5
	chat=$(pgrep -P "$(tmux -S "$socket" display-message -p '#{pane_pid}')")
	trace=$(pgrep -P "$chat")
	[ -n "$trace" ]
	tmux -S "$socket" kill-server
	for ((i = 0; i < 300; i++)); do
		kill -0 "$chat" 2>/dev/null || kill -0 "$trace" 2>/dev/null || break
		sleep 0.1
	done
	! kill -0 "$chat" 2>/dev/null
	! kill -0 "$trace" 2>/dev/null
	run -0 --separate-stderr env -u SYSWHY_NO_HISTORY SYSWHY_HISTORY="$home/state/syswhy/history.db" "$SYSWHY" history --json
	json 'any(.entries[]; .command == "chat" and .question == "one" and .answer == "The first answer.")'
}

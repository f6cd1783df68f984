# What tests on a real terminal share: a tmux whose socket is $socket.

window_close() { [ -z "${socket:-}" ] || tmux -S "$socket" kill-server 2>/dev/null || true; }

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

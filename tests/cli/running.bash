# What tests of traces share that run beside them: starting one, knowing when it watches, finding what it left.

# Marks all processes that these tests start, so that what is left of them is found among those of others.
setup() {
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache LC_ALL=C.UTF-8
	# What the person who runs the tests asked before is not told in them.
	export SYSWHY_NO_HISTORY=1 SYSWHY_HISTORY=$BATS_TEST_TMPDIR/state/history.db
	unset NO_COLOR
	export SYSWHY_TEST_MARK=mark-$$-$BATS_TEST_NUMBER-$RANDOM
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir -p "$TMPDIR"
}

# The processes with our mark whose name is $1.
marked() {
	local environ
	for environ in /proc/[0-9]*/environ; do
		{ tr '\0' '\n' <"$environ"; } 2>/dev/null | grep -qx "SYSWHY_TEST_MARK=$SYSWHY_TEST_MARK" || continue
		[ "$(cat "${environ%/environ}/comm" 2>/dev/null)" != "$1" ] || basename "${environ%/environ}"
	done
}

# Waits until no bpftrace, syswhy or sleep of this test is left.
nothing_left() {
	local left=
	for ((i = 0; i < 300; i++)); do
		left=$(marked bpftrace; marked syswhy; marked sleep)
		[ -n "$left" ] || break
		sleep 0.1
	done
	[ -z "$left" ] || { echo "left behind:"; ps -o pid,ppid,args -p "$(paste -sd, <<<"$left")"; return 1; }
	[ -z "$(ls -A "$TMPDIR")" ] || { echo "temporary files:"; ls -A "$TMPDIR"; return 1; }
}

# One sentence on stderr (or stdout) and not a page: at most this many lines hold anything.
few_lines() { [ "$(grep -c . <<<"$1")" -le "$2" ] || { echo "more than $2 lines: $1"; return 1; }; }

# Starts a trace in the background. Sets $pid and, when its bpftrace runs, $tracer. A shell lets its background
# jobs ignore SIGINT until they ask for it, so the version is found before.
start_trace() {
	"$SYSWHY" trace --print --no-check "count page faults" >/dev/null
	"$SYSWHY" trace "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	pid=$!
	tracer=
	for ((i = 0; i < 200; i++)); do
		tracer=$(pgrep -P "$pid" -x bpftrace) && break
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	[ -n "$tracer" ]
}

# Waits until the tracer holds its probes: it is in epoll_wait (x86) or epoll_pwait (x86, others) then.
live() {
	for ((i = 0; i < 200; i++)); do
		# The first may have been the one that told its version.
		tracer=$(pgrep -P "$pid" -x bpftrace) || tracer=0
		case $(cut -d' ' -f1 "/proc/$tracer/syscall" 2>/dev/null) in 232 | 281 | 22) return ;; esac
		sleep 0.1
	done
	return 1
}

ended_with() {
	local code=0
	wait "$pid" || code=$?
	[ "$code" -eq "$1" ] || { echo "exit code $code, not $1:"; cat "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"; return 1; }
}

# A program in front of the real bpftrace, which tells its version and then does as it is told.
fake_bpftrace() {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/bash\ncase $1 in --version) echo "bpftrace v0.17.0"; exit ;; esac\n%s\n' "$1" >"$BATS_TEST_TMPDIR/bin/bpftrace"
	chmod +x "$BATS_TEST_TMPDIR/bin/bpftrace"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

# The BPF programs that a process holds, by number; and those of the given ones that the kernel still has.
programs_of() { sed -n 's/^prog_id:[[:space:]]*//p' "/proc/$1/fdinfo/"* 2>/dev/null | sort -un; }
programs_left() {
	python3 - "$@" <<'END'
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
number = {"x86_64": 321, "aarch64": 280}[os.uname().machine]  # bpf(2)
for program in sys.argv[1:]:
    attr = ctypes.create_string_buffer(struct.pack("II", int(program), 0) + bytes(120))
    if libc.syscall(number, 13, attr, 16) >= 0:  # BPF_PROG_GET_FD_BY_ID
        print(program)
    elif ctypes.get_errno() != 2:
        sys.exit(f"program {program}: {os.strerror(ctypes.get_errno())}")
END
}

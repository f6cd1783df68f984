#!/usr/bin/env bats
# What `syswhy trace` measures, held against workloads whose truth is known, and against the schema of its JSON.
load common

# trace ARGUMENT...: runs with --json; the result is in $output and fits the schema.
trace() {
	run --separate-stderr "$SYSWHY" trace --json "$@"
	"$ROOT/tests/schema/validate" "$ROOT/docs/schema/trace.json" <<<"$output"
}

setup_file() {
	export WORK=$BATS_FILE_TMPDIR/wkresult
	# A name of its own, which nothing else on the machine has; it waits for the probes as `--` does.
	cat >"$WORK.c" <<'END'
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <errno.h>
int main(int argc, char **argv)
{
	static char buffer[8192];
	int times = argc > 1 ? atoi(argv[1]) : 1, zero = open("/dev/zero", O_RDONLY);
	for (int i = 0; i < times; i++) {
		if (read(zero, buffer, 5000) != 5000)
			return 1;
		if (open("/tmp/wkresult-is-not-there", O_RDONLY) >= 0 || errno != ENOENT)
			return 1;
		if (argc > 2)
			usleep(1000 * (useconds_t)atoi(argv[2]));
	}
	return 0;
}
END
	cc -o "$WORK" "$WORK.c"
}

@test "a count is the truth" {
	need_kernel
	trace "count read calls of wkresult" -- "$WORK" 321
	json '.status == "ok" and ([.result.maps[0].rows[] | select(.key == ["wkresult"]) | .value] | add) >= 321'
	trace "how many files could not be opened by wkresult" -- "$WORK" 17
	json '.status == "ok" and ([.result.maps[0].rows[].value] | add) >= 17 and ([.result.maps[0].rows[].value] | add) < 30'
	json '.plan.where | any(.role == "process" and .value == "wkresult")'
}

@test "a histogram has its counts in the right bucket" {
	need_kernel
	trace "histogram of read sizes of wkresult" -- "$WORK" 50
	json '.result.maps[0] | .kind == "histogram" and .unit == "bytes"'
	json '[.result.maps[0].rows[].buckets[] | select(.min == 4096 and .max == 8191) | .count] | add == 50'
	json '.evidence[0].kind == "histogram"'
}

@test "sums, averages and extremes agree with what was read" {
	need_kernel
	trace "total bytes read by wkresult" -- "$WORK" 40
	json '.result.maps[0] | .unit == "bytes" and ([.rows[].value] | add) >= 200000 and ([.rows[].value] | add) < 220000'
	trace "largest read size of wkresult" -- "$WORK" 5
	json '.result.maps[0].rows[0].value == 5000'
}

@test "several statistics of one key stand in one row, over intervals too" {
	need_kernel
	trace "min, average and max read size by process of wkresult every second" -- "$WORK" 60 40
	json '.status == "ok" and .plan.measure == "avg" and .plan.also == ["min", "max"]'
	json '.result.maps[0].rows | length == 1 and (.[0] | .key == ["wkresult"] and .max == 5000 and .min <= .value and .value <= .max and .count >= 60)'
	json '[.result.intervals[].maps[0].rows[]] | length > 1 and all(.min <= .average and .average <= .max)'
	json '.answer | contains("The largest of all is")'
	trace "how many reads and how many bytes by process of wkresult" -- "$WORK" 300
	json '.result.maps[0].rows[0] | .count >= 300 and .value >= 300 * 5000 and .value < 300 * 5000 + 20000'
}

@test "a linear histogram has the steps that were asked for, and what lies beyond them" {
	need_kernel
	trace "linear histogram of read sizes of wkresult from 0 to 4000 in steps of 500" -- "$WORK" 200
	json '.status == "ok" and .plan.linear == {"from": 0, "to": 4000, "step": 500} and .plan.where == [{"role": "process", "is": "==", "value": "wkresult"}]'
	json '[.result.maps[0].rows[].buckets[] | select(.min == 4000 and (has("max") | not)) | .count] | add == 200'
	trace "read sizes of wkresult, linear, 4500 to 5500 in steps of 250, with the largest" -- "$WORK" 200
	json '[.result.maps[0].rows[].buckets[] | select(.min == 5000 and .max == 5249) | .count] | add == 200'
}

@test "percentiles are told as bounds of buckets, with the true maximum" {
	need_kernel
	trace "median, 90th percentile and max of read sizes of wkresult" -- "$WORK" 200
	json '.status == "ok" and .plan.percentiles == [50, 90] and .plan.also == ["max"] and .result.maps[0].rows[0].max == 5000'
	json '.answer | contains("half (the median)") and contains("90 %") and contains("bounds of buckets")'
}

@test "a thread's number stands beside its process" {
	need_kernel
	trace "count reads of wkresult by thread" -- "$WORK" 50
	json '.result.maps[0].keys == ["process", "tid"] and (.result.maps[0].rows[0].key | .[0] == "wkresult" and (.[1] | type == "number"))'
}

@test "each event, with its file and its error" {
	need_kernel
	trace "show each file opened by wkresult with the error" -- "$WORK" 3
	json '[.result.events[] | select(.file == "/tmp/wkresult-is-not-there" and .error == "ENOENT")] | length == 3'
	json '[.result.events[].time] | . == sort'
	json '.result.events | all(.process == "wkresult")'
	json '.evidence[0] | .kind == "events" and .data.columns[0].name == "time"'
}

@test "--count ends it after so many events" {
	need_kernel
	trace "show each file opened by wkresult" --count 4 -- "$WORK" 2000 1
	json '.status == "ok" and (.result.events | length == 4) and .plan.show.events == 4'
}

@test "kernel stacks are frames, leaf first" {
	need_kernel
	trace "count read calls of wkresult by kernel stack" -- "$WORK" 200
	json '.result.maps[0] | (.keys | index("stack")) as $i | .rows[0].key[$i] | type == "array" and length > 2 and all(type == "string")'
	json '.evidence[0].kind == "stacks"'
}

@test "per second, and the unit says so" {
	need_kernel
	trace "read calls per second of wkresult" -- "$WORK" 500 2
	json '.result.maps[0].unit | endswith("/s")'
	json '(.result.maps[0].rows[0].value * .seconds) as $n | $n > 480 and $n < 540'
}

@test "every second: the intervals add up to the whole" {
	need_kernel
	trace "count read calls of wkresult every second" -- "$WORK" 1000 3
	json '.result.intervals | length >= 2 and all(.time > 0)'
	json '([.result.intervals[].maps[0].rows[].value] | add) as $n | $n <= .result.maps[0].rows[0].value and $n >= 300'
	json '.result.maps[0].rows[0].value >= 1000'
}

@test "--pid sees this process only" {
	need_kernel
	"$WORK" 60000 1 3>&- &
	one=$!
	"$WORK" 60000 1 3>&- &
	other=$!
	trace "count read calls by pid" --pid "$one" --for 1
	kill "$one" "$other"
	json '[.result.maps[0].rows[].key[]] | unique == ['"$one"']'
}

@test "--comm sees processes of this name only" {
	need_kernel
	trace "count files opened by process" --comm wkresult -- bash -c '"$0" 5; ls / >/dev/null' "$WORK"
	json '[.result.maps[0].rows[].key[0]] == ["wkresult"]'
}

@test "a control group holds those below it, and what lies outside is left out" {
	need_kernel
	root=/sys/fs/cgroup
	[ -e $root/cgroup.controllers ] || root=/sys/fs/cgroup/unified
	mkdir -p "$root/syswhy-test-$$/kid/grand" || skip "needs a writable cgroup of version 2"
	cp /bin/true "$BATS_TEST_TMPDIR/grouptrue" # others run "true", too
	sh -c 'echo $$ >"$0/cgroup.procs"; exec sh -c "while :; do \"\$0\"; sleep 0.05; done" "$1"' "$root/syswhy-test-$$/kid/grand" \
		"$BATS_TEST_TMPDIR/grouptrue" 3>&- &
	looper=$!
	run -0 "$SYSWHY" trace --json --for 1 "count execs by process in cgroup /syswhy-test-$$"
	result=$output
	run "$SYSWHY" trace --json --for 1 "count execs by process outside cgroup /syswhy-test-$$"
	kill "$looper"
	wait "$looper" || true
	for ((i = 0; i < 100; i++)); do
		rmdir "$root/syswhy-test-$$/kid/grand" 2>/dev/null && break
		sleep 0.1
	done
	rmdir "$root/syswhy-test-$$/kid" "$root/syswhy-test-$$"
	json '[.result.maps[0].rows[]?.key[0]] | index("grouptrue") == null'
	output=$result
	json '.result.maps[0].rows | map(select(.key == ["grouptrue"])) | .[0].value > 5'
}

@test "--top cuts the table, and says how much there was" {
	need_kernel
	trace "count system calls by system call" --top 2 -- ls -lR /etc
	json '.result.maps[0] | (.rows | length == 2) and .rows_seen > 2'
	json '.evidence[0].data.total_rows > 2'
}

@test "nothing to see is a result with its reason" {
	need_kernel
	trace "count OOM kills" --for 1
	[ "$status" -eq 1 ]
	json '.status == "no_events" and (.why | test("live for")) and .attempts[0].stage == "empty"'
}

@test "every verdict fits the schema" {
	trace "frobnicate the wibble"
	[ "$status" -eq 8 ]
	need_kernel
	trace "count xfs log forces" --for 1
	json '.status == "cannot" or .status == "ok"'
	trace "count page faults" --pid 4194304
	[ "$status" -eq 1 ]
	json '.status == "failed"'
	trace --print "count page faults"
	[ "$status" -eq 0 ]
	json '.result == null and (.program | length > 0)'
}

@test "a saved program runs by itself and says the same" {
	need_kernel
	run -0 "$SYSWHY" trace -o "$BATS_TEST_TMPDIR/reads.bt" "histogram of read sizes of wkresult"
	[ -x "$BATS_TEST_TMPDIR/reads.bt" ]
	run -0 timeout -s INT 60 bpftrace "$BATS_TEST_TMPDIR/reads.bt" -c "$WORK 50"
	[[ $output =~ \[4K,\ 8K\)\ +50 ]]
	run -0 "$SYSWHY" trace -o "$BATS_TEST_TMPDIR/events.bt" "show each file opened by wkresult"
	run -0 timeout -s INT 60 bpftrace "$BATS_TEST_TMPDIR/events.bt" -c "$WORK 3"
	[ "$(grep -c wkresult-is-not-there <<<"$output")" -eq 3 ]
}

@test "--html writes one page with the numbers in it" {
	need_kernel
	run -0 "$SYSWHY" trace "count read calls of wkresult" --html "$BATS_TEST_TMPDIR/page.html" -- "$WORK" 77
	grep -qi '<!doctype html>' "$BATS_TEST_TMPDIR/page.html"
	grep -q 'wkresult' "$BATS_TEST_TMPDIR/page.html"
	run ! grep -qE '<(script|link|img)[^>]+(src|href)="?https?:' "$BATS_TEST_TMPDIR/page.html"
}

@test "numbers and words on 40 columns, without colour, as a person sees them" {
	need_kernel
	COLUMNS=40 NO_COLOR=1 run -0 "$SYSWHY" trace "count read calls of wkresult" -- "$WORK" 33
	[[ $output == *wkresult* ]]
	[[ $output != *$'\e'* ]]
	command -v script >/dev/null || skip "needs script"
	run script -qec "stty cols 40 rows 20; TERM=xterm NO_COLOR=1 '$SYSWHY' trace 'count read calls of wkresult' -- '$WORK' 33" /dev/null
	[[ $output == *wkresult* ]]
	# Cursor movements are no colour.
	run ! grep -qE $'\e\\[[0-9;]*m' <<<"$output"
}

@test "names with control characters and bytes that are no text do not reach the terminal" {
	need_kernel
	evil=$BATS_TEST_TMPDIR/$'\e]0;x\a\xff'
	cp "$WORK" "$evil"
	run -0 "$SYSWHY" trace "count files opened by process" -- "$evil" 5
	[[ $output != *$'\e'* && $output != *$'\a'* && $output != *$'\xff'* ]]
	[[ $output == *'\x1b]0;x\x07\xff'* ]]
	printf x >"$BATS_TEST_TMPDIR/"$'\xff\e[31mred'
	run -0 "$SYSWHY" trace "show each file opened by cat" -- cat "$BATS_TEST_TMPDIR/"$'\xff\e[31mred'
	[[ $output != *$'\e'* ]]
	[[ $output == *'\xff\x1b[31mred'* ]]
	trace "show each file opened by cat" -- cat "$BATS_TEST_TMPDIR/"$'\xff\e[31mred'
	json '[.result.events[] | select(.file | test("red$"))] | length == 1'
}

@test "the command's own exit does not change the answer" {
	need_kernel
	trace "count read calls of wkresult" -- bash -c '"$0" 9; exit 3' "$WORK"
	[ "$status" -eq 0 ]
	json '.result.maps[0].rows[0].value >= 9'
}

@test "many errors at once: those that are left out are, and the verifier takes it" {
	need_kernel
	trace "failed system calls by error excluding EAGAIN, EINPROGRESS, EINTR, ETIMEDOUT, ENOENT, ENOTTY, ECHILD, ESRCH and ENODATA" -- \
		python3 -c 'import os
for path, times in (("/nonexistent", 20), ("/etc/passwd/x", 7)):
    for _ in range(times):
        try: os.stat(path)
        except OSError: pass'
	[ "$status" -eq 0 ]
	json '.result.maps[0].rows[] | select(.key == ["ENOTDIR"]) | .value >= 7'
	json '[.result.maps[0].rows[] | select(.key == ["ENOENT"])] | length == 0'
}

@test "what fails: a signal that ended a process, a connect that was refused, a full file system's error stand out" {
	need_kernel
	trace "what keeps failing" -- python3 -c 'import os, signal, socket, subprocess
for _ in range(5):
    subprocess.run(["sh", "-c", "kill -SEGV $$"])
    try: socket.create_connection(("127.0.0.1", 1))
    except OSError: pass
    try: os.write(os.open("/dev/full", os.O_WRONLY), b"x")
    except OSError: pass'
	[ "$status" -eq 0 ]
	json '.plan.subject == "survey.failures"'
	for name in "resource errors" "ended by signals" "failed connects"; do
		json "[.survey[] | select(.name == \"$name\" and .stands_out)] | length == 1"
	done
}

# ---- what stands still ----

# Starts a process that teardown() ends, and waits until it is that program. Its pid is in $started.
left=()
start() {
	"$@" 3>&- &
	started=$!
	left+=("$started")
	until [ "/proc/$started/exe" -ef "$(command -v "$1")" ]; do sleep 0.1; done
}

teardown() {
	for pid in "${left[@]}"; do
		pkill -KILL -P "$pid" || true
		kill -CONT "$pid" && kill -KILL "$pid" || true
	done 2>/dev/null
}

# It makes no event: where it stands is read from /proc.
@test "a process that waits all the time: what it waits in, and who keeps it waiting" {
	need_kernel
	touch "$BATS_TEST_TMPDIR/lock"
	start flock "$BATS_TEST_TMPDIR/lock" sleep 300
	holder=$started
	until pgrep -P "$holder" -x sleep >/dev/null; do sleep 0.1; done
	start flock "$BATS_TEST_TMPDIR/lock" true
	until grep -q -- "-> FLOCK .* $started " /proc/locks; do sleep 0.1; done
	trace "why does pid $started hang" --for 1
	[ "$status" -eq 0 ]
	json ".answer | test(\"It did not run at all: flock .pid $started. waits in flock, on .*/lock, whose lock flock .pid $holder. holds\")"
	json '[.evidence[] | select(.title == "where its threads stand")] | length == 1'
}

# A lock is told by its process in /proc/locks, whichever thread waits.
@test "a thread beside the first that waits for a file's lock" {
	need_kernel
	touch "$BATS_TEST_TMPDIR/lock"
	start flock "$BATS_TEST_TMPDIR/lock" sleep 300
	holder=$started
	python=/usr/bin/python3
	[ -x "$python" ] || python=$(command -v python3)
	start "$python" -c 'import fcntl, sys, threading, time
file = open(sys.argv[1])
threading.Thread(target=lambda: fcntl.flock(file, fcntl.LOCK_EX), daemon=True).start()
time.sleep(300)' "$BATS_TEST_TMPDIR/lock"
	until grep -q -- "-> FLOCK .* $started " /proc/locks; do sleep 0.1; done
	trace "why does pid $started hang" --for 1
	json ".answer | test(\"None of its 2 threads ran: .* waits in flock, on .*/lock, whose lock flock .pid $holder. holds\")"
}

@test "a thread that waits for a lock of its own process" {
	need_kernel
	python=/usr/bin/python3
	[ -x "$python" ] || python=$(command -v python3)
	start "$python" -c 'import ctypes, sys, threading, time
libc, mutex = ctypes.CDLL(None), ctypes.create_string_buffer(64)
libc.pthread_mutex_lock(mutex)
threading.Thread(target=lambda: libc.pthread_mutex_lock(mutex), daemon=True).start()
time.sleep(300)'
	until [ "$(cut -d' ' -f1 "/proc/$started"/task/*/syscall | grep -c .)" = 2 ]; do sleep 0.1; done
	sleep 0.5
	trace "what is pid $started waiting for" --for 1
	json ".answer | test(\"None of its 2 threads ran: .* waits in futex, on a lock at 0x[0-9a-f]+ that .* .thread $started. holds\")"
}

@test "a stopped process, and a reader of a pipe that nobody fills" {
	need_kernel
	start sleep 300
	kill -STOP "$started"
	trace "why is pid $started frozen" --for 1
	json ".answer | test(\"sleep .pid $started. is stopped by a signal\")"
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	exec 7<>"$BATS_TEST_TMPDIR/pipe"
	start cat "$BATS_TEST_TMPDIR/pipe"
	trace "why is pid $started stuck" --for 1
	json ".answer | test(\"cat .pid $started. waits in read, on a named pipe that .* writes to\")"
	exec 7<&-
}

@test "a zombie is told as one, with who has not reaped it; a name that nobody bears is no slow process" {
	need_kernel
	python=/usr/bin/python3
	[ -x "$python" ] || python=$(command -v python3)
	start "$python" -c 'import os, time
os.fork() or os._exit(3)
time.sleep(300)'
	until zombie=$(pgrep -P "$started") && grep -q '^State:.Z' "/proc/$zombie/status"; do sleep 0.1; done
	run "$SYSWHY" trace "why is pid $zombie stuck" --for 1
	[ "$status" -eq 1 ]
	[[ $output == *"Process $zombie has ended already, and is a zombie: its parent "*" (pid $started) has not asked how it ended."* ]]
	trace "why does nosuchprogram hang" --for 1
	json '.answer | contains("no process bears that name now")'
}

@test "a process that its control group's quota holds back is told so" {
	need_kernel
	group=/sys/fs/cgroup/cpu/syswhy-test-$$
	if [ -e /sys/fs/cgroup/cpu/cpu.cfs_quota_us ] && mkdir "$group"; then
		echo 10000 >"$group/cpu.cfs_quota_us"
	else
		group=/sys/fs/cgroup/syswhy-test-$$
		{ grep -qw cpu /sys/fs/cgroup/cgroup.subtree_control && mkdir "$group"; } 2>/dev/null || skip "needs a writable control group with CPU quotas"
		echo "10000 100000" >"$group/cpu.max"
	fi
	start bash -c 'while :; do :; done'
	echo "$started" >"$group/cgroup.procs"
	trace "why is pid $started slow" --for 1
	kill -KILL "$started"
	for ((i = 0; i < 50; i++)); do
		rmdir "$group" 2>/dev/null && break
		sleep 0.1
	done
	json ".answer | test(\"The CPU quota of its control group /syswhy-test-$$ held it back in [0-9]+ of [0-9]+ periods\")"
}

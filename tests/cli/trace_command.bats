#!/usr/bin/env bats
# `syswhy trace … -- COMMAND`: whose doing is measured, from when to when, and what becomes of the command.
load common
load running

# A program that makes exactly $1 calls of getppid(), in $2 children of children, and says so.
caller() {
	cat >"$BATS_TEST_TMPDIR/caller.c" <<'END'
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	int depth = argc > 2 ? atoi(argv[2]) : 0;

	for (int i = atoi(argv[1]); i > 0; i--)
		getppid();
	if (depth && fork() == 0) {
		if (fork() == 0) {
			char deeper[12];

			deeper[0] = (char)('0' + depth - 1), deeper[1] = 0;
			execl(argv[0], argv[0], argv[1], deeper, NULL);
		}
		while (wait(NULL) > 0)
			;
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
	return 7;
}
END
	cc -O1 -o "$BATS_TEST_TMPDIR/wkcaller" "$BATS_TEST_TMPDIR/caller.c"
}

# What runs beside the command ends with its test, also with one that fails.
teardown() {
	: >"$BATS_TEST_TMPDIR/over"
}

@test "the command from its first instruction to its last, with all that it starts, and nothing else" {
	need_kernel
	caller
	# The same program beside it, which is not the command's doing.
	(while [ -d "$BATS_TEST_TMPDIR" ] && [ ! -e "$BATS_TEST_TMPDIR/over" ]; do "$BATS_TEST_TMPDIR/wkcaller" 50 1 || :; done) 3>&- &
	run -0 --separate-stderr "$SYSWHY" trace "count syscalls:sys_enter_getppid" --json -- "$BATS_TEST_TMPDIR/wkcaller" 1000 3
	: >"$BATS_TEST_TMPDIR/over"
	wait
	json '.result.maps[0].rows[0].value == 4000 and .seconds > 0'
	json '.command.state == "ended" and .command.exit_code == 7 and .command.signal == null and .command.pid > 1'
	json '.plan.where[0].is == "is or descends from" and .notes == null'
	"$ROOT/tests/schema/validate" "$ROOT/docs/schema/trace.json" <<<"$output"
}

@test "nothing before the program itself is taken for its doing" {
	need_kernel
	run -0 --separate-stderr "$SYSWHY" trace "count system calls by process" --json -- true
	json '[.result.maps[0].rows[].key[0]] == ["true"]'
	# Only returns are watched here, and the read that held the command returns late.
	run -0 --separate-stderr "$SYSWHY" trace "smallest read size by process" --json -- true
	json '.result.maps[0].rows | length == 1 and .[0].key == ["true"] and .[0].value > 100'
	run -0 --separate-stderr "$SYSWHY" trace "count execve calls" --json -- true
	json '.result.maps[0].rows[0].value == 1'
}

@test "the whole machine with --all, where somebody is named, and where nobody can be told" {
	need_kernel
	caller
	(while [ -d "$BATS_TEST_TMPDIR" ] && [ ! -e "$BATS_TEST_TMPDIR/over" ]; do "$BATS_TEST_TMPDIR/wkcaller" 50 || :; done) 3>&- &
	run -0 --separate-stderr "$SYSWHY" trace "count syscalls:sys_enter_getppid" --all --json -- sleep 1
	json '.result.maps[0].rows[0].value >= 50 and .plan.where == [] and .notes == null'
	run -0 --separate-stderr "$SYSWHY" trace "count page faults by process on the whole machine" --json -- sleep 1
	json '[.result.maps[0].rows[].key[0]] | index("wkcaller")'
	run -0 --separate-stderr "$SYSWHY" trace "整台机器 每个进程的缺页次数" --json -- sleep 1
	json '[.result.maps[0].rows[].key[0]] | index("wkcaller")'
	run -0 --separate-stderr "$SYSWHY" trace "count syscalls:sys_enter_getppid of wkcaller" --json -- sleep 1
	: >"$BATS_TEST_TMPDIR/over"
	wait
	json '.result.maps[0].rows[0].value >= 50 and (.notes[0] | test("Not limited to sleep.*says whose"))'
	run -0 "$SYSWHY" trace "count soft interrupts" -- sleep 1
	[[ $output == *"whole machine while it ran: this happens outside the process"* ]]
}

@test "its exit code and signal are told" {
	need_kernel
	run -0 "$SYSWHY" trace "count page faults" -- sh -c 'exit 3'
	[[ $output == *"The command sh (pid "*") ended: exit code 3."* ]]
	run -0 --separate-stderr "$SYSWHY" trace "count page faults" --json -- sh -c 'kill -TERM $$'
	json '.command.exit_code == null and .command.signal == 15'
	run --separate-stderr "$SYSWHY" trace "count page faults" --json --for 1
	json '.command == null'
}

@test "with --for the watch ends and the command goes on" {
	need_kernel
	# What it leaves holds its output open, so that goes to a file.
	"$SYSWHY" trace "count page faults" --json --for 1 -- sleep 1000 >"$BATS_TEST_TMPDIR/out" 2>&1 3>&-
	output=$(<"$BATS_TEST_TMPDIR/out")
	json '.command.state == "running" and .command.exit_code == null and .status == "ok"'
	left=$(marked sleep)
	[ "$left" = "$(jq .command.pid <<<"$output")" ]
	kill "$left"
	"$SYSWHY" trace "count page faults for 1 second" -- sleep 1000 >"$BATS_TEST_TMPDIR/out" 2>&1 3>&-
	output=$(<"$BATS_TEST_TMPDIR/out")
	left=$(marked sleep)
	[[ $output == *"The command (sleep, pid $left) still runs; it was left alone."* ]]
	kill "$left"
	nothing_left
}

@test "a command that is held is not run when syswhy is killed or nothing can be watched" {
	need_kernel
	fake_bpftrace 'cat >/dev/null; exec sleep 1000'
	"$SYSWHY" trace "count page faults" --for 100 -- touch "$BATS_TEST_TMPDIR/ran" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	pid=$!
	for ((i = 0; i < 300; i++)); do
		[ -n "$(marked sleep)" ] && break
		sleep 0.1
	done
	[ -n "$(marked touch)" ]
	kill -KILL "$pid"
	wait "$pid" || true
	nothing_left
	[ -z "$(marked touch)" ]
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
	fake_bpftrace 'cat >/dev/null; echo "stdin:1:1-2: ERROR: no" >&2; exit 1'
	run -1 "$SYSWHY" trace "count page faults" -- touch "$BATS_TEST_TMPDIR/ran"
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
}

@test "a tracer that dies leaves the command to its end" {
	need_kernel
	start_trace "count page faults by process" -- sh -c 'sleep 3; : >"$0"' "$BATS_TEST_TMPDIR/whole"
	live
	kill -KILL "$tracer"
	ended_with 1
	grep -q SIGKILL "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"
	[ -e "$BATS_TEST_TMPDIR/whole" ]
	nothing_left
}

@test "a command that does not heed Ctrl-C is ended all the same, with what it started" {
	need_kernel
	start_trace "count page faults by process" -- sh -c 'trap "" INT TERM; sleep 1000; sleep 1001'
	live
	kill -INT "$pid"
	ended_with 130
	grep -q 'SIGKILL' "$BATS_TEST_TMPDIR/out"
	nothing_left
}

@test "a command whose interpreter is not there" {
	need_kernel
	printf '#!/no/such/interpreter\n' >"$BATS_TEST_TMPDIR/script"
	chmod +x "$BATS_TEST_TMPDIR/script"
	run -1 "$SYSWHY" trace "count page faults" -- "$BATS_TEST_TMPDIR/script"
	[[ $output == *"cannot start"*"script"*"interpreter"* ]]
	few_lines "$output" 1
}

@test "a program that is kept says how it is run with the command, and bpftrace runs it" {
	need_kernel
	caller
	run -0 "$SYSWHY" trace "count syscalls:sys_enter_getppid" -o "$BATS_TEST_TMPDIR/kept.bt" -- "$BATS_TEST_TMPDIR/wkcaller" 200 1
	[[ $output == *"bpftrace -c '$BATS_TEST_TMPDIR/wkcaller 200 1' $BATS_TEST_TMPDIR/kept.bt"* ]]
	run bpftrace -c "$BATS_TEST_TMPDIR/wkcaller 200 1" "$BATS_TEST_TMPDIR/kept.bt"
	[[ $output == *": 400"* ]]
}

@test "a process that ends while it is watched ends the watch" {
	need_kernel
	sleep 1000 3>&- &
	target=$!
	start_trace "count page faults" --pid "$target" --for 300
	live
	kill "$target"
	code=0
	wait "$pid" || code=$?
	[ "$code" -le 1 ]
	grep -q 'ended after .* and the watch with it' "$BATS_TEST_TMPDIR/out"
	nothing_left
}

@test "a thread's number, and a name that is longer than the kernel keeps" {
	need_kernel
	python3 -c 'import threading, time; threading.Thread(target=time.sleep, args=(1000,), daemon=True).start(); time.sleep(1000)' 3>&- &
	target=$!
	for ((i = 0; i < 100; i++)); do
		threads=$(ls "/proc/$target/task")
		[ "$(wc -l <<<"$threads")" -gt 1 ] && break
		sleep 0.1
	done
	thread=$(tail -n 1 <<<"$threads")
	run -1 "$SYSWHY" trace "count page faults" --pid "$thread" --for 1
	[[ $output == *"$thread is a thread of process $target"* ]]
	kill "$target"
	cp /bin/ls "$BATS_TEST_TMPDIR/wkaveryverylongname"
	run -0 --separate-stderr "$SYSWHY" trace "count page faults" --comm wkaveryverylongname --json -- "$BATS_TEST_TMPDIR/wkaveryverylongname" /
	json '.status == "ok" and (.notes | any(test("15 bytes.*wkaveryverylong.*")))'
}

@test "functions of programs that are gone have their names" {
	need_kernel
	cat >"$BATS_TEST_TMPDIR/spin.c" <<'END'
#include <time.h>
static volatile unsigned long sum;
__attribute__((noinline)) void spin_inner(void)
{
	for (long i = 0; i < 20000000; i++)
		sum += (unsigned long)i;
}
__attribute__((noinline)) void spin_outer(void)
{
	for (int i = 0; i < 4; i++)
		spin_inner();
	sum++;
}
int main(void)
{
	spin_outer();
	return (int)(sum & 1);
}
END
	cc -O0 -o "$BATS_TEST_TMPDIR/wkspin" "$BATS_TEST_TMPDIR/spin.c"
	# Each at other addresses, and all gone when the stacks are printed.
	run -0 --separate-stderr "$SYSWHY" trace "profile user stacks at 99 hertz" --json -- \
		sh -c 'for i in 1 2 3 4 5 6; do "$0" || :; done' "$BATS_TEST_TMPDIR/wkspin"
	json '[.result.maps[0].rows[] | select(.key[0] == "wkspin")] | max_by(.value).key[1] | .[:3] == ["spin_inner", "spin_outer", "main"]'
	# A sample may meet the loader before main(), which has no names; all that main() calls has.
	json '[.result.maps[0].rows[] | select(.key[0] == "wkspin" and (.key[1] | index("main"))) | .key[1][] | select(startswith("0x"))] == []'
}

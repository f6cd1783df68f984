#!/usr/bin/env bats
# Tracepoints that a question names, and their fields: what is counted is what a program of known doings did.
load common

trace() { run --separate-stderr "$SYSWHY" trace --json "$@"; }
rows() { jq -es '.[0].result.maps[0].rows | '"$1" <<<"$output" >/dev/null || { echo "$output" >&2; return 1; }; }

setup_file() {
	# Five unlinks of what is not there and two of what is; three writes of 100 bytes and two of 1,000 to descriptor 7; four
	# sleeps; another name; three children that execute.
	cat >"$BATS_FILE_TMPDIR/doings.c" <<'EOF'
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
	static char bytes[1000];
	char name[64];

	dup2(open("/dev/null", O_WRONLY), 7);
	for (int i = 0; i < 5; i++)
		unlink("/tmp/syswhy-named-none");
	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "/tmp/syswhy-named-%d-%d", (int)getpid(), i);
		close(open(name, O_CREAT | O_WRONLY, 0600));
		unlink(name);
	}
	for (int i = 0; i < 5; i++)
		if (write(7, bytes, i < 3 ? 100 : 1000) < 0)
			return 1;
	for (int i = 0; i < 4; i++)
		clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){ 0, 2000000 }, NULL);
	prctl(PR_SET_NAME, "another name");
	for (int i = 0; i < 3; i++)
		if (fork() == 0)
			execl("/bin/true", "true", (char *)NULL);
	while (wait(NULL) > 0)
		;
	return 0;
}
EOF
	cc -O1 -o "$BATS_FILE_TMPDIR/doings" "$BATS_FILE_TMPDIR/doings.c"
	export DOINGS=$BATS_FILE_TMPDIR/doings
}

@test "a field is compared with numbers, with the kernel's names for them, and by its bits" {
	need_kernel
	trace "syscalls:sys_exit_unlink where ret is -ENOENT" -- "$DOINGS"
	rows '[.[].value] | add == 5'
	trace "count syscalls:sys_exit_unlink with ret = 0" -- "$DOINGS"
	rows '[.[].value] | add == 2'
	trace "syscalls:sys_enter_write where args->fd == 7 and count > 500" -- "$DOINGS"
	rows '[.[].value] | add == 2'
	trace "count syscalls:sys_enter_openat where flags & 0x40" -- "$DOINGS"
	rows '[.[].value] | add == 2'
}

@test "a field is added up, by another" {
	need_kernel
	trace "sum count at syscalls:sys_enter_write where fd is 7" -- "$DOINGS"
	rows '[.[].value] | add == 2300'
	trace "for syscalls:sys_exit_unlink count by ret" -- "$DOINGS"
	rows 'map({ (.key[0] | tostring): .value }) | add | [.[]] | sort == [2, 5]'
}

@test "fields are columns" {
	need_kernel
	trace "task:task_rename print newcomm" -- "$DOINGS"
	jq -es '[.[0].result.events[].newcomm] | index("another name")' <<<"$output" >/dev/null
}

@test "several tracepoints are told apart by their names" {
	need_kernel
	trace "syscalls:sys_enter_unlink and sched:sched_process_fork" -- "$DOINGS"
	rows 'map({ (.key[0]): .value }) | add | to_entries | map(.value) | sort == [3, 7]'
}

@test "a time between two tracepoints: the vocabulary's, a system call's, and one made for the question" {
	need_kernel
	trace "how long between syscalls:sys_enter_clock_nanosleep and syscalls:sys_exit_clock_nanosleep" -- "$DOINGS"
	rows '[.[].buckets[].count] | add == 4'
	trace "from sched:sched_process_fork to sched:sched_process_exec" -- "$DOINGS"
	rows '[.[].buckets[].count] | add == 3'
	jq -es '.[0] | tostring | test("paired by the task")' <<<"$output" >/dev/null
}

@test "a value that the kernel exports no name for ends in a verdict" {
	need_kernel
	trace "lock:contention_begin where flags is LCB_F_NONE"
	[ "$status" -eq 8 ]
	json '.why | test("LCB_F_NONE")'
	trace "sched:sched_switch with prev_state TASK_UNINTERRUPTIBLE"
	[ "$status" -eq 8 ]
	json '.why | test("TASK_UNINTERRUPTIBLE")'
}

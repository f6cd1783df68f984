#!/usr/bin/env bats
# `syswhy explain`: what it says of programs, how it measures, and what it does with input that is none.
load common

valid() { "$ROOT/tests/schema/validate" "$ROOT/docs/schema/explain.json" <<<"$output"; }

@test "a program is explained block by block, with its maps and how it ends" {
	run -0 --separate-stderr "$SYSWHY" explain --no-measure "$ROOT/data/recipes/disk.io.bt"
	[[ $output == *"When the kernel passes the tracepoint block:block_rq_complete, if @start holds something for this device (dev) and sector (line "* ]]
	[[ $output == *"the time since @start, in us, into the histogram @latency"*"forgets @start"* ]]
	[[ $output == *"@latency: a histogram"*"printed at the end"* && $output == *"until Ctrl-C"* ]]
	[ -z "$stderr" ]
}

@test "the object is as the schema says, from a file and from standard input" {
	run -0 --separate-stderr "$SYSWHY" explain --no-measure --json "$ROOT/data/recipes/file.open.bt"
	valid
	json '.kind == "bpftrace" and .probes[0].subject == "file.open" and .maps[0].unit == "opens" and .evidence[0].number == 1'
	from_file=$(jq -c 'del(.file)' <<<"$output")
	run -0 --separate-stderr bash -c '"$SYSWHY" explain --no-measure --json - <"$ROOT/data/recipes/file.open.bt"'
	[ "$(jq -c 'del(.file)' <<<"$output")" = "$from_file" ]
}

@test "a one-liner as it stands in a shell is taken" {
	run -0 --separate-stderr "$SYSWHY" explain --no-measure --json - <<<"sudo bpftrace -e 'tracepoint:syscalls:sys_enter_fsync { @[comm] = count(); }'"
	json '.probes[0].name == "tracepoint:syscalls:sys_enter_fsync" and .maps[0].name == "@" and .maps[0].keys == "process name"'
}

@test "what could go wrong is found" {
	need_kernel
	run -0 --separate-stderr "$SYSWHY" explain --no-measure --json - <<'END'
tracepoint:syscalls:sys_enter_read { @start[tid] = nsecs; @seen[nsecs] = 1; }
tracepoint:syscalls:sys_exit_read { @us = hist((nsecs - @start[tid]) / 1000); printf("%d\n", args->nosuch); system("touch /tmp/x"); }
kprobe:no_such_function { let $x = 1; @n = count(); }
tracepoint:no:such { @m = @never; }
END
	valid
	json '[.risks[].text] | any(test("@start keeps a start time for each thread ID and never forgets"))'
	json '[.risks[].text] | any(test("@seen has nsecs in its key"))'
	json '[.risks[].text] | any(test("No filter asks whether @start"))'
	json '.risks[0] | .level == "danger" and .line == 2 and (.text | test("system\\(\\) runs a command as root"))'
	json '[.risks[].text] | any(test("sys_exit_read has no field nosuch"))'
	json '[.risks[].text] | any(test("prints a line at every firing of tracepoint:syscalls:sys_exit_read"))'
	json '[.risks[].text] | any(test("tracepoint:no:such cannot be attached here: this kernel has no such tracepoint"))'
	json '[.risks[].text] | any(test("kprobe:no_such_function cannot be attached here"))'
	json '[.risks[].text] | any(test("@never is used, but nothing is ever put into it"))'
}

@test "its probes are counted, and the program itself never runs" {
	need_kernel
	printf '#!/usr/bin/env bpftrace\nBEGIN { printf("never\\n"); }\ntracepoint:syscalls:sys_enter_sethostname { @ = count(); }\nprofile:hz:50 { @p = count(); }\ntracepoint:no:such { @x = count(); }\n' >"$BATS_TEST_TMPDIR/p.bt"
	python3 -c 'import socket, time; e = time.time() + 20
while time.time() < e: socket.sethostname(socket.gethostname()); time.sleep(0.01)' 3>&- &
	run -0 --separate-stderr "$SYSWHY" explain --json --for 2 "$BATS_TEST_TMPDIR/p.bt"
	kill "$!"
	valid
	json '.seconds >= 1.5 and (.probes[1].count > 20) and (.probes[1].per_second > 10)'
	json '.probes[2].count == null and .probes[2].per_second == 50 * '"$(nproc)"
	json '.probes[3].attaches == "no" and (.probes[3].unmeasured | length) > 0 and .probes[0].per_second == null'
	[[ $output != *"\"never\\n\""* ]]
}

@test "input that is none gets one sentence and exit code 1" {
	cd "$BATS_TEST_TMPDIR"
	: >empty
	head -c 4000 /dev/urandom >garbage
	yes '// a comment' | head -c 5000000 >huge
	echo "just some words" >words
	mkdir folder
	for case in "empty:empty" "garbage:binary" "huge:longer" "words:no bpftrace program" "folder:folder" "absent:cannot open" "/dev/zero:no file"; do
		run -1 --separate-stderr "$SYSWHY" explain "${case%%:*}"
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" = 1 ]
		[[ $stderr == *"${case#*:}"* ]]
	done
	run -2 --separate-stderr "$SYSWHY" explain
	run -2 --separate-stderr "$SYSWHY" explain a b
	run -2 --separate-stderr "$SYSWHY" explain --for 0 words
}

@test "a foreign text does nothing to the terminal" {
	printf 'tracepoint:syscalls:sys_enter_read { printf("\033[31mred\007"); @["\033]0;x\007"] = count(); }\n' >"$BATS_TEST_TMPDIR/p.bt"
	run -0 --separate-stderr "$SYSWHY" explain --no-measure "$BATS_TEST_TMPDIR/p.bt"
	[[ $output != *$'\033'* && $output != *$'\a'* ]]
}

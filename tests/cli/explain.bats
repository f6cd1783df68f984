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

@test "the mark of some editors before the first line is no part of the program" {
	printf '\xef\xbb\xbftracepoint:raw_syscalls:sys_enter { @x = count(); }\r\n' >"$BATS_TEST_TMPDIR/mark.bt"
	run -0 "$SYSWHY" explain --no-measure "$BATS_TEST_TMPDIR/mark.bt"
	[[ "$output" == "This is a bpftrace program."* ]]
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
	for case in "empty:empty" "garbage:binary" "huge:longer" "words:of no kind" "folder:folder" "absent:cannot open" "/dev/zero:no file"; do
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

@test "a libbpf program is explained in C and compiled" {
	run -0 --separate-stderr "$SYSWHY" explain --no-measure --json "$ROOT/tests/explain/samples/fsync.bpf.c"
	valid
	json '.kind == "libbpf" and (.steps | map(.function)) == ["enter", "leave", "evil"] and .steps[0].when == "a program calls fsync()"'
	json '.steps[1].does == ["takes the process and thread ID", "looks up an entry of start", "forgets an entry of start", "takes the process name", "sends an event to its loader through events"]'
	json '.maps[0] | .name == "start" and .holds == "a hash table of unsigned long long, at most 512 entries" and .keys == "unsigned"'
	json '.risks[0] | .level == "danger" and (.text | test("bpf_send_signal"))'
	source=$output
	command -v clang >/dev/null || skip "needs clang"
	clang -O2 -g -target bpf "-I/usr/include/$(uname -m)-linux-gnu" -c "$ROOT/tests/explain/samples/fsync.bpf.c" -o "$BATS_TEST_TMPDIR/x.o"
	run -0 --separate-stderr "$SYSWHY" explain --no-measure --json "$BATS_TEST_TMPDIR/x.o"
	valid
	json '.kind == "object" and (.maps | map(.name)) == ["start", "events"] and .maps[0].holds == "a hash table of unsigned long long, at most 512 entries"'
	[ "$(jq -c '[.steps[] | [.function, .when, .does]]' <<<"$output")" = "$(jq -c '[.steps[] | [.function, .when, .does]]' <<<"$source")" ]
	head -c 900 "$BATS_TEST_TMPDIR/x.o" >"$BATS_TEST_TMPDIR/cut.o"
	run -1 --separate-stderr "$SYSWHY" explain "$BATS_TEST_TMPDIR/cut.o"
	[ "${#stderr_lines[@]}" = 1 ]
	run -1 --separate-stderr "$SYSWHY" explain "$SYSWHY"
	[[ $stderr == *"not a BPF object"* ]]
}

@test "a bcc program is explained: C, Python, and what is attached where" {
	run -0 --separate-stderr "$SYSWHY" explain --no-measure --json "$ROOT/tests/explain/samples/blocklat.py"
	valid
	json '.kind == "bcc" and (.title | test("How long block I/O takes"))'
	json '.steps[0] | .function == "trace_req_start" and .probes == ["kprobe:blk_account_io_start", "kprobe:blk_mq_start_request"]'
	json '[.probes[].name] | contains(["tracepoint:syscalls:sys_exit_execve", "uprobe:libc:malloc", "profile:hz:49", "tracepoint/random/urandom_read"])'
	json '.maps | map(.name) == ["start", "dist", "events"]'
	json '.maps[0].keys == "struct request *" and (.shows[0] | test("steps double \\(line 55\\)"))'
}

@test "outputs are read: maps, histograms, stacks, tables, perf" {
	samples=$ROOT/tests/explain/samples
	run -0 --separate-stderr "$SYSWHY" explain --json "$samples/maps.out"
	valid
	json '.kind == "output" and (.shows[0] | test("@by has 2 entries, 42 in all; the largest: bash \\(30, 71 %\\)")) and .shows[1] == "@n is 42."'
	json '.shows[2] | test("42 values: half lie below 4 us, 99 % below 8.2 ms; .*separate groups, around 2 us to 4 us and 4.1 ms to 8.2 ms")'
	json '.shows[3] | test("2 different stacks, seen 9 times.*do_sys_openat2 7")'
	json '.risks[0].text | test("17 events were lost")'
	json '[.evidence[].kind] == ["text", "text", "table", "histogram", "stacks"]'
	run -0 --separate-stderr "$SYSWHY" explain --json "$samples/biolatency.out"
	json '.shows[0] | test("1424 values: half lie below 256 us.*8.2 ms to 16.4 ms")'
	run -0 --separate-stderr "$SYSWHY" explain --json "$samples/opensnoop.out"
	json '(.shows[0] | test("table of 6 rows")) and (.evidence[1].data.rows[1][0] == "COMM")'
	run -0 --separate-stderr "$SYSWHY" explain --json "$samples/folded.out"
	json '.shows[0] | test("3 different stacks, seen 112 times.*d 99 \\(88 %\\)")'
	run -0 --separate-stderr "$SYSWHY" explain --json "$samples/perf.out"
	json '(.shows[0] | test("2 events: cpu-clock 2")) and (.shows[0] | test("Web Content 1"))'
}

@test "what a map holds is told once, however often it was printed; stats() has three numbers" {
	cd "$BATS_TEST_TMPDIR"
	printf 'Attaching 2 probes...\n10:00:01\n@[read]: 100\n@[open]: 50\n\n10:00:02\n@[read]: 90\n@[open]: 70\n@[close]: 5\n' >emptied
	printf '@n[a]: 5\n@n[b]: 7\n\n@n[a]: 9\n@n[b]: 12\n@c: 3\n@c: 4\n@d[x]: 1\n' >grown
	printf '@bytes[bash]: count 10, average 512, total 5120\n@bytes[cat]: count 2, average 131072, total 262144\n@us: count 1, average 5, total 5\n' >stats
	printf '%s\n' '{"type": "stats", "data": {"@bytes": {"bash": {"count": 10, "average": 512, "total": 5120}, "cat": {"count": 2, "average": 131072, "total": 262144}}}}' \
		'{"type": "stats", "data": {"@us": {"count": 1, "average": 5, "total": 5}}}' >stats.json
	printf 'FUNC     COUNT\nvfs_read  10\nvfs_open  12\nvfs_fsync  1\nDetaching...\n' >count
	run -0 --separate-stderr "$SYSWHY" explain --json emptied
	valid
	json '.shows[0] == "@ was printed 2 times; over all of them it had 3 entries, 315 in all; the largest: read (190, 60 %), open (120, 38 %), close (5, 2 %)."'
	json '.evidence[1].data | .total_rows == 3 and .rows[0] == ["read", 190]'
	run -0 --separate-stderr "$SYSWHY" explain --json grown
	json '.shows[:3] == ["@n was printed 2 times; the last time it had 2 entries, 21 in all; the largest: b (12, 57 %), a (9, 43 %).",
		"@c was printed 2 times; the last time it came to 4.", "@d has 1 entry, 1 in all; the largest: x (1, 100 %)."]'
	for file in stats stats.json; do
		run -0 --separate-stderr "$SYSWHY" explain --json "$file"
		valid
		json '.shows[0] == "@bytes holds number, average and total; the largest totals: cat (2 values, 128 KiB on average, 256 KiB in all), bash (10 values, 512 B on average, 5 KiB in all)."'
		json '.shows[1] == "@us holds number, average and total: 1 value, 5 us on average, 5 us in all."'
		json '.evidence[1].data.rows[0] == ["cat", 2, 131072, 262144]'
	done
	run -0 --separate-stderr "$SYSWHY" explain --json count
	json '(.shows[0] | test("table of 3 rows")) and .shows[1] == "1 more line is no row of it."'
}

@test "what a tracer printed line by line is told by its shapes, and never called nothing" {
	cd "$BATS_TEST_TMPDIR"
	python3 - <<'END'
lines = [f'{i}.5 {"bash" if i % 4 else "cron"} opened "/etc/f{i % 3}" fd={i % 7}' if i % 3 else f"exit pid {1000 + i} code {i % 2}" for i in range(3000)]
open("two", "w").write("Attaching 2 probes...\n" + "\n".join(lines) + "\n")
calls = [f'{100 + i % 2} openat(AT_FDCWD, "/x{i}", O_RDONLY|O_CLOEXEC) = {i % 9}\n{100 + i % 2} close({i}) = 0\n' for i in range(200)]
open("calls", "w").write("".join(calls))
open("lost", "w").write("Attaching 2 probes...\nLost 99 events\n")
open("none", "w").write("Attaching 2 probes...\n\n")
open("json", "w").write('{"type": "attached_probes", "data": {"probes": 1}}\n' + "".join(f'{{"type": "printf", "data": "open {i % 5}\\n"}}\n' for i in range(50)))
END
	run -0 --separate-stderr "$SYSWHY" explain --json two
	valid
	json '.shows[0] == "It has 3000 lines." and ([.shows[]] | any(test("showed nothing")) | not)'
	json '.shows[1] | test("^2000 lines \\(67 %\\) are like .<1> <2> opened <3> fd=<4>.\\.") and test("<2>: 2 values; most often bash \\(1500, 75 %\\), cron \\(500, 25 %\\)") and test("The first of them: .1.5 bash opened")'
	json '.shows[2] | test("^1000 lines \\(33 %\\) are like .exit pid <1> code <2>.\\..*from 1000 to 3997.*most often 0 \\(500, 50 %\\)")'
	json '.evidence[1].data | .total_rows == 2 and .rows[1][1] == 1000'
	run -0 --separate-stderr "$SYSWHY" explain --json calls
	json '(.what | test("built alike")) and .shows[0] == "It has 400 lines." and ([.shows[1, 2]] | any(test("^200 lines .50 %. are like .<1> openat.AT_FDCWD, <2>, ")))'
	run -0 --separate-stderr "$SYSWHY" explain --json lost
	json '(.shows[0] | test("all that it showed was lost")) and (.risks[0].text | test("99 events"))'
	run -0 --separate-stderr "$SYSWHY" explain --json none
	json '.shows == ["It attached its probes and showed nothing: nothing of what it watches happened, or a filter left it out."]'
	run -0 --separate-stderr "$SYSWHY" explain --json json
	json '.shows[0] == "It has 50 lines." and (.shows[1] | test("are like .open <1>."))'
	# Prose and code are no output, though some of their lines are alike.
	run -1 --separate-stderr "$SYSWHY" explain "$ROOT/docs/style.md"
	run -1 --separate-stderr "$SYSWHY" explain "$ROOT/src/base/utf8.c"
}

@test "bpftrace's own output, as text and as JSON, says the same" {
	need_kernel
	program='BEGIN { @a["x"] = 3; @a["y"] = 1; @h = hist(5); @h = hist(5); @h = hist(100); exit(); }'
	bpftrace -e "$program" >"$BATS_TEST_TMPDIR/text" 2>/dev/null
	bpftrace -f json -e "$program" >"$BATS_TEST_TMPDIR/json" 2>/dev/null
	run -0 --separate-stderr "$SYSWHY" explain --json "$BATS_TEST_TMPDIR/text"
	text=$(jq -c .shows <<<"$output")
	json '.shows | length == 2'
	run -0 --separate-stderr "$SYSWHY" explain --json "$BATS_TEST_TMPDIR/json"
	[ "$(jq -c .shows <<<"$output")" = "$text" ]
}

@test "probes that are attached one after the other are counted over the same time" {
	need_kernel
	dd if=/dev/zero of=/dev/null bs=1 status=none 3>&- &
	busy=$!
	printf '%s { @ = count(); }\n' t:syscalls:sys_enter_read t:syscalls:sys_enter_{openat,close,fsync,mmap,munmap,write,lseek,futex} t:syscalls:sys_exit_read \
		>"$BATS_TEST_TMPDIR/p.bt"
	run -0 --separate-stderr "$SYSWHY" explain --for 1 --json "$BATS_TEST_TMPDIR/p.bt"
	kill "$busy"
	# Between two looks a call may be begun and not ended, one a thread; not the thousands of the time that attaching takes.
	json '.probes | (.[0].count > 10000) and ((.[0].count - .[-1].count) | fabs) < 200 and .[0].seconds == .[-1].seconds'
}

@test "one probe that cannot be attached does not spoil the counting of the others" {
	need_kernel
	run -0 --separate-stderr "$SYSWHY" explain --json - <<'END'
tracepoint:syscalls:sys_enter_read { @a = count(); }
uprobe:/bin/bash:0x10 { @b = count(); }
tracepoint:*:* { @c = count(); }
t:syscalls:sys_enter_read { @d = count(); }
END
	valid
	json '.probes[0].count > 0 and .probes[3].count == .probes[0].count'
	json '.probes[1].count == null and (.probes[1].unmeasured | test("bpftrace says")) and (.probes[2].unmeasured | test("policy"))'
	json '[.risks[].text] | any(test("uprobe:/bin/bash:0x10 could not be attached"))'
}

@test "Ctrl-C ends the counting, keeps what was counted, and leaves nothing behind" {
	need_kernel
	export EXPLAIN_MARK=mark-$BATS_ROOT_PID-$RANDOM # what it starts has it too
	run -130 --separate-stderr timeout --preserve-status -s INT 4 "$SYSWHY" explain --json --for 3123 "$ROOT/data/recipes/proc.syscall.bt"
	valid
	json '.seconds > 0 and (.steps | length) > 0'
	[[ $stderr == *interrupted* ]]
	for process in /proc/[0-9]*; do
		[ "$process" = "/proc/$BASHPID" ] && continue
		if [[ $(readlink "$process/exe") == *bpftrace* ]] && grep -qzs "^EXPLAIN_MARK=$EXPLAIN_MARK\$" "$process/environ"; then
			echo "$process is left"
			false
		fi
	done
}

@test "fields that this kernel lacks are found in every kind of program" {
	need_kernel
	run -0 --separate-stderr "$SYSWHY" explain --no-measure --json - <<<'tracepoint:sched:sched_switch { $t = (struct task_struct *)curtask; @[$t->comm, $t->nosuch, args->prev_pidd] = count(); }'
	json '[.risks[].text] | any(test("struct task_struct has no member nosuch")) and any(test("has no field prev_pidd.*nearest: prev_pid"))'
	run -0 --separate-stderr "$SYSWHY" explain --no-measure --json - <<'END'
SEC("tp/sched/sched_switch") int a(struct trace_event_raw_sched_switch *ctx) { return ctx->prev_pid + ctx->nosuch; }
END
	json '[.risks[].text] | (any(test("trace_event_raw_sched_switch has no member nosuch"))) and (any(test("prev_pid ")) | not)'
	run -0 --separate-stderr "$SYSWHY" explain --no-measure --json - <<'END'
from bcc import BPF
b = BPF(text="""TRACEPOINT_PROBE(sched, sched_switch) { return args->nofield + args->prev_pid; }""")
END
	json '[.risks[].text] | any(test("has no field nofield"))'
}

@test "what is long beyond all sense is read to its limits, and that is said" {
	cd "$BATS_TEST_TMPDIR"
	python3 - <<'END'
open("maps", "w").write("t:a:b { " + " ".join(f"@m{i} = 1;" for i in range(20000)) + " }")
open("probes", "w").write(",".join(f"t:a:b{i}" for i in range(20000)) + " { @ = count(); }")
open("blocks", "w").write("t:a:b { @ = count(); } " * 3000)
open("out", "w").write("".join(f"@m{i}[k]: {i}\n" for i in range(3000)))
open("deep", "w").write("t:a:b { @x = " + "(" * 200000 + " }")
END
	run -0 --separate-stderr "$SYSWHY" explain --no-measure --json maps
	json '(.maps | length) == 500 and .maps[499].name == "(further maps)"'
	run -0 --separate-stderr "$SYSWHY" explain --no-measure --json probes
	json '(.probes | length) == 2000 and ([.risks[].text] | any(test("more than 2000 probes")))'
	run -0 --separate-stderr "$SYSWHY" explain --no-measure --json blocks
	json '(.steps | length) == 2000 and ([.risks[].text] | any(test("too many blocks")))'
	run -0 --separate-stderr "$SYSWHY" explain --json out
	json '(.evidence | length) <= 201 and (.shows | length) == 200'
	run -0 --separate-stderr "$SYSWHY" explain --no-measure --json deep
	json '[.risks[].text] | any(test("too deeply nested"))'
}

#!/usr/bin/env bats
# Ready-made tools: which is chosen, with which arguments, and how it ends.
load common

# A folder of data with tools of our own, whose programs are scripts here.
own_tools() {
	mkdir -p "$BATS_TEST_TMPDIR/data/tools" "$BATS_TEST_TMPDIR/bin"
	ln -sf "$SYSWHY_DATA/vocabulary" "$BATS_TEST_TMPDIR/data/vocabulary"
	ln -sf "$SYSWHY_DATA/bpftrace" "$BATS_TEST_TMPDIR/data/bpftrace"
	printf 'family own\n  name {name}\n  package apt-get install own\n' >"$BATS_TEST_TMPDIR/data/tools/families.tools"
	cat >"$BATS_TEST_TMPDIR/data/tools/own.tools"
	export SYSWHY_DATA=$BATS_TEST_TMPDIR/data PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

program() {
	cat >"$BATS_TEST_TMPDIR/bin/$1"
	chmod +x "$BATS_TEST_TMPDIR/bin/$1"
}

@test "the arguments are filled in from the question" {
	need_programs iostat ss strace
	run -0 "$SYSWHY" tool --print --json "disk utilisation every 2 seconds 5 times"
	json '.status == "ok" and .argv[1:] == ["-d","-x","-y","2","5"]'
	run -0 "$SYSWHY" tool --print --json "who listens on port 80"
	json '.tool == "ss" and (.argv | index("-l")) and (.argv | index(":80"))'
	run -0 "$SYSWHY" tool --print --json "哪个进程监听 80 端口"
	json '.tool == "ss" and (.argv | index(":80"))'
	run -0 "$SYSWHY" tool --print --json "use strace on pid $$ only openat"
	json ".argv[-2:] == [\"-p\",\"$$\"] and (.argv | index(\"trace=openat\"))"
	run -0 "$SYSWHY" tool --print --json "trace rename syscalls of pid $$ with timing"
	json '(.argv | map(select(startswith("trace="))) | .[0] | endswith("renameat,renameat2")) and (.argv | index("-T"))'
	need_programs top pidstat
	run -0 "$SYSWHY" tool --print --json "which process uses the most cpu, 3 samples one second apart"
	json '.tool == "top" and .argv[(.argv | index("-n")) + 1] == "3" and .missed == []'
	run -0 "$SYSWHY" tool --print --json "memory usage of process bash over time"
	json '.missed == []'
}

@test "whoever is named, in a question or beside a trace, a tool is chosen and nothing crashes" {
	need_programs pidstat
	for name in whatsitd "process whatsitd" "handler whatsitd" "processes whose name starts with whatsit" "named whatsitd"; do
		run "$SYSWHY" tool --print --json "voluntary and involuntary context switches of $name"
		[ "$status" -lt 9 ]
		json '.status | length > 0'
		run "$SYSWHY" tool --print --json "interrupts of $name"
		[ "$status" -lt 9 ]
	done
}

@test "a command after -- is watched, word by word" {
	command -v strace >/dev/null || skip "needs strace"
	run -0 "$SYSWHY" tool --print --json "strace count" -- sh -c 'echo "a  b"'
	json '.argv[-4:] == ["--","sh","-c","echo \"a  b\""]'
	run -0 "$SYSWHY" tool --yes --json "strace count" -- true
	json '.status == "ok" and .exit == 0 and (.output | test("execve"))'
}

@test "nothing runs when nobody allows it" {
	own_tools <<-'EOF'
		tool marker
		  shows marks
		  say wombat
		  stop self
		  way own
	EOF
	program marker <<-EOF
		#!/bin/sh
		touch "$BATS_TEST_TMPDIR/ran"
	EOF
	run -6 "$SYSWHY" tool --json "wombat" </dev/null
	json '.status == "refused" and .exit == null and .output == null'
	run -0 "$SYSWHY" tool --print "wombat"
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
	run -0 "$SYSWHY" tool --yes "wombat"
	[ -e "$BATS_TEST_TMPDIR/ran" ]
}

@test "output is made safe, both streams are kept, and the exit code is told" {
	own_tools <<-'EOF'
		tool noisy
		  shows noise
		  say wombat
		  stop self
		  way own
	EOF
	program noisy <<-'EOF'
		#!/bin/sh
		printf '\033[31mred\033[0m\n'
		echo complaint >&2
		exit 3
	EOF
	run -0 "$SYSWHY" tool --yes --json "wombat"
	json '.exit == 3 and (.output | test("x1b\\[31mred") and test("complaint"))'
	run -0 "$SYSWHY" tool --yes "wombat"
	[[ $output == *'\x1b[31mred'* && $output != *$'\e['* ]]
}

@test "a failure that the data knows stops the tool, is said, and the next takes its place" {
	own_tools <<-'EOF'
		failure no wombats here
		  why it needs wombats
		  mend apt-get install wombats
		  families own
		tool first
		  shows the first
		  say wombat count
		  way own
		tool second
		  shows the second
		  say wombat count
		  stop self
		  way own
	EOF
	program first <<-'EOF'
		#!/bin/sh
		echo "no wombats here" >&2
		exec sleep 600
	EOF
	program second <<-'EOF'
		#!/bin/sh
		echo second ran
	EOF
	run -0 "$SYSWHY" tool --yes --json "wombat count"
	json '.status == "ok" and .tool == "second" and .attempts[0].tool == "first" and (.attempts[0].error | test("needs wombats"))'
	json '.output == "second ran\n"'
}

@test "an endless tool is interrupted at the deadline, killed when it ignores that, and leaves nothing behind" {
	own_tools <<-'EOF'
		tool endless
		  shows lines
		  say wombat
		  way own
	EOF
	program endless <<-EOF
		#!/bin/bash
		echo \$\$ >"$BATS_TEST_TMPDIR/pid"
		trap '' INT TERM
		echo line
		while :; do sleep 0.2; done
	EOF
	run -0 "$SYSWHY" tool --yes --json --for 1 "wombat"
	json '.status == "ok" and .exit == 137 and .output == "line\n"'
	! kill -0 "$(cat "$BATS_TEST_TMPDIR/pid")" 2>/dev/null
}

@test "Ctrl-C stops the tool cleanly and keeps what it printed" {
	own_tools <<-'EOF'
		tool endless
		  shows lines
		  say wombat
		  way own
	EOF
	program endless <<-EOF
		#!/bin/bash
		trap 'echo bye; exit 0' INT
		echo \$\$ >"$BATS_TEST_TMPDIR/pid"
		while :; do sleep 0.1; done
	EOF
	"$SYSWHY" tool --yes --json --for 300 "wombat" >"$BATS_TEST_TMPDIR/out" &
	until [ -s "$BATS_TEST_TMPDIR/pid" ]; do sleep 0.05; done
	kill -INT $!
	code=0
	wait $! || code=$?
	[ "$code" = 130 ]
	output=$(cat "$BATS_TEST_TMPDIR/out") json '.output == "bye\n"'
	! kill -0 "$(cat "$BATS_TEST_TMPDIR/pid")" 2>/dev/null
}

@test "a flood of output is cut and the tool stopped" {
	own_tools <<-'EOF'
		tool flood
		  shows lines
		  say wombat
		  way own
	EOF
	program flood <<-'EOF'
		#!/bin/sh
		exec yes wombat
	EOF
	run -0 "$SYSWHY" tool --yes --json --for 300 "wombat"
	json '.cut and (.output | length) <= 1048576'
}

@test "a process that is not there, a part that is missing, a tool that is not installed" {
	run -1 "$SYSWHY" tool --yes --json "open files of pid 99999999"
	json '.status == "failed" and (.why | test("no process 99999999"))'
	run -8 "$SYSWHY" tool --yes --json "use pmap"
	json '.status == "cannot" and (.why | test("pid"))'
	own_tools <<-'EOF'
		tool absent-one
		  shows nothing
		  say wombat
		  way own
	EOF
	run -8 "$SYSWHY" tool --yes --json "wombat"
	json '.status == "cannot" and (.why | test("not installed \\(apt-get install own\\)"))'
}

@test "words that mean no tool are said so, and nothing runs" {
	run -1 "$SYSWHY" tool --yes --json "the weather in paris"
	json '.status == "no_match" and .tool == null and .output == null'
	run -2 "$SYSWHY" tool "  "
}

@test "mistakes in the data are reported with file and line" {
	run -0 "$SYSWHY" tool --tools-check --json
	json '.status == "ok" and .tools >= 100'
	own_tools <<-'EOF'
		tool wrong
		  shows nothing
		  sya wombat
		  way nowhere
	EOF
	run -3 "$SYSWHY" tool --tools-check
	[[ $output == *"own.tools:3: 'sya' is no keyword of a tool"* ]]
	[[ $output == *"own.tools:4: there is no family 'nowhere'"* ]]
	run -3 "$SYSWHY" tool "wombat"
	[[ $output == *"own.tools:3"* ]]
}

@test "a trace names the tool that answers the same question" {
	need_kernel
	command -v opensnoop.bt opensnoop >/dev/null || skip "needs opensnoop"
	run --separate-stderr "$SYSWHY" trace --for 1 --json "which files does each process open"
	json '.tool[0] | startswith("opensnoop")'
}

@test "what no tool shows is offered as a trace, and nothing is to be installed in vain" {
	need_kernel
	run -8 "$SYSWHY" tool --print "packets per network device" </dev/null
	[[ $output == *"syswhy trace \"packets per network device\""* ]]
	apt-cache show "linux-headers-$(uname -r)" >/dev/null 2>&1 && return
	run "$SYSWHY" tool --print "bcc tool for cache hit ratio" </dev/null
	[[ $output != *"apt-get install linux-headers-"* ]]
}

@test "with a command, a tool that takes none is passed over, and the trace in its place is of that command" {
	need_kernel
	own_tools <<-'EOF'
		tool machine
		  shows what the machine does
		  say open file
		  stop self
		  way own
		tool taker
		  shows what a command does
		  say open file wombat
		  stop self
		  way own
		    wants pid
		    arg -p {pid}
		  way own
		    wants command
		    arg -- {command}
	EOF
	printf '#!/bin/sh\necho "ran $*"\n' | tee "$BATS_TEST_TMPDIR/bin/taker" >"$BATS_TEST_TMPDIR/bin/machine"
	chmod +x "$BATS_TEST_TMPDIR/bin/taker" "$BATS_TEST_TMPDIR/bin/machine"
	run -0 --separate-stderr "$SYSWHY" tool --yes --json "open files of wombats" -- ls "/a b"
	json '.tool == "taker" and .output == "ran -- ls /a b\n"'
	# Two ways of one program: the one is no stand-in for the other.
	run -0 --separate-stderr "$SYSWHY" tool --yes --json "use taker" -- ls
	json '.tool == "taker" and (.why | test("cannot run") | not)'
	run -8 "$SYSWHY" tool --print "count open files" -- ls "/a b"
	[[ $output == *"syswhy trace \"count open files\" -- ls '/a b'"* && $output != *"ran "* ]]
	run -0 --separate-stderr "$SYSWHY" tool --yes --json "count open files" -- ls /
	json '.status == "ok" and .output == null and .trace.command.argv == ["ls","/"] and [.trace.result.maps[0].rows[].key[0]] == ["ls"]'
	run -0 "$SYSWHY" tool --print "open files" --pid $$ --comm sh
	[[ $output == *"syswhy trace \"open files\" --pid $$ --comm sh"* ]]
}

@test "a tool that is named: every way of it is looked at, and what it shows is traced in its place" {
	need_kernel
	own_tools <<-'EOF'
		tool wombatdist
		  shows how large reads are, as a histogram
		  say wombat
		  ask read sizes of pid 1
		  ask read sizes as a histogram
		  way own absent-one
		  way own present-one
		    needs path /no/such/thing
	EOF
	printf '#!/bin/sh\nexit 0\n' | program present-one
	run -0 --separate-stderr "$SYSWHY" tool --yes --json --for 1 wombatdist -- cat /etc/passwd
	json '.status == "ok" and .trace.question == "read sizes as a histogram" and .trace.plan.measure == "histogram"'
	json '.why | test("present-one: ") and test("traced instead")'
	run -8 "$SYSWHY" tool --print wombatdist
	[[ $output == *"present-one: there is no /no/such/thing here"* && $output != *"Other tools"*"present-one"* ]]
}

@test "the time that was asked for begins when the tool watches, and a tool that fails before that has seen nothing" {
	need_kernel
	own_tools <<-'EOF'
		tool slow
		  shows lines
		  say wombat
		  way own
	EOF
	sed -i '/^  name/a\  live probes' "$BATS_TEST_TMPDIR/data/tools/families.tools"
	program slow <<-'EOF'
		#!/bin/sh
		sleep 3
		echo "it went wrong" >&2
		exit 1
	EOF
	run -8 "$SYSWHY" tool --yes --for 1 "wombat"
	[[ $output == *"it went wrong"* && $output != *"nothing of the kind"* ]]
	program slow <<-'EOF'
		#!/bin/sh
		sleep 2
		exec bpftrace -e 'interval:ms:600 { printf("tick\n"); }'
	EOF
	run -0 "$SYSWHY" tool --yes --for 1 "wombat"
	[[ $output == *tick* ]]
	sed -i '/live probes/d' "$BATS_TEST_TMPDIR/data/tools/families.tools"
	program slow <<-'EOF'
		#!/bin/sh
		sleep 60
	EOF
	run -0 "$SYSWHY" tool --yes --for 1 "wombat"
	[[ $output == *"not known"* && $output != *"nothing of the kind"* ]]
}

@test "a result that cannot be written is said so, however early that shows" {
	own_tools <<-'EOF'
		tool talks
		  shows lines
		  say wombat
		  way own
	EOF
	program talks <<-'EOF'
		#!/bin/sh
		while echo line; do sleep 0.2; done
	EOF
	run -1 bash -c '"$0" tool --yes "wombat" --for 300 >/dev/full' "$SYSWHY"
	[[ $output == *"cannot write the result: No space left on device"* ]]
	run -141 bash -c 'set -o pipefail; "$0" tool --yes "wombat" --for 300 | true' "$SYSWHY"
	[ -z "$output" ]
}

@test "what is left out is told: a way without the flag for failures; and only tools that need root ask for it" {
	need_kernel
	own_tools <<-'EOF'
		tool opens
		  shows files
		  say open file | failed open
		  stop self
		  way own opens-new
		    flag -x when failed
		  way own opens-old
	EOF
	printf '#!/bin/sh\n' | program opens-old
	run -0 --separate-stderr "$SYSWHY" tool --print --json "files that failed to open"
	json '.tool == "opens-old" and .missed == ["failed only"]'
	printf '#!/bin/sh\n' | program opens-new
	run -0 --separate-stderr "$SYSWHY" tool --print --json "files that failed to open"
	json '.tool == "opens-new" and .argv[1:] == ["-x"] and .missed == []'
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/data" "$BATS_TEST_TMPDIR/data/tools"
	run --separate-stderr setpriv --reuid 65534 --clear-groups "$SYSWHY" tool --print "open files"
	[[ $stderr != *"needs root"* ]]
}

@test "where no plan has the tool's own question, the nearest that its data names is offered, and said" {
	need_kernel
	run --separate-stderr "$SYSWHY" tool --print --json "vfs calls per second"
	[ "$(jq -r .tool <<<"$output")" = null ] || skip "vfsstat runs here"
	json '.match == "vfsstat" and (.plan | test("reads") and test("opens")) and (.why | test("syswhy trace"))'
}

@test "a trace is offered of what the question asks, and of no other face of the tool that it names" {
	need_kernel
	run --separate-stderr "$SYSWHY" tool --print --json "top processes by memory"
	json '.plan == null or (.plan | test("cpu") | not)'
	run --separate-stderr "$SYSWHY" tool --print --json "perf stat for 3 seconds"
	json '.plan == null or (.plan | test("stat") | not)'
}

@test "a tool's name that is no word of English names it wherever it stands, also where the vocabulary knows it" {
	for asked in "opensnoop for 5 seconds" "runqlat -p 1" "biolatency per disk" "5 seconds of execsnoop"; do
		run --separate-stderr "$SYSWHY" tool --print --json "$asked"
		name=$(grep -oE "opensnoop|runqlat|biolatency|execsnoop" <<<"$asked")
		[ "$(jq -r .match <<<"$output")" = "$name" ] || { echo "$asked: $output"; false; }
	done
}

# No subject is chosen where a tool is looked for: what of a question hangs on one is passed over then.
@test "questions that name whom, without a subject, are read for tools too" {
	for question in "why is python3 so slow" "which programs whose name starts with kw open files" "python3 interrupts" \
		"opens by children of bash" "signals received from sshd by pid 1"; do
		run "$SYSWHY" tool --print "$question"
		[ "$status" -lt 9 ]
	done
}

#!/usr/bin/env bats
# Which files a question means: whole paths, parts of them, folders; however programs name them, and however they are reached.
load common

# The sum of all that was counted.
counted() { jq -es '.[0].status as $s | [.[0].result.maps[0].rows[]?.value] | add // 0 | if . == '"$1"' then . else error("counted \(.), \($s)") end' <<<"$output"; }
trace() { run --separate-stderr "$SYSWHY" trace --json "$@"; }

setup_file() {
	export WORK=$BATS_FILE_TMPDIR/work
	mkdir -p "$WORK/conf.d/deep" "$WORK/conf.dx"
	for file in conf.d/app.ini conf.d/xapp.ini conf.d/deep/app.ini conf.dx/other.ini; do echo x >"$WORK/$file"; done
	ln -s app.ini "$WORK/conf.d/link.ini"
	# files NAME...: opens each, and reads one byte of it. What it opens at last stands in a page that nobody has touched.
	cat >"$BATS_FILE_TMPDIR/files.c" <<'END'
#include <fcntl.h>
#include <unistd.h>
static const char cold[1 << 20] = { 1 }, name[1 << 20] = "/tmp/syswhy-cold-name";
int main(int argc, char **argv)
{
	char byte;

	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY);

		if (fd >= 0 && read(fd, &byte, 1) == 1)
			close(fd);
	}
	return open(name, O_RDONLY) >= 0 || cold[0] != 1;
}
END
	cc -O1 -o "$BATS_FILE_TMPDIR/files" "$BATS_FILE_TMPDIR/files.c"
	export FILES=$BATS_FILE_TMPDIR/files
}

# Six opens of some app.ini, five of them of conf.d's, which is also read through a link.
ways() {
	cd "$WORK/conf.d"
	trace "$@" -- "$FILES" app.ini ./app.ini "$WORK/conf.d/app.ini" "$WORK/conf.d/deep/app.ini" ../conf.d/app.ini link.ini deep/../app.ini xapp.ini
}

@test "a bare name is the last part of a path, and not of a word" {
	need_kernel
	ways "count opens of app.ini"
	counted 6
	json '.plan.where[0] | .role == "file" and .value == "app.ini"'
	json '.notes | any(test("ends in /app.ini"))'
	ways "opens of ./app.ini by file"
	counted 6
	ways "谁打开了 app.ini"
	counted 6
}

@test "a relative path ends at a slash" {
	need_kernel
	ways "count opens of conf.d/app.ini"
	counted 2
	ways "opens of deep/app.ini"
	counted 1
}

@test "an absolute path is compared as it was given, and the answer says so" {
	need_kernel
	ways "count opens of $WORK/conf.d/app.ini"
	counted 1
	json '.notes | any(test("relative name"))'
}

@test "through a descriptor the file itself is known, whatever it was opened as" {
	need_kernel
	ways "count reads of $WORK/conf.d/app.ini"
	counted 6
	ways "total bytes read from $WORK/conf.d/link.ini"
	counted 6
	ways "count reads of app.ini"
	counted 7
	ways "count reads of conf.d/app.ini"
	counted 6
	ways "read latency of $WORK/conf.d/deep/app.ini"
	json '[.result.maps[0].rows[].buckets[].count] | add == 1'
}

@test "a file that is not there yet is known by its name and its folder" {
	need_kernel
	rm -f "$WORK/new.log"
	trace "count writes to $WORK/new.log" -- sh -c "for i in 1 2 3; do echo x; done >$WORK/new.log; echo x >$WORK/conf.d/new.log"
	counted 3
}

@test "a folder ends at a slash, and holds what lies deeper" {
	need_kernel
	trace "count opens under $WORK/conf.d" -- "$FILES" "$WORK/conf.d/app.ini" "$WORK/conf.d/deep/app.ini" "$WORK/conf.dx/other.ini"
	counted 2
	trace "count reads under $WORK/conf.d" -- "$FILES" "$WORK/conf.d/app.ini" "$WORK/conf.d/deep/app.ini" "$WORK/conf.dx/other.ini"
	counted 2
}

@test "every read and every open of a file, one by one" {
	need_kernel
	ways "show each read of $WORK/conf.d/app.ini"
	json '.result.events | length == 6 and all(.file == "app.ini")'
	ways "show each open of app.ini"
	json '.result.events | length == 6'
}

@test "a name that lies in untouched memory is read all the same" {
	need_kernel
	trace "count opens by file" -- "$FILES"
	json '[.result.maps[0].rows[] | select(.key == ["/tmp/syswhy-cold-name"])] | length == 1'
	trace "opens of /tmp/syswhy-cold-name" -- "$FILES"
	counted 1
}

@test "a path that is longer than a text of bpftrace" {
	need_kernel
	local long=$WORK/$(printf 'long%.0s' {1..30})
	echo x >"$long"
	trace "opens of $long" -- "$FILES" "$long" "${long}x" "${long%g}"
	counted 1
	trace "show each open of ${long##*/}.txt" -- "$FILES" "$long.txt" "$long"
	json '.result.events | length == 1'
}

@test "what runs is no file" {
	"$SYSWHY" trace --print --json "opens by run.sh" | jq -e '.plan.where[0].role == "process"'
	"$SYSWHY" trace --print --json "what does app.ini open" | jq -e '.plan.where[0].role == "process"'
	"$SYSWHY" trace --print --json "page faults of app.ini" | jq -e '.plan.where[0].role == "process"'
	"$SYSWHY" trace --print --json "opens of .bashrc" | jq -e '.plan.where[0] | .role == "file" and .value == ".bashrc"'
}

@test "a libbpf program of a whole path compiles; a part of one has no such program, and that is said" {
	need_kernel
	need_programs clang
	run -0 "$SYSWHY" trace --as libbpf -o "$BATS_TEST_TMPDIR/whole" "count reads of /etc/passwd"
	[ -s "$BATS_TEST_TMPDIR/whole/Makefile" ]
	run -8 "$SYSWHY" trace --as libbpf --print "opens of app.ini"
	[[ $output == *"whole path"* ]]
}

@test "a saved program that looks for a part of a path compiles, and is explained" {
	need_kernel
	run -0 "$SYSWHY" trace -o "$BATS_TEST_TMPDIR/part.bt" "opens of conf.d/app.ini"
	run -0 "$SYSWHY" explain "$BATS_TEST_TMPDIR/part.bt"
	[[ $output == *"file"* ]]
}

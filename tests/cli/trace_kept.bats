#!/usr/bin/env bats
# What is obtained and not given back: what is left is what a program of known doings kept, byte for byte.
load common

trace() { run --separate-stderr "$SYSWHY" trace --json "$@"; }
rows() { jq -es '.[0].result.maps[0].rows | '"$1" <<<"$output" >/dev/null || { echo "$output" >&2; return 1; }; }

setup_file() {
	# Keeps 50 blocks of 1,000 bytes, 10 of 24 x 10 and one that grew to 5,000; and 7 descriptors. Gives back as much again.
	cat >"$BATS_FILE_TMPDIR/keeper.c" <<'EOF'
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void *volatile block;
static void *volatile kept[100];

__attribute__((noinline)) static void hold(int i) { kept[i] = malloc(1000); }
__attribute__((noinline)) static void use(void) { block = malloc(3000); free(block); }

int main(void)
{
	for (int i = 0; i < 50; i++) {
		hold(i);
		use();
	}
	for (int i = 50; i < 60; i++)
		kept[i] = calloc(24, 10);
	block = malloc(70);
	for (int i = 1; i <= 5; i++)
		block = realloc(block, (size_t)i * 1000);
	for (int i = 0; i < 7; i++) {
		if (open("/etc/hostname", O_RDONLY) < 0)
			return 1;
		close(open("/etc/passwd", O_RDONLY));
	}
	for (int i = 0; i < 3; i++) {
		if (mmap(NULL, 1 << 23, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
			return 1;
		munmap(mmap(NULL, 1 << 24, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1 << 24);
	}
	return 0;
}
EOF
	cc -O1 -fno-builtin -o "$BATS_FILE_TMPDIR/wkkeeper" "$BATS_FILE_TMPDIR/keeper.c"
	export KEEPER=$BATS_FILE_TMPDIR/wkkeeper
}

@test "memory that is not freed: bytes, blocks, and those of a size" {
	need_kernel
	trace "how much memory is never freed by this command" -- "$KEEPER"
	rows 'map(select(.key[0] == "wkkeeper")) == [{ key: ["wkkeeper"], value: 57400 }]'
	trace "number of unfreed malloc blocks by process" -- "$KEEPER"
	rows 'map(select(.key[0] == "wkkeeper")) == [{ key: ["wkkeeper"], value: 61 }]'
	trace "leaked memory in blocks of at least 1000 bytes, by process" -- "$KEEPER"
	rows 'map(select(.key[0] == "wkkeeper").value) == [55000]'
}

@test "descriptors that are not closed, by file" {
	need_kernel
	trace "files opened and never closed, by file, of process wkkeeper" -- "$KEEPER"
	rows 'map(select(.key[0] == "/etc/hostname").value) == [7] and all(.[]; .key[0] != "/etc/passwd")'
}

@test "mappings that are not unmapped" {
	need_kernel
	trace "mmap memory never unmapped, in pieces over 5 MB, of process wkkeeper" -- "$KEEPER"
	rows 'map(.value) == [25165824]'
}

@test "only a number and a total can be told, and no libbpf program is written" {
	run -8 --separate-stderr "$SYSWHY" trace --print --json "histogram of leaked memory sizes"
	json '.status == "cannot" and (.why | test("only the number and the total"))'
	run -8 --separate-stderr "$SYSWHY" trace --print --as libbpf --json "which process leaks memory"
	json '.status == "cannot" and (.why | test("bpftrace programs alone"))'
}

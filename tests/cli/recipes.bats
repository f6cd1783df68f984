#!/usr/bin/env bats
# `syswhy recipes`: finding programs by words, reading one, and what happens without a cache.
load common

@test "a search finds the nearest recipe first, in English and Chinese" {
	run -0 --separate-stderr "$SYSWHY" recipes --json count page faults by process
	json '.recipes[0].name == "mem.fault" and .recipes[0].kind == "own" and (.recipes | length) == 10 and .more > 0'
	"$ROOT/tests/schema/validate" "$ROOT/docs/schema/recipes.json" <<<"$output"
	run -0 --separate-stderr "$SYSWHY" recipes --json -n 1 哪个进程打开文件最多
	json '.recipes | length == 1 and .[0].name == "file.open"'
	run -0 "$SYSWHY" recipes slow disk writes
	[[ $output == *disk.write*"syswhy recipes --show"* ]]
}

@test "all are listed without a search, and --kind chooses" {
	run -0 --separate-stderr "$SYSWHY" recipes --json --kind own
	json '(.recipes | length) >= 150 and all(.recipes[]; .kind == "own" and (.asks | length) > 0)'
}

@test "--show prints the program as it is" {
	run -0 --separate-stderr "$SYSWHY" recipes --json --show file.open
	json '.recipes[0].name == "file.open"'
	jq -j .program <<<"$output" | cmp - "$ROOT/data/recipes/file.open.bt"
	run -2 --separate-stderr "$SYSWHY" recipes --show no.such.recipe
	[[ $stderr == *"no recipe 'no.such.recipe'"* ]]
}

@test "nothing found is said, and is no success" {
	run -1 "$SYSWHY" recipes qqqqzzzz
	[[ $output == *"No program is known"* ]]
}

@test "the index is private, renewed when it is spoilt, and not needed" {
	"$SYSWHY" recipes open file >/dev/null
	[ "$(stat -c %a "$XDG_CACHE_HOME/syswhy/recipes.db")" = 600 ]
	echo spoilt >"$XDG_CACHE_HOME/syswhy/recipes.db"
	run -0 --separate-stderr "$SYSWHY" recipes --json open file
	json '.recipes[0].name == "file.open"'
	XDG_CACHE_HOME=/proc/none run -0 --separate-stderr "$SYSWHY" recipes --json open file
	json '.recipes[0].name == "file.open"'
}

@test "commands that need no index open none" {
	"$SYSWHY" --version >/dev/null
	"$SYSWHY" trace --print --no-check "count page faults by process" >/dev/null || true
	[ ! -e "$XDG_CACHE_HOME/syswhy/recipes.db" ]
}

#!/usr/bin/env bats
# The tools of the people who work on syswhy: ./dev, the sum of the tests, and the rules of the house.
load common

@test "./dev tells its commands, and a wrong one exits with 1" {
	run -0 "$ROOT/dev"
	[[ $output == *"./dev demo"*"./dev sanitize"* ]]
	run -1 "$ROOT/dev" nothing
	run -1 "$ROOT/dev" fuzz soon
}

@test "./dev needs no more than a POSIX shell" {
	run -0 sh -n "$ROOT/dev"
	command -v dash >/dev/null && run -0 dash -n "$ROOT/dev"
}

# totals RESULT STDOUT...: the sum over one test with that output.
totals() {
	local result=$1
	shift
	printf '%s\n' "$@" | jq -Rsc --arg result "$result" '{name: "x", result: $result, stdout: ., stderr: ""}' \
		>"$BATS_TEST_TMPDIR/log"
	python3 "$ROOT/tests/totals.py" "$BATS_TEST_TMPDIR/log" "${skips:---skips}" 0
}

@test "the sum knows every runner's way to say it" {
	run -0 totals OK '[==========] 3 test(s) run.' '[  PASSED  ] 3 test(s).'
	[[ ${lines[-1]} == "3 passed, 0 failed, 0 skipped" ]]
	run -1 totals FAIL '[  PASSED  ] 2 test(s).' '[  FAILED  ] 1 test(s), listed below:' '[  FAILED  ] broken'
	[[ ${lines[-1]} == "2 passed, 1 failed, 0 skipped" ]]
	run -1 totals FAIL 'ok 1 a' 'not ok 2 b' 'ok 3 c # skip needs root'
	[[ ${lines[-1]} == "1 passed, 1 failed, 1 skipped" ]]
	run -0 totals OK '12 passed, 0 failed, 2 skipped'
	[[ ${lines[-1]} == "12 passed, 0 failed, 2 skipped" ]]
	run -0 totals OK ''
	[[ ${lines[-1]} == "1 passed, 0 failed, 0 skipped" ]]
}

@test "a runner that died counts as a failure, and no test at all does" {
	run -1 totals ERROR 'ok 1 a'
	[[ ${lines[-1]} == "1 passed, 1 failed, 0 skipped" ]]
	run -1 totals TIMEOUT '[  PASSED  ] 2 test(s).'
	[[ ${lines[-1]} == "2 passed, 1 failed, 0 skipped" ]]
	: >"$BATS_TEST_TMPDIR/empty"
	run -1 python3 "$ROOT/tests/totals.py" "$BATS_TEST_TMPDIR/empty" --skips 0
	run -1 python3 "$ROOT/tests/totals.py" "$BATS_TEST_TMPDIR/absent" --skips 1
}

@test "skips are named, and fail where none is allowed" {
	run -0 totals SKIP 'skipped: no browser'
	[[ $output == *"skipped: x: skipped: no browser"*"0 passed, 0 failed, 1 skipped" ]]
	skips=--no-skips run -1 totals SKIP 'skipped: no browser'
}

@test "the layers test finds an include that crosses" {
	mkdir -p "$BATS_TEST_TMPDIR/house/src"/{base,trace}
	cp "$ROOT/src/LAYERS" "$BATS_TEST_TMPDIR/house/src/"
	echo '#include "base/text.h"' >"$BATS_TEST_TMPDIR/house/src/trace/good.c"
	run -0 bash "$ROOT/tests/layers" "$BATS_TEST_TMPDIR/house"
	echo '#include "trace/plan/plan.h"' >"$BATS_TEST_TMPDIR/house/src/base/bad.c"
	run -1 bash "$ROOT/tests/layers" "$BATS_TEST_TMPDIR/house"
	[[ $output == *"base/bad.c:1: 'base' may not include from 'trace'"* ]]
	echo '#include "text.h"' >"$BATS_TEST_TMPDIR/house/src/base/bad.c"
	run -1 bash "$ROOT/tests/layers" "$BATS_TEST_TMPDIR/house"
}

@test "the layers test is short, as the design wants it" {
	[ "$(wc -l <"$ROOT/tests/layers")" -le 40 ]
}

@test "the style test finds each breach" {
	house=$BATS_TEST_TMPDIR/house
	mkdir -p "$house/src/base" "$house/tests"
	run -0 bash "$ROOT/tests/style" "$house"
	for line in '	goto end;' '	x = (struct clean){ t };' '/* TODO */' 'typedef struct x y;' '	exit(1);'; do
		printf '/* A file. */\n%s\n' "$line" >"$house/src/base/bad.c"
		run -1 bash "$ROOT/tests/style" "$house"
		[[ $output == *"src/base/bad.c:2:"* ]]
	done
	echo 'int x;' >"$house/src/base/bad.c"
	run -1 bash "$ROOT/tests/style" "$house"
	{ echo '/* Long. */'; seq 160 | sed 's|.*|/* & */|'; } >"$house/src/base/bad.h"
	echo '/* A file. */' >"$house/src/base/bad.c"
	run -1 bash "$ROOT/tests/style" "$house"
	[[ $output == *"bad.h: 161 lines"* ]]
}

@test "an installed syswhy finds its data and has a page for every command" {
	[ -f "$BUILD/build.ninja" ] || skip "needs the build folder"
	run -0 env DESTDIR="$BATS_TEST_TMPDIR/root" meson install -C "$BUILD" --no-rebuild --quiet
	installed=$(dirname "$(dirname "$(find "$BATS_TEST_TMPDIR/root" -name syswhy -path '*/bin/*')")")
	unset SYSWHY_DATA
	run -0 "$installed/bin/syswhy" trace --vocabulary-check
	for command in $("$SYSWHY" help | sed -n '/^Commands:/,/^$/s/^  \([a-z]\{2,\}\) .*/\1/p'); do
		[ -s "$installed/share/man/man1/syswhy-$command.1" ]
	done
	[ -s "$installed/share/man/man1/syswhy.1" ]
	[ -s "$installed/share/bash-completion/completions/syswhy.bash" ]
	[ -s "$installed/share/zsh/site-functions/_syswhy" ]
	[ -s "$installed/share/fish/vendor_completions.d/syswhy.fish" ]
	# The vocabulary that was made by the build is the one of this program, wherever it went.
	[ "$(id -u)" = 0 ] || return 0
	XDG_CACHE_HOME=$BATS_TEST_TMPDIR/none run --separate-stderr "$installed/bin/syswhy" trace -vv --print --no-check "count page faults"
	[[ $stderr == *"is the one that came with the program"* ]]
}

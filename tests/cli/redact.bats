#!/usr/bin/env bats
# `syswhy redact`: a filter, what it shows, the map, and that nothing else changes.
load common

@test "every rule takes its true examples and leaves its false ones" {
	run -0 --separate-stderr "$SYSWHY" redact --rules-check --json
	json '.rules >= 200 and .examples >= 800 and .least_true >= 2 and .least_false >= 2 and (.mistakes | not)'
}

@test "crash evidence stays as it is, with and without identity" {
	for file in "$ROOT"/tests/cases/redact/intact/*.txt; do
		"$SYSWHY" redact --identity off "$file" | cmp - "$file"
		"$SYSWHY" redact --identity on "$file" | cmp - "$file"
	done
}

@test "a filter: what comes in goes out, but for the secrets" {
	run -0 --separate-stderr "$SYSWHY" redact -i off <<<"a password=hunter2 b"
	[ "$output" = "a password=<PASSWORD_1> b" ]
	[ -z "$stderr" ]
	head -c 3000000 /dev/urandom >"$BATS_TEST_TMPDIR/bytes"
	"$SYSWHY" redact -i off --map "$BATS_TEST_TMPDIR/map" <"$BATS_TEST_TMPDIR/bytes" >"$BATS_TEST_TMPDIR/clean"
	"$SYSWHY" redact --restore --map "$BATS_TEST_TMPDIR/map" <"$BATS_TEST_TMPDIR/clean" | cmp - "$BATS_TEST_TMPDIR/bytes"
}

@test "identity is on unless it is turned off" {
	text="from 10.2.3.4 by alice.b@example.org in /home/carolin/src"
	run -0 "$SYSWHY" redact <<<"$text"
	[ "$output" = "from <IP_1> by <EMAIL_1> in /home/<USER_1>/src" ]
	run -0 "$SYSWHY" redact --identity off <<<"$text"
	[ "$output" = "$text" ]
}

@test "the names of this machine and its user are identity" {
	USER=zaphodb run -0 "$SYSWHY" redact <<<"job of zaphodb: done, not zaphodbx"
	[ "$output" = "job of <USER_1>: done, not zaphodbx" ]
}

@test "--show and --json tell what was replaced, and never the value" {
	run -0 "$SYSWHY" redact --show -i off <<<$'x\npassword=hunter2\n'
	[[ $output == *"password=<PASSWORD_1>"*"password-assignment"* ]]
	[[ $output != *hunter2* ]]
	run -0 --separate-stderr "$SYSWHY" redact --json -i off <<<$'x\npassword=hunter2\npassword=hunter2'
	json '.text == "x\npassword=<PASSWORD_1>\npassword=<PASSWORD_1>\n" and .replacements == 2 and .values == 1 and
		.replaced[0].lines == [2, 3] and .replaced[0].rule == "password-assignment"'
	[[ $output != *hunter2* ]]
}

@test "the map is private, keeps placeholders between runs, and puts originals back" {
	map=$BATS_TEST_TMPDIR/map
	run -0 "$SYSWHY" redact -i off --map "$map" <<<"password=hunter2"
	[ "$(stat -c %a "$map")" = 600 ]
	run -0 "$SYSWHY" redact -i off --map "$map" <<<"password=other99 pwd=hunter2"
	[ "$output" = "password=<PASSWORD_2> pwd=<PASSWORD_1>" ]
	run -0 "$SYSWHY" redact --restore --map "$map" <<<"use <PASSWORD_1>, not <PASSWORD_12>"
	[ "$output" = "use hunter2, not <PASSWORD_12>" ]
	chmod 644 "$map"
	run -3 --separate-stderr "$SYSWHY" redact --map "$map" <<<"x"
	[[ $stderr == *"chmod 600"* ]]
	[ -z "$output" ]
}

@test "it fails closed" {
	run -3 --separate-stderr env SYSWHY_DATA=/nowhere "$SYSWHY" redact <<<"password=hunter2"
	[ -z "$output" ]
	mkdir "$BATS_TEST_TMPDIR/rules"
	printf 'rule x\n  say x\n  as X_X\n  word abc\n  match (a\n' >"$BATS_TEST_TMPDIR/rules/x.rules"
	run -1 --separate-stderr "$SYSWHY" redact --rules "$BATS_TEST_TMPDIR/rules" <<<"abc"
	[ -z "$output" ]
	[[ $stderr == *"x.rules:1"* ]]
	run -2 "$SYSWHY" redact a b
	run -2 "$SYSWHY" redact --restore
	run -1 "$SYSWHY" redact /nowhere/at/all
}

@test "mistakes in rules are told with file and line" {
	mkdir "$BATS_TEST_TMPDIR/rules"
	for line in 'colour blue' 'check nothing' 'rank high' 'run 2 [a]' 'match {{none}}' 'as lower' 'word x'; do
		printf 'rule x\n  say x\n  %s\n' "$line" >"$BATS_TEST_TMPDIR/rules/x.rules"
		run -3 --separate-stderr "$SYSWHY" redact --rules "$BATS_TEST_TMPDIR/rules" <<<"abc"
		[[ $stderr == *"x.rules:3: "* ]]
	done
}

@test "a regex that reaches its limit ends it, and nothing that was not cleaned comes out" {
	mkdir "$BATS_TEST_TMPDIR/rules"
	printf 'rule x\n  say x\n  as X_X\n  word abc\n  match abc((a+)+)+$\n' >"$BATS_TEST_TMPDIR/rules/x.rules"
	{ printf 'abc'; head -c 5000 /dev/zero | tr '\0' a; echo '! hunter2'; } >"$BATS_TEST_TMPDIR/text"
	run -1 --separate-stderr "$SYSWHY" redact --rules "$BATS_TEST_TMPDIR/rules" "$BATS_TEST_TMPDIR/text"
	[ -z "$output" ]
	[[ $stderr == *"a rule reached its limit"* ]]
}

@test "where memory ends, nothing that was not cleaned comes out" {
	for _ in $(seq 20000); do echo "$RANDOM password=hunter2 and more"; done >"$BATS_TEST_TMPDIR/text"
	failed=0
	for kib in 15000 20000 25000 30000 35000 40000 50000; do
		(ulimit -c 0; ulimit -v $kib; "$SYSWHY" redact "$BATS_TEST_TMPDIR/text" >"$BATS_TEST_TMPDIR/out" 2>/dev/null) || failed=$((failed + 1))
		run ! grep -q hunter2 "$BATS_TEST_TMPDIR/out"
	done
	[ "$failed" -gt 0 ]
}

@test "text of any kind: line ends, bytes, NULs, no last line end" {
	printf 'password=hunter2\r\nx\r\n\xff\xfe caf\xc3\xa9 A=1\0pw_password=hunter2\0B=2\0 end' >"$BATS_TEST_TMPDIR/text"
	printf 'password=<PASSWORD_1>\r\nx\r\n\xff\xfe caf\xc3\xa9 A=1\0pw_password=<PASSWORD_1>\0B=2\0 end' >"$BATS_TEST_TMPDIR/wanted"
	"$SYSWHY" redact -i off "$BATS_TEST_TMPDIR/text" | cmp - "$BATS_TEST_TMPDIR/wanted"
	run -0 "$SYSWHY" redact </dev/null
	[ -z "$output" ]
	run -1 --separate-stderr "$SYSWHY" redact /
	[[ $stderr == *"Is a directory"* ]]
}

@test "a large file is cleaned in little memory" {
	yes "Jan  2 03:04:05 web7 app[1]: password=hunter2 from 10.2.3.4" | head -c 150000000 >"$BATS_TEST_TMPDIR/large"
	# The address sanitizer maps terabytes before anything else: with it only the result counts.
	(ldd "$SYSWHY" | grep -q libasan || ulimit -v 200000; "$SYSWHY" redact "$BATS_TEST_TMPDIR/large") | tail -n 2 | head -n 1 >"$BATS_TEST_TMPDIR/out"
	[ "$(cat "$BATS_TEST_TMPDIR/out")" = "Jan  2 03:04:05 <HOST_1> app[1]: password=<PASSWORD_1> from <IP_1>" ]
}

@test "Ctrl-C: the lines that came are cleaned, a line that was cut short stays here" {
	mkfifo "$BATS_TEST_TMPDIR/in"
	"$SYSWHY" redact -i off <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" &
	program=$!
	exec 7>"$BATS_TEST_TMPDIR/in"
	printf 'password=hunter2\nkey ghp_abcdefghij' >&7
	for _ in $(seq 100); do [ -s "$BATS_TEST_TMPDIR/out" ] && break; sleep 0.1; done
	kill -TERM $program
	code=0
	wait $program || code=$?
	exec 7>&-
	[ "$code" = 130 ]
	[ "$(cat "$BATS_TEST_TMPDIR/out")" = "password=<PASSWORD_1>" ]
}

@test "what is written slowly comes out line by line" {
	mkfifo "$BATS_TEST_TMPDIR/in"
	"$SYSWHY" redact -i off <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" &
	exec 7>"$BATS_TEST_TMPDIR/in"
	echo "password=hunter2" >&7
	for _ in $(seq 100); do [ -s "$BATS_TEST_TMPDIR/out" ] && break; sleep 0.1; done
	[ "$(cat "$BATS_TEST_TMPDIR/out")" = "password=<PASSWORD_1>" ]
	exec 7>&-
	wait $!
}

@test "a reader that goes away ends it" {
	run -0 bash -c 'yes password=hunter2 | timeout 20 "$SYSWHY" redact -i off | head -n 1'
	[ "$output" = "password=<PASSWORD_1>" ]
}

@test "a database that was damaged in the cache is not used" {
	run -0 "$SYSWHY" redact <<<"password=hunter2"
	database=$(echo "$XDG_CACHE_HOME"/syswhy/redact-*.db)
	[ -f "$database" ] || skip "needs Vectorscan"
	[ "$(stat -c %a "$database")" = 600 ]
	printf 'XXXXXXXX' | dd of="$database" bs=1 seek=4000 conv=notrunc status=none
	run -0 "$SYSWHY" redact <<<"password=hunter2"
	[ "$output" = "password=<PASSWORD_1>" ]
}

@test "databases that nobody uses leave the cache, and nothing else does" {
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/other
	folder=$XDG_CACHE_HOME/syswhy
	mkdir -p "$folder/redact-2123456789abcdef.db"
	touch -d '3 days ago' "$folder"/{redact-0123456789abcdef.db,victim,redact-notes.db,redact-0123456789abcdef.db.mine}
	touch -d '1 hour ago' "$folder/redact-1123456789abcdef.db"
	ln -s victim "$folder/redact-3123456789abcdef.db"
	run -0 "$SYSWHY" redact <<<"password=hunter2"
	[ "$(find "$folder" -name 'redact-*.db' -size +99k | wc -l)" = 1 ] || skip "needs Vectorscan"
	[ ! -e "$folder/redact-0123456789abcdef.db" ]
	[ -e "$folder/redact-1123456789abcdef.db" ]
	[ -e "$folder/victim" ] && [ -L "$folder/redact-3123456789abcdef.db" ]
	[ -d "$folder/redact-2123456789abcdef.db" ] && [ -e "$folder/redact-notes.db" ] && [ -e "$folder/redact-0123456789abcdef.db.mine" ]
}

@test "without Vectorscan the result is the same" {
	cat "$ROOT"/tests/fuzz/corpus/redact/* >"$BATS_TEST_TMPDIR/text"
	"$SYSWHY" redact "$BATS_TEST_TMPDIR/text" >"$BATS_TEST_TMPDIR/fast"
	"$SYSWHY" redact --portable "$BATS_TEST_TMPDIR/text" | cmp - "$BATS_TEST_TMPDIR/fast"
}

#!/usr/bin/env bats
# What a trace does when there is too much: probes that fire too often, events that come too fast, too many of them.
load common
load running

@test "probes that cost too much are stopped, with the rate, and the command goes on" {
	need_kernel
	cat >"$BATS_TEST_TMPDIR/hot.c" <<'END'
#include <stdlib.h>
#include <time.h>
int main(void)
{
	time_t end = time(NULL) + 6;

	while (time(NULL) < end)
		for (int i = 0; i < 100000; i++) {
			void *volatile block = malloc(16);

			free(block);
		}
	return 5;
}
END
	cc -O1 -o "$BATS_TEST_TMPDIR/wkhot" "$BATS_TEST_TMPDIR/hot.c"
	run -7 --separate-stderr "$SYSWHY" trace "count malloc calls by process" --json -- \
		sh -c 'for i in $(seq $(nproc)); do "$0" & done; wait $!' "$BATS_TEST_TMPDIR/wkhot"
	json '.status == "ok" and (.notes | any(test("^Stopped after .* to spare the machine: the probes fired [0-9,]+ times a second")))'
	json '.result.maps[0].rows[0].key[0] == "wkhot" and .seconds < 6'
	json '.answer | test("when it was stopped to spare the machine")'
	# The rate of what is shown is no higher than that of the probes, which see all processes; no more is taken than there is.
	json '([.result.maps[0].rows[].value] | add) / .seconds <= 1.15 * (.notes[] | capture("fired (?<n>[0-9,]+) times") | .n | gsub(","; "") | tonumber)'
	json "(.notes[] | capture(\"about (?<n>[0-9]+) %\") | .n | tonumber) <= 100 * $(nproc)"
	# It was waited for, and not cut off.
	json '.command.state == "ended" and .command.exit_code == 5'
	"$ROOT/tests/schema/validate" "$ROOT/docs/schema/trace.json" <<<"$output"
	nothing_left
}

@test "events that came too fast are counted as lost, and only so many are kept" {
	need_kernel
	# Over before the overhead guard has seen enough to end it.
	run -0 --separate-stderr "$SYSWHY" trace "show each system call" --json -- dd if=/dev/zero of=/dev/null bs=1 count=150000
	json '.lost_events > 0 and (.notes | any(test("^[0-9,]+ events? w(as|ere) lost because")))'
	json '(.result.events | length) == 10000 and .result.events_seen > 10000'
	json '.answer | test("the first 10000 were kept, the rest was only counted")'
	run -0 "$SYSWHY" trace "show each system call" -- dd if=/dev/zero of=/dev/null bs=1 count=150000
	[[ $output == *"events were lost"* && $output == *"shown 40 of "* ]]
	[ "${#output}" -lt 20000 ]
}

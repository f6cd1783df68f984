/* Tables in outputs: a line of heads and rows below, as the tools of bcc and bpftrace print them. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "explain/output.h"

enum { COLUMNS_MOST = 24, HEADS_LOOKED = 20 };

static const struct {
	const char *head, *means;
} known[] = {
	{ "TIME", "when" }, { "TIME(s)", "when, seconds since the start" }, { "TIME(ms)", "when, milliseconds since the start" }, { "PID", "process ID" },
	{ "TID", "thread ID" }, { "PPID", "ID of the parent" }, { "UID", "user ID" }, { "COMM", "process name" }, { "PCOMM", "name of the process" },
	{ "TASK", "process name" }, { "PROCESS", "process name" }, { "FD", "file descriptor, -1 when it failed" }, { "ERR", "error number, 0 when it went well" },
	{ "RET", "result, below 0 an error" }, { "RESULT", "result" }, { "PATH", "file" }, { "FILE", "file" }, { "FILENAME", "file" }, { "FNAME", "file" },
	{ "ARGS", "the command line" }, { "LAT(ms)", "how long it took, milliseconds" }, { "LAT(us)", "how long it took, microseconds" }, { "LATms", "how long it took, milliseconds" },
	{ "LATENCY", "how long it took" }, { "DISK", "device" }, { "T", "kind: R read, W write, S sync" }, { "SECTOR", "place on the device" }, { "BYTES", "size in bytes" },
	{ "SADDR", "source address" }, { "DADDR", "destination address" }, { "LADDR", "local address" }, { "RADDR", "remote address" }, { "SPORT", "source port" },
	{ "DPORT", "destination port" }, { "LPORT", "local port" }, { "RPORT", "remote port" }, { "STATE", "state of the connection" }, { "SIG", "signal number" },
	{ "TPID", "the process that got it" }, { "CPU", "processor" }, { "COUNT", "how often" }, { "IP", "4 or 6: version of IP" }, { "RX_KB", "received, KiB" },
	{ "TX_KB", "sent, KiB" }, { "MS", "how long, milliseconds" }, { "AGE(s)", "how long it lived, seconds" }, { "EXIT_CODE", "how it ended" }, { "HOST", "host name" },
	{ "LADDR:LPORT", "local address and port" }, { "RADDR:RPORT", "remote address and port" }, { "CAP", "number of the capability" }, { "NAME", "name" },
	{ "AUDIT", "whether it was noted" }, { "OFF_KB", "place in the file, KiB" }, { "SYSCALL", "system call" }, { "FUNC", "function" }, { "FUNCTION", "function" },
	{ "QUEUED", "how many wait" }, { "IO(us)", "how long the device took, microseconds" }, { "D", "direction" }, { "PRIO", "priority" }, { "TYPE", "kind" },
};

struct cells {
	struct text at[COLUMNS_MOST];
	size_t count;
};

static void cells_of(struct text line, size_t most, struct cells *cells)
{
	struct text word;

	cells->count = 0;
	while (cells->count < most && text_word(&line, &word))
		cells->at[cells->count++] = word;
	/* The last column takes the rest: a command line, a path. */
	if (cells->count == most && text_trim(line).len) {
		struct text *last = &cells->at[most - 1];

		last->len = (size_t)(line.at + line.len - last->at);
		*last = text_trim(*last);
	}
}

static const char *meaning(struct text head)
{
	for (size_t i = 0; i < COUNT(known); i++)
		if (text_is(head, known[i].head))
			return known[i].means;
	return "";
}

/* A line of heads: words in capitals, or that are known. */
static bool heads_read(struct text line, struct cells *heads)
{
	size_t good = 0;

	cells_of(line, COLUMNS_MOST, heads);
	for (size_t i = 0; i < heads->count; i++) {
		struct text head = heads->at[i];
		bool capital = head.len > 0;
		size_t letters = 0;

		for (size_t k = 0; k < head.len; k++) {
			letters += isupper((unsigned char)head.at[k]) != 0;
			capital &= isupper((unsigned char)head.at[k]) || isdigit((unsigned char)head.at[k]) || strchr("_()/%:.-#<>+", head.at[k]) || letters > 0;
		}
		good += (capital && letters > 0 && !isdigit((unsigned char)head.at[0])) || meaning(head)[0];
	}
	return heads->count >= 2 && good == heads->count;
}

static int number_order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void values_say(const struct text *values, size_t count, struct build *out)
{
	AUTO_FREE double *numbers = calloc(count + 1, sizeof(*numbers));
	struct tally tally = { 0 };
	size_t numeric = 0;

	if (!numbers)
		abort();
	for (size_t i = 0; i < count; i++) {
		tally_add(&tally, values[i], 1);
		numeric += text_real(values[i], &numbers[numeric]);
	}
	tally_order(&tally);
	if (tally.items.len == 1)
		build_fmt(out, "always %.*s", TEXT_ARG(tally.items.at[0].name));
	else if (numeric == count && tally.items.len > 8) {
		qsort(numbers, count, sizeof(*numbers), number_order);
		build_fmt(out, "from %.15g to %.15g, half of them at most %.15g", numbers[0], numbers[count - 1], numbers[(count - 1) / 2]);
	} else if (tally.items.len == count && count > 3) {
		build_fmt(out, "%zu values, all different", count);
	} else {
		build_fmt(out, "%zu values; most often ", tally.items.len);
		/* In brackets: a value may be a number itself. */
		for (size_t i = 0; i < tally.items.len && i < 3; i++)
			build_fmt(out, "%s%.*s (%.15g, %.0f %%)", i ? ", " : "", TEXT_ARG(tally.items.at[i].name), tally.items.at[i].weight,
				  tally.items.at[i].weight / tally.total * 100);
	}
	vec_done(&tally.items);
}

static bool numeric_name(struct text head)
{
	return text_has(head, "LAT") || text_has(head, "(ms)") || text_has(head, "(us)") || text_is(head, "BYTES") || text_is(head, "MS");
}

static void table_show(struct output *output, const struct cells *heads, const struct cells *rows, size_t count)
{
	json_t *lines = json_array();
	AUTO_FREE struct text *values = calloc(count + 1, sizeof(*values));
	AUTO_BUILD words = { 0 };

	if (!values)
		abort();
	for (size_t c = 0; c < heads->count; c++) {
		AUTO_BUILD like = { 0 };
		size_t filled = 0;

		for (size_t r = 0; r < count; r++)
			if (c < rows[r].count)
				values[filled++] = rows[r].at[c];
		values_say(values, filled, &like);
		json_array_append_new(lines, json_pack("[o, s, o]", json_text(heads->at[c]), meaning(heads->at[c]), json_text(build_text(&like))));
		if (numeric_name(heads->at[c]) && !text_starts(heads->at[c], "TIME"))
			build_fmt(&words, " %.*s (%s): %s.", TEXT_ARG(heads->at[c]), meaning(heads->at[c]), like.at ? like.at : "");
		if (text_is(heads->at[c], "COMM") || text_is(heads->at[c], "PCOMM"))
			build_fmt(&words, " By process: %s.", like.at ? like.at : "");
		if (text_is(heads->at[c], "ERR") || text_is(heads->at[c], "RET"))
			build_fmt(&words, " %.*s (%s): %s.", TEXT_ARG(heads->at[c]), meaning(heads->at[c]), like.at ? like.at : "");
	}
	output_shows(output, "It is a table of %zu rows; each is one event or one entry.%s", count, words.at ? words.at : "");
	evidence_add(&output->explanation->evidence, EVIDENCE_TABLE, "its columns",
		     json_pack("{s:[{s:s, s:b}, {s:s}, {s:s}], s:o}", "columns", "name", "column", "key", 1, "name", "means", "name", "values", "rows", lines));
	output->read++;
}

bool columns_read(struct output *output)
{
	struct cells heads = { 0 };
	size_t head = 0, count = 0, odd = 0;
	AUTO_FREE struct cells *rows = NULL;

	while (head < output->others.len && head < HEADS_LOOKED && !heads_read(output->others.at[head], &heads))
		head++;
	if (head == output->others.len || head == HEADS_LOOKED)
		return false;
	rows = calloc(output->others.len, sizeof(*rows));
	if (!rows)
		abort();
	for (size_t i = head + 1; i < output->others.len; i++) {
		struct cells again;

		if (text_same(output->others.at[i], output->others.at[head]) || (heads_read(output->others.at[i], &again) && text_same(again.at[0], heads.at[0])))
			continue; /* printed again each interval */
		cells_of(output->others.at[i], heads.count, &rows[count]);
		/* An empty cell moves the others: such a row is one short. One word alone is a remark ("Detaching..."). */
		if (rows[count].count + 1 >= heads.count && rows[count].count > 1)
			count++;
		else
			odd++;
	}
	if (!count || odd > count)
		return false;
	table_show(output, &heads, rows, count);
	if (odd)
		output_shows(output, odd == 1 ? "%zu more line is no row of it." : "%zu more lines are no rows of it.", odd);
	return true;
}

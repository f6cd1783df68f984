/* The processes that run now, by their names. */
#include <ctype.h>
#include <dirent.h>
#include <string.h>
#include "base/file.h"
#include "base/log.h"
#include "trace/names/names.h"

/* "PID NAME", one a line. One question asks for them many times, so they are kept for a moment. */
static struct text running_list(void)
{
	static char list[1 << 16];
	static size_t len;
	static double read_at;
	struct dirent *entry;

	if (read_at > 0 && now() - read_at < 1)
		return (struct text){ list, len };
	AUTO_DIR proc = opendir("/proc");

	len = 0;
	read_at = now();
	while (proc && (entry = readdir(proc))) {
		AUTO_BUILD comm = { 0 };
		char path[64];
		struct text name;
		int wrote;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/comm", entry->d_name);
		if (file_read(path, 64, &comm, NULL) < 0)
			continue;
		name = text_trim(build_text(&comm));
		wrote = snprintf(list + len, sizeof(list) - len, "%.20s %.*s\n", entry->d_name, TEXT_ARG(name));
		if (wrote < 0 || (size_t)wrote >= sizeof(list) - len)
			break;
		len += (size_t)wrote;
	}
	return (struct text){ list, len };
}

/* The next of them; false: there is none. */
static bool running_next(struct text *rest, struct text *pid, struct text *name)
{
	struct text line;

	if (!text_line(rest, &line) || !text_next(&line, ' ', pid))
		return false;
	*name = line;
	return true;
}

bool process_running(struct text name, bool *prefix)
{
	struct text rest = running_list(), pid, one;

	*prefix = false;
	while (running_next(&rest, &pid, &one)) {
		if (text_same(one, text_until(name, COMM_MOST)))
			return true;
		if (name.len >= 3 && one.len > name.len && memcmp(one.at, name.at, name.len) == 0 &&
		    !isalpha((unsigned char)one.at[name.len]))
			*prefix = true;
	}
	return *prefix;
}

size_t pids_running(struct text name, bool prefix, double *pids, size_t room)
{
	struct text rest = running_list(), pid, one;
	size_t count = 0;

	while (count < room && running_next(&rest, &pid, &one))
		if (text_same(prefix ? text_until(one, name.len) : one, name) && text_real(pid, &pids[count]))
			count++;
	return count;
}

bool name_of_process(struct text name, bool *prefix)
{
	AUTO_FREE char *word = text_copy(name);
	AUTO_FREE char *path = NULL;

	*prefix = false;
	if (name.len == 0 || name.len > 255 || strchr(word, '/'))
		return false;
	path = program_find(word);
	return path || process_running(name, prefix);
}

/* "PostgreSQL", "the JVM": the process of a product that is not called so. */
void comm_meant(const struct question *q, size_t at, char *name)
{
	size_t len;
	const struct sense *sense = sense_at(q, at, "comm", NULL, &len);
	bool prefix;

	if (!q->tokens.at[at].famous || process_running(text_of(name), &prefix))
		return;
	if (sense && strlen(sense->name) <= COMM_MOST)
		strcpy(name, sense->name);
	else
		for (char *c = name; *c; c++)
			*c = (char)tolower((unsigned char)*c);
}

/* ---- "while tar is running" ---- */

bool token_heads(const struct question *q, size_t at)
{
	const struct text word = q->tokens.at[at].word.text;

	return at == 0 && word.len > 2 && word.at + word.len < q->text.at + q->text.len && word.at[word.len] == ':';
}

/* That it runs meanwhile says no more than its name. */
void runs_pass(struct wish *wish)
{
	struct question *q = &wish->question;

	/* "our daemon legacyd": what it is, beside its name */
	for (size_t i = 1; i < q->tokens.len; i++)
		if (q->tokens.at[i].used & USED_NAME && !q->tokens.at[i - 1].used && !q->tokens.at[i - 1].word.comma &&
		    token_in(q, i - 1, GRAMMAR_CALLING))
			tokens_use(q, i - 1, 1, USED_CUE);
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t verb = SIZE_MAX, name = SIZE_MAX;

		if (!token_in(q, i, GRAMMAR_WHILE))
			continue;
		for (size_t k = i + 1; k < q->tokens.len && k < i + 6; k++) {
			const struct token *token = &q->tokens.at[k];

			if (token->used & USED_NAME)
				name = k;
			else if (!token->used && (token_in(q, k, GRAMMAR_START) || token_is(q, k, "work") || token_is(q, k, "use")))
				verb = k;
			else if (!token->ignored && !token_in(q, k, GRAMMAR_SOMEBODY) && !token_is(q, k, "be"))
				break;
			if (token->word.comma)
				break;
		}
		if (verb != SIZE_MAX && name != SIZE_MAX && (name + 3 > verb || verb + 3 > name))
			tokens_use(q, verb, 1, USED_CUE);
	}
}

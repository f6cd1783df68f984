/* Names in a question: files by a part of their path, and what a comparison of names can tell. */
#include <ctype.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "trace/names/names.h"

#define ENDING_MOST 10

/* "~/x" is the home's, as in a shell; "./x" and "../x" are files of that name, whatever folder it is seen from. */
char *file_meant(struct text path)
{
	const struct passwd *user = getpwuid(getuid());
	const char *home = getenv("HOME") ? getenv("HOME") : user ? user->pw_dir : NULL;
	char *whole;

	if (text_starts(path, "~/") && home && asprintf(&whole, "%s%.*s", home, TEXT_ARG(text_from(path, 1))) > 0)
		return whole;
	while ((text_starts(path, "./") && path.len > 2) || (text_starts(path, "../") && path.len > 3))
		path = text_from(path, path.at[1] == '/' ? 2 : 3);
	return text_copy(path);
}

/* What lies in "tmp": of the folders at the root that bear their names in speech too. */
static bool root_folder(struct text name, char path[64])
{
	static const char *const spoken[] = { "root", "home" }; /* "the root directory" is "/", "my home folder" below /home */
	struct stat info;

	for (size_t i = 0; i < COUNT(spoken); i++)
		if (text_is(name, spoken[i]))
			return false;
	return snprintf(path, 64, "/%.*s/", TEXT_ARG(name)) < 64 && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

void places_pass(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t at = 2; at < q->tokens.len; at++) {
		struct text noun = q->tokens.at[at].word.text, name = q->tokens.at[at - 1].word.text;
		size_t from = at - 1;
		char path[64];

		if (!(text_is(noun, "folder") || text_is(noun, "directory") || text_is(noun, "dir")) || q->tokens.at[at - 1].used)
			continue;
		from -= token_in(q, from - 1, GRAMMAR_DETERMINER);
		if (from == 0 || !token_in(q, from - 1, GRAMMAR_INSIDE) || q->tokens.at[at - 1].word.kind == WORD_PATH || !root_folder(name, path))
			continue;
		name_where(wish, from - 1, at + 1 - (from - 1), "file", COMPARE_PREFIX, path, 0);
	}
}

/* "app.ini", ".bashrc", "libz.so.1", but not "python3.11" and "run.sh", which run. */
static bool file_like(struct text name)
{
	static const char *const run[] = { "out", "sh", "py", "pl", "rb", "js", "exe", "bin", "jar" };
	size_t dot = name.len, letters = 0;
	struct text ending;
	bool prefix;

	if (text_has(name, ".so."))
		return true;
	while (dot > 0 && name.at[dot - 1] != '.')
		dot--;
	ending = text_from(name, dot);
	if (dot == 0 || ending.len == 0 || (dot > 1 && ending.len > ENDING_MOST))
		return false;
	for (size_t i = 0; i < ending.len; i++) {
		if (!isalnum((unsigned char)ending.at[i]) && !(dot == 1 && strchr("_-", ending.at[i])))
			return false;
		letters += isalpha((unsigned char)ending.at[i]) != 0;
	}
	for (size_t i = 0; i < COUNT(run); i++)
		if (text_is(ending, run[i]))
			return false;
	return letters > 0 && !name_of_process(name, &prefix);
}

/* "by app.ini", "process app.ini": said to be no file. */
static bool doer_said(const struct question *q, const char *name)
{
	for (size_t at = 1; at < q->tokens.len; at++)
		if (text_is(q->tokens.at[at].word.text, name) && token_in(q, at - 1, GRAMMAR_BEFORE_DOER))
			return true;
	return false;
}

/* "who", "谁": who does it is asked, so that what it is done to is no process. "By process" may part the doings of one. */
static bool doer_asked(const struct question *q)
{
	for (size_t i = 0, len; i < q->tokens.len; i++)
		if (sense_at(q, i, "key", "process", &len))
			return true;
	return false;
}

/* "who deletes lockfile", "chmod on id_rsa", "opens of authorized_keys": what it is done to, by a name that
 * nothing tells from a process's otherwise. */
static bool file_object(const struct wish *wish, size_t at)
{
	const struct question *q = &wish->question;
	const struct token *token = &q->tokens.at[at];
	size_t before = at, len;
	bool prefix, listed = sense_at(q, at, "name", "file", &len) != NULL, follows;

	while (before > 0 && token_in(q, before - 1, GRAMMAR_DETERMINER))
		before--;
	if ((before == 0 && !token_is(q, at + 1, "被")) || token->famous || (before > 0 && q->tokens.at[before - 1].word.comma) || token->word.text.len < 3 || (before > 0 && token_in(q, before - 1, GRAMMAR_BEFORE_DOER)) ||
	    (at + 1 < q->tokens.len && !token->word.comma && (token_is(q, at + 1, "process") || (q->tokens.at[at + 1].used & USED_SUBJECT && !listed))))
		return false;
	/* "which programs map libcrypto": a library by half of its name */
	if (!listed && text_starts(token->word.text, "lib"))
		return false;
	if (!listed && (name_of_process(token->word.text, &prefix) || token->english || token->known))
		return false;
	/* "wtmp 被谁删了" */
	if (token_is(q, at + 1, "被"))
		return listed || doer_asked(q);
	follows = (q->tokens.at[before - 1].used & USED_SUBJECT) != 0;
	if (token_in(q, before - 1, GRAMMAR_ON_FILE))
		return listed || doer_asked(q) || token_is(q, before - 1, "on");
	return follows ? listed || doer_asked(q) : token_is(q, before - 1, "of") && listed;
}

/* What was taken for a process, as it stands in the question: names of processes are short, and words lose a first dot. */
static const char *name_whole(struct wish *wish, const char *taken)
{
	const struct question *q = &wish->question;
	const char *end = q->text.at + q->text.len;

	vec_each(token, &q->tokens) {
		const char *at = token->word.text.at;
		size_t len = strlen(taken);

		if ((size_t)(end - at) < len || memcmp(at, taken, len) != 0)
			continue;
		while (at + len < end && (unsigned char)at[len] > ' ' && (unsigned char)at[len] < 0x7f && !strchr(",;:?!()\"'", at[len]))
			len++;
		while (len && at[len - 1] == '.')
			len--;
		if (at > q->text.at && at[-1] == '.' && (at - 1 == q->text.at || isspace((unsigned char)at[-2]))) {
			at--;
			len++;
		}
		return arena_text(wish->plan->arena, (struct text){ at, len });
	}
	return taken;
}

bool pattern_told(struct wish *wish, const char *name)
{
	if (!strpbrk(name, "*?["))
		return false;
	wish->missing = arena_fmt(wish->plan->arena, "a pattern of names is not compared ('%s'): name one file, or the folder", name);
	return true;
}

/* ".so files", ".conf 文件": the end of names, which nothing compares. */
static void endings_told(struct wish *wish)
{
	const struct question *q = &wish->question;

	for (size_t i = 0; i + 1 < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		const char *at = token->word.text.at;

		if (token->used & (USED_FILTER | USED_NAME) || token->word.kind == WORD_HAN || token->word.text.len > 6 || at == q->text.at || at[-1] != '.' ||
		    (at - 1 > q->text.at && (isalnum((unsigned char)at[-2]) || strchr("./_-", at[-2]))) ||
		    !(token_is(q, i + 1, "file") || tokens_spell(q, i + 1, "文件") || (token_is(q, i + 1, "的") && tokens_spell(q, i + 2, "文件"))))
			continue;
		wish->missing = arena_fmt(wish->plan->arena, "the end of names is not compared ('.%.*s'): name one file, or the folder", TEXT_ARG(token->word.text));
	}
}

/* "renames to app.log", "a.tmp becomes b.txt": of two names of one deed the new one. */
static void file_ends(struct wish *wish, const struct spot *spot)
{
	const struct question *q = &wish->question;
	struct bound b;

	if (!bind_role(spot, "target", &b, NULL) || !b.text)
		return;
	vec_each(condition, &wish->plan->where)
		for (size_t i = 1; condition->text && condition->role && strcmp(condition->role, "file") == 0 && i < q->tokens.len; i++)
			if (token_in(q, i - 1, GRAMMAR_INTO_NAME) && !q->tokens.at[i - 1].word.comma &&
			    (text_is(q->tokens.at[i].word.text, condition->text) || text_ends(text_of(condition->text), q->tokens.at[i].word.base)) &&
			    q->tokens.at[i].used & USED_NAME)
				condition->role = "target";
}

/* "writes to stdout": a descriptor, by its name. */
static void standard_streams(struct wish *wish, const struct spot *spot)
{
	static const char *const streams[] = { "stdin", "stdout", "stderr" };
	struct bound b;

	if (!bind_role(spot, "fd", &b, NULL))
		return;
	vec_each(condition, &wish->plan->where) /* "reads from stdin" */
		for (size_t fd = 0; condition->role && condition->text && strcmp(condition->role, "process") == 0 && fd < COUNT(streams); fd++)
			if (strcmp(condition->text, streams[fd]) == 0) {
				*condition = (struct condition){ "fd", condition->compare, NULL, (double)fd };
				break;
			}
	for (size_t i = 0; i < wish->question.tokens.len; i++)
		for (size_t fd = 0; fd < COUNT(streams); fd++)
			if (!(wish->question.tokens.at[i].used & ~(unsigned)USED_SUBJECT) && text_is(wish->question.tokens.at[i].word.text, streams[fd]))
				name_where(wish, i, 1, "fd", COMPARE_EQUAL, NULL, (double)fd);
}

void wish_files(struct wish *wish, const struct spot *spot)
{
	struct question *q = &wish->question;
	struct bound b;

	standard_streams(wish, spot);
	if (!bind_role(spot, "file", &b, NULL) || !b.text)
		return;
	/* What stood where a name must stand was taken for a process. */
	vec_each(condition, &wish->plan->where) {
		const char *name;

		if (!condition->role || strcmp(condition->role, "process") != 0 || !condition->text || condition->compare > COMPARE_NOT ||
		    doer_said(q, condition->text) || (wish->options->process && strcmp(wish->options->process, condition->text) == 0))
			continue;
		bool object = false;

		name = name_whole(wish, condition->text);
		for (size_t i = 0; i < q->tokens.len; i++)
			object |= text_is(q->tokens.at[i].word.text, name) && file_object(wish, i);
		if (!object && !file_like(text_of(name)))
			continue;
		condition->role = "file";
		condition->text = name;
		(void)pattern_told(wish, name);
	}
	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		AUTO_FREE char *name = text_copy(token->word.text);

		if ((!token->used || token_is(q, i, "sock_")) && !token->known && (token->word.kind == WORD_NAME || token->word.kind == WORD_QUOTED) &&
		    file_like(token->word.text) && !pattern_told(wish, name))
			name_where(wish, i, 1, "file", COMPARE_EQUAL, name, 0);
		else if (!(token->used & ~(unsigned)USED_CUE) && !token->ignored && (token->word.kind == WORD_PLAIN || token->word.kind == WORD_NAME) && file_object(wish, i))
			name_where(wish, i, 1, "file", COMPARE_EQUAL, name, 0);
	}
	file_ends(wish, spot);
	endings_told(wish);
}

/* "opens per directory": what lies in one is told file by file, and never added up. */
bool folder_key(const struct question *q)
{
	for (size_t i = 1; i < q->tokens.len; i++) {
		size_t cue = i - 1, len;

		cue -= cue > 0 && (text_is(q->tokens.at[cue].word.text, "parent") || token_in(q, cue, GRAMMAR_DETERMINER));
		if (token_is(q, i, "directory") && q->tokens.at[i].used & USED_KEY && !(i + 1 < q->tokens.len && q->tokens.at[i + 1].word.kind == WORD_PATH) &&
		    (token_is(q, cue, "by") || token_is(q, cue, "per") || (sense_at(q, cue, "key", "by", &len) && len > 1)))
			return true;
	}
	return false;
}

/* "lookups of api.example.com": a host by its name, where what is watched tells hosts. */
void wish_hosts(struct wish *wish, const struct spot *spot)
{
	struct question *q = &wish->question;
	struct bound b;

	if (!bind_role(spot, "host", &b, NULL) || !b.text)
		return;
	vec_each(condition, &wish->plan->where)
		if (condition->role && strcmp(condition->role, "process") == 0 && condition->text && strchr(condition->text, '.') &&
		    !doer_said(q, condition->text))
			condition->role = "host";
	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		AUTO_FREE char *name = text_copy(token->word.text);

		if (!token->used && !token->known && (token->word.kind == WORD_NAME || token->word.kind == WORD_QUOTED) &&
		    strchr(name, '.') && !strpbrk(name, "/_:(*"))
			name_where(wish, i, 1, "host", COMPARE_EQUAL, name, 0);
	}
}

void files_tell(struct plan *plan, const struct spot *spot)
{
	struct bound b;

	if (!bind_role(spot, "file", &b, NULL) || !b.wrap)
		return;
	vec_each(condition, &plan->where) {
		const char *last = condition->text ? strrchr(condition->text, '/') : NULL;

		if (!condition->role || strcmp(condition->role, "file") != 0 || !condition->text)
			continue;
		if (condition->compare != COMPARE_EQUAL && condition->compare != COMPARE_PREFIX)
			continue;
		if (condition->text[0] != '/' && condition->compare == COMPARE_EQUAL)
			vec_push(&plan->notes, arena_fmt(plan->arena, "Every file whose path is %s or ends in /%s is in this, whatever folder "
							 "it is in.", condition->text, condition->text));
		else if (!b.file && condition->compare == COMPARE_PREFIX)
			vec_push(&plan->notes, arena_fmt(plan->arena, "Names are compared as programs give them: what lies in %s and was "
							 "named from within it, or through a link, is not in this.", condition->text));
		else if (!b.file && last && last[1])
			vec_push(&plan->notes, arena_fmt(plan->arena, "Names are compared as programs give them: %s by a relative name, or "
							 "through a link, is not in this; ask for %s to see every file of that name.",
							 condition->text, strchr(last, '.') ? last + 1 : arena_fmt(plan->arena, ".%s", last)));
	}
}

void wish_folders(struct wish *wish)
{
	struct question *q = &wish->question;

	places_pass(wish);
	for (size_t at = 0; at < q->tokens.len; at++) {
		size_t len;

		if (q->tokens.at[at].word.kind != WORD_PATH)
			continue;
		for (size_t from = at > 4 ? at - 4 : 0; from < at; from++)
			if (sense_at(q, from, "under", NULL, &len) && from + len == at) {
				q->tokens.at[at].under = true;
				tokens_use(q, from, len, USED_CUE | USED_NAME);
			}
		/* "who renames files in /srv/pg": a folder, here or not */
		if (at > 1 && token_in(q, at - 1, GRAMMAR_INSIDE_PATH) && text_is(q->tokens.at[at - 2].word.text, "files") && !q->tokens.at[at - 2].word.comma &&
		    q->tokens.at[at].word.text.len > 1 && !memchr(q->tokens.at[at].word.text.at, '*', q->tokens.at[at].word.text.len))
			q->tokens.at[at].under = true;
		/* "/var/log 目录下的文件" */
		if (at + 1 < q->tokens.len && q->tokens.at[at + 1].word.kind == WORD_HAN &&
		    sense_at(q, at + 1, "under", NULL, &len)) {
			size_t kind;

			q->tokens.at[at].under = true;
			tokens_use(q, at + 1, len, USED_CUE | USED_NAME);
			len += token_is(q, at + 1 + len, "的");
			/* "/var/log 下的日志文件", "/var/log 里的日志": files, of the kind that lie there */
			if (sense_at(q, at + 1 + len, "lying", NULL, &kind))
				tokens_use(q, at + 1 + len, kind, USED_CUE | USED_NAME);
		}
	}
}

void path_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	AUTO_FREE char *path = file_meant(q->tokens.at[at].word.text);
	struct stat info;

	/* "setpriority / nice" */
	if (strcmp(path, "/") == 0 && at > 0 && !token_is(q, at - 1, "under") && !token_is(q, at - 1, "in")) {
		q->tokens.at[at].ignored = true;
		return;
	}
	/* "FIN/CLOSE_WAIT transitions": two constants, and no file */
	if (isupper((unsigned char)path[0]) && strcspn(path, "abcdefghijklmnopqrstuvwxyz.") == strlen(path) && access(path, F_OK) < 0)
		return;
	/* All that lies in a folder, by a star at the end; other patterns are not compared. */
	if (strlen(path) > 2 && text_ends(text_of(path), "/*") && strcspn(path, "*?[") == strlen(path) - 1) {
		path[strlen(path) - 1] = '\0';
	} else if (strncmp(path, "s/", 2) != 0 && pattern_told(wish, path)) {
		return;
	}
	bool under = q->tokens.at[at].under || text_ends(text_of(path), "/") || (stat(path, &info) == 0 && S_ISDIR(info.st_mode));

	if (at > 0 && token_is(q, at - 1, "by") && stat(path, &info) == 0 && S_ISREG(info.st_mode) &&
	    access(path, X_OK) == 0) {
		process_take(wish, at, 1, text_of(strrchr(path, '/') + 1), false);
		return;
	}
	name_where(wish, at, 1, "file", under ? COMPARE_PREFIX : COMPARE_EQUAL, path, 0);
}

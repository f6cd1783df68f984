/* Names in a question: processes, users, files, signals, errors, devices, control groups. */
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "base/file.h"
#include "trace/planner.h"

#define COMM_MOST 15 /* TASK_COMM_LEN less the NUL */

/* Whether a running process has this name. `prefix`: only ones that start with it. */
static bool running(struct text name, bool *prefix)
{
	AUTO_DIR proc = opendir("/proc");
	struct dirent *entry;

	*prefix = false;
	while (proc && (entry = readdir(proc))) {
		AUTO_BUILD comm = { 0 };
		char path[64];
		struct text line;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/comm", entry->d_name);
		if (file_read(path, 64, &comm, NULL) < 0)
			continue;
		line = text_trim(build_text(&comm));
		if (text_same(line, text_until(name, COMM_MOST)))
			return true;
		if (name.len >= 3 && line.len > name.len && memcmp(line.at, name.at, name.len) == 0 &&
		    !isalpha((unsigned char)line.at[name.len]))
			*prefix = true;
	}
	return *prefix;
}

bool name_of_process(struct text name, bool *prefix)
{
	AUTO_FREE char *word = text_copy(name);
	AUTO_FREE char *path = NULL;

	*prefix = false;
	if (name.len == 0 || name.len > 255 || strchr(word, '/'))
		return false;
	path = program_find(word);
	return path || running(name, prefix);
}

static void process_take(struct wish *wish, size_t at, struct text name, bool prefix)
{
	struct question *q = &wish->question;
	AUTO_FREE char *copy = text_copy(text_until(name, COMM_MOST));

	for (size_t from = at > 3 ? at - 3 : 0; from < at; from++) {
		size_t len;

		if (!sense_at(q, from, "exclude", NULL, &len) || from + len != at)
			continue;
		wish_where(wish, "process", COMPARE_NOT, copy, 0);
		tokens_use(q, from, at + 1 - from, USED_NAME);
		return;
	}
	wish_where(wish, "process", prefix ? COMPARE_PREFIX : COMPARE_EQUAL, copy, 0);
	tokens_use(q, at, 1, USED_NAME);
}

/* "SIGKILL", "sigterm"; 0: none of that name. */
static int signal_number(struct text word)
{
	if (word.len < 5 || strncasecmp(word.at, "sig", 3) != 0)
		return 0;
	for (int number = 1; number < NSIG; number++) {
		const char *name = sigabbrev_np(number);

		if (name && strlen(name) == word.len - 3 && strncasecmp(name, word.at + 3, word.len - 3) == 0)
			return number;
	}
	return 0;
}

static bool signal_take(struct wish *wish, size_t at)
{
	int number = signal_number(wish->question.tokens.at[at].word.text);

	if (!number)
		return false;
	wish_where(wish, "signal", COMPARE_EQUAL, NULL, number);
	tokens_use(&wish->question, at, 1, USED_NAME);
	return true;
}

static int errno_number(struct text name)
{
	for (int number = 1; number < 134; number++) {
		const char *known = strerrorname_np(number);

		if (known && strlen(known) == name.len && strncasecmp(known, name.at, name.len) == 0)
			return number;
	}
	return 0;
}

bool number_named(const char *type, struct text name, double *number)
{
	AUTO_FREE char *copy = text_copy(name);
	const struct passwd *user = strcmp(type, "uid") == 0 ? getpwnam(copy) : NULL;

	*number = user ? user->pw_uid : strcmp(type, "errno") == 0 ? errno_number(name) : strcmp(type, "signal") == 0 ? signal_number(name) :
		  strcmp(type, "syscall") == 0 ? (double)syscall_number(copy) : 0;
	return user || *number > 0 || (strcmp(type, "syscall") == 0 && *number == 0);
}

static bool error_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	size_t len;
	const struct sense *sense = sense_at(q, at, "errno", NULL, &len);
	int number = sense ? errno_number(text_of(sense->name)) : errno_number(q->tokens.at[at].word.text);

	if (!number || (!sense && !isupper((unsigned char)q->tokens.at[at].word.text.at[0]) &&
			vocabulary_word(q->vocabulary, q->tokens.at[at].word.base)))
		return false;
	if (sense) {
		/* Words that name the subject itself ("deny", "drop") are no filter. */
		bool subject = true;

		for (size_t i = at; i < at + len; i++)
			subject = subject && q->tokens.at[i].used & USED_SUBJECT;
		if (subject)
			return false;
	}
	wish_where(wish, "error", COMPARE_EQUAL, NULL, number);
	tokens_use(q, at, sense ? len : 1, USED_NAME);
	return true;
}

/* "to 10.0.0.1", "from ::1" */
static bool address_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	AUTO_FREE char *text = text_copy(q->tokens.at[at].word.text);
	unsigned char bytes[16];

	if (inet_pton(AF_INET, text, bytes) != 1 && inet_pton(AF_INET6, text, bytes) != 1)
		return false;
	wish_where(wish, at > 0 && token_is(q, at - 1, "from") ? "source" : "address", COMPARE_EQUAL, text, 0);
	tokens_use(q, at, 1, USED_NAME);
	return true;
}

/* A path: a file filter, or a folder that files lie under. */
static void path_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	AUTO_FREE char *path = text_copy(q->tokens.at[at].word.text);
	struct stat info;
	size_t len, from;

	/* "setpriority / nice" */
	if (strcmp(path, "/") == 0 && at > 0 && !token_is(q, at - 1, "under") && !token_is(q, at - 1, "in")) {
		q->tokens.at[at].ignored = true;
		return;
	}
	bool under = text_ends(text_of(path), "/") || (stat(path, &info) == 0 && S_ISDIR(info.st_mode));

	for (from = at > 4 ? at - 4 : 0; from < at; from++)
		if (sense_at(q, from, "under", NULL, &len) && from + len == at) {
			under = true;
			tokens_use(q, from, len, USED_CUE);
		}
	if (at > 0 && token_is(q, at - 1, "by") && stat(path, &info) == 0 && S_ISREG(info.st_mode) &&
	    access(path, X_OK) == 0) {
		process_take(wish, at, text_of(strrchr(path, '/') + 1), false);
		return;
	}
	wish_where(wish, "file", under ? COMPARE_PREFIX : COMPARE_EQUAL, path, 0);
	tokens_use(q, at, 1, USED_NAME);
}

static bool user_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	AUTO_FREE char *name = text_copy(q->tokens.at[at].word.text);
	bool root = strcmp(name, "root") == 0;
	bool cue = at > 0 && (token_is(q, at - 1, "user") || (root && (token_is(q, at - 1, "by") ||
								       token_is(q, at - 1, "as") ||
								       token_is(q, at - 1, "of") ||
								       token_is(q, at - 1, "for"))));
	bool after = token_is(q, at + 1, "user") && !q->tokens.at[at].known;
	const struct passwd *entry = cue || after || root ? getpwnam(name) : NULL;

	if (!entry)
		return false;
	wish_where(wish, "user", COMPARE_EQUAL, NULL, entry->pw_uid);
	tokens_use(q, cue && token_is(q, at - 1, "user") ? at - 1 : at,
		   1 + (size_t)(after || (cue && token_is(q, at - 1, "user"))), USED_NAME);
	return true;
}

/* A block device or network interface of this machine. */
static bool device_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	struct text word = q->tokens.at[at].word.text;
	AUTO_BUILD content = { 0 };
	char path[300];
	unsigned major_number, minor_number;

	if (word.len == 0 || word.len > 200 || memchr(word.at, '/', word.len) || word.at[0] == '.')
		return false;
	snprintf(path, sizeof(path), "/sys/class/block/%.*s/dev", TEXT_ARG(word));
	if (file_read(path, 32, &content, NULL) == 0 &&
	    sscanf(content.at, "%u:%u", &major_number, &minor_number) == 2) {
		/* The kernel's own packing of dev_t, as tracepoints record it. */
		wish_where(wish, "device", COMPARE_EQUAL, NULL, (major_number << 20) | minor_number);
	} else {
		AUTO_FREE char *name = text_copy(word);

		snprintf(path, sizeof(path), "/sys/class/net/%s", name);
		if (!file_exists(path))
			return false;
		wish_where(wish, "device", COMPARE_EQUAL, name, 0);
	}
	tokens_use(q, at, 1, USED_NAME);
	return true;
}

static bool cgroup_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	AUTO_FREE char *name = text_copy(q->tokens.at[at].word.text);
	AUTO_FREE char *path = NULL;

	if (at == 0 || !token_is(q, at - 1, "cgroup"))
		return false;
	if (strncmp(name, "/sys/fs/cgroup", 14) == 0)
		path = text_copy(text_of(name));
	else if (asprintf(&path, "/sys/fs/cgroup/%s", name[0] == '/' ? name + 1 : name) < 0)
		path = NULL;
	/* "cgroup reclaim" names no cgroup. */
	if (!path || !file_exists(path))
		return false;
	wish_where(wish, "cgroup", COMPARE_EQUAL, path, 0);
	tokens_use(q, at - 1, 2, USED_NAME);
	return true;
}


/* "the process named X" */
static bool process_named(const struct question *q, size_t at)
{
	size_t len;

	/* "each process call fsync": no one's name. */
	if (at > 0 && (text_is(q->tokens.at[at - 1].word.text, "call") || text_is(q->tokens.at[at - 1].word.text, "calls")))
		return false;
	for (size_t from = at > 4 ? at - 4 : 0; from < at; from++)
		if (sense_at(q, from, "named", "process", &len) && from + len == at)
			return true;
	return false;
}

/* "excluding X", "other than X" */
static bool excluded(const struct question *q, size_t at)
{
	size_t len;

	for (size_t from = at > 3 ? at - 3 : 0; from < at; from++)
		if (sense_at(q, from, "exclude", NULL, &len) && from + len == at)
			return true;
	return false;
}

/* "process X" */
static bool process_cue(const struct question *q, size_t at)
{
	size_t len;

	for (size_t from = at > 3 ? at - 3 : 0; from < at; from++) {
		const struct role *role = role_at(q, from, &len);

		if (role && from + len == at && strcmp(role->name, "process") == 0)
			return !(q->tokens.at[from].used & USED_KEY);
	}
	return false;
}

/* "wkopen4", "my-app", "nginx2": no word of any language, and so a name. */
static bool coined(const struct token *token)
{
	bool digit = false;

	if (token->word.kind != WORD_NAME)
		return false;
	for (size_t i = 0; i < token->word.text.len; i++) {
		char c = token->word.text.at[i];

		digit |= isdigit((unsigned char)c) != 0 || c == '-';
		if (!isalnum((unsigned char)c) && c != '-' && c != '_' && c != '.')
			return false;
	}
	return digit && token->word.text.len <= COMM_MOST;
}

/* Where a name must stand: "page faults of X", "what does X open", "opened by X". A process of that name
 * may start later. */
static bool name_place(const struct question *q, size_t at)
{
	static const char *const cues[] = { "of", "for", "by", "in", "from", "does", "did", "is", "are", "has",
					    "was", "will", "can" };

	for (size_t i = 0; at > 0 && i < COUNT(cues); i++)
		if (token_is(q, at - 1, cues[i]))
			return true;
	/* "every file postgres opens": between a noun and the subject's verb. */
	return at > 0 && at + 1 < q->tokens.len && q->tokens.at[at - 1].used & (USED_KEY | USED_SUBJECT) &&
	       q->tokens.at[at + 1].used & USED_SUBJECT && q->tokens.at[at].word.text.len > 3;
}

static void process_name(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	struct token *token = &q->tokens.at[at];
	bool prefix = false, named = process_named(q, at) || excluded(q, at), cued = named || process_cue(q, at);
	bool quoted = token->word.kind == WORD_QUOTED;
	size_t len;
	bool plain = token->word.kind == WORD_PLAIN || token->word.kind == WORD_NAME;
	bool placed = name_place(q, at) && !sense_at(q, at, "rank", NULL, &len) && !sense_at(q, at, "measure", NULL, &len);
	bool before_noun = token_is(q, at + 1, "process") && !(q->tokens.at[at + 1].used & USED_SUBJECT);

	if (!plain && !quoted)
		return;
	/* A word that the vocabulary knows is a name only where the question says that it is one. */
	if (token->known && !quoted && !named && !(placed && !token->ignored && !role_at(q, at, &len) &&
									 name_of_process(token->word.text, &prefix) && !prefix))
		return;
	/* "excluding futex" means no process. */
	if (token->known && excluded(q, at) && !name_of_process(token->word.text, &prefix))
		return;
	if (quoted || name_of_process(token->word.text, &prefix) || cued ||
	    (before_noun && token->word.kind == WORD_NAME) || (!token->known && (name_place(q, at) || coined(token)))) {
		process_take(wish, at, token->word.text, prefix);
		for (size_t back = at > 2 ? at - 2 : 0; cued && back < at; back++)
			tokens_use(q, back, 1, q->tokens.at[back].ignored || token_is(q, back, "process") ||
					       q->tokens.at[back].word.kind == WORD_HAN ? USED_CUE : 0);
		if (before_noun)
			tokens_use(q, at + 1, 1, USED_CUE);
	}
}

void wish_names(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		size_t len;

		if (token->used & (USED_FILTER | USED_TIME | USED_NAME | USED_KEY))
			continue;
		if (sense_at(q, i, "named", NULL, &len))
			tokens_use(q, i, len, USED_CUE);
		if (error_take(wish, i) || signal_take(wish, i))
			continue;
		if (token->word.kind == WORD_HAN || token->word.kind == WORD_NUMBER || token->word.kind == WORD_SIGN)
			continue;
		if (address_take(wish, i) || cgroup_take(wish, i) || user_take(wish, i))
			continue;
		if (token->word.kind == WORD_PATH) {
			if (!(token->used & USED_SUBJECT)) /* "function foo of /usr/bin/bar" */
				path_take(wish, i);
			continue;
		}
		if (token->used & USED_SUBJECT && !process_cue(q, i) && !process_named(q, i))
			continue;
		if (!token->known && device_take(wish, i))
			continue;
		process_name(wish, i);
	}
}

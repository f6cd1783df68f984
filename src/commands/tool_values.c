/* The parts of a question that a tool's arguments can hold: pid, interval, port, file, function … */
#include <ctype.h>
#include <dirent.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include "base/file.h"
#include "commands/tool.h"

#define PIDS_MOST 64

static struct tool_value *value_find(struct tool_values *v, const char *name)
{
	vec_each(value, &v->list)
		if (strcmp(value->name, name) == 0)
			return value;
	return NULL;
}

/* The first of a name wins. A value that a program could take for an option is none. */
static void value_add(struct tool_values *v, const char *name, const char *text, bool told, const char *same)
{
	if (text && text[0] != '-' && !value_find(v, name))
		vec_push(&v->list, (struct tool_value){ name, text, told, same });
}

const char *tool_value(const struct tool_values *v, struct text name)
{
	vec_each(value, &v->list)
		if (text_is(name, value->name))
			return value->text;
	return NULL;
}

static const char *number_text(struct tool_values *v, double number)
{
	return arena_fmt(v->arena, "%.15g", number);
}

/* "open calls": programs make them by newer calls, too, and some by these alone; those that this machine has. */
static const char *call_forms(struct tool_values *v, const char *name)
{
	static const char *const forms[] = { "open,openat,openat2", "stat,lstat,fstat,newfstatat,statx", "unlink,unlinkat",
					     "rename,renameat,renameat2", "mkdir,mkdirat", "link,linkat", "symlink,symlinkat",
					     "chmod,fchmod,fchmodat", "chown,fchown,fchownat,lchown", "accept,accept4", "pipe,pipe2",
					     "poll,ppoll", "select,pselect6", "epoll_wait,epoll_pwait", "fork,vfork,clone,clone3",
					     "readlink,readlinkat", "mknod,mknodat", "access,faccessat,faccessat2", "dup,dup2,dup3" };
	size_t len = strlen(name);
	AUTO_BUILD calls = { 0 };

	for (size_t i = 0; i < COUNT(forms); i++) {
		struct text rest = text_of(forms[i]), call;

		while (strncmp(forms[i], name, len) == 0 && forms[i][len] == ',' && text_next(&rest, ',', &call)) {
			AUTO_FREE char *one = text_copy(call);

			if (syscall_number(one) >= 0)
				build_fmt(&calls, "%s%s", calls.len ? "," : "", one);
		}
	}
	return calls.len ? arena_text(v->arena, build_text(&calls)) : name;
}

/* Running processes of this name, "12,31"; NULL when there is none. `prefix`: names that start so. */
static const char *pids_of(struct arena *arena, const char *process, bool prefix, const char **first)
{
	AUTO_DIR proc = opendir("/proc");
	AUTO_BUILD pids = { 0 };
	struct dirent *entry;
	size_t count = 0, most = strlen(process) > 15 ? 15 : strlen(process);
	long lowest = 0;

	while (proc && (entry = readdir(proc)) && count < PIDS_MOST) {
		AUTO_BUILD comm = { 0 };
		struct text line;
		char path[64];

		if (!isdigit((unsigned char)entry->d_name[0]) || atol(entry->d_name) == getpid())
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/comm", entry->d_name);
		if (file_read(path, 64, &comm, NULL) < 0)
			continue;
		line = text_trim(build_text(&comm));
		if (line.len < most || memcmp(line.at, process, most) != 0 || (!prefix && line.len != most))
			continue;
		build_fmt(&pids, "%s%s", count++ ? "," : "", entry->d_name);
		if (!lowest || atol(entry->d_name) < lowest)
			lowest = atol(entry->d_name);
	}
	if (!count)
		return NULL;
	*first = arena_fmt(arena, "%ld", lowest);
	return arena_text(arena, build_text(&pids));
}

static void process_value(struct tool_values *v, const char *process, bool prefix)
{
	const char *first, *pids = pids_of(v->arena, process, prefix, &first);

	value_add(v, "process", process, true, "pid");
	if (pids) {
		value_add(v, "pid", first, false, "process");
		value_add(v, "pids", pids, false, "process");
	} else if (!v->absent[0]) {
		snprintf(v->absent, sizeof(v->absent), "no process named '%.60s' is running", process);
	}
}

static void pid_value(struct tool_values *v, long pid)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/%ld", pid);
	if (!file_exists(path) && !v->why[0])
		snprintf(v->why, sizeof(v->why), "there is no process %ld: it may have ended", pid);
	value_add(v, "pid", arena_fmt(v->arena, "%ld", pid), true, "pids");
	value_add(v, "pids", arena_fmt(v->arena, "%ld", pid), false, "pid");
}

static void condition_value(struct tool_values *v, const struct condition *c)
{
	const struct passwd *user;

	if (!c->role)
		return;
	if (strcmp(c->role, "pid") == 0 && !c->text) {
		pid_value(v, (long)c->number);
	} else if (strcmp(c->role, "process") == 0 && c->text) {
		process_value(v, c->text, c->compare == COMPARE_PREFIX);
	} else if (strcmp(c->role, "user") == 0) {
		user = getpwuid((uid_t)c->number);
		value_add(v, "uid", number_text(v, c->number), true, "user");
		value_add(v, "user", user ? arena_text(v->arena, text_of(user->pw_name)) : number_text(v, c->number), false, "uid");
	} else if (strcmp(c->role, "latency") == 0) {
		value_add(v, "ms", number_text(v, c->number / 1e6), true, "us");
		value_add(v, "us", number_text(v, c->number / 1e3), false, "ms");
	} else if (strcmp(c->role, "size") == 0) {
		value_add(v, "bytes", number_text(v, c->number), true, "kb");
		value_add(v, "kb", number_text(v, c->number / 1024), false, "bytes");
	} else if (strcmp(c->role, "error") == 0) {
		const char *name = strerrorname_np((int)c->number);

		value_add(v, "error", name ? name : number_text(v, c->number), true, NULL);
	} else if (strcmp(c->role, "device") != 0) {
		static const char *const same[] = { "port", "file", "cpu", "signal", "tid", "cgroup" };

		for (size_t i = 0; i < COUNT(same); i++)
			if (strcmp(c->role, same[i]) == 0)
				value_add(v, same[i], c->text ? c->text : number_text(v, c->number), true, NULL);
	}
}

static bool is_device(const char *class, struct text word)
{
	char path[200];

	if (word.len == 0 || word.len > 60 || memchr(word.at, '/', word.len) || word.at[0] == '.')
		return false;
	snprintf(path, sizeof(path), "/sys/class/%s/%.*s", class, TEXT_ARG(word));
	return file_exists(path);
}

/* Some tools put it in a program of their own, so it must be no more than a name. */
static bool is_symbol(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:*$@")] == '\0';
}

static bool is_address(struct text word)
{
	size_t dots = 0;

	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] == '.')
			dots++;
		else if (!isdigit((unsigned char)word.at[i]))
			return false;
	}
	return dots == 3;
}

static bool after_cue(const struct question *q, size_t at)
{
	static const char *const cues[] = { "of", "for", "by", "from", "process", "program", "on", "is", "does", "do" };

	for (size_t i = 0; at > 0 && i < COUNT(cues); i++)
		if (token_is(q, at - 1, cues[i]))
			return true;
	return false;
}

static bool near(const struct question *q, size_t at, const char *one, const char *other)
{
	return token_is(q, at + 1, one) || (at > 0 && token_is(q, at - 1, one)) || token_is(q, at + 1, other) ||
	       (at > 0 && token_is(q, at - 1, other));
}

/* A word that is a name of this kernel or machine: a system call, a function, a disk. */
static void token_value(struct tool_values *v, struct kernel *kernel, size_t at)
{
	static const char *const filesystems[] = { "ext4", "xfs", "btrfs", "nfs", "zfs", "f2fs" };
	struct question *q = &v->wish.question;
	const struct token *token = &q->tokens.at[at];
	struct text word = token->word.text;
	const char *text;

	if (token->word.kind == WORD_HAN || token->word.kind == WORD_NUMBER || token->word.kind == WORD_SIGN ||
	    token->used & (USED_TIME | USED_FILTER))
		return;
	text = arena_text(v->arena, word);
	for (size_t i = 0; i < COUNT(filesystems); i++)
		if (text_is(word, filesystems[i]))
			value_add(v, "filesystem", text, false, NULL);
	if (is_device("block", word))
		value_add(v, "disk", text, true, NULL);
	else if (token->word.kind != WORD_PATH && is_device("net", word))
		value_add(v, "interface", text, true, NULL);
	else if (is_address(word))
		value_add(v, "address", text, true, NULL);
	else if (!(token->used & USED_SUBJECT) && (syscall_number(text) >= 0 || kernel_has_syscall(kernel, text)) &&
		 (!token->known || near(q, at, "syscall", "call") || near(q, at, "only", "just")))
		value_add(v, "syscall", near(q, at, "only", "just") ? text : call_forms(v, text), true, "function");
	else if (!(token->used & (USED_SUBJECT | USED_NAME)) && !token->known && is_symbol(text) &&
	    (near(q, at, "function", "symbol") || (token->word.kind == WORD_NAME && memchr(word.at, '_', word.len))))
		value_add(v, "function", text, true, "syscall");
}

/* "80 端口", "80 port" */
static void port_read(struct tool_values *v)
{
	struct question *q = &v->wish.question;

	for (size_t i = 0; i + 1 < q->tokens.len; i++)
		if (q->tokens.at[i].word.kind == WORD_NUMBER && !(q->tokens.at[i].used & (USED_TIME | USED_FILTER)) &&
		    (token_is(q, i + 1, "port") || (token_is(q, i + 1, "端") && token_is(q, i + 2, "口")))) {
			value_add(v, "port", number_text(v, q->tokens.at[i].word.number), true, NULL);
			tokens_use(q, i, 1, USED_FILTER);
		}
}

/* "5 times", "3 次" */
static void count_read(struct tool_values *v)
{
	struct question *q = &v->wish.question;

	for (size_t i = 0; i + 1 < q->tokens.len; i++) {
		const struct token *next = &q->tokens.at[i + 1];

		if (q->tokens.at[i].word.kind != WORD_NUMBER || q->tokens.at[i].used)
			continue;
		if (text_is(next->word.text, "times") || text_is(next->word.text, "samples") || text_is(next->word.text, "reports") ||
		    text_is(next->word.text, "次")) {
			value_add(v, "count", number_text(v, q->tokens.at[i].word.number), true, NULL);
			tokens_use(q, i, 2, USED_TIME);
		}
	}
}

/* "iostat 2 5": an interval and a count, as such tools take them. */
static void named_numbers(struct tool_values *v)
{
	struct question *q = &v->wish.question;
	size_t at = 0;

	while (at < q->tokens.len && q->tokens.at[at].word.kind != WORD_NUMBER)
		at++;
	if (at == 0 || at == q->tokens.len || !(q->tokens.at[at - 1].used & USED_SUBJECT) || q->tokens.at[at].used ||
	    q->tokens.at[at].word.unit[0])
		return;
	value_add(v, "interval", number_text(v, q->tokens.at[at].word.number), true, NULL);
	tokens_use(q, at, 1, USED_TIME);
	if (at + 1 < q->tokens.len && q->tokens.at[at + 1].word.kind == WORD_NUMBER && !q->tokens.at[at + 1].used) {
		value_add(v, "count", number_text(v, q->tokens.at[at + 1].word.number), true, NULL);
		tokens_use(q, at + 1, 1, USED_TIME);
	}
}


/* Words of tools and names of this machine are no typing errors. */
static bool is_name(void *context, const struct token *token)
{
	bool prefix;

	return tool_word(context, token->canonical) || name_of_process(token->word.text, &prefix) ||
	       syscall_number(token->word.base) >= 0;
}

static void times_add(struct tool_values *v, const struct tool_wish *asked)
{
	double interval = asked->interval > 0 ? asked->interval : v->plan.interval;
	double seconds = asked->seconds > 0 ? asked->seconds : v->plan.seconds;
	double each = interval > 0 ? interval : 1;

	if (asked->count > 0)
		value_add(v, "count", arena_fmt(v->arena, "%ld", asked->count), true, NULL);
	count_read(v);
	if (interval > 0)
		value_add(v, "interval", number_text(v, interval), true, NULL);
	else if (value_find(v, "count"))
		value_add(v, "interval", "1", false, NULL);
	if (seconds > 0) {
		long count = (long)(seconds / each);

		value_add(v, "seconds", arena_fmt(v->arena, "%.0f", seconds < 1 ? 1 : seconds), false, NULL);
		value_add(v, "count", arena_fmt(v->arena, "%ld", count < 1 ? 1 : count), false, NULL);
	}
	if (v->plan.top > 0)
		value_add(v, "top", arena_fmt(v->arena, "%ld", v->plan.top), false, NULL);
	if (v->plan.hz > 0)
		value_add(v, "hz", arena_fmt(v->arena, "%ld", v->plan.hz), true, NULL);
}

void tool_values_read(struct tool_values *v, const struct tool_wish *asked, const struct vocabulary *vocabulary,
		      const struct tool_index *index, struct kernel *kernel, struct tool_hit *hits, size_t most,
		      size_t *count)
{
	static const struct plan_options none = { 0 };
	struct question *q;

	*v = (struct tool_values){ .arena = arena_new(), .command = asked->command };
	plan_init(&v->plan);
	v->wish = (struct wish){ .plan = &v->plan, .kernel = kernel, .options = &none };
	q = &v->wish.question;
	question_read(q, vocabulary, asked->question, is_name, (void *)index);
	wish_numbers(&v->wish);
	wish_keys(&v->wish);
	*count = tools_rank(index, q, hits, most);
	wish_names(&v->wish);
	wish_measures(&v->wish);
	if (asked->pid > 0)
		pid_value(v, asked->pid);
	if (asked->process)
		process_value(v, arena_text(v->arena, text_of(asked->process)), false);
	vec_each(condition, &v->plan.where)
		condition_value(v, condition);
	port_read(v);
	if (*count && hits[0].named)
		named_numbers(v);
	times_add(v, asked);
	for (size_t i = 0; i < q->tokens.len; i++)
		token_value(v, kernel, i);
	/* "of nginx", though no nginx runs: better said than passed over. */
	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];

		if (!token->used && !token->known && token->word.kind == WORD_PLAIN && after_cue(q, i) &&
		    !tool_value(v, token->word.text) && !value_find(v, "process") && !value_find(v, "function") &&
		    !value_find(v, "syscall") && !value_find(v, "disk") && !value_find(v, "interface"))
			process_value(v, arena_text(v->arena, token->word.text), false);
	}
	if (asked->command)
		value_add(v, "command", asked->command[0], true, NULL);
}

void tool_values_done(struct tool_values *v)
{
	wish_done(&v->wish);
	plan_done(&v->plan);
	vec_done(&v->list);
	arena_free(v->arena);
	v->arena = NULL;
}

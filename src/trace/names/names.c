/* Names in a question: processes, users, files, signals, errors, devices, control groups. */
#include <ctype.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"
#include "kernel/object.h"
#include "trace/plan/bind.h"
#include "trace/compose/compose.h"
#include "trace/words/english.h"
#include "trace/names/names.h"
#include "trace/around/sides.h"

/* A condition on what the token at `at` names; what is excluded must differ from it. */
void name_where(struct wish *wish, size_t at, size_t len, const char *role, enum compare compare, const char *text,
		       double number)
{
	size_t from = exclusion(&wish->question, at), after = excluded_behind(&wish->question, at + len);
	bool left_out = from < at || after;

	if (left_out)
		wish->question.tokens.at[at].left_out = wish->question.tokens.at[at + len - 1].left_out = true;
	if (left_out)
		compare = compare == COMPARE_PREFIX ? COMPARE_NOT_PREFIX : COMPARE_NOT;
	wish_where(wish, role, compare, text, number);
	tokens_use(&wish->question, from, at + len + after - from, USED_NAME);
}

struct text name_joined(const struct question *q, size_t at, size_t *tokens)
{
	struct text name = q->tokens.at[at].word.text;

	for (*tokens = 1; q->tokens.at[at + *tokens - 1].word.joined && at + *tokens < q->tokens.len; ++*tokens) {
		const struct text next = q->tokens.at[at + *tokens].word.text;

		name.len = (size_t)(next.at + next.len - name.at);
	}
	return name;
}

/* "qemu (pid 12)", "pid 12, the java", "the python process 12": the number says it better than the name. */
static bool numbered(const struct question *q, size_t at, size_t after)
{
	size_t len;

	for (size_t i = after; i < after + 2 && i < q->tokens.len; i++) {
		const struct role *role = role_at(q, i, &len);

		if (role && (strcmp(role->name, "pid") == 0 || (strcmp(role->name, "process") == 0 && i + 1 < q->tokens.len &&
								q->tokens.at[i + 1].word.kind == WORD_NUMBER)) && q->tokens.at[i].used & USED_FILTER)
			return true;
	}
	return at > 1 && q->tokens.at[at - 1].word.kind == WORD_NUMBER && q->tokens.at[at - 1].used & USED_FILTER &&
	       token_is(q, at - 2, "pid") && !q->tokens.at[at - 1].word.comma;
}

void process_take(struct wish *wish, size_t at, size_t tokens, struct text name, bool prefix)
{
	const char *role = name_of_parent(wish, at, at + tokens) ? "parent" : "process";

	if (strcmp(role, "parent") == 0)
		wish->parents_end = at + tokens;

	if (numbered(&wish->question, at, at + tokens)) {
		tokens_use(&wish->question, at, tokens, USED_NAME);
		return;
	}

	/* "by kubelet or whoever": an example */
	size_t else_len;

	if (sense_at(&wish->question, at + tokens, "anybody", NULL, &else_len)) {
		tokens_use(&wish->question, at, tokens + else_len, USED_NAME);
		return;
	}
	/* "wakes CPU 5 from idle": how it was, and nobody */
	if (text_is(name, "idle") && at > 1 && (token_is(&wish->question, at - 1, "from") || token_is(&wish->question, at - 2, "out")))
		wish->missing = "what ends the idling of a CPU is not told as such: ask for the interrupts on it, or for wakeups by target CPU";
	/* The kernel's name for what runs when nothing does: "swapper/0" on the first CPU. */
	if (text_is(name, "idle") || text_is(name, "swapper")) {
		name = TEXT("swapper/");
		prefix = true;
	}
	if (handler_take(wish, at, tokens, name))
		return;

	char copy[COMM_MOST + 1];

	snprintf(copy, sizeof(copy), "%.*s", TEXT_ARG(name));
	/* "jvm-batch" is no JVM */
	if (!wish->question.tokens.at[at].word.joined && !(at > 0 && wish->question.tokens.at[at - 1].word.joined))
		comm_meant(&wish->question, at, copy);
	if (target_take(wish, at, tokens, text_of(copy), prefix))
		return;
	name_where(wish, at, tokens, role, prefix ? COMPARE_PREFIX : COMPARE_EQUAL, copy, 0);
	if (strcmp(role, "parent") == 0)
		tokens_use(&wish->question, at + tokens, children_after(&wish->question, at + tokens), USED_NAME);
}

/* "wkopen4", "my-app", "nginx2": no word of any language, and so a name. */
static bool coined(const struct token *token)
{
	bool digit = false;

	/* "V8", "G1": products and parts of programs */
	if (token->word.kind != WORD_NAME || isupper((unsigned char)token->word.text.at[0]))
		return false;
	for (size_t i = 0; i < token->word.text.len; i++) {
		char c = token->word.text.at[i];

		digit |= isdigit((unsigned char)c) != 0 || c == '-';
		if (!isalnum((unsigned char)c) && c != '-' && c != '_' && c != '.')
			return false;
	}
	return digit && token->word.text.len <= COMM_MOST;
}

/* "wibbled", "frobs", "fluxing": somebody's word for a deed or for things. */
static bool inflected(struct text word)
{
	return text_ends(word, "ed") || text_ends(word, "ing") ||
	       (text_ends(word, "s") && !text_ends(word, "ss") && !text_ends(word, "us") && !text_ends(word, "is"));
}

/* A word that is neither the vocabulary's nor plain English, and no slip for one of these: somebody's name. Of
 * several such the ones with a digit or a hyphen are names, and the others were not understood. */
static bool foreign(const struct wish *wish, const struct token *token)
{
	const struct question *q = &wish->question;

	size_t at = (size_t)(token - q->tokens.at);
	/* "wkring 提交了", where no English is spoken */
	bool alone = at + 1 < q->tokens.len && q->tokens.at[at + 1].word.kind == WORD_HAN && (at == 0 || q->tokens.at[at - 1].word.kind == WORD_HAN);

	if (!alone && inflected(token->word.text) && !name_place(q, at) && !(at > 0 && token_in(q, at - 1, GRAMMAR_BEFORE_FOREIGN)) && !token_heads(q, at))
		return false;

	/* "lseek pileup per process": of all, and so of none by a name that nothing leads to. */
	if (wish->grouped_by && !name_place(q, (size_t)(token - q->tokens.at)))
		vec_each(key, &wish->plan->by)
			if (strcmp(*key, "process") == 0)
				return false;
	vec_each(other, &q->tokens)
		if (other != token && !(other->used & ~(unsigned)USED_NAME) && !other->known && coined(other))
			return false;
	return !token->known && !token->english && token->word.kind == WORD_PLAIN && token->word.text.len > 3 &&
	       (alone || !compounded(q, token)) && (unsigned char)token->word.text.at[0] < 0x80;
}

/* "TASK_RUNNING": the kernel's name for a number. */
static bool constant(struct text name)
{
	static const char *const families[] = { "o_", "map_", "msg_", "clone_", "prot_", "madv_", "sock_", "pf_", "af_", "f_" };
	bool underscore = false;

	/* "o_sync opens": in a hurry */
	for (size_t i = 0; i < COUNT(families); i++)
		if (text_starts(name, families[i]))
			return true;
	for (size_t i = 0; i < name.len; i++) {
		underscore |= name.at[i] == '_';
		if (islower((unsigned char)name.at[i]) || name.at[i] == '-' || name.at[i] == '.')
			return false;
	}
	return underscore;
}

/* "db_writer": no function of the kernel, and no call of one is asked for. */
static bool identifier(struct wish *wish, const struct token *token)
{
	AUTO_FREE char *name = text_copy(token->word.text);
	size_t len;

	for (size_t i = 0; i < wish->question.tokens.len; i++)
		if (sense_at(&wish->question, i, "call", NULL, &len) || wish->question.tokens.at[i].word.kind == WORD_PATH)
			return false;
	return token->word.kind == WORD_NAME && strchr(name, '_') && !strpbrk(name, ".:*") && token->word.text.len <= COMM_MOST &&
	       !constant(token->word.text) && !field_like(token->word.text) && !kernel_has_function(wish->kernel, name) && !object_libc_has(name);
}

static bool is_field(const struct wish *wish, const char *name)
{
	const struct spot *spot = wish->spot;
	const char *meant = spot && spot->way->kind == WAY_SYSCALL ? field_meant(spot, name) : NULL;

	return meant || (spot && ((spot->start_fields && tracepoint_field(spot->start_fields, name)) ||
			(spot->event_fields && tracepoint_field(spot->event_fields, name))));
}

/* "does node read", "that node reads", "node is opening" */
static bool acts(const struct wish *wish, size_t at)
{
	const struct question *q = &wish->question;
	const struct token *next = at + 1 < q->tokens.len ? &q->tokens.at[at + 1] : NULL;
	bool doer = at > 0 && (token_is(q, at - 1, "does") || token_is(q, at - 1, "did") || token_is(q, at - 1, "that") ||
			       token_is(q, at - 1, "is") || token_is(q, at - 1, "process") || q->tokens.at[at - 1].used & (USED_SUBJECT | USED_KEY));

	if (program_place(wish, at))
		return true;
	/* "node vs python3" */
	if ((token_is(q, at + 1, "vs") || token_is(q, at + 1, "versus") || token_is(q, at + 1, "and") || token_is(q, at + 1, "or")) &&
	    at + 2 < q->tokens.len && q->tokens.at[at + 2].famous)
		return true;
	if (at > 1 && (token_is(q, at - 1, "vs") || token_is(q, at - 1, "versus")) && q->tokens.at[at - 2].famous)
		return true;
	return doer && next && (next->used & USED_SUBJECT || token_is(q, at + 1, "is") || token_is(q, at + 1, "does")) &&
	       !token_is(q, at - 1, "by") && !token_is(q, at - 1, "per");
}

/* "killed by oom" names what is watched, and not what begins so. */
static bool matters(const struct question *q, const struct token *token)
{
	const struct lexeme *lexeme = vocabulary_word(q->vocabulary, token->canonical);

	return lexeme && lexeme->subjects > 0;
}

/* "top 5", "on top": how it is ranked, though a program is called so. */
static bool ranks(const struct question *q, size_t at)
{
	size_t len;

	if (at > 0 && sense_at(q, at - 1, "rank", NULL, &len) && len > 1)
		return true;
	return sense_at(q, at, "rank", NULL, &len) && at + len < q->tokens.len && q->tokens.at[at + len].word.kind == WORD_NUMBER &&
	       !q->tokens.at[at + len - 1].word.comma;
}

/* A word that may be somebody's name: how it stands. */
struct spoken {
	struct token *token;
	size_t at, tokens; /* with the parts that hyphens join to it */
	struct text whole;
	char *spelled;
	bool plain, quoted, left_out;
	bool named;  /* "process X": said to be one */
	bool called; /* "named make", but not "the names that" */
	bool cued;   /* stands behind a word for processes */
	bool famous; /* a program that people ask about by its name, here or not: "postgres" */
};

static bool runs_here(const struct spoken *s)
{
	bool prefix;

	return name_of_process(s->token->word.text, &prefix);
}

/* "how long do processes sleep", "why do so many programs sync": what many do. */
static bool many_do(const struct question *q, size_t at)
{
	const struct word *many = at > 0 ? &q->tokens.at[at - 1].word : NULL;

	if (!many || many->comma || !token_is(q, at - 1, "process") || text_is(many->text, many->base))
		return false;
	for (size_t back = at - 1; back > 0 && at - back < 5; back--)
		if (text_is(q->tokens.at[back - 1].word.text, "do") || text_is(q->tokens.at[back - 1].word.text, "did"))
			return true;
	return false;
}

/* What is done, told or asked for, and no name: "who is wrtng to /tmp/a". Takes what is only told. */
static bool spoken_otherwise(struct wish *wish, const struct spoken *s)
{
	struct question *q = &wish->question;
	const struct token *token = s->token;
	size_t at = s->at;

	/* "how many sockets does it flurb": what is done. */
	if (!s->quoted && !s->famous && at > 0 && !token->known && token_in(q, at - 1, GRAMMAR_PRONOUN) && !runs_here(s))
		return true;
	if (!s->quoted && !s->famous && many_do(q, at))
		return true;
	/* "who is wrtng to /tmp/a", "keeps fluxing": what somebody does, whatever it is, and no name. */
	if (!s->quoted && !s->famous && deed_place(q, at) && !runs_here(s))
		return true;
	if (!s->quoted && !s->named && state_told(q, at)) {
		tokens_use(q, at, clause_asks(q, at) && !circumstantial(q, at) ? 0 : 1, USED_CUE);
		return true;
	}
	if (!s->quoted && !s->named && among_keys(q, at) && !runs_here(s))
		return true;
	/* "port 6379 (redis)": what listens there */
	if (at > 0 && q->tokens.at[at - 1].word.kind == WORD_NUMBER && q->tokens.at[at - 1].used & USED_FILTER && token->word.text.at[-1] == '(') {
		tokens_use(q, at, s->tokens, USED_CUE);
		return true;
	}
	/* "which mountpoint gets mounted": what is asked for, though a program has that name. */
	if (!s->quoted && !s->famous && !s->named && at > 0 && (token_is(q, at - 1, "which") || token_is(q, at - 1, "what")) && !text_ends(q->tokens.at[at - 1].word.text, "'s"))
		return true;
	return false;
}

/* A program where one must act, though its name is a word for something else. */
static bool program_acting(struct wish *wish, const struct spoken *s)
{
	const struct question *q = &wish->question;
	const struct token *token = s->token;
	size_t at = s->at, len;

	/* "what does node open", "the files that node reads": a program where one must act, whatever else is s->called so. */
	if (s->plain && sense_at(q, at, "either", "program", &len) && acts(wish, at)) {
		process_take(wish, at, 1, token->word.text, false);
		return true;
	}
	/* "children of make", "what does make execute": a verb elsewhere. */
	if (s->plain && text_is(token->word.text, "make") && at > 1 &&
	    ((token_is(q, at - 1, "of") && token_is(q, at - 2, "child")) ||
	     (text_is(q->tokens.at[at - 1].word.text, "does") && at + 1 < q->tokens.len && q->tokens.at[at + 1].used & USED_SUBJECT))) {
		process_take(wish, at, 1, token->word.text, false);
		return true;
	}
	return false;
}

/* A word that by its form, or by what else is called so, is nobody's name. */
static bool nobody(struct wish *wish, const struct spoken *s)
{
	const struct question *q = &wish->question;
	const struct token *token = s->token;
	size_t at = s->at, len;

	/* "opens files in write mode" */
	if (!s->named && token->known && token_is(q, at + 1, "mode"))
		return true;
	/* "process renames", "the process tree of make": what happens to it, or what it has */
	if (s->cued && !s->named && !s->quoted && !s->famous && s->plain && !runs_here(s) &&
	    ((token->known && matters(q, token) && inflected(token->word.text)) || (token->english && (token_is(q, at + 1, "of") || token_is(q, at + 1, "by")))))
		return true;
	/* "process name, pid": what is shown of it. */
	if (!s->quoted && !s->called && role_at(q, at, &len) && !runs_here(s))
		return true;
	/* "ioctl TCGETS": a constant, and nobody shouts a program's name. */
	if (s->plain && !s->quoted && !s->cued && !s->famous && shouted(token->word.text) && !runs_here(s))
		return true;
	if ((!s->plain && !s->quoted) || constant(token->word.text) || (token->ignored && !s->quoted && !s->famous && !s->called && !(s->left_out && runs_here(s))))
		return true;
	/* A field's value or a constant of the kernel beside a tracepoint's name is nobody's. */
	if (wish->named.count && token_identifier(token) && !s->quoted && !s->cued && !runs_here(s))
		return true;
	/* "ext4_file_write_iter 的调用次数": too long for a process, whose name the kernel cuts. */
	if (!s->quoted && !s->cued && !s->famous && token->word.kind == WORD_NAME && token->word.text.len > COMM_MOST && memchr(token->word.text.at, '_', token->word.text.len) &&
	    !runs_here(s))
		return true;
	/* "dlopen of libssl": a library runs nowhere by itself. */
	if (!s->quoted && !s->named && text_starts(token->word.text, "lib") && token->word.text.len > 3 && !token->known && library_there(s->spelled) &&
	    !runs_here(s))
		return true;
	/* "by map_type": what a thing has, and nobody's name */
	if (!s->quoted && !s->cued && token->word.kind == WORD_NAME && field_like(token->word.text) && !runs_here(s))
		return true;
	/* "write calls (pwrite64)": a call's own name, here or not, is nobody's. */
	if (!s->quoted && !token->known && (kernel_has_syscall(wish->kernel, s->spelled) || syscall_number(s->spelled) >= 0))
		return true;
	/* "setns calls by nstype": an argument of what is watched; "_Znwm": no process begins so. */
	if (!s->quoted && !s->named && !token->known && (s->spelled[0] == '_' || is_field(wish, s->spelled)))
		return true;
	/* "how often does pthread_cond_wait …" */
	if (!s->quoted && !s->named && token->word.kind == WORD_NAME && strchr(s->spelled, '_') &&
	    (object_libc_has(s->spelled) || (kernel_knows_function(wish->kernel, s->spelled) && !runs_here(s))))
		return true;
	return false;
}

/* "run-queue" is no name, "redis-server" and "my-app" are. `len`: the tokens of a famous one. */
static bool joined_name(struct wish *wish, const struct spoken *s, size_t len)
{
	const struct question *q = &wish->question;
	const struct token *token = s->token;
	bool prefix, ours = true, is_name = s->famous || name_of_process(s->whole, &prefix);

	for (size_t i = s->at; i < s->at + s->tokens; i++) {
		const struct token *part = &q->tokens.at[i];
		const struct lexeme *lexeme = part->known ? vocabulary_word(q->vocabulary, part->canonical) : NULL;

		is_name = is_name || (!part->known && !part->english);
		ours = ours && lexeme && (lexeme->subjects || lexeme->ignore);
	}
	/* "job-runner", where a name must stand */
	if (!is_name && (ours || !(name_place(q, s->at) || s->cued)))
		return false;
	process_take(wish, s->at, s->tokens, s->famous && len > 1 && !token->word.joined ? token->word.text : s->whole, false);
	return true;
}

static void process_name(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	struct token *token = &q->tokens.at[at];
	struct spoken s = { .token = token, .at = at, .plain = token->word.kind == WORD_PLAIN || token->word.kind == WORD_NAME,
			    .quoted = token->word.kind == WORD_QUOTED, .left_out = exclusion(q, at) < at };
	size_t len, famous_len;
	bool prefix = false, is_name;

	s.whole = name_joined(q, at, &s.tokens);
	s.named = process_named(q, at) || beside_han_process(q, at) || bracketed(wish, at) || s.left_out || contact_doer(q, at);
	s.cued = s.named || process_cue(q, at);
	s.called = at > 0 && (text_is(q->tokens.at[at - 1].word.text, "named") || text_is(q->tokens.at[at - 1].word.text, "called"));
	s.famous = token->famous && sense_at(q, at, "name", "program", &famous_len);
	/* "top 5", "largest sum on top"; "did it go to sleep" */
	if (!s.quoted && !s.named && (ranks(q, at) || (at > 1 && token_is(q, at - 1, "to") && token_in(q, at - 2, GRAMMAR_BEFORE_INFINITIVE))))
		return;
	AUTO_FREE char *spelled = s.spelled = text_copy(token->word.text);
	bool placed = name_place(q, at) && !sense_at(q, at, "rank", NULL, &len) && !sense_at(q, at, "measure", NULL, &len);
	bool before_noun = token_is(q, at + s.tokens, "process") && !(q->tokens.at[at + s.tokens].used & USED_SUBJECT);
	bool object = (wish->ends.name || wish->ends.pid) && !(token->used & USED_MEASURE) && standing_of(wish, at, at + s.tokens) != STANDS_DOER;

	if (common_name(q, at) || token->compound) {
		s.tokens = token->compound ? s.tokens : 1;
		/* "kworkers": all that bear the name */
		if (s.tokens == 1 && sense_at(q, at, "name", "kthread", &len) && text_ends(token->word.text, "s"))
			s.whole = text_of(token->word.base);
		else if (!token->compound)
			s.whole = token->word.text;
		process_take(wish, at, s.tokens, s.whole, sense_at(q, at, "name", "kthread", &len));
		at += s.tokens - 1;
		tokens_use(q, at + 1, before_noun ? 1 : 0, USED_CUE);
		return;
	}
	if (spoken_otherwise(wish, &s) || program_acting(wish, &s) || nobody(wish, &s))
		return;
	if (s.famous && famous_len > s.tokens)
		s.tokens = famous_len;
	if (s.tokens > 1 && joined_name(wish, &s, s.famous ? famous_len : 0))
		return;
	/* A word that the vocabulary knows is a name only where the question says that it is one. */
	if (token->known && !s.quoted && !s.named && !s.famous &&
	    !((placed || object) && !token->ignored && !role_at(q, at, &len) && name_of_process(token->word.text, &prefix) &&
	      (!prefix || sense_at(q, at, "name", "kthread", &len) ||
		       (!matters(q, token) && (object || !english_has(q->vocabulary->english, token->word.text))))))
		return;
	if (deed_without(q, at))
		return;
	/* "excluding futex" means no process. */
	if (token->known && s.left_out && !s.famous && !name_of_process(token->word.text, &prefix))
		return;
	/* "minus nothing" */
	if (s.left_out && token->english && !s.famous && !name_of_process(token->word.text, &prefix))
		return;
	if (!s.quoted && !s.famous && !s.named && shorthand_key(q, at) && !name_of_process(token->word.text, &prefix))
		return;
	is_name = s.quoted || s.famous || s.cued || (before_noun && token->word.kind == WORD_NAME) || foreign(wish, token) ||
		  (!token->known && !token->english && (name_place(q, at) || coined(token) || identifier(wish, token)));
	/* English words are names of programs too ("sleep", "make"), where a name must stand. */
	if (!is_name)
		is_name = (!token->english || placed || object || before_noun) && name_of_process(token->word.text, &prefix);
	/* Else only what runs now by just this name: "shopper connects". */
	if (!is_name)
		is_name = !token->known && !token->ignored && process_running(token->word.text, &prefix) && !prefix;
	/* "I guess PyTorch is slow to import" */
	if (!is_name || (isupper((unsigned char)*spelled) && !s.quoted && !s.famous && !s.cued && !process_running(token->word.text, &prefix) && only_told(q, at)))
		return;
	if (!prefix)
		name_of_process(token->word.text, &prefix);
	process_take(wish, at, 1, token->word.text, prefix);
	for (size_t back = at > 2 ? at - 2 : 0; s.cued && back < at; back++)
		tokens_use(q, back, 1, q->tokens.at[back].ignored || token_is(q, back, "process") ||
				       q->tokens.at[back].word.kind == WORD_HAN ? USED_CUE : 0);
	if (before_noun || (s.famous && token_in(q, at + 1, GRAMMAR_AFTER_PROGRAM) && !(q->tokens.at[at + 1].used & USED_SUBJECT)))
		tokens_use(q, at + 1, 1, USED_CUE);
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
		if (error_take(wish, i) || signal_take(wish, i) || syscall_take(wish, i))
			continue;
		if (token->word.kind == WORD_HAN || token->word.kind == WORD_NUMBER || token->word.kind == WORD_SIGN)
			continue;
		if (address_take(wish, i) || cgroup_take(wish, i) || user_take(wish, i))
			continue;
		if (token->word.kind == WORD_PATH || (token->word.kind == WORD_QUOTED && text_starts(token->word.text, "/"))) {
			if (!(token->used & (USED_SUBJECT | USED_MEASURE)) || token_is(q, i, "sock_")) /* "function foo of /usr/bin/bar", "MB/s" */
				path_take(wish, i);
			continue;
		}
		/* A disk by its name is the subject's word as well as a filter. */
		if ((block_device(token->word.text) || device_spelled(token->word.base)) && device_take(wish, i))
			continue;
		if (token->used & USED_SUBJECT && !process_cue(q, i) && !process_named(q, i))
			continue;
		if (!token->english && (device_take(wish, i) || cache_take(wish, i)))
			continue;
		process_name(wish, i);
	}
	runs_pass(wish);
}

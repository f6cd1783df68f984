/* Names in a question that stand for numbers: signals and errors. */
#include <ctype.h>
#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include "trace/plan/bind.h"
#include "trace/names/names.h"
#include "trace/around/sides.h"
#include "trace/write/writer.h"

static int signal_exactly(struct text name)
{
	for (int number = 1; number < NSIG; number++) {
		const char *known = sigabbrev_np(number);

		if (known && strlen(known) == name.len && strncasecmp(name.at, known, name.len) == 0)
			return number;
	}
	return 0;
}

int signal_named(struct text word)
{
	int number;

	if (word.len < 5 || strncasecmp(word.at, "sig", 3) != 0)
		return 0;
	number = signal_exactly(text_from(word, 3));
	/* "SIGTERMs" */
	return number == 0 && word.len > 6 && text_ends(word, "s") ? signal_exactly(text_until(text_from(word, 3), word.len - 4)) : number;
}

bool signal_take(struct wish *wish, size_t at)
{
	size_t len = 1;
	int number = signal_named(wish->question.tokens.at[at].word.text);
	const struct sense *sense = number || wish->question.tokens.at[at].used & USED_SUBJECT ? NULL :
				    sense_at(&wish->question, at, "signal", NULL, &len);

	/* "stop signals" */
	if (sense)
		number = signal_named(text_of(sense->name));
	if (!number || (sense && (!wish->spot || !bind_role(wish->spot, "signal", &(struct bound){ 0 }, NULL))))
		return false;
	name_where(wish, at, len, "signal", COMPARE_EQUAL, NULL, number);
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

/* "No such file or directory", or how it begins, when no other error begins so. */
int error_named(struct text text)
{
	int begins = 0;
	size_t count = 0;

	for (int number = 1; number < 134; number++) {
		const char *said = strerrordesc_np(number);

		if (!said || strncasecmp(said, text.at, text.len) != 0)
			continue;
		if (strlen(said) == text.len)
			return number;
		begins = number;
		count++;
	}
	return count == 1 && text.len >= 8 ? begins : errno_number(text);
}

/* How many tokens from `at` on are the words of strerror() for this error; 0: not all of them. */
static size_t description_at(const struct question *q, size_t at, const char *said)
{
	size_t here = at;

	for (size_t len; *said; said += len + (said[len] != '\0')) {
		struct text word;

		while (here > at && token_is(q, here, "/"))
			here++;
		word = here < q->tokens.len ? q->tokens.at[here].word.text : TEXT("");
		len = strcspn(said, " -/");
		if (word.len != len || strncasecmp(word.at, said, len) != 0)
			return 0;
		here++;
	}
	return here - at;
}

/* "select calls that time out" return 0, and no error. */
static bool expires(const struct question *q)
{
	for (size_t i = 0, len; i < q->tokens.len; i++)
		if (sense_at(q, i, "expire", NULL, &len))
			return true;
	return false;
}

size_t error_at(const struct question *q, size_t at, int *number)
{
	size_t best;
	const struct sense *sense = sense_at(q, at, "errno", NULL, &best);

	if (sense && strcmp(sense->name, "ETIMEDOUT") == 0 && expires(q)) {
		sense = NULL;
		best = 0;
	}
	*number = sense ? errno_number(text_of(sense->name)) : 0;
	if (q->tokens.at[at].word.kind == WORD_HAN)
		return best;
	for (int each = 1; each < 134; each++) {
		const char *said = strerrordesc_np(each);
		size_t len = said && tolower((unsigned char)said[0]) == tolower((unsigned char)q->tokens.at[at].word.text.at[0]) ?
				     description_at(q, at, said) : 0;

		if (len < 2 || len <= best)
			continue;
		best = len;
		*number = each;
	}
	return best;
}

void errors_mark(struct question *q, bool marked)
{
	int number;

	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len = error_at(q, i, &number);

		if (len < 2 && isupper((unsigned char)q->tokens.at[i].word.text.at[0]) && errno_number(q->tokens.at[i].word.text))
			len = 1;
		else if (len < 2)
			continue;
		for (size_t k = 0; k < len; k++)
			q->tokens.at[i + k].erring = marked;
		i += len - 1;
	}
}

bool number_named(const char *type, struct text name, double *number)
{
	AUTO_FREE char *copy = text_copy(name);
	const struct passwd *user = strcmp(type, "uid") == 0 ? getpwnam(copy) : NULL;

	*number = user ? user->pw_uid : strcmp(type, "errno") == 0 ? errno_number(name) : strcmp(type, "signal") == 0 ? signal_named(name) :
		  strcmp(type, "syscall") == 0 ? (double)syscall_number(copy) : 0;
	return user || *number > 0 || (strcmp(type, "syscall") == 0 && *number == 0);
}

static bool question_says(const struct question *q, const char *canonical)
{
	for (size_t i = 0; i < q->tokens.len; i++)
		if (token_is(q, i, canonical))
			return true;
	return false;
}

/* "connects that end in …", "calls that run into …": what comes to this error. */
static void comes_to(struct question *q, size_t at)
{
	while (at > 0 && q->tokens.at[at - 1].ignored && q->tokens.at[at - 1].word.text.len < 5)
		at--;
	if (at > 0 && token_in(q, at - 1, GRAMMAR_COME_TO) && !q->tokens.at[at - 1].used)
		tokens_use(q, at - 1, 1, USED_CUE);
}

bool error_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	size_t len;
	int number;
	bool said = (len = error_at(q, at, &number)) > 0;

	if (!said)
		number = errno_number(q->tokens.at[at].word.text);
	if (!number && q->tokens.at[at].word.kind == WORD_QUOTED)
		number = error_named(q->tokens.at[at].word.text);
	if (!number || (!said && q->tokens.at[at].word.kind != WORD_QUOTED && !isupper((unsigned char)q->tokens.at[at].word.text.at[0]) &&
			vocabulary_word(q->vocabulary, q->tokens.at[at].word.base)))
		return false;
	/* "the timeout given to poll" is an argument, and no error. */
	if (said && number == ETIMEDOUT && len == 1 && token_is(q, at, "timeout") && wish->spot &&
	    bind_role(wish->spot, "timeout", &(struct bound){ 0 }, NULL))
		return false;
	/* "checks that are denied": which fail, where no error is told. */
	if (said && number == EACCES && len == 1 && wish->spot && !bind_role(wish->spot, "error", &(struct bound){ 0 }, NULL))
		return false;
	/* Only connections are refused as such; of all else it says that it failed. */
	if (said && number == ECONNREFUSED && len == 1 && !question_says(q, "connect"))
		return false;
	if ((said || q->tokens.at[at].word.kind == WORD_QUOTED) && story_clause(q, at)) {
		tokens_use(q, at, said ? len : 1, USED_CUE);
		return true;
	}
	/* "clients complain 'connection reset by peer', who sends resets": why one asks, where what is watched has no errors */
	for (size_t i = at > 4 ? at - 4 : 0; wish->spot && i < at && !bind_role(wish->spot, "error", &(struct bound){ 0 }, NULL); i++)
		if (token_in(q, i, GRAMMAR_COMPLAIN)) {
			tokens_use(q, i, 1, USED_CUE);
			tokens_use(q, at, said ? len : 1, USED_CUE);
			return true;
		}
	if (said) {
		/* Words that name the subject itself ("deny", "drop") are no filter. */
		bool subject = true;

		for (size_t i = at; i < at + len; i++)
			subject = subject && q->tokens.at[i].used & USED_SUBJECT;
		/* But of all connections that failed the refused ones are some. */
		if (subject && ((number != ETIMEDOUT && number != ECONNREFUSED) || !wish->spot || !bind_role(wish->spot, "error", &(struct bound){ 0 }, NULL)))
			return false;
	}
	comes_to(q, at);
	name_where(wish, at, said ? len : 1, "error", COMPARE_EQUAL, NULL, number);
	return true;
}

bool syscall_take(struct wish *wish, size_t at)
{
	AUTO_FREE char *name = text_copy(wish->question.tokens.at[at].word.text);
	struct bound b;

	if (exclusion(&wish->question, at) == at && !excluded_behind(&wish->question, at + 1))
		return false;
	if (!wish->spot || !bind_role(wish->spot, "syscall", &b, NULL) || !kernel_has_syscall(wish->kernel, name))
		return false;
	name_where(wish, at, 1, "syscall", COMPARE_EQUAL, NULL, (double)syscall_number(name));
	return true;
}

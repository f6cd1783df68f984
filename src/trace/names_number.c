/* Names in a question that stand for numbers: signals and errors. */
#include <ctype.h>
#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include "trace/bind.h"
#include "trace/names.h"
#include "trace/writer.h"

bool signal_take(struct wish *wish, size_t at)
{
	int number = signal_named(wish->question.tokens.at[at].word.text);

	if (!number)
		return false;
	name_where(wish, at, 1, "signal", COMPARE_EQUAL, NULL, number);
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

bool error_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	size_t len;
	const struct sense *sense = sense_at(q, at, "errno", NULL, &len);
	int number = sense ? errno_number(text_of(sense->name)) : errno_number(q->tokens.at[at].word.text);

	if (!number && q->tokens.at[at].word.kind == WORD_QUOTED)
		number = error_named(q->tokens.at[at].word.text);
	if (!number || (!sense && q->tokens.at[at].word.kind != WORD_QUOTED && !isupper((unsigned char)q->tokens.at[at].word.text.at[0]) &&
			vocabulary_word(q->vocabulary, q->tokens.at[at].word.base)))
		return false;
	/* "the timeout given to poll" is an argument, and no error. */
	if (sense && number == ETIMEDOUT && len == 1 && token_is(q, at, "timeout") && wish->spot &&
	    bind_role(wish->spot, "timeout", &(struct bound){ 0 }, NULL))
		return false;
	/* Only connections are refused as such; of all else it says that it failed. */
	if (sense && number == ECONNREFUSED && len == 1 && !question_says(q, "connect"))
		return false;
	if (sense) {
		/* Words that name the subject itself ("deny", "drop") are no filter. */
		bool subject = true;

		for (size_t i = at; i < at + len; i++)
			subject = subject && q->tokens.at[i].used & USED_SUBJECT;
		if (subject)
			return false;
	}
	name_where(wish, at, sense ? len : 1, "error", COMPARE_EQUAL, NULL, number);
	return true;
}

bool syscall_take(struct wish *wish, size_t at)
{
	AUTO_FREE char *name = text_copy(wish->question.tokens.at[at].word.text);
	struct bound b;
	size_t len;

	if (exclusion(&wish->question, at) == at && !sense_at(&wish->question, at + 1, "excluded", NULL, &len))
		return false;
	if (!wish->spot || !bind_role(wish->spot, "syscall", &b, NULL) || !kernel_has_syscall(wish->kernel, name))
		return false;
	name_where(wish, at, 1, "syscall", COMPARE_EQUAL, NULL, (double)syscall_number(name));
	return true;
}

/* What the words ask for: keys. */
#include <string.h>
#include "trace/names/names.h"

void key_wish(struct wish *wish, const struct role *role)
{
	vec_each(name, &wish->plan->by)
		if (strcmp(*name, role->name) == 0)
			return;
	vec_push(&wish->plan->by, role->name);
}

static bool joins(const struct question *q, size_t at)
{
	size_t len;

	if (token_in(q, at, GRAMMAR_AND))
		return true;
	/* "per cpu an type": a slip */
	return token_is(q, at, "an") && role_at(q, at - 1, &len) && role_at(q, at + 1, &len);
}

/* "by process/file" */
static bool slashed(const struct question *q, size_t at)
{
	const char *before = at > 0 && at < q->tokens.len ? q->tokens.at[at - 1].word.text.at + q->tokens.at[at - 1].word.text.len : NULL;

	return before && *before == '/' && q->tokens.at[at].word.text.at == before + 1;
}

static bool names_one(const struct question *q, size_t at)
{
	const struct token *token = at < q->tokens.len ? &q->tokens.at[at] : NULL;

	/* "which process overruns its queue": what it does */
	if (token && !token->famous && at > 1 && (token_is(q, at - 2, "which") || token_is(q, at - 2, "what")))
		return false;
	return token && (token->famous || !token->known) && !q->tokens.at[at - 1].word.comma &&
	       (token->word.kind == WORD_PLAIN || token->word.kind == WORD_NAME || token->word.kind == WORD_QUOTED);
}

/* "of service order-svc": one of them, by a name that is no word. */
static bool service_at(const struct question *q, size_t at)
{
	return at > 0 && at < q->tokens.len && q->tokens.at[at - 1].word.text.len > 3 && !text_ends(q->tokens.at[at - 1].word.text, "s") &&
	       !q->tokens.at[at].english && (!q->tokens.at[at].known || q->tokens.at[at].word.joined) && !q->tokens.at[at].ignored;
}

/* "by listening process", "per client program": a word that only describes the key after it. */
static bool describes(const struct question *q, size_t at)
{
	size_t len;
	const struct role *role = role_at(q, at + 1, &len);
	const struct token *token = at < q->tokens.len ? &q->tokens.at[at] : NULL;

	return token && token->word.kind == WORD_PLAIN && !token->word.comma && (token->known || token->english) && role &&
	       role->kind == ROLE_NAME && role->from && !sense_at(q, at, "measure", NULL, &len) &&
	       !sense_at(q, at, "rank", NULL, &len) && !sense_at(q, at, "name", NULL, &len) &&
	       !sense_at(q, at, "outcome", NULL, &len) && at > 0 &&
	       (token_is(q, at - 1, "by") || token_is(q, at - 1, "per") || token_is(q, at - 1, "each"));
}

/* "by thread and lock address": a word of the question's subject before the key's noun. */
static bool qualified(const struct question *q, size_t at)
{
	static const char *const classes[] = { "measure", "rank", "name", "outcome", "key" };
	size_t len;
	const struct role *role = role_at(q, at + 1, &len);

	for (size_t i = 0; i < COUNT(classes); i++)
		if (sense_at(q, at, classes[i], NULL, &len))
			return false;
	/* "timeout argument" is the argument of that name. */
	if (role && (strcmp(role->name, "args") == 0 || strncmp(role->name, "arg", 3) == 0))
		return false;
	return role && role->kind == ROLE_NAME && q->tokens.at[at].word.kind == WORD_PLAIN && q->tokens.at[at].known &&
	       !q->tokens.at[at].ignored && !q->tokens.at[at].word.comma;
}

/* "with the drop reason": of what is watched, where a process has no such thing; but "messes with the resource limits". */
static bool owned(const struct question *q, size_t at)
{
	size_t len, with = at - (at > 0 && (token_is(q, at - 1, "the") || token_is(q, at - 1, "its") || token_is(q, at - 1, "their")));

	if (role_at(q, at + 1, &len)->from || q->tokens.at[at].famous || sign_word(q, at) || token_is(q, at - 1, "which") || token_is(q, at - 1, "what"))
		return false;
	/* "mess with", "fiddle with" */
	return with < 2 || !token_is(q, with - 1, "with") || !sense_at(q, with - 2, "default", NULL, &len) || len < 2;
}

/* "by advice value and process": a noun that only says again that it is one of those, before what is joined. */
static bool tail_noun(const struct question *q, size_t at)
{
	size_t len;

	return at + 1 < q->tokens.len && sense_at(q, at, "tail", "noun", &len) && len == 1 && (joins(q, at + 1) || q->tokens.at[at].word.comma);
}

/* The roles from `at` on: "process and file". Gives the tokens taken. */
/* "by device and read or write": the two ways that data goes. Gives the tokens. */
static size_t ways_at(const struct question *q, size_t at)
{
	const char *opposite = at < q->tokens.len ? opposite_of(q->vocabulary, GRAMMAR_OPPOSITE_DATA, q->tokens.at[at].canonical) : NULL;

	return opposite && token_in(q, at + 1, GRAMMAR_AND_OR) && token_is(q, at + 2, opposite) ? 3 : 0;
}

size_t keys_from(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	size_t start = at, len, skip;

	if (at < q->tokens.len && tool_name(q, at)) /* "received by named" */
		return 0;
	for (;;) {
		const struct role *role = NULL;

		for (skip = at; skip < at + 3; skip++) {
			size_t key_len;
			int number;

			/* "fails with address already in use" */
			if (skip < q->tokens.len && error_at(q, skip, &number) > 1)
				return at - start;

			role = role_at(q, skip, &len);
			if (role)
				break;
			if (!sense_at(q, skip, "key", "by", &key_len) && !token_is(q, skip, "the") &&
			    !token_is(q, skip, "of") && !token_is(q, skip, "different") && !token_is(q, skip, "kind") &&
			    !token_is(q, skip, "individual") && !token_is(q, skip, "种") && !token_is(q, skip, "类") && !token_is(q, skip, "its") && !token_is(q, skip, "their") &&
			    !(skip == at && !(sense_at(q, skip, "narrow", "word", &key_len) && key_len > 1) && (describes(q, skip) || (qualified(q, skip) && (skip > start || (skip > 0 && owned(q, skip)))))))
				break;
		}
		if (!role)
			return at - start;
		/* "by children of pid 12": whose they are */
		if (strcmp(role->name, "child") == 0 && token_is(q, skip + 1, "of"))
			return at - start;
		/* "process 12" was a filter already, "the container runtime runc" is said aside, and a number ("by size") is measured, not a group. */
		if (q->tokens.at[skip].used & USED_FILTER || (q->tokens.at[skip].used & USED_CUE && q->tokens.at[skip].used & USED_NAME))
			return at - start;
		/* "by process nginx" names one. */
		if ((strcmp(role->name, "process") == 0 || strcmp(role->name, "command") == 0 || strcmp(role->name, "user") == 0 ||
		     (strcmp(role->name, "cgroup") == 0 && service_at(q, skip + len))) &&
		    names_one(q, skip + len))
			return at - start;
		if (role->kind == ROLE_NUMBER) {
			wish->measured = wish->measured ? wish->measured : role->name;
			wish->described |= at > start && wish->plan->by.len > 0;
		} else {
			key_wish(wish, role);
		}
		tokens_use(q, at, skip + len - at, USED_KEY);
		at = skip + len;
		if (!q->tokens.at[at - 1].word.comma && tail_noun(q, at))
			tokens_use(q, at++, 1, USED_KEY);
		if (joins(q, at) && (len = ways_at(q, at + 1))) {
			key_wish(wish, vocabulary_role(q->vocabulary, "operation"));
			tokens_use(q, at, 1 + len, USED_KEY);
			return at + 1 + len - start;
		}
		if (joins(q, at) && (role_at(q, at + 1, &len) || qualified(q, at + 1)))
			at++;
		else if (joins(q, at) && sense_at(q, at + 1, "key", "by", &len))
			at++;
		else if (!((q->tokens.at[at - 1].word.comma || slashed(q, at)) && role_at(q, at, &len)))
			return at - start;
	}
}

/* "per qemu pid", "by java thread": whose, and then the key. Gives the tokens taken; the name stays one. */
static size_t owned_key(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	size_t len;
	const struct role *role = at + 1 < q->tokens.len && names_one(q, at) && !q->tokens.at[at].word.comma ? role_at(q, at + 1, &len) : NULL;

	if (!role || (strcmp(role->name, "pid") != 0 && strcmp(role->name, "tid") != 0))
		return 0;
	key_wish(wish, role);
	tokens_use(q, at + 1, len, USED_KEY);
	wish->grouped = wish->grouped_by = true;
	return 1 + len;
}

/* "by capability and comm": a field of the probe perhaps, and what is joined to it. */
static void raw_keys_from(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;

	while (at < q->tokens.len) {
		size_t len;

		/* "received by named", "by user-api" */
		if (tool_name(q, at) || q->tokens.at[at].compound)
			return;
		/* "by nginx, count per file" */
		if (sense_at(q, at, "measure", NULL, &len) || token_is(q, at + 1, "per") || token_is(q, at + 1, "each"))
			return;
		if (!token_is(q, at, "@")) /* a field that was taken already */
			vec_push(&wish->raw_keys, at);
		if (!q->tokens.at[at].word.comma && tail_noun(q, at + 1))
			tokens_use(q, ++at, 1, USED_KEY);
		if (!joins(q, at + 1) && !q->tokens.at[at].word.comma)
			return;
		at += joins(q, at + 1) ? 2 : 1;
		if (at < q->tokens.len && role_at(q, at, &len)) {
			size_t taken = keys_from(wish, at);

			/* "by caller, request, target pid, result" */
			if (!taken || !q->tokens.at[at + taken - 1].word.comma)
				return;
			at += taken;
			continue;
		}
		if (!q->tokens.at[at - 1].word.comma && !joins(q, at - 1))
			return;
	}
}

/* "top 5 system calls", "busiest processes", "slowest files": what is ranked is the key. */
static bool counted_events(const char *role)
{
	static const char *const events[] = { "syscall", "irq", "signal", "error" };

	for (size_t i = 0; i < COUNT(events); i++)
		if (strcmp(role, events[i]) == 0)
			return true;
	return false;
}

/* "noisiest processes by syscalls": ranked by how many there are, and no groups of them. */
static void counted_after(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 0; i + 3 < q->tokens.len; i++) {
		size_t len, key_len, count_len;
		const struct role *key, *count;

		if (!sense_at(q, i, "rank", NULL, &len) || wish->plan->by.len != 1)
			continue;
		if (i + len < q->tokens.len && q->tokens.at[i + len].word.kind == WORD_NUMBER)
			len++;
		key = role_at(q, i + len, &key_len);
		count = key && token_is(q, i + len + key_len, "by") ? role_at(q, i + len + key_len + 1, &count_len) : NULL;
		if (!count || key->kind != ROLE_NAME || !counted_events(count->name) || strcmp(wish->plan->by.at[0], count->name) != 0 ||
		    !text_ends(q->tokens.at[i + len + key_len + count_len].word.text, "s"))
			continue;
		wish->plan->by.at[0] = key->name;
		tokens_use(q, i + len, key_len, USED_KEY);
		return;
	}
}

static void ranked_keys(struct wish *wish)
{
	struct question *q = &wish->question;
	bool asked = wish->plan->by.len > 0, counted;

	/* "the ten files that nginx opens" */
	for (size_t i = 0, len; i < q->tokens.len; i++)
		if (q->tokens.at[i].word.kind == WORD_NUMBER && q->tokens.at[i].used & USED_MEASURE && wish->plan->top && amount_of_noun(q, i)) {
			key_wish(wish, role_at(q, i + 1, &len));
			tokens_use(q, i + 1, len, USED_KEY);
			asked = true;
		}
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len, role_len, at;
		const struct role *role;

		if (!sense_at(q, i, "rank", NULL, &len) && !sense_at(q, i, "measure", "max", &len) && !sense_at(q, i, "measure", "min", &len))
			continue;
		counted = i > 0 && q->tokens.at[i - 1].word.kind == WORD_NUMBER; /* "ten busiest functions" */
		if (q->tokens.at[i + len - 1].word.comma)
			continue; /* "20 commonest, user mode only" */
		at = i + len;
		at += token_is(q, at, "的"); /* "写得最多的文件" */
		at += token_is(q, at, "前"); /* "打开最多的前 20 个文件" */
		if (at < q->tokens.len && q->tokens.at[at].word.kind == WORD_NUMBER)
			at += token_is(q, at + 1, "个") || token_is(q, at + 1, "名") || token_is(q, at + 1, "条") || token_is(q, at + 1, "种") ? 2 : 1;
		else if (asked && !counted && !(token_is(q, i, "top") && len == 1))
			continue; /* "which process makes the most system calls": what is counted */
		role = role_at(q, at, &role_len);
		if (!role || role->kind == ROLE_NUMBER)
			continue;
		/* "who uses the most cpu": what is used up, and no group */
		if (strcmp(role->name, "cpu") == 0 && i > 0 && token_in(q, i - 1 - (i > 1 && token_is(q, i - 1, "the")), GRAMMAR_CONSUME))
			continue;
		/* "the longest vm exit": of exits */
		if (strcmp(role->name, "guest") == 0 && at + role_len < q->tokens.len && !q->tokens.at[at + role_len - 1].word.comma &&
		    !q->tokens.at[at + role_len].ignored)
			continue;
		key_wish(wish, role);
		tokens_use(q, at, role_len, USED_KEY);
	}
}

/* "and to whom", "to where": the other end, by whatever name the subject has for it. */
static bool other_end(struct wish *wish, size_t at, const struct sense *sense, size_t len)
{
	if (strcmp(sense->name, "target") != 0 && strcmp(sense->name, "ends") != 0 && strcmp(sense->name, "into") != 0)
		return false;
	wish->other_end |= strcmp(sense->name, "target") == 0;
	wish->into |= strcmp(sense->name, "into") == 0;
	wish->both_ends |= strcmp(sense->name, "ends") == 0;
	tokens_use(&wish->question, at, len, USED_KEY);
	return true;
}

/* "by process", "for each file"; "of each new program" only says of which. */
static bool groups(const struct question *q, size_t at, size_t len)
{
	for (size_t k = at; k < at + len; k++)
		if (token_in(q, k, GRAMMAR_GROUPS))
			return true;
	return false;
}

/* The role that is called by these two words: "old cpu". */
static const struct role *role_of_two(const struct question *q, const char *first, const char *second)
{
	vec_each(role, &q->vocabulary->roles)
		vec_each(phrase, &role->say)
			if (!phrase->han && phrase->count == 2 && same_word(phrase->words[0], first) && same_word(phrase->words[1], second))
				return role;
	return NULL;
}

/* "with old and new fd": two roles that share their noun. */
static void old_and_new(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 0; i + 3 < q->tokens.len; i++) {
		bool old = token_is(q, i, "old");
		size_t other = i + 2 + token_is(q, i + 2, "the"), noun = other + 1, lead = i > 0 && token_is(q, i - 1, "the") ? i - 1 : i;
		const struct role *roles[2];

		if ((!old && !token_is(q, i, "new")) || !joins(q, i + 1) || !token_is(q, other, old ? "new" : "old") || noun >= q->tokens.len)
			continue;
		roles[0] = role_of_two(q, "old", q->tokens.at[noun].canonical);
		roles[1] = role_of_two(q, "new", q->tokens.at[noun].canonical);
		if (!roles[0] || !roles[1])
			continue;
		bool by = lead > 0 && (token_is(q, lead - 1, "by") || token_is(q, lead - 1, "per"));

		for (size_t r = 0; r < COUNT(roles); r++)
			if (by)
				key_wish(wish, roles[r]);
			else
				vec_push(&wish->extras, roles[r]->name);
		wish->grouped |= by;
		wish->grouped_by |= by;
		tokens_use(q, i, noun + 1 - i, USED_KEY);
		if (by || (lead > 0 && token_is(q, lead - 1, "with")))
			tokens_use(q, lead - 1, 1, USED_KEY | USED_CUE);
	}
}

/* "one container makes the disk slow, which one": what was told of is asked for. */
static bool which_of_told(struct wish *wish, size_t at, size_t len)
{
	struct question *q = &wish->question;
	size_t end = at + len, role_len, back;

	/* The rest of the clause must not say what. */
	while (end < q->tokens.len && !q->tokens.at[end - 1].word.comma && token_in(q, end, GRAMMAR_WHICH_ONE))
		end++;
	if (end == at + len && end < q->tokens.len && !q->tokens.at[end - 1].word.comma)
		return false;
	for (size_t i = 0; i < at; i++) {
		const struct role *role = role_at(q, i, &role_len);
		bool one = false;

		if (!role || role->kind != ROLE_NAME || q->tokens.at[i].used & (USED_FILTER | USED_NAME))
			continue;
		for (back = i; back > 0 && i - back < 4 && !one && !q->tokens.at[back - 1].word.comma; back--) {
			size_t some = tokens_in(q, back - 1, GRAMMAR_SOME);

			if (q->tokens.at[back - 1].word.kind == WORD_HAN)
				one = some >= i - (back - 1);
			else
				one = some && (back == i || token_in(q, back, GRAMMAR_OF_THOSE));
		}
		if (!one)
			continue;
		key_wish(wish, role);
		tokens_use(q, i, role_len, USED_KEY);
		tokens_use(q, at, end - at, USED_KEY | USED_CUE);
		return true;
	}
	return false;
}

void wish_keys(struct wish *wish)
{
	struct question *q = &wish->question;

	old_and_new(wish);

	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len, taken, asks, before;
		const struct sense *sense = sense_at(q, i, "key", NULL, &len);

		if (!sense || q->tokens.at[i].used & (USED_TIME | USED_FILTER | USED_KEY))
			continue;
		if (other_end(wish, i, sense, len)) {
			i += len - 1;
			continue;
		}
		/* "handlers whose name starts with virtio" */
		if (strcmp(sense->name, "process") == 0 && token_is(q, i, "whose") && (token_is(q, i + 1, "name") || token_is(q, i + 2, "name")))
			continue;
		/* "reads whose size is above 64 KB": of the reads, and asks for nobody */
		if (token_is(q, i, "whose") && i > 0 && !q->tokens.at[i - 1].word.comma && role_at(q, i + 1, &taken) && role_at(q, i + 1, &taken)->kind == ROLE_NUMBER) {
			tokens_use(q, i, len, USED_CUE);
			continue;
		}
		if (strcmp(sense->name, "process") == 0) {
			key_wish(wish, vocabulary_role(q->vocabulary, "process"));
			tokens_use(q, i, len, USED_KEY);
			continue;
		}
		const char *measured = wish->measured;

		if (sense_at(q, i, "ask", "which", &asks) && !role_at(q, i + len, &taken) && which_of_told(wish, i, len)) {
			i += len - 1;
			continue;
		}
		before = wish->plan->by.len;
		taken = keys_from(wish, i + len);
		/* "for which pid" asks for the other end's. */
		if (taken && (token_is(q, i, "for") || token_is(q, i, "to") || token_is(q, i, "on")) && wish->plan->by.len > before &&
		    strcmp(wish->plan->by.at[before], "pid") == 0 && !groups(q, i, len) && !token_is(q, i + 1, "each"))
			wish->plan->by.at[before] = "target_pid";
		if (taken && (token_is(q, i, "with") || token_is(q, i, "and") || token_is(q, i, "along") || token_is(q, i, "together") ||
			      token_is(q, i, "带") || token_is(q, i, "附") || token_is(q, i, "连") || token_is(q, i, "加") || token_is(q, i, "外"))) {
			/* "with the error": shown when there is such a thing. */
			wish->measured_with |= wish->measured && !measured;
			while (wish->plan->by.len > before)
				vec_push(&wish->extras, wish->plan->by.at[--wish->plan->by.len]);
			tokens_use(q, i, len, USED_KEY | USED_CUE);
			i += len + taken - 1;
		} else if (taken) {
			/* "which programs" asks for names; "by program" for groups. */
			wish->grouped |= !sense_at(q, i, "ask", NULL, &asks);
			wish->each |= wish->described && sense_at(q, i, "ask", NULL, &asks);
			wish->grouped_by |= groups(q, i, len);
			tokens_use(q, i, len, USED_KEY | USED_CUE);
			/* "by process and cap number" */
			if (groups(q, i, len) && joins(q, i + len + taken) && !token_is(q, i + len + taken, "then"))
				raw_keys_from(wish, i + len + taken + 1);
			else if (groups(q, i, len) && q->tokens.at[i + len + taken - 1].word.comma)
				raw_keys_from(wish, i + len + taken);
			i += len + taken - 1;
		} else if (token_is(q, i + len - 1, "by") || token_is(q, i, "per") || token_is(q, i, "按") || (len == 1 && token_is(q, i, "which") && !role_at(q, i + 2, &taken))) {
			/* "calls: show which resource and new value" */
			wish->each |= token_is(q, i, "which") && i > 0 && sense_at(q, i - 1, "order", NULL, &asks) && joins(q, i + 2);
			if (groups(q, i, len) && owned_key(wish, i + len))
				tokens_use(q, i, len, USED_CUE);
			else
				raw_keys_from(wish, i + len);
		}
	}
	han_keys(wish);
	counted_after(wish);
	ranked_keys(wish);
}

void role_spelled(struct wish *wish, size_t at, const struct spot *spot)
{
	struct question *q = &wish->question;
	const struct text word = q->tokens.at[at].word.text;
	struct bound b;

	if (q->tokens.at[at].word.kind != WORD_NAME || !memchr(word.at, '_', word.len))
		return;
	vec_each(role, &q->vocabulary->roles)
		vec_each(phrase, &role->say) {
			struct text rest = word, part;
			size_t same = 0, parts = 0;

			while (text_next(&rest, '_', &part)) {
				char base[64], canonical[64];

				word_fold(part, base);
				vocabulary_canonical(q->vocabulary, base, canonical);
				same += parts < phrase->count && same_word(phrase->words[parts], canonical);
				parts++;
			}
			if (same != phrase->count || parts != same || role->kind != ROLE_NAME || !bind_role(spot, role->name, &b, NULL))
				continue;
			key_wish(wish, role);
			tokens_use(q, at, 1, USED_KEY);
			wish->grouped = wish->grouped_by = true;
			return;
		}
}

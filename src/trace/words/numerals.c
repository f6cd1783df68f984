/* Numbers written as words, made numbers where a number must stand. */
#include <string.h>
#include "trace/plan/planner.h"

/* Whether a word of ranking begins (or, `ends`, ends) at `at`: "busiest", "largest". */
static bool ranks(const struct question *q, size_t at, bool ends)
{
	static const char *const classes[][2] = { { "rank", NULL }, { "measure", "max" }, { "measure", "min" } };
	size_t len;

	for (size_t i = 0; i < COUNT(classes); i++)
		for (size_t from = ends && at > 2 ? at - 2 : ends ? 0 : at; from <= at; from++)
			if (sense_at(q, from, classes[i][0], classes[i][1], &len) && (!ends || from + len == at + 1))
				return true;
	return false;
}

/* "10 files with the largest total": what the question begins with is ranked. */
bool ranked_later(const struct question *q, size_t at)
{
	size_t len;
	const struct role *role = role_at(q, at + 1, &len);

	for (size_t i = at + 2; role && role->kind == ROLE_NAME && i < q->tokens.len; i++)
		if (sense_at(q, i, "rank", NULL, &len) || sense_at(q, i, "measure", "max", &len))
			return true;
	return false;
}

/* "the ten files that nginx opens": so many of what is named in the plural, which then is the key. */
bool amount_of_noun(const struct question *q, size_t at)
{
	size_t len;
	const struct role *role = role_at(q, at + 1, &len);
	bool led = at == 0 || q->tokens.at[at - 1].word.comma;

	led |= at > 0 && token_in(q, at - 1, GRAMMAR_BEFORE_AMOUNT);
	if (!led || !role || role->kind != ROLE_NAME || q->tokens.at[at].word.comma || unit_at(q, at, false).kind ||
	    !text_ends(q->tokens.at[at + len].word.text, "s") || at + len + 1 >= q->tokens.len || q->tokens.at[at + len].word.comma)
		return false;
	/* "the three processes and …" are told one by one. */
	return !token_is(q, at + len + 1, "and") && !token_is(q, at + len + 1, "is");
}

/* "top five", "the five busiest", "biggest ten", "ten files with the largest …": how many are wanted. */
static bool amount_place(const struct question *q, size_t at)
{
	size_t len;
	const struct role *role;

	if (at > 0 && (token_is(q, at - 1, "top") || token_is(q, at - 1, "first") || token_is(q, at - 1, "前") || ranks(q, at - 1, true)))
		return true;
	if (ranks(q, at + 1, false) || (token_is(q, at + 1, "个") && ranks(q, at + 2, false)))
		return true;
	role = at == 0 || token_is(q, at - 1, "which") || token_is(q, at - 1, "what") ? role_at(q, at + 1, &len) : NULL;
	for (size_t i = at + 2; role && role->kind == ROLE_NAME && i < q->tokens.len; i++)
		if (ranks(q, i, false))
			return true;
	return false;
}

/* "below zero", "is not zero", "with zero bytes" */
static bool zero_place(const struct question *q, size_t at)
{
	return token_in(q, at - 1, GRAMMAR_BEFORE_ZERO) || q->tokens.at[at - 1].word.kind == WORD_SIGN || unit_at(q, at, true).kind == UNIT_SIZE;
}

/* "ten seconds", "top five", "half a minute", "一分钟": numbers in words, where a number must stand. */
void numbers_spelled(struct question *q)
{
	static const struct {
		const char *word;
		double number;
	} numerals[] = { { "one", 1 }, { "two", 2 }, { "three", 3 }, { "four", 4 }, { "five", 5 }, { "six", 6 },
			 { "seven", 7 }, { "eight", 8 }, { "nine", 9 }, { "ten", 10 }, { "twelve", 12 }, { "fifteen", 15 },
			 { "twenty", 20 }, { "thirty", 30 }, { "forty", 40 }, { "fifty", 50 }, { "sixty", 60 },
			 { "ninety", 90 }, { "zero", 0 }, { "null", 0 }, { "hundred", 100 }, { "couple", 2 }, { "half", 0.5 }, { "quarter", 0.25 }, { "半", 0.5 },
			 { "一", 1 }, { "两", 2 }, { "二", 2 }, { "三", 3 }, { "四", 4 }, { "五", 5 }, { "六", 6 },
			 { "七", 7 }, { "八", 8 }, { "九", 9 }, { "十", 10 } };

	for (size_t i = 0; i < q->tokens.len; i++) {
		struct token *token = &q->tokens.at[i];
		const char *written = token->word.kind == WORD_HAN ? token->canonical : token->word.base;
		struct token *next = token + 1;

		/* "longer than a minute" */
		if (i > 1 && (token_is(q, i, "a") || token_is(q, i, "an")) && token_is(q, i - 1, "than") && time_unit_at(q, i + 1)) {
			token->word.kind = WORD_NUMBER;
			token->word.number = 1;
			token->ignored = false;
			continue;
		}
		for (size_t n = 0; n < COUNT(numerals); n++) {
			size_t fillers = 0, start;

			if ((token->word.kind != WORD_PLAIN && token->word.kind != WORD_HAN) ||
			    strcmp(written, numerals[n].word) != 0)
				continue;
			/* "half a second", "a couple of minutes" */
			while (i + 1 + fillers < q->tokens.len && fillers < 2 && numerals[n].number <= 2 &&
			       (token_is(q, i + 1 + fillers, "a") || token_is(q, i + 1 + fillers, "an") ||
				token_is(q, i + 1 + fillers, "of") || token_is(q, i + 1 + fillers, "个")))
				fillers++;
			if (!time_unit_at(q, i + 1 + fillers) &&
			    !(numerals[n].number == 0 && i > 0 && (returned_before(q, i, &start) || zero_place(q, i))) &&
			    !(numerals[n].number > 1 && amount_place(q, i)) && !(numerals[n].number > 2 && amount_of_noun(q, i)))
				continue;
			/* "every one second" and "one second at a time" say it by other rules. */
			token->word.kind = WORD_NUMBER;
			token->word.number = numerals[n].number;
			token->word.unit[0] = '\0';
			for (size_t k = 0; k < fillers; k++, next++)
				tokens_use(q, i + 1 + k, 1, USED_CUE);
			/* The unit stands right behind the number for what reads on. */
			if (fillers) {
				struct token number = *token;

				memmove(token, token + 1, fillers * sizeof(*token));
				q->tokens.at[i + fillers] = number;
				i += fillers;
			}
			break;
		}
	}
}

/* "前三名": Chinese numerals are characters. */
void han_rank(struct wish *wish)
{
	static const char numerals[] = "一二三四五六七八九十"; /* three bytes each */
	struct question *q = &wish->question;

	for (size_t i = 0; i + 1 < q->tokens.len; i++) {
		bool ranks = token_is(q, i, "前") && q->tokens.at[i + 1].word.kind == WORD_HAN;
		const char *numeral = ranks ? strstr(numerals, q->tokens.at[i + 1].canonical) : NULL;

		if (!numeral)
			continue;
		wish->plan->top = (numeral - numerals) / 3 + 1;
		wish->ranked = true;
		tokens_use(q, i, 2, USED_MEASURE);
	}
}

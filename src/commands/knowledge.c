/* Two rankings of recipes, one by words and one by vectors, merged. Only what redact/ has cleaned is sent. */
#include "commands/knowledge.h"
#include <string.h>
#include "base/file.h"
#include "base/log.h"
#include "knowledge/vectors.h"
#include "llm/embed.h"

#define RANKED_MOST 80 /* of each ranking */

/* One search. */
struct meaning {
	struct knowledge *knowledge;
	struct embed_spec spec;
	struct redactor *redactor;
	struct vectors *vectors;
	double until;
	size_t size, made; /* numbers of a vector; vectors made for this search */
};

struct near {
	const struct recipe *recipe;
	double score;
};

static int near_compare(const void *a, const void *b)
{
	const struct near *one = a, *other = b;

	return one->score > other->score ? -1 : one->score < other->score;
}

/* Texts cleaned, sent and given back as vectors. */
static int texts_embed(struct meaning *m, const struct text *texts, size_t count, float **out, struct error *err)
{
	struct build cleaned[EMBED_MOST] = { 0 };
	struct clean clean[EMBED_MOST];
	size_t size = 0;
	int code = 0;

	for (size_t i = 0; code == 0 && i < count; i++)
		code = redact_clean(m->redactor, texts[i], &cleaned[i], &clean[i], err);
	if (code < 0)
		fail_within(err, "nothing is sent, as it could not be cleaned of secrets");
	m->spec.seconds = m->until - now();
	if (code == 0 && m->spec.seconds <= 0)
		code = fail(err, -ETIMEDOUT, "it takes longer than %.0f s; what was made is kept, and the rest is made the next time",
			    m->knowledge->seconds);
	if (code == 0)
		code = embed(&m->spec, clean, count, out, &size, err);
	for (size_t i = 0; i < count; i++)
		build_done(&cleaned[i]);
	if (code == 0 && m->size && size != m->size) {
		free(TAKE(*out));
		code = fail(err, -EPROTO, "vectors of %zu and of %zu numbers came from one model", m->size, size);
	}
	if (code == 0)
		m->size = size;
	return code;
}

/* Makes those vectors of recipes that are not there yet, a request at a time. */
static int missing_make(struct meaning *m, const struct recipe_list *all, struct error *err)
{
	for (size_t i = 0; i < all->items.len;) {
		struct build texts[EMBED_MOST] = { 0 };
		struct text views[EMBED_MOST];
		AUTO_FREE float *made = NULL;
		size_t count = 0;
		int code = 0;

		for (; i < all->items.len && count < EMBED_MOST && code >= 0; i++) {
			AUTO_FREE float *known = NULL;

			recipe_meaning(&all->items.at[i], &texts[count]);
			views[count] = build_text(&texts[count]);
			code = vectors_get(m->vectors, views[count], &known, &m->size, err);
			if (code == 0)
				count++;
			else
				build_clear(&texts[count]);
		}
		if (code >= 0 && count)
			code = texts_embed(m, views, count, &made, err);
		for (size_t k = 0; code == 0 && made && k < count; k++, m->made++)
			code = vectors_put(m->vectors, views[k], made + k * m->size, m->size, err);
		for (size_t k = 0; k < EMBED_MOST; k++)
			build_done(&texts[k]);
		/* Of a dry run each request is shown. */
		if (code < 0 && !(code == -ECANCELED && m->spec.dry))
			return code;
	}
	return 0;
}

static int rank(struct meaning *m, const struct recipe_list *all, struct text text, struct recipe_list *out, struct error *err)
{
	AUTO_FREE struct near *list = calloc(all->items.len + 1, sizeof(*list));
	AUTO_FREE float *question = NULL;
	size_t count = 0;
	int code = missing_make(m, all, err);

	if (!list)
		abort();
	if (code == 0)
		code = texts_embed(m, &text, 1, &question, err);
	if (code < 0)
		return code;
	vec_each(recipe, &all->items) {
		AUTO_BUILD meaning = { 0 };
		AUTO_FREE float *vector = NULL;

		recipe_meaning(recipe, &meaning);
		code = vectors_get(m->vectors, build_text(&meaning), &vector, &m->size, err);
		if (code < 0)
			return code;
		if (code == 1)
			list[count++] = (struct near){ recipe, vectors_near(question, vector, m->size) };
	}
	qsort(list, count, sizeof(*list), near_compare);
	for (size_t i = 0; i < count && i < RANKED_MOST; i++)
		vec_push(&out->items, *list[i].recipe);
	log_stage("knowledge", "%zu vectors compared, %zu of them new", count, m->made);
	return 0;
}

static int by_meaning(struct knowledge *knowledge, struct text text, unsigned kinds, struct arena *arena, struct recipe_list *out,
		      struct error *err)
{
	struct llm_model *model = llm_config_model(knowledge->config, knowledge->config->embeddings, err);
	struct redact_options options = { .identity = model && !url_local(model->endpoint->base) };
	AUTO_REDACTOR redactor = model ? redactor_new(&options, err) : NULL;
	AUTO_BUILD source = { 0 };
	AUTO_VECTORS vectors = NULL;
	AUTO_RECIPES all = { 0 };
	struct meaning m = { .knowledge = knowledge, .redactor = redactor, .until = now() + knowledge->seconds,
			     .spec = { .config = knowledge->config, .model = model, .dry = knowledge->dry } };
	int code;

	if (!redactor)
		return err->code ? err->code : -EINVAL;
	embed_source(model, &source);
	vectors = vectors_open(cache_folder(), source.at, err);
	if (!vectors)
		return err->code;
	m.vectors = vectors;
	code = recipes_find(knowledge->shelf, TEXT(""), kinds, SIZE_MAX, arena, &all, err);
	return code < 0 ? code : rank(&m, &all, text, out, err);
}

int knowledge_find(struct knowledge *knowledge, struct text text, unsigned kinds, size_t limit, struct arena *arena,
		   struct recipe_list *found, struct error *err)
{
	AUTO_RECIPES words = { 0 };
	AUTO_RECIPES meaning = { 0 };
	struct error why = { 0 };
	bool wanted = knowledge->config && knowledge->config->embeddings && !knowledge->spent && text_trim(text).len > 0;
	int code;

	if (!wanted)
		return recipes_find(knowledge->shelf, text, kinds, limit, arena, found, err);
	code = recipes_find(knowledge->shelf, text, kinds, RANKED_MOST, arena, &words, err);
	if (code < 0)
		return code;
	if (by_meaning(knowledge, text, kinds, arena, &meaning, &why) < 0) {
		knowledge->spent = true;
		if (!knowledge->dry)
			snprintf(knowledge->note, sizeof(knowledge->note), "Recipes were found by their words alone: %.500s.", why.text);
	}
	recipes_merge(&words, &meaning, limit, found);
	return 0;
}

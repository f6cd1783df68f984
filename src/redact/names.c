/* The private map: each value has one placeholder, each placeholder one value. */
#include "redact/names.h"
#include <ctype.h>
#include <sys/random.h>
#include "redact/matcher.h"

enum { NAMES_MOST = 200000, BYTES_MOST = 128 << 20 };

void names_init(struct names *names)
{
	*names = (struct names){ 0 };
	if (getrandom(&names->seed, sizeof(names->seed), GRND_NONBLOCK) < 0)
		names->seed = (uint64_t)(uintptr_t)names;
}

void names_done(struct names *names)
{
	vec_each(name, &names->list) {
		free(name->placeholder);
		if (name->value.at)
			explicit_bzero((char *)name->value.at, name->value.len);
		free((char *)name->value.at);
	}
	vec_each(string, &names->kept)
		free(*string);
	vec_done(&names->list);
	vec_done(&names->kinds);
	vec_done(&names->kept);
	free(names->by_value);
	free(names->by_placeholder);
}

/* ---- two hash tables over one list ---- */

static struct text key_of(const struct name *name, bool by_value)
{
	return by_value ? name->value : (struct text){ name->placeholder, name->len };
}

static uint64_t mixed(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 32;
}

static uint64_t word_at(const char *at, size_t size)
{
	uint64_t word = 0;

	memcpy(&word, at, size);
	return word;
}

/* Short keys are the rule: whole words, the last of which may lie over the one before. The seed is this map's own. */
static uint64_t key_hash(uint64_t seed, struct text key)
{
	uint64_t hash = seed ^ key.len;

	if (key.len < 8)
		return mixed(mixed(hash, key.len < 4 ? word_at(key.at, key.len) : word_at(key.at, 4)),
			     key.len < 4 ? 0 : word_at(key.at + key.len - 4, 4));
	for (size_t at = 0; at + 8 < key.len; at += 8)
		hash = mixed(hash, word_at(key.at + at, 8));
	return mixed(hash, word_at(key.at + key.len - 8, 8));
}

/* Where the key is, or where it would go. */
static struct name_slot *slot_of(const struct names *names, bool by_value, struct text key, uint64_t hash)
{
	struct name_slot *table = by_value ? names->by_value : names->by_placeholder;
	size_t at = hash & (names->room - 1);

	for (; table[at].index; at = (at + 1) & (names->room - 1))
		if (table[at].hash == (uint32_t)(hash >> 32) && text_same(key_of(&names->list.at[table[at].index - 1], by_value), key))
			break;
	return &table[at];
}

static struct name *look_up(const struct names *names, bool by_value, struct text key)
{
	uint32_t index = names->room ? slot_of(names, by_value, key, key_hash(names->seed, key))->index : 0;

	return index ? &names->list.at[index - 1] : NULL;
}

static void put(struct names *names, bool by_value, struct text key, size_t index)
{
	uint64_t hash = key_hash(names->seed, key);

	*slot_of(names, by_value, key, hash) = (struct name_slot){ (uint32_t)index + 1, (uint32_t)(hash >> 32) };
}

static void grow(struct names *names)
{
	size_t room = names->room ? names->room * 2 : 64;

	free(names->by_value);
	free(names->by_placeholder);
	names->by_value = calloc(room, sizeof(*names->by_value));
	names->by_placeholder = calloc(room, sizeof(*names->by_placeholder));
	if (!names->by_value || !names->by_placeholder)
		abort();
	names->room = room;
	for (size_t i = 0; i < names->list.len; i++) {
		if (names->list.at[i].value.at)
			put(names, true, names->list.at[i].value, i);
		put(names, false, text_of(names->list.at[i].placeholder), i);
	}
}

static struct name *add(struct names *names, struct text placeholder, const struct text *value)
{
	struct name *name;

	if (names->list.len >= NAMES_MOST || placeholder.len >= PLACEHOLDER_ROOM || names->bytes + placeholder.len + (value ? value->len : 0) > BYTES_MOST)
		return NULL;
	if ((names->list.len + 1) * 2 > names->room)
		grow(names);
	name = vec_new(&names->list);
	name->placeholder = calloc(1, PLACEHOLDER_ROOM);
	if (!name->placeholder)
		abort();
	memcpy(name->placeholder, placeholder.at, placeholder.len);
	name->len = placeholder.len;
	if (value)
		name->value = (struct text){ text_copy(*value), value->len };
	name->rule = name->say = "";
	names->bytes += placeholder.len + (value ? value->len : 0);
	put(names, false, placeholder, names->list.len - 1);
	if (value)
		put(names, true, name->value, names->list.len - 1);
	return name;
}

static unsigned *kind_of(struct names *names, const char *kind)
{
	struct name_kind *new;

	vec_each(one, &names->kinds)
		if (strcmp(one->name, kind) == 0)
			return &one->last;
	new = vec_new(&names->kinds);
	snprintf(new->name, sizeof(new->name), "%s", kind);
	return &new->last;
}

/* ---- placing and putting back ---- */

struct name *names_place(struct names *names, const char *kind, struct text value, const char *rule, const char *say)
{
	AUTO_BUILD flat = { 0 };
	char placeholder[48];
	struct name *name;
	unsigned *last;

	/* A value with a placeholder in it stands for what the two of them were. */
	if (memchr(value.at, '<', value.len) && names_restore(names, value, &flat, NULL) == 0)
		value = build_text(&flat);
	name = look_up(names, true, value);
	names->total++;
	if (!name) {
		last = kind_of(names, kind);
		do
			snprintf(placeholder, sizeof(placeholder), "<%s_%u>", kind, ++*last);
		while (look_up(names, false, text_of(placeholder)));
		name = add(names, text_of(placeholder), &value);
	}
	if (!name) {
		names->unkept++;
		return NULL;
	}
	if (!name->rule[0]) {
		name->rule = rule;
		name->say = say;
	}
	name->times++;
	return name;
}

struct name *names_again(struct names *names, size_t index)
{
	names->total++;
	names->list.at[index].times++;
	return &names->list.at[index];
}

bool names_put(struct names *names, struct text placeholder, struct text value, const char *rule)
{
	struct name *name;

	if (look_up(names, true, value) || look_up(names, false, placeholder))
		return false;
	name = add(names, placeholder, &value);
	if (name)
		name->rule = name->say = rule;
	return name;
}

void names_reserve(struct names *names, struct text placeholder)
{
	if (!look_up(names, false, placeholder))
		add(names, placeholder, NULL);
}

struct name *names_value(const struct names *names, struct text value)
{
	return look_up(names, true, value);
}

const struct name *names_find(const struct names *names, struct text placeholder)
{
	return look_up(names, false, placeholder);
}

int names_restore(const struct names *names, struct text text, struct build *out, struct error *err)
{
	size_t before = out->len;

	while (text.len) {
		const char *mark = memchr(text.at, '<', text.len);
		size_t plain = mark ? (size_t)(mark - text.at) : text.len, len;
		const struct name *name;

		build_add(out, text_until(text, plain));
		text = text_from(text, plain);
		if (!text.len)
			break;
		len = placeholder_len(text);
		name = len ? look_up(names, false, text_until(text, len)) : NULL;
		build_add(out, name && name->value.at ? name->value : text_until(text, len ? len : 1));
		text = text_from(text, len ? len : 1);
	}
	build_add(out, TEXT(""));
	if (!out->cut)
		return 0;
	out->len = before;
	return fail(err, -EFBIG, "the text with its originals is too long");
}

/* Sources of bcc and libbpf programs: sections, maps, functions and what they call. */
#include "explain/source.h"
#include <ctype.h>
#include <string.h>

enum { TOKENS_KEPT = 8, FUNCTIONS_MOST = 500, WATCHES_MOST = 500 };

struct function *function_find(struct source *s, struct text name)
{
	vec_each(function, &s->functions)
		if (text_same(function->name, name))
			return function;
	return NULL;
}

/* Watches of a step stand together: a function with a second one gets them at the end. */
void function_attach(struct source *s, struct text name, struct watch *watch)
{
	struct explanation *e = s->explanation;
	size_t place = (size_t)(watch - e->watches.at);
	struct function *function = function_find(s, name);
	struct step *step;

	if (!function) { /* the C part is not here, or made of pieces */
		struct step *made = vec_new(&e->steps);

		made->name = arena_text(e->arena, name);
		made->first = place;
		made->count = 1;
		step_does(e, made, 0, "what it does is not in this text");
		return;
	}
	step = &e->steps.at[function->step];
	function->attached = true;
	if (step->count && step->first + step->count != place) {
		size_t first = e->watches.len;

		for (size_t i = 0; i < step->count; i++) {
			struct watch copy = e->watches.at[step->first + i];

			*vec_new(&e->watches) = copy;
			e->watches.at[step->first + i].lead = NULL; /* moved: dropped at the end */
		}
		struct watch copy = e->watches.at[place];

		*vec_new(&e->watches) = copy;
		e->watches.at[place].lead = NULL;
		step->first = first;
		step->count++;
		return;
	}
	if (!step->count)
		step->first = place;
	step->count++;
}

/* The moved ones leave holes. */
static void watches_close(struct explanation *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < e->watches.len; i++) {
		if (!e->watches.at[i].lead)
			continue;
		vec_each(step, &e->steps)
			if (step->count && step->first == i)
				step->first = kept;
		e->watches.at[kept++] = e->watches.at[i];
	}
	e->watches.len = kept;
	vec_each(step, &e->steps)
		if (step->count)
			watches_match(e, &e->watches.at[step->first], step->count, NULL);
}

/* ---- reading C ---- */

struct c_reading {
	struct source *source;
	struct lexer lexer;
	unsigned line; /* of the token */
};

static bool c_next(struct c_reading *c)
{
	lexer_blank(&c->lexer);
	c->line = c->lexer.line;
	return lexer_next(&c->lexer) != MARK_END;
}

static bool c_sign(const struct c_reading *c, char sign)
{
	return c->lexer.mark == MARK_SIGN && c->lexer.token.at[0] == sign;
}

static struct text unquoted(struct text t)
{
	if (t.len >= 2 && t.at[0] == '"')
		t = text_until(text_from(t, 1), t.len - 2);
	return t;
}

/* What stands between the parentheses that open here, parted by commas; ends after the closing one. */
static size_t arguments_read(struct c_reading *c, struct text *parts, size_t most)
{
	unsigned depth = 0;
	size_t count = 0;
	const char *start = NULL;

	while (c_next(c)) {
		const char *at = c->lexer.token.at;
		bool comma = depth == 1 && c_sign(c, ',');

		depth += c_sign(c, '(') || c_sign(c, '{');
		depth -= depth && (c_sign(c, ')') || c_sign(c, '}'));
		if (start && (comma || depth == 0) && count < most) {
			struct text part = text_trim((struct text){ start, (size_t)(at - start) });

			if (part.len)
				parts[count++] = unquoted(part);
		}
		if (depth == 0)
			break;
		if (comma || !start)
			start = at + 1;
	}
	return count;
}

static struct store *store_add(struct explanation *e, struct text name, unsigned line)
{
	struct store *store = store_find(e, name);

	if (!store) {
		store = vec_new(&e->stores);
		*store = (struct store){ .name = arena_text(e->arena, name), .line = line, .measure = "map" };
	}
	return store;
}

static void store_words(struct explanation *e, struct store *store, struct text type, struct text key, struct text value, struct text most)
{
	const char *words = map_type_words(type);
	AUTO_BUILD holds = { 0 };

	if (words)
		build_put(&holds, words);
	else
		build_fmt(&holds, "a map of the type %.*s", TEXT_ARG(type.len ? type : TEXT("(not said)")));
	if (value.len)
		build_fmt(&holds, " of %.*s", TEXT_ARG(value));
	if (most.len)
		build_fmt(&holds, ", at most %.*s %s", TEXT_ARG(most), text_has(type, "RINGBUF") ? "bytes" : "entries");
	store->holds = kept_text(e, &holds);
	store->keys = key.len ? arena_text(e->arena, key) : NULL;
}

/* BPF_HASH(name, key, value, size) and its kin of bcc. */
static bool bcc_map(struct c_reading *c, struct text macro)
{
	struct explanation *e = c->source->explanation;
	struct text words[TOKENS_KEPT] = { 0 }, none = TEXT("");
	size_t count;
	bool histogram = text_is(macro, "BPF_HISTOGRAM"), table = text_is(macro, "BPF_TABLE");

	if (!text_starts(macro, "BPF_") || !text_starts(c->lexer.rest, "(") || text_is(macro, "BPF_CORE_READ") || text_is(macro, "BPF_PROBE_READ"))
		return false;
	if (!(histogram || table || text_is(macro, "BPF_HASH") || text_is(macro, "BPF_ARRAY") || text_is(macro, "BPF_STACK_TRACE") || text_is(macro, "BPF_PERF_OUTPUT") ||
	      text_is(macro, "BPF_RINGBUF_OUTPUT") || text_is(macro, "BPF_PERF_ARRAY") || text_is(macro, "BPF_QUEUE") || text_is(macro, "BPF_STACK") ||
	      map_type_words(text_from(macro, 4))))
		return false;
	count = arguments_read(c, words, COUNT(words));
	if (!count)
		return true;
	if (table && count >= 4)
		store_words(e, store_add(e, words[3], c->line), text_is(words[0], "hash") ? TEXT("HASH") : text_is(words[0], "array") ? TEXT("ARRAY") : words[0], words[1], words[2], words[4]);
	else if (text_is(macro, "BPF_PERF_OUTPUT") || text_is(macro, "BPF_PERF_ARRAY"))
		store_words(e, store_add(e, words[0], c->line), TEXT("PERF_EVENT_ARRAY"), none, none, none);
	else if (text_is(macro, "BPF_RINGBUF_OUTPUT"))
		store_words(e, store_add(e, words[0], c->line), TEXT("RINGBUF"), none, none, none);
	else if (text_is(macro, "BPF_ARRAY") || text_is(macro, "BPF_PERCPU_ARRAY"))
		store_words(e, store_add(e, words[0], c->line), text_from(macro, 4), none, count > 1 ? words[1] : TEXT("u64"), words[2]);
	else
		store_words(e, store_add(e, words[0], c->line), text_from(macro, 4), count > 1 ? words[1] : histogram ? TEXT("int") : TEXT("u64"),
			    histogram || text_is(macro, "BPF_STACK_TRACE") ? none : count > 2 ? words[2] : TEXT("u64"), words[3]);
	return true;
}

/* struct { __uint(type, …); … } name SEC(".maps"); from its brace on. */
static void libbpf_map(struct c_reading *c)
{
	struct explanation *e = c->source->explanation;
	struct text type = TEXT(""), key = type, value = type, most = type, name = type, word;
	unsigned depth = 1, line = c->line;
	bool map = false;

	while (depth && c_next(c)) {
		struct text words[TOKENS_KEPT] = { 0 };
		size_t count;

		depth += c_sign(c, '{');
		depth -= c_sign(c, '}');
		word = c->lexer.token;
		if (c->lexer.mark != MARK_WORD || !(text_is(word, "__uint") || text_is(word, "__type") || text_is(word, "__array")))
			continue;
		count = arguments_read(c, words, COUNT(words));
		map |= count > 1 && text_is(words[0], "type");
		type = text_is(words[0], "type") ? words[1] : type;
		key = text_is(words[0], "key") ? words[1] : key;
		value = text_is(words[0], "value") ? words[1] : value;
		most = text_is(words[0], "max_entries") ? words[1] : most;
	}
	while (c_next(c) && !c_sign(c, ';')) {
		if (c->lexer.mark == MARK_WORD && text_is(c->lexer.token, "SEC")) {
			struct text section[2];

			arguments_read(c, section, 2);
			map = true;
			break;
		}
		if (c->lexer.mark == MARK_WORD)
			name = c->lexer.token;
	}
	if (map && name.len)
		store_words(e, store_add(e, name, line), type, key, value, most);
}

/* A call within a body: a helper, a method of a map, or a function of this text. */
static void call_tell(struct c_reading *c, struct step *step, struct text name, struct text object)
{
	struct explanation *e = c->source->explanation;
	const struct helper *helper = helper_find(name);
	struct lexer ahead = c->lexer;
	struct function *function = object.len ? NULL : function_find(c->source, name);
	struct text map = object;
	unsigned line = c->line;

	if (function && &e->steps.at[function->step] != step) {
		step_does(e, step, line, "calls %.*s()", TEXT_ARG(name));
		function->attached = true;
		return;
	}
	if (!helper || (helper->map && strncmp(helper->name, "bpf_", 4) != 0 && !store_find(e, object)))
		return;
	/* Its map is the first word with an ampersand in front, or any that is one. */
	for (unsigned i = 0; helper->map && !map.len && i < 12 && lexer_next(&ahead) != MARK_END && ahead.token.at[0] != ';'; i++)
		if (ahead.mark == MARK_WORD && store_find(e, ahead.token))
			map = ahead.token;
	if (helper->map)
		step_does(e, step, line, helper->does, map.len ? arena_text(e->arena, map) : "a map");
	else
		step_does(e, step, line, "%s", helper->does);
	if (helper->danger)
		risk_add(e, RISK_DANGER, line, "%s(): %s", helper->name, helper->danger);
}

/* "struct request *req" of the parameters: what `name` points to; NULL: it is none of them. */
static const char *parameter_of(struct c_reading *c, struct text name, const struct text *parameters, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct text type = parameters[i];

		if (!text_ends(type, "*") && type.len > name.len && !lexer_letter(type.at[type.len - name.len - 1]) &&
		    text_same(text_from(type, type.len - name.len), name)) {
			struct text before = text_trim(text_until(type, type.len - name.len));
			size_t at;

			/* A structure of the text's own is what it says. */
			if (structure_of(c->source->explanation, before)) {
				AUTO_BUILD own = { 0 };

				build_fmt(&own, "struct %s {", structure_of(c->source->explanation, before));
				return text_find(c->source->text, own.at, &at) ? NULL : structure_of(c->source->explanation, before);
			}
		}
	}
	return NULL;
}

static void arrow_look(struct c_reading *c, const struct step *step, struct text object, const struct text *parameters, size_t count)
{
	struct explanation *e = c->source->explanation;

	if (text_is(object, "args") && step->count)
		field_check(e, &e->watches.at[step->first], c->lexer.token, c->line);
	else
		member_check(e, parameter_of(c, object, parameters, count), c->lexer.token, c->line);
}

/* From the brace that opens the body. */
static void body_read(struct c_reading *c, size_t place, const struct text *parameters, size_t count)
{
	unsigned depth = 1;
	struct text last = TEXT("");
	bool dot = false, arrow = false;

	while (depth && c_next(c)) {
		depth += c_sign(c, '{');
		depth -= c_sign(c, '}');
		if (c->lexer.mark == MARK_WORD) {
			struct text object = dot ? last : TEXT("");

			if (arrow)
				arrow_look(c, &c->source->explanation->steps.at[place], last, parameters, count);
			last = c->lexer.token;
			if (text_starts(text_trim(text_until(c->lexer.rest, 4)), "("))
				call_tell(c, &c->source->explanation->steps.at[place], last, object);
		}
		dot = c_sign(c, '.');
		arrow = c_sign(c, '>') && c->lexer.token.at[-1] == '-'; /* a body's first sign is its brace */
	}
}

/* The name in "int BPF_PROG(name, …)", "int name(…)", and what bcc makes of it. */
static void function_read(struct c_reading *c, struct text name, const struct text *arguments, size_t count, struct text section, unsigned line)
{
	struct explanation *e = c->source->explanation;
	static const struct {
		const char *start, *section;
	} named[] = { { "kprobe__", "kprobe/" }, { "kretprobe__", "kretprobe/" }, { "tracepoint__", "tracepoint/" }, { "raw_tracepoint__", "raw_tp/" },
		      { "kfunc__", "fentry/" }, { "kretfunc__", "fexit/" } };
	static const struct {
		const char *macro, *section;
	} macros[] = { { "TRACEPOINT_PROBE", "tracepoint/" }, { "RAW_TRACEPOINT_PROBE", "raw_tp/" }, { "KFUNC_PROBE", "fentry/" }, { "KRETFUNC_PROBE", "fexit/" },
		       { "LSM_PROBE", "lsm/" } };
	AUTO_BUILD made = { 0 };
	struct watch *watch = NULL;
	size_t place;

	for (size_t i = 0; i < COUNT(macros); i++)
		if (text_is(name, macros[i].macro) && count) {
			build_put(&made, macros[i].section);
			build_fmt(&made, count > 1 && i == 0 ? "%.*s/%.*s" : "%.*s", TEXT_ARG(arguments[0]), TEXT_ARG(arguments[count > 1 ? 1 : 0]));
		}
	for (size_t i = 0; i < COUNT(named); i++)
		if (text_starts(name, named[i].start)) {
			struct text rest = text_from(name, strlen(named[i].start));
			size_t at;

			build_put(&made, named[i].section);
			if (i == 2 && text_find(rest, "__", &at))
				build_fmt(&made, "%.*s/%.*s", TEXT_ARG(text_until(rest, at)), TEXT_ARG(text_from(rest, at + 2)));
			else
				build_add(&made, rest);
		}
	if (text_starts(name, "BPF_") && count)
		name = arguments[0];
	if (made.len)
		section = text_of(kept_text(e, &made));
	if (section.len && e->watches.len < WATCHES_MOST)
		watch = section_watch(e, section, line);
	place = e->steps.len;
	*vec_new(&e->steps) = (struct step){ .line = line, .name = arena_text(e->arena, text_is(name, "TRACEPOINT_PROBE") ? arguments[count > 1] : name) };
	vec_push(&c->source->functions, (struct function){ .name = name, .step = place, .attached = watch != NULL });
	if (watch) {
		e->steps.at[place].first = e->watches.len - 1;
		e->steps.at[place].count = 1;
	}
	body_read(c, place, arguments, count);
}

void c_read(struct source *s, struct text text, unsigned first)
{
	struct c_reading c = { .source = s, .lexer = { .rest = text, .line = first } };
	struct text section = TEXT(""), last = TEXT(""), arguments[TOKENS_KEPT] = { 0 };
	size_t count = 0;
	unsigned section_line = 0, line = 0;
	bool called = false; /* a word with its parentheses stands before */

	while (c_next(&c) && s->functions.len < FUNCTIONS_MOST) {
		if (c_sign(&c, '#')) { /* the preprocessor's lines are none of ours */
			struct text gone;

			while (text_line(&c.lexer.rest, &gone) && ++c.lexer.line && text_ends(gone, "\\"))
				;
		} else if (c.lexer.mark == MARK_WORD) {
			struct text word = c.lexer.token;

			line = c.line;
			if (bcc_map(&c, word)) {
				continue;
			} else if (text_is(word, "SEC")) {
				struct text words[1] = { 0 };

				arguments_read(&c, words, 1);
				section = words[0];
				section_line = line;
			} else if (text_starts(text_trim(text_until(c.lexer.rest, 2)), "(") && !text_starts(word, "__attribute")) {
				last = word;
				count = arguments_read(&c, arguments, COUNT(arguments));
				called = true;
			} else {
				last = word;
			}
		} else if (c_sign(&c, '{')) {
			if (called)
				function_read(&c, last, arguments, count, section, section.len ? section_line : line);
			else
				libbpf_map(&c);
			section = TEXT("");
			called = false;
		} else if (c_sign(&c, ';')) {
			section = TEXT("");
			called = false;
		} else if (c_sign(&c, '=')) {
			called = false;
		}
	}
}

static void shows_tell(struct explanation *e)
{
	AUTO_BUILD buffers = { 0 };

	if (e->kind == EXPLAIN_BCC)
		return;
	vec_each(store, &e->stores)
		if (store->holds && strstr(store->holds, "events go to its loader"))
			build_fmt(&buffers, "%s%s", buffers.len ? ", " : "", store->name);
	if (buffers.len)
		vec_push(&e->shows, arena_fmt(e->arena, "It prints nothing itself: its loader, which is not in this text, gets each event through %s.", buffers.at));
	else
		vec_push(&e->shows, "It prints nothing itself: its loader, which is not in this text, reads its maps.");
}

/* The first words of the first comment, without what is law or tool. */
static const char *title_find(struct explanation *e, struct text text)
{
	static const char *const none[] = { "SPDX", "Copyright", "@lint", "coding", "!/", "clang-format", "-*-" };
	struct text line;

	for (unsigned i = 0; i < 12 && text_line(&text, &line); i++) {
		bool skip = false;

		line = text_trim(line);
		if (line.len && !strchr("#/*", line.at[0]))
			break;
		if (text_starts(line, "#include") || text_starts(line, "#define"))
			break;
		while (line.len && strchr("#/* ", line.at[0]))
			line = text_from(line, 1);
		if (text_ends(line, "*/"))
			line = text_trim(text_until(line, line.len - 2));
		for (size_t k = 0; k < COUNT(none); k++)
			skip |= text_has(line, none[k]);
		if (line.len > 3 && !skip)
			return arena_text(e->arena, line);
	}
	return NULL;
}

int source_explain(struct explanation *e, struct text text, struct error *err)
{
	struct source source = { .explanation = e, .text = text };
	AUTO_BUILD c = { 0 };
	AUTO_BUILD python = { 0 };

	e->what = e->kind == EXPLAIN_BCC ? "a bcc program, Python with C for the kernel" : "the part of a libbpf program that runs in the kernel, in C";
	e->title = title_find(e, text);
	if (e->kind == EXPLAIN_BCC) {
		python_split(text, &c, &python);
		c_read(&source, build_text(&c), 1);
		python_read(&source, build_text(&python));
	} else {
		c_read(&source, text, 1);
	}
	vec_each(function, &source.functions) {
		struct step *step = &e->steps.at[function->step];

		if (!step->does.len)
			step_does(e, step, 0, "calls no helper of the kernel");
		if (!step->count && !function->attached)
			step_does(e, step, 0, "nothing here calls it by its name");
	}
	vec_done(&source.functions);
	watches_close(e);
	if (!e->steps.len && !e->stores.len)
		return fail(err, -EINVAL, "no function, probe or map could be found in this %s program", e->kind == EXPLAIN_BCC ? "bcc" : "libbpf");
	shows_tell(e);
	e->stop = e->kind == EXPLAIN_BCC ? "It runs until Ctrl-C stops it, or as its options say." : "It stays attached until its loader ends.";
	sections_weigh(e);
	return 0;
}

/* Between the files that make a subject for what a question names by itself. */
#pragma once
#include "trace/plan/planner.h"

/* A subject with one way of this kind, in the plan's arena; gives the way, to be filled. */
struct way *way_make(struct wish *wish, const char *name, const char *what, enum way_kind kind,
		     struct subject **subject);
void probes_set(struct wish *wish, struct way *way, const char *const *names, size_t count);
void keys_set(struct wish *wish, struct subject *subject, const char *key);
/* A way of the vocabulary that watches this system call among others: it knows what its arguments mean. NULL: none. */
const struct way *syscall_way(const struct vocabulary *vocabulary, const char *name);
struct subject *syscall_subject(struct wish *wish, const char **names, size_t count);
/* Lets a made way have the roles that the vocabulary gives to a known one (NULL: none). */
void roles_borrow(struct wish *wish, struct way *way, const struct way *known);

/* named.c: tracepoints. NULL: `why` says what is missing. */
const struct subject *named_subject(struct wish *wish, struct build *why);
struct subject *tracepoint_subject(struct wish *wish, const char *system, const char *name);
struct subject *probe_subject(struct wish *wish, const struct named_probe *named);
const struct tracepoint *named_fields(struct wish *wish, const char *probe); /* NULL: not here */
const struct tracepoint *tracepoint_unique(struct wish *wish, const char *name); /* the only one of that name, or NULL */
bool probe_listed(const name_list *list, const char *probe); /* a way's probes */
/* How much a way says of a probe (0: nothing), and whether that is where it starts. */
int probe_known(const struct way *way, const char *probe, bool *start);
/* narrow.c: gives the way the conditions that words beside its probe's name mean. */
bool of_name(const struct wish *wish, const char *word); /* a part of the name of a probe: "switch" */
void narrow(struct wish *wish, struct subject *subject, struct way *way);
/* Gives a way the roles that the ways of the vocabulary have for this probe. */
void roles_known(struct wish *wish, struct way *way, const char *probe);
void fields_list(struct wish *wish, struct build *out); /* "sched:sched_wakeup, which has comm, pid …" */
/* fields.c: what the words say of the fields of what is named. */
void fields_speak(struct wish *wish);
/* The field that the tokens from `at` spell, or NULL. */
const struct field *field_at(struct wish *wish, size_t at, size_t *len);
/* Whether its name there is no word of any language. */
bool field_distinct(const struct question *q, size_t at, size_t len, const struct field *field);
bool sign_joins(const struct question *q, size_t at); /* "order/migratetype", at the second */
bool field_is_text(const struct field *field);
bool word_at(const struct question *q, size_t at, const char *word); /* as written, or folded */
/* Where the words before `at` end, fillers ("the", "value of") left out. */
size_t fillers_before(const struct question *q, size_t at);
/* Marks words as used so that nothing else reads them; the second also notes the field as one that is spoken of. */
void field_words_take(struct wish *wish, size_t at, size_t len, enum token_use use);
void field_take(struct wish *wish, size_t at, size_t len, const struct field *field, enum token_use use);
void field_speak(struct wish *wish, const char *name);
/* lines.c: "FIELD and FIELD of each", "every one with …": a line for each event. First what says so at all; then
 * whether a list of fields at `at` are its columns; and what such a list of so many says. */
void lines_meant(struct wish *wish);
bool columns_listed(struct wish *wish, size_t at);
void lines_by_columns(struct wish *wish, size_t at, size_t columns);
size_t fields_listed(struct wish *wish, size_t at, bool *distinct);
/* sign.c: "A -> B", "A minus B", "negative A"; before the fields one by one. */
void field_signs(struct wish *wish);
/* "sched_stat_runtime.runtime" becomes two words: what stands before the sign, and what behind it. */
void token_parts(struct question *question, size_t at, size_t name_len, size_t sign_len);
/* half.c: parts "contention_begin..end"; then the one that half a name means, beside the one that was named last, or alone. */
bool pair_parts(struct wish *wish, size_t at);
bool half_named(struct wish *wish, size_t at, struct named_probe *probe);
bool ending_named(struct wish *wish, size_t at, struct named_probe *probe);
bool slip_named(struct wish *wish, size_t at, struct named_probe *probe); /* spelled wrongly: says so */
/* where.c: a condition that the field at `at` begins. */
bool field_condition(struct wish *wish, size_t at, size_t len, const struct field *field);
/* symbols.c: a word that stands for one value of a field; such a value that the vocabulary knows by a role of its own. */
void field_symbol(struct wish *wish, size_t at);
bool role_symbol(struct wish *wish, size_t at, const struct field *field);
/* A sign of comparison behind a word that is no field: says so. */
void field_absent(struct wish *wish, size_t at);
/* value.c: what a condition compares a field with, from the token at `at` on. */
struct field_value {
	const char *text; /* or NULL: */
	double number;
	size_t len; /* tokens */
};
enum value_verdict { VALUE_NONE, VALUE_TOLD, VALUE_UNKNOWN };
enum value_verdict value_read(struct wish *wish, const struct field *field, size_t at, struct field_value *value);
/* span.c: a time between two of them. NULL without `why`: none is asked for. */
const struct subject *named_span(struct wish *wish, struct build *why);

/* usdt.c: a static probe of an object that is named too, or that the vocabulary knows. */
bool usdt_spelled(struct wish *wish, struct text word, struct named_probe *probe);
bool usdt_said(const struct question *q);
/* All static probes of the object that is named, or why there are none. */
const struct subject *usdt_asked(struct wish *wish, struct build *why);
const struct subject *usdt_named(struct wish *wish, size_t object_at, const char *path);

/* function.c: functions of programs and of the kernel, and static probes; NULL: none is named. */
const struct subject *function_known(struct wish *wish);
const struct subject *function_named(struct wish *wish, struct build *why);
const struct subject *function_of_libc(struct wish *wish);
const struct subject *kernel_function_named(struct wish *wish, struct build *why);

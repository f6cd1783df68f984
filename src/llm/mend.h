/* JSON as models write it: in fences, amid prose, with trailing commas, cut off. And JSON Schema, the part
 * of it that an answer is checked with. */
#pragma once
#include "base/json.h"

/* Reads JSON that is nearly right: code fences and prose around it, trailing commas, single quotes, bare keys,
 * True/False/None, raw line ends in strings, comments. Never guesses what was cut off. NULL with `err` set. */
json_t *json_mend(struct text t, struct error *err);

/* A tool's arguments as they came, in one piece: new string, always a JSON object. Empty means "{}"; a JSON
 * string that holds an object is unpacked. What cannot be read gives "{}" and a sentence in `broken` (new, or
 * NULL). `cut`: the answer ended at its limit of tokens, so that nothing is mended. */
char *arguments_read(struct text raw, bool cut, char **broken);

/* Checks a value: type, properties, required, additionalProperties, items, enum, const, anyOf, oneOf, allOf,
 * minimum, maximum, minItems, maxItems, minLength, maxLength, $ref to #/$defs. Unknown words are not
 * checked. The error names the place: "$.probes[2].name: …". */
int schema_check(const json_t *schema, const json_t *value, struct error *err);
/* Whether the schema is what OpenAI calls strict: every property required, none additional, all the way down. */
bool schema_strict(const json_t *schema);

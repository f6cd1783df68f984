/* Small helpers over jansson. */
#pragma once
#include <jansson.h>
#include "base/error.h"
#include "base/text.h"

static inline void drop_json(json_t **json)
{
	json_decref(*json);
}
#define AUTO_JSON AUTO(drop_json) json_t *

/* Parses one JSON value; the error names line and column. New reference, or NULL with `err` set. */
json_t *json_parse(struct text t, struct error *err);
/* Foreign bytes as a JSON string: invalid UTF-8 is escaped first, so this never fails. */
json_t *json_text(struct text t);
json_t *json_str(const char *string); /* NULL gives JSON null */
/* Borrowed; "" when the key is absent or no string. */
const char *json_get_string(const json_t *object, const char *key);
double json_get_number(const json_t *object, const char *key, double otherwise);

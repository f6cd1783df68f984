/* Numbers of the kernel as people say them: errors, signals, users, devices, states, symbols. */
#pragma once
#include "base/json.h"
#include "trace/write/program.h"

/* A raw value of a column as a JSON string or number: 2 of type errno is "ENOENT", 0 of type uid is "root",
 * a stack is an array of frames, leaf first. New reference. */
json_t *decode_value(const struct column *column, const json_t *raw);
/* The same for a raw value that is text, as map keys are. */
json_t *decode_text(const struct column *column, struct text raw);
/* A joined map key ("12,bash,/etc/passwd") as an array in the plan's order of roles. */
json_t *decode_key(const struct program *program, struct text joined);

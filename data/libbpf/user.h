/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* What both halves of @{name} know of. */
#pragma once
#include <linux/types.h>

@if text
#define TEXT_MOST @{text_most} /* bytes of a text, with its end */
@end
@if results
#define RESULTS_MOST 16384
@end
@if stacks
#define FRAMES_MOST 127
@end
@if log2
#define SLOTS 66
@end
@if linear
/* Buckets of one size; the first holds what is less, the last what is as much or more. */
#define FROM @{from}
#define TO @{to}
#define STEP @{step}
#define SLOTS ((TO - FROM + STEP - 1) / STEP + 2)
@end

/* Set before the program is loaded. */
struct settings {
	__u32 self; /* this program's own process, which is left out */
	__u32 unused;
@if cgroups
	__u64 cgroups[@{cgroup_count}];
@end
};
/* What was seen and could not be kept. */
struct lost {
	__u64 events, keys, starts;
};
@if names

/* Names that are told by their number. */
enum {
@{name_constants}};
@end
@if results

struct key {
@{cells}};
struct value {
@{value}};
@end
@if events

struct event {
	__u64 time; /* ns since the machine started */
@{cells}@{text_member}};
@end

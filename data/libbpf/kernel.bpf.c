// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/* @{question}
 *
 * The kernel's half: @{shows}. Written by syswhy on Linux @{release}.@{hint} */
#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
@if perf_event
#include <linux/bpf_perf_event.h>
@end
@if regs
#include <linux/ptrace.h>
@end
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
@if regs
#include <bpf/bpf_tracing.h>
@end
@if usdt
#include <bpf/usdt.bpf.h>
@end
#include "@{name}.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

@{types}/* ---- what the user's half sets before this is loaded, and reads at the end ---- */

const volatile struct settings settings SEC(".rodata.settings") = {};
struct lost lost SEC(".data.lost") = {};

@if events
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} events SEC(".maps");

@end
@if results
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RESULTS_MOST);
	__type(key, struct key);
	__type(value, struct value);
} results SEC(".maps");

@end
@if stacks
struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 16384);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, FRAMES_MOST * sizeof(__u64));
} stacks SEC(".maps");

@end
@if started
/* What began and has not ended yet. */
@{id}struct started {
	__u64 time;
@{kept}};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, @{id_type});
	__type(value, struct started);
} starts SEC(".maps");

@end
@if results
/* The value of a key, which begins as nothing. NULL: there are too many keys. */
static __always_inline struct value *slot(const struct key *key)
{
	static const struct value nothing@{nothing};
	struct value *value = bpf_map_lookup_elem(&results, key);

	if (value)
		return value;
	bpf_map_update_elem(&results, key, &nothing, BPF_NOEXIST);
	value = bpf_map_lookup_elem(&results, key);
	if (!value)
		__sync_fetch_and_add(&lost.keys, 1);
	return value;
}

@end
@if log2
/* 0: below zero, 1: zero, then powers of two: slot n holds 2^(n-2) and more. */
static __always_inline __u32 slot_of(__s64 value)
{
	__u64 rest = value;
	__u32 log2 = 0;

	if (value <= 0)
		return value == 0;
	for (int i = 5; i >= 0; i--) {
		__u32 shift = (rest >> (1 << i) != 0) << i;

		rest >>= shift;
		log2 |= shift;
	}
	return 2 + log2;
}

@end
@if linear
static __always_inline __u32 slot_of(__s64 value)
{
	__u64 slot;

	if (value < FROM)
		return 0;
	if (value >= TO)
		return SLOTS - 1;
	slot = 1 + (__u64)(value - FROM) / STEP;
	/* The compiler knows how large that is at most, the verifier does not. */
	barrier_var(slot);
	return slot < SLOTS ? slot : SLOTS - 1;
}

@end
@if min
/* Another processor may be quicker: then it is tried again. */
static __always_inline void keep_min(__s64 *least, __s64 value)
{
	for (int i = 0; i < 16; i++) {
		__s64 old = *least;

		if (old <= value || __sync_val_compare_and_swap(least, old, value) == old)
			return;
	}
}

@end
@if max
/* Another processor may be quicker: then it is tried again. */
static __always_inline void keep_max(__s64 *most, __s64 value)
{
	for (int i = 0; i < 16; i++) {
		__s64 old = *most;

		if (old >= value || __sync_val_compare_and_swap(most, old, value) == old)
			return;
	}
}

@end
@if same
static __always_inline bool same(const char *a, const char *b, __u32 len)
{
	for (__u32 i = 0; i < len; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

@end
@if append
/* How much of a record's text was filled: at least its end. */
static __always_inline __u32 length_of(long length)
{
	return length < 1 || length > TEXT_MOST ? 1 : length;
}

@end
@{code}

// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/* count page faults by process
 *
 * The kernel's half: count of page faults, by process. Written by syswhy on Linux 6.18.44-fc-v595.
 * Most faults only hand out memory that was asked for before (minor). Growth over time is new memory being touched. */
#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <linux/bpf_perf_event.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "mem-fault.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* ---- what the user's half sets before this is loaded, and reads at the end ---- */

const volatile struct settings settings SEC(".rodata.settings") = {};
struct lost lost SEC(".data.lost") = {};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RESULTS_MOST);
	__type(key, struct key);
	__type(value, struct value);
} results SEC(".maps");

/* The value of a key, which begins as nothing. NULL: there are too many keys. */
static __always_inline struct value *slot(const struct key *key)
{
	static const struct value nothing;
	struct value *value = bpf_map_lookup_elem(&results, key);

	if (value)
		return value;
	bpf_map_update_elem(&results, key, &nothing, BPF_NOEXIST);
	value = bpf_map_lookup_elem(&results, key);
	if (!value)
		__sync_fetch_and_add(&lost.keys, 1);
	return value;
}

SEC("perf_event")
int on_page_faults_1(struct bpf_perf_event_data *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;

	if (pid == settings.self)
		return 0;

	struct key key = {};

	bpf_get_current_comm(key.process, sizeof(key.process));

	struct value *value = slot(&key);

	if (value)
		__sync_fetch_and_add(&value->count, 1);
	return 0;
}

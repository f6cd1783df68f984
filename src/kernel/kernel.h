/* What this kernel can show: one handle, everything opened lazily and by trying, never by version. */
#pragma once
#include "base/error.h"
#include "base/text.h"
#include "base/vec.h"

struct kernel;
/* Cheap (no file is read). Never NULL. */
struct kernel *kernel_new(void);
void kernel_free(struct kernel *kernel);
static inline void drop_kernel(struct kernel **kernel)
{
	kernel_free(*kernel);
}
#define AUTO_KERNEL AUTO(drop_kernel) struct kernel *

/* ---- tracefs ---- */
/* The mount point of tracefs ("/sys/kernel/tracing" or under debugfs), mounting it when it is absent
 * and we may. NULL with a reason when there is none. Borrowed. */
const char *kernel_tracefs(struct kernel *kernel, struct error *err);

/* ---- tracepoints (from available_events and events/SYSTEM/NAME/format) ---- */
enum field_kind {
	FIELD_NUMBER,	  /* an integer in the record */
	FIELD_CHARS,	  /* char x[N]: text in place */
	FIELD_DATA_LOC,	  /* __data_loc char[]: text elsewhere in the record */
	FIELD_STRING,	  /* const char *: a pointer to text (user memory in syscall events) */
	FIELD_POINTER,	  /* any other pointer */
	FIELD_ARRAY,	  /* an array of numbers (addresses) */
	FIELD_OTHER,
};
struct field {
	const char *name, *type; /* type as the format file writes it: "unsigned int", "__u8[4]" */
	enum field_kind kind;
	unsigned offset; /* bytes, in the record */
	unsigned size;	 /* bytes; for arrays the whole */
	unsigned length; /* elements of an array, else 0 */
	bool is_signed;
	const char *symbols; /* how the print format decodes it: "0=HI,1=TIMER" (enum) or "|1=A,2=B" (flags);
				NULL: not decoded */
};
struct tracepoint {
	const char *system, *name; /* "sched", "sched_switch" */
	bool fields_known;	   /* whether the format was read */
	const struct field *fields; /* without the common_ ones */
	size_t field_count;
};
/* All of them, sorted by system then name; the names only (fields come with tracepoint_fields). The
 * array lives as long as the handle. */
int kernel_tracepoints(struct kernel *kernel, const struct tracepoint **list, size_t *count,
		       struct error *err);
/* Reads the fields of all of them (cached between runs): then fields_known holds in the list. */
int kernel_scan(struct kernel *kernel, struct error *err);
/* One with its fields, or NULL when the kernel has no such tracepoint. "sched:sched_switch". */
const struct tracepoint *kernel_tracepoint(struct kernel *kernel, const char *system, const char *name);
const struct field *tracepoint_field(const struct tracepoint *tracepoint, const char *name);
/* Whether the kernel has sys_enter_NAME. */
bool kernel_has_syscall(struct kernel *kernel, const char *name);
/* "openat" for 257 on x86-64; NULL when unknown. Compiled in from the kernel's own header. */
const char *syscall_name(long number);
long syscall_number(const char *name); /* -1: no such syscall */

/* ---- BTF ---- */
bool kernel_has_btf(struct kernel *kernel);
/* Whether struct NAME exists and has MEMBER (NULL: only the struct). */
bool kernel_type_has(struct kernel *kernel, const char *structure, const char *member);
/* The value of an enumerator of any enumeration ("NET_RX_SOFTIRQ"); macros are none. */
bool kernel_enumerator(struct kernel *kernel, const char *name, long long *value);
/* The declaration of a type as C text, for people and models: "struct sock_common { … }". */
int kernel_type_show(struct kernel *kernel, const char *name, struct build *out, struct error *err);

/* ---- other kinds of probe; each is found by trying, once, and remembered ---- */
enum kernel_feature {
	KERNEL_TRACEPOINTS,
	KERNEL_KPROBES,		/* kernel functions, by kprobe */
	KERNEL_FENTRY,		/* kernel functions, by BPF trampoline */
	KERNEL_TP_BTF,
	KERNEL_UPROBES,
	KERNEL_SOFTWARE_EVENTS,
	KERNEL_HARDWARE_EVENTS, /* a PMU */
	KERNEL_RINGBUF,
	KERNEL_BPF_STATS,
	KERNEL_BTF,
	KERNEL_FEATURES,
};
/* 1 yes, 0 no; `why` (may be NULL, at least 200 bytes) gets one clause for a no. */
bool kernel_can(struct kernel *kernel, enum kernel_feature feature, char why[200]);
/* What is slow to try is remembered for some minutes between runs; after this it is tried in any case. */
void kernel_try_anew(struct kernel *kernel);
const char *kernel_feature_name(enum kernel_feature feature);
/* Whether the function can be traced (available_filter_functions, else kallsyms, else BTF). */
bool kernel_has_function(struct kernel *kernel, const char *name);
bool kernel_knows_function(struct kernel *kernel, const char *name); /* it is there, whether or not it can be traced */

/* ---- the machine ---- */
struct machine {
	char release[65], boot_id[40], arch[33];
	int cpus;
	bool root;		/* effective uid 0 */
	bool initial_pid_ns;	/* pids here are the kernel's own */
	unsigned long long capabilities; /* effective, as a bit set */
};
const struct machine *kernel_machine(struct kernel *kernel);
/* Whether the capabilities held let BPF programs be loaded and attached: root in a container often lacks them. */
bool process_may_trace(void);

/* ---- listing, for `syswhy probes` and for word search ---- */
enum probe_kind { PROBE_TRACEPOINT, PROBE_TP_BTF, PROBE_FUNCTION, PROBE_UPROBE, PROBE_USDT, PROBE_SOFTWARE,
		  PROBE_HARDWARE, PROBE_PROFILE, PROBE_SYSCALL };
struct probe_row {
	enum probe_kind kind;
	const char *name; /* as bpftrace spells it: "tracepoint:sched:sched_switch"; a system call is "syscall:openat".
			     Lives until `take` returns */
};
/* Calls `take` for every probe whose name matches the pattern (NULL: all) until it returns false. Every
 * word of the pattern must match: shell wildcards, or a part of the name when it has none. `object`: an
 * ELF file, whose uprobes and USDT are listed instead of the kernel's probes, or NULL.
 * Uses the cache keyed by boot id and kernel build for what is slow. */
int kernel_list(struct kernel *kernel, const char *pattern, const char *object,
		bool (*take)(void *context, const struct probe_row *row), void *context, struct error *err);

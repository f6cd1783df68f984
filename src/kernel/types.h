/* Types of the kernel as its BTF tells them, for who writes C about them (Documentation/bpf/btf.rst). */
#pragma once
#include "kernel/kernel.h"

enum type_kind { TYPE_VOID, TYPE_NUMBER, TYPE_POINTER, TYPE_ARRAY, TYPE_STRUCT, TYPE_UNION, TYPE_OTHER };
struct type {
	enum type_kind kind;
	unsigned id;	  /* after typedefs and qualifiers, which are taken off; 0 is void */
	unsigned size;	  /* bytes, of a number (enumerations and bool are numbers too), structure or union */
	bool is_signed;
	bool is_char, is_enum;
	unsigned inner;	  /* what a pointer points to, what an array holds */
	unsigned length;  /* elements of an array */
	const char *name; /* of a structure, union or enumeration; "" when it has none; lives as long as the handle */
};
struct member {
	unsigned type;	 /* id, as declared */
	unsigned offset; /* bits, from the start of the outer structure */
	unsigned bits;	 /* of a bit field, else 0 */
};

/* The structure, union or typedef of this name; 0: there is none, or no BTF. */
unsigned kernel_type_find(struct kernel *kernel, const char *name);
/* False for an id that is none. */
bool kernel_type(struct kernel *kernel, unsigned id, struct type *type);
/* A member, also within unnamed structures and unions. */
bool kernel_type_member(struct kernel *kernel, unsigned id, const char *name, struct member *member);
/* The structure that the kernel fills for this tracepoint ("trace_event_raw_sched_wakeup_template"): the one whose
 * members are the fields of the format at their places. NULL when none is. Lives as long as the handle. */
const char *kernel_record(struct kernel *kernel, const struct tracepoint *tracepoint);

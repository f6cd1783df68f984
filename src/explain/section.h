/* What bcc and libbpf programs have in common: sections that say where a function is attached, and the kernel's helpers. */
#pragma once
#include "explain/internal.h"

/* The watch of a section ("tp/sched/sched_switch", "uprobe"); NULL: the section is of no program ("license"). */
struct watch *section_watch(struct explanation *explanation, struct text section, unsigned line);
/* What a call of a helper does, in words with one %s for the map (when `map`); NULL: it is no helper that is known. */
struct helper {
	const char *name, *does;
	bool map;
	const char *danger; /* a sentence, or NULL */
};
const struct helper *helper_find(struct text name);
/* "a hash table", for BPF_MAP_TYPE_HASH; the name itself when it is not known. `type` may have its prefix. */
const char *map_type_words(struct text type);
/* One more clause of the step, unless it stands there already. */
void step_does(struct explanation *explanation, struct step *step, unsigned line, const char *format, ...) PRINTF(4, 5);
/* The sum of what was found: what is printed and how, and what goes wrong whatever the source. */
void sections_weigh(struct explanation *explanation);

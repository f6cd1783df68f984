/* The parts of an ELF file that libelf leaves packed: USDT notes and the compressed symbol table. */
#pragma once
#include <libelf.h>
#include "base/text.h"

/* Calls `take` for each USDT probe of a .note.stapsdt section; the names live as long as the data.
 * (https://sourceware.org/systemtap/wiki/UserSpaceProbeImplementation) */
void usdt_notes(Elf *elf, Elf_Data *data, void (*take)(void *context, const char *provider, const char *name),
		void *context);

/* .gnu_debugdata ("MiniDebugInfo"): an xz file that holds an ELF file with a .symtab. */
struct debugdata {
	char *bytes; /* heap, must outlive `elf` */
	Elf *elf;    /* NULL: none, damaged, or too large */
};
void debugdata_unpack(Elf_Data *data, struct debugdata *out);

/* Of strings side by side, each with its NUL, the only version, when it stands right behind this string. New, or NULL. */
char *constants_version(struct text constants, const char *before);

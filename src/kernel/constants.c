/* What the constants of a program tell of it without running it. */
#include <ctype.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include "kernel/elf_parts.h"
#include "kernel/internal.h"
#include "kernel/object.h"

#define MOST ((size_t)64 << 20)

/* "v0.21.2", "v0.17.0-12-gabc", as a whole string that ends within the text; its length, or 0. */
static size_t version_len(struct text t)
{
	size_t len = strnlen(t.at, t.len), at = 1, digits = 0;

	if (len == t.len || len < 4 || len > 40 || t.at[0] != 'v')
		return 0;
	for (; isdigit((unsigned char)t.at[at]); at++)
		digits++;
	if (!digits || t.at[at] != '.' || !isdigit((unsigned char)t.at[at + 1]))
		return 0;
	for (; at < len; at++)
		if (!isalnum((unsigned char)t.at[at]) && !strchr(".-+~_", t.at[at]))
			return 0;
	return len;
}

char *constants_version(struct text constants, const char *before)
{
	size_t lead = strlen(before);
	struct text found = { 0 };
	bool told = false;
	const char *end = constants.at + constants.len;

	for (const char *at = constants.at; (at = memmem(at, (size_t)(end - at), "\0v", 2)); at++) {
		struct text version = { at + 1, version_len((struct text){ at + 1, (size_t)(end - at) - 1 }) };

		if (!version.len)
			continue;
		if (found.len && !text_same(found, version))
			return NULL; /* either could be it */
		found = version;
		told |= (size_t)(at - constants.at) > lead && memcmp(at - lead, before, lead) == 0 && at[-(ptrdiff_t)lead - 1] == '\0';
	}
	return told ? text_copy(found) : NULL;
}

static char *version_in(Elf *elf, const char *before)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (!elf || elf_kind(elf) != ELF_K_ELF || elf_getshdrstrndx(elf, &names) < 0)
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;
		const char *name = gelf_getshdr(section, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;
		Elf_Data *data;

		if (!name || strcmp(name, ".rodata") != 0 || header.sh_type != SHT_PROGBITS || header.sh_flags & SHF_COMPRESSED)
			continue;
		data = elf_rawdata(section, NULL);
		return data && data->d_buf && data->d_size < MOST ? constants_version((struct text){ data->d_buf, data->d_size }, before) : NULL;
	}
	return NULL;
}

char *object_version(const char *path, const char *before)
{
	char *version;
	Elf *elf;

	if (!library_fits(path))
		return NULL;
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	elf_version(EV_CURRENT);
	elf = fd >= 0 ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
	version = version_in(elf, before);
	if (elf)
		elf_end(elf);
	return version;
}

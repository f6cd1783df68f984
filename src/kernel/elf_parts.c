/* USDT notes and the compressed symbol table of an ELF file; both are foreign bytes. */
#include "kernel/elf_parts.h"
#include <gelf.h>
#include <lzma.h>
#include <string.h>
#include "base/text.h"

#define UNPACKED_LIMIT (64U << 20)
#define MEMORY_LIMIT   (128U << 20)
#define STAPSDT_TYPE   3

void usdt_notes(Elf *elf, Elf_Data *data, void (*take)(void *context, const char *provider, const char *name),
		void *context)
{
	/* Three addresses (probe, base, semaphore), then provider, name and arguments as strings. */
	size_t addresses = 3 * (gelf_getclass(elf) == ELFCLASS32 ? 4U : 8U);
	size_t offset = 0, next, name_at, desc_at;
	GElf_Nhdr note;

	while (data && data->d_buf && offset < data->d_size &&
	       (next = gelf_getnote(data, offset, &note, &name_at, &desc_at)) > offset) {
		const char *bytes = data->d_buf, *provider = bytes + desc_at + addresses, *name;
		const char *end = bytes + desc_at + note.n_descsz;

		offset = next;
		if (note.n_type != STAPSDT_TYPE || note.n_namesz != 8 || note.n_descsz <= addresses ||
		    memcmp(bytes + name_at, "stapsdt", 8) != 0)
			continue;
		name = memchr(provider, '\0', (size_t)(end - provider));
		if (!name || ++name >= end || !memchr(name, '\0', (size_t)(end - name)))
			continue;
		if (provider[0] && name[0])
			take(context, provider, name);
	}
}

void debugdata_unpack(Elf_Data *data, struct debugdata *out)
{
	AUTO_BUILD unpacked = { .ceiling = UNPACKED_LIMIT };
	lzma_stream stream = LZMA_STREAM_INIT;
	uint8_t chunk[16384];
	lzma_ret state = LZMA_OK;

	if (!data || !data->d_buf || lzma_stream_decoder(&stream, MEMORY_LIMIT, 0) != LZMA_OK)
		return;
	stream.next_in = data->d_buf;
	stream.avail_in = data->d_size;
	while (state == LZMA_OK && !unpacked.cut) {
		stream.next_out = chunk;
		stream.avail_out = sizeof(chunk);
		state = lzma_code(&stream, LZMA_FINISH);
		build_add(&unpacked, (struct text){ (const char *)chunk, sizeof(chunk) - stream.avail_out });
	}
	lzma_end(&stream);
	if (state != LZMA_STREAM_END || unpacked.cut || unpacked.len == 0)
		return;
	out->elf = elf_memory(unpacked.at, unpacked.len);
	if (out->elf && elf_kind(out->elf) == ELF_K_ELF) {
		out->bytes = build_take(&unpacked);
		return;
	}
	if (out->elf)
		elf_end(out->elf);
	out->elf = NULL;
}

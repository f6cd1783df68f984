/* Programs and libraries: their functions from .symtab, .dynsym and .gnu_debugdata, and their USDT probes. */
#include "kernel/object.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <limits.h>
#include <sys/stat.h>
#include "base/words.h"
#include "kernel/elf_parts.h"

#define FUNCTIONS (4U << 20)
#define SEARCHES  4 /* take no longer than sorting */

struct object {
	char *asked, *path;
	struct stat info; /* of the file when it was opened */
	unsigned users;
	int fd;
	Elf *elf;
	struct debugdata inner; /* the symbol table packed into .gnu_debugdata */
	bool inner_tried;
	VEC(struct symbol) functions; /* when they were asked for: sorted, no doubles */
	VEC(struct usdt) usdt;
	VEC(struct symbol) by_address;
	bool functions_read, usdt_read;
	unsigned searches; /* before they were read */
	const char *searched;
	struct symbol found;
};

static struct object *kept[4]; /* opened lately, while that is asked for */
static bool keeping;

static void destroy(struct object *object)
{
	vec_done(&object->functions);
	vec_done(&object->usdt);
	vec_done(&object->by_address);
	if (object->inner.elf)
		elf_end(object->inner.elf);
	free(object->inner.bytes);
	if (object->elf)
		elf_end(object->elf);
	if (object->fd >= 0)
		close(object->fd);
	free(object->asked);
	free(object->path);
	free(object);
}

void object_free(struct object *object)
{
	if (!object || --object->users)
		return;
	for (size_t i = 0; i < COUNT(kept); i++)
		if (kept[i] == object)
			return;
	destroy(object);
}

void objects_keep(bool keep)
{
	keeping = keep;
	for (size_t i = 0; i < COUNT(kept) && !keep; i++) {
		struct object *object = TAKE(kept[i]);

		if (object && !object->users)
			destroy(object);
	}
}

/* The one that is open already, when the path still leads to the same file. */
static struct object *kept_find(const char *path)
{
	struct stat now;

	for (size_t i = 0; i < COUNT(kept); i++) {
		const struct stat *then = kept[i] ? &kept[i]->info : NULL;

		if (!then || strcmp(kept[i]->asked, path) != 0 || stat(path, &now) < 0 || now.st_ino != then->st_ino ||
		    now.st_dev != then->st_dev || now.st_size != then->st_size || now.st_mtim.tv_sec != then->st_mtim.tv_sec ||
		    now.st_mtim.tv_nsec != then->st_mtim.tv_nsec)
			continue;
		kept[i]->users++;
		return kept[i];
	}
	return NULL;
}

static void kept_add(struct object *object)
{
	static size_t next;
	struct object *before = kept[next];

	kept[next] = object;
	next = (next + 1) % COUNT(kept);
	if (before && !before->users)
		destroy(before);
}

static int symbol_order(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->address > y->address) - (x->address < y->address);
}

static int usdt_order(const void *a, const void *b)
{
	const struct usdt *x = a, *y = b;
	int order = strcmp(x->provider, y->provider);

	return order ? order : strcmp(x->name, y->name);
}

/* Gets each function until it returns false. */
typedef bool symbol_take(void *context, const struct symbol *symbol);

/* Left out is what would be watched in vain: an indirect function (STT_GNU_IFUNC), whose symbol is the
 * resolver that runs once, and an old version kept for old programs (memcpy@GLIBC_2.2.5), which is hidden. */
static bool read_symbols(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, Elf_Data *versions, symbol_take *take, void *context)
{
	Elf_Data *data = header->sh_entsize ? elf_getdata(section, NULL) : NULL;
	size_t count = data ? data->d_size / header->sh_entsize : 0;

	for (size_t i = 0; i < count && i < INT_MAX; i++) {
		const char *name;
		GElf_Versym version;
		GElf_Sym symbol;

		if (!gelf_getsym(data, (int)i, &symbol))
			return true;
		if (GELF_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF || symbol.st_value == 0)
			continue;
		if (versions && gelf_getversym(versions, (int)i, &version) && version & 0x8000)
			continue;
		name = elf_strptr(elf, header->sh_link, symbol.st_name);
		if (name && name[0] && !strchr(name, '@') &&
		    !take(context, &(struct symbol){ name, symbol.st_value, symbol.st_size }))
			return false;
	}
	return true;
}

static void add_usdt(void *context, const char *provider, const char *name)
{
	struct object *object = context;

	if (object->usdt.len < FUNCTIONS)
		vec_push(&object->usdt, (struct usdt){ provider, name });
}

/* The versions of the dynamic symbols, one for each, or NULL. */
static Elf_Data *versions_of(Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_GNU_versym)
			return elf_getdata(section, NULL);
	return NULL;
}

/* The section of that name and kind, or NULL. */
static Elf_Scn *section_named(Elf *elf, const char *wanted, unsigned type)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) < 0)
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		const char *name;
		GElf_Shdr header;

		if (!gelf_getshdr(section, &header) || (type && header.sh_type != type))
			continue;
		name = elf_strptr(elf, names, header.sh_name);
		if (name && strcmp(name, wanted) == 0)
			return section;
	}
	return NULL;
}

static bool each_symbol(Elf *elf, symbol_take *take, void *context)
{
	Elf_Data *versions = versions_of(elf);
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;

		if (gelf_getshdr(section, &header) && (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM) &&
		    !read_symbols(elf, section, &header, header.sh_type == SHT_DYNSYM ? versions : NULL, take, context))
			return false;
	}
	return true;
}

/* Of the file and of what is packed into it. */
static void each_function(const struct object *const_object, symbol_take *take, void *context)
{
	struct object *object = (struct object *)const_object;

	if (!object->inner_tried) {
		Elf_Scn *packed = section_named(object->elf, ".gnu_debugdata", 0);

		object->inner_tried = true;
		if (packed)
			debugdata_unpack(elf_rawdata(packed, NULL), &object->inner);
	}
	if (each_symbol(object->elf, take, context) && object->inner.elf)
		each_symbol(object->inner.elf, take, context);
}

static bool add_function(void *context, const struct symbol *symbol)
{
	struct object *object = context;

	vec_push(&object->functions, *symbol);
	return object->functions.len < FUNCTIONS;
}

/* The lists are made when one is asked for: looking for one name takes less. */
static const struct object *with_functions(const struct object *const_object)
{
	struct object *object = (struct object *)const_object;
	size_t unlike = 0;

	if (object->functions_read)
		return object;
	object->functions_read = true;
	each_function(object, add_function, object);
	if (object->functions.len)
		qsort(object->functions.at, object->functions.len, sizeof(*object->functions.at), symbol_order);
	for (size_t i = 0; i < object->functions.len; i++)
		if (i == 0 || strcmp(object->functions.at[i].name, object->functions.at[unlike - 1].name) != 0)
			object->functions.at[unlike++] = object->functions.at[i];
	object->functions.len = unlike;
	return object;
}

static void read_usdt(struct object *object)
{
	Elf_Scn *section;
	size_t unlike = 0;

	if (object->usdt_read)
		return;
	object->usdt_read = true;
	section = section_named(object->elf, ".note.stapsdt", SHT_NOTE);
	if (section)
		usdt_notes(object->elf, elf_getdata(section, NULL), add_usdt, object);
	if (object->usdt.len)
		qsort(object->usdt.at, object->usdt.len, sizeof(*object->usdt.at), usdt_order);
	for (size_t i = 0; i < object->usdt.len; i++)
		if (i == 0 || usdt_order(&object->usdt.at[i], &object->usdt.at[unlike - 1]) != 0)
			object->usdt.at[unlike++] = object->usdt.at[i];
	object->usdt.len = unlike;
}

/* Links under /proc/PID/root must stay: resolved here, they would name a file of our own root. */
static char *real_path(const char *path)
{
	return strncmp(path, "/proc/", 6) == 0 ? text_copy(text_of(path)) : realpath(path, NULL);
}

struct object *object_open(const char *path, struct error *err)
{
	struct object *before = keeping ? kept_find(path) : NULL;

	if (before)
		return before;
	AUTO_OBJECT object = calloc(1, sizeof(*object));

	if (!object)
		abort();
	object->users = 1;
	object->asked = text_copy(text_of(path));
	object->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (object->fd < 0) {
		fail(err, -errno, "cannot open '%s': %s", path, strerror(errno));
		return NULL;
	}
	if (fstat(object->fd, &object->info) < 0 || !S_ISREG(object->info.st_mode)) {
		fail(err, -EINVAL, "'%s' is not a program or library: it is no regular file", path);
		return NULL;
	}
	object->path = real_path(path);
	elf_version(EV_CURRENT);
	/* Read, not mapped: a file that shrinks meanwhile must not kill us. */
	object->elf = elf_begin(object->fd, ELF_C_READ, NULL);
	if (!object->path || !object->elf || elf_kind(object->elf) != ELF_K_ELF) {
		fail(err, -ENOEXEC, "'%s' is not a program or library: it is no ELF file (a script is run by its "
		     "interpreter: name that)", path);
		return NULL;
	}
	if (keeping)
		kept_add(object);
	return TAKE(object);
}

const char *object_path(const struct object *object)
{
	return object->path;
}

const struct symbol *object_functions(const struct object *object, size_t *count)
{
	with_functions(object);
	*count = object->functions.len;
	return object->functions.at;
}

static int name_order(const void *key, const void *symbol)
{
	return strcmp(key, ((const struct symbol *)symbol)->name);
}

/* Of several with one name, the first as they would be sorted. */
static bool search_take(void *context, const struct symbol *symbol)
{
	struct object *object = context;

	if (symbol->name[0] == object->searched[0] && strcmp(symbol->name, object->searched) == 0 &&
	    (!object->found.name || symbol_order(symbol, &object->found) < 0))
		object->found = *symbol;
	return true;
}

const struct symbol *object_function(const struct object *const_object, const char *name)
{
	struct object *object = (struct object *)const_object;

	if (object->functions_read || object->searches++ >= SEARCHES) {
		with_functions(object);
		return object->functions.len ? bsearch(name, object->functions.at, object->functions.len,
						       sizeof(*object->functions.at), name_order) : NULL;
	}
	object->searched = name;
	object->found = (struct symbol){ 0 };
	each_function(object, search_take, object);
	return object->found.name ? &object->found : NULL;
}

size_t object_nearest(const struct object *object, const char *name, const char *nearest[], size_t most)
{
	unsigned farthest = 1 + (unsigned)strlen(name) / 3;
	unsigned distances[16];
	size_t filled = 0;

	with_functions(object);
	/* Spelling mistakes first, the fewest before others; then longer names that hold it ("malloc" in "__libc_malloc"). */
	most = most < COUNT(distances) ? most : COUNT(distances);
	if (most == 0)
		return 0;
	vec_each(symbol, &object->functions) {
		/* What is no nearer than the last of a full list need not be measured to its end. */
		unsigned limit = filled == most ? distances[most - 1] : farthest + 1, distance;
		size_t at = filled;

		distance = limit ? word_distance(name, symbol->name, limit - 1) : 0;
		if (limit == 0 || distance >= limit)
			continue;
		for (filled += filled < most; at > 0 && distances[at - 1] > distance; at--)
			if (at < most) {
				nearest[at] = nearest[at - 1];
				distances[at] = distances[at - 1];
			}
		nearest[at] = symbol->name;
		distances[at] = distance;
	}
	vec_each(symbol, &object->functions) {
		bool known = false;

		for (size_t i = 0; i < filled; i++)
			known |= nearest[i] == symbol->name;
		if (filled < most && !known && name[0] && strstr(symbol->name, name))
			nearest[filled++] = symbol->name;
	}
	return filled;
}

const struct usdt *object_usdt(const struct object *object, size_t *count)
{
	read_usdt((struct object *)object);
	*count = object->usdt.len;
	return object->usdt.at;
}

/* ---- by address ---- */

static int address_order(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	/* Of aliases the one with the shorter name comes last, where it is found: "malloc", not "__libc_malloc". */
	return x->address != y->address ? (x->address > y->address) - (x->address < y->address) :
					  (strlen(x->name) < strlen(y->name)) - (strlen(x->name) > strlen(y->name));
}

/* Symbols have addresses, mappings offsets: the loaded segments pair them. */
static bool address_of(const struct object *object, unsigned long long offset, unsigned long long *address)
{
	size_t count;
	GElf_Phdr header;

	if (elf_getphdrnum(object->elf, &count) < 0)
		return false;
	for (size_t i = 0; i < count && i < 4096; i++)
		if (gelf_getphdr(object->elf, (int)i, &header) && header.p_type == PT_LOAD && offset >= header.p_offset &&
		    offset - header.p_offset < header.p_filesz) {
			*address = offset - header.p_offset + header.p_vaddr;
			return true;
		}
	return false;
}

const char *object_name_at(struct object *object, unsigned long long offset)
{
	unsigned long long address;
	size_t low = 0, high;

	if (!address_of(object, offset, &address))
		return NULL;
	if (object->by_address.len == 0 && with_functions(object)->functions.len) {
		vec_each(symbol, &object->functions)
			vec_push(&object->by_address, *symbol);
		qsort(object->by_address.at, object->by_address.len, sizeof(*object->by_address.at), address_order);
	}
	for (high = object->by_address.len; low < high;) {
		size_t middle = (low + high) / 2;

		if (object->by_address.at[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	/* Hand-written code has no size, and lasts until the next symbol. */
	for (size_t i = low; i-- > 0 && low - i < 16;) {
		const struct symbol *symbol = &object->by_address.at[i];

		if (symbol->size ? address - symbol->address < symbol->size : symbol->address == object->by_address.at[low - 1].address)
			return symbol->name;
	}
	return NULL;
}

bool object_libc_has(const char *function)
{
	void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
	bool has = libc && dlsym(libc, function);

	if (libc)
		dlclose(libc);
	return has;
}

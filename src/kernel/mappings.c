/* Mappings of processes, from the kernel's records while they run. */
#include "kernel/mappings.h"
#include <inttypes.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include "base/file.h"
#include "base/log.h"
#include "base/vec.h"
#include "kernel/object.h"

#define RING_BYTES    ((size_t)512 << 10) /* a power of two: some 4000 records for each processor */
#define MAPPINGS_MOST 200000u
#define FILES_MOST    4096u
#define CPUS_MOST     1024

struct mapped_file {
	char *path;
	unsigned long long inode;
	struct object *object;
	bool tried; /* to open it */
};
struct mapping {
	unsigned long long start, end, offset;
	unsigned file;
};
struct ring {
	int fd;
	struct perf_event_mmap_page *page; /* then RING_BYTES of records */
};
struct mappings {
	VEC(struct ring) rings;
	VEC(struct mapped_file) files;
	VEC(struct mapping) list;
	unsigned long long longest;
	unsigned long lost;
	bool sorted;
};

static unsigned file_find(struct mappings *m, struct text path, unsigned long long inode)
{
	/* The same few, over and over: the last ones first. */
	for (size_t i = m->files.len; i-- > 0;)
		if (m->files.at[i].inode == inode && text_is(path, m->files.at[i].path))
			return (unsigned)i;
	if (m->files.len < FILES_MOST)
		vec_push(&m->files, (struct mapped_file){ .path = text_copy(path), .inode = inode });
	return (unsigned)m->files.len - 1;
}

static void mapping_add(struct mappings *m, unsigned long long start, unsigned long long end, unsigned long long offset,
			struct text path, unsigned long long inode)
{
	/* "//anon", "[vdso]" are no files. */
	if (path.len < 2 || path.at[0] != '/' || path.at[1] == '/' || end <= start || m->list.len >= MAPPINGS_MOST)
		return;
	vec_push(&m->list, (struct mapping){ start, end, offset, file_find(m, path, inode) });
	m->longest = end - start > m->longest ? end - start : m->longest;
	m->sorted = false;
}

/* ---- those that run ---- */

static void process_read(struct mappings *m, const char *pid)
{
	AUTO_BUILD maps = { .ceiling = 1 << 20 };
	struct text rest, line;
	char path[48];

	snprintf(path, sizeof(path), "/proc/%.20s/maps", pid);
	if (file_read(path, 1 << 20, &maps, NULL) < 0)
		return;
	rest = build_text(&maps);
	while (text_line(&rest, &line)) {
		AUTO_FREE char *copy = text_copy(line);
		unsigned long long start, end, offset, inode;
		char flags[5];
		int name = 0;

		if (sscanf(copy, "%llx-%llx %4s %llx %*s %llu %n", &start, &end, flags, &offset, &inode, &name) >= 5 &&
		    flags[2] == 'x' && name > 0 && (size_t)name < line.len)
			mapping_add(m, start, end, offset, text_from(line, (size_t)name), inode);
	}
}

static void processes_read(struct mappings *m)
{
	AUTO_DIR folder = opendir("/proc");
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			process_read(m, entry->d_name);
}

/* ---- those that come ---- */

static void record_take(struct mappings *m, const char *record, size_t size)
{
	const struct perf_event_header *header = (const void *)record;
	struct {
		struct perf_event_header header;
		uint32_t pid, tid;
		uint64_t address, len, offset;
		uint32_t major, minor;
		uint64_t inode, generation;
		uint32_t protection, flags;
	} fixed;
	struct {
		struct perf_event_header header;
		uint64_t id, lost;
	} lost;

	if (header->type == PERF_RECORD_LOST && size >= sizeof(lost)) {
		memcpy(&lost, record, sizeof(lost));
		m->lost += lost.lost;
	}
	if (header->type != PERF_RECORD_MMAP2 || size <= sizeof(fixed))
		return;
	memcpy(&fixed, record, sizeof(fixed));
	if (!(header->misc & PERF_RECORD_MISC_MMAP_BUILD_ID))
		mapping_add(m, fixed.address, fixed.address + fixed.len, fixed.offset,
			    (struct text){ record + sizeof(fixed), strnlen(record + sizeof(fixed), size - sizeof(fixed)) },
			    fixed.inode);
}

void mappings_read(struct mappings *m)
{
	if (!m)
		return;
	vec_each(ring, &m->rings) {
		const char *data = (const char *)ring->page + ring->page->data_offset;
		uint64_t head = __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE), tail = ring->page->data_tail;

		while (head - tail >= sizeof(struct perf_event_header)) {
			struct perf_event_header header;
			char record[sizeof(header) + 8192] __attribute__((aligned(8)));

			/* Records are multiples of 8 bytes: a header is never cut in two, the rest may be. */
			memcpy(&header, data + tail % RING_BYTES, sizeof(header));
			if (header.size < sizeof(header) || header.size > head - tail)
				break;
			for (size_t i = 0; i < header.size && header.size <= sizeof(record); i += 8)
				memcpy(record + i, data + (tail + i) % RING_BYTES, 8);
			if (header.size <= sizeof(record))
				record_take(m, record, header.size);
			tail += header.size;
		}
		__atomic_store_n(&ring->page->data_tail, head, __ATOMIC_RELEASE);
	}
}

static int ring_open(struct mappings *m, int cpu, struct error *err)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY,
					.sample_period = 1, .mmap = 1, .mmap2 = 1, .exclude_kernel = 1, .watermark = 1,
					.wakeup_watermark = RING_BYTES / 2 };
	int fd = (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	void *page;

	if (fd < 0 && (errno == ENODEV || errno == EINVAL))
		return 0; /* this processor is off */
	if (fd < 0)
		return fail(err, -errno, "the kernel does not tell what is mapped: %s", strerror(errno));
	page = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE) + RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED) {
		int code = -errno;

		close(fd);
		return fail(err, code, "no room for what is mapped: %s", strerror(-code));
	}
	vec_push(&m->rings, (struct ring){ fd, page });
	return 0;
}

struct mappings *mappings_open(struct error *err)
{
	struct mappings *m = calloc(1, sizeof(*m));
	long cpus = sysconf(_SC_NPROCESSORS_CONF);

	if (!m)
		abort();
	for (int cpu = 0; cpu < cpus && cpu < CPUS_MOST; cpu++)
		if (ring_open(m, cpu, err) < 0) {
			mappings_free(m);
			return NULL;
		}
	/* After the records began: what is mapped in between is told twice, not never. */
	processes_read(m);
	return m;
}

void mappings_free(struct mappings *m)
{
	if (!m)
		return;
	vec_each(ring, &m->rings) {
		munmap(ring->page, (size_t)sysconf(_SC_PAGESIZE) + RING_BYTES);
		close(ring->fd);
	}
	vec_each(file, &m->files) {
		object_free(file->object);
		free(file->path);
	}
	vec_done(&m->rings);
	vec_done(&m->files);
	vec_done(&m->list);
	free(m);
}

/* ---- names ---- */

static int start_order(const void *a, const void *b)
{
	const struct mapping *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* The file as it was mapped: another one may stand at its path by now, or in our own root. */
static struct object *file_object(struct mapped_file *file)
{
	struct stat info;
	struct error err = { 0 };

	if (!file->tried && stat(file->path, &info) == 0 && info.st_ino == file->inode)
		file->object = object_open(file->path, &err);
	file->tried = true;
	return file->object;
}

static void mappings_sort(struct mappings *m)
{
	if (m->lost)
		log_detail("names", "%lu records of mappings were lost", m->lost);
	if (m->list.len && !m->sorted)
		qsort(m->list.at, m->list.len, sizeof(*m->list.at), start_order);
	m->sorted = true;
}

bool mappings_name(struct mappings *m, unsigned long long address, struct build *out)
{
	const struct mapping *found = NULL;
	unsigned long long offset;
	size_t low = 0, high;
	struct mapped_file *file;
	struct object *object;
	const char *name;

	mappings_sort(m);
	for (high = m->list.len; low < high;) {
		size_t middle = (low + high) / 2;

		if (m->list.at[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i-- > 0 && m->list.at[i].start + m->longest > address;) {
		const struct mapping *one = &m->list.at[i];

		if (address >= one->end)
			continue;
		if (found && (found->file != one->file || found->offset - found->start != one->offset - one->start))
			return false;
		found = one;
	}
	if (!found)
		return false;
	file = &m->files.at[found->file];
	offset = address - found->start + found->offset;
	object = file_object(file);
	name = object ? object_name_at(object, offset) : NULL;
	if (name)
		build_put(out, name);
	else
		build_fmt(out, "[%s]", strrchr(file->path, '/') + 1);
	return true;
}

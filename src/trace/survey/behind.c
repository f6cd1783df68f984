/* What stands behind a call that waits: told from the names of its arguments, /proc/PID/fd, /proc/locks and /proc/net. */
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/log.h"
#include "trace/survey/standstill.h"

enum { PATH_SHOWN = 256 }; /* bytes */
#define LOOK_SECONDS 1.0 /* through the descriptors and sockets of others, for all threads together */

struct behind {
	struct kernel *kernel;
	double until; /* on the clock of now() */
	bool memory;  /* its own may be read: no thread stands where it could keep that waiting */
};

static void process_name_add(pid_t pid, struct build *out)
{
	AUTO_BUILD name = { 0 };
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (file_read(path, 64, &name, NULL) < 0)
		build_char(out, '?');
	else
		build_safe(out, text_trim(build_text(&name)), false);
}

static void process_add(pid_t pid, struct build *out)
{
	process_name_add(pid, out);
	build_fmt(out, " (pid %d)", pid);
}

/* ---- locks of files ---- */

/* "1: FLOCK ADVISORY WRITE 7 fe:00:12 0 EOF" holds what "1: -> FLOCK ADVISORY WRITE 12 …" waits for. */
static bool lock_holder(pid_t waiter, pid_t *holder)
{
	AUTO_BUILD locks = { 0 };
	struct text rest, line, number, word;
	long long held = 0, pid;

	if (file_read("/proc/locks", 1 << 20, &locks, NULL) < 0)
		return false;
	rest = build_text(&locks);
	while (text_line(&rest, &line)) {
		bool waits;

		if (!text_word(&line, &number) || !text_word(&line, &word))
			continue;
		waits = text_is(word, "->");
		if (waits && !text_word(&line, &word))
			continue;
		if (!text_word(&line, &word) || !text_word(&line, &word) || !text_word(&line, &word) || !text_number(word, &pid))
			continue;
		if (!waits)
			held = pid;
		else if (pid == waiter && held > 0) {
			*holder = (pid_t)held;
			return true;
		}
	}
	return false;
}

/* ---- who else has a file open ---- */

/* Another process that has it open: for S_IWUSR writing, for S_IRUSR reading, for 0 either. */
static bool opener(const struct behind *b, const char *file, pid_t but, mode_t way, pid_t *other)
{
	AUTO_DIR proc = opendir("/proc");
	struct dirent *process;

	while (proc && now() < b->until && (process = readdir(proc))) {
		pid_t pid = (pid_t)strtol(process->d_name, NULL, 10);
		char folder[64];
		struct dirent *entry;

		if (pid <= 0 || pid == but)
			continue;
		snprintf(folder, sizeof(folder), "/proc/%d/fd", pid);
		AUTO_DIR fds = opendir(folder);

		while (fds && now() < b->until && (entry = readdir(fds))) {
			char path[128], target[PATH_MAX];
			struct stat info;
			ssize_t len;

			if (!isdigit((unsigned char)entry->d_name[0]))
				continue;
			snprintf(path, sizeof(path), "%s/%.20s", folder, entry->d_name);
			len = readlink(path, target, sizeof(target) - 1);
			if (len <= 0)
				continue;
			target[len] = '\0';
			/* The link's own permissions tell how it was opened. */
			if (strcmp(target, file) == 0 && lstat(path, &info) == 0 && (!way || info.st_mode & way)) {
				*other = pid;
				return true;
			}
		}
	}
	return false;
}

/* A lock of flock() is the open file's, which others may have from who took it. */
static bool holder_say(const struct behind *b, pid_t waiter, const char *file, struct build *out, pid_t *keeper)
{
	pid_t holder, other;

	if (!lock_holder(waiter, &holder))
		return false;
	build_put(out, ", whose lock ");
	if (kill(holder, 0) == 0 || errno == EPERM) {
		process_add(holder, out);
		*keeper = holder;
		build_put(out, " holds");
	} else if (opener(b, file, waiter, 0, &other)) {
		build_fmt(out, "pid %d, which has ended, took; ", holder);
		process_add(other, out);
		*keeper = other;
		build_put(out, " has the file open");
	} else {
		build_fmt(out, "pid %d, which has ended, took", holder);
	}
	return true;
}

static bool pipe_say(const struct behind *b, const struct stand *stand, const char *pipe, bool reads, struct build *out, pid_t *keeper)
{
	pid_t other;

	build_fmt(out, "a %s that ", pipe[0] == '/' ? "named pipe" : "pipe");
	if (!opener(b, pipe, stand->pid, reads ? S_IWUSR : S_IRUSR, &other)) {
		if (now() < b->until)
			build_fmt(out, "no other process has open for %s", reads ? "writing" : "reading");
		else
			build_put(out, "too many processes have files open to find the other end of");
		return now() < b->until;
	}
	process_add(other, out);
	*keeper = other;
	build_put(out, reads ? " writes to" : " reads from");
	return true;
}

/* ---- sockets ---- */

/* "0100007F:1F90": each four bytes as the processor holds them. */
static bool address_read(struct text hex, bool six, char shown[INET6_ADDRSTRLEN + 8])
{
	unsigned words[4] = { 0 }, port;
	char copy[64], address[INET6_ADDRSTRLEN];

	snprintf(copy, sizeof(copy), "%.*s", TEXT_ARG(hex));
	if (six ? sscanf(copy, "%8x%8x%8x%8x:%x", &words[0], &words[1], &words[2], &words[3], &port) != 5 :
		  sscanf(copy, "%8x:%x", &words[0], &port) != 2)
		return false;
	if (port == 0 || !inet_ntop(six ? AF_INET6 : AF_INET, words, address, sizeof(address)))
		return false;
	snprintf(shown, INET6_ADDRSTRLEN + 8, six ? "[%s]:%u" : "%s:%u", address, port);
	return true;
}

/* The remote end of a connection by its inode, in the network that the process sees. */
static bool peer_find(pid_t pid, const char *table, struct text inode, char shown[INET6_ADDRSTRLEN + 8])
{
	AUTO_BUILD content = { 0 };
	char path[64];
	struct text rest, line;

	snprintf(path, sizeof(path), "/proc/%d/net/%s", pid, table);
	if (file_read(path, 8 << 20, &content, NULL) < 0)
		return false;
	rest = build_text(&content);
	while (text_line(&rest, &line)) {
		struct text words[10];
		size_t count = 0;

		while (count < COUNT(words) && text_word(&line, &words[count]))
			count++;
		if (count == COUNT(words) && text_same(words[9], inode))
			return address_read(words[2], text_ends(text_of(table), "6"), shown);
	}
	return false;
}

static bool socket_say(const struct behind *b, pid_t pid, const char *target, struct build *out)
{
	static const char *const tables[] = { "tcp", "tcp6", "udp", "udp6" };
	struct text inode = text_from(text_of(target), strlen("socket:["));
	char shown[INET6_ADDRSTRLEN + 8];

	inode = text_until(inode, inode.len ? inode.len - 1 : 0);
	for (size_t i = 0; i < COUNT(tables) && now() < b->until; i++)
		if (peer_find(pid, tables[i], inode, shown)) {
			build_fmt(out, "a %.3s connection to %s", tables[i], shown);
			return true;
		}
	build_put(out, "a socket");
	return false;
}

/* ---- arguments ---- */

static bool descriptor_say(const struct behind *b, const struct stand *stand, unsigned long long fd, struct build *out, pid_t *keeper)
{
	char path[64], target[PATH_MAX];
	bool reads = strstr(stand->call, "read") || strstr(stand->call, "recv") || strstr(stand->call, "splice");
	struct statx info;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", stand->pid, (int)fd);
	len = readlink(path, target, sizeof(target) - 1);
	if (len <= 0) {
		build_fmt(out, "descriptor %d", (int)fd);
		return false;
	}
	target[len] = '\0';
	/* No server of a file system is asked: it may be what it waits for. */
	if (strncmp(target, "pipe:", 5) == 0 ||
	    (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_TYPE, &info) == 0 && S_ISFIFO(info.stx_mode)))
		return pipe_say(b, stand, target, reads, out, keeper);
	if (strncmp(target, "socket:[", 8) == 0)
		return socket_say(b, stand->pid, target, out);
	build_safe(out, text_until(text_of(target), PATH_SHOWN), false);
	return (strstr(stand->call, "lock") || strstr(stand->call, "fcntl")) && holder_say(b, stand->pid, target, out, keeper);
}

static void memory_read(const struct behind *b, pid_t pid, unsigned long long address, void *bytes, size_t size)
{
	char path[64];
	int memory;

	memset(bytes, 0, size);
	if (!b->memory)
		return;
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	memory = open(path, O_RDONLY | O_CLOEXEC);
	if (memory < 0)
		return;
	if (pread(memory, bytes, size, (off_t)address) < 0)
		memset(bytes, 0, size);
	close(memory);
}

static void path_say(const struct behind *b, const struct stand *stand, unsigned long long address, struct build *out)
{
	char path[PATH_SHOWN];

	memory_read(b, stand->pid, address, path, sizeof(path));
	build_safe(out, text_until(text_of(path), strnlen(path, sizeof(path))), false);
}

/* A mutex of glibc that is contended tells its owner: {lock 2, count, owner} (struct __pthread_mutex_s). */
static bool futex_say(const struct behind *b, const struct stand *stand, struct build *out)
{
	int words[3];
	char path[64];
	AUTO_BUILD name = { 0 };

	memory_read(b, stand->pid, stand->arguments[0], words, sizeof(words));
	snprintf(path, sizeof(path), "/proc/%d/task/%d/comm", stand->pid, words[2]);
	if (words[0] != 2 || words[2] == stand->tid || words[2] <= 0 || file_read(path, 64, &name, NULL) < 0) {
		build_fmt(out, "a futex at 0x%llx", stand->arguments[0]);
		return false;
	}
	build_fmt(out, "a lock at 0x%llx that ", stand->arguments[0]);
	build_safe(out, text_trim(build_text(&name)), false);
	build_fmt(out, " (thread %d) holds", words[2]);
	return true;
}

/* What the call waits on; true when that names who or what keeps it waiting. */
static bool call_say(const struct behind *b, const struct stand *stand, struct build *out, pid_t *keeper)
{
	char event[64];
	const struct tracepoint *call;

	if (!stand->call)
		return false;
	if (strcmp(stand->call, "futex") == 0)
		return futex_say(b, stand, out);
	snprintf(event, sizeof(event), "sys_enter_%.40s", stand->call);
	call = kernel_tracepoint(b->kernel, "syscalls", event);
	/* The first field is the call's number. */
	for (size_t i = 1; call && i < call->field_count && i <= COUNT(stand->arguments); i++) {
		const char *name = call->fields[i].name;
		unsigned long long value = stand->arguments[i - 1];

		if (strcmp(name, "fd") == 0 || strcmp(name, "fildes") == 0)
			return descriptor_say(b, stand, value, out, keeper);
		if (strcmp(name, "filename") == 0 || strcmp(name, "pathname") == 0 || strcmp(name, "path") == 0) {
			path_say(b, stand, value, out);
			return out->len > 0;
		}
		if (strcmp(name, "upid") != 0)
			continue;
		if ((int)value > 0) {
			*keeper = (pid_t)value;
			process_add(*keeper, out);
		} else {
			build_put(out, "its children");
		}
		return true;
	}
	return false;
}

void behind_read(struct standstill *standstill, struct kernel *kernel)
{
	struct behind b = { kernel, now() + LOOK_SECONDS, true };

	/* Who changes the map of its memory and stands in that keeps every reader waiting. */
	for (size_t i = 0; i < standstill->count; i++)
		b.memory &= standstill->threads[i].state != 'D';
	for (size_t i = 0; i < standstill->count; i++) {
		struct stand *stand = &standstill->threads[i];
		AUTO_BUILD on = { 0 };

		if (!stand->still || (stand->state != 'S' && stand->state != 'D'))
			continue;
		stand->kept = call_say(&b, stand, &on, &stand->keeper);
		snprintf(stand->on, sizeof(stand->on), "%s", on.len ? on.at : "");
	}
}

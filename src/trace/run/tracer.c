/* The tracer: where bpftrace is, and which version. */
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "base/file.h"
#include "base/log.h"
#include "kernel/object.h"
#include "trace/trace.h"

/* 1: it ended well, and says the same the next time. */
static int version_ask(const char *bpftrace, char **version, struct error *err)
{
	const char *argv[] = { bpftrace, "--version", NULL };
	AUTO_OUTPUT output = { 0 };
	int code = child_run(argv, TEXT(""), 4096, 10, &output, err);

	if (code < 0)
		return code;
	if (WIFSIGNALED(output.status))
		return fail(err, -EIO, "'%s --version' was killed by SIG%s", bpftrace, sigabbrev_np(WTERMSIG(output.status)));
	if (output.late)
		return fail(err, -ETIMEDOUT, "'%s --version' does not end", bpftrace);
	/* The newest print it on stdout, some on stderr. */
	*version = text_copy(text_trim(output.out.len ? build_text(&output.out) : build_text(&output.err)));
	return output.status == 0;
}

/* What it would say: its main() prints "bpftrace " and then the version. */
static bool version_look(const char *bpftrace, char **version)
{
	static const char lead[] = "bpftrace ";
	AUTO_FREE char *bare = object_version(bpftrace, lead);

	if (bare && asprintf(version, "%s%s", lead, bare) < 0)
		abort();
	return bare != NULL;
}

/* bpftrace takes 20 ms to say its version, as its libraries are large: mostly its file tells it, too. What it says is
 * remembered by what identifies the file. */
static int version_find(struct trace *t, struct error *err)
{
	const char *cache = cache_folder();
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *key = NULL;
	AUTO_BUILD known = { 0 };
	struct stat info;
	int code;

	if (stat(t->bpftrace, &info) < 0 ||
	    asprintf(&key, "%s %lu %lu %ld.%09ld\n", t->bpftrace, info.st_ino, (unsigned long)info.st_size,
		     info.st_mtim.tv_sec, info.st_mtim.tv_nsec) < 0)
		return fail(err, -ENOENT, "'%s' cannot be looked at: %s", t->bpftrace, strerror(errno));
	if (cache && asprintf(&path, "%s/bpftrace-version", cache) < 0)
		path = NULL;
	if (path && file_read(path, 4096, &known, NULL) == 0 && text_starts(build_text(&known), key)) {
		t->version = text_copy(text_trim(text_from(build_text(&known), strlen(key))));
		return 0;
	}
	code = version_look(t->bpftrace, &t->version) ? 1 : version_ask(t->bpftrace, &t->version, err);
	if (path && code > 0) {
		AUTO_BUILD entry = { 0 };

		build_fmt(&entry, "%s%s\n", key, t->version);
		file_write(path, build_text(&entry), 0600, NULL); /* without the cache it is only slower */
	}
	return code < 0 ? code : 0;
}

int trace_tracer(struct trace *t, struct error *err)
{
	struct error why = { 0 };

	t->bpftrace = program_find("bpftrace");
	if (!t->bpftrace) {
		trace_status_set(t, TRACE_CANNOT, "bpftrace is not installed, which carries out the tracing. Install it: apt-get install "
			   "bpftrace (`syswhy doctor` shows what else is missing).");
		return 0;
	}
	if (geteuid() != 0) {
		AUTO_FREE char *sudo = program_find("sudo");

		trace_status_set(t, TRACE_CANNOT, "Tracing needs privileges that uid %u does not have. Run it as root: %s "
			   "(`syswhy doctor` shows the ways without full root).", geteuid(),
			   sudo ? "sudo syswhy trace …" : "su -c 'syswhy trace …'");
		return 0;
	}
	if (version_find(t, &why) < 0 || dialect_read(data_folder(), text_of(t->version), &t->dialect, &why) < 0) {
		if (t->dialect.version) /* it was understood: the fault is in our own data */
			return fail(err, why.code, "%s", why.text);
		trace_status_set(t, TRACE_CANNOT, "bpftrace cannot be used: %s.", why.text);
		return 0;
	}
	if (!process_may_trace())
		trace_status_set(t, TRACE_CANNOT, "Tracing needs CAP_BPF and CAP_PERFMON, which this process lacks although it is root's: a "
			   "container gets them by --cap-add BPF --cap-add PERFMON (`syswhy doctor` shows the rest).");
	log_detail("tracer", "%s, %s", t->bpftrace, t->version);
	return 0;
}

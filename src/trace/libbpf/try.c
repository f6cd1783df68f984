/* A libbpf program tried: compiled as its Makefile says, and shown to the verifier of this kernel. Nothing is attached, and of
 * the user's half nothing is run. */
#include <bpf/libbpf.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "base/child.h"
#include "base/file.h"
#include "base/log.h"
#include "trace/libbpf/libbpf.h"
#include "trace/libbpf/policy.h"

#define COMPILE_SECONDS 60
#define LOAD_SECONDS	30
#define OBJECT_MOST	(8U << 20)
#define WORDS_MOST	6000u
#define LOG_MOST	(256U << 10)
#define REFUSED		4

const char *libbpf_stage_name(enum libbpf_stage stage)
{
	static const char *const names[] = { "done", "compile", "verify", "user", "policy" };

	return names[stage];
}

void libbpf_trial_done(struct libbpf_trial *trial)
{
	build_done(&trial->words);
	build_done(&trial->sections);
}

/* ---- a folder of its own ---- */

struct folder {
	char path[300];
};

static void folder_remove(struct folder *folder)
{
	AUTO_DIR dir = folder->path[0] ? opendir(folder->path) : NULL;
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (folder->path[0])
		rmdir(folder->path);
}
#define AUTO_FOLDER AUTO(folder_remove) struct folder

/* Below a file system in memory that only this process and its children see, and that goes with them however they end. */
static bool memory_mount(void)
{
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("syswhy", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=256m,mode=0700") == 0 && setenv("TMPDIR", "/tmp", 1) == 0;
}

static int folder_new(struct folder *folder, struct error *err)
{
	const char *place = getenv("TMPDIR");

	snprintf(folder->path, sizeof(folder->path), "%.280s/syswhy-XXXXXX", place && place[0] == '/' ? place : "/tmp");
	if (!mkdtemp(folder->path)) {
		int code = -errno;

		folder->path[0] = '\0';
		return fail(err, code, "a folder for the compiler cannot be made in %.200s: %s", place && place[0] == '/' ? place : "/tmp",
			    strerror(-code));
	}
	return 0;
}

/* ---- the verifier ---- */

static int words_fd = -1;

static int words_write(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_DEBUG ? 0 : vdprintf(words_fd, format, args);
}

/* What only watches; a program of another type would decide about packets or calls, or change what a function returns. */
static bool type_watches(const struct bpf_program *program)
{
	enum bpf_prog_type type = bpf_program__type(program);
	enum bpf_attach_type place = bpf_program__expected_attach_type(program);

	if (type == BPF_PROG_TYPE_TRACING)
		return place == BPF_TRACE_RAW_TP || place == BPF_TRACE_FENTRY || place == BPF_TRACE_FEXIT;
	return type == BPF_PROG_TYPE_TRACEPOINT || type == BPF_PROG_TYPE_RAW_TRACEPOINT || type == BPF_PROG_TYPE_KPROBE ||
	       type == BPF_PROG_TYPE_PERF_EVENT;
}

/* The instructions themselves: a helper can be called by its number, whatever the source looks like. */
static bool calls_read(const struct bpf_program *program, int fd)
{
	const struct bpf_insn *insns = bpf_program__insns(program);

	for (size_t i = 0; i < bpf_program__insn_cnt(program); i++) {
		if (insns[i].code != (BPF_JMP | BPF_CALL) || insns[i].src_reg == BPF_PSEUDO_CALL)
			continue;
		if (insns[i].src_reg == 0 && insns[i].imm >= 0 && libbpf_helper_reads((unsigned)insns[i].imm))
			continue;
		dprintf(fd, "policy: %s calls helper number %d, which is not among those that only read\n", bpf_program__name(program), insns[i].imm);
		return false;
	}
	return true;
}

/* In the child. Its status tells: 0 loaded, 2 not, REFUSED by policy; and the words go through the pipe. */
static void load_and_exit(const char *bytes, size_t len, int fd, pid_t parent)
{
	const struct rlimit none = { 0, 0 }, seconds = { LOAD_SECONDS, LOAD_SECONDS };
	struct bpf_object *object;
	struct bpf_program *program;
	struct bpf_map *map;
	unsigned count = 0;
	int code;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(3);
	for (int signal = 1; signal < NSIG; signal++)
		sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	setrlimit(RLIMIT_FSIZE, &none);
	setrlimit(RLIMIT_CORE, &none);
	setrlimit(RLIMIT_CPU, &seconds);
	words_fd = fd;
	libbpf_set_print(words_write);
	object = bpf_object__open_mem(bytes, len, NULL);
	if (!object)
		_exit(2);
	bpf_object__for_each_map(map, object)
		if (bpf_map__pin_path(map)) {
			dprintf(fd, "policy: the map %s would be pinned, and so outlive its program\n", bpf_map__name(map));
			_exit(REFUSED);
		}
	bpf_object__for_each_program(program, object) {
		count++;
		if (!type_watches(program)) {
			dprintf(fd, "policy: %s in '%s' is of no kind that only watches\n", bpf_program__name(program),
				bpf_program__section_name(program));
			_exit(REFUSED);
		}
		if (!calls_read(program, fd))
			_exit(REFUSED);
	}
	code = count ? bpf_object__load(object) : -ENOENT;
	/* Now with the functions that it calls. Nothing is attached, so nothing has run. */
	bpf_object__for_each_program(program, object)
		if (!code && !calls_read(program, fd))
			_exit(REFUSED);
	if (code)
		dprintf(fd, "libbpf: %s\n", count ? strerror(-code) : "there is no program in it");
	_exit(code ? 2 : 0);
}

/* A child that says something through a pipe: 0 in the child, its number here; `*end` is the pipe's end of either. */
static pid_t child_begin(int *end, struct error *err)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(err, -errno, "no pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		fail(err, -errno, "no process: %s", strerror(errno));
	close(ends[pid != 0]);
	if (pid < 0)
		close(ends[0]);
	*end = ends[pid == 0];
	return pid;
}

/* Reads what the child says until it ends or the time is up, and then ends it. */
static int child_listen(pid_t pid, int fd, double seconds, struct build *log)
{
	double end = now() + seconds;
	int status = 0;

	for (;;) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		double left = end - now();
		char bytes[8192];
		ssize_t len;

		if (left <= 0 || poll(&ready, 1, (int)(left * 1000) + 1) == 0) {
			build_put(log, "\nit did not end in time\n");
			kill(pid, SIGKILL);
			break;
		}
		len = read(fd, bytes, sizeof(bytes));
		if (len < 0 && errno == EINTR) {
			kill(pid, SIGKILL);
			break;
		}
		if (len <= 0)
			break;
		build_add(log, (struct text){ bytes, (size_t)len });
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* 1: taken; 0: refused, with the words; negative: it could not be tried. */
static int object_load(const char *path, struct build *log, struct libbpf_trial *trial, struct error *err)
{
	AUTO_BUILD object = { .ceiling = OBJECT_MOST };
	int end = -1, status, code = file_read(path, OBJECT_MOST, &object, err);
	struct bpf_object *opened;
	struct bpf_program *program;
	pid_t parent = getpid(), pid;

	if (code < 0)
		return code;
	pid = child_begin(&end, err);
	if (pid < 0)
		return err->code;
	if (pid == 0)
		load_and_exit(object.at, object.len, end, parent);
	AUTO_FD in = end;
	log->ceiling = LOG_MOST;
	status = child_listen(pid, in, LOAD_SECONDS, log);
	if (WIFSIGNALED(status))
		build_fmt(log, "loading it was ended by signal %d\n", WTERMSIG(status));
	if (WIFEXITED(status) && WEXITSTATUS(status) == REFUSED)
		trial->stage = LIBBPF_POLICY;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return 0;
	opened = bpf_object__open_mem(object.at, object.len, NULL);
	if (opened)
		bpf_object__for_each_program(program, opened) {
			trial->programs++;
			build_fmt(&trial->sections, "%s\n", bpf_program__section_name(program));
		}
	bpf_object__close(opened);
	return 1;
}

/* ---- words that help ---- */

/* The end of a log has the reason; of a compiler's words the beginning. */
static void words_keep(struct libbpf_trial *trial, struct text words, bool end, const char *folder)
{
	size_t at;

	words = text_trim(words);
	if (end && words.len > WORDS_MOST)
		words = text_from(words, words.len - WORDS_MOST);
	words = text_until(words, words.len > WORDS_MOST ? WORDS_MOST : words.len);
	/* The folder is no one's business, and gone. */
	while (text_find(words, folder, &at)) {
		build_add(&trial->words, text_until(words, at));
		words = text_from(words, at + strlen(folder) + (words.len > at + strlen(folder)));
	}
	build_add(&trial->words, words);
	build_put(&trial->words, "");
}

/* ---- the whole ---- */

static int make_run(const char *folder, const char *target, struct child_output *output, struct error *err)
{
	const char *argv[] = { "make", "-s", "--no-print-directory", "-C", folder, "LC_ALL=C", target, NULL };
	int code = child_run(argv, TEXT(""), LOG_MOST, COMPILE_SECONDS, output, err);

	if (code == 0 && output->late)
		return fail(err, -ETIME, "the compiler did not end within %d s", COMPILE_SECONDS);
	return code;
}

static int files_put(const char *folder, const struct libbpf_program *program, struct error *err)
{
	const struct {
		const char *end;
		const struct build *text;
	} files[] = { { ".bpf.c", &program->kernel }, { ".h", &program->header }, { ".c", &program->user }, { NULL, &program->make } };

	for (size_t i = 0; i < COUNT(files); i++) {
		AUTO_FREE char *path = NULL;
		int code;

		if (asprintf(&path, "%s/%s%s", folder, files[i].end ? program->name : "Makefile", files[i].end ? files[i].end : "") < 0) {
			path = NULL;
			return fail(err, -ENOMEM, "out of memory");
		}
		code = file_write(path, build_text(files[i].text), 0600, err);
		if (code < 0)
			return code;
	}
	return 0;
}

static int tools_find(struct error *err)
{
	static const char *const tools[][2] = { { "clang", "clang" }, { "make", "make" }, { "cc", "gcc" } };

	for (size_t i = 0; i < COUNT(tools); i++) {
		AUTO_FREE char *path = program_find(tools[i][0]);

		if (!path)
			return fail(err, -ENOENT, "%s is not installed, which a libbpf program is compiled with: apt-get install %s libbpf-dev "
				    "(or --no-check writes it as it is)", tools[i][0], tools[i][1]);
	}
	if (!file_exists("/usr/include/bpf/bpf_helpers.h"))
		return fail(err, -ENOENT, "libbpf's headers are not installed, which the program includes: apt-get install libbpf-dev");
	return 0;
}

static int steps(const struct libbpf_program *program, struct libbpf_trial *trial, struct error *err)
{
	AUTO_FOLDER folder = { 0 };
	AUTO_FREE char *object = NULL;
	AUTO_FREE char *path = NULL;
	AUTO_OUTPUT kernel = { 0 };
	AUTO_OUTPUT user = { 0 };
	AUTO_BUILD log = { 0 };
	int code = folder_new(&folder, err);

	if (code == 0)
		code = files_put(folder.path, program, err);
	if (code < 0)
		return code;
	if (asprintf(&object, "%s.bpf.o", program->name) < 0 || asprintf(&path, "%s/%s", folder.path, object) < 0)
		return fail(err, -ENOMEM, "out of memory");
	code = make_run(folder.path, object, &kernel, err);
	if (code < 0)
		return code;
	if (kernel.status != 0) {
		words_keep(trial, build_text(&kernel.err), false, folder.path);
		return 0;
	}
	trial->stage = LIBBPF_VERIFY;
	code = geteuid() == 0 ? object_load(path, &log, trial, err) : 1;
	if (code < 0)
		return code;
	if (code == 0) {
		words_keep(trial, build_text(&log), true, folder.path);
		return 0;
	}
	trial->stage = LIBBPF_USER;
	code = make_run(folder.path, program->name, &user, err);
	if (code < 0)
		return code;
	if (user.status != 0)
		words_keep(trial, build_text(&user.err), false, folder.path);
	else
		trial->stage = LIBBPF_DONE;
	return 0;
}

/* In a process of its own: does it, and says through the pipe how it went. */
static void worker(const struct libbpf_program *program, int fd, bool hidden)
{
	struct libbpf_trial trial = { .stage = LIBBPF_COMPILE };
	struct error err = { 0 };
	AUTO_BUILD said = { 0 };
	int code = hidden && !memory_mount() ? fail(&err, -errno, "no file system in memory can be made: %s", strerror(errno)) :
					       steps(program, &trial, &err);

	build_fmt(&said, "%d %d %u %zu %zu %zu\n", code, (int)trial.stage, trial.programs, trial.sections.len, trial.words.len, strlen(err.text));
	build_add(&said, build_text(&trial.sections));
	build_add(&said, build_text(&trial.words));
	build_put(&said, err.text);
	for (size_t at = 0; at < said.len;) {
		ssize_t len = write(fd, said.at + at, said.len - at);

		if (len <= 0)
			_exit(1);
		at += (size_t)len;
	}
	_exit(0);
}

/* Where it is allowed, mounts and processes are its own too: they end with it, and it with us. */
static void worker_begin(const struct libbpf_program *program, int fd, pid_t parent)
{
	int status;
	pid_t inner;

	if (geteuid() != 0 || unshare(CLONE_NEWNS | CLONE_NEWPID) < 0)
		worker(program, fd, false); /* ends by itself, and cleans up */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	inner = fork();
	if (inner == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		worker(program, fd, true);
	}
	close(fd);
	while (inner > 0 && waitpid(inner, &status, 0) < 0 && errno == EINTR)
		;
	_exit(inner > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

int libbpf_try(const struct libbpf_program *program, struct libbpf_trial *trial, struct error *err)
{
	int end = -1, code = tools_find(err), stage, head = 0;
	size_t sections, words, failure;
	pid_t parent = getpid(), pid;
	AUTO_BUILD said = { .ceiling = 1 << 20 };
	struct text rest;

	*trial = (struct libbpf_trial){ .stage = LIBBPF_COMPILE };
	if (code < 0)
		return code;
	pid = child_begin(&end, err);
	if (pid < 0)
		return err->code;
	if (pid == 0)
		worker_begin(program, end, parent);
	AUTO_FD in = end;
	child_listen(pid, in, 2 * COMPILE_SECONDS + LOAD_SECONDS + 5, &said);
	build_put(&said, "");
	if (sscanf(said.at, "%d %d %u %zu %zu %zu%n", &code, &stage, &trial->programs, &sections, &words, &failure, &head) != 6 ||
	    said.len != (size_t)head + 1 + sections + words + failure)
		return fail(err, -EIO, "the compiling did not come to an end");
	rest = text_from(build_text(&said), (size_t)head + 1);
	trial->stage = (enum libbpf_stage)stage;
	build_add(&trial->sections, text_until(rest, sections));
	build_add(&trial->words, text_until(text_from(rest, sections), words));
	build_put(&trial->words, "");
	return code < 0 ? fail(err, code, "%.*s", TEXT_ARG(text_from(rest, sections + words))) : 0;
}

/* Child processes. */
#include "base/child.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "base/file.h"
#include "base/log.h"

/* A pipe end for the child (given) and one for us, or /dev/null, or nothing. */
static int stream_open(enum child_stream kind, bool child_reads, int *theirs, int *ours)
{
	int ends[2];

	*theirs = *ours = -1;
	if (kind == CHILD_INHERIT)
		return 0;
	if (kind == CHILD_STDERR) {
		*theirs = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
		return *theirs < 0 ? -errno : 0;
	}
	if (kind == CHILD_NULL) {
		*theirs = open("/dev/null", O_RDWR | O_CLOEXEC);
		return *theirs < 0 ? -errno : 0;
	}
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	*theirs = ends[child_reads ? 0 : 1];
	*ours = ends[child_reads ? 1 : 0];
	fcntl(*ours, F_SETFL, O_NONBLOCK);
	return 0;
}

static void signals_default(void)
{
	sigset_t none;

	sigemptyset(&none);
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child. Never returns: tells errno through `tell` when the program cannot start. */
static _Noreturn void child_become(const struct child_spec *spec, const char *path, const int streams[3],
				   int hold, int tell, pid_t parent)
{
	const char *name = strrchr(path, '/');
	int code;
	char go;

	/* A held child that survives has the pipe's end instead: it closes when this process dies. */
	if (!spec->survives)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	if (spec->own_group)
		setpgid(0, 0);
	for (int i = 0; i < 3; i++)
		if (streams[i] >= 0 && dup2(streams[i], i) < 0)
			_exit(127);
	signals_default();
	for (const char *const *var = spec->env; var && *var; var++)
		putenv((char *)*var);
	close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
	if (hold >= 0) {
		ssize_t got;

		prctl(PR_SET_NAME, name ? name + 1 : path);
		/* From here to the program it does nothing that could be taken for the program's doing. */
		while ((got = read(hold, &go, 1)) < 0 && errno == EINTR)
			;
		if (got != 1)
			_exit(127);
	}
	execv(path, (char *const *)spec->argv);
	code = errno;
	if (write(tell, &code, sizeof(code)) < 0)
		_exit(126);
	_exit(127);
}

static void ends_close(int streams[3])
{
	for (int i = 0; i < 3; i++)
		if (streams[i] >= 0)
			close(streams[i]);
}

int child_start(const struct child_spec *spec, struct child *child, struct error *err)
{
	AUTO_FREE char *path = program_find(spec->argv[0]);
	int streams[3] = { -1, -1, -1 }, tell[2] = { -1, -1 }, hold[2] = { -1, -1 }, code = 0, why = 0;
	pid_t parent = getpid();

	*child = CHILD_NONE;
	child->own_group = spec->own_group;
	if (!path)
		return strchr(spec->argv[0], '/') && file_exists(spec->argv[0]) ?
			       fail(err, -EACCES, "'%.200s' is no program that can be run", spec->argv[0]) :
			       fail(err, -ENOENT, "the program '%.200s' was not found", spec->argv[0]);
	code = stream_open(spec->in, true, &streams[0], &child->in);
	if (!code)
		code = stream_open(spec->out, false, &streams[1], &child->out);
	if (!code)
		code = stream_open(spec->err, false, &streams[2], &child->err);
	if (!code && pipe2(tell, O_CLOEXEC) < 0)
		code = -errno;
	if (!code && spec->held && pipe2(hold, O_CLOEXEC) < 0)
		code = -errno;
	if (!code) {
		fflush(NULL);
		child->pid = fork();
		if (child->pid == 0) {
			if (hold[1] >= 0)
				close(hold[1]); /* the end of this pipe tells that the parent died */
			child_become(spec, path, streams, hold[0], tell[1], parent);
		}
		if (child->pid < 0) {
			code = -errno;
			child->pid = 0;
		}
	}
	ends_close(streams);
	if (tell[1] >= 0)
		close(tell[1]);
	if (hold[0] >= 0)
		close(hold[0]);
	child->hold = hold[1];
	if (!code) {
		child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
		if (child->pidfd < 0)
			code = -errno;
		else
			fcntl(child->pidfd, F_SETFD, FD_CLOEXEC);
	}
	/* A held child has not come to its exec yet. */
	if (!code && !spec->held && read(tell[0], &why, sizeof(why)) == sizeof(why))
		code = -why;
	if (!code && spec->held) {
		child->tell = TAKE_FD(tell[0]);
		fcntl(child->tell, F_SETFL, O_NONBLOCK);
	}
	if (tell[0] >= 0)
		close(tell[0]);
	if (code) {
		child_done(child);
		return fail(err, code, "cannot start '%.200s': %s", path, strerror(-code));
	}
	return 0;
}

void child_release(struct child *child)
{
	/* It may have died meanwhile; that shows at its pidfd. */
	if (child->hold >= 0 && write(child->hold, "g", 1) < 0)
		log_detail("child", "%d is not there any more: %s", child->pid, strerror(errno));
	if (child->hold >= 0)
		close(child->hold);
	child->hold = -1;
}

int child_refused(const struct child *child)
{
	int code;

	return child->tell >= 0 && read(child->tell, &code, sizeof(code)) == sizeof(code) ? code : 0;
}

static void descendants_find(pid_t pid, pid_t *list, size_t most, size_t *count)
{
	char path[64];
	struct dirent *entry;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	AUTO_DIR tasks = opendir(path);
	while (tasks && (entry = readdir(tasks))) {
		AUTO_BUILD children = { 0 };
		struct text rest, word;
		long long child;

		snprintf(path, sizeof(path), "/proc/%d/task/%.20s/children", pid, entry->d_name);
		if (entry->d_name[0] == '.' || file_read(path, 65536, &children, NULL) < 0)
			continue;
		rest = build_text(&children);
		while (*count < most && text_word(&rest, &word))
			if (text_number(word, &child)) {
				list[(*count)++] = (pid_t)child;
			}
	}
}

void child_signal_family(const struct child *child, int signal)
{
	pid_t family[4096];
	size_t count = 1;

	if (child->pid <= 0)
		return;
	family[0] = child->pid;
	for (size_t i = 0; i < count; i++)
		descendants_find(family[i], family, COUNT(family), &count);
	for (size_t i = 0; i < count; i++)
		kill(family[i], signal);
}

void child_leave(struct child *child)
{
	child->pid = 0;
	child_done(child);
}

void child_signal(const struct child *child, int signal)
{
	if (child->pid <= 0)
		return;
	if (child->own_group && kill(-child->pid, signal) == 0)
		return;
	kill(child->pid, signal);
}

bool child_ended(struct child *child, int *status)
{
	int local;

	if (child->pid <= 0)
		return false;
	if (waitpid(child->pid, status ? status : &local, WNOHANG) != child->pid)
		return false;
	child->pid = 0;
	return true;
}

void child_done(struct child *child)
{
	int *ends[] = { &child->in, &child->out, &child->err, &child->pidfd, &child->hold, &child->tell };

	if (child->pid > 0) {
		child_signal(child, SIGKILL);
		kill(child->pid, SIGKILL); /* its group may not exist yet */
		while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
			;
		child->pid = 0;
	}
	for (size_t i = 0; i < COUNT(ends); i++) {
		if (*ends[i] >= 0)
			close(*ends[i]);
		*ends[i] = -1;
	}
}

const char *child_verdict(int status, char words[64])
{
	if (WIFEXITED(status))
		snprintf(words, 64, "exit code %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status) && sigabbrev_np(WTERMSIG(status)))
		snprintf(words, 64, "killed by SIG%s", sigabbrev_np(WTERMSIG(status)));
	else
		snprintf(words, 64, "killed by signal %d", WTERMSIG(status));
	return words;
}

void child_output_done(struct child_output *output)
{
	build_done(&output->out);
	build_done(&output->err);
}

/* Reads what is there; false at the end of the stream. */
static bool stream_drain(int fd, size_t limit, struct build *b)
{
	char chunk[16384];
	ssize_t got = read(fd, chunk, sizeof(chunk));

	if (got < 0)
		return errno == EAGAIN || errno == EINTR;
	if (got == 0)
		return false;
	if (b->len < limit)
		build_add(b, text_until((struct text){ chunk, (size_t)got }, limit - b->len));
	b->cut |= b->len >= limit;
	return true;
}

/* Whether a signal that ends programs waits, blocked, for a loop to take it. */
static bool stop_pending(void)
{
	sigset_t set;

	return sigpending(&set) == 0 && (sigismember(&set, SIGINT) == 1 || sigismember(&set, SIGTERM) == 1 || sigismember(&set, SIGHUP) == 1);
}

static int run(const char *const *argv, struct text input, size_t limit, double seconds, bool stoppable,
	       struct child_output *output, struct error *err)
{
	struct child_spec spec = { .argv = argv, .in = input.len ? CHILD_PIPE : CHILD_NULL, .out = CHILD_PIPE,
				   .err = CHILD_PIPE, .own_group = true };
	AUTO_CHILD child = CHILD_NONE;
	double deadline = now() + seconds, slice = stoppable ? 0.05 : 1;
	int code = child_start(&spec, &child, err);

	*output = (struct child_output){ 0 };
	if (code < 0)
		return code;
	signal(SIGPIPE, SIG_IGN);
	while (!child_ended(&child, &output->status)) {
		struct pollfd fds[] = { { child.out, POLLIN, 0 }, { child.err, POLLIN, 0 },
					{ child.in, POLLOUT, 0 }, { child.pidfd, POLLIN, 0 } };
		double left = deadline - now();

		if (stoppable && stop_pending())
			return fail(err, -EINTR, "stopped"); /* the child dies with its scope */
		if (left <= 0) {
			child_signal(&child, output->late ? SIGKILL : SIGTERM);
			output->late = true;
			deadline = now() + 1;
			continue;
		}
		if (poll(fds, COUNT(fds), left > slice ? (int)(slice * 1000) : (int)(left * 1000) + 1) < 0 && errno != EINTR)
			return fail(err, -errno, "cannot wait for '%s': %s", argv[0], strerror(errno));
		if (fds[0].revents && !stream_drain(child.out, limit, &output->out))
			close(TAKE_FD(child.out));
		if (fds[1].revents && !stream_drain(child.err, limit, &output->err))
			close(TAKE_FD(child.err));
		if (fds[2].revents) {
			ssize_t put = input.len ? write(child.in, input.at, input.len) : -1;

			if (put > 0)
				input = text_from(input, (size_t)put);
			if (input.len == 0 || (put < 0 && errno != EAGAIN))
				close(TAKE_FD(child.in));
		}
	}
	/* What it wrote before it ended; a grandchild that holds the pipe open is not waited for. */
	for (int i = 0; i < 4096 && child.out >= 0; i++) {
		size_t before = output->out.len;

		if (!stream_drain(child.out, limit, &output->out) || output->out.len == before)
			break;
	}
	for (int i = 0; i < 4096 && child.err >= 0; i++) {
		size_t before = output->err.len;

		if (!stream_drain(child.err, limit, &output->err) || output->err.len == before)
			break;
	}
	return 0;
}

int child_run(const char *const *argv, struct text input, size_t limit, double seconds,
	      struct child_output *output, struct error *err)
{
	return run(argv, input, limit, seconds, false, output, err);
}

int child_run_stoppable(const char *const *argv, struct text input, size_t limit, double seconds,
			struct child_output *output, struct error *err)
{
	return run(argv, input, limit, seconds, true, output, err);
}

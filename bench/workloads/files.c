/* Workloads that open, read, write and look at files. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "work.h"

static char room[1 << 20];

static int open_close(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	return fd < 0 ? -1 : close(fd);
}

static int make_file(char **args)
{
	return open_close(args[1], O_WRONLY | O_CREAT);
}

static int run_open(char **args)
{
	TIMES(number(args[0]), open_close(args[1], O_RDONLY));
	return 0;
}

/* Opens that must fail; one that succeeds makes the truth untrue. */
static int run_openfail(char **args)
{
	TIMES(number(args[0]), open(args[1], O_WRONLY | O_CLOEXEC) < 0 ? 0 : -1);
	printf("errno %d\n", errno);
	return 0;
}

static int run_create(char **args)
{
	char path[512];

	TIMES(number(args[0]), (snprintf(path, sizeof(path), "%s/new%ld", args[1], i),
				open_close(path, O_WRONLY | O_CREAT | O_EXCL)));
	return 0;
}

/* A path that is no device is made as long as the whole workload will read. */
static int prepare_read(char **args)
{
	if (strncmp(args[2], "/dev/", 5) != 0)
		fill_file(args[2], (size_t)(number(args[0]) * number(args[1])));
	return prepared_fd(open(args[2], O_RDONLY | O_CLOEXEC)) < 0 ? -1 : 0;
}

static int prepare_write(char **args)
{
	return prepared_fd(open(args[2], O_RDWR | O_CREAT | O_CLOEXEC, 0644)) < 0 ? -1 : 0;
}

static int reopen(char **args, int flags)
{
	int fd = open(args[2], flags | O_CLOEXEC);

	if (fd >= 0 && dup2(fd, prepared_fd(-1)) >= 0)
		return close(fd), prepared_fd(-1);
	return -1;
}

#define EACH(call) TIMES(number(args[0]), (call) == number(args[1]) ? 0 : -1)

static int run_read(char **args)
{
	int fd = reopen(args, O_RDONLY);

	EACH(read(fd, room, (size_t)number(args[1])));
	return 0;
}

static int run_pread(char **args)
{
	int fd = reopen(args, O_RDONLY);

	EACH(pread(fd, room, (size_t)number(args[1]), 0));
	return 0;
}

static int run_readv(char **args)
{
	int fd = reopen(args, O_RDONLY);
	struct iovec parts[2] = {{room, 1}, {room + 1, (size_t)number(args[1]) - 1}};

	EACH(readv(fd, parts, 2));
	return 0;
}

static int run_write(char **args)
{
	int fd = reopen(args, O_RDWR);

	EACH(write(fd, room, (size_t)number(args[1])));
	return 0;
}

static int run_pwrite(char **args)
{
	int fd = reopen(args, O_RDWR);

	EACH(pwrite(fd, room, (size_t)number(args[1]), 0));
	return 0;
}

static int run_writev(char **args)
{
	int fd = reopen(args, O_RDWR);
	struct iovec parts[2] = {{room, 1}, {room + 1, (size_t)number(args[1]) - 1}};

	EACH(writev(fd, parts, 2));
	return 0;
}

/* Reads that return fewer bytes than asked for: the file is shorter. */
static int run_shortread(char **args)
{
	int fd = open(args[2], O_RDONLY | O_CLOEXEC);

	TIMES(number(args[0]), (lseek(fd, -number(args[1]), SEEK_END), read(fd, room, 65536) == number(args[1]) ? 0 : -1));
	return close(fd);
}

struct drip {
	int fd;
	long times, ms;
};

static void *drip(void *context)
{
	struct drip *tap = context;

	for (long i = 0; i < tap->times; i++) {
		nap_ms(tap->ms);
		if (write(tap->fd, "x", 1) != 1)
			perror("write");
	}
	return NULL;
}

static int run_slowread(char **args)
{
	int ends[2];
	pthread_t thread;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	struct drip tap = {.fd = ends[1], .times = number(args[0]), .ms = number(args[1])};
	if ((errno = pthread_create(&thread, NULL, drip, &tap)) != 0)
		return -1;
	TIMES(tap.times, read(ends[0], room, 1));
	pthread_join(thread, NULL);
	return 0;
}

static int run_stat(char **args)
{
	struct stat info;

	TIMES(number(args[0]), stat(args[1], &info));
	return 0;
}

static int run_lstat(char **args)
{
	struct stat info;

	TIMES(number(args[0]), lstat(args[1], &info));
	return 0;
}

static int run_fstat(char **args)
{
	struct stat info;
	int fd = open(args[1], O_RDONLY | O_CLOEXEC);

	TIMES(number(args[0]), fstat(fd, &info));
	return close(fd);
}

static int run_statfail(char **args)
{
	struct stat info;

	TIMES(number(args[0]), stat(args[1], &info) < 0 ? 0 : -1);
	return 0;
}

static int run_statfs(char **args)
{
	struct statfs info;

	TIMES(number(args[0]), statfs(args[1], &info));
	return 0;
}

static int run_access(char **args)
{
	TIMES(number(args[0]), access(args[1], R_OK));
	return 0;
}

static int prepare_readlink(char **args)
{
	unlink(args[1]);
	return symlink("/elsewhere", args[1]);
}

static int run_readlink(char **args)
{
	TIMES(number(args[0]), readlink(args[1], room, 100));
	return 0;
}

static int run_readdir(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		DIR *dir = opendir(args[1]);

		if (!dir)
			return -1;
		while (readdir(dir))
			;
		closedir(dir);
	}
	return 0;
}

static int run_lseek(char **args)
{
	int fd = open(args[1], O_RDONLY | O_CLOEXEC);

	TIMES(number(args[0]), lseek(fd, i, SEEK_SET));
	return close(fd);
}

static int run_dup(char **args)
{
	TIMES(number(args[0]), close(dup(0)));
	return 0;
}

static int run_fcntl(char **args)
{
	TIMES(number(args[0]), fcntl(0, F_GETFD));
	return 0;
}

static int run_badclose(char **args)
{
	TIMES(number(args[0]), close(-7) < 0 ? 0 : -1);
	return 0;
}

static int run_ioctl(char **args)
{
	int pending, ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	TIMES(number(args[0]), ioctl(ends[0], FIONREAD, &pending));
	return 0;
}

static int run_sendfile(char **args)
{
	int in = open(args[2], O_RDONLY | O_CLOEXEC), out = open("/dev/null", O_WRONLY | O_CLOEXEC);
	off_t at;

	TIMES(number(args[0]), (at = 0, sendfile(out, in, &at, (size_t)number(args[1])) == number(args[1]) ? 0 : -1));
	return close(in) | close(out);
}

static int prepare_sendfile(char **args)
{
	fill_file(args[2], (size_t)number(args[1]));
	return 0;
}

static int run_copyrange(char **args)
{
	char copy[512];
	int in = open(args[2], O_RDONLY | O_CLOEXEC), out;

	snprintf(copy, sizeof(copy), "%s.copy", args[2]);
	out = open(copy, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	off_t from, to;
	TIMES(number(args[0]), (from = to = 0, copy_file_range(in, &from, out, &to, (size_t)number(args[1]), 0)));
	return close(in) | close(out);
}

static int run_splice(char **args)
{
	int in = open(args[2], O_RDONLY | O_CLOEXEC), null = open("/dev/null", O_WRONLY | O_CLOEXEC), ends[2];
	loff_t at;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	TIMES(number(args[0]), (at = 0, splice(in, &at, ends[1], NULL, (size_t)number(args[1]), 0) < 0
			? -1 : splice(ends[0], NULL, null, NULL, (size_t)number(args[1]), 0)));
	return close(in) | close(null);
}

static int run_inotify(char **args)
{
	int fd = inotify_init1(IN_CLOEXEC);

	TIMES(number(args[0]), inotify_rm_watch(fd, inotify_add_watch(fd, args[1], IN_MODIFY)));
	return close(fd);
}

static int run_getxattr(char **args)
{
	TIMES(number(args[0]), getxattr(args[1], "user.none", room, 10) < 0 ? 0 : -1);
	return 0;
}

static int run_statx(char **args)
{
	struct statx info;

	TIMES(number(args[0]), statx(AT_FDCWD, args[1], 0, STATX_BASIC_STATS, &info));
	return 0;
}

static int run_openat2(char **args)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC};

	TIMES(number(args[0]), close((int)syscall(SYS_openat2, AT_FDCWD, args[1], &how, sizeof(how))));
	return 0;
}

static int run_fadvise(char **args)
{
	int fd = open(args[1], O_RDONLY | O_CLOEXEC);

	TIMES(number(args[0]), posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL) == 0 ? 0 : -1);
	return close(fd);
}

/* A child of another user who may not open the file: N refusals. */
static int run_denied(char **args)
{
	int pid = fork();

	if (pid == 0) {
		if (setuid((uid_t)number(args[2])) < 0)
			_exit(1);
		for (long i = 0; i < number(args[0]); i++)
			if (open(args[1], O_RDONLY | O_CLOEXEC) >= 0 || errno != EACCES)
				_exit(2);
		_exit(0);
	}
	return reap(pid) == 0 ? 0 : -1;
}

static int make_secret(char **args)
{
	return make_file(args) | chmod(args[1], 0600);
}

/* Opens that fail because the process has no descriptor left. */
static int run_nofile(char **args)
{
	struct rlimit old, few;

	if (getrlimit(RLIMIT_NOFILE, &old) < 0)
		return -1;
	few = (struct rlimit){3, old.rlim_max};
	if (setrlimit(RLIMIT_NOFILE, &few) < 0)
		return -1;
	TIMES(number(args[0]), open(args[1], O_RDONLY | O_CLOEXEC) < 0 && errno == EMFILE ? 0 : -1);
	return setrlimit(RLIMIT_NOFILE, &old);
}

const struct op file_ops[] = {
	{"open", "N PATH", make_file, run_open},
	{"openfail", "N PATH", NULL, run_openfail},
	{"create", "N DIR", NULL, run_create},
	{"read", "N SIZE PATH", prepare_read, run_read},
	{"pread", "N SIZE PATH", prepare_read, run_pread},
	{"readv", "N SIZE PATH", prepare_read, run_readv},
	{"write", "N SIZE PATH", prepare_write, run_write},
	{"pwrite", "N SIZE PATH", prepare_write, run_pwrite},
	{"writev", "N SIZE PATH", prepare_write, run_writev},
	{"shortread", "N SIZE PATH", prepare_read, run_shortread},
	{"slowread", "N MS", NULL, run_slowread},
	{"stat", "N PATH", make_file, run_stat},
	{"lstat", "N PATH", make_file, run_lstat},
	{"fstat", "N PATH", make_file, run_fstat},
	{"statfail", "N PATH", NULL, run_statfail},
	{"statfs", "N PATH", make_file, run_statfs},
	{"access", "N PATH", make_file, run_access},
	{"readlink", "N PATH", prepare_readlink, run_readlink},
	{"readdir", "N DIR", NULL, run_readdir},
	{"lseek", "N PATH", make_file, run_lseek},
	{"dup", "N", NULL, run_dup},
	{"fcntl", "N", NULL, run_fcntl},
	{"badclose", "N", NULL, run_badclose},
	{"ioctl", "N", NULL, run_ioctl},
	{"sendfile", "N SIZE PATH", prepare_sendfile, run_sendfile},
	{"copyrange", "N SIZE PATH", prepare_sendfile, run_copyrange},
	{"splice", "N SIZE PATH", prepare_sendfile, run_splice},
	{"inotify", "N PATH", make_file, run_inotify},
	{"getxattr", "N PATH", make_file, run_getxattr},
	{"statx", "N PATH", make_file, run_statx},
	{"openat2", "N PATH", make_file, run_openat2},
	{"fadvise", "N PATH", make_file, run_fadvise},
	{"denied", "N PATH UID", make_secret, run_denied},
	{"nofile", "N PATH", make_file, run_nofile},
	{NULL, NULL, NULL, NULL},
};

/* Workloads that change names, modes and contents of files, lock them, sync them, and mount file systems. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "work.h"

static char path[512], other[512];

static const char *named(char *out, const char *dir, const char *stem, long i)
{
	snprintf(out, sizeof(path), "%s/%s%ld", dir, stem, i);
	return out;
}

static int make_file(char **args)
{
	int fd = open(args[1], O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	return fd < 0 ? -1 : close(fd);
}

/* N files in the directory, for those who rename and delete them. */
static int make_files(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		int fd = open(named(path, args[1], "old", i), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

		if (fd < 0)
			return -1;
		close(fd);
	}
	return 0;
}

static int make_dirs(char **args)
{
	TIMES(number(args[0]), mkdir(named(path, args[1], "dir", i), 0755));
	return 0;
}

static int run_rename(char **args)
{
	TIMES(number(args[0]), rename(named(path, args[1], "old", i), named(other, args[1], "renamed", i)));
	return 0;
}

static int run_unlink(char **args)
{
	TIMES(number(args[0]), unlink(named(path, args[1], "old", i)));
	return 0;
}

static int run_unlinkfail(char **args)
{
	TIMES(number(args[0]), unlink(args[1]) < 0 ? 0 : -1);
	return 0;
}

static int run_link(char **args)
{
	TIMES(number(args[0]), link(named(path, args[1], "old", i), named(other, args[1], "hard", i)));
	return 0;
}

static int run_symlink(char **args)
{
	TIMES(number(args[0]), symlink("/nowhere", named(other, args[1], "soft", i)));
	return 0;
}

static int run_mkdir(char **args)
{
	TIMES(number(args[0]), mkdir(named(path, args[1], "made", i), 0755));
	return 0;
}

static int run_rmdir(char **args)
{
	TIMES(number(args[0]), rmdir(named(path, args[1], "dir", i)));
	return 0;
}

static int run_mkfifo(char **args)
{
	TIMES(number(args[0]), mkfifo(named(path, args[1], "fifo", i), 0644));
	return 0;
}

static int run_chmod(char **args)
{
	TIMES(number(args[0]), chmod(args[1], i % 2 ? 0600 : 0644));
	return 0;
}

static int run_chown(char **args)
{
	TIMES(number(args[0]), chown(args[1], (uid_t)(i % 2), 0));
	return 0;
}

static int run_utime(char **args)
{
	TIMES(number(args[0]), utimensat(AT_FDCWD, args[1], NULL, 0));
	return 0;
}

static int run_truncate(char **args)
{
	TIMES(number(args[0]), truncate(args[1], i % 100));
	return 0;
}

static int run_fallocate(char **args)
{
	int fd = open(args[1], O_RDWR | O_CLOEXEC);

	TIMES(number(args[0]), fallocate(fd, 0, i * 4096, 4096));
	return close(fd);
}

static int run_fsync(char **args)
{
	int fd = open(args[1], O_RDWR | O_CLOEXEC);

	TIMES(number(args[0]), write(fd, "x", 1) < 0 ? -1 : fsync(fd));
	return close(fd);
}

static int run_fdatasync(char **args)
{
	int fd = open(args[1], O_RDWR | O_CLOEXEC);

	TIMES(number(args[0]), write(fd, "x", 1) < 0 ? -1 : fdatasync(fd));
	return close(fd);
}

static int run_msync(char **args)
{
	int fd = open(args[1], O_RDWR | O_CLOEXEC);

	TIMES(number(args[0]), write(fd, "x", 1) < 0 ? -1 : syncfs(fd));
	return close(fd);
}

static int run_sync(char **args)
{
	TIMES(number(args[0]), (sync(), 0));
	return 0;
}

static int run_flock(char **args)
{
	int fd = open(args[1], O_RDWR | O_CLOEXEC);

	TIMES(number(args[0]), flock(fd, LOCK_EX) | flock(fd, LOCK_UN));
	return close(fd);
}

static int run_lockf(char **args)
{
	int fd = open(args[1], O_RDWR | O_CLOEXEC);

	TIMES(number(args[0]), lockf(fd, F_LOCK, 10) | lockf(fd, F_ULOCK, 10));
	return close(fd);
}

/* A child holds the lock for MS milliseconds while the parent asks for it: N waits of about MS. */
static int run_flockwait(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		int ends[2], fd;
		char byte;

		if (pipe2(ends, O_CLOEXEC) < 0)
			return -1;
		int pid = fork();
		if (pid == 0) {
			fd = open(args[2], O_RDWR | O_CREAT | O_CLOEXEC, 0644);
			flock(fd, LOCK_EX);
			if (write(ends[1], "x", 1) != 1)
				_exit(1);
			nap_ms(number(args[1]));
			_exit(0);
		}
		fd = open(args[2], O_RDWR | O_CREAT | O_CLOEXEC, 0644);
		if (pid < 0 || read(ends[0], &byte, 1) != 1 || flock(fd, LOCK_EX) < 0)
			return -1;
		close(fd);
		close(ends[0]);
		close(ends[1]);
		reap(pid);
	}
	return 0;
}

static int run_setxattr(char **args)
{
	TIMES(number(args[0]), setxattr(args[1], "user.bench", "x", 1, 0));
	return 0;
}

static int run_mount(char **args)
{
	TIMES(number(args[0]), mount("bench", args[1], "tmpfs", 0, NULL) < 0 ? -1 : umount(args[1]));
	return 0;
}

static int run_mountfail(char **args)
{
	TIMES(number(args[0]), mount("/nothing", args[1], "ext4", 0, NULL) < 0 ? 0 : -1);
	return 0;
}

static int run_chdir(char **args)
{
	TIMES(number(args[0]), chdir(args[1]));
	return 0;
}

/* Buffered writes of N blocks of SIZE to a file, then one sync, so that the kernel writes them back. */
static int run_dirty(char **args)
{
	int fd = open(args[2], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	size_t size = (size_t)number(args[1]);
	char *block = calloc(1, size);

	TIMES(number(args[0]), write(fd, block, size));
	free(block);
	return syncfs(fd) | close(fd);
}

static int run_unlinkat(char **args)
{
	int dir = open(args[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	TIMES(number(args[0]), (snprintf(path, sizeof(path), "old%ld", i), unlinkat(dir, path, 0)));
	return close(dir);
}

static int run_renameat2(char **args)
{
	TIMES(number(args[0]), renameat2(AT_FDCWD, named(path, args[1], "old", i), AT_FDCWD,
					 named(other, args[1], "fresh", i), RENAME_NOREPLACE));
	return 0;
}

static int run_renamefail(char **args)
{
	TIMES(number(args[0]), rename(args[1], "elsewhere") < 0 ? 0 : -1);
	return 0;
}

static int run_ftruncate(char **args)
{
	int fd = open(args[1], O_RDWR | O_CLOEXEC);

	TIMES(number(args[0]), ftruncate(fd, i % 100));
	return close(fd);
}

static int run_fchmod(char **args)
{
	int fd = open(args[1], O_RDWR | O_CLOEXEC);

	TIMES(number(args[0]), fchmod(fd, i % 2 ? 0640 : 0755));
	return close(fd);
}

static int run_fchownat(char **args)
{
	TIMES(number(args[0]), fchownat(AT_FDCWD, args[1], (uid_t)(i % 2), 0, AT_SYMLINK_NOFOLLOW));
	return 0;
}

static int run_removexattr(char **args)
{
	TIMES(number(args[0]), setxattr(args[1], "user.bench", "x", 1, 0) | removexattr(args[1], "user.bench"));
	return 0;
}

static int run_umask(char **args)
{
	TIMES(number(args[0]), (umask(022), 0));
	return 0;
}

const struct op change_ops[] = {
	{"rename", "N DIR", make_files, run_rename},
	{"unlink", "N DIR", make_files, run_unlink},
	{"unlinkfail", "N PATH", NULL, run_unlinkfail},
	{"link", "N DIR", make_files, run_link},
	{"symlink", "N DIR", NULL, run_symlink},
	{"mkdir", "N DIR", NULL, run_mkdir},
	{"rmdir", "N DIR", make_dirs, run_rmdir},
	{"mkfifo", "N DIR", NULL, run_mkfifo},
	{"chmod", "N PATH", make_file, run_chmod},
	{"chown", "N PATH", make_file, run_chown},
	{"utime", "N PATH", make_file, run_utime},
	{"truncate", "N PATH", make_file, run_truncate},
	{"fallocate", "N PATH", make_file, run_fallocate},
	{"fsync", "N PATH", make_file, run_fsync},
	{"fdatasync", "N PATH", make_file, run_fdatasync},
	{"syncfs", "N PATH", make_file, run_msync},
	{"sync", "N", NULL, run_sync},
	{"flock", "N PATH", make_file, run_flock},
	{"lockf", "N PATH", make_file, run_lockf},
	{"flockwait", "N MS PATH", NULL, run_flockwait},
	{"setxattr", "N PATH", make_file, run_setxattr},
	{"mount", "N DIR", NULL, run_mount},
	{"mountfail", "N DIR", NULL, run_mountfail},
	{"chdir", "N DIR", NULL, run_chdir},
	{"dirty", "N SIZE PATH", NULL, run_dirty},
	{"unlinkat", "N DIR", make_files, run_unlinkat},
	{"renameat2", "N DIR", make_files, run_renameat2},
	{"renamefail", "N PATH", NULL, run_renamefail},
	{"ftruncate", "N PATH", make_file, run_ftruncate},
	{"fchmod", "N PATH", make_file, run_fchmod},
	{"fchownat", "N PATH", make_file, run_fchownat},
	{"removexattr", "N PATH", make_file, run_removexattr},
	{"umask", "N", NULL, run_umask},
	{NULL, NULL, NULL, NULL},
};

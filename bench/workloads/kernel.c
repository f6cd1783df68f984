/* Workloads of the kernel's own parts: direct disk requests, cgroups, BPF system calls, a KVM guest of a few bytes. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "work.h"

/* N requests of SIZE bytes past the page cache, each at its own place, to a device or a file. */
static int direct(char **args, int flags)
{
	size_t size = (size_t)number(args[1]);
	int fd = open(args[2], flags | (flags == O_RDONLY ? 0 : O_CREAT) | O_DIRECT | O_CLOEXEC, 0644);
	void *block;

	if (fd < 0 || posix_memalign(&block, 4096, size) != 0)
		return -1;
	memset(block, 7, size);
	for (long i = 0; i < number(args[0]); i++) {
		off_t at = i * (off_t)size * 2;
		ssize_t done = flags == O_RDONLY ? pread(fd, block, size, at) : pwrite(fd, block, size, at);

		if (done != (ssize_t)size)
			return -1;
	}
	free(block);
	return close(fd);
}

static int run_diskread(char **args)
{
	return direct(args, O_RDONLY);
}

static int run_diskwrite(char **args)
{
	return direct(args, O_WRONLY);
}

static int run_cgmkdir(char **args)
{
	char path[512];

	for (long i = 0; i < number(args[0]); i++) {
		snprintf(path, sizeof(path), "%s/bench%d-%ld", args[1], getpid(), i);
		if (mkdir(path, 0755) < 0 || rmdir(path) < 0)
			return -1;
	}
	return 0;
}

static int put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		return -1;
	return close(fd);
}

/* Moves itself to a new group and back, N times: 2 N attachments. */
static int run_cgattach(char **args)
{
	char group[400], inside[512], outside[512];

	snprintf(group, sizeof(group), "%s/bench%d", args[1], getpid());
	snprintf(inside, sizeof(inside), "%s/cgroup.procs", group);
	snprintf(outside, sizeof(outside), "%s/cgroup.procs", args[1]);
	if (mkdir(group, 0755) < 0)
		return -1;
	TIMES(number(args[0]), put(inside, "0") | put(outside, "0"));
	return rmdir(group);
}

static int prepare_group(char **args)
{
	char path[512];

	if (mkdir(args[1], 0755) < 0 && errno != EEXIST)
		return -1;
	snprintf(path, sizeof(path), "%s/cgroup.procs", args[1]);
	return put(path, "0");
}

/* Opens a file N times from within the cgroup that prepare has entered. */
static int run_ingroup(char **args)
{
	char up[512];

	TIMES(number(args[0]), close(open("/etc/hostname", O_RDONLY | O_CLOEXEC)));
	snprintf(up, sizeof(up), "%s/../cgroup.procs", args[1]);
	return put(up, "0") | rmdir(args[1]);
}

/* The same, but stays there: the group lives as long as the process, and somebody else removes it. */
static int run_stayingroup(char **args)
{
	TIMES(number(args[0]), close(open("/etc/hostname", O_RDONLY | O_CLOEXEC)));
	return 0;
}

static int run_bpfmap(char **args)
{
	union bpf_attr attr = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1};

	TIMES(number(args[0]), close((int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr))));
	return 0;
}

static int run_bpfload(char **args)
{
	struct bpf_insn code[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K}, {.code = BPF_JMP | BPF_EXIT}};
	union bpf_attr attr = {.prog_type = BPF_PROG_TYPE_SOCKET_FILTER, .insn_cnt = 2,
			.insns = (unsigned long)code, .license = (unsigned long)"GPL"};

	TIMES(number(args[0]), close((int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr))));
	return 0;
}

static int vcpu = -1;
static struct kvm_run *state;

/* A real-mode guest that writes to an I/O port for ever: each OUT leaves the guest once. */
static int prepare_kvm(char **args)
{
	static const unsigned char code[] = {0xba, 0xf8, 0x03, 0xee, 0xeb, 0xfd};
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm = kvm < 0 ? -1 : ioctl(kvm, KVM_CREATE_VM, 0);
	struct kvm_sregs special;
	struct kvm_regs regs = {.rip = 0, .rflags = 2};
	char *ram = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct kvm_userspace_memory_region region = {.memory_size = 4096, .userspace_addr = (unsigned long)ram};

	(void)args;
	if (vm < 0 || ram == MAP_FAILED || ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) < 0)
		return -1;
	memcpy(ram, code, sizeof(code));
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	state = mmap(NULL, (size_t)ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (vcpu < 0 || state == MAP_FAILED || ioctl(vcpu, KVM_GET_SREGS, &special) < 0)
		return -1;
	special.cs.base = special.cs.selector = 0;
	return ioctl(vcpu, KVM_SET_SREGS, &special) | ioctl(vcpu, KVM_SET_REGS, &regs);
}

static int run_kvm(char **args)
{
	TIMES(number(args[0]), ioctl(vcpu, KVM_RUN, 0) < 0 || state->exit_reason != KVM_EXIT_IO ? -1 : 0);
	return 0;
}

static int run_kmsg(char **args)
{
	TIMES(number(args[0]), put("/dev/kmsg", "<7>syswhy bench\n"));
	return 0;
}

/* Changes one element of a map N times. */
static int run_bpfelem(char **args)
{
	union bpf_attr make = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1};
	unsigned key = 0;
	unsigned long value = 1;
	int fd = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &make, sizeof(make));
	union bpf_attr attr = {.map_fd = (unsigned)fd, .key = (unsigned long)&key, .value = (unsigned long)&value};

	TIMES(number(args[0]), syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attr, sizeof(attr)));
	return close(fd);
}

/* Freezes and thaws an empty group of the second hierarchy, N times each. */
static int run_cgfreeze(char **args)
{
	char group[400], state[512];

	snprintf(group, sizeof(group), "%s/bench%d", args[1], getpid());
	snprintf(state, sizeof(state), "%s/cgroup.freeze", group);
	if (mkdir(group, 0755) < 0)
		return -1;
	TIMES(number(args[0]), put(state, "1") | put(state, "0"));
	return rmdir(group);
}

/* Renames a group of the first hierarchy to and fro. */
static int run_cgrename(char **args)
{
	char one[400], two[400];

	snprintf(one, sizeof(one), "%s/bench%da", args[1], getpid());
	snprintf(two, sizeof(two), "%s/bench%db", args[1], getpid());
	if (mkdir(one, 0755) < 0)
		return -1;
	TIMES(number(args[0]), rename(i % 2 ? two : one, i % 2 ? one : two));
	return rmdir(number(args[0]) % 2 ? two : one);
}

const struct op kernel_ops[] = {
	{"diskread", "N SIZE PATH", NULL, run_diskread},
	{"diskwrite", "N SIZE PATH", NULL, run_diskwrite},
	{"cgmkdir", "N DIR", NULL, run_cgmkdir},
	{"cgattach", "N DIR", NULL, run_cgattach},
	{"ingroup", "N GROUP", prepare_group, run_ingroup},
	{"stayingroup", "N GROUP", prepare_group, run_stayingroup},
	{"bpfmap", "N", NULL, run_bpfmap},
	{"bpfload", "N", NULL, run_bpfload},
	{"kvm", "N", prepare_kvm, run_kvm},
	{"kmsg", "N", NULL, run_kmsg},
	{"bpfelem", "N", NULL, run_bpfelem},
	{"cgfreeze", "N DIR", NULL, run_cgfreeze},
	{"cgrename", "N DIR", NULL, run_cgrename},
	{NULL, NULL, NULL, NULL},
};

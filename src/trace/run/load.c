/* What a tracer costs, from BPF_ENABLE_STATS and /proc/PID/fdinfo of its programs. */
#include "trace/run/load.h"
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include "base/file.h"
#include "base/log.h"

/* Sums run_cnt and run_time_ns of every BPF program that the process holds. */
static bool programs_sum(pid_t pid, double *firings, double *ns)
{
	char path[300];
	struct dirent *entry;
	bool any = false;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", pid);
	AUTO_DIR folder = opendir(path);
	*firings = *ns = 0;
	while (folder && (entry = readdir(folder))) {
		AUTO_BUILD info = { 0 };
		struct text rest, line;

		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.20s", pid, entry->d_name);
		if (entry->d_name[0] == '.' || file_read(path, 4096, &info, NULL) < 0)
			continue;
		rest = build_text(&info);
		while (text_line(&rest, &line)) {
			struct text key, value;
			double number;

			if (!text_next(&line, ':', &key))
				continue;
			value = text_trim(line);
			if (!text_real(value, &number))
				continue;
			if (text_is(key, "run_cnt")) {
				*firings += number;
				any = true;
			} else if (text_is(key, "run_time_ns")) {
				*ns += number;
			}
		}
	}
	return any;
}

void load_open(struct load *load, pid_t tracer)
{
	union bpf_attr attr = { .enable_stats = { .type = BPF_STATS_RUN_TIME } };
	int fd = (int)syscall(SYS_bpf, BPF_ENABLE_STATS, &attr, sizeof(attr));

	load->stats = fd > 0 ? fd : 0;
	load->share = -1;
	load->firings = -1;
	load->last_time = now();
	if (!load->stats || !programs_sum(tracer, &load->base, &load->last_ns))
		load->base = load->last_ns = 0;
}

void load_read(struct load *load, pid_t tracer)
{
	double firings, ns, time = now();

	if (!load->stats || !programs_sum(tracer, &firings, &ns))
		return;
	load->firings = firings - load->base;
	if (time - load->last_time > 0.05) {
		load->share = (ns - load->last_ns + (load->firings - load->last_firings) * load->extra_ns) / 1e9 /
			      (time - load->last_time);
		load->last_firings = load->firings;
		load->last_time = time;
		load->last_ns = ns;
	}
}

void load_close(struct load *load)
{
	if (load->stats > 0)
		close(load->stats);
	load->stats = 0;
}

/* The system call that it waits in; -1: not ours to look at; 0: it runs. */
static long long call_of(pid_t pid)
{
	AUTO_BUILD content = { 0 };
	char path[64];
	struct text rest, word;
	long long number;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	if (file_read(path, 256, &content, NULL) < 0)
		return -1;
	rest = build_text(&content);
	return text_word(&rest, &word) && text_number(word, &number) ? number : 0;
}

static bool listed(long long call, const long *calls, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (call == calls[i])
			return true;
	return false;
}

bool load_waiting(pid_t pid)
{
	static const long calls[] = {
		SYS_epoll_pwait,
#ifdef SYS_epoll_wait
		SYS_epoll_wait,
#endif
	};
	long long call = call_of(pid);

	return call < 0 || listed(call, calls, COUNT(calls)); /* not known: the output's own word must do */
}

bool load_live(pid_t pid)
{
	static const long calls[] = {
		SYS_epoll_pwait, SYS_ppoll, SYS_pselect6, SYS_nanosleep, SYS_clock_nanosleep,
#ifdef SYS_epoll_wait
		SYS_epoll_wait,
#endif
#ifdef SYS_poll
		SYS_poll,
#endif
#ifdef SYS_select
		SYS_select,
#endif
	};
	double firings, ns;
	long long call = call_of(pid);

	return call < 0 || (listed(call, calls, COUNT(calls)) && programs_sum(pid, &firings, &ns));
}

const char *load_place(pid_t pid, char place[64])
{
	AUTO_BUILD wchan = { 0 };
	AUTO_BUILD call = { 0 };
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/wchan", pid);
	file_read(path, 60, &wchan, NULL);
	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	file_read(path, 20, &call, NULL);
	snprintf(place, 64, "%.30s (call %.*s)", wchan.len ? wchan.at : "user space",
		 call.len ? (int)strcspn(call.at, " \n") : 1, call.len ? call.at : "?");
	return place;
}

long load_asleep(pid_t pid)
{
	AUTO_BUILD children = { 0 };
	AUTO_BUILD status = { 0 };
	unsigned long user, kernel;
	char path[64], state;
	const char *rest;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	if (file_read(path, 4096, &children, NULL) < 0 || build_text(&children).len)
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (file_read(path, 4096, &status, NULL) < 0 || !status.at)
		return -1;
	rest = strrchr(status.at, ')');
	if (!rest || sscanf(rest + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &state, &user, &kernel) != 3 || state != 'S')
		return -1;
	return (long)(user + kernel);
}

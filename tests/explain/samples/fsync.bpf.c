/* A sample for `syswhy explain`: fsync() timed by two tracepoints, and a signal that is none of its business. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct event { unsigned pid; char comm[16]; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 512); __type(key, unsigned); __type(value, unsigned long long); } start SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
SEC("tp/syscalls/sys_enter_fsync")
int enter(void *ctx) { unsigned tid = bpf_get_current_pid_tgid(); unsigned long long ts = bpf_ktime_get_ns(); bpf_map_update_elem(&start, &tid, &ts, 0); return 0; }
SEC("tp/syscalls/sys_exit_fsync")
int leave(void *ctx) { unsigned tid = bpf_get_current_pid_tgid(); unsigned long long *ts = bpf_map_lookup_elem(&start, &tid); struct event e = {};
 if (!ts) return 0; bpf_map_delete_elem(&start, &tid); e.pid = tid; bpf_get_current_comm(e.comm, 16); bpf_ringbuf_output(&events, &e, sizeof(e), 0); return 0; }
SEC("kprobe/do_exit") int evil(void *ctx) { bpf_send_signal(9); return 0; }
char LICENSE[] SEC("license") = "GPL";

#!/usr/bin/env python
# blocklat  How long block I/O takes, as a histogram and events.
from __future__ import print_function
from bcc import BPF
from time import sleep
import argparse
parser = argparse.ArgumentParser(description="block I/O")
args = parser.parse_args()
bpf_text = """
#include <uapi/linux/ptrace.h>
#include <linux/blkdev.h>

typedef struct disk_key { char disk[32]; u64 slot; } disk_key_t;
BPF_HASH(start, struct request *);
BPF_HISTOGRAM(dist, disk_key_t);
BPF_PERF_OUTPUT(events);

// time block I/O
int trace_req_start(struct pt_regs *ctx, struct request *req)
{
    u64 ts = bpf_ktime_get_ns();
    start.update(&req, &ts);
    return 0;
}

int trace_req_done(struct pt_regs *ctx, struct request *req)
{
    u64 *tsp, delta;
    tsp = start.lookup(&req);
    if (tsp == 0) { return 0; }
    delta = bpf_ktime_get_ns() - *tsp;
    dist.increment(bpf_log2l(delta));
    start.delete(&req);
    return 0;
}
TRACEPOINT_PROBE(random, urandom_read) {
    bpf_trace_printk("%d\\n", args->got_bits);
    return 0;
}
int do_count(struct pt_regs *ctx) { return 0; }
"""
b = BPF(text=bpf_text)
if args.queued:
    b.attach_kprobe(event="blk_account_io_start", fn_name="trace_req_start")
else:
    b.attach_kprobe(event="blk_mq_start_request",
        fn_name="trace_req_start")
b.attach_kprobe(event="blk_account_io_done", fn_name="trace_req_done")
b.attach_kretprobe(event=b.get_syscall_fnname("execve"), fn_name="do_count")
b.attach_uprobe(name="c", sym="malloc", fn_name="do_count")
b.attach_perf_event(ev_type=PerfType.SOFTWARE, ev_config=PerfSWConfig.CPU_CLOCK, fn_name="do_count", sample_freq=49)
dist = b.get_table("dist")
while 1:
    sleep(1)
    dist.print_log2_hist("usecs", "disk")
    dist.clear()

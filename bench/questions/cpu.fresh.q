# The processor: questions that nobody tunes on.
? pid {pid} is hot. which of its functions eats the cpu?
aside
alone
for 5
work fxhash burntwo 450 150
check top any~hash_blocks

? sample the kernel stacks of fxkernel at 199 hertz
aside
alone
for 5
work fxkernel sysburn 1000
check row any~(read_zero|clear_user|rep_stos|iov_iter_zero|vfs_read) value 150..240

? how long do the threads of fxqueue wait on the run queue before they get a cpu
aside
alone
for 3
work fxqueue hogs 3 900 + sleep 5 150
check hist between 1ms..30ms count 60.. || hist me between 1ms..30ms count 60..
check hist between 140ms..250ms count 0..1

? involuntary context switches per process, i.e. who gets preempted
aside
alone
for 3
work fxpreempt hogs 4 1000 + sleep 500 1
check row me value 80..490

? where does fxdreamer sleep and how long in total, user stacks
aside
work fxdreamer sleep 12 50
check row any~sleep_in_handler value 595ms..900ms

? processes that hop between cpus, count migrations
aside
alone
work fxhop migrate 150
check row any=fxhop value 140..330

? ipi's sent, by process
aside
alone
work fxipi migrate 300
check row any=migration/* value 100..700

? high resolution timers that expire, by callback function
aside
alone
work fxtick posixtimer 40 5
check row any~posix_timer value 38..70

? count soft interrupts by name
aside
alone
work fxpackets udp 2500 {port} 64
check row any=NET_RX*|net_rx* value 2400..4000

? which device interrupts the cpus most?
aside
alone
work fxirq diskwrite 300 4k {tmp}/d
check row any~virtio value 200..3000

? what work items do the kernel workers run, by function
aside
alone
before truncate -s 64m img; d=$(losetup -f --show img); echo dev=$d
after losetup -d {dev}
work fxwq diskwrite 120 4k {dev}
check row any~^loop_ value 115..130 || event any~^loop_ count 115..130

? pid {pid} 跑在哪个 CPU 上？用 99 赫兹采样
aside
alone
for 6
work fxpinned burnon 900 1
check row any=1 value 70..115

? how does the cpu frequency change over time
aside
alone
check status no_events|cannot

? L1 数据缓存未命中，按进程统计
aside
check status cannot why~(PMU|hardware|counter|perf|硬件|计数器)

? instructions per cycle of pid {pid}
aside
work fxipc burn 300
check status cannot why~(PMU|hardware|counter|perf)

? how long is the run queue, on average and at most
aside
alone
for 3
work fxcrowd hogs 6 2000
check hist at 6 10.. || hist at 5 10.. || max any=1 5..9 || max 5..9

? fxzz 每秒发生多少次上下文切换
aside
alone
work fxzz pingpong 1500
check rate me 1000..1750 || rate 1000..1750 || row me value 2950..3500 and intervals 1..3

? how long does each nanosleep of fxnap take
aside
work fxnap sleep 18 20
check hist between 20ms..500ms count 18 || hist me between 20ms..500ms count 18 || avg 20ms..30ms || avg me 20ms..30ms

# Memory: questions that nobody tunes on.
? 哪些进程缺页次数最多
aside
work fxfaulty fault 7000
check row me value 7000..7200

? minor faults in fxcowkid, it was just forked
aside
work fxcow cow 900 fxcowkid
check total 900..1000 || row process=fxcowkid value 900..1000 || event process=fxcowkid count 900..1000

? which process has to wait for the disk because of page faults? (major faults)
aside
alone
work fxmajor majfault 220 {tmp}/m + fault 3000
check row me value 215..260

? how many bytes does pid {pid} ask malloc for altogether
aside
work fxheap malloc 400 2500
check row me value 1000000..1010000 || total 1000000..1010000

? distribution of realloc sizes in fxgrow
aside
work fxgrow realloc 160 5000 + malloc 90 100000
check hist at 5000 160..161 || hist me at 5000 160..161
check hist at 100000 0

? memory leak in pid {pid}: which call path allocates and never frees, in bytes
aside
work fxleak leak 90 1000 + malloc 500 128
check row any~run_leak value 90000..91000

? mmap calls that are refused and the reason
aside
work fxgreed mmapfail 17 + mmap 60 4096
check row me error=ENOMEM* value 17 || event me error=ENOMEM* count 17 || row me value 17

? slab cahces that fxslab allocates from most often
aside
work fxslab open 2000 {tmp}/x
check row any=filp value 1990..2100

? kmalloc'ed bytes by process
aside
work fxkmsg msgq 600 1500
check row me value 928000..970000 || row me value 1228800..1300000

? who gets transparent huge pages
aside
work fxhuge huge 9 + fault 500
check row me value 9..12 || event me count 9..12

? how long does fxsqueeze stall while the kernel reclaims memory for it
aside
for 3
after sleep 0.2; rmdir /sys/fs/cgroup/memory/fxsqueeze 2>/dev/null; true
work fxsqueeze reclaim 6000 4m /sys/fs/cgroup/memory/fxsqueeze {tmp}/big
check hist total 5..2000 || hist me total 5..2000 || row me value 1us..3s

? did the oom killer kill anyone? tell me who
aside
alone
for 3
after sleep 0.2; rmdir /sys/fs/cgroup/memory/fxglutton 2>/dev/null; true
work fxglutton oom 7000 8m /sys/fs/cgroup/memory/fxglutton
check event any=fxglutton count 1 || row any=fxglutton value 1

? 内存规整 (compaction) 触发了几次
aside
alone
work fxdefrag compact 2
check total 2..60 || row me value 2..60

? pages written to swap, who causes it
aside
alone
for 3
before dd if=/dev/zero of=swapfile bs=1M count=64 status=none && chmod 600 swapfile && mkswap -q swapfile >/dev/null && swapon -p 10 swapfile
after swapoff {tmp}/swapfile
after sleep 0.2; rmdir /sys/fs/cgroup/memory/fxswap 2>/dev/null; true
work fxswap oom 7000 8m /sys/fs/cgroup/memory/fxswap
check row any=fxswap value 4500..5800 || total 4500..5800

? shared memory segments, who makes them and how big are they
aside
work fxshm shm 14 65536
check event me any=65536 count 14 || row me any=65536 value 14 || row me value 917504 || hist me at 65536 14 || hist at 65536 14

? 谁用 mlock 锁住了内存
aside
work fxlock mlock 33
check row me value 33 || event me count 33

? dTLB misses for pid {pid}
aside
work fxtlb burn 300
check status cannot why~(PMU|hardware|counter|perf)

? which process grows or shrinks its heap with brk
aside
work fxbrk brk 120 + mmap 40 4096
check row me value 120..122

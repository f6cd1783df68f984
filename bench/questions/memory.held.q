# Written blind on 2026-11-21, from neither the vocabulary nor the other questions: to be run, and never read by those who write vocabulary.

? how many page faults does pid {pid} cause
aside
work hlfault fault 3000
check total 3000..3060 || row me value 3000..3060

? Count page faults of hltouch by user stack
aside
work hltouch fault 1500
check row any~touch_pages value 1500..1501

? 按进程统计 mmap 申请的总字节数
aside
work hlmmap mmap 40 1m + fault 200
check row me value 41943040..44000000

? major faults only, per process
aside
work hlmajor majfault 60 {tmp}/cold.dat + fault 500
check row me value 50..75

? sum of the bytes that hlunmap gives back with munmap
aside
work hlunmap mmap 25 65536 + malloc 50 100
check total 1638400..1700000 || row me value 1638400..1700000

? hsitogram of malloc szies in hlmalloc
aside
work hlmalloc malloc 200 48 + malloc 50 9000
check hist at 48 200..212 and hist at 9000 50 || hist me at 48 200..212 and hist me at 9000 50

? Print each OOM kill with the victim's name and pid
aside
needs /sys/fs/cgroup/memory/memory.limit_in_bytes
work hloom oom 5000 8m /sys/fs/cgroup/memory/hlheldoom
after rmdir /sys/fs/cgroup/memory/hlheldoom 2>/dev/null; true
check event any=hloom count 1

? mmap calls that fail, by process and errno
aside
work hlnomem mmapfail 11 + mmap 50 4096
check row me any~^ENOMEM$|^Cannot\ allocate value 11
check row me value 11

? mprotect cals of hlprot by requsted protection
aside
work hlprot mprotect 30
check row any~(?i)^(3|0x3|PROT_READ\ ?[|,+]\ ?PROT_WRITE|READ\ ?[|,+]\ ?WRITE|rw-?)$ value 15
check row any~(?i)^(1|0x1|PROT_READ|READ|r-?-?)$ value 15

? hlleak 用 malloc 申请后没有释放的内存有多少字节
aside
work hlleak leak 60 2000 + malloc 100 300
check total 120000..126000 || row me value 120000..126000 || row any~run_leak value 120000

? L3 cache misses per process
aside
work hlcache burn 200
check status cannot|failed

? 内核 kmalloc 请求的字节数，按进程
aside
work hlkmalloc msgq 500 1000
check row me value 524000..600000

# Memory: faults, maps, the heap, slabs, pages, reclaim, swap.
? count page faults by process
work wkfault fault 5000
check row me value 5000..5060

? 统计每个进程的缺页次数
work wkfaultcn fault 4000
check row me value 4000..4060

? wich procces has most page falts
aside
work wkfault2 fault 9000
check row me value 9000..9060

? page faults of pid {pid} by user stack
work wkfault3 fault 3000
check row any~touch_pages value 3000..3010

? user stacks that cause page faults in wkfault4
aside
work wkfault4 fault 2500
check row any~touch_pages value 2500..2510

? page faults per second by process
alone
work wkfault5 fault 20000
check rate me 6000..20100

? major page faults by process
work wkmajor majfault 300 {tmp}/major
check row me value 295..420

? page fault addresses of wkfault6
work wkfault6 fault 200
check row any~. value 1..60 || event me count 200..230 || rows 190..230

? mmap calls by process
work wkmmap mmap 400 65536
check row me value 400..402

? how many bytes does each process mmap
aside
work wkmmap2 mmap 100 1m
check row me value 104857600..104900000

? 每个进程调用 mmap 的次数
work wkmmapcn mmap 350 65536
check row me value 350..352

? size histogram of mmap requests, by process
work wkmmap3 mmap 222 65536
check hist me at 65536 222..224

? munmap calls per process
work wkmunmap mmap 270 4096
check row me value 270..272

? who grows the heap with brk
work wkbrk brk 310
check row me value 310..315 || event me count 310..315

? brk calls by process
aside
work wkbrk2 brk 190
check row me value 190..195

? mprotect calls, by process
work wkmprot mprotect 210
check row me value 210..212

? madvise per process
work wkmadv madvise 130
check row me value 130..131

? memory locked with mlock by which process
work wkmlock mlock 65
check row me value 65..130 || event me count 65..130

? mremap count by process
aside
work wkmremap mremap 85
check row me value 85

? shared memory segments created (shmget) by process
work wkshm shm 24 65536
check row me value 24 || event me count 24

? 共享内存的附加操作，按进程
work wkshmcn shm 34 65536
check row me value 34..68 || event me count 34..68

? memfd_create by process
work wkmemfd memfd 42
check row me value 42

? malloc sizes in {work}
work wkmalloc malloc 300 3000
check hist at 3000 300..310 || hist me at 3000 300..310

? malloc calls by process wkmalloc2
work wkmalloc2 malloc 700 128
check row me value 700..720 || total 700..720

? total bytes malloc'd by pid {pid}
aside
work wkmalloc3 malloc 500 2000
check total 1000000..1050000 || row me value 1000000..1050000

? malloc 分配大小的直方图，进程 {pid}
work wkmalloccn malloc 260 5000
check hist at 5000 260..262 || hist me at 5000 260..262

? kmalloc bytes by process
alone
work wkkmalloc msgq 1000 2000
check row me value 2000000..2120000

? kernel slab allocations by cache
alone
work wkslab fork 300 0 + open 1500 {tmp}/x
check row any~. value 1000..10000000

? kmalloc calls per process
aside
work wkkmalloc2 msgq 1500 2000
check row me value 1500..1600

? kmalloc request size histogram
alone
work wkkmalloc3 msgq 2000 2000
check hist at 2048 2000..8000 || hist me at 2048 2000..2010

? kmem_cache_alloc count by process
work wkcache open 3000 {tmp}/x
check row me value 3000..30000

? 内核 kmalloc 分配了多少字节，按进程
work wkkmalloccn msgq 1200 2000
check row me value 2400000..2550000

? page allocations by process
work wkpage fault 6000
check row me value 5900..6400

? page allocations by order
aside
alone
work wkpage2 fault 6000 + huge 4
check row any=9 value 4..30

? huge pages allocated (order 9) by process
work wkhuge huge 12
check row me value 12..14

? pages freed by process
work wkfree fork 5 0 + mmap 10 4096 + fault 10
check row me value 5..100000

? pages added to the page cache by process
work wkpc dirty 400 4096 {tmp}/pc
check row me value 395..520

? page cache additions count
aside
alone
work wkpc2 dirty 800 4096 {tmp}/pc
check row me value 100..1000 || total 100..2000

? direct reclaim events by process
alone
after rmdir /sys/fs/cgroup/memory/wkreclaim 2>/dev/null || true
work wkreclaim reclaim 8000 4m /sys/fs/cgroup/memory/wkreclaim {tmp}/big
check row me value 5..8000 || status no_events

? memory cgroup reclaim by process
alone
after rmdir /sys/fs/cgroup/memory/wkreclaim2 2>/dev/null || true
work wkreclaim2 reclaim 8000 4m /sys/fs/cgroup/memory/wkreclaim2 {tmp}/big
check row me value 5..8000

? how long does memory cgroup reclaim take
aside
alone
after rmdir /sys/fs/cgroup/memory/wkreclaim3 2>/dev/null || true
work wkreclaim3 reclaim 8000 4m /sys/fs/cgroup/memory/wkreclaim3 {tmp}/big
check hist between 100ns..50ms count 5..8000 || avg 100ns..50ms || hist me between 100ns..50ms count 5..8000 || row me value 10us..2s

? processes killed by the OOM killer
alone
after rmdir /sys/fs/cgroup/memory/wkoom 2>/dev/null || true
work wkoom oom 8000 8m /sys/fs/cgroup/memory/wkoom
check event any=wkoom count 1..2 || row any=wkoom value 1..2

? 谁被 OOM 杀死了
alone
after rmdir /sys/fs/cgroup/memory/wkoomcn 2>/dev/null || true
work wkoomcn oom 8000 8m /sys/fs/cgroup/memory/wkoomcn
check event any=wkoomcn count 1..2 || row any=wkoomcn value 1..2

? memory compaction: how often and by whom
alone
work wkcompact compact 2
check row any~. value 1..300 || event any~. count 1..300 || total 1..300

? how long does compaction take
aside
alone
work wkcompact2 compact 2
check hist between 100ns..3s count 1..300 || avg 100ns..3s || row any~. value 100ns..6s || max 100ns..3s

? swap in and out
alone
work wkswap fault 100
check status cannot|no_events

? pages swapped by process
alone
aside
work wkswap2 fault 100
check status cannot|no_events

? resident set size changes of wkrss
work wkrss fault 1000
check row any~. value 1..100000000 || event any~. count 16.. || total 16.. || hist between 0..1000000000 count 16..

? kswapd wakeups
alone
work wkkswapd fault 100
check status no_events || row any~kswapd value 1..100

? transparent huge page collapses by khugepaged
work wkthp fault 100
check status no_events || row any~khugepaged value 1..1000 || event any~khugepaged count 1..

? page migrations
alone
work wkmigp compact 2
check status no_events || row any~. value 1..100000 || event any~. count 1.. || total 1..

? 主缺页（major fault）次数，按进程
work wkmajorcn majfault 250 {tmp}/major
check row me value 245..360

? 缺页最多的用户态调用栈，进程 {pid}
work wkfaultscn fault 2000
check row any~touch_pages value 2000..2010

? 按进程统计分配的内存页数
aside
work wkpagecn fault 6000
check row me value 5900..6400

? 谁在调用 brk 扩展堆
work wkbrkcn brk 160
check row me value 160..165 || event me count 160..165

# Locks, futexes, io_uring, cgroups, KVM, BPF, and drivers through their tracepoints.
? futex waits by process
work wkfutex futexwait 40 5
check row me value 40..41 || hist me total 40..41

? how long do threads wait on futexes
work wkfutex2 futexwait 20 20
check hist me between 16ms..40ms count 20 || avg me 19ms..40ms || row me value 390ms..800ms || hist between 16ms..40ms count 20..60

? which processes contend on locks in user space
aside
work wkmutex mutex 20 10
check row me value 30..400 || row me value 200ms..4s || hist me between 5ms..40ms count 20..80

? futex 等待时间，按进程
work wkfutexcn futexwait 20 20
check hist me between 16ms..40ms count 20 || avg me 19ms..40ms || row me value 390ms..800ms

? futex wake operations by process
work wkwakef futexwake 150
check row me value 150..152

? futex calls by operation for wkfutop
aside
work wkfutop futexwake 90 + futexwait 10 2
check row any~(WAKE|^1$|129|0x81) value 90..92

? futex calls that time out
work wkfutto futexwait 30 4
check row me value 30 || event me error=ETIMEDOUT* count 30 || row me error=ETIMEDOUT* value 30 || row error=ETIMEDOUT* value 30..60

? kernel lock contention by process
alone
work wkcont contend 800
check row me value 20..1000000

? how long do tasks wait for contended kernel locks
alone
work wkcont2 contend 800
check hist between 100ns..900ms count 20.. || avg 100ns..900ms || hist me between 100ns..900ms count 20.. || row me value 10us..20s || avg me 100ns..900ms

? 内核锁竞争，按进程统计
alone
work wkcontcn contend 700
check row me value 20..1000000

? stacks of kernel lock contention
alone
aside
work wkcont3 contend 800
check row any~(mmap|down_write|rwsem|fault) value 20..1000000

? waits for mmap_lock
alone
work wkmml contend 500
check row any~. value 20..100000000 || hist between 1ns..900ms count 20.. || event any~. count 20..

? semaphore operations by process
work wksem semop 130
check row me value 260..262

? message queue sends by process
work wkmsg msgq 75 64
check row me value 75

? eventfd created or written? count eventfd2 by process
aside
work wkevfd eventfd 10
check row me value 1

? io_uring submissions by process
work wkuring uringnop 120
check row me value 120

? io_uring_enter calls, per process
work wkuring2 uringnop 95
check row me value 95

? io_uring operations by opcode
alone
aside
work wkuring3 uringread 80 1000
check row any~^(22|READ|IORING_OP_READ)$ value 80

? 统计 io_uring 请求，按进程
work wkuringcn uringnop 105
check row me value 105

? io_uring completions and their results
work wkuring4 uringread 60 3000
check row any=3000 value 60 || event any=3000 count 60 || row me value 60 || hist at 3000 60

? failed io_uring requests
work wkuring5 uringfail 33
check row me value 33 || event me count 33 || row any~(EBADF|-9) value 33 || row any~. value 33

? io_uring instances created by process
aside
work wkuring6 uringsetup 18
check row me value 18

? cgroups created and removed
work wkcg cgmkdir 12 /sys/fs/cgroup/cpu
check event any~bench count 12..24 || row me value 12..24 || row any~bench value 1..24

? who creates cgroups
work wkcg2 cgmkdir 16 /sys/fs/cgroup/pids
check row me value 16 || event me count 16

? processes moved between cgroups
aside
work wkcg3 cgattach 10 /sys/fs/cgroup/cpu
check row me value 10..20 || event any~bench count 10..20 || event me count 10..20 || row any=wkcg3 value 10..20

? 谁创建了 cgroup
work wkcgcn cgmkdir 14 /sys/fs/cgroup/cpu
check row me value 14 || event me count 14

? file opens by cgroup
alone
work wkcg4 ingroup 300 /sys/fs/cgroup/unified/wkcg4
check row any~wkcg4 value 300..305 || row cgroup~. value 300..600

? kvm exits by reason
alone
work wkkvm kvm 200
check row any~. value 200..230 || status no_events

? count kvm exits per process
work wkkvm2 kvm 150
check row me value 150..180 || status no_events

? how long does the guest run between kvm entry and exit
aside
alone
work wkkvm3 kvm 150
check hist between 100ns..100ms count 140..180 || avg 100ns..100ms || hist me between 100ns..100ms count 140..180 || avg me 100ns..100ms || status no_events|cannot

? 统计 KVM 虚拟机退出的次数
alone
work wkkvmcn kvm 170
check row me value 170..200 || total 170..200 || row any~. value 170..200 || status no_events

? kvm exits to user space by reason (kvm_userspace_exit)
alone
work wkkvmu kvm 160
check row any~. value 160..165

? kvm i/o port accesses
alone
work wkkvm4 kvm 130
check row any~. value 130..140 || event any~. count 130..140 || total 130..140

? bpf system calls by process
work wkbpf bpfmap 45
check row me value 45..46

? who loads bpf programs
work wkbpf2 bpfload 15
check row me value 15 || event me count 15

? bpf commands by number and process
aside
work wkbpf3 bpfmap 25 + bpfload 10
check row me any~^(0|BPF_MAP_CREATE|MAP_CREATE)$ value 25 || row me value 35..36

? 哪些进程调用了 bpf
work wkbpfcn bpfmap 35
check row me value 35..36 || event me count 35..36

? posix file locks taken (filelock:posix_lock_inode) by process
work wklockf lockf 30 {tmp}/l
check row me value 60..62

? rcu callbacks invoked
alone
work wkrcu unlink 100 {tmp}
check row any~. value 1.. || total 1.. || event any~. count 1.. || status cannot|no_events

? sched_process_hang events
work wkhang stat 10 {tmp}/x
check status no_events

? task:task_rename by new comm
aside
work wkrename9 prctl 30
check row any=wkrename9 value 30 || event any=wkrename9 count 30

? printk console messages
alone
work wkkmsg kmsg 5
check row any~. value 5..20 || event any~. count 5..20 || total 5..20

? raw_syscalls sys_enter count by process
alone
work wkraw getppid 5000
check row me value 5000..5050

? skb:consume_skb by process
alone
work wkskb pair 300 50
check row me value 300..620

? percpu allocations by process
aside
alone
work wkpercpu bpfmap 5 + cgmkdir 5 /sys/fs/cgroup/cpu
check row me value 1..500

? vmalloc: vmap areas allocated
alone
work wkvmalloc fork 100 0 + thread 50
check row any~. value 1..5000 || total 1..5000 || event any~. count 1..5000

? nvme commands
work wknvme stat 5 {tmp}/x
check status cannot

? i915 gpu requests
aside
work wkgpu stat 5 {tmp}/x
check status cannot

? usb transfers
work wkusb stat 5 {tmp}/x
check status cannot

? kexec_load calls
work wkkexec stat 5 {tmp}/x
check status cannot|no_events

? thermal zone temperature events
work wktherm stat 5 {tmp}/x
check status cannot|no_events

? rtc alarms or time set events
aside
work wkrtc stat 5 {tmp}/x
check status cannot|no_events

? nfs client operations
work wknfs stat 5 {tmp}/x
check status cannot

? 显卡驱动的提交次数
work wkgpucn stat 5 {tmp}/x
check status cannot

? syscalls:sys_enter_personality by process
work wkpers personality 38
check row me value 38

? count filemap:mm_filemap_fault by process
aside
work wkfmf majfault 150 {tmp}/m
check row me value 140..300

? io_uring 完成事件的次数，按进程
aside
work wkuringcn2 uringnop 115
check row me value 115

? 统计 flock 文件锁，按进程
work wkflockcn flock 40 {tmp}/l
check row me value 40..80

? 信号量操作 semop 的次数
work wksemcn semop 60
check row me value 120 || total 120..130

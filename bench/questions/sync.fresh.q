# Locks, io_uring, cgroups, KVM, BPF and other parts of the kernel: questions that nobody tunes on.
? how long do the threads of fxcond wait on their futexes
aside
work fxcond condwait 14 30
check hist between 29ms..500ms count 14..15 || hist me between 29ms..500ms count 14..15 || avg 29ms..45ms || avg me 29ms..45ms

? which process runs into futex timeouts
aside
work fxtimeout futexwait 22 6 + futexwake 50
check row me error=ETIMEDOUT* value 22 || event me error=ETIMEDOUT* count 22 || row me value 22 || event me count 22

? how often does pid {pid} lock a pthread mutex
aside
work fxmutex lockfree 480
check row me value 480..490 || total 480..490

? who suffers from lock contention inside the kernel
aside
alone
work fxcontend contend 900
check row me value 100.. || hist me total 100.. || row me value 100us..

? how long does fxsem hang in semop
aside
work fxsem semwait 11 35
check hist between 34ms..500ms count 11..12 || hist me between 34ms..500ms count 11..12 || max 34ms..90ms || max me 34ms..90ms

? posix message queues: sends by process
aside
work fxmq mqueue 65 200 + msgq 30 100
check row me value 65 || event me count 65

? which io_uring operations does fxring submit, by opcode
aside
work fxring uringnop 70 + uringfsync 12 {tmp}/u
check row any=NOP|*_NOP|0 value 70 and row any=FSYNC|*_FSYNC|3 value 12 || event any=NOP|*_NOP|0 count 70 and event any=FSYNC|*_FSYNC|3 count 12

? io_uring latency, from submit to completion
aside
work fxringwait uringtimeout 13 25
check hist between 24ms..500ms count 13 || hist me between 24ms..500ms count 13 || avg me 24ms..40ms || avg 24ms..40ms

? io_uring 哪些请求失败了，是什么错误
aside
work fxringbad uringfail 19 + uringnop 40
check row me error=EBADF* value 19 || event me error=EBADF* count 19 || row error=EBADF* value 19 || event error=EBADF* count 19 || row any=EBADF*|-9 value 19 || event any=EBADF*|-9 count 19

? bytes read thru io_uring by process
aside
work fxringread uringread 45 2000
check row me value 90000 || total 90000

? which cgroups are frozen right now, show it when it happens
aside
work fxfreeze cgfreeze 5 /sys/fs/cgroup/unified
check event any~bench[0-9] any~(^|:|_)freeze$ count 5 || event any~bench[0-9] count 5 || row any~bench[0-9] value 5

? 按 cgroup 统计打开文件的次数
aside
alone
after sleep 0.2; rmdir /sys/fs/cgroup/unified/fxgroup
work fxgroup stayingroup 70 /sys/fs/cgroup/unified/fxgroup
check row any~fxgroup value 70..72

? why does the vm leave guest mode? kvm exits by reason
aside
needs /dev/kvm
work fxkvm kvm 140
check row any=2|30|78|123|*IO* value 138..150

? which io ports does my guest write to
aside
needs /dev/kvm
work fxport kvm 90
check row any=1016|0x3f8|3f8 value 90..91 || event any=1016|0x3f8|3f8 count 90..91

? who loads bpf programs
aside
work fxbpf bpfload 8 + bpfelem 40
check row me value 8 || event me count 8 || row me any=*PROG_LOAD*|5 value 8 || event me any=*PROG_LOAD*|5 count 8

? 哪个进程在更新 BPF map
aside
work fxbpfmap bpfelem 55 + bpfload 8 + bpfmap 20
check row me value 55 || event me count 55 || row me any=*UPDATE_ELEM*|2 value 55 || event me any=*UPDATE_ELEM*|2 count 55

? what does the kernel write to its log
aside
work fxlog kmsg 6
check event any~syswhy.bench count 6 || row any~syswhy.bench value 6

? i2c transfers by bus
aside
check status cannot why~(i2c|I2C)

? watchdog pings, how often and with which result
aside
print
check program ~watchdog:watchdog_ping || status cannot why~watchdog

? count exit_mmap by process
aside
work fxgone fork 31 0
check row me value 31

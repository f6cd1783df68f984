# Processes, threads, signals, identities.
? what programs get executed, with arguments
work wkexec exec 10 /bin/true --bench-mark
check event any~--bench-mark count 10 || row any~--bench-mark value 10

? show new processes as they start, with their command line
aside
work wkexec2 exec 8 /bin/echo hello-there
check event any~hello-there count 8 || row any~hello-there value 8

? count execs by program
work wkexec3 exec 22 /usr/bin/id -u
check row any~(^|/)id$ value 22..24 || row me value 22

? 显示新执行的程序及其参数
work wkexeccn exec 9 /bin/true --zhong
check event any~--zhong count 9 || row any~--zhong value 9

? exec calls that fail
work wkexecf exec 13 /no/such/program x
check event any=/no/such/program count 13 || row any=ENOENT* value 13..20 || row me value 13 || event me count 13

? who forks the most?
work wkfork fork 150 0
check row me value 150..152
check top me

? count process creation by parent
aside
work wkfork2 fork 90 0
check row me value 90..92

? number of forks in totall
alone
work wkfork3 fork 200 0
check total 200..260 || row me value 200..202

? 统计每个进程创建子进程的次数
work wkforkcn fork 70 0
check row me value 70..72

? processes that exit with a non-zero code
work wkexit fork 17 3 + fork 30 0
check event me any=3 count 17 || row me any=3 value 17 || row me value 17 || event me count 17

? exit codes by process name
work wkexit2 fork 25 42
check row me any=42 value 25 || event me any=42 count 25

? list processes that exit and their exit status
aside
work wkexit3 fork 11 7
check event me any=7 count 11 || row me any=7 value 11

? 哪些进程以非零状态退出
work wkexitcn fork 14 9 + fork 20 0
check event me any=9 count 14 || row me value 14 || row me any=9 value 14

? how many processes exit
alone
work wkexit4 fork 120 0
check total 120..170 || row me value 120..122

? how long do processes live
alone
work wklive live 8 100
check hist me between 64ms..140ms count 8 || avg me 95ms..140ms || hist between 64ms..140ms count 8..12

? lifetime of short-lived processes
aside
alone
work wklive2 live 12 60
check hist me between 50ms..90ms count 12 || event me count 12 || avg me 55ms..90ms || hist between 50ms..90ms count 12..16

? threads created by process
work wkthread thread 80
check row me value 80..82

? which process spawns threads all the time
work wkthread2 thread 130
check row me value 130..132

? 哪个进程创建的线程最多
aside
work wkthreadcn thread 140
check row me value 140..142

? signals sent, by signal
alone
work wkkill kill 40 10
check row signal=SIGUSR1 value 40..42

? who sends signals to whom
work wkkill2 kill 25 12
check event process=wkkill2 signal=SIGUSR2 count 25..26 || row process=wkkill2 value 25..26 || event any=wkkill2 any=wkreceiver count 25..26 || row any=wkkill2 any=wkreceiver value 25..26

? kill() calls by process and signal
work wkkill3 kill 33 10
check row me signal=SIGUSR1 value 33

? failed kill calls
aside
work wkkillf killfail 18
check row me value 18 || event me error=ESRCH* count 18 || row me error=ESRCH* value 18 || row error=ESRCH* value 18..25

? which process got SIGUSR2
work wkkill4 kill 27 12
check row any=wkreceiver value 20..28 || event any=wkreceiver count 20..28

? 谁发送了信号，发给谁
work wkkillcn kill 21 10
check event process=wkkillcn signal=SIGUSR1 count 21..22 || row process=wkkillcn value 21..22 || row any=wkkillcn any=wkreceiver value 21..22 || event any=wkkillcn any=wkreceiver count 21..22

? processes crashing with a segfault
work wksegv crash 6 11
check row me value 6 || event me count 6

? count SIGABRT deliveries per process
aside
work wkabrt crash 7 6
check row me value 7

? processes killed by SIGKILL
work wkkilled crash 9 9
check row me value 9..18 || event me count 9..18 || row any=wkkilled value 9..18

? 有没有进程发生段错误
work wksegvcn crash 5 11
check row me value 5 || event me count 5

? setuid calls with the target uid
work wkbecome become 12 1234
check event me any=1234 count 12 || row me any=1234 value 12

? who calls setuid
aside
work wksetuid setuid 44
check row me value 44 || event me count 44

? setgid calls per process
work wksetgid setgid 29
check row me value 29

? new namespaces (unshare) by process
work wkunshare unshare 15
check row me value 15 || event me count 15

? who joins namespaces with setns
aside
work wksetns setns 16
check row me value 16 || event me count 16

? resource limit changes by process (prlimit)
work wklimit prlimit 20
check row me value 20..40

? who changes priorities (setpriority / nice)
work wknice nice 24
check row me value 24 || event me count 24

? 谁修改了进程优先级
work wknicecn nice 26
check row me value 26 || event me count 26

? sched_setscheduler count by process
work wksched scheduler 32
check row me value 32

? is anything being ptraced
alone
work wkptrace ptrace 10
check row me value 10..20 || event me count 10..20

? ptrace requests by process
aside
work wkptrace2 ptrace 12
check row me value 24..25

? capability checks by process
work wkcap capset 5 + chroot 40
check row process=wkcap value 40..200

? which capabilities does wkcap2 use
work wkcap2 chroot 35
check row any=18|CAP_SYS_CHROOT|cap_sys_chroot|SYS_CHROOT value 35..40 || event any=18|CAP_SYS_CHROOT|cap_sys_chroot|SYS_CHROOT count 35..40

? capset calls
work wkcapset capset 17
check row me value 17 || event me count 17

? process renames itself: prctl calls by process
aside
work wkprctl prctl 55
check row me value 55

? chroot calls
work wkchroot chroot 13
check row me value 13 || event me count 13

? new sessions with setsid
work wksetsid setsid 19
check row me value 19 || event me count 19

? getrandom bytes per process
work wkrandom getrandom 100 64
check row me value 6400

? which processes wait for children: count wait4
work wkwait fork 65 0
check row me value 65..66

? count task renames (comm changes)
aside
alone
work wkcomm prctl 48
check row me value 48 || total 48..60 || event me count 48

? how many syscalls does each process make
alone
work wksys getppid 20000
check row me value 20000..20100

? top 5 system calls of process wksys2
work wksys2 getppid 3000 + lseek 500 {tmp}/x
check row syscall=getppid value 3000
check rows 1..5

? count syscalls by name for pid {pid}
work wksys3 getppid 2000 + dup 300
check row syscall=getppid value 2000
check row syscall=close value 300..301

? 统计 wksyscn 的系统调用
work wksyscn getppid 1500 + fcntl 200
check row syscall=getppid value 1500 || total 1700..1760 || row me value 1700..1760

? which syscalls fail, with errno
alone
work wkerr badclose 140 + nosys 20
check row syscall=close error=EBADF* value 140..142 || row me error=EBADF* value 140..142 || row error=EBADF* value 140..400

? failed system calls by process
aside
alone
work wkerr2 badclose 160 + getppid 500
check row me value 160..165

? count errors of system calls by error name of wkerr3
work wkerr3 badclose 66 + openfail 33 /no/such/file
check row error=EBADF* value 66..67
check row error=ENOENT* value 33..34

? slowest syscalls of wkslowsys
work wkslowsys sleep 10 30 + getppid 100
check max syscall=clock_nanosleep 29ms..70ms || row syscall=clock_nanosleep value 300ms..600ms || avg syscall=clock_nanosleep 29ms..60ms || hist syscall=clock_nanosleep between 25ms..70ms count 10

? average latency of every system call of process wklat
aside
work wklat sleep 20 20 + getppid 100
check avg syscall=clock_nanosleep 19ms..30ms

? syscalls per second by process
alone
work wkrate getppid 30000
check rate me 9000..40000

? 进程 wkthrcn 创建了多少线程
work wkthrcn thread 60
check row me value 60..62 || total 60..62

? 谁在调用 setuid
work wksuidcn setuid 37
check row me value 37 || event me count 37

? 失败的系统调用，按错误码统计
alone
aside
work wkerrcn badclose 130 + getppid 300
check row error=EBADF* value 130..400

? 每个进程每秒的系统调用次数
alone
work wkratecn getppid 30000
check rate me 9000..40000

? 哪些进程被信号杀死
work wksigcn crash 8 9
check row any=wksigcn value 8..16 || event any=wksigcn count 8..16

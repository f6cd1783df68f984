# Processes: questions that nobody tunes on.
? what commands get started here, with all their arguments
aside
work fxlaunch exec 7 /bin/echo --marker-fx
check event any~--marker-fx count 7 || row any~--marker-fx value 7

? exit codes by program
aside
work fxexit fork 11 4 + fork 6 9
check row me any=4 value 11 and row me any=9 value 6 || event me any=4 count 11 and event me any=9 count 6

? which processes are killed by a signal, and which signal was it
aside
work fxdies crash 5 11 + crash 3 6 + raise 20 10
check row me signal=SIGSEGV* value 5 and row me signal=SIGABRT* value 3 || event me signal=SIGSEGV* count 5 and event me signal=SIGABRT* count 3
check absent me signal=SIGUSR1*

? who sends SIGUSR1 to whom
aside
work fxsender kill 24 10 + kill 11 12
check event me any=wkreceiver count 24 || row me any=wkreceiver value 24

? forks per second for each process
aside
work fxforker fork 90 0
check rate me 35..50

? which processes spawn threads, how many (threads only please, not forks)
aside
work fxpool thread 37 + fork 15 0
check row me value 37 || event me count 37

? which threads of pid {pid} open files, by thread name
aside
work fxduo threadopens 60 fxduo-red 20 fxduo-blue
check row any=fxduo-red value 60..62 and row any=fxduo-blue value 20..22

? who changes its user id? any setuid kind of call
aside
work fxsudo setresuid 13 + setuid 9 + setgid 5
check row me value 22 || event me count 22

? which process wants a better priority and is refused
aside
work fxgreedy nicefail 12 + nice 9
check row me value 12 || event me count 12 || row me error=EACCES* value 12 || event me error=EACCES* count 12

? 哪个进程调用 unshare 创建新的命名空间
aside
work fxns unshare 5 + setns 4
check row me value 5 || event me count 5

? who ptraces other processes, what does it ask for
aside
work fxdebug ptrace 7
check row me value 14..15 || event me count 14..15 || row me any~ATTACH|^16$ value 7 || event me any~ATTACH|^16$ count 7

? distribution of the lifetime of the fxshort processes
aside
for 3
work fxshort live 9 120
check hist between 115ms..600ms count 9..10 || hist me between 115ms..600ms count 9..10

? which capabilities does the kernel check for fxcaps
aside
work fxcaps chroot 14 + setgroups 10
check row any=*SYS_CHROOT*|*sys_chroot*|18 value 14..16 and row any=*SETGID*|*setgid*|6 value 10..12 || event any=*SYS_CHROOT*|*sys_chroot*|18 count 14..16 and event any=*SETGID*|*setgid*|6 count 10..12

? who sets new resource limits (not just asks for them)
aside
work fxlimit prlimit 9
check row me value 9 || event me count 9

? 统计每个进程失败的系统调用次数
aside
work fxfails nosys 40 + getppid 100 + killfail 15
check row me value 55..57

? in which system call does fxstuck spend most of its time
aside
work fxstuck poll 10 40 + getppid 5000 + open 200 {tmp}/x
check top any=*poll*
check row any=*poll* value 395ms..700ms || avg any=*poll* 39ms..70ms || max any=*poll* 39ms..90ms || hist any=*poll* between 38ms..70ms count 10

? 谁在疯狂创建子进程
aside
work fxbomb fork 210 0 + getppid 400
check row me value 210..212

? programs that could not be started and why (exec errors)
aside
work fxnoexec exec 9 /no/such/bin x + exec 4 /bin/true x
check event me error=ENOENT* count 9 || row me error=ENOENT* value 9 || row any~/no/such/bin error=ENOENT* value 9 || event any~/no/such/bin error=ENOENT* count 9

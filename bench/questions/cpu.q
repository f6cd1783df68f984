# The processor: profiles, waiting, switching, interrupts, timers.
? profile the cpu at 99 Hz
alone
for 3
work wkburn burn 1000
check row any~burn_inner_loop value 80..125

? where does pid {pid} spend its cpu time
alone
for 3
work wkburn2 burn 1000
check row any~burn_inner_loop value 50..2800

? which process uses the most cpu, sample it
aside
alone
for 3
work wkburn3 burn 1000
check top me

? user stacks of wkburn4 on cpu, 99 hertz
alone
for 3
work wkburn4 burn 1000
check row any~burn_outer value 80..125

? 采样 CPU 上正在运行的函数栈
alone
for 3
work wkburncn burn 1000
check row any~burn_inner_loop value 50..2800

? cpu samples per cpu
alone
work wkburn5 hogs 1 1300
check row cpu=1 value 50..2800

? time on cpu by process
alone
for 3
work wkoncpu burn 1000
check row me value 950ms..1200ms

? off-cpu time by process
work wkoff sleep 20 30
check row me value 580ms..1200ms || hist me between 25ms..50ms count 20..22

? where do threads block? off-cpu stacks for wkoff2
work wkoff2 sleep 20 30
check row any~sleep_in_handler value 580ms..1200ms || hist any~sleep_in_handler between 25ms..50ms count 20..22

? 进程离开 CPU 的时间，带调用栈
aside
work wkoffcn sleep 20 30
check row any~sleep_in_handler value 580ms..1200ms || hist any~sleep_in_handler between 25ms..50ms count 20..22

? run queue latency
alone
work wkrunq hogs 4 1000
check hist between 1ms..30ms count 40..4000

? how long do tasks wait for a cpu, by process
alone
work wkrunq2 hogs 4 1000
check hist me between 1ms..30ms count 40..4000 || avg me 1ms..40ms || max me 2ms..200ms || row me value 1500ms..4000ms

? scheduling delay of wkrunq3
aside
alone
work wkrunq3 hogs 4 1000
check hist between 1ms..30ms count 40..4000 || avg 1ms..40ms

? 运行队列延迟直方图
alone
work wkrunqcn hogs 4 1000
check hist between 1ms..30ms count 40..4000

? run queue length
alone
work wkrunql hogs 5 1500
check status cannot || hist between 3..6 count 20.. || hist cpu=1 between 3..6 count 20.. || max 4..8 || avg cpu=1 2..6

? context switches by process
work wkswitch pingpong 2000
check row me value 3900..4400

? which processes switch context most often
aside
work wkswitch2 pingpong 4000
check row me value 7900..8600

? 每个进程的上下文切换次数
work wkswitchcn pingpong 1500
check row me value 2900..3400

? count context switches per cpu
alone
work wkswitch3 pingpong 3000
check row cpu=1 value 5900..8000

? how often are threads migrated between cpus, by process
work wkmigrate migrate 200
check row me value 198..215

? cpu migrations
alone
aside
work wkmigrate2 migrate 300
check row me value 298..315 || total 298..1200

? 线程在 CPU 之间迁移的次数，按进程
work wkmigratecn migrate 150
check row me value 148..165

? wakeups by process: who gets woken
work wkwake pingpong 1000
check row me value 1000..2300

? who wakes up whom
aside
work wkwake2 pingpong 1000
check row any=wkwake2 value 1000..2600 || event any=wkwake2 count 100..

? soft interrupts by kind
alone
work wksoft udp 2000 {port} 100
check row any~^(NET_RX|net_rx|3)$ value 2000..2600

? time spent in softirqs by vector
alone
work wksoft2 udp 3000 {port} 100
check row any~^(NET_RX|net_rx|3)$ value 1ms..900ms || hist any~^(NET_RX|net_rx|3)$ total 3000..3900 || avg any~^(NET_RX|net_rx|3)$ 1us..300us

? 软中断按类型统计次数
aside
alone
work wksoftcn udp 2500 {port} 100
check row any~^(NET_RX|net_rx|3)$ value 2500..3300

? hardware interrupts by device name
alone
work wkirq diskwrite 200 4k {tmp}/d
check row any~virtio value 100..2000

? interrupt handler latency by irq
alone
work wkirq2 diskwrite 300 4k {tmp}/d
check hist any~(virtio|[0-9]+) between 100ns..5ms count 100..3000 || avg any~(virtio|[0-9]+) 100ns..5ms || row any~(virtio|[0-9]+) value 10us..500ms

? 硬件中断次数，按中断号
alone
work wkirqcn diskwrite 250 4k {tmp}/d
check row any~(virtio|^[0-9]+$) value 100..2500

? ipis sent between cpus
alone
work wkipi migrate 300
check row any~. value 50..20000 || total 50..20000 || event any~. count 50..20000

? expired kernel timers by function
alone
work wktimer sleep 100 3
check row function~. value 5..10000

? high resolution timers fired by function
aside
alone
work wkhr sleep 150 3
check row any~hrtimer_wakeup value 150..1200

? workqueue items executed by function
alone
work wkwq dirty 300 4k {tmp}/d + dropcaches 2
check row any~. value 3..5000

? how long does each kernel work item take
alone
aside
work wkwq2 dirty 500 4k {tmp}/d
check hist between 10ns..1s count 3..5000 || avg 10ns..1s || row any~. value 100ns..2s

? how long do processes sleep in nanosleep
work wknap sleep 25 20
check hist me between 18ms..40ms count 25 || avg me 19ms..30ms || row me value 480ms..800ms

? nanosleep calls by process
work wknap2 sleep 120 2
check row me value 120

? sched_yield by process
work wkyield yield 800
check row me value 800

? poll() latency
work wkpoll poll 20 25
check hist me between 16ms..50ms count 20 || hist between 16ms..50ms count 20..80

? average time in epoll_wait by process
aside
work wkepoll epoll 20 25
check avg me 24ms..40ms || hist me between 16ms..50ms count 20

? select / pselect calls by process
work wkselect select 40 2
check row me value 40

? timerfd_settime calls
work wktfd timerfd 30 5
check row me value 30 || event me count 30

? which process sets itimers and gets SIGALRM
work wkitimer itimer 60 5
check row me value 60..63 || row any=wkitimer value 60..63 || event any=wkitimer count 2..66

? cache misses by process
aside
work wkpmu burn 200
check status cannot why~(?i)pmu|hardware|counter

? LLC misses
work wkpmu2 burn 200
check status cannot why~(?i)pmu|hardware|counter

? instructions retired per process
work wkpmu3 burn 200
check status cannot why~(?i)pmu|hardware|counter

? 统计分支预测失败次数
work wkpmucn burn 200
check status cannot why~(?i)pmu|hardware|counter|硬件

? cpu cycles by command
aside
work wkpmu4 burn 200
check status cannot why~(?i)pmu|hardware|counter

? cpu frequency changes
work wkfreq burn 300
check status cannot|no_events

? how much time do cpus spend idle, by idle state
alone
work wkidle sleep 50 10
check status cannot|no_events || row any~. value 10..2000000 || hist between 1us..2s count 10.. || row any~. value 1ms..9s || event any~. count 10..

? kernel stacks of context switches out of wkkstack
work wkkstack sleep 100 3
check row any~(schedule|nanosleep) value 100..120

? 谁唤醒了谁
aside
work wkwakecn pingpong 1000
check row any=wkwakecn value 1000..2600 || event any=wkwakecn count 100..

? nanosleep 的睡眠时间，按进程
work wknapcn sleep 25 20
check hist me between 18ms..40ms count 25 || avg me 19ms..30ms || row me value 480ms..800ms

? epoll_wait 的平均等待时间，按进程
work wkepollcn epoll 20 25
check avg me 24ms..40ms || hist me between 16ms..50ms count 20

? 定时器到期的函数统计
alone
work wkhrcn sleep 120 3
check row function~. value 5..20000

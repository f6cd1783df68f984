# Written blind on 2026-11-21, from neither the vocabulary nor the other questions: to be run, and never read by those who write vocabulary.

? futex wait times of hlfut, histogram
aside
work hlfut futexwait 14 20 + futexwake 50
check hist between 19ms..90ms count 14 and hist total 14..15 || hist me between 19ms..90ms count 14 and hist me total 14..15

? Count futex wake calls by process
aside
work hlwake futexwake 500 + futexwait 40 2
check row me value 500

? 按进程统计 flock 等锁的最长时间
aside
work hlflock flockwait 4 60 {tmp}/lock + sleep 2 200
check max me 58ms..180ms

? my program hlmtx feels slow and I suspect its mutex: how much time in total do its threads spend waiting for it?
aside
work hlmtx mutex 8 20
check total 200ms..380ms || row me value 200ms..380ms

? Count pthread_mutex_lock calls in libc by process name
aside
work hllock lockfree 900
check row me value 900..910

? semafore operatons (semop) per procces
aside
work hlsem semop 45
check row me value 90

? bytes hlmq sends through System V message queues
aside
work hlmq msgq 30 1200
check total 36000 || row me value 36000

? io_uring requests of hlring by opcode
aside
work hlring uringnop 20 + uringread 12 4096
check row any~(?i)^((IORING_)?(OP_)?NOP|0)$ value 20
check row any~(?i)^((IORING_)?(OP_)?READ|22)$ value 12

? hlevt 往 eventfd 写了多少次
aside
work hlevt eventfd 66 + write 30 100 {tmp}/x
check total 66 || row me value 66

? how often does pthread_cond_timedwait in hlcond time out
aside
work hlcond condwait 9 30 + futexwait 7 10
check total 9 || row me value 9

? Count lock contentions in the kernel by process
aside
work hlcontend contend 800
check row me value 10..

? hlsemw 每次等待信号量花多长时间
aside
work hlsemw semwait 7 25
check hist between 23ms..90ms count 7 || hist me between 23ms..90ms count 7 || event me count 7..14

# Written blind on 2026-11-21, from neither the vocabulary nor the other questions: to be run, and never read by those who write vocabulary.

? Trace every exec and print the parent's pid and the full command line
aside
work hlparent exec 7 /bin/echo heldword
check event any~echo\ heldword any={pid} count 7

? average lifetime of processes called hlshort
aside
work hlshort live 12 30
check avg 29ms..80ms || avg me 29ms..80ms

? exit codes by process, how many of each
aside
work hlcodes fork 9 3 + fork 4 77
check row me any=3 value 9
check row me any=77 value 4

? 谁给进程 wkreceiver 发了信号，每种信号几次
aside
work hlsender kill 8 10 + raise 20 12
check row me any~^(SIG)?USR1$|^10$ value 8
check row me value 8..9

? how many threads does hlspawn start
aside
work hlspawn thread 31 + fork 6 0
check total 31 || row me value 31

? wich program gets execd the most, top 5?
aside
alone
work hlexec exec 90 /bin/true x
check top any~(^|/)true$
check row any~(^|/)true$ value 90..95
check rows 1..5

? Trace setuid and print who calls it and with which uid
aside
work hlbecome become 5 2718
check event process=hlbecome any=2718 count 5

? faild kill() calls with thier errno by process
aside
work hlkills killfail 15 + kill 9 10
check row me any~^ESRCH$|No\ such value 15
check row me value 15

? hlforks 平均每秒创建几个子进程
aside
work hlforks fork 60 0 + thread 20
check rate 22..31 || rate me 22..31

? Which processes die of a segmentation fault? print pid and name
aside
work hlcrash crash 4 11 + crash 3 6
check event process=hlcrash count 4 || row process=hlcrash value 4

? what value does the local variable total have in main of hlvars right now
aside
work hlvars getppid 10
check status cannot|refused

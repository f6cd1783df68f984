# Written blind on 2026-11-21, from neither the vocabulary nor the other questions: to be run, and never read by those who write vocabulary.

? on-CPU time per process in ms
aside
work hlburn burn 400 + sleep 4 100
check row me value 380ms..480ms

? Sample the user stacks of hlprof at 99 hertz and show the hottest
aside
work hlprof burntwo 700 60
check top any~hash_blocks
check row any~hash_blocks value 40..90

? hlvolun 主动让出 CPU 的上下文切换有多少次
aside
work hlvolun sleep 300 2 + hogs 4 500
check total 300..330 || row me value 300..330

? hlhogs sometimes stalls although it has work to do. What is the longest it had to wait on the run queue?
aside
work hlhogs hogs 4 800
check max 2ms..400ms || max me 2ms..400ms

? every second, print how many times hlyield calls sched_yield, for 3 seconds
aside
for 3
work hlyield yield 100 + sleep 15 100 + yield 200
check intervals 2..4
check ticks value 300 || ticks me value 300

? process migrations between cpus, count by name
aside
work hlmigrate migrate 80
check row me value 75..190

? how long does hlnap sleep in nanosleep? histogram
aside
work hlnap sleep 20 15 + poll 10 20
check hist between 14ms..60ms count 20 and hist total 20 || hist me between 14ms..60ms count 20 and hist me total 20

? how mnay softirqs of eech type happend
aside
alone
work hlsoft udp 2500 {port} 64
check row any~(?i)^(3|net_?rx(_softirq)?)$ value 2400..6000

? 处理器 1 上哪个进程占用 CPU 时间最多
aside
alone
work hlcpuone burnon 1600 1
check top me
check row me value 1000ms..2100ms

? total off-cpu time of hlblock in milliseconds
aside
work hlblock sleep 10 50 + burn 200
check total 490ms..640ms || row me value 490ms..640ms

? how many watts does each process draw?
aside
work hlwatts burn 200
check status cannot|refused

# Written blind on 2026-11-21, from neither the vocabulary nor the other questions: to be run, and never read by those who write vocabulary.

? Trace failed opens and print the process, the path and the error
aside
work hlopener openfail 17 /no/such/ledger.cfg + open 30 {tmp}/fine
check event process=hlopener any=/no/such/ledger.cfg any~^ENOENT$|^No\ such count 17
check absent process=hlopener any=*/fine

? how many bytes has pid {pid} read, per file?
aside
work hlreads read 40 5000 {tmp}/invoices.dat + read 10 300 /dev/zero
check row any=*invoices.dat value 200000
check row any=*zero value 3000

? I have a service called hlavg that writes many small pieces; what is the average number of bytes per write?
aside
work hlavg write 30 1000 {tmp}/a + write 10 5000 {tmp}/a
check avg 1900..2010 || avg me 1900..2010

? which files get deleted and who deletes them
aside
work hldelete unlink 12 {tmp}
check row process=hldelete any=*old7 value 1 and row process=hldelete value 12 || event process=hldelete any=*old7 count 1 and event process=hldelete any=*old* count 12

? 统计每个进程重命名了多少次文件
aside
work hlrename rename 23 {tmp} + open 50 {tmp}/a
check row me value 23

? 跟踪 hlmkdir 创建目录，打印路径和权限模式
aside
work hlmkdir mkdir 6 {tmp}
check event any=*made3 any~^(0?o?755|493|0x1ed|rwxr-xr-x)$ count 1
check event any=*made* any~^(0?o?755|493|0x1ed|rwxr-xr-x)$ count 6

? histgram of raed sizes for procces hlsize
aside
work hlsize read 50 100 /dev/zero + read 20 40000 /dev/zero
check hist at 100 50..52 and hist at 40000 20 || hist me at 100 50..52 and hist me at 40000 20

? fsync latency of hlsync in microseconds, as a histogram
aside
work hlsync fsync 15 {tmp}/wal + fdatasync 9 {tmp}/wal
check hist between 1us..10s count 15 || hist me between 1us..10s count 15

? top 3 files by number of opens, only by user 4321
aside
work hluser asuser 25 4321 + open 60 {tmp}/mine
check row any=*/hostname value 25
check absent any=*/mine
check rows 1..3

? how many files did each process open yesterday between 9 and 10 o'clock?
aside
work hlpast open 20 {tmp}/a
check status cannot|refused

? Count chmod calls on files ending in .pem by process
aside
work hlchmod chmod 14 site.pem + chmod 30 notes.txt
check row me value 14

? 哪些进程在写 {tmp}/orders.log，各写了多少字节
aside
work hlorders write 20 512 {tmp}/orders.log + write 9 9000 {tmp}/else.log
check row me value 10240

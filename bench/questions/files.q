# Files and directories.
? which process opens the most files
work wkopen open 60000 {tmp}/x
check row me value 60000..60050
check top me

? count file opens by process
work wkopen2 open 500 {tmp}/x + stat 300 {tmp}/x
check row me value 500..520

? what files does pid {pid} open
work wkopen3 open 25 {tmp}/secret.conf
check event file~secret.conf count 25 || row file~secret.conf value 25
check only file~secret.conf

? list every file that wkopen4 opens
work wkopen4 open 12 {tmp}/a.log + open 7 {tmp}/b.log
work wkdecoy open 30 {tmp}/c.log
check event file~a.log$ count 12..13 and event file~b.log$ count 7..8 || row file~a.log$ value 12..13 and row file~b.log$ value 7..8
check absent file~c.log

? show me failed opens with the error
aside
work wkfail openfail 30 /no/such/file
check event me error=ENOENT* file=/no/such/file count 30..31 || row me error=ENOENT* value 30..31 || event me error=ENOENT* count 30..31

? opens that fail, by error code
work wkfail2 openfail 40 /tmp + open 100 {tmp}/x
check row error=EISDIR* value 40..60 || event error=EISDIR* count 40..60

? wich proces is opening fiels that dont exist
work wkfail3 openfail 60 /no/such/thing + open 200 {tmp}/x
check row me value 60..65 || event me count 60..65

? 哪个进程打开的文件最多
work wkopencn open 60000 {tmp}/x
check row me value 60000..60050
check top me

? 统计每个进程打开文件失败的次数
aside
work wkopencnf openfail 80 /no/such/file + open 150 {tmp}/x
check row me value 80..85

? trace open() calls, grouped by file name, for 2 seconds
work wkopen5 open 44 {tmp}/name.txt
check row file~name.txt value 44..46

? distribution of read sizes per process
work wkread read 300 4096 /dev/zero + read 100 100 /dev/zero
check hist me at 4096 300..305
check hist me at 100 100..105

? histgram of read() return sizes
alone
work wkread2 read 400 12000 /dev/zero
check hist at 12000 400..480 || hist me at 12000 400..402

? how many bytes does each process read
work wkread3 read 300 4096 /dev/zero + read 100 100 /dev/zero
check row me value 1238800..1300000

? bytes read, not requested, by process: the reads come back short
work wkshort shortread 200 100 {tmp}/short
check row me value 20000..22000

? how many bytes does each process write
aside
work wkwrite write 250 2000 {tmp}/out
check row me value 500000..510000

? which process writes the most data?
work wkwrite2 write 400 262144 /dev/null
check row me value 104857600..105100000
check top me

? average write size by process
work wkwrite3 write 100 1000 {tmp}/w + write 100 3000 {tmp}/w
check avg me 1950..2010

? biggest write of each process
work wkwrite4 write 20 70000 {tmp}/w + write 90 10 {tmp}/w
check max me 70000 || hist me at 70000 20

? count writes larger than 64 KB by process
work wkwrite5 write 50 100k {tmp}/w + write 200 100 {tmp}/w
check row me value 50..51

? count read calls by process, only reads of more than 10000 bytes
aside
work wkread4 read 70 20000 /dev/zero + read 300 512 /dev/zero
check row me value 70..71

? 每个进程写了多少字节
work wkwritecn write 250 2000 {tmp}/out
check row me value 500000..510000

? 读取大小的分布直方图，按进程
work wkreadcn read 300 4096 /dev/zero + read 100 100 /dev/zero
check hist me at 4096 300..305
check hist me at 100 100..105

? read latency histogram by process
work wkslow slowread 20 20
check hist me between 16ms..40ms count 19..22

? how long do reads take on average in wkslow2
work wkslow2 slowread 20 20
check avg me 19ms..30ms || avg 19ms..30ms || hist between 16ms..40ms count 19..22

? which process waits longest in read?
aside
work wkslow3 slowread 15 30
check max me 29ms..60ms || row me value 440ms..800ms || avg me 25ms..50ms || hist me between 25ms..50ms count 14..17

? reads slower than 10 ms
work wkslow4 slowread 12 25 + read 200 100 /dev/zero
check event me count 12..14 || row me value 12..14 || hist me between 16ms..64ms count 12..14

? 读操作的延迟是多少，按进程统计
work wkslowcn slowread 20 20
check hist me between 16ms..40ms count 19..22 || avg me 19ms..30ms

? who renames files and to what
work wkrename rename 20 {tmp}
check event me any~old7$ any~renamed7$ count 1

? count renames per process
work wkrename2 rename 64 {tmp}
check row me value 64

? which files are being deleted, and by whom?
work wkunlink unlink 20 {tmp}
check event me file~old3$ count 1 || row me file~old3$ value 1

? number of deleted files by process
aside
work wkunlink2 unlink 77 {tmp}
check row me value 77

? 谁在删除文件
work wkunlinkcn unlink 33 {tmp}
check row me value 33 || event me count 33

? failed unlinks, with error
work wkunlinkf unlinkfail 15 /no/such/file
check event me error=ENOENT* count 15 || row me error=ENOENT* value 15 || row error=ENOENT* value 15..40

? hard links created by process
work wklink link 31 {tmp}
check row me value 31 || event me count 31

? show each symlink as it is created
work wksym symlink 9 {tmp}
check event me any~soft4$ count 1

? who creates directories, count them
work wkmkdir mkdir 28 {tmp}
check row me value 28

? directories removed, per process
aside
work wkrmdir rmdir 36 {tmp}
check row me value 36

? which process changes file permissions, and of which files
work wkchmod chmod 18 {tmp}/mode.txt
check event me file~mode.txt count 18 || row me file~mode.txt value 18

? 统计 chmod 调用次数，按进程
work wkchmodcn chmod 45 {tmp}/mode.txt
check row me value 45

? chown calls by process
work wkchown chown 27 {tmp}/own
check row me value 27

? how often does each process call fsync
work wkfsync fsync 40 {tmp}/s
check row me value 40

? fsync latency per process
aside
work wkfsync2 fsync 40 {tmp}/s
check hist me between 1us..900ms count 40 || avg me 1us..900ms

? count fsync and fdatasync by process
work wkfds fdatasync 25 {tmp}/s + fsync 10 {tmp}/t
check row me value 35 || row me any~fdatasync value 25

? is anyone calling sync?
alone
work wksync sync 3
check row me value 3 || event me count 3

? 哪个进程在频繁调用 fsync
work wkfsynccn fsync 35 {tmp}/s
check row me value 35

? number of stat calls by process
work wkstat stat 900 {tmp}/x
check row me value 900..905

? which paths does wkstat2 stat
work wkstat2 stat 20 {tmp}/looked.at
check event file~looked.at count 20 || row file~looked.at value 20

? stat calls that fail by process
aside
work wkstatf statfail 50 /no/file + stat 100 {tmp}/x
check row me value 50 || event me count 50

? how many times does each program check access() of a file
work wkaccess access 120 {tmp}/x
check row me value 120

? directory listings (getdents) by process
work wkdents readdir 30 {tmp}
check row me value 60

? count lseek per process
work wkseek lseek 300 {tmp}/x
check row me value 300..302

? truncates by process please
aside
work wktrunc truncate 22 {tmp}/t
check row me value 22

? fallocate calls, who makes them
work wkfalloc fallocate 26 {tmp}/f
check row me value 26 || event me count 26

? mount and umount activity
alone
work wkmount mount 8 {tmp}
check row me value 8..16 || event me count 8..16

? every mount with its error if it failed
aside
work wkmountf mountfail 5 {tmp}
check event me count 5 || row me value 5

? 显示挂载操作
alone
work wkmountcn mount 6 {tmp}
check row me value 6..12 || event me count 6..12

? file locks taken with flock by process
work wkflock flock 50 {tmp}/l
check row me value 50..100

? how long does flock wait
work wkflockw flockwait 8 40 {tmp}/l
check hist between 30ms..70ms count 8..9 || hist me between 30ms..70ms count 8..9 || max me 35ms..90ms

? extended attributes set by process
work wkxattr setxattr 19 {tmp}/x
check row me value 19

? who updates file timestamps (utimensat)
work wkutime utime 23 {tmp}/x
check row me value 23 || event me count 23

? sendfile bytes by process
aside
work wksendf sendfile 20 50000 {tmp}/big
check row me value 1000000

? copy_file_range count per process
work wkcopy copyrange 16 30000 {tmp}/big
check row me value 16

? inotify watches added, by process
work wkinot inotify 21 {tmp}/x
check row me value 21

? files opened per second
work wkper spread 100 5
alone
check rate 25..600 || rate me 25..60

? count opens every second for 3 seconds by process
for 3
work wkevery spread 300 5
check intervals 2..4
check row me value 300..305

? top 3 processes by number of opens
work wktop3 open 60000 {tmp}/x
check top me
check rows 1..3

? 前5个打开文件最多的进程
aside
work wktop5cn open 60000 {tmp}/x
check top me
check rows 1..5

? opens by user
alone
work wkuser asuser 90 4321
check row user=4321 value 90

? files opened by user 4322
aside
work wkuser2 asuser 60 4322 + open 200 {tmp}/x
check event file=/etc/hostname count 60 || row file=/etc/hostname value 60 || row me value 60

? files created with O_CREAT by process wkcreat, list names
work wkcreat create 14 {tmp}
check event file~new5$ count 1 || row file~new5$ value 1

? list the open flags used by wkflags
work wkflags open 10 {tmp}/x
check event me count 10..11 || row me value 10..11 || total 10..11

? 查看进程 {pid} 打开了哪些文件
work wkpidcn open 19 {tmp}/mi.txt
check event file~mi.txt count 19 || row file~mi.txt value 19
check only file~mi.txt

? 每个进程平均每次写多少字节
aside
work wkavgcn write 100 1000 {tmp}/w + write 100 3000 {tmp}/w
check avg me 1950..2010

? 大于 64KB 的写操作，按进程计数
work wkbigcn write 35 100k {tmp}/w + write 120 100 {tmp}/w
check row me value 35

? 重命名了哪些文件
work wkrencn rename 10 {tmp}
check event me any~old7$ count 1

? 创建目录的次数
work wkmkcn mkdir 17 {tmp}
check row me value 17 || event me count 17 || total 17..30

# Disks and file systems. Most work on a loop device of their own, so its numbers are exact.
? block I/O size histogram
alone
before truncate -s 200M {tmp}/disk; l=$(losetup -f --show {tmp}/disk); echo loop=$l; echo minor=${l#/dev/loop}
after losetup -d {loop}
work wkblk diskwrite 150 64k {loop}
check hist at 65536 150..420 || hist any~(^loop|^7:|wkblk) at 65536 150..170

? disk request sizes by process
alone
before truncate -s 200M {tmp}/disk; l=$(losetup -f --show {tmp}/disk); echo loop=$l; echo minor=${l#/dev/loop}
after losetup -d {loop}
work wkblk2 diskread 120 128k {loop}
check hist me at 131072 120..122

? how many disk requests per device
alone
aside
before truncate -s 200M {tmp}/disk; l=$(losetup -f --show {tmp}/disk); echo loop=$l; echo minor=${l#/dev/loop}
after losetup -d {loop}
work wkblk3 diskwrite 130 16k {loop}
check row device=loop{minor}|7:{minor}|7,{minor} value 130..134

? bytes read from disk by process
alone
before truncate -s 200M {tmp}/disk; l=$(losetup -f --show {tmp}/disk); echo loop=$l; echo minor=${l#/dev/loop}
after losetup -d {loop}
work wkblk4 diskread 100 32k {loop}
check row me value 3276800..3400000

? bytes written per block device
alone
before truncate -s 200M {tmp}/disk; l=$(losetup -f --show {tmp}/disk); echo loop=$l; echo minor=${l#/dev/loop}
after losetup -d {loop}
work wkblk5 diskwrite 90 32k {loop} + diskread 50 64k {loop}
check row device=loop{minor}|7:{minor}|7,{minor} value 2949120..3000000

? disk I/O latency histogram
alone
work wkblk6 diskwrite 300 4k {tmp}/d
check hist between 1us..2s count 300..50000

? block device latency by device, as a histogram
alone
aside
before truncate -s 200M {tmp}/disk; l=$(losetup -f --show {tmp}/disk); echo loop=$l; echo minor=${l#/dev/loop}
after losetup -d {loop}
work wkblk7 diskread 160 4k {loop}
check hist device=loop{minor}|7:{minor}|7,{minor} between 1us..2s count 160..162

? average disk latency by device
alone
before truncate -s 200M {tmp}/disk; l=$(losetup -f --show {tmp}/disk); echo loop=$l; echo minor=${l#/dev/loop}
after losetup -d {loop}
work wkblk8 diskread 160 4k {loop}
check avg device=loop{minor}|7:{minor}|7,{minor} 1us..50ms

? 磁盘 I/O 延迟直方图
alone
work wkblkcn diskwrite 260 4k {tmp}/d
check hist between 1us..2s count 260..50000

? 磁盘请求大小分布，按进程
alone
before truncate -s 200M {tmp}/disk; l=$(losetup -f --show {tmp}/disk); echo loop=$l; echo minor=${l#/dev/loop}
after losetup -d {loop}
work wkblkcn2 diskwrite 110 64k {loop}
check hist me at 65536 110..112

? which process does the most disk I/O
alone
aside
before truncate -s 200M {tmp}/disk; l=$(losetup -f --show {tmp}/disk); echo loop=$l; echo minor=${l#/dev/loop}
after losetup -d {loop}
work wkblk9 diskwrite 500 64k {loop}
check row me value 500..505 || row me value 32768000..33500000

? reads versus writes on disk: count requests by operation
alone
before truncate -s 200M {tmp}/disk; l=$(losetup -f --show {tmp}/disk); echo loop=$l; echo minor=${l#/dev/loop}
after losetup -d {loop}
work wkblk10 diskread 140 4k {loop} + diskwrite 60 4k {loop}
check row any~^[Rr] value 140..5000

? list each block request with its sector and size
alone
before truncate -s 200M {tmp}/disk; l=$(losetup -f --show {tmp}/disk); echo loop=$l; echo minor=${l#/dev/loop}
after losetup -d {loop}
work wkblk11 diskread 40 8k {loop}
check event me count 40..41 || event any=loop{minor}|7:{minor}|7,{minor} count 40..41

? disk requests larger than 100 kb, by process
alone
aside
before truncate -s 200M {tmp}/disk; l=$(losetup -f --show {tmp}/disk); echo loop=$l; echo minor=${l#/dev/loop}
after losetup -d {loop}
work wkblk12 diskread 45 128k {loop} + diskread 80 4k {loop}
check row me value 45..46

? I/O requests completed with an error
alone
work wkblk13 diskwrite 20 4k {tmp}/d
check status no_events

? disk operations per second by device
alone
before truncate -s 200M {tmp}/disk; l=$(losetup -f --show {tmp}/disk); echo loop=$l; echo minor=${l#/dev/loop}
after losetup -d {loop}
work wkblk14 diskread 600 4k {loop}
check rate device=loop{minor}|7:{minor}|7,{minor} 180..610

? stacks that issue block I/O for wkblk15
alone
before truncate -s 200M {tmp}/disk; l=$(losetup -f --show {tmp}/disk); echo loop=$l; echo minor=${l#/dev/loop}
after losetup -d {loop}
work wkblk15 diskread 70 4k {loop}
check row any~(submit_bio|blk_|blkdev|pread|run_diskread|direct) value 70..75

? how deep is the disk queue: merged requests
alone
aside
work wkblk16 dirty 500 4k {tmp}/d
check status no_events || row any~. value 1..2000 || total 1..2000 || event any~. count 1..2000

? ext4 sync calls by process
alone
work wkext4 fsync 30 {tmp}/f
check row me value 30..31

? which processes write to ext4, ext4 write begin events
alone
work wkext42 dirty 200 4096 {tmp}/f
check row me value 195..420

? ext4 files deleted (ext4_unlink_enter) by process
aside
work wkext43 unlink 35 {tmp}
check row me value 35

? ext4 同步操作的延迟
alone
work wkext4cn fsync 28 {tmp}/f
check hist me between 1us..2s count 28 || hist between 1us..2s count 28..60 || avg 1us..2s || avg me 1us..2s

? ext4 fsync latency by process
alone
work wkext44 fsync 32 {tmp}/f
check hist me between 1us..2s count 32 || avg me 1us..2s

? xfs file fsync events by process
alone
needs mkfs.xfs
before truncate -s 400M {tmp}/disk; mkfs.xfs -q {tmp}/disk; mkdir {tmp}/mnt; mount -o loop {tmp}/disk {tmp}/mnt
after umount {tmp}/mnt
work wkxfs fsync 12 {tmp}/mnt/f
check row me value 12..13

? xfs reads and writes by process
aside
alone
needs mkfs.xfs
before truncate -s 400M {tmp}/disk; mkfs.xfs -q {tmp}/disk; mkdir {tmp}/mnt; mount -o loop {tmp}/disk {tmp}/mnt
after umount {tmp}/mnt
work wkxfs2 pwrite 40 4096 {tmp}/mnt/f + pread 25 4096 {tmp}/mnt/f
check row me value 40..90

? btrfs sync file events by process
alone
needs mkfs.btrfs
before truncate -s 400M {tmp}/disk; mkfs.btrfs -q {tmp}/disk; mkdir {tmp}/mnt; mount -o loop {tmp}/disk {tmp}/mnt
after umount {tmp}/mnt
work wkbtrfs fsync 14 {tmp}/mnt/f
check row me value 14..15

? btrfs activity
alone
aside
work wkbtrfs2 fsync 3 {tmp}/f
check status no_events|cannot

? journal commits of ext4 (jbd2)
alone
before truncate -s 200M {tmp}/disk; mkfs.ext4 -q {tmp}/disk; mkdir {tmp}/mnt; mount -o loop {tmp}/disk {tmp}/mnt
after umount {tmp}/mnt
work wkjbd fsync 15 {tmp}/mnt/f + syncfs 3 {tmp}/mnt/f
check row any~. value 10..60 || event any~. count 10..60 || total 10..60 || hist total 10..60

? how long do jbd2 commits take
alone
before truncate -s 200M {tmp}/disk; mkfs.ext4 -q {tmp}/disk; mkdir {tmp}/mnt; mount -o loop {tmp}/disk {tmp}/mnt
after umount {tmp}/mnt
work wkjbd2 fsync 15 {tmp}/mnt/f
check hist between 1us..3s count 5..60 || avg 1us..3s || hist any~. between 1us..3s count 5..60

? writeback activity: who dirties pages
alone
work wkdirty dirty 300 4096 {tmp}/wb
check row me value 290..900

? pages written back by writeback
aside
alone
work wkdirty2 dirty 600 4096 {tmp}/wb
check row any~. value 100..20000 || total 100..20000

? 脏页回写，按进程统计变脏的页
alone
work wkdirtycn dirty 350 4096 {tmp}/wb
check row me value 340..1000

? inodes marked dirty by process
alone
work wkinode chmod 50 {tmp}/x
check row me value 50..120

? read-ahead by process
alone
work wkra read 300 4096 {tmp}/ra
check status no_events || row me value 1..300

? 每个块设备的请求次数
alone
before truncate -s 200M {tmp}/disk; l=$(losetup -f --show {tmp}/disk); echo loop=$l; echo minor=${l#/dev/loop}
after losetup -d {loop}
work wkblkcn3 diskwrite 125 16k {loop}
check row device=loop{minor}|7:{minor}|7,{minor} value 125..130

? 每个进程从磁盘读了多少字节
alone
aside
before truncate -s 200M {tmp}/disk; l=$(losetup -f --show {tmp}/disk); echo loop=$l; echo minor=${l#/dev/loop}
after losetup -d {loop}
work wkblkcn4 diskread 80 32k {loop}
check row me value 2621440..2700000

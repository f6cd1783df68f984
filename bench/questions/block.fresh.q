# Disks and file systems: questions that nobody tunes on.
? how big are the requests that go to {name}?
aside
before truncate -s 64m img; d=$(losetup -f --show img); echo dev=$d; echo name=${d#/dev/}
after losetup -d {dev}
work fxblk diskwrite 64 16k {dev}
check hist at 16384 64 and hist total 64..70

? {name} 的读延迟分布，不要写
aside
before truncate -s 64m img; d=$(losetup -f --show img); echo dev=$d; echo name=${d#/dev/}
after losetup -d {dev}
work fxblk2 diskread 50 8k {dev} + diskwrite 30 8k {dev}
check hist total 50..52

? bytes written to each disk
aside
before truncate -s 64m img; d=$(losetup -f --show img); echo dev=$d; echo name=${d#/dev/}; echo devno=$(cat /sys/block/${d#/dev/}/dev)
after losetup -d {dev}
work fxblk3 diskwrite 40 12k {dev} + diskread 25 4k {dev}
check row any={name}|{dev}|{devno} value 491520

? iops of every disk, per second
aside
before truncate -s 64m img; d=$(losetup -f --show img); echo dev=$d; echo name=${d#/dev/}; echo devno=$(cat /sys/block/${d#/dev/}/dev)
after losetup -d {dev}
work fxblk4 diskread 120 4k {dev} + diskwrite 80 4k {dev}
check rate any={name}|{dev}|{devno} 80..110 || row any={name}|{dev}|{devno} value 195..210 and intervals 1..3

? who does the most disk i/o, count requests
aside
work fxblk5 diskwrite 260 4k {tmp}/d
check row me value 245..330

? flush requests sent to {name}
aside
before truncate -s 64m img; d=$(losetup -f --show img); echo dev=$d; echo name=${d#/dev/}; echo devno=$(cat /sys/block/${d#/dev/}/dev)
after losetup -d {dev}
work fxblk6 fsync 25 {dev}
check total 25..27 || row any={name}|{dev}|{devno} value 25..27

? trim / discard requests on {name}, how many
aside
needs blkdiscard
before truncate -s 64m img; d=$(losetup -f --show img); echo dev=$d; echo name=${d#/dev/}; echo devno=$(cat /sys/block/${d#/dev/}/dev)
after losetup -d {dev}
shell for i in 0 4 8 12 16 20; do blkdiscard -f -o ${i}M -l 1M {dev}; done
work fxblk7 diskwrite 30 4k {dev}
check total 6 || row any={name}|{dev}|{devno} value 6 || event any~{name}|{dev}|{devno} count 6

? how many requests are in flight on {name}, histogram of the queue depth
aside
before truncate -s 64m img; d=$(losetup -f --show img); echo dev=$d; echo name=${d#/dev/}
after losetup -d {dev}
work fxblk8 diskwrite 100 4k {dev}
check hist at 1 99.. || hist at 0 99.. || max 0..2

? block io errors by device
aside
before mkdir m && mount -t tmpfs -o size=2m tmpfs m && truncate -s 16m m/img && d=$(losetup -f --show m/img) && echo dev=$d && echo name=${d#/dev/} && echo devno=$(cat /sys/block/${d#/dev/}/dev) && head -c 3M /dev/zero >m/full; true
after losetup -d {dev}; umount {tmp}/m
shell for i in 40 41 42 43 44; do dd if=/dev/zero of={dev} bs=64k count=1 seek=$i oflag=direct conv=notrunc; done
check row any={name}|{dev}|{devno} value 5 || event any={name}|{dev}|{devno} count 5

? how long do ext4 fsyncs take in fxext
aside
work fxext fsync 22 {tmp}/j
check hist total 22 || hist me total 22

? jbd2 日志提交了多少次
aside
alone
before truncate -s 64m img && mkfs.ext4 -q img && mkdir m && mount -o loop img m
after umount {tmp}/m
work fxjournal fsync 18 {tmp}/m/j
check total 17..26 || hist total 17..26 || event any~. count 17..26

? how large are the writes on my xfs volume, by process
aside
print
check program ~xfs:xfs_file_(buffered|direct)_write and program ~comm || status cannot why~xfs

? btrfs transaction commits, how often
aside
print
check program ~btrfs:btrfs_transaction_commit || status cannot why~btrfs

? nfs read latency per mount
aside
check status cannot why~(nfs|NFS)

? latency of nvme commands by opcode
aside
check status cannot why~(nvme|NVMe)

? 哪个进程在写磁盘，各写了多少字节
aside
work fxblk9 diskwrite 90 32k {tmp}/w
check row me value 2800000..3400000

? what was the largest write request to {name}
aside
before truncate -s 64m img; d=$(losetup -f --show img); echo dev=$d; echo name=${d#/dev/}
after losetup -d {dev}
work fxblk10 diskwrite 20 4k {dev} + diskwrite 10 256k {dev} + diskread 2 512k {dev}
check max 262144 || hist at 262144 10 and hist at 524288 0 || row any value 262144

? who makes dirty pages that must be written back later
aside
work fxdirty dirty 500 4096 {tmp}/wb + read 200 4096 /dev/zero
check row me value 450..1100

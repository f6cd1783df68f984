# Written blind on 2026-11-21, from neither the vocabulary nor the other questions: to be run, and never read by those who write vocabulary.

? Trace block I/O and print the process, the sector and the size in bytes
aside
before head -c 8400000 /dev/urandom >{tmp}/data && sync {tmp}/data
work hldisk diskread 20 16384 {tmp}/data
check event me sector~^[0-9]+$ any=16384 count 20

? histogram of disk read sizes for hlbig
aside
before head -c 8400000 /dev/urandom >{tmp}/data && sync {tmp}/data
work hlbig diskread 30 32768 {tmp}/data + diskwrite 20 4096 {tmp}/w
check hist at 32768 30 and hist total 30..32 || hist me at 32768 30 and hist me total 30..32

? average disk latency by device
aside
before head -c 8400000 /dev/urandom >{tmp}/data && sync {tmp}/data
alone
work hllat diskread 300 4096 {tmp}/data
check avg any~vda|^254[:,\ ]+0$|^266338304$ 5us..500ms

? 每个进程往磁盘写了多少字节
aside
before head -c 8400000 /dev/urandom >{tmp}/data && sync {tmp}/data
work hlwriter diskwrite 40 65536 {tmp}/out.bin + diskread 70 4096 {tmp}/data
check row me value 2621440..2700000

? The machine feels slow when the disk is busy. Which process issues the most disk reads? Show the top 3
aside
before head -c 8400000 /dev/urandom >{tmp}/data && sync {tmp}/data
alone
work hlmost diskread 900 4096 {tmp}/data
check top me
check row me value 900..910
check rows 1..3

? block requests bigger than 64 KB, by process
aside
before head -c 8400000 /dev/urandom >{tmp}/data && sync {tmp}/data
work hllarge diskread 15 131072 {tmp}/data + diskread 40 4096 {tmp}/data
check row me value 15

? how mnay block reqests does hlissue make
aside
before head -c 8400000 /dev/urandom >{tmp}/data && sync {tmp}/data
work hlissue diskread 70 4096 {tmp}/data + read 100 4096 /dev/zero
check total 70..72 || row me value 70..72

? disk read throughput of hlrate in bytes per second
aside
before head -c 8400000 /dev/urandom >{tmp}/data && sync {tmp}/data
work hlrate diskread 60 65536 {tmp}/data
check rate 1.5m..1.95m || rate me 1.5m..1.95m

? 打印 hleach 每次磁盘请求的延迟，单位微秒
aside
before head -c 8400000 /dev/urandom >{tmp}/data && sync {tmp}/data
work hleach diskread 9 4096 {tmp}/data
check event me latency~[0-9] count 9 || event me duration~[0-9] count 9

? kernel stacks that submit block I/O for hlstack
aside
before head -c 8400000 /dev/urandom >{tmp}/data && sync {tmp}/data
work hlstack diskread 25 4096 {tmp}/data
check row any~ext4_file_read_iter|iomap_dio_rw value 25

? nvme command latency by opcode
aside
check status cannot

? 大于 100 KB 的磁盘写有几次，只看进程 hlbigw
aside
before head -c 8400000 /dev/urandom >{tmp}/data && sync {tmp}/data
work hlbigw diskwrite 11 262144 {tmp}/big.bin + diskwrite 30 4096 {tmp}/small.bin + diskread 5 262144 {tmp}/data
check total 11 || row me value 11

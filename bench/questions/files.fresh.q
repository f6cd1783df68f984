# Files and directories: questions that nobody tunes on.
? who is deleting files right now?
aside
before mkdir a b
work fxjanitor unlinkat 46 {tmp}/a + unlink 20 {tmp}/b
check row me value 66 || event me count 66

? show every rename on this box, the old name and the new one
aside
before mkdir a b
work fxmover renameat2 9 {tmp}/a + rename 6 {tmp}/b
check event me any~old[0-9] any~(fresh|renamed)[0-9] count 15 || row me any~old[0-9] any~(fresh|renamed)[0-9] value 15

? which file does pid {pid} write most to, in bytes
aside
work fxledger write 120 3000 {tmp}/ledger.dat
check row file~ledger.dat value 360000..360100

? how many bytes do the reads of fxviewer really return? I'd like a histogram
aside
work fxviewer shortread 70 900 {tmp}/short + read 25 20000 /dev/zero
check hist at 900 70..72 and hist at 20000 25..27 and hist at 65536 0

? permission denied when opening files - which process keeps getting that
aside
work fxnosy denied 33 {tmp}/secret 1234 + openfail 20 /no/such/file
check row me error=EACCES*|*ermission* value 33 || event me error=EACCES*|*ermission* count 33 || row me value 33 || event me count 33

? somebody hits "too many open files", find out who
aside
work fxleaky nofile 21 {tmp}/x + openfail 12 /no/such/file
check row me error=EMFILE* value 21 || event me error=EMFILE* count 21 || row me value 21 || event me count 21

? 谁修改了文件权限
aside
work fxperm chmod 14 {tmp}/cfg + fchmod 11 {tmp}/other
check row me value 25 || event me count 25

? fdatasync latency for pid {pid}
aside
work fxwal fdatasync 30 {tmp}/wal + fsync 12 {tmp}/x
check hist total 30 || hist me total 30

? how long does fxlocker have to wait for its file locks (flock)
aside
work fxlocker flockwait 6 60 {tmp}/l
check hist between 55ms..500ms count 6..7 || hist me between 55ms..500ms count 6..7 || max me 58ms..200ms || max 58ms..200ms

? what directories does fxcrawl list
aside
before mkdir photos music
work fxcrawl readdir 13 {tmp}/photos + readdir 4 {tmp}/music
check event any~photos count 13..26 and event any~music count 4..8 || row any~photos value 13..26 and row any~music value 4..8

? stat calls by process, print it every second
aside
for 4
work fxstatter statx 700 {tmp}/s + stat 100 {tmp}/s + statfs 60 {tmp}/s
check row me value 800..805
check intervals 3..5

? which programs cut files shorter, i.e. truncate
aside
work fxcutter ftruncate 16 {tmp}/a + truncate 7 {tmp}/b
check row me value 23 || event me count 23

? 谁在挂载和卸载文件系统？
aside
before mkdir m
work fxmount mount 5 {tmp}/m
check row me value 10 || event me count 10 || row me any~^u?mount value 10

? hard links being made: who, from what, to what
aside
work fxlinker link 12 {tmp} + symlink 5 {tmp}
check event me any~old[0-9] any~hard[0-9] count 12 || row me any~old[0-9] any~hard[0-9] value 12
check absent me any~soft[0-9]

? count only the writes bigger than 64 KB that fxbulk does
aside
work fxbulk write 20 100000 {tmp}/a + write 300 512 {tmp}/b
check row me value 20 || total 20 || event me count 20

? fxcourier 用 sendfile 一共传了多少字节
aside
work fxcourier sendfile 15 40000 {tmp}/f
check row me value 600000 || total 600000

? wich proces creates the most new files
aside
work fxmaker create 60 {tmp} + open 100 {tmp}/z
check row me value 60 || event me count 60

# Written blind on 2026-11-21, from neither the vocabulary nor the other questions: to be run, and never read by those who write vocabulary.

? Trace TCP connects and print process, destination address and port
aside
work hlconn tcp 6 {port}
check event process=hlconn any=127.0.0.1* any={port}|*:{port} count 6

? bytes sent over TCP by process
aside
work hlsend tcpbytes 50 {port} 3000 + pair 40 500
check row me value 150000

? 端口 {port} 接受了多少个 TCP 连接
aside
before echo other=$(({port} + 20000))
work hlaccept tcp 19 {port}
work hlelse tcp 9 {other}
check total 19 || row me value 19 || row any={port} value 19
check absent process=hlelse

? our client hlrefuse cannot reach its server: which error do its connects end with, and how often?
aside
work hlrefuse refused 8 {port}
check row any~^ECONNREFUSED$|refused value 8 || event any~^ECONNREFUSED$|refused count 8

? size distribution of the UDP packets hludp sends
aside
work hludp udp 60 {port} 700 + pair 30 3000
check hist at 700 60 and hist total 60 || hist me at 700 60 and hist me total 60

? tcp retransmissions by remote port
aside
work hlretrans retransmit 3 {port}
check row any={port} value 3..7

? hllook 用 getaddrinfo 查询了哪些主机名，各用了多久
aside
work hllook lookup 5 localhost
check event any=localhost latency~[0-9] count 5 || event any=localhost duration~[0-9] count 5 || hist any=localhost between 1us..2s count 5 || avg any=localhost 1us..2s || row any=localhost value 5us..5s

? how long do the TCP connections of hlsess stay open on average
aside
work hlsess longconn 6 {port} 80
check avg 79ms..200ms || avg me 79ms..200ms

? cuont udp datagrms recieved by proccess
aside
work hldgram udp 90 {port} 200 + emptyrecv 25
check row me value 90

? sockets created by hlsock by address family
aside
work hlsock socket 35 + brokenpipe 5
check row any~(?i)^((AF_|PF_)?INET6|10|IPv6)$ value 35

? queries per second of the mysql server on 10.0.0.5
aside
work hlmysql tcp 5 {port}
check status cannot|refused

? Dropped packets by reason
aside
alone
work hldrop udpnobody 400 {port}
check row any~NO_SOCKET value 400..450

? 按进程统计 unix 套接字的连接次数
aside
work hlunix unix 21 {tmp}/s.sock + tcp 9 {port}
check row me value 21

# The network: questions that nobody tunes on.
? which process connects to where? address and port please
aside
work fxconn tcp 40 {port}
check event me any~(^|[^0-9]){port}$ count 40 || row me any~(^|[^0-9]){port}$ value 40

? only ipv6 connections, by process
aside
work fxsix tcp6 22 {port}
work fxfour tcp 15 {port}
check row process=fxsix value 22 || event process=fxsix count 22 || row process=fxsix value 44 || event process=fxsix count 44
check absent process=fxfour

? tcp state changes on port {port}
aside
work fxstate tcp 12 {port}
check row any~ESTAB value 24..48 || event any~ESTAB count 24..48

? how long do tcp connections stay open
aside
alone
for 3
work fxlong longconn 7 {port} 90
check hist between 88ms..500ms count 7..14 || hist me between 88ms..500ms count 7..14

? bind fails with address already in use - which program
aside
work fxbind bindfail 11 {port} + unix 8 {tmp}/s
check row me error=EADDRINUSE* value 11 || event me error=EADDRINUSE* count 11 || row me value 11 || event me count 11

? who hammers recv on an empty socket (EAGAIN)
aside
work fxempty emptyrecv 75 + pair 40 50
check row me error=EAGAIN*|EWOULDBLOCK* value 75 || event me error=EAGAIN*|EWOULDBLOCK* count 75 || row me value 75

? how many bytes does each program send over udp
aside
work fxmsg sendmsg 80 {port} 700
check row me value 56000..56100

? fxdown 通过 TCP 收到了多少字节
aside
work fxdown tcpbytes 70 {port} 5000
check row me value 350000 || total 350000

? how long does fxaccept wait in accept for a client
aside
work fxaccept acceptwait 9 {port} 45
check hist between 42ms..500ms count 9..10 || hist me between 42ms..500ms count 9..10 || avg 42ms..80ms || avg me 42ms..80ms

? tcp 连接被对方重置了多少次
aside
alone
work fxrst reset 15 {port}
check total 15..20 || row me value 15 || event any~. count 15..20

? dropped packets: how many, and what is the reason
aside
alone
work fxdrop udpnobody 35 {port}
check row any=*NO_SOCKET* value 35..50 || event any=*NO_SOCKET* count 35..50

? what host names are being resolved, and by whom
aside
work fxdns lookup 9 localhost
check event me any=localhost count 9 || row me any=localhost value 9

? 谁连接了哪个 unix 套接字，列出路径
aside
work fxux unix 12 {tmp}/bus.sock
check event me any~bus.sock count 12 || row me any~bus.sock value 12

? new sockets by address family and type
aside
work fxsock socket 31 + setsockopt 5
check row any=*INET6*|*inet6*|*IPv6*|*ipv6*|10 any=*DGRAM*|*dgram*|datagram*|2|524290 value 31..40

? TCP 重传，按目的端口统计
aside
alone
for 3
work fxretrans retransmit 4 {port}
check row any~(^|[^0-9]){port}$ value 4..16

? which program starts to listen, on what port
aside
work fxlisten listen 6 {port} + udpnobody 5 {port}
check row me value 6 || event me count 6 || row any~(^|[^0-9]){port}$ value 6 || event any~(^|[^0-9]){port}$ count 6

? traffic per network interface in bytes
aside
alone
work fxtraffic udp 260 {port} 3000
check row any=lo value 780000..900000 || row any=lo value 1560000..1800000

? frames that my wifi driver (mac80211) transmits
aside
check status cannot why~(mac80211|wifi|Wi-Fi|wireless)

? sum of len in skb_copy_datagram_iovec per process
aside
work fxiovec tcpbytes 50 {port} 300
check row me value 15000

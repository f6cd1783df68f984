# Sockets, TCP, UDP, unix sockets, packets, drops, name lookups.
? which processes open tcp connections, and to where
work wktcp tcp 20 {port}
check event me port={port} count 20..21 || row me port={port} value 20..21

? count connect() calls by process
work wkconn tcp 60 {port}
check row me value 60..62

? connects that are refused
work wkref refused 25 {port}
check row me value 25 || event me error=ECONNREFUSED* count 25 || row me error=ECONNREFUSED* value 25 || row error=ECONNREFUSED* value 25..40

? failed connections with error, by process
aside
work wkref2 refused 30 {port} + tcp 10 {port}1
check row me error=ECONNREFUSED* value 30 || row me value 30 || event me error=ECONNREFUSED* count 30

? 哪些进程发起了 TCP 连接
work wktcpcn tcp 24 {port}
check row me value 24..25 || event me count 24..25

? 连接失败的次数和错误
work wkrefcn refused 18 {port}
check row me error=ECONNREFUSED* value 18 || row me value 18 || row error=ECONNREFUSED* value 18..30 || event me error=ECONNREFUSED* count 18

? accepted connections per process
work wkacc tcp 50 {port}
check row me value 50

? who accepts connections on port {port}
aside
work wkacc2 tcp 22 {port}
check row me value 22..46 || event me count 22..46 || row port={port} value 22..66

? connect latency
work wkconlat tcp 40 {port}
check hist me between 1us..50ms count 40..42 || hist between 1us..50ms count 40..200 || avg me 1us..50ms

? tcp state changes
work wkstate tcp 30 {port}
check row any~ESTABLISHED value 30..400 || event any~ESTABLISHED count 30..400

? tcp state transitions on port {port}, from and to
work wkstate2 tcp 15 {port}
check event port={port} any~ESTABLISHED count 15..400 || row any~ESTABLISHED value 15..100

? 统计 TCP 状态变化，按新旧状态
alone
work wkstatecn tcp 35 {port}
check row any~ESTABLISHED value 35..300

? tcp connections that reach ESTABLISHED, per process
aside
alone
work wkest tcp 45 {port}
check row me value 45..95 || row me any~ESTABLISHED value 45..200

? tcp retransmits
alone
for 3
work wkretr retransmit 5 {port}
check row any~. value 3..40 || event any~. count 3..40 || total 3..40

? which destination ports see retransmissions
alone
aside
for 3
work wkretr2 retransmit 6 {port}
check row port={port} value 3..40 || event port={port} count 3..40

? 有没有 TCP 重传
alone
for 3
work wkretrcn retransmit 5 {port}
check row any~. value 3..40 || event any~. count 3..40 || total 3..40

? tcp resets received
alone
work wkrst reset 17 {port}
check row any~. value 17..40 || event any~. count 17..40 || total 17..40

? resets sent by tcp
alone
work wkrst2 refused 19 {port}
check row any~. value 19..60 || event any~. count 19..60 || total 19..60

? who gets connection resets
aside
alone
work wkrst3 reset 21 {port}
check row me value 21..43 || event me count 21..43

? bytes sent over sockets by process
work wksend tcpbytes 50 {port} 4000
check row me value 200000..201000

? bytes received by process on sockets
work wkrecv tcpbytes 60 {port} 3000
check row me value 180000..181000

? which process sends the most network data?
aside
work wksend2 tcpbytes 300 {port} 30000
check row me value 9000000..9100000

? tcp message size histogram for wksend3
work wksend3 tcpbytes 150 {port} 6000
check hist at 6000 150..302 || hist me at 6000 150..302

? 每个进程发送了多少字节的网络数据
work wksendcn tcpbytes 80 {port} 2500
check row me value 200000..201000

? how many sendto and recvfrom calls does each process make
work wksr udp 70 {port} 64
check row me value 140 || row me any~sendto value 70

? udp datagrams sent by process
work wkudp udp 90 {port} 200
check row me value 90..91 || row me value 18000..18300

? udp bytes sent by process
aside
work wkudp2 udp 90 {port} 500
check row me value 45000..45800

? udp packets that get dropped because the receive queue is full
alone
work wkudpfull udpfull 200 {port}
check row any~. value 150..200 || event any~. count 150..200 || total 150..200

? packet drops by reason
alone
work wkdrop udpnobody 40 {port}
check row reason~NO_SOCKET|no_socket value 40..60 || row any~NO_SOCKET value 40..60

? why are packets dropped?
alone
aside
work wkdrop2 udpfull 150 {port}
check row reason~(RCVBUFF|rcvbuff|PROTO_MEM) value 100..150 || row any~(RCVBUFF|PROTO_MEM) value 100..150

? 丢包的原因统计
alone
work wkdropcn udpnobody 50 {port}
check row any~NO_SOCKET value 50..75

? kernel stacks that drop packets
alone
work wkdrop3 udpnobody 35 {port}
check row any~udp value 35..60

? packets received per network device
alone
work wkdev udp 500 {port} 100
check row any=lo value 500..1000

? packets sent by interface
alone
aside
work wkdev2 udp 450 {port} 100
check row any=lo value 450..900

? packet size histogram on transmit
alone
work wkpkt udp 300 {port} 3000
check hist between 3000..3100 count 300..400 || hist any=lo between 3000..3100 count 300..400

? bytes transmitted by network interface
alone
work wkpkt2 udp 200 {port} 5000
check row any=lo value 1000000..1100000

? 每个网络接口发送的数据包数
alone
work wkdevcn udp 420 {port} 100
check row any=lo value 420..900

? dns lookups, which names and by whom
work wkdns lookup 15 localhost
check event any=localhost count 15 || row any=localhost value 15

? getaddrinfo calls by process
work wkdns2 lookup 22 localhost
check row me value 22 || event me count 22

? how slow are host name lookups
aside
work wkdns3 lookup 16 localhost
check hist between 1us..2s count 16..30 || hist any~. between 1us..2s count 16 || avg me 1us..2s || event any=localhost count 16

? 哪个程序在解析域名
work wkdnscn lookup 13 localhost
check event any=localhost count 13 || row me value 13 || row any=localhost value 13

? new sockets by process
work wksock socket 77
check row me value 77

? sockets created, by address family
alone
work wksock2 socket 85
check row any~^(10|AF_INET6|INET6|inet6|IPv6)$ value 85..86

? listen calls with their backlog
work wklisten listen 9 {port}
check event me count 9 || row me value 9 || row any=100 value 9

? bind calls by process
aside
work wkbind listen 12 {port}
check row me value 12

? unix socket connects by process
work wkunix unix 26 {tmp}/s
check row me value 26..27

? setsockopt calls per process
work wkopt setsockopt 110
check row me value 110..112

? shutdown() on sockets, by process
work wkshut shutdown 14 {port}
check row me value 14

? how long do processes wait in recv
work wkslowr slowrecv 20 {port} 20
check hist me between 16ms..40ms count 19..21 || avg me 18ms..40ms || row me value 380ms..700ms

? recvfrom latency for process wkslowr2
aside
work wkslowr2 slowrecv 15 {port} 25
check hist between 20ms..50ms count 14..16 || avg 20ms..40ms || hist me between 20ms..50ms count 14..16 || avg me 20ms..40ms

? socket buffer overflows
alone
work wkover udpfull 120 {port}
check row any~. value 60..120 || event any~. count 60..120 || total 60..120

? tcp congestion window of connections on port {port}
alone
work wkcwnd tcpbytes 100 {port} 2000
check event any~. count 50..1000 || hist between 1..100 count 50..1000 || avg any~. 2..100 || avg 2..100 || row any~. value 1..100000 || max any~. 2..1000

? napi polls by device
alone
work wknapi udp 100 {port} 100
check row any~. value 50..2000 || status no_events

? epoll_ctl calls per process
work wkepc epoll 5 1
check status no_events || absent me

? netfilter hooks, kernel function nf_hook_slow
work wknf udp 10 {port} 100
check status cannot

? 端口 {port} 上接受的连接
work wkacccn tcp 18 {port}
check row me value 18..38 || event me count 18..38

? 每个进程收到的网络字节数
work wkrecvcn tcpbytes 60 {port} 3000
check row me value 180000..181000

? 谁在发送 UDP 数据报
aside
work wkudpcn udp 65 {port} 100
check row me value 65..66 || event me count 65..66

? 统计 socket 创建次数，按进程
work wksockcn socket 58
check row me value 58

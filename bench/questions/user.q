# Inside programs: functions, arguments, results, libraries, USDT, shells, TLS.
? how often is the function price_order of {work} called
work wkcall call 300 7 apple
check total 300 || row me value 300 || row any~. value 300

? histogram of the return value of price_order in {work}
work wkcall2 call 120 100 pear
check hist at 300 120 || hist me at 300 120

? latency of slow_query in {work}
work wkslowf slowcall 15 25
check hist between 24ms..50ms count 15 || hist me between 24ms..50ms count 15 || avg 24ms..40ms || avg me 24ms..40ms

? average time spent in function slow_query of {work} by process
aside
work wkslowf2 slowcall 15 30
check avg me 29ms..50ms

? {work} 里的函数 slow_query 花了多长时间
work wkslowfcn slowcall 14 25
check hist between 24ms..50ms count 14 || hist me between 24ms..50ms count 14 || avg 24ms..40ms || avg me 24ms..40ms

? who calls price_order in {work}: user stacks
work wkcall3 call 180 7 plum
check row any~run_call value 180

? first argument of price_order in {work}, as a histogram
aside
work wkcall4 call 140 5000 fig
check hist at 5000 140 || hist me at 5000 140

? malloc in libc by process
work wkml malloc 600 64
check row me value 600..620

? calloc calls in libc by process
work wkcalloc calloc 250 64
check row me value 250..255

? bytes requested from malloc by process
aside
work wkml2 malloc 400 1000
check row me value 400000..410000

? getenv calls by variable name for wkenv
work wkenv getenv 45 BENCH_SETTING
check row any=BENCH_SETTING value 45 || event any=BENCH_SETTING count 45

? strdup in libc, count by process
work wkstrdup strdup 260 hello
check row me value 260

? 统计 libc 中 calloc 的调用次数，按进程
work wkcalloccn calloc 240 64
check row me value 240..245

? usdt probe order in {work}
work wkusdt usdt 90 42
check total 90 || row any~. value 90 || event me count 90

? usdt:{work}:bench:order first argument histogram
aside
work wkusdt2 usdt 80 4242
check hist at 4242 80 || hist me at 4242 80

? what do people type into bash
alone
needs script
shell (sleep 0.3; echo echo bench-typed-this; sleep 0.3; echo exit) | script -qc "bash --norc -i" /dev/null
check event any~bench-typed-this count 1

? bash 里输入了哪些命令
alone
aside
needs script
shell (sleep 0.3; echo echo bench-typed-zh; sleep 0.3; echo exit) | script -qc "bash --norc -i" /dev/null
check event any~bench-typed-zh count 1

? TLS writes by process, how many bytes
alone
needs openssl
before openssl req -x509 -newkey rsa:2048 -nodes -keyout {tmp}/k.pem -out {tmp}/c.pem -days 2 -subj /CN=localhost 2>/dev/null
shell openssl s_server -accept {port} -key k.pem -cert c.pem -quiet & sleep 0.4; (head -c 3000 /dev/zero; sleep 0.5) | openssl s_client -connect 127.0.0.1:{port} -quiet; kill %1
check row process=openssl value 3000..6100

? SSL_read and SSL_write calls by process
alone
needs openssl
before openssl req -x509 -newkey rsa:2048 -nodes -keyout {tmp}/k.pem -out {tmp}/c.pem -days 2 -subj /CN=localhost 2>/dev/null
shell openssl s_server -accept {port} -key k.pem -cert c.pem -quiet & sleep 0.4; (head -c 2000 /dev/zero; sleep 0.5) | openssl s_client -connect 127.0.0.1:{port} -quiet; kill %1
check row process=openssl value 2..40

? time spent in tls handshakes
alone
aside
needs openssl curl
before openssl req -x509 -newkey rsa:2048 -nodes -keyout {tmp}/k.pem -out {tmp}/c.pem -days 2 -subj /CN=localhost 2>/dev/null
shell openssl s_server -accept {port} -key k.pem -cert c.pem -www & sleep 0.4; curl -sk https://127.0.0.1:{port}/ >/dev/null; kill %1
check hist between 10us..2s count 1..20 || avg process=curl 10us..2s || hist process=curl between 10us..2s count 1..20 || row process=curl value 10us..2s

? function no_such_function in {work}
work wknofn call 10 1 x
check status cannot why~no_such_function

? calls of compress in /no/such/program
aside
work wknobin call 10 1 x
check status cannot|failed why~/no/such/program

? pthread_create calls in libc by process
work wkpthread thread 44
check row me value 44

? nginx requests per second
work wknginx call 10 1 x
check status cannot|refused|failed

? kernel function vfs_read count
work wkvfs read 10 100 /dev/zero
check status cannot || row me value 10..20

? kernel function tcp_v4_connect latency
aside
work wkkf tcp 3 {port}
check status cannot

? 内核函数 do_unlinkat 的调用次数
work wkkfcn unlink 3 {tmp}
check status cannot || row me value 3

? please tell me the meaning of life
work wknon stat 5 {tmp}/x
check status cannot|refused|failed

? quux frobnication by wibble
aside
work wknon2 stat 5 {tmp}/x
check status cannot|refused|failed

? opens while the command runs
with -- /bin/cat /etc/hostname /etc/hosts
shell true
check event file=/etc/hosts count 1..3 || row file=/etc/hosts value 1..3 || row process=cat value 3..20

? opens of process 4194300
work wknopid stat 5 {tmp}/x
check status cannot|failed why~4194300

? malloc 的调用次数，按进程
work wkmlcn malloc 500 64
check row me value 500..520

? {work} 的 price_order 函数返回值的直方图
aside
work wkretcn call 110 100 pear
check hist at 300 110 || hist me at 300 110

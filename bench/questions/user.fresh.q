# User programs: questions that nobody tunes on.
? how often is charge_card called in {work}
aside
work fxcharge charge 85 1234 + call 20 3 pear
check row me value 85 || total 85

? which values does charge_card in {work} return, count them
aside
work fxcharge2 charge 80 1234
check row any=34 value 60 and row any=-1|4294967295|18446744073709551615 value 20

? first argument of load_template in {work} as a string, how often each
aside
work fxtemplate template 18 invoice.html + template 7 receipt.html
check row any=invoice.html value 18 and row any=receipt.html value 7 || event any=invoice.html count 18 and event any=receipt.html count 7

? how slow is render_page in {work}? show the distribution
aside
for 3
work fxrender render 20 5
check hist between 2ms..30ms count 20 and hist between 58ms..500ms count 5

? usdt probe payment in {work}: count by its argument
aside
work fxpay payment 26 777 + usdt 12 5 + payment 9 31
check row any=777 value 26 and row any=31 value 9 || event any=777 count 26 and event any=31 count 9
check absent any=5

? {work} 里的 price_order 被调用了多少次
aside
work fxprice call 66 3 pear + charge 10 100
check row me value 66 || total 66

? what do people type into bash
aside
needs script
shell (sleep 0.5; printf 'echo fxhello-one\n'; sleep 0.3; printf 'echo fxhello-two\n'; sleep 0.3; printf 'exit\n') | script -qc 'bash --norc -i' /dev/null
check event any~fxhello-one count 1 and event any~fxhello-two count 1 || row any~fxhello-one value 1 and row any~fxhello-two value 1

? how many bytes go out through SSL_write, by process
aside
needs openssl
for 4
before openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost 2>/dev/null
shell sleep 4 | openssl s_server -accept 127.0.0.1:{port} -key key.pem -cert cert.pem -quiet -naccept 1
shell sleep 0.7; (for i in 1 2 3 4 5; do head -c 99 /dev/zero | tr '\0' x; echo; sleep 0.2; done; sleep 0.3) | openssl s_client -connect 127.0.0.1:{port} -quiet 2>/dev/null
check row process=openssl value 500..520 || total 500..520

? environment variables that fxenv looks up with getenv
aside
work fxenv getenv 15 FX_TOKEN + getenv 6 FX_REGION
check row any=FX_TOKEN value 15 and row any=FX_REGION value 6 || event any=FX_TOKEN count 15 and event any=FX_REGION count 6

? how many times does frobnicate_all run in {work}
aside
check status cannot why~frobnicate_all

? /opt/fx-nosuch/app 的 main 函数被调用了几次
aside
check status cannot why~fx-nosuch

? calls of the kernel function vfs_fsync_range by process
aside
check status cannot 'why~(kprobe|kernel function|BTF|fentry)'

? how often does the python garbage collector run in /usr/bin/python3.11 (gc__start), by process
aside
needs /usr/bin/python3.11
before printf 'import gc, time\ntime.sleep(0.6)\nfor i in range(12):\n    gc.collect()\ntime.sleep(0.3)\n' >fxgc.py
shell exec /usr/bin/python3.11 fxgc.py
check row process=python3* value 20..34

? who calls load_template in {work}? call stacks
aside
work fxstack template 29 a.html
check row any~run_template value 29

? price_order in {work}, only calls whose first argument is above 50
aside
work fxbigorder call 30 80 plum + call 90 10 fig
check row me value 30 || total 30 || event me count 30

? sqlite3_prepare_v2 in libsqlite3.so.0, calls by process
aside
needs /usr/bin/python3.11
before printf 'import sqlite3, time\ntime.sleep(0.6)\nc = sqlite3.connect(":memory:", isolation_level=None)\nc.execute("create table fx(a)")\nfor i in range(17):\n    c.execute("insert into fx values (%%d)" %% i)\ntime.sleep(0.3)\n' >fxsql.py
shell /usr/bin/python3.11 fxsql.py
check row process=python3* value 18..20

? mysql queries slower than 10 ms
aside
check status cannot why~(mysql|MySQL)

? how many times a second is charge_card called in {work}
aside
work fxbusy charge 400 50
check rate me 170..205 || rate 170..205 || row me value 400 and intervals 1..3

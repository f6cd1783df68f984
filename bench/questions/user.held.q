# Written blind on 2026-11-21, from neither the vocabulary nor the other questions: to be run, and never read by those who write vocabulary.

? Trace apply_discount in {work} and print its arguments and what it returns
aside
work hldisc discount 12 2000 15
check event any=2000 any=15 any=1700 count 12

? calls of encode_frame in {work} whose second argument is above 1000
aside
work hlframe frame 40 500 + frame 25 1400
check total 25 || row me value 25

? {work} 中函数 find_customer 返回负数的次数
aside
work hlcust customer 18 xavier + customer 60 bob
check total 18 || row me value 18

? {work} 的函数 make_token 返回了哪些字符串，各多少次
aside
work hltoken token 10 red + token 7 blue
check row any=tok-red value 10
check row any=tok-blue value 7

? sum of the first argument of flush_batch in {work}, by process
aside
work hlbatch batch 16 40
check row me value 640

? top 2 strings passed to find_customer in {work}
aside
work hlstr customer 22 alice + customer 9 bob + customer 4 carol
check top any=alice
check row any=alice value 22
check rows 2

? latecny histogram of fucntion pack_parcel in {work}
aside
work hlparcel parcel 10 40
check hist between 39ms..90ms count 10 || hist me between 39ms..90ms count 10

? user stacks that lead to strdup, only hldup
aside
work hldup strdup 30 word
check row any~run_strlen value 30

? which environment variables does hlenv ask for with getenv, and how many times each
aside
work hlenv getenv 14 HELD_HOME + getenv 5 HELD_LANG
check row any=HELD_HOME value 14
check row any=HELD_LANG value 5

? Count the USDT probe payment of {work} by its first argument
aside
work hlpay payment 13 250 + payment 6 90
check row any=250 value 13
check row any=90 value 6

? return values of function recompute_totals in {work}
aside
work hlmissing call 10 3 fig
check status cannot|failed why~recompute_totals

? how many calls of render_page in {work} take longer than 30 milliseconds
aside
work hlslow render 20 5
check total 5 || row me value 5

? Trace sqlite3_prepare_v2 in libsqlite3.so.0 and print the SQL text, which is its second argument
aside
needs sqlite3
shell for i in 1 2 3 4 5; do sqlite3 :memory: "select 6+7"; sleep 0.05; done
check event any=*6+7* count 5

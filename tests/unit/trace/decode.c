/* Numbers and joined keys as people read them. */
#include "check.h"
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "trace/result/decode.h"

static void is(json_t *json, const char *expected)
{
	AUTO_FREE char *got = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);

	json_decref(json);
	if (!got || strcmp(got, expected) != 0)
		fail_msg("expected %s, got %s", expected, got ? got : "nothing");
}

static struct column column_of(const char *type, const char *symbols)
{
	return (struct column){ .role = "x", .type = type, .symbols = symbols,
				.text = strcmp(type, "chars") == 0 || strcmp(type, "path") == 0 || strcmp(type, "kstack") == 0 ||
					strcmp(type, "ustack") == 0 || strcmp(type, "argv") == 0 };
}

static void number(const char *type, const char *symbols, long long value, const char *expected)
{
	struct column column = column_of(type, symbols);
	AUTO_JSON raw = json_integer(value);
	char words[32];

	is(decode_value(&column, raw), expected);
	snprintf(words, sizeof(words), "%lld", value); /* as it stands in a key */
	is(decode_text(&column, text_of(words)), expected);
}

static void cut(const char *type, unsigned most, const char *raw, const char *expected)
{
	struct column column = column_of(type, NULL);

	column.copied = true;
	column.most = most;
	is(decode_text(&column, text_of(raw)), expected);
}

static void text(const char *type, const char *raw, const char *expected)
{
	struct column column = column_of(type, NULL);

	is(decode_text(&column, text_of(raw)), expected);
}

static void errnos_and_signals(void **state)
{
	(void)state;
	number("errno", NULL, 2, "\"ENOENT\"");
	number("errno", NULL, -13, "\"EACCES\"");
	number("errno", NULL, 0, "null");
	number("errno", NULL, 512, "512"); /* ERESTARTSYS is the kernel's own */
	number("errno", NULL, -2147483648LL, "-2147483648");
	number("signal", NULL, 9, "\"SIGKILL\"");
	number("signal", NULL, 0, "0");
	number("signal", NULL, -5, "-5");
	number("signal", NULL, 4000000000LL, "4000000000");
	number("syscall", NULL, 0, "\"read\"");
	number("syscall", NULL, 99999, "99999");
	number("syscall", NULL, -1, "-1");
}

static void users_and_devices(void **state)
{
	struct stat info;

	(void)state;
	number("uid", NULL, 0, "\"root\"");
	number("uid", NULL, 3999999998LL, "3999999998");
	number("uid", NULL, -1, "-1");
	number("uid", NULL, 4294967295LL, "4294967295");
	number("dev", NULL, (4093LL << 20) | 77, "\"4093:77\"");
	if (stat("/sys/dev/block/7:0", &info) == 0)
		number("dev", NULL, 7 << 20, "\"loop0\"");
	if (stat("/sys/fs/cgroup", &info) == 0)
		number("cgroup", NULL, (long long)info.st_ino, "\"/\"");
	number("cgroup", NULL, 4611686018427387904LL, "4611686018427387904");
	number("hex", NULL, 4096, "\"0x1000\"");
	number("hex", NULL, -1, "\"0xffffffffffffffff\"");
	number("state", NULL, 0, "\"R (running)\"");
	number("state", NULL, 1, "\"S (sleeping)\"");
	number("state", NULL, 2, "\"D (uninterruptible)\"");
	number("state", NULL, 0x402, "\"I (idle)\"");
	number("number", NULL, 7, "7");
}

static void symbols(void **state)
{
	(void)state;
	number("enum", "0=HI,1=TIMER,3=NET_RX", 1, "\"TIMER\"");
	number("enum", "0=HI,1=TIMER,3=NET_RX", 2, "2");
	number("enum", "0x10=A,-2=B", 16, "\"A\"");
	number("enum", "0x10=A,-2=B", -2, "\"B\"");
	number("flags", "|1=A,2=B,8=D", 3, "\"A|B\"");
	number("flags", "|1=A,2=B,8=D", 12, "\"D|0x4\"");
	number("flags", "|1=A,2=B", 0, "\"0\"");
	number("flags", "|0=NONE,1=A", 0, "\"NONE\"");
	number("flags", "|0=NONE,1=A", 1, "\"A\"");
	number("flags", "|3=AB,1=A,2=B", 3, "\"AB\"");
	/* formats of a kernel that we do not know */
	number("flags", "|", 5, "\"0x5\"");
	number("flags", "|x=Y,=,A", 5, "\"0x5\"");
	number("enum", "", 5, "5");
	number("enum", ",,=,5", 5, "5");
	number("enum", NULL, 5, "5");
}

static void texts(void **state)
{
	static const char array[] = "bash\0rest";
	struct column chars = column_of("chars", NULL);

	(void)state;
	text("chars", "bash", "\"bash\"");
	text("chars", "12", "\"12\""); /* a process may be named so */
	text("chars", "", "\"\"");
	text("path", "/tmp/\xff", "\"/tmp/\\\\xff\"");
	is(decode_text(&chars, (struct text){ array, sizeof(array) - 1 }), "\"bash\"");
	text("ksym", "vfs_read+0x12", "\"vfs_read\"");
	text("usym", "0x7f00", "\"0x7f00\"");
	text("ip", "10.0.0.1", "\"10.0.0.1\"");
	text("ip", "::ffff:10.0.0.1", "\"10.0.0.1\"");
	text("ip", "::1", "\"::1\"");
	text("probe", "tracepoint:syscalls:sys_enter_read", "\"syscalls:sys_enter_read\"");
	text("number", "12.5", "12.5");
	text("number", "none", "\"none\"");
	text("number", "", "\"\"");
}

static void stacks(void **state)
{
	(void)state;
	text("kstack", "\n    vfs_read+12\n    do_syscall_64+56\n", "[\"vfs_read\",\"do_syscall_64\"]");
	text("ustack", "\n    0x7f12ab\n    main+3\n", "[\"0x7f12ab\",\"main\"]");
	text("ustack", "\n    std::vector<int, A>::at(unsigned long)+3\n", "[\"std::vector<int, A>::at(unsigned long)\"]");
	text("ustack", "\n    main+3\n    0x5349003030303100\n    0x7f12ab\n", "[\"main\"]"); /* no frame pointer: no address */
	text("ustack", "\n    main+3\n    0x30303030303030\n", "[\"main\"]");
	text("ustack", "\n    operator+(A, B)+3\n", "[\"operator+(A, B)\"]");
	text("ustack", "\n    [/usr/lib/libc++.so] \xff+8\n", "[\"[/usr/lib/libc++.so] \\\\xff\"]");
	text("kstack", "", "[]");
	text("kstack", "\n\n", "[]");
	text("kstack", "+", "[\"+\"]");
}

static void arguments(void **state)
{
	(void)state;
	text("argv", "ls\\x00-l\\x00/tmp\\x00", "\"ls -l /tmp\"");
	text("argv", "sh\\x00-c\\x00echo \\xc3\\xa9\\x00", "\"sh -c echo é\"");
	text("argv", "\\xff", "\"\\\\xff\"");
	text("argv", "a\\x", "\"a\\\\x\"");
	text("argv", "a\\xzz\\x0", "\"a\\\\xzz\\\\x0\"");
	text("argv", "", "\"\"");
}

/* TYPE… as the program writes them; the plan shows them in the order of `shown`. */
static void key(const char *const *types, const size_t *shown, size_t count, const char *joined, const char *expected)
{
	struct program program = { 0 };

	for (size_t i = 0; i < count; i++) {
		struct column column = column_of(types[i], NULL);

		column.shown = shown[i];
		vec_push(&program.columns, column);
	}
	is(decode_key(&program, text_of(joined)), expected);
	vec_done(&program.columns);
}

static void keys(void **state)
{
	static const size_t straight[] = { 0, 1, 2 }, turned[] = { 2, 0, 1 };

	(void)state;
	key((const char *[]){ "chars" }, straight, 1, "a,b", "[\"a,b\"]");
	key((const char *[]){ "chars" }, straight, 1, "", "[\"\"]");
	key((const char *[]){ "pid", "chars" }, straight, 2, "12,a,b", "[12,\"a,b\"]");
	key((const char *[]){ "pid", "uid", "chars" }, turned, 3, "12,0,a,b", "[\"root\",\"a,b\",12]");
	key((const char *[]){ "pid", "errno", "chars" }, straight, 3, "12,2,a,,b", "[12,\"ENOENT\",\"a,,b\"]");
	key((const char *[]){ "chars", "path" }, straight, 2, "a,/tmp/x,y", "[\"a\",\"/tmp/x,y\"]");
	key((const char *[]){ "errno", "chars" }, straight, 2, "0,x", "[null,\"x\"]");
	key((const char *[]){ "kstack", "chars" }, straight, 2, "\n    f+1\n    g<a, b>+2\n,my,name", "[[\"f\",\"g<a, b>\"],\"my,name\"]");
	key((const char *[]){ "pid", "ustack" }, straight, 2, "12,\n    f+1\n", "[12,[\"f\"]]");
	key((const char *[]){ "chars", "kstack" }, straight, 2, "a,b,\n    f+1\n", "[\"a,b\",[\"f\"]]");
	key((const char *[]){ "kstack", "ustack" }, straight, 2, "\n    f+1\n,\n    g+2\n", "[[\"f\"],[\"g\"]]");
	/* a key that is shorter than it should be */
	key((const char *[]){ "pid", "chars", "path" }, straight, 3, "12", "[12,\"\",\"\"]");
	key((const char *[]){ "kstack", "chars" }, straight, 2, "", "[[],\"\"]");
}

static void text_that_fills_its_copy_was_cut(void **state)
{
	(void)state;
	cut("path", 8, "/etc/pas", "\"/etc/pas\xe2\x80\xa6\"");
	cut("path", 8, "/etc/pa", "\"/etc/pa\"");
	cut("path", 0, "/etc/passwd", "\"/etc/passwd\"");
	/* Half a character is none. */
	cut("path", 8, "/etc/\xe6\x96\x87", "\"/etc/\xe2\x80\xa6\"");
	cut("path", 7, "/etc/\xe6\x96", "\"/etc/\xe2\x80\xa6\"");
	cut("argv", 6, "\\x6c\\x73\\x00\\x2d\\x6c\\x61", "\"ls -la\xe2\x80\xa6\"");
	/* What ends with the last argument's NUL is whole. */
	cut("argv", 6, "\\x6c\\x73\\x00\\x2d\\x6c\\x00", "\"ls -l\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errnos_and_signals), cmocka_unit_test(users_and_devices), cmocka_unit_test(symbols),
		cmocka_unit_test(texts), cmocka_unit_test(text_that_fills_its_copy_was_cut), cmocka_unit_test(stacks), cmocka_unit_test(arguments), cmocka_unit_test(keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Format files and their print formats: right ones, odd ones, hostile ones. */
#include "check.h"

static const char softirq[] =
	"name: softirq_entry\nID: 73\nformat:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
	"\tfield:unsigned int vec;\toffset:8;\tsize:4;\tsigned:0;\n\n"
	"print fmt: \"vec=%u [action=%s]\", REC->vec, __print_symbolic(REC->vec, { 0, \"HI\" }, { 1, \"TIMER\" }, "
	"{ 2, \"NET_TX\" })\n";

static const char mixed[] =
	"name: mixed\nID: 1\nformat:\n"
	"\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
	"\tfield:__data_loc char[] path;\toffset:24;\tsize:4;\tsigned:0;\n"
	"\tfield:__rel_loc char[] other;\toffset:28;\tsize:4;\tsigned:0;\n"
	"\tfield:const char * filename;\toffset:32;\tsize:8;\tsigned:0;\n"
	"\tfield:const char *const * argv;\toffset:40;\tsize:8;\tsigned:0;\n"
	"\tfield:__u8 saddr[4];\toffset:48;\tsize:4;\tsigned:0;\n"
	"\tfield:unsigned long args[6];\toffset:56;\tsize:48;\tsigned:0;\n"
	"\tfield:long ret;\toffset:104;\tsize:8;\tsigned:1;\n"
	"\tfield:void (*fn)(void *);\toffset:112;\tsize:8;\tsigned:0;\n"
	"\tfield:char name[TASK_COMM_LEN];\toffset:120;\tsize:16;\tsigned:1;\n"
	"\tfield:struct timespec t;\toffset:136;\tsize:16;\tsigned:0;\n"
	"\tfield:__data_loc u64[] list;\toffset:152;\tsize:4;\tsigned:0;\n"
	"\tfield:gfp_t flags;\toffset:156;\tsize:4;\tsigned:0;\n";

static struct field fields_of(const char *format, const char *name)
{
	static struct arena *arena;
	const struct field *fields;
	size_t count;

	arena_free(arena);
	arena = arena_new();
	assert_true(format_parse(text_of(format), NULL, arena, &fields, &count));
	for (size_t i = 0; i < count; i++)
		if (strcmp(fields[i].name, name) == 0)
			return fields[i];
	fail_msg("no field %s", name);
	return (struct field){ 0 };
}

static void enum_is_decoded(void **state)
{
	struct field vec = fields_of(softirq, "vec");
	AUTO_ARENA arena = arena_new();
	const struct field *fields;
	size_t count;

	(void)state;
	assert_string_equal(vec.symbols, "0=HI,1=TIMER,2=NET_TX");
	assert_string_equal(vec.type, "unsigned int");
	assert_int_equal(vec.kind, FIELD_NUMBER);
	assert_true(format_parse(text_of(softirq), NULL, arena, &fields, &count));
	assert_int_equal(count, 1); /* without the common ones */
}

static void kinds(void **state)
{
	static const struct {
		const char *name, *type;
		enum field_kind kind;
		unsigned size, length;
	} expected[] = {
		{ "comm", "char[16]", FIELD_CHARS, 16, 16 },
		{ "path", "__data_loc char[]", FIELD_DATA_LOC, 4, 0 },
		{ "other", "__rel_loc char[]", FIELD_OTHER, 4, 0 },
		{ "filename", "const char *", FIELD_STRING, 8, 0 },
		{ "argv", "const char *const *", FIELD_POINTER, 8, 0 },
		{ "saddr", "__u8[4]", FIELD_ARRAY, 4, 4 },
		{ "args", "unsigned long[6]", FIELD_ARRAY, 48, 6 },
		{ "ret", "long", FIELD_NUMBER, 8, 0 },
		{ "fn", "void (*fn)(void *)", FIELD_POINTER, 8, 0 },
		{ "name", "char[TASK_COMM_LEN]", FIELD_CHARS, 16, 16 },
		{ "t", "struct timespec", FIELD_OTHER, 16, 0 },
		{ "list", "__data_loc u64[]", FIELD_OTHER, 4, 0 },
		{ "flags", "gfp_t", FIELD_NUMBER, 4, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(expected); i++) {
		struct field field = fields_of(mixed, expected[i].name);

		assert_string_equal(field.type, expected[i].type);
		assert_int_equal(field.kind, expected[i].kind);
		assert_int_equal(field.size, expected[i].size);
		assert_int_equal(field.length, expected[i].length);
	}
	assert_true(fields_of(mixed, "ret").is_signed);
	assert_false(fields_of(mixed, "flags").is_signed);
}

static void print_formats(void **state)
{
	static const struct {
		const char *print, *field, *symbols;
	} cases[] = {
		{ "__print_flags(REC->flags, \"|\", {1, \"A\"}, {(1UL << 3) | 0x2, \"B\"})", "flags", "|1=A,10=B" },
		{ "__print_flags(REC->s & ((1 << 4) - 1), \"|\", { 0x01, \"S\" })", "s", "|1=S" },
		{ "__print_symbolic((unsigned long)(REC->x), { -1, \"none\" })", "x", "-1=none" },
		{ "__print_symbolic_u64(REC->x, { 0xffffffffULL, \"all\" })", "x", "4294967295=all" },
		{ "__print_flags((1 << REC->type), \" | \", { 1, \"A\" })", "type", NULL },
		{ "__print_symbolic(REC->r & 0xffff, { 1, \"A\" })", "r", NULL },
		{ "__print_symbolic(REC->xy, { 1, \"A\" })", "x", NULL },
		{ "__print_symbolic(REC->x, { UNKNOWN, \"U\" }, { 2, \"TWO\" })", "x", "2=TWO" },
		{ "__print_symbolic(REC->x, { 1, \"a,b=c\\\"\" })", "x", "1=a b c\"" },
		{ "__print_symbolic(REC->x, { 1, \"\\x1b[2J\" })", "x", "1=x1b[2J" },
		{ "__print_symbolic(REC->x, { 1, \"\x1b\" })", "x", "1= " },
		{ "__print_symbolic(2, {1, \"N\"}), __print_symbolic(REC->x, {3, \"T\"})", "x", "3=T" },
		{ "__print_symbolic(REC->x", "x", NULL },
		{ "__print_symbolic(REC->x, {", "x", NULL },
		{ "__print_symbolic(REC->x, { 1, \"A", "x", NULL },
		{ "__print_flags(REC->x)", "x", NULL },
		{ "__print_hex_str(REC->x, 8)", "x", NULL },
		{ "__print_symbolic(((((REC->x))))), {1, \"A\"})", "x", NULL },
		{ "__print_", "x", NULL },
		{ "__print_symbolic(REC->x, { 2, \"KVM_EXIT_\" \"IO\" })", "x", "2=KVM_EXIT_IO" },
		/* choices between two words */
		{ "\"pio_%s\", REC->rw ? \"write\" : \"read\", REC->port", "rw", "1=write,0=read" },
		{ "\"%s\", (REC->tm) ? \"level\" : \"edge\"", "tm", "1=level,0=edge" },
		{ "\"%s\", REC->write ? \"true\" : \"false\"", "write", NULL },
		{ "\"%s\", REC->e ? \" (#GP)\" : \"\"", "e", NULL },
		{ "\"%s\", REC->old > REC->new ? \"down\" : \"upward\"", "new", NULL },
		{ "\"%s\", REC->rwx ? \"write\" : \"read\"", "rw", NULL },
		{ "\"%s\", REC->rw ? \"write", "rw", NULL },
		{ "\"%s\", REC->rw ? \"write\" :", "rw", NULL },
	};
	AUTO_ARENA arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *symbols = symbols_of(text_of(cases[i].print), cases[i].field, NULL, arena);

		if (cases[i].symbols) {
			assert_non_null(symbols);
			assert_string_equal(symbols, cases[i].symbols);
		} else if (symbols) {
			fail_msg("%s gave %s", cases[i].print, symbols);
		}
	}
}

static void numbers(void **state)
{
	static const struct {
		const char *text;
		long long value;
	} right[] = {
		{ "1", 1 }, { " 0x10 ", 16 }, { "010", 8 }, { "1 << 4", 16 }, { "((1UL) << 3) | 0x4", 12 },
		{ "~0 & 0xff", 255 }, { "(( gfp_t)((((1UL))) << (10)))", 1024 }, { "-1", -1 }, { "'R'", 82 },
		{ "2 + 3 * 4", 14 }, { "7 / 2 % 2", 1 }, { "~((u8)1) & 0xffff", 0xfffe }, { "1 ^ 3", 2 },
		{ "0", 0 }, { "(unsigned int)-1", 4294967295LL }, { "10 - 3 - 2", 5 },
	};
	static const char *const wrong[] = { "",  "NAME", "1 +", "1 / 0", "1 % 0", "1 << 64", "(1", "1)", "0x", "09",
					     "1abc", "\"x\"", "()", "1 2", "''", "99999999999999999999999999" };
	AUTO_BUILD deep = { 0 };
	long long value;

	(void)state;
	for (size_t i = 0; i < COUNT(right); i++) {
		if (!symbols_number(text_of(right[i].text), NULL, &value))
			fail_msg("%s is no number", right[i].text);
		assert_int_equal(value, right[i].value);
	}
	for (size_t i = 0; i < COUNT(wrong); i++)
		if (symbols_number(text_of(wrong[i]), NULL, &value))
			fail_msg("%s gave %lld", wrong[i], value);
	for (int i = 0; i < 100000; i++)
		build_char(&deep, i % 2 ? '(' : '~');
	assert_false(symbols_number(build_text(&deep), NULL, &value));
}

/* Every start of a good file and every changed byte: no crash, and never a field without name or type. */
static void damaged(void **state)
{
	static const char *const files[] = { softirq, mixed };

	(void)state;
	for (size_t f = 0; f < COUNT(files); f++) {
		size_t len = strlen(files[f]);

		for (size_t i = 0; i < 2 * len; i++) {
			AUTO_FREE char *copy = strdup(files[f]);
			AUTO_ARENA arena = arena_new();
			struct text text = { copy, i < len ? i : len };
			const struct field *fields;
			size_t count;

			if (i >= len)
				copy[i - len] = "\0[]();\"{*"[i % 9];
			format_parse(text, NULL, arena, &fields, &count);
			for (size_t j = 0; j < count; j++) {
				assert_true(fields[j].name[0] && fields[j].type[0]);
				assert_true(fields[j].length <= fields[j].size);
			}
		}
	}
}

static void not_a_format(void **state)
{
	static const char *const texts[] = { "", "\n", "hello", "format", "field:int x;\toffset:0;\tsize:4;\tsigned:1;\n" };
	AUTO_ARENA arena = arena_new();
	const struct field *fields;
	size_t count;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_false(format_parse(text_of(texts[i]), NULL, arena, &fields, &count));
		assert_int_equal(count, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enum_is_decoded), cmocka_unit_test(kinds),   cmocka_unit_test(print_formats),
		cmocka_unit_test(numbers),	   cmocka_unit_test(damaged), cmocka_unit_test(not_a_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

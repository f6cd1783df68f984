/* BTF made by libbpf and read in place; damaged BTF. */
#include "check.h"
#include <bpf/btf.h>

static struct btf *sample(void)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED), inner, typedefed, anonymous, outer;

	inner = btf__add_struct(btf, "sock_common", 8);
	btf__add_field(btf, "skc_family", number, 0, 0);
	btf__add_field(btf, "skc_state", number, 32, 0);
	typedefed = btf__add_typedef(btf, "sock_common_t", inner);
	anonymous = btf__add_union(btf, NULL, 4);
	btf__add_field(btf, "hidden", number, 0, 0);
	outer = btf__add_struct(btf, "sock", 16);
	btf__add_field(btf, "__sk_common", typedefed, 0, 0);
	btf__add_field(btf, NULL, anonymous, 64, 0);
	btf__add_enum(btf, "state", 4);
	btf__add_enum_value(btf, "TCP_ESTABLISHED", 1);
	btf__add_enum_value(btf, "TCP_LISTEN", 10);
	btf__add_enum64(btf, "wide", 8, false);
	btf__add_enum64_value(btf, "BIG", 1ULL << 40);
	btf__add_typedef(btf, "btf_trace_x", outer);
	return btf;
}

static bool count_names(void *context, const char *name)
{
	assert_true(name[0]);
	++*(int *)context;
	return true;
}

static void lookups(void **state)
{
	struct btf *btf = sample();
	unsigned len;
	const void *bytes = btf__raw_data(btf, &len);
	struct btf_view *view = btf_view_new(bytes, len);
	long long value = 0;
	int typedefs = 0;

	(void)state;
	assert_non_null(view);
	assert_true(btf_view_has(view, "sock", NULL));
	assert_true(btf_view_has(view, "struct sock", "__sk_common"));
	assert_true(btf_view_has(view, "sock", "hidden"));
	assert_true(btf_view_has(view, "sock", "__sk_common.skc_state"));
	assert_true(btf_view_has(view, "sock_common_t", "skc_family"));
	assert_false(btf_view_has(view, "sock", "skc_state"));
	assert_false(btf_view_has(view, "sock", "__sk_common.nothing"));
	assert_false(btf_view_has(view, "sock", "hidden.deeper"));
	assert_false(btf_view_has(view, "int", NULL));
	assert_false(btf_view_has(view, "nothing", NULL));
	assert_false(btf_view_has(view, "", NULL));
	assert_true(btf_number(view, TEXT("TCP_LISTEN"), &value));
	assert_int_equal(value, 10);
	assert_true(btf_number(view, TEXT("TCP_ESTABLISHED"), &value));
	assert_int_equal(value, 1);
	assert_true(btf_number(view, TEXT("BIG"), &value));
	assert_int_equal(value, 1LL << 40);
	assert_false(btf_number(view, TEXT("sock"), &value));
	btf_each(view, BTF_KIND_TYPEDEF, count_names, &typedefs);
	assert_int_equal(typedefs, 2);
	btf_view_free(view);
	btf__free(btf);
}

/* What a print format leaves as a name is found among the enumerators. */
static void names_in_print_formats(void **state)
{
	struct btf *btf = sample();
	unsigned len;
	const void *bytes = btf__raw_data(btf, &len);
	struct btf_view *view = btf_view_new(bytes, len);
	AUTO_ARENA arena = arena_new();

	(void)state;
	assert_string_equal(symbols_of(TEXT("__print_symbolic(REC->s, { TCP_ESTABLISHED, \"UP\" }, { NOT_THERE, \"X\" }, "
					    "{ TCP_LISTEN, \"LISTEN\" })"), "s", view, arena), "1=UP,10=LISTEN");
	btf_view_free(view);
	btf__free(btf);
}

static void damaged(void **state)
{
	struct btf *btf = sample();
	unsigned len;
	const void *bytes = btf__raw_data(btf, &len);
	long long value;
	int count = 0;

	(void)state;
	for (unsigned i = 0; i < len * 9; i++) {
		AUTO_FREE char *copy = malloc(len);
		unsigned kept = i < len ? i : len;
		struct btf_view *view;

		memcpy(copy, bytes, len);
		if (i >= len)
			copy[i % len] ^= (char)(1 << (i / len - 1));
		view = btf_view_new(copy, kept);
		if (i < len)
			assert_null(view);
		if (!view)
			continue;
		btf_view_has(view, "sock", "__sk_common.skc_state");
		btf_view_has(view, "sock", "hidden");
		btf_number(view, TEXT("TCP_LISTEN"), &value);
		btf_number(view, TEXT("TCP_ESTABLISHED"), &value);
		btf_number(view, TEXT("BIG"), &value);
		btf_each(view, BTF_KIND_TYPEDEF, count_names, &count);
		btf_view_free(view);
	}
	btf__free(btf);
}

/* A structure that holds itself ends. */
static void endless(void **state)
{
	struct btf *btf = btf__new_empty();
	unsigned len;
	const void *bytes;

	(void)state;
	btf__add_struct(btf, "loop", 4);
	for (int i = 0; i < 10; i++)
		btf__add_field(btf, NULL, 1, 0, 0);
	btf__add_typedef(btf, "self", 2);
	btf__add_struct(btf, "other", 4);
	btf__add_field(btf, "x", 2, 0, 0);
	bytes = btf__raw_data(btf, &len);
	struct btf_view *view = btf_view_new(bytes, len);
	assert_non_null(view);
	assert_false(btf_view_has(view, "loop", "x"));
	assert_false(btf_view_has(view, "self", NULL));
	assert_false(btf_view_has(view, "other", "x.y"));
	btf_view_free(view);
	btf__free(btf);
}

static void this_kernel(void **state)
{
	AUTO_KERNEL kernel = kernel_new();
	AUTO_BUILD text = { 0 };
	struct error err = { 0 };

	(void)state;
	if (!kernel_has_btf(kernel)) {
		assert_int_equal(kernel_type_show(kernel, "task_struct", &text, &err), -ENOTSUP);
		skip();
	}
	assert_true(kernel_type_has(kernel, "task_struct", "pid"));
	assert_true(kernel_type_has(kernel, "task_struct", "real_parent"));
	assert_false(kernel_type_has(kernel, "task_struct", "no_such_member"));
	assert_int_equal(kernel_type_show(kernel, "struct sock_common", &text, &err), 0);
	assert_non_null(strstr(text.at, "skc_family;"));
	assert_int_equal(kernel_type_show(kernel, "no_such_type", &text, &err), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lookups), cmocka_unit_test(names_in_print_formats), cmocka_unit_test(damaged),
		cmocka_unit_test(endless), cmocka_unit_test(this_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

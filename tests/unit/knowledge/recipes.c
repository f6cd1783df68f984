/* Tests of recipes: heads, terms, the index and its renewal, the recipes that are shipped. */
#include "tests/check.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"
#include "knowledge/recipes.h"
#include "knowledge/terms.h"

static char folder[] = "/tmp/syswhy-recipes-XXXXXX";

static void put(const char *name, const char *content)
{
	AUTO_BUILD path = { 0 };

	build_fmt(&path, "%s/%s", folder, name);
	assert_int_equal(file_write(path.at, text_of(content), 0600, NULL), 0);
}

static const char open_recipe[] = "#!/usr/bin/env bpftrace\n// Count of files opened.\n//\n// subject: file.open\n"
				  "// ask: which files are opened\n// ask: 打开文件\n// say: open | open file\n// needs: btf\n//\n"
				  "// Read it so.\n\nBEGIN { exit(); } // say: nothing here\n";
static const char stat_recipe[] = "#!/usr/bin/env bpftrace\n// Count of stat calls.\n//\n// subject: file.stat\n"
				  "// ask: stat by process\n// say: stat\n\nBEGIN { exit(); }\n";

static int folder_make_new(void **state)
{
	static const char *const parts[] = { "recipes", "tools", "vocabulary", "cache" };

	(void)state;
	if (!mkdtemp(folder))
		return -1;
	for (size_t i = 0; i < COUNT(parts); i++) {
		AUTO_BUILD path = { 0 };

		build_fmt(&path, "%s/%s", folder, parts[i]);
		if (mkdir(path.at, 0700) < 0)
			return -1;
	}
	put("vocabulary/words.vocab", "same open = opening | opened\nignore stat | which | by\n");
	put("vocabulary/measures.vocab", "sense measure count\n  say how many | count\n  say 统计\n");
	put("tools/families.tools", "family own\n  name {name}\n  package nopackager x\n");
	put("recipes/file.open.bt", open_recipe);
	put("recipes/file.stat.bt", stat_recipe);
	return 0;
}

static int folder_remove(void **state)
{
	AUTO_BUILD command = { 0 };

	(void)state;
	build_fmt(&command, "rm -r %s", folder);
	return system(command.at);
}

static void a_head_is_read_and_ends_at_an_empty_line(void **state)
{
	AUTO_ARENA arena = arena_new();
	struct recipe recipe = { .kind = RECIPE_OWN };
	struct recipe tool = { .kind = RECIPE_TOOL, .name = "opensnoop.bt" };

	(void)state;
	assert_true(recipe_head(text_of(open_recipe), arena, &recipe));
	assert_string_equal(recipe.name, "file.open");
	assert_string_equal(recipe.title, "Count of files opened.");
	assert_string_equal(recipe.asks, "which files are opened\n打开文件");
	assert_string_equal(recipe.says, "open | open file");
	assert_string_equal(recipe.needs, "btf");
	assert_true(recipe_head(TEXT("#!/usr/bin/env bpftrace\n/*\n * opensnoop\tTrace open() syscalls.\n *\t\tMore.\n */\n"), arena,
				&tool));
	assert_string_equal(tool.title, "Trace open() syscalls.");
	recipe = (struct recipe){ .kind = RECIPE_OWN };
	assert_false(recipe_head(TEXT("BEGIN { exit(); }\n"), arena, &recipe));
	assert_false(recipe_head(TEXT(""), arena, &recipe));
}

static void terms_are_folded_and_hold_no_quotes(void **state)
{
	struct error err = { 0 };
	AUTO_BUILD path = { 0 };
	AUTO_BUILD out = { 0 };
	AUTO_BUILD query = { 0 };
	AUTO_BUILD words = { 0 };

	(void)state;
	build_fmt(&path, "%s/vocabulary", folder);
	AUTO_TERMS terms = terms_new(path.at, &err);
	assert_non_null(terms);
	terms_add(terms, TEXT("opened files\n打开文"), &out);
	assert_string_equal(out.at, "open file 打 打开 开 开文 文 ");
	terms_query(terms, TEXT("which \"x\" OR NEAR(a) * AND\" - ^ col:opening"), &query);
	/* Nothing of the question is read as the query language. */
	for (size_t i = 0, quotes = 0; i < query.len; i++) {
		quotes += query.at[i] == '"';
		assert_false(quotes % 2 == 0 && strchr("*^()-", query.at[i]));
	}
	terms_add(terms, TEXT("which opened files by bash"), &words);
	assert_true(terms_cover(terms, build_text(&words), TEXT("open | open file")) == 2);
	assert_true(terms_cover(terms, build_text(&words), TEXT("close file")) == 0);
	AUTO_TERMS none = terms_new("/nonexistent", &err);
	assert_null(none);
	assert_int_equal(err.code, -ENOENT);
}

static size_t find(struct shelf *shelf, const char *text, const char *first)
{
	AUTO_ARENA arena = arena_new();
	AUTO_RECIPES found = { 0 };
	struct error err = { 0 };

	if (recipes_find(shelf, text_of(text), RECIPE_OWN, 5, arena, &found, &err) < 0)
		fail_msg("'%s': %s", text, err.text);
	if (first && (found.items.len == 0 || strcmp(found.items.at[0].name, first) != 0))
		fail_msg("'%s' finds %s instead of %s", text, found.items.len ? found.items.at[0].name : "nothing", first);
	return found.items.len;
}

static void the_index_is_renewed_when_recipes_change(void **state)
{
	struct error err = { 0 };
	AUTO_BUILD cache = { 0 };
	AUTO_ARENA arena = arena_new();
	struct recipe recipe;

	(void)state;
	build_fmt(&cache, "%s/cache", folder);
	for (int round = 0; round < 2; round++) {
		AUTO_SHELF shelf = shelf_open(folder, round ? NULL : cache.at, &err);

		assert_non_null(shelf);
		find(shelf, "opening of files", "file.open");
		find(shelf, "打开文件", "file.open");
		find(shelf, "which stat", "file.stat");
		assert_int_equal(find(shelf, "", NULL), 2);
		assert_int_equal(find(shelf, "zebra", NULL), 0);
		assert_int_equal(find(shelf, "\" OR * ) ( NEAR ^", NULL), 0);
		assert_int_equal(recipe_named(shelf, "file.close", arena, &recipe, NULL), -ENOENT);
	}
	put("recipes/file.close.bt", "// Files closed.\n// subject: file.close\n// ask: closes\n// say: close\n\nBEGIN { exit(); }\n");
	AUTO_SHELF renewed = shelf_open(folder, cache.at, &err);
	assert_non_null(renewed);
	find(renewed, "close", "file.close");
	assert_int_equal(recipe_named(renewed, "file.close", arena, &recipe, &err), 0);
	AUTO_BUILD program = { 0 };
	assert_int_equal(recipe_program(&recipe, &program, &err), 0);
	assert_non_null(strstr(program.at, "BEGIN"));
}

static void a_spoilt_index_is_made_anew(void **state)
{
	struct error err = { 0 };
	AUTO_BUILD cache = { 0 };

	(void)state;
	build_fmt(&cache, "%s/cache", folder);
	put("cache/recipes.db", "this is no database, but it is long enough to be taken for a header of one, or is it not so?");
	AUTO_SHELF shelf = shelf_open(folder, cache.at, &err);
	assert_non_null(shelf);
	find(shelf, "open file", "file.open");
}

static void variants_of_a_tool_stand_behind_everything_else(void **state)
{
	static const struct {
		enum recipe_kind kind;
		const char *name;
	} given[] = { { RECIPE_TOOL, "syscount.bt" }, { RECIPE_TOOL, "syscount" }, { RECIPE_OWN, "syscount" }, { RECIPE_TOOL, "syscount-bpfcc" },
		      { RECIPE_TOOL, "syscounter" }, { RECIPE_OWN, "proc.syscall" } };
	static const char *const wanted[] = { "syscount.bt", "syscount", "syscounter", "proc.syscall", "syscount", "syscount-bpfcc" };
	AUTO_RECIPES list = { 0 };

	(void)state;
	recipes_variants_last(&list); /* of nothing */
	for (size_t i = 0; i < COUNT(given); i++)
		vec_push(&list.items, (struct recipe){ .kind = given[i].kind, .name = given[i].name });
	recipes_variants_last(&list);
	assert_int_equal(list.items.len, COUNT(wanted));
	for (size_t i = 0; i < COUNT(wanted); i++)
		assert_string_equal(list.items.at[i].name, wanted[i]);
	assert_int_equal(list.items.at[1].kind, RECIPE_OWN);
	assert_int_equal(list.items.at[4].kind, RECIPE_TOOL);
}

static void the_shipped_recipes_are_many_and_found(void **state)
{
	struct error err = { 0 };
	AUTO_ARENA arena = arena_new();
	AUTO_RECIPES found = { 0 };

	(void)state;
	AUTO_SHELF shelf = shelf_open(data_folder(), NULL, &err);
	if (!shelf)
		fail_msg("%s", err.text);
	assert_int_equal(recipes_find(shelf, TEXT(""), RECIPE_OWN, SIZE_MAX, arena, &found, &err), 0);
	assert_true(found.items.len >= 150);
	find(shelf, "count page faults by process", "mem.fault");
	find(shelf, "统计每个进程的缺页次数", "mem.fault");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_is_read_and_ends_at_an_empty_line), cmocka_unit_test(terms_are_folded_and_hold_no_quotes),
		cmocka_unit_test(the_index_is_renewed_when_recipes_change), cmocka_unit_test(a_spoilt_index_is_made_anew),
		cmocka_unit_test(variants_of_a_tool_stand_behind_everything_else),
		cmocka_unit_test(the_shipped_recipes_are_many_and_found),
	};

	return cmocka_run_group_tests(tests, folder_make_new, folder_remove);
}

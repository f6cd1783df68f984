/* The names of this machine and of the person who runs this: rules that no file can hold. */
#include <ctype.h>
#include <limits.h>
#include <pwd.h>
#include <sys/utsname.h>
#include "redact/rules.h"

enum { SHORTEST = 3 };

static void own_name(struct rules *rules, const char *name, const char *rule_name, const char *as, const char *say)
{
	struct rule *rule;
	char *quoted;

	if (!name || strlen(name) < SHORTEST || strlen(name) > 255 || rules_common(rules, name))
		return;
	vec_each(one, &rules->list)
		if (strcmp(one->name, rule_name) == 0 && strcmp(one->file, name) == 0)
			return;
	quoted = rules_quote(rules, text_of(name));
	rule = rules_add(rules, rule_name, as, RANK_IDENTITY);
	rule->file = arena_fmt(rules->arena, "%s", name);
	rule->say = say;
	rule->fold = rule->swept = true;
	rule->reach = strlen(name);
	/* A host's domain tells as much as its name. */
	rule->regex[REGEX_MATCH] = arena_fmt(rules->arena, "(?<![A-Za-z0-9_-])%s%s(?![A-Za-z0-9_-])", quoted,
					     strcmp(as, "HOST") == 0 ? "(?:(?:\\.[A-Za-z0-9-]{1,63}){1,8}\\.[A-Za-z]{2,24})?" : "");
	vec_push(&rules->finds, (struct find){ quoted, true, (unsigned)(rules->list.len - 1), text_of(rule->file) });
}

static void own_host(struct rules *rules, const char *name)
{
	char first[256];

	own_name(rules, name, "own-host", "HOST", "name of this machine");
	snprintf(first, sizeof(first), "%.*s", (int)strcspn(name, "."), name);
	own_name(rules, first, "own-host", "HOST", "name of this machine");
}

/* "Full Name,room,phone": the name that the account has in words. */
static void own_full_name(struct rules *rules, const char *gecos)
{
	char name[256];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(gecos, ","), gecos);
	if (strchr(name, ' '))
		own_name(rules, name, "own-user", "USER", "name of the person who runs this");
}

void rules_own_names(struct rules *rules)
{
	static const char *const variables[] = { "USER", "LOGNAME", "SUDO_USER" };
	const struct passwd *account = getpwuid(getuid());
	struct utsname machine;

	if (uname(&machine) == 0) {
		own_host(rules, machine.nodename);
		if (machine.domainname[0] != '(')
			own_name(rules, machine.domainname, "own-host", "HOST", "domain of this machine");
	}
	for (size_t i = 0; i < COUNT(variables); i++)
		own_name(rules, getenv(variables[i]), "own-user", "USER", "name of the person who runs this");
	if (account) {
		own_name(rules, account->pw_name, "own-user", "USER", "name of the person who runs this");
		own_full_name(rules, account->pw_gecos);
	}
}

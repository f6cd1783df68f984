/* Names in a question that this machine has: users, devices, control groups. */
#include <arpa/inet.h>
#include <ctype.h>
#include <fnmatch.h>
#include <pwd.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include "base/file.h"
#include "trace/compose/compose.h"
#include "trace/plan/bind.h"
#include "kernel/object.h"
#include "trace/names/names.h"
#include "trace/around/sides.h"

/* "user deploy": no word of what is watched, and so who it is. */
static bool strange(const struct question *q, size_t at)
{
	const struct token *token = &q->tokens.at[at];
	const struct lexeme *lexeme = token->known ? vocabulary_word(q->vocabulary, token->canonical) : NULL;
	size_t len;

	return token->famous || (!token->known && (!token->english || token->word.joined)) ||
	       (lexeme && !lexeme->subjects && !token->ignored && !role_at(q, at, &len) && !sense_at(q, at, "measure", NULL, &len) &&
		!sense_at(q, at, "rank", NULL, &len) && !sense_at(q, at, "key", NULL, &len) && !sense_at(q, at, "outcome", NULL, &len));
}

/* "typed by user carol", "of user carol": plain English, and somebody's name. */
static bool user_led(const struct question *q, size_t at)
{
	if (at < 3 || !text_is(q->tokens.at[at - 1].word.text, "user") || q->tokens.at[at].known || q->tokens.at[at].ignored)
		return false;
	if (token_is(q, at - 2, "of") || token_is(q, at - 2, "from") || token_is(q, at - 2, "as"))
		return true;
	for (size_t i = at - 2; token_is(q, at - 2, "by") && i > 0 && i + 6 > at && !q->tokens.at[i - 1].word.comma; i--)
		if (text_ends(q->tokens.at[i - 1].word.text, "ed"))
			return true;
	return false;
}

bool user_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	size_t tokens;
	AUTO_FREE char *name = text_copy(name_joined(q, at, &tokens));
	bool root = strcmp(name, "root") == 0, han = at > 1 && token_is(q, at - 2, "用") && token_is(q, at - 1, "户");
	/* "user-svc" is one name */
	bool cue = at > 0 && !(q->tokens.at[at - 1].word.joined && (at < 2 || !q->tokens.at[at - 2].word.joined)) && (han || token_is(q, at - 1, "user") || (root && (token_is(q, at - 1, "by") || token_is(q, at - 1, "does") ||
								       token_is(q, at - 1, "as") ||
								       token_is(q, at - 1, "of") ||
								       token_is(q, at - 1, "for") || token_is(q, at - 1, "from") ||
								       exclusion(q, at) < at)));
	/* "of root vs www-data": the second of two. */
	vec_each(condition, &wish->plan->where)
		cue |= at > 1 && condition->role && strcmp(condition->role, "user") == 0 && q->tokens.at[at - 2].used & USED_NAME &&
		       word_joins(q, at - 1) && q->tokens.at[at].word.kind != WORD_HAN && getpwnam(name);
	bool after = token_is(q, at + tokens, "user") && !q->tokens.at[at].known;
	size_t behind = q->tokens.at[at].word.kind != WORD_HAN && !q->tokens.at[at].word.comma ? tokens_spell(q, at + tokens, "用户") : 0;

	/* "www-data 用户执行了什么", and not "mysql 用户态" */
	behind = token_is(q, at + tokens + 2, "态") || token_is(q, at + tokens + 2, "空") || token_is(q, at + tokens + 2, "栈") ? 0 : behind;
	const struct passwd *entry;

	/* "each user list directories": a word of the question, though Debian has a user "list". */
	if (cue && !root && at > 1 && (q->tokens.at[at].known || q->tokens.at[at].english) &&
	    (token_is(q, at - 2, "each") || token_is(q, at - 2, "every") || token_is(q, at - 2, "per") || token_is(q, at - 2, "which") ||
	     token_is(q, at - 2, "what") || token_is(q, at - 2, "any")))
		return false;
	/* "users scream" */
	if (cue && q->tokens.at[at].english && text_is(q->tokens.at[at - 1].word.text, "users"))
		return false;
	entry = cue || after || behind || root ? getpwnam(name) : NULL;

	/* "the oracle user", "user www-data" */
	if (!entry && !root && ((after && at > 0 && token_is(q, at - 1, "the")) ||
				(cue && q->tokens.at[at].word.kind != WORD_NUMBER && q->tokens.at[at].word.kind != WORD_HAN && (strange(q, at) || user_led(q, at)))))
		wish->missing = arena_fmt(wish->plan->arena, "there is no user '%s' on this machine", name);
	if (!entry)
		return false;
	if (han || (cue && token_is(q, at - 1, "user")))
		tokens_use(q, at - 1 - han, 1 + han, USED_NAME);
	/* "non-root users" */
	bool non = at > 0 && text_same(q->tokens.at[at - 1].word.text, TEXT("non"));

	if (non)
		tokens_use(q, at - 1, 1, USED_NAME);
	name_where(wish, at, tokens + (after ? 1 : behind), "user", non ? COMPARE_NOT : COMPARE_EQUAL, NULL, entry->pw_uid);
	return true;
}

/* "sda", "nvme0n1", "vdb2", "dm-0", "eth0", "enp3s0": what the kernel calls devices. */
bool device_spelled(const char *name)
{
	static const char *const patterns[] = { "sd[a-z]", "sd[a-z][0-9]", "vd[a-z]", "vd[a-z][0-9]", "xvd[a-z]", "hd[a-z]",
						"nvme[0-9]n[0-9]*", "dm-[0-9]*", "md[0-9]*", "loop[0-9]*", "mmcblk[0-9]*",
						"sr[0-9]", "nbd[0-9]*", "zram[0-9]*", "eth[0-9]*", "wlan[0-9]*", "en[ops][0-9]*",
						"wl[ps][0-9]*", "bond[0-9]*", "veth[0-9]*", "tun[0-9]*", "tap[0-9]*", "br[0-9]*",
						"docker[0-9]*", "virbr[0-9]*" };

	for (size_t i = 0; i < COUNT(patterns); i++)
		if (fnmatch(patterns[i], name, 0) == 0)
			return true;
	return false;
}

/* A block device or network interface of this machine. */
bool block_device(struct text name)
{
	AUTO_FREE char *copy = text_copy(name);
	AUTO_FREE char *path = NULL;

	if (name.len == 0 || name.len > 60 || copy[0] == '.' || strchr(copy, '/') || asprintf(&path, "/sys/class/block/%s", copy) < 0)
		return false;
	return file_exists(path);
}

bool device_number(struct text name, double *number)
{
	AUTO_FREE char *copy = text_copy(name);
	AUTO_BUILD content = { 0 };
	char path[300];
	unsigned major_number, minor_number;
	int end = 0;
	bool numbered = name.len < 16 && sscanf(copy, "%u:%u%n", &major_number, &minor_number, &end) == 2 && copy[end] == '\0';

	if (!numbered) {
		if (name.len == 0 || name.len > 200 || memchr(name.at, '/', name.len) || name.at[0] == '.')
			return false;
		snprintf(path, sizeof(path), "/sys/class/block/%s/dev", copy);
		if (file_read(path, 32, &content, NULL) < 0 || sscanf(content.at, "%u:%u", &major_number, &minor_number) != 2)
			return false;
	}
	/* The kernel's own packing of dev_t, as tracepoints record it. */
	*number = (major_number << 20) | minor_number;
	return true;
}

bool device_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	struct text word = q->tokens.at[at].word.text;
	AUTO_FREE char *copy = text_copy(word);
	char path[300];
	double number;

	/* "8:0" */
	if (memchr(word.at, ':', word.len) && device_number(word, &number)) {
		name_where(wish, at, 1, "device", COMPARE_EQUAL, NULL, number);
		return true;
	}
	if (word.len == 0 || word.len > 200 || memchr(word.at, '/', word.len) || word.at[0] == '.' ||
	    (q->tokens.at[at].known && !device_spelled(copy) && !block_device(word)))
		return false;
	if (device_number(word, &number)) {
		name_where(wish, at, 1, "device", COMPARE_EQUAL, NULL, number);
	} else {
		AUTO_FREE char *name = text_copy(word);

		snprintf(path, sizeof(path), "/sys/class/net/%s", name);
		if (!file_exists(path)) {
			/* Filtering by what is not there would show nothing, and leaving it out something else. */
			if (device_spelled(name))
				wish->missing = arena_fmt(wish->plan->arena, "there is no device '%s' on this machine", name);
			return false;
		}
		/* A network card names its interrupts after itself: "eth0-TxRx-0". */
		name_where(wish, at, 1, "device", wish->spot && way_has(wish->spot->way, "irq") ? COMPARE_PREFIX : COMPARE_EQUAL, name, 0);
	}
	return true;
}

/* A network interface, here or not, by its name. */
static bool interface_named(struct text name)
{
	AUTO_FREE char *copy = text_copy(name);
	char path[128];

	if (name.len == 0 || name.len > 15 || strchr(copy, '/') || copy[0] == '.' || block_device(name))
		return false;
	snprintf(path, sizeof(path), "/sys/class/net/%s", copy);
	return file_exists(path);
}

void interfaces_mark(struct question *q)
{
	bool packets = false;

	if (!words_there(q, GRAMMAR_TRAFFIC) || words_there(q, GRAMMAR_TRAFFIC_WAY))
		return;
	for (size_t i = 0; i < q->tokens.len; i++)
		packets |= token_is(q, i, "packet");
	for (size_t i = 1; i < q->tokens.len; i++) {
		struct token *lead = &q->tokens.at[i - 1];
		const char *meant = token_is(q, i - 1, "from") ? "receive" : token_is(q, i - 1, "to") || token_is(q, i - 1, "into") ? "send" : NULL;
		bool plain = q->tokens.at[i].word.kind == WORD_PLAIN || q->tokens.at[i].word.kind == WORD_NAME;
		bool beside = !meant && token_in(q, i - 1, GRAMMAR_ALONG);
		if ((!meant && !beside) || !plain || !interface_named(q->tokens.at[i].word.text))
			continue;
		if (beside && packets)
			return;
		strcpy(lead->canonical, meant ? meant : "packet");
		lead->known = true;
		lead->ignored = false;
		return;
	}
}

/* A control group's folder: by its path under one of the places where control groups are mounted; NULL: not here. */
/* Programs tell groups of the second version only. */
static bool is_cgroup(const char *path)
{
	struct statfs info;

	return statfs(path, &info) == 0 && info.f_type == CGROUP2_SUPER_MAGIC;
}

static void cgroup_where(struct wish *wish, size_t at, size_t tokens, const char *path)
{
	struct stat info;

	name_where(wish, at, tokens, "cgroup", COMPARE_EQUAL, path, 0);
	/* A folder has two links, and one more for each that lies in it. */
	if (stat(path, &info) == 0 && info.st_nlink > 2)
		vec_push(&wish->plan->notes, "The groups below it are part of it, as far as they were there when the watch began.");
}

static char *cgroup_folder(const char *name)
{
	static const char *const roots[] = { "/sys/fs/cgroup/unified", "/sys/fs/cgroup" };
	static const char *const slices[] = { "", "/system.slice", "/user.slice", "/machine.slice" };
	bool absolute = strncmp(name, "/sys/fs/cgroup", 14) == 0;

	if (absolute && is_cgroup(name))
		return text_copy(text_of(name));
	for (size_t r = 0; r < COUNT(roots); r++)
		for (size_t i = 0; i < (strchr(name, '.') ? COUNT(slices) : 1); i++) {
			char *path = NULL;

			/* Where both versions are mounted, programs tell the second one apart only. */
			if (asprintf(&path, "%s%s/%s", roots[r], slices[i], absolute ? name + 14 : name + (name[0] == '/')) >= 0 && is_cgroup(path))
				return path;
			free(path);
		}
	return NULL;
}

/* "of nginx.service", "init.scope 的": a unit of systemd, told by its control group. */
static bool unit_named(const struct question *q, size_t at)
{
	const struct text word = q->tokens.at[at].word.text;

	if (q->tokens.at[at].word.kind == WORD_PATH || !(text_ends(word, ".service") || text_ends(word, ".slice") || text_ends(word, ".scope")))
		return false;
	if (at > 0 && token_in(q, at - 1, GRAMMAR_BEFORE_UNIT))
		return true;
	return token_is(q, at + 1, "的") || token_is(q, at + 1, "里") || token_is(q, at + 1, "中");
}

void containers_mark(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 0, len; i < q->tokens.len; i++) {
		const struct token *next;

		if (!sense_at(q, i, "contained", NULL, &len) || (i > 0 && (token_is(q, i - 1, "按") || (token_in(q, i - 1, GRAMMAR_EVERY) && q->tokens.at[i - 1].word.kind == WORD_HAN))))
			continue;
		/* "容器内存", "容器内核" */
		if (token_is(q, i + len - 1, "内") && (token_is(q, i + len, "存") || token_is(q, i + len, "核")))
			continue;
		/* "in container web-1" */
		next = i + len < q->tokens.len && !q->tokens.at[i + len - 1].word.comma ? &q->tokens.at[i + len] : NULL;
		if (next && next->word.kind != WORD_HAN && next->word.kind != WORD_SIGN && !next->known && !next->english)
			continue;
		wish->contained = true;
		tokens_use(q, i, len, USED_FILTER);
	}
}

bool cgroup_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	AUTO_FREE char *name = text_copy(q->tokens.at[at].word.text);
	AUTO_FREE char *path = NULL;
	bool unit = unit_named(q, at);

	/* "in container web-1": told by its control group, whose name is another. */
	if (at > 0 && token_is(q, at - 1, "container") && !q->tokens.at[at - 1].word.comma && !q->tokens.at[at].known &&
	    !q->tokens.at[at].english && q->tokens.at[at].word.kind != WORD_PATH && q->tokens.at[at].word.kind != WORD_SIGN &&
	    q->tokens.at[at].word.kind != WORD_HAN) {
		wish->missing = arena_fmt(wish->plan->arena, "which control group the container '%s' is in is not known here: name that "
					  "(\"in cgroup /system.slice/docker-ID.scope\")", name);
		return false;
	}
	/* "opens of service order-svc" */
	if (!unit && at > 0 && (token_is(q, at - 1, "service") || token_is(q, at - 1, "unit")) && !q->tokens.at[at - 1].word.comma &&
	    !(q->tokens.at[at - 1].used & USED_SUBJECT) && !text_ends(q->tokens.at[at - 1].word.text, "s") &&
	    !q->tokens.at[at].english && (!q->tokens.at[at].known || q->tokens.at[at].famous || q->tokens.at[at].word.joined) &&
	    (q->tokens.at[at].word.kind == WORD_PLAIN || q->tokens.at[at].word.kind == WORD_NAME)) {
		size_t tokens;
		const struct text whole = name_joined(q, at, &tokens);
		AUTO_FREE char *service = text_copy(text_of(arena_fmt(wish->plan->arena, "%.*s.service", TEXT_ARG(whole))));

		path = cgroup_folder(service);
		if (!path && (token_is(q, at - 1, "unit") || (at > 1 && token_is(q, at - 2, "systemd")))) {
			wish->missing = arena_fmt(wish->plan->arena, "there is no service '%.*s' on this machine", TEXT_ARG(whole));
			return false;
		}
		/* "my service X": people call so what systemd does not know, too. */
		if (!path) {
			vec_push(&wish->plan->notes, arena_fmt(wish->plan->arena, "There is no unit %s here: processes named %.*s are meant.",
							       service, TEXT_ARG(whole)));
			tokens_use(q, at - 1, 1, USED_NAME);
			process_take(wish, at, tokens, whole, false);
			return true;
		}
		cgroup_where(wish, at - 1, 1 + tokens, path);
		return true;
	}
	/* "cgroup cpu usage": a word of the question, though a controller's folder may have its name. */
	if (!unit && (at == 0 || !token_is(q, at - 1, "cgroup") || (q->tokens.at[at].known && !q->tokens.at[at].famous)))
		return false;
	path = cgroup_folder(name);
	if ((unit || name[0] == '/') && !path) {
		wish->missing = arena_fmt(wish->plan->arena, "there is no control group '%s' on this machine", name);
		return unit;
	}
	/* "cgroup reclaim" names no cgroup. */
	if (!path)
		return false;
	cgroup_where(wish, unit ? at : at - 1, unit ? 1 : 2, path);
	return true;
}

bool cache_take(struct wish *wish, size_t at)
{
	AUTO_FREE char *name = text_copy(wish->question.tokens.at[at].word.text);
	AUTO_FREE char *path = NULL;
	struct bound b;

	if (!wish->spot || !bind_role(wish->spot, "cache", &b, NULL) || !b.text || strchr(name, '/') ||
	    asprintf(&path, "/sys/kernel/slab/%s", name) < 0)
		return false;
	if (strncmp(name, "kmalloc-", 8) != 0 && !file_exists(path))
		return false;
	name_where(wish, at, 1, "cache", COMPARE_EQUAL, name, 0);
	return true;
}

/* "to 10.0.0.1:443". Left out, both together are not one condition each. */
static bool address_with_port(struct wish *wish, size_t at, const char *text)
{
	struct question *q = &wish->question;
	AUTO_FREE char *host = text_copy(text_of(text));
	char *colon = strchr(host, ':'), *end = NULL;
	unsigned char bytes[4];
	struct bound b;
	long port;

	if (!colon || !isdigit((unsigned char)colon[1]))
		return false;
	*colon = '\0';
	port = strtol(colon + 1, &end, 10);
	if (*end || port < 1 || port > 65535 || exclusion(q, at) != at || excluded_behind(q, at + 1) ||
	    inet_pton(AF_INET, host, bytes) != 1)
		return false;
	/* Of what has two ends, which port is meant depends on the end; of what has one it is the other's. */
	if (at > 0 && token_is(q, at - 1, "from") && wish->spot && bind_role(wish->spot, "source", &b, NULL))
		wish->missing = arena_fmt(wish->plan->arena, "both ends have an address here: ask for the source address and for the port "
					  "each on its own (%s)", text);
	name_where(wish, at, 1, "address", COMPARE_EQUAL, host, 0);
	wish_where(wish, "port", COMPARE_EQUAL, NULL, port);
	return true;
}

/* "to 10.0.0.1", "from ::1" */
bool address_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	AUTO_FREE char *text = text_copy(q->tokens.at[at].word.text);
	unsigned char bytes[16];
	struct bound b;

	/* "connects on loopback" */
	if ((token_is(q, at, "loopback") || token_is(q, at, "localhost")) && exclusion(q, at) == at && wish->spot && bind_role(wish->spot, "address", &b, NULL)) {
		name_where(wish, at, 1, "address", COMPARE_EQUAL, "127.0.0.1", 0);
		return true;
	}
	if (address_with_port(wish, at, text))
		return true;
	if (inet_pton(AF_INET, text, bytes) != 1 && inet_pton(AF_INET6, text, bytes) != 1)
		return false;
	/* A source is this machine's own end: what is "from" elsewhere is from the other. */
	name_where(wish, at, 1, at > 0 && token_is(q, at - 1, "from") && (out_said(q) || address_here(q->tokens.at[at].word.text)) ? "source" : "address",
		   COMPARE_EQUAL, text, 0);
	return true;
}

/* "map_type", "nr_pages": a thing's name ends in other words. */
bool field_like(struct text name)
{
	static const char *const last[] = { "_type", "_name", "_id", "_size", "_len", "_addr", "_address", "_flags", "_flag", "_reason", "_state",
					    "_nr", "_count", "_entries", "_code", "_port", "_family", "_opcode", "_pid", "_comm", "_cpu", "_dev", "_ip",
					    "_bytes", "_pages", "_order", "_mode", "_mask", "_class", "_prio", "_ns", "_us", "_ms", "_offset", "_fd",
					    "_path", "_status", "_number", "_num", "_idx", "_index", "_level", "_events" };

	for (size_t i = 0; i < COUNT(last); i++)
		if (text_ends(name, last[i]))
			return true;
	return text_starts(name, "nr_") || text_starts(name, "is_") || text_starts(name, "prev_") || text_starts(name, "next_");
}

bool library_there(const char *name)
{
	AUTO_FREE char *path = object_locate(name);

	return path != NULL;
}

/* Numbers of the kernel as people say them. */
#include "trace/result/decode.h"
#include <ctype.h>
#include <math.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"

/* "0=HI,1=TIMER": the name of a number. */
static json_t *enum_name(const char *symbols, long long number)
{
	struct text rest = text_of(symbols), pair, value;

	while (text_next(&rest, ',', &pair)) {
		long long parsed;

		if (text_next(&pair, '=', &value) && text_number(value, &parsed) && parsed == number && pair.len)
			return json_text(pair);
	}
	return json_integer(number);
}

/* "|1=A,2=B": the names of the bits that are set, and what is left over in hexadecimal. */
static json_t *flag_names(const char *symbols, long long number)
{
	struct text rest = text_from(text_of(symbols), 1), pair, value;
	unsigned long long left = (unsigned long long)number;
	AUTO_BUILD out = { 0 };

	while (text_next(&rest, ',', &pair)) {
		long long parsed;
		unsigned long long bits;

		if (!text_next(&pair, '=', &value) || !text_number(value, &parsed))
			continue;
		bits = (unsigned long long)parsed;
		if (bits == 0 ? number != 0 : (left & bits) != bits)
			continue;
		build_fmt(&out, "%s%.*s", out.len ? "|" : "", TEXT_ARG(pair));
		left &= ~bits;
	}
	if (left || out.len == 0)
		build_fmt(&out, "%s%#llx", out.len ? "|" : "", left);
	return json_text(build_text(&out));
}

static json_t *user_name(long long number)
{
	const struct passwd *entry = number >= 0 && number < 0xffffffffll ? getpwuid((uid_t)number) : NULL;

	return entry ? json_text(text_of(entry->pw_name)) : json_integer(number);
}

/* dev_t as tracepoints record it (20 bits of minor): "vda", else "254:0". */
static json_t *device_name(long long number)
{
	unsigned major_number = (unsigned)(number >> 20), minor_number = (unsigned)(number & 0xfffff);
	char path[64], target[512], words[32];
	ssize_t len;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major_number, minor_number);
	len = readlink(path, target, sizeof(target) - 1);
	if (len > 0) {
		target[len] = '\0';
		if (strrchr(target, '/'))
			return json_text(text_of(strrchr(target, '/') + 1));
	}
	snprintf(words, sizeof(words), "%u:%u", major_number, minor_number);
	return json_string(words);
}

/* A cgroup's id is the inode of its folder; looked for to a depth that real trees have. */
static bool cgroup_find(const char *folder, ino_t id, int depth, struct build *out)
{
	AUTO_DIR dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		AUTO_FREE char *path = NULL;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
		    asprintf(&path, "%s/%s", folder, entry->d_name) < 0)
			continue;
		if (entry->d_ino == id) {
			build_put(out, path);
			return true;
		}
		if (depth < 8 && cgroup_find(path, id, depth + 1, out))
			return true;
	}
	return false;
}

static json_t *cgroup_name(long long number)
{
	static const char root[] = "/sys/fs/cgroup";
	AUTO_BUILD path = { 0 };
	struct stat info;

	if ((stat(root, &info) == 0 && (long long)info.st_ino == number) || number == 1)
		return json_string("/");
	if (cgroup_find(root, (ino_t)number, 0, &path))
		return json_text(text_from(build_text(&path), sizeof(root) - 1));
	return json_integer(number);
}

/* The kernel's task states as ps shows them (include/linux/sched.h, fs/proc/array.c). */
static json_t *state_letter(long long number)
{
	static const char *const states[] = { "R (running)", "S (sleeping)", "D (uninterruptible)", "T (stopped)",
					      "t (traced)", "X (dead)", "Z (zombie)", "P (parked)", "I (idle)" };
	static const int bits[] = { 0, 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x402 };

	for (size_t i = COUNT(bits); i-- > 1;)
		if ((number & bits[i]) == bits[i])
			return json_string(states[i]);
	return json_string(number & 0x80 ? "X (dead)" : states[0]);
}

static json_t *hexadecimal(long long number)
{
	char words[24];

	snprintf(words, sizeof(words), "%#llx", (unsigned long long)number);
	return json_string(words);
}

static json_t *number_decode(const struct column *column, long long number)
{
	const char *type = column->type;
	const char *name = NULL;

	if (strcmp(type, "errno") == 0) {
		if (number == 0)
			return strcmp(column->role, "outcome") == 0 ? json_string("success") : json_null(); /* no error */
		name = strerrorname_np((int)(number < 0 ? -number : number));
	} else if (strcmp(type, "signal") == 0) {
		const char *brief = number > 0 && number < NSIG ? sigabbrev_np((int)number) : NULL;
		char words[32];

		if (brief) {
			snprintf(words, sizeof(words), "SIG%s", brief);
			return json_string(words);
		}
	} else if (strcmp(type, "syscall") == 0) {
		name = syscall_name((long)number);
	} else if (strcmp(type, "uid") == 0) {
		return user_name(number);
	} else if (strcmp(type, "dev") == 0) {
		return device_name(number);
	} else if (strcmp(type, "cgroup") == 0) {
		return cgroup_name(number);
	} else if (strcmp(type, "state") == 0) {
		return state_letter(number);
	} else if (strcmp(type, "result") == 0 && number > (long long)UINT32_MAX - 4096 && number <= UINT32_MAX) {
		/* What a function returns as an int lies in the lower half of the register: -1 and its like, and no size. */
		number -= (long long)UINT32_MAX + 1;
	} else if (strcmp(type, "hex") == 0) {
		return hexadecimal(number);
	} else if (column->symbols && (strcmp(type, "enum") == 0 || strcmp(type, "flags") == 0)) {
		return column->symbols[0] == '|' ? flag_names(column->symbols, number) :
						   enum_name(column->symbols, number);
	}
	return name ? json_string(name) : json_integer(number);
}

static bool is_stack(const struct column *column)
{
	return strcmp(column->type, "kstack") == 0 || strcmp(column->type, "ustack") == 0;
}

/* Where code without frame pointers calls, the walk ends in whatever lay there: no address of a program. */
static bool no_address(struct text frame)
{
	long long number;

	return text_starts(frame, "0x") && (!text_number(frame, &number) || number < 0x1000 || number >> 48);
}

/* "\n    frame+12\n    frame+3\n" as an array; the offset within a function says nothing here. */
static json_t *frames_decode(struct text raw, bool user)
{
	json_t *frames = json_array();
	struct text line;

	while (text_line(&raw, &line)) {
		size_t plus;

		line = text_trim(line);
		if (line.len == 0)
			continue;
		for (plus = line.len; plus > 0 && line.at[plus - 1] != '+'; plus--)
			;
		if (plus > 1)
			line = text_until(line, plus - 1);
		if (user && json_array_size(frames) && no_address(line))
			break;
		json_array_append_new(frames, json_text(line));
	}
	return frames;
}

/* Text that fills its copy was cut, most likely: what lies behind it is not known. */
static json_t *text_told(const struct column *column, struct text t, size_t copied)
{
	AUTO_BUILD out = { 0 };

	if (!column->most || copied < column->most)
		return json_text(text_trim(t));
	while (t.len && ((unsigned char)t.at[t.len - 1] & 0xc0) == 0x80)
		t.len--;
	if (t.len && (unsigned char)t.at[t.len - 1] >= 0xc0)
		t.len--; /* half a character is none */
	build_fmt(&out, "%.*s…", TEXT_ARG(t));
	return json_text(build_text(&out));
}

/* buf() prints bytes as \xNN escapes: NULs between arguments become blanks, other bytes themselves. */
static json_t *arguments_decode(const struct column *column, struct text raw)
{
	AUTO_BUILD out = { 0 };
	bool ended = false;

	for (size_t i = 0; i < raw.len; i++) {
		unsigned char byte;
		char pair[3] = { 0 };

		if (raw.len - i < 4 || raw.at[i] != '\\' || raw.at[i + 1] != 'x' ||
		    !isxdigit((unsigned char)raw.at[i + 2]) || !isxdigit((unsigned char)raw.at[i + 3])) {
			build_char(&out, raw.at[i]);
			ended = false;
			continue;
		}
		memcpy(pair, raw.at + i + 2, 2);
		byte = (unsigned char)strtol(pair, NULL, 16);
		build_char(&out, byte ? (char)byte : ' ');
		ended = !byte;
		i += 3;
	}
	return text_told(column, build_text(&out), ended ? 0 : out.len); /* the last one ends with its NUL */
}

static json_t *text_decode(const struct column *column, struct text raw)
{
	const char *nul = raw.len ? memchr(raw.at, '\0', raw.len) : NULL;

	/* Fixed arrays hold whatever was there before, after their NUL. */
	if (nul)
		raw.len = (size_t)(nul - raw.at);
	if (is_stack(column))
		return frames_decode(raw, strcmp(column->type, "ustack") == 0);
	if (strcmp(column->type, "ip") == 0 && text_starts(raw, "::ffff:"))
		return json_text(text_from(raw, strlen("::ffff:"))); /* an IPv4 address of an IPv6 socket */
	if (strcmp(column->type, "argv") == 0)
		return arguments_decode(column, raw);
	if (strcmp(column->type, "probe") == 0) {
		/* "tracepoint:syscalls:sys_enter_read": the kind is always the same. */
		struct text kind, rest = raw;

		if (text_next(&rest, ':', &kind) && rest.len)
			return json_text(rest);
	}
	if (strcmp(column->type, "ksym") == 0 || strcmp(column->type, "usym") == 0) {
		size_t plus;

		if (text_find(raw, "+0x", &plus) && plus)
			raw = text_until(raw, plus);
	}
	return text_told(column, raw, raw.len);
}

json_t *decode_text(const struct column *column, struct text raw)
{
	long long number;
	double real;

	if (column->text || strcmp(column->type, "ksym") == 0 || strcmp(column->type, "usym") == 0 ||
	    strcmp(column->type, "ip") == 0)
		return text_decode(column, raw);
	if (text_number(text_trim(raw), &number))
		return number_decode(column, number);
	if (text_real(text_trim(raw), &real))
		return json_real(real);
	return text_decode(column, raw);
}

json_t *decode_value(const struct column *column, const json_t *raw)
{
	if (json_is_string(raw))
		return decode_text(column, (struct text){ json_string_value(raw), json_string_length(raw) });
	if (json_is_integer(raw))
		return number_decode(column, json_integer_value(raw));
	if (json_is_real(raw) && floor(json_real_value(raw)) == json_real_value(raw) && fabs(json_real_value(raw)) < 9e18)
		return number_decode(column, (long long)json_real_value(raw));
	return json_deep_copy(raw);
}

/* The part of the joined key that belongs to column `i`. Stacks end with a newline before their comma. */
static struct text key_part(const struct program *program, size_t i, struct text *rest)
{
	struct text part = *rest;
	bool last = i + 1 == program->columns.len;
	size_t at;

	if (last) {
		*rest = TEXT("");
		return part;
	}
	if (is_stack(&program->columns.at[i]) && rest->len && rest->at[0] == '\n') {
		if (text_find(*rest, "\n,", &at)) {
			*rest = text_from(*rest, at + 2);
			return text_until(part, at);
		}
	}
	/* A process may have a comma in its name; no frame of a stack begins the line before. */
	if (program->columns.at[i].text && is_stack(&program->columns.at[i + 1]) && text_find(*rest, ",\n", &at)) {
		*rest = text_from(*rest, at + 1);
		return text_until(part, at);
	}
	text_next(rest, ',', &part);
	return part;
}

json_t *decode_key(const struct program *program, struct text joined)
{
	json_t *key = json_array();
	struct text parts[16] = { { 0 } };

	for (size_t i = 0; i < program->columns.len && i < COUNT(parts); i++)
		parts[i] = key_part(program, i, &joined);
	for (size_t shown = 0; shown < program->columns.len; shown++)
		for (size_t i = 0; i < program->columns.len && i < COUNT(parts); i++)
			if (program->columns.at[i].shown == shown)
				json_array_append_new(key, decode_text(&program->columns.at[i], parts[i]));
	return key;
}

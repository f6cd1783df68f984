/* Keys: fetched when first needed, sent to their own host only, wiped at the end. And the hosts of URLs. */
#include <ctype.h>
#include <fcntl.h>
#include <sys/stat.h>
#include "base/child.h"
#include "base/file.h"
#include "llm/config.h"

#define KEY_BYTES 8192
#define COMMAND_SECONDS 60
#define COMPLAINT_MOST 120 /* bytes */
#define COMPLAINT_WORD 16 /* bytes of a word that may be a key */

bool url_host(const char *url, char host[300])
{
	const char *at = strstr(url, "://"), *end;
	bool secure = strncasecmp(url, "https://", 8) == 0;
	size_t len;

	if (!at || (!secure && strncasecmp(url, "http://", 7) != 0))
		return false;
	at += 3;
	end = at + strcspn(at, "/?#");
	len = (size_t)(end - at);
	/* "https://known.host@other.host" goes to the other one, with a password. */
	if (!len || len > 250 || memchr(at, '@', len) || memchr(at, '\\', len))
		return false;
	for (size_t i = 0; i < len; i++)
		if (isspace((unsigned char)at[i]) || iscntrl((unsigned char)at[i]))
			return false;
	snprintf(host, 300, "%s://%.*s", secure ? "https" : "http", (int)len, at);
	for (char *c = host; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	/* The port that the scheme implies is no difference. */
	if (text_ends(text_of(host), secure ? ":443" : ":80"))
		host[strlen(host) - (secure ? 4 : 3)] = '\0';
	return true;
}

bool url_local(const char *url)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };
	char host[300];
	const char *at;

	if (!url_host(url, host))
		return false;
	at = strstr(host, "://") + 3;
	for (size_t i = 0; i < COUNT(names); i++) {
		size_t len = strlen(names[i]);

		if (strncmp(at, names[i], len) == 0 && (at[len] == '\0' || at[len] == ':'))
			return true;
	}
	return false;
}

/* The first line, without blanks around it. */
static int take_value(struct llm_key *key, struct text t, struct error *err)
{
	struct text line = text_trim(t);
	size_t end;

	if (text_find(line, "\n", &end))
		line = text_trim(text_until(line, end));
	if (!line.len)
		return fail(err, -ENOKEY, "there is no key in it");
	if (line.len > KEY_BYTES)
		return fail(err, -EMSGSIZE, "it is longer than any key");
	for (size_t i = 0; i < line.len; i++)
		if (line.at[i] < 0x21 || line.at[i] > 0x7e)
			return fail(err, -EINVAL, "it holds characters that no key has");
	key->value = text_copy(line);
	return 0;
}

static int read_key_file(struct llm_key *key, struct error *err)
{
	AUTO_FD fd = open(key->where, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	AUTO_BUILD file = { .ceiling = KEY_BYTES + 64 };
	struct stat info;
	int code;

	if (fd < 0 || fstat(fd, &info) < 0)
		return fail(err, -errno, "%s", strerror(errno));
	if (!S_ISREG(info.st_mode))
		return fail(err, -EINVAL, "it is no ordinary file");
	if (info.st_uid != geteuid() && info.st_uid != 0)
		return fail(err, -EACCES, "it belongs to another user");
	if (info.st_mode & 077)
		return fail(err, -EACCES, "others may read it; run: chmod 600 '%.200s'", key->where);
	code = fd_read_all(fd, KEY_BYTES + 1, &file, err);
	if (code == 0)
		code = take_value(key, build_text(&file), err);
	if (file.at)
		explicit_bzero(file.at, file.len);
	return code;
}

/* Words with '…' and "…" around blanks; no shell. Fills argv and ends it with NULL; the words live in `store`. */
static int split(const char *command, char *store, const char **argv, size_t most)
{
	size_t count = 0;

	while (*command) {
		char quote = '\0';

		command += strspn(command, " \t");
		if (!*command)
			break;
		if (count + 1 >= most)
			return -E2BIG;
		argv[count++] = store;
		for (; *command && (quote || !strchr(" \t", *command)); command++) {
			if (quote ? *command == quote : *command == '"' || *command == '\'')
				quote = quote ? '\0' : *command;
			else
				*store++ = *command;
		}
		*store++ = '\0';
		if (quote)
			return -EINVAL;
	}
	argv[count] = NULL;
	return count ? 0 : -EINVAL;
}

/* Why a command failed, in its own words: the first line of what it complains, unless something in it may be a key. */
static void complaint_of(struct text t, struct build *out)
{
	struct text rest = text_trim(t), line = { "", 0 }, word;

	text_line(&rest, &line);
	rest = line = text_until(text_trim(line), COMPLAINT_MOST);
	while (text_word(&rest, &word)) {
		bool letter = false, digit = false;

		for (size_t i = 0; i < word.len; i++) {
			letter |= isalpha((unsigned char)word.at[i]) != 0;
			digit |= isdigit((unsigned char)word.at[i]) != 0;
		}
		if (word.len >= COMPLAINT_WORD && letter && digit && !memchr(word.at, '/', word.len))
			return;
	}
	if (!line.len)
		return;
	build_put(out, ": ");
	build_safe(out, line, false);
}

static int run_key_command(struct llm_key *key, struct error *err)
{
	AUTO_FREE char *store = calloc(1, strlen(key->where) + 2);
	const char *argv[32];
	AUTO_OUTPUT output = { 0 };
	AUTO_BUILD complaint = { .ceiling = 300 };
	char words[64];
	int code;

	if (!store)
		abort();
	if (split(key->where, store, argv, COUNT(argv)) < 0)
		return fail(err, -EINVAL, "the command is not understood; quotes must be closed");
	code = child_run_stoppable(argv, (struct text){ "", 0 }, KEY_BYTES + 1, COMMAND_SECONDS, &output, err);
	if (code < 0)
		return code;
	complaint_of(build_text(&output.err), &complaint);
	if (output.late)
		code = fail(err, -ETIMEDOUT, "it did not end within %d s", COMMAND_SECONDS);
	else if (output.status != 0)
		code = fail(err, -ENOKEY, "%s%s", child_verdict(output.status, words), complaint.len ? complaint.at : "");
	else
		code = take_value(key, build_text(&output.out), err);
	if (output.out.at)
		explicit_bzero(output.out.at, output.out.len);
	return code;
}

const char *llm_key(struct llm_endpoint *endpoint, struct error *err)
{
	static const char *const kinds[] = { "", "variable", "file", "command" };
	struct llm_key *key = &endpoint->key;
	char host[300];
	int code = 0;

	if (key->from == KEY_NONE)
		return NULL;
	if (!url_host(endpoint->base, host)) {
		fail(err, -EINVAL, "'%.100s' is no http or https URL", endpoint->shown);
		return NULL;
	}
	if (strcmp(host, key->host) != 0) {
		fail(err, -EACCES, "the key of the endpoint '%.40s' is for %.100s and is not sent to %.100s; give %.40s a key of its own",
		     endpoint->name, key->host, host, host);
		return NULL;
	}
	if (key->value)
		return key->value;
	if (key->from == KEY_ENV)
		code = getenv(key->where) ? take_value(key, text_of(getenv(key->where)), err) :
					    fail(err, -ENOKEY, "it is not set");
	else if (key->from == KEY_FILE)
		code = read_key_file(key, err);
	else if (key->failed.code)
		return fail(err, key->failed.code, "%s", key->failed.text), NULL;
	else
		code = run_key_command(key, err);
	if (code < 0)
		fail_within(err, "no key from the %s '%.120s'", kinds[key->from], key->where);
	if (code < 0 && code != -EINTR && key->from == KEY_COMMAND && err)
		key->failed = *err;
	return code < 0 ? NULL : key->value;
}

void llm_key_retry(struct llm_endpoint *endpoint)
{
	endpoint->key.failed = (struct error){ 0 };
}

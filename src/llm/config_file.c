/* Reading a configuration file: "name = value" in sections [endpoint NAME] and [model NAME]. */
#include "llm/config_file.h"
#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include "base/file.h"

#define FILE_LIMIT (1 << 20)

struct opened {
	const void *what;
	unsigned line;
};

struct reader {
	struct llm_config *config;
	const char *path;
	enum llm_source from;
	bool trusted;	/* the user named the project's folder in the own file */
	const char *doubt; /* why nothing of a project's file counts, or NULL */
	unsigned line;
	struct llm_endpoint *endpoint; /* of the section */
	struct llm_model *model;
	bool skip; /* the section was refused */
	bool own;  /* its model is one of the user's */
	VEC(struct opened) opened; /* the sections of this file */
	struct error *err;
	char folder[PATH_MAX];
};

static int wrong(struct reader *reader, const char *format, ...) PRINTF(2, 3);
static int wrong(struct reader *reader, const char *format, ...)
{
	char words[300];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	return fail(reader->err, -EINVAL, "%.150s:%u: %s", reader->path, reader->line, words);
}

/* A project's file may come with a cloned repository: it must not send anything anywhere or run anything. */
static bool refused(struct reader *reader, const char *what)
{
	char *note;

	if (reader->from != FROM_PROJECT || reader->trusted)
		return false;
	if (asprintf(&note, "%s:%u: %s is ignored: a project's file may not set it, unless ~/.config/syswhy/config says 'trust = FOLDER' "
		     "of its folder", reader->path, reader->line, what) < 0)
		abort();
	vec_push(&reader->config->notes, note);
	if (reader->endpoint)
		reader->endpoint->refused = true;
	return true;
}

static int number(struct reader *reader, struct text value, double least, double most, double *to)
{
	if (!text_real(value, to) || *to < least || *to > most)
		return wrong(reader, "'%.*s' is no number from %g to %g", TEXT_ARG(text_until(value, 40)), least, most);
	return 0;
}

static int whole(struct reader *reader, struct text value, long least, long most, long *to)
{
	long long read;

	if (!text_number(value, &read) || read < least || read > most)
		return wrong(reader, "'%.*s' is no whole number from %ld to %ld", TEXT_ARG(text_until(value, 40)), least, most);
	*to = (long)read;
	return 0;
}

static void text_set(char **to, struct text value)
{
	free(*to);
	*to = text_copy(value);
}

/* "~/file" and files beside the configuration. */
static char *path_of(struct text value)
{
	const char *home = getenv("HOME");
	AUTO_BUILD path = { 0 };

	if (text_starts(value, "~/") && home)
		build_fmt(&path, "%s%.*s", home, TEXT_ARG(text_from(value, 1)));
	else
		build_add(&path, value);
	return build_take(&path);
}

static int set_base(struct reader *reader, struct text value)
{
	AUTO_FREE char *base = text_copy(value);
	AUTO_BUILD shown = { 0 };
	char host[300];

	if (reader->endpoint->kind != LLM_REPLAY && !url_host(base, host))
		return url_show(base, &shown), wrong(reader, "'%.80s' is no http or https URL (with no user name in it)", shown.at ? shown.at : "");
	if (reader->from == FROM_PROJECT && !reader->trusted && !url_local(base) && refused(reader, "base-url"))
		return 0;
	llm_base_set(reader->endpoint, base, reader->from);
	return 0;
}

static int set_header(struct reader *reader, struct text value)
{
	if (!text_has(value, ":") || refused(reader, "header"))
		return text_has(value, ":") ? 0 : wrong(reader, "a header is written 'Name: value'");
	for (size_t i = 0; i < value.len; i++)
		if (iscntrl((unsigned char)value.at[i]))
			return wrong(reader, "a header has no control characters");
	vec_push(&reader->endpoint->headers, text_copy(value));
	return 0;
}

static int set_key(struct reader *reader, int from, struct text value)
{
	AUTO_FREE char *where = from == KEY_FILE ? path_of(value) : text_copy(value);

	if (refused(reader, from == KEY_COMMAND ? "key-command" : from == KEY_FILE ? "key-file" : "key-env"))
		return 0;
	llm_key_set(reader->endpoint, from, where);
	return 0;
}

static int endpoint_line(struct reader *reader, struct text name, struct text value)
{
	struct llm_endpoint *endpoint = reader->endpoint;
	int kind;

	if (text_is(name, "provider")) {
		kind = llm_kind_find(value);
		if (kind < 0)
			return wrong(reader, "there is no provider '%.*s'", TEXT_ARG(text_until(value, 40)));
		endpoint->kind = (enum llm_kind)kind;
		if (!endpoint->base[0] && !(reader->from == FROM_PROJECT && !reader->trusted &&
					    !url_local(llm_kind_base(endpoint->kind))))
			llm_base_set(endpoint, llm_kind_base(endpoint->kind), reader->from);
		return 0;
	}
	if (text_is(name, "base-url"))
		return set_base(reader, value);
	if (text_is(name, "key-command"))
		return set_key(reader, KEY_COMMAND, value);
	if (text_is(name, "key-file"))
		return set_key(reader, KEY_FILE, value);
	if (text_is(name, "key-env"))
		return set_key(reader, KEY_ENV, value);
	if (text_is(name, "key"))
		return wrong(reader, "a key does not stand in this file; use key-command, key-file or key-env");
	if (text_is(name, "header"))
		return set_header(reader, value);
	if (text_is(name, "protocol")) {
		if (!text_is(value, "chat") && !text_is(value, "responses") && !text_is(value, "messages"))
			return wrong(reader, "a protocol is chat, responses or messages");
		text_set(&endpoint->protocol, value);
	} else if (text_is(name, "api-version")) {
		text_set(&endpoint->api_version, value);
	} else if (text_is(name, "organisation")) {
		text_set(&endpoint->organisation, value);
	} else if (text_is(name, "project")) {
		text_set(&endpoint->project, value);
	} else {
		return wrong(reader, "an endpoint has no '%.*s'", TEXT_ARG(text_until(name, 40)));
	}
	return 0;
}

static int model_line(struct reader *reader, struct text name, struct text value)
{
	struct llm_model *model = reader->model;

	if (text_is(name, "endpoint")) {
		AUTO_FREE char *wanted = text_copy(value);

		if (reader->own && refused(reader, "another endpoint of a model of your own"))
			return 0;
		model->endpoint = llm_config_endpoint(reader->config, wanted);
		return model->endpoint ? 0 : wrong(reader, "there is no [endpoint %.60s] above", wanted);
	}
	if (text_is(name, "name"))
		text_set(&model->name, value);
	else if (text_is(name, "effort"))
		text_set(&model->effort, value);
	else if (text_is(name, "context"))
		return whole(reader, value, 512, 100000000, &model->context);
	else if (text_is(name, "max-output"))
		return whole(reader, value, 1, 10000000, &model->max_output);
	else if (text_is(name, "temperature"))
		return number(reader, value, 0, 2, &model->temperature);
	else if (text_is(name, "price-input"))
		return number(reader, value, 0, 1e6, &model->price_input);
	else if (text_is(name, "price-output"))
		return number(reader, value, 0, 1e6, &model->price_output);
	else
		return wrong(reader, "a model has no '%.*s'", TEXT_ARG(text_until(name, 40)));
	return 0;
}

static int history_line(struct reader *reader, struct text name, struct text value)
{
	struct llm_config *config = reader->config;

	if (text_is(name, "history")) {
		if (!text_is(value, "yes") && !text_is(value, "no"))
			return wrong(reader, "'history' is yes or no");
		config->no_history = config->no_history || text_is(value, "no"); /* a project's file may only turn it off */
		return 0;
	}
	if (!text_is(name, "history-days") && !text_is(name, "history-size"))
		return wrong(reader, "there is no setting '%.*s'", TEXT_ARG(text_until(name, 40)));
	if (refused(reader, "a limit of the history"))
		return 0;
	return text_is(name, "history-days") ? number(reader, value, 0, 36500, &config->history_days) :
					       number(reader, value, 0, 65536, &config->history_mib);
}

static int general_line(struct reader *reader, struct text name, struct text value)
{
	struct llm_config *config = reader->config;

	if (text_is(name, "model")) {
		text_set(&config->model, value);
		config->model_from = reader->from;
	} else if (text_is(name, "embeddings")) {
		text_set(&config->embeddings, value);
	} else if (text_is(name, "trust")) {
		return 0; /* read when a project's file is */
	} else if (text_is(name, "max-concurrent-queries")) {
		return whole(reader, value, 1, LLM_CONCURRENT_MOST, &config->max_concurrent);
	} else if (text_is(name, "retries")) {
		return whole(reader, value, 0, 20, &config->retries);
	} else if (text_is(name, "retry-delay")) {
		return number(reader, value, 0, 60, &config->retry_delay);
	} else if (text_is(name, "connect-seconds")) {
		return number(reader, value, 0.01, 600, &config->connect);
	} else if (text_is(name, "first-token-seconds")) {
		return number(reader, value, 0.01, 86400, &config->first_token);
	} else if (text_is(name, "total-seconds")) {
		return number(reader, value, 0.01, 86400, &config->total);
	} else if (text_is(name, "local-models")) {
		config->no_local = text_is(value, "no");
	} else if (text_starts(name, "history")) {
		return history_line(reader, name, value);
	} else {
		return wrong(reader, "there is no setting '%.*s'", TEXT_ARG(text_until(name, 40)));
	}
	return 0;
}

/* Two sections of one name would be one of which nobody sees what holds. */
static int section_open(struct reader *reader, const void *what, const char *kind, const char *name)
{
	vec_each(opened, &reader->opened)
		if (opened->what == what)
			return wrong(reader, "[%s %.60s] stands in line %u already", kind, name, opened->line);
	vec_push(&reader->opened, (struct opened){ what, reader->line });
	return 0;
}

static int section(struct reader *reader, struct text line)
{
	struct text kind, name;

	if (!text_ends(line, "]"))
		return wrong(reader, "a section is written [endpoint NAME] or [model NAME]");
	line = text_until(text_from(line, 1), line.len - 2);
	text_word(&line, &kind);
	name = text_trim(line);
	AUTO_FREE char *word = text_copy(name);
	reader->endpoint = NULL;
	reader->model = NULL;
	if (!name.len || text_has(name, "/") || (!text_is(kind, "endpoint") && !text_is(kind, "model")))
		return wrong(reader, "a section is written [endpoint NAME] or [model NAME], without '/' in the name");
	if (text_is(kind, "endpoint")) {
		reader->endpoint = llm_config_endpoint(reader->config, word);
		/* Another's endpoint: a project's file may not bend it. */
		reader->skip = reader->endpoint && refused(reader, "a change of an endpoint of your own");
		if (!reader->endpoint)
			reader->endpoint = llm_endpoint_add(reader->config, word, LLM_COMPATIBLE, "", reader->from);
		if (!reader->endpoint->place && asprintf(&reader->endpoint->place, "%.150s:%u", reader->path, reader->line) < 0)
			abort();
		return section_open(reader, reader->endpoint, "endpoint", word);
	}
	reader->skip = false;
	vec_each(model, &reader->config->models)
		if (text_is(name, (*model)->alias))
			reader->model = *model;
	reader->own = reader->model != NULL;
	if (!reader->model)
		reader->model = llm_config_add(reader->config,
					       reader->config->endpoints.len == 1 ? reader->config->endpoints.at[0] : NULL,
					       word, word);
	return section_open(reader, reader->model, "model", word);
}

static int take_line(struct reader *reader, struct text line)
{
	struct text name, value;
	size_t at;

	line = text_trim(line);
	if (!line.len || line.at[0] == '#')
		return 0;
	if (line.at[0] == '[')
		return section(reader, line);
	if (!text_find(line, "=", &at))
		return wrong(reader, "a line is written 'name = value'");
	name = text_trim(text_until(line, at));
	value = text_trim(text_from(line, at + 1));
	if (!value.len)
		return wrong(reader, "'%.*s' has no value", TEXT_ARG(text_until(name, 40)));
	if (reader->skip)
		return 0;
	if (reader->endpoint)
		return endpoint_line(reader, name, value);
	return reader->model ? model_line(reader, name, value) : general_line(reader, name, value);
}

/* Folders that the user trusts stand in the user's own file. */
static bool trusted_by_user(const char *user_file, const char *folder)
{
	AUTO_BUILD file = { 0 };
	struct text rest, line, name;
	size_t at;

	if (!user_file || file_read(user_file, FILE_LIMIT, &file, NULL) < 0)
		return false;
	for (rest = build_text(&file); text_line(&rest, &line);) {
		line = text_trim(line);
		if (text_starts(line, "["))
			return false; /* only before the first section */
		if (!text_find(line, "=", &at))
			continue;
		name = text_trim(text_until(line, at));
		AUTO_FREE char *path = path_of(text_trim(text_from(line, at + 1)));
		AUTO_FREE char *real = text_is(name, "trust") ? realpath(path, NULL) : NULL;
		if (real && strcmp(real, folder) == 0)
			return true;
	}
	return false;
}

static void judge_project(struct reader *reader, int fd)
{
	AUTO_FREE char *real = realpath(reader->path, NULL);
	struct stat info, folder;
	char *slash = real ? strrchr(real, '/') : NULL;

	if (slash)
		snprintf(reader->folder, sizeof(reader->folder), "%.*s", slash == real ? 1 : (int)(slash - real), real);
	if (!slash || fstat(fd, &info) < 0 || stat(reader->folder, &folder) < 0)
		reader->doubt = "its owner could not be found out";
	else if (info.st_uid != geteuid() && info.st_uid != 0)
		reader->doubt = "the file belongs to another user";
	else if (info.st_mode & 022)
		reader->doubt = "others may write the file (chmod 644 it)";
	else if ((folder.st_mode & 002) && !(folder.st_mode & S_ISVTX))
		reader->doubt = "others may write its folder";
	reader->trusted = !reader->doubt && trusted_by_user(reader->config->user_file, reader->folder);
}

/* Whoever wrote it is not the one who runs this: nothing in it counts, not even the choice of a model. */
static void leave_out(struct reader *reader)
{
	char *note;

	if (asprintf(&note, "%s is left out: %s", reader->path, reader->doubt) < 0)
		abort();
	vec_push(&reader->config->notes, note);
}

int config_file_read(struct llm_config *config, const char *path, enum llm_source from, struct error *err)
{
	struct reader reader = { .config = config, .path = path, .from = from, .err = err };
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	AUTO_BUILD file = { 0 };
	struct text rest, line;
	struct stat info;
	int code = 0;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : fail(err, -errno, "cannot read '%.200s': %s", path, strerror(errno));
	if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))
		return fail(err, -EINVAL, "'%.200s' is no ordinary file", path);
	if (from == FROM_USER && ((info.st_uid != geteuid() && info.st_uid != 0) || (info.st_mode & 002)))
		return fail(err, -EACCES, "'%.200s' belongs to another user or may be written by all: it could run commands as you", path);
	if (from == FROM_PROJECT)
		judge_project(&reader, fd);
	if (reader.doubt) {
		leave_out(&reader);
		return 0;
	}
	if (fd_read_all(fd, FILE_LIMIT, &file, err) < 0)
		return fail_within(err, "'%.200s'", path);
	if (file.cut)
		return fail(err, -EFBIG, "'%.200s' is larger than 1 MiB", path);
	for (rest = build_text(&file); code == 0 && text_line(&rest, &line);) {
		/* The mark that some editors put before the first line. */
		if (reader.line++ == 0 && text_starts(line, "\xef\xbb\xbf"))
			line = text_from(line, 3);
		code = take_line(&reader, line);
	}
	vec_done(&reader.opened);
	vec_each(endpoint, &config->endpoints)
		llm_key_bind(*endpoint, (*endpoint)->base);
	for (size_t i = 0; code == 0 && i < config->models.len; i++)
		if (!config->models.at[i]->endpoint)
			code = fail(err, -EINVAL, "%.200s: [model %.60s] names no endpoint", path, config->models.at[i]->alias);
	return code;
}

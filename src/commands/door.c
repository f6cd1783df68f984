/* The shell's door: parses the line, runs the command, prints its report as text, JSON or HTML. */
#include "commands/door.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <linux/capability.h>
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "commands/record.h"
#include "commands/table.h"

struct door {
	const struct command *command; /* NULL: the line named none */
	struct common common;
	int broken; /* the errno that a write to stdout gave, after which nothing more is written */
	bool ran;   /* the command itself, not its help, and measured */
	bool talks; /* a chat may follow: it ran, and was no dry run */
	double began, seconds;
	struct build words; /* of the question */
	struct report *follows; /* what the command before found */
	struct report *report;
	int argc;
	const char *const *argv; /* without the command's name */
	long long kept;		 /* its entry of the history; 0: none yet */
	bool keeping_failed;	 /* and that was said */
};

/* Writes all of it, or remembers why not. */
static void put(struct door *door, struct text t)
{
	while (t.len && !door->broken) {
		ssize_t got = write(STDOUT_FILENO, t.at, t.len);

		if (got >= 0)
			t = text_from(t, (size_t)got);
		else if (errno != EINTR)
			door->broken = errno;
	}
}

/* A reader that went away is no failure to tell of: a closed pipe, a terminal that was hung up. */
static bool reader_gone(int code)
{
	return code == EPIPE || code == EIO;
}

static void live(void *context, struct text t)
{
	struct door *door = context;
	sigset_t set;

	if (door->broken)
		return;
	put(door, t);
	if (!door->broken || !door->command || !(door->command->flags & COMMAND_LONG))
		return;
	/* Nobody is listening: the command shall stop as if it had been interrupted, and clean up. While it runs no loop
	 * that takes signals, this one waits: it must not end us before we have said why. */
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGTERM);
}

static bool ask(void *context, const char *question)
{
	struct door *door = context;
	AUTO_BUILD safe = { 0 };
	char answer[16] = "";

	if (door->common.yes)
		return true;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return false;
	build_safe(&safe, text_of(question), true);
	fprintf(stderr, "%s [y/N] ", safe.at);
	if (!fgets(answer, sizeof(answer), stdin))
		return false;
	return text_is(text_trim(text_of(answer)), "y") || text_is(text_trim(text_of(answer)), "yes");
}

static void complain(const struct door *door, const char *sentence)
{
	AUTO_BUILD safe = { 0 };

	build_safe(&safe, text_of(sentence), true);
	fprintf(stderr, "syswhy%s%s: %s\n", door->command ? " " : "", door->command ? door->command->name : "", safe.at);
}

/* A command that needs privileges says so before it starts, so that what then fails is understood. */
static void privileges_warn(const struct door *door)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	if (!(door->command->flags & COMMAND_ROOT) || door->common.quiet || geteuid() == 0)
		return;
	syscall(SYS_capget, &head, data);
	if (data[0].effective & (1U << CAP_SYS_ADMIN) || data[1].effective & (1U << (CAP_BPF - 32)))
		return;
	complain(door, "this needs root, or the capabilities that 'syswhy doctor' tells of; trying all the same");
}

/* What the command set, with how it ended. */
static void object_end(struct report *report, int code, const struct error *err)
{
	json_t *object = report_json(report);
	const char *status = json_get_string(object, "status");
	bool failed = code != EXIT_DONE && err->text[0];

	/* A command that failed on its way may have said "ok" before. */
	if (!status[0] || (failed && strcmp(status, "ok") == 0))
		json_object_set_new(object, "status", json_string(code == EXIT_DONE ? "ok" : "failed"));
	if (failed)
		json_object_set_new(object, "error", json_str(err->text));
}

static void put_json(struct door *door, struct report *report)
{
	json_t *object = report_json(report);
	AUTO_FREE char *text = NULL;

	text = json_dumps(object, (isatty(STDOUT_FILENO) ? JSON_INDENT(2) : JSON_COMPACT) | JSON_REAL_PRECISION(15));
	put(door, text ? text_of(text) : TEXT("{\"status\":\"failed\",\"error\":\"out of memory\"}"));
	put(door, TEXT("\n"));
}

static int put_html(const struct door *door, const struct report *report, struct error *err)
{
	AUTO_BUILD page = { 0 };
	AUTO_BUILD title = { 0 };
	int code;

	build_fmt(&title, "syswhy %s", door->command->name);
	report_html(report, title.at, &page);
	code = file_write(door->common.html, build_text(&page), 0644, err);
	if (code == 0 && !door->common.quiet)
		fprintf(stderr, "wrote %s\n", door->common.html);
	return code;
}

/* Better said before the command has watched than after. */
static int html_place_check(const char *path, struct error *err)
{
	AUTO_FREE char *copy = text_copy(text_of(path));
	char *slash = strrchr(copy, '/');
	const char *folder = slash == copy ? "/" : slash ? copy : ".";

	if (slash && slash != copy)
		*slash = '\0';
	if (file_exists(path) ? access(path, W_OK) < 0 : access(folder, W_OK | X_OK) < 0)
		return fail(err, -errno, "cannot write '%s': %s", path, strerror(errno));
	return 0;
}

/* What the history comes to is told once, and changes nothing. */
static void keep(struct door *door, double seconds, int code)
{
	struct record record = { door->command, door->argc, door->argv, build_text(&door->words), door->began, seconds, code };
	struct error why = { 0 };

	if (!(door->command->flags & COMMAND_KEPT) || door->common.no_history || record_keep(&record, door->report, &door->kept, &why) == 0)
		return;
	/* Beside why the command itself came to nothing it would only be a second sentence. */
	if (door->keeping_failed || (code != EXIT_DONE && code != EXIT_INTERRUPTED))
		return;
	complain(door, why.text);
	door->keeping_failed = true;
}

/* For a command that is still at work. */
static void keep_so_far(void *context)
{
	struct door *door = context;
	json_t *object = report_json(door->report);

	json_object_set_new(object, "status", json_string("open"));
	keep(door, now() - door->seconds, EXIT_DONE);
	json_object_del(object, "status");
}

/* Prints the report and what went wrong; gives the exit code of the whole. */
static int finish(struct door *door, struct report *report, int code, struct error *err)
{
	AUTO_BUILD text = { 0 };

	if (door->common.html && door->command && put_html(door, report, err) < 0 && code == EXIT_DONE)
		code = EXIT_FAILED;
	object_end(report, code, err);
	if (door->common.json) {
		put_json(door, report);
	} else {
		struct report_look look = report_look_of(STDOUT_FILENO);

		report_text(report, &look, &text);
		put(door, build_text(&text));
	}
	if (err->text[0] && code != EXIT_DONE)
		complain(door, err->text);
	return code;
}

/* A result that nobody got is no success. */
static int end(const struct door *door, int code)
{
	if (door->broken && reader_gone(door->broken)) {
		/* End as every other program in a pipe does. */
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	if (door->broken) {
		struct error why = { 0 };

		fail(&why, -door->broken, "cannot write the result: %s", strerror(door->broken));
		complain(door, why.text);
		return EXIT_FAILED;
	}
	return code;
}

/* The words that a command takes as they come are its question. */
static void words_join(struct door *door, const void *params)
{
	for (const struct param *param = door->command->params; param && param->name; param++) {
		const struct param_words *words = (const void *)((const char *)params + param->offset);

		for (size_t i = 0; param->kind == PARAM_WORDS && i < words->len; i++)
			build_fmt(&door->words, "%s%s", i ? " " : "", words->at[i]);
	}
}

/* Whoever wants nothing sent wants no chat, in which something would be. */
static bool dry_run(const struct command *command, const void *params)
{
	for (const struct param *param = command->params; param && param->name; param++)
		if (strcmp(param->name, "dry-run") == 0)
			return *(const bool *)((const char *)params + param->offset);
	return false;
}

static int run(struct door *door, struct report *report, int argc, const char *const *argv, struct error *err)
{
	AUTO_FREE void *params = calloc(1, door->command->params_size + 1);
	AUTO(command_words_done) struct command_words words = { 0 };
	AUTO_BUILD help = { 0 };
	struct context context;
	struct timespec began;
	bool json = door->common.json;
	int code;

	if (!params)
		abort();
	if (command_parse(door->command, argc, argv, params, &door->common, &words, err) < 0) {
		door->common.json = json;
		return EXIT_USAGE;
	}
	if (door->common.chat && json) {
		fail(err, -EINVAL, "--chat talks to a person and --json to a program: take one of them");
		return EXIT_USAGE;
	}
	log_level = door->common.verbose > 2 ? 2 : (int)door->common.verbose;
	context = (struct context){
		.report = report,
		.json = door->common.json,
		.terminal = !door->common.json && isatty(STDOUT_FILENO),
		.quiet = door->common.quiet,
		.yes = door->common.yes,
		.no_history = door->common.no_history,
		.chat = door->common.chat,
		.html = door->common.html,
		.follows = door->follows,
		.live = door->common.json ? NULL : live,
		.keep = keep_so_far,
		.ask = ask,
		.door = door,
	};
	if (door->common.help) {
		door->common.html = NULL;
		command_help(door->command, report_look_of(STDOUT_FILENO).width, &help);
		if (door->common.json)
			json_object_set_new(report_json(report), "text", json_text(build_text(&help)));
		else
			put(door, build_text(&help));
		return EXIT_DONE;
	}
	if (door->common.html && html_place_check(door->common.html, err) < 0) {
		door->common.html = NULL;
		return EXIT_FAILED;
	}
	privileges_warn(door);
	words_join(door, params);
	clock_gettime(CLOCK_REALTIME, &began);
	door->began = (double)began.tv_sec + (double)began.tv_nsec / 1e9;
	door->seconds = now();
	code = door->command->run(&context, params, err);
	door->seconds = now() - door->seconds;
	door->ran = !context.only_looked;
	door->talks = !dry_run(door->command, params);
	return code;
}

/* The place of the command's name: options that every command has may stand before it. */
static int name_place(int argc, const char *const *argv, struct error *err)
{
	int at = 1;

	while (at < argc && argv[at][0] == '-') {
		const struct param *option = command_option(NULL, argv[at]);

		if (!option)
			return fail(err, -EINVAL, "there is no option '%.60s' before a command; 'syswhy help' lists them",
				    argv[at]);
		at += param_takes_value(option) && !strchr(argv[at], '=') ? 2 : 1;
	}
	return at < argc ? at : 0;
}

/* Known before the line is understood, so that a line which is not understood answers as asked. */
static bool json_asked(int argc, const char *const *argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

static inline void drop_report(struct report **report)
{
	report_free(*report);
}

static int command_run(struct door *door, int argc, const char *const *argv);

/* --chat: the command that talks goes on with what this one found. */
static int follow(struct door *first, struct report *found, int code)
{
	struct door door = { .follows = found };
	const char *args[4];
	int count = 0, talked;

	for (const struct command *const *command = command_table; *command; command++)
		if ((*command)->flags & COMMAND_TALKS)
			door.command = *command;
	if (!first->talks || !first->common.chat || first->broken || !door.command || door.command == first->command)
		return code;
	if (first->common.yes)
		args[count++] = "--yes";
	if (first->common.quiet)
		args[count++] = "--quiet";
	if (first->common.no_history)
		args[count++] = "--no-history";
	talked = command_run(&door, count, args);
	return code == EXIT_DONE ? talked : code;
}

static int command_run(struct door *door, int argc, const char *const *argv)
{
	AUTO(drop_report) struct report *report = report_new();
	struct error err = { 0 };
	int code;

	door->report = report;
	door->argc = argc;
	door->argv = argv;
	code = finish(door, report, run(door, report, argc, argv, &err), &err);
	if (door->ran)
		keep(door, door->seconds, code);
	build_done(&door->words);
	return end(door, follow(door, report, code));
}

int door_shell(int argc, const char *const *argv)
{
	AUTO_FREE const char **args = calloc((size_t)argc + 1, sizeof(*args));
	struct door door = { .common = { .json = json_asked(argc, argv) } };
	struct error err = { 0 };
	int count = 0, at;

	if (!args)
		abort();
	at = name_place(argc, argv, &err);
	if (at == 0)
		door.command = command_find("help");
	else if (at > 0 && !(door.command = command_find(argv[at])))
		command_unknown(argv[at], &err);
	if (!door.command) {
		AUTO(drop_report) struct report *report = report_new();

		return end(&door, finish(&door, report, EXIT_USAGE, &err));
	}
	for (int i = 1; i < argc; i++)
		if (i != at && !(at == 0 && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)))
			args[count++] = argv[i];
	return command_run(&door, count, args);
}

/* The lines of a chat: from a line editor (libedit) on a terminal, else as they come. */
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <wchar.h>
#include "base/file.h"
#include "base/owner.h"
#include "commands/chat.h"
#include "commands/editor.h"
#include "commands/paste.h"

#define LINES_KEPT 500
#define LINE_MOST  (32 << 10)
#define FILE_MOST  (4 << 20)
#define PASTE_WAIT 2000 /* ms without a byte: a paste whose end does not come */

struct chat_lines {
	const struct editor_table *by;
	EditLine *editor; /* NULL: plain lines */
	History *past;
	struct chat_session *session;
	bool keep, marks;   /* pastes are marked by the terminal */
	struct build typed; /* by completion */
	size_t taken;	    /* of it */
	int ahead;	    /* bytes typed before the editor was ready, not yet read; -1: not asked */
};

bool chat_lines_editor(const struct chat_lines *lines)
{
	return lines->editor != NULL;
}

char *chat_lines_path(void)
{
	AUTO_FREE char *path = history_path();
	char *slash = path ? strrchr(path, '/') : NULL, *place;

	if (!path || asprintf(&place, "%.*schat-lines", slash ? (int)(slash + 1 - path) : 0, path) < 0)
		return NULL;
	return place;
}

/* ---- the editor ---- */

static char *prompt(EditLine *editor)
{
	static char words[] = "syswhy> ";

	(void)editor;
	return words;
}

/* What may stand at the cursor: slash commands, or after /model the configured models. */
static size_t candidates(struct chat_lines *lines, struct text before, struct text *word, const char **names, size_t most)
{
	struct text model = TEXT("/model ");
	size_t count = 0;

	if (text_starts(before, model.at)) {
		*word = text_trim(text_from(before, model.len));
		vec_each(one, &lines->session->config.models)
			if (strncmp((*one)->alias, word->at, word->len) == 0 && count < most)
				names[count++] = (*one)->alias;
		return count;
	}
	*word = before;
	if (!text_starts(before, "/") || text_has(before, " "))
		return 0;
	for (const struct chat_slash *slash = chat_slashes; slash->name; slash++)
		if (strncmp(slash->name, before.at + 1, before.len - 1) == 0 && count < most)
			names[count++] = slash->name;
	*word = text_from(before, 1);
	return count;
}

/* Tab: what is sure is typed for the person, as if it came from the keyboard; else what there is is listed. */
static void complete(struct chat_lines *lines)
{
	const LineInfo *line = lines->by->el_line(lines->editor);
	const char *names[32];
	struct text word;
	size_t count = candidates(lines, (struct text){ line->buffer, (size_t)(line->cursor - line->buffer) }, &word, names, COUNT(names)), same;

	if (!count) {
		fputc('\a', stderr);
		return;
	}
	same = strlen(names[0]);
	for (size_t i = 1; i < count; i++)
		for (size_t k = 0; k < same; k++)
			if (names[i][k] != names[0][k])
				same = k;
	build_clear(&lines->typed);
	build_add(&lines->typed, text_from(text_until(text_of(names[0]), same), word.len));
	if (count == 1)
		build_char(&lines->typed, ' ');
	lines->taken = 0;
	if (lines->typed.len)
		return;
	fputc('\n', stderr);
	for (size_t i = 0; i < count; i++)
		fprintf(stderr, "%s%s", names[i], i + 1 < count ? "  " : "\n");
	lines->by->el_set(lines->editor, EL_REFRESH, NULL);
}

/* As read() of one byte. A signal that comes before it waits is not lost. */
static ssize_t input_read(char *byte)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	sigset_t all, before;
	int got;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	errno = EINTR;
	got = chat_signalled() ? -1 : ppoll(&input, 1, NULL, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	/* ppoll() tells of a byte before it tells of a signal: what was typed behind a Ctrl-C waits for the next line. */
	if (got >= 0 && chat_signalled()) {
		errno = EINTR;
		got = -1;
	}
	if (got < 0)
		return -1;
	errno = 0;
	return read(STDIN_FILENO, byte, 1);
}

/* Of the keyboard. */
static ssize_t key_read(struct chat_lines *lines, char *byte)
{
	ssize_t got;

	if (lines->ahead < 0 && ioctl(STDIN_FILENO, FIONREAD, &lines->ahead) < 0)
		lines->ahead = 0;
	got = input_read(byte);
	/* What is typed while an answer comes waits in the terminal, and there a Ctrl-D becomes a NUL. */
	if (got == 1 && lines->ahead > 0 && lines->ahead-- && *byte == '\0')
		*byte = 'D' & 0x1f;
	return got;
}

static bool byte_comes(int milliseconds)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&input, 1, milliseconds) == 1;
}

/* All of it goes into the line at once, its line ends as pictures. */
static unsigned char paste_take(EditLine *editor, int key)
{
	struct chat_lines *lines = NULL;
	AUTO_BUILD bytes = { .ceiling = LINE_MOST + sizeof(PASTE_ENDS) };
	AUTO_BUILD line = { .ceiling = 4 * LINE_MOST };
	char end[sizeof(PASTE_ENDS) - 1] = "", byte;

	(void)key;
	editor_load(NULL)->el_get(editor, EL_CLIENTDATA, &lines);
	while (memcmp(end, PASTE_ENDS, sizeof(end)) != 0 && byte_comes(PASTE_WAIT) && key_read(lines, &byte) == 1) {
		memmove(end, end + 1, sizeof(end) - 1);
		end[sizeof(end) - 1] = byte;
		build_char(&bytes, byte);
	}
	if (bytes.len >= sizeof(end) && text_ends(build_text(&bytes), PASTE_ENDS))
		build_cut(&bytes, bytes.len - sizeof(end));
	build_cut(&bytes, LINE_MOST);
	paste_line(build_text(&bytes), &line);
	if (line.len && lines->by->el_insertstr(lines->editor, line.at) < 0)
		fputc('\a', stderr);
	if (bytes.cut)
		chat_note(lines->session, "Of what was pasted the first 32 KiB are taken; files and 'COMMAND | syswhy chat QUESTION' are for more.");
	return CC_REFRESH;
}

/* The next byte of the keyboard, or of what was completed; as read() gives it. */
static ssize_t byte_read(struct chat_lines *lines, char *byte)
{
	ssize_t got;

	for (;;) {
		if (lines->taken < lines->typed.len) {
			*byte = lines->typed.at[lines->taken++];
			return 1;
		}
		got = key_read(lines, byte);
		if (got != 1 || *byte != '\t')
			return got;
		complete(lines);
	}
}

/* Ctrl-C must end the reading: libedit's own reader would go on. */
static int character_read(EditLine *editor, wchar_t *out)
{
	const struct editor_table *by = editor_load(NULL); /* which it is */
	struct chat_lines *lines = NULL;
	mbstate_t state = { 0 };

	by->el_get(editor, EL_CLIENTDATA, &lines);
	for (;;) {
		char byte;
		ssize_t got = byte_read(lines, &byte);
		size_t used;

		if (got <= 0)
			return got < 0 ? -1 : 0;
		used = mbrtowc(out, &byte, 1, &state);
		if (used == (size_t)-2)
			continue;
		if (used == (size_t)-1) /* no character of this encoding */
			*out = L'?';
		return 1;
	}
}

static void past_load(struct chat_lines *lines)
{
	AUTO_FREE char *path = chat_lines_path();
	AUTO_BUILD file = { 0 };
	AUTO_OWNER owner = { 0 };
	struct text rest, line;
	HistEvent event;

	if (!path || owner_enter(path, &owner, NULL) < 0 || file_read(path, FILE_MOST, &file, NULL) < 0)
		return;
	for (rest = build_text(&file); text_line(&rest, &line);) {
		AUTO_FREE char *words = text_copy(line);

		if (line.len)
			lines->by->history(lines->past, &event, H_ENTER, words);
	}
}

static void editor_open(struct chat_lines *lines)
{
	const char *terminal = getenv("TERM");
	struct error why = { 0 };
	HistEvent event;

	lines->by = editor_load(&why);
	if (!lines->by) {
		chat_note(lines->session, "%s", why.text);
		return;
	}
	/* Without a locale that knows UTF-8 nothing but ASCII could be typed. */
	if (!setlocale(LC_CTYPE, "") || MB_CUR_MAX == 1)
		setlocale(LC_CTYPE, "C.UTF-8");
	lines->editor = lines->by->el_init("syswhy", stdin, stderr, stderr);
	lines->past = lines->by->history_init();
	if (!lines->editor || !lines->past)
		return;
	lines->by->history(lines->past, &event, H_SETSIZE, LINES_KEPT);
	lines->by->history(lines->past, &event, H_SETUNIQUE, 1);
	lines->by->el_set(lines->editor, EL_CLIENTDATA, lines);
	lines->by->el_set(lines->editor, EL_SIGNAL, 0);
	lines->by->el_set(lines->editor, EL_PROMPT, prompt);
	lines->by->el_set(lines->editor, EL_EDITOR, "emacs");
	lines->by->el_set(lines->editor, EL_HIST, lines->by->history, lines->past);
	lines->by->el_set(lines->editor, EL_GETCFN, character_read);
	lines->by->el_set(lines->editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
	/* Wide: libedit copies narrow names and never frees them. */
	lines->by->el_wset(lines->editor, EL_ADDFN, L"syswhy-paste", L"Take what is pasted", paste_take);
	lines->by->el_set(lines->editor, EL_BIND, PASTE_BEGINS, "syswhy-paste", NULL);
	lines->by->el_source(lines->editor, NULL);
	lines->marks = terminal && terminal[0] && strcmp(terminal, "dumb") != 0;
	if (lines->keep)
		past_load(lines);
}

struct chat_lines *chat_lines_new(struct chat_session *session, bool keep)
{
	struct chat_lines *lines = calloc(1, sizeof(*lines));

	if (!lines)
		abort();
	lines->session = session;
	lines->keep = keep;
	if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
		editor_open(lines);
	return lines;
}

/* ---- reading ---- */

static int plain_read(struct build *line)
{
	char byte;
	ssize_t got;

	/* Byte by byte: what comes behind the line may be for somebody else. */
	while ((got = input_read(&byte)) == 1) {
		if (byte == '\n')
			return 1;
		build_char(line, byte);
	}
	if (got < 0)
		return -errno;
	return line->len > 0;
}

int chat_lines_read(struct chat_lines *lines, struct build *line)
{
	HistEvent event;
	AUTO_BUILD held = { .ceiling = 4 * LINE_MOST }; /* as the editor shows it */
	const char *read;
	int count = 0;

	line->ceiling = LINE_MOST;
	if (!lines->editor)
		return plain_read(line);
	lines->by->el_resize(lines->editor);
	if (lines->marks) /* each time: who stopped us may have taken it back */
		fputs(PASTE_ASK, stderr);
	lines->ahead = -1;
	errno = 0;
	read = lines->by->el_gets(lines->editor, &count);
	if (!read || count <= 0) {
		bool stopped = errno == EINTR || chat_interrupted();

		fputc('\n', stderr);
		lines->by->el_reset(lines->editor);
		return stopped && !chat_ended() ? -EINTR : 0;
	}
	build_put(&held, read);
	while (held.len && strchr("\r\n", held.at[held.len - 1]))
		held.at[--held.len] = '\0';
	if (text_trim(build_text(&held)).len)
		lines->by->history(lines->past, &event, H_ENTER, held.at);
	paste_meant(build_text(&held), line);
	return 1;
}

/* ---- keeping ---- */

static int past_clean(struct chat_lines *lines, struct build *out, struct error *err)
{
	struct redact_options options = { 0 };
	AUTO_REDACTOR redactor = redactor_new(&options, err);
	HistEvent event;

	if (!redactor)
		return err->code;
	for (int code = lines->by->history(lines->past, &event, H_LAST); code >= 0; code = lines->by->history(lines->past, &event, H_PREV)) {
		struct clean clean;

		code = redact_clean(redactor, text_of(event.str), out, &clean, err);
		if (code < 0)
			return code;
		build_char(out, '\n');
	}
	return 0;
}

static int past_save(struct chat_lines *lines, struct error *err)
{
	AUTO_FREE char *path = chat_lines_path();
	AUTO_FREE char *folder = path ? text_copy(text_of(path)) : NULL;
	AUTO_BUILD out = { 0 };
	AUTO_OWNER owner = { 0 };
	int code = path ? past_clean(lines, &out, err) : 0;
	char *slash = folder ? strrchr(folder, '/') : NULL;

	if (!path || code < 0 || !out.len)
		return code;
	code = owner_enter(path, &owner, err);
	if (code == 0 && slash && slash != folder) {
		*slash = '\0';
		code = folder_make(folder, err);
	}
	return code < 0 ? code : file_write(path, build_text(&out), 0600, err);
}

void chat_lines_free(struct chat_lines *lines)
{
	struct error why = { 0 };

	if (!lines)
		return;
	if (lines->editor && lines->past && lines->keep && past_save(lines, &why) < 0)
		chat_note(lines->session, "the lines of this chat are not kept: %s", why.text);
	if (lines->past)
		lines->by->history_end(lines->past);
	if (lines->marks)
		fputs(PASTE_LEAVE, stderr);
	if (lines->editor)
		lines->by->el_end(lines->editor);
	build_done(&lines->typed);
	free(lines);
}

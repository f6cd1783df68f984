/* Those to whom something is done, as a question names them: by name, or by number. */
#pragma once
#include <stdbool.h>
#include "base/text.h"
#include "trace/vocabulary/vocabulary.h"

struct wish;

/* How a name stands to the deed. "to nginx" is never who does it; the object of a verb is the other end only where
 * the way's process is who runs, and not itself to whom it is done ("preempted"). */
enum standing { STANDS_DOER, STANDS_DONE_TO, STANDS_OTHER_END };

/* What the way that is tried calls the other end, and what the question says of it. */
struct wish_ends {
	const char *name, *pid; /* its roles, by name and by number; NULL: the way has none */
	bool others;	/* the way's process is who does it */
	bool patient;	/* only the other end is asked about: "oom kills of nginx" */
	bool later;	/* another way of the subject tells its name */
	bool who;	/* the question asks who does it */
	enum standing found; /* of the last name, which ends before `found_end` */
	size_t found_end;
};

/* For one way of the subject, whose spot the wish holds. */
void targets_find(struct wish *wish, const struct subject *subject, size_t way);
/* Conditions on pids that were read as those of the doer. After targets_find(), before names are looked for. */
void targets_numbered(struct wish *wish);
/* Whether the name at `at` is of the other end; then it is taken. */
bool target_take(struct wish *wish, size_t at, size_t tokens, struct text name, bool prefix);
enum standing standing_of(const struct wish *wish, size_t at, size_t after);
bool suffers(const struct question *q, size_t at, size_t after);
/* Whether those who are asked for at `at` are done to: "which process gets woken", "woken processes", "被唤醒最多的进程". */
bool sufferer_asked(const struct question *q, size_t at, size_t after);

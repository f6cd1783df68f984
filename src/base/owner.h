/* Whose files: where a person's own state lives, and acting as the owner of a place, so that what root does
 * under sudo in a person's home belongs to that person. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>
#include "base/error.h"

/* The home of the person whom this process works for: of root under sudo that of the person who ran sudo, else $HOME.
 * NULL when it is not known. Borrowed, for the life of the process. */
const char *person_home(void);
/* $XDG_STATE_HOME/syswhy, or ~/.local/state/syswhy (XDG Base Directory Specification 0.8) in person_home(). Not made.
 * NULL when there is no such place. Borrowed, for the life of the process. */
const char *state_folder(void);

struct owner {
	bool acting;
	gid_t group;
	int group_count;
	gid_t *groups; /* what root was in before */
};
/* When this process is root: acts from here on (effective user and group, for every thread) as the first who is not root
 * among the owners of the folders and links that lead to `path`, from the top. Scopes do not nest. */
int owner_enter(const char *path, struct owner *owner, struct error *err);
void owner_leave(struct owner *owner);
#define AUTO_OWNER AUTO(owner_leave) struct owner

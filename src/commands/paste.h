/* What is pasted into the line editor: terminals that know "bracketed paste" put marks around it, so that its lines are one question. */
#pragma once
#include "base/text.h"

#define PASTE_ASK    "\033[?2004h" /* asks the terminal for the marks */
#define PASTE_LEAVE  "\033[?2004l"
#define PASTE_BEGINS "\033[200~"
#define PASTE_ENDS   "\033[201~"

/* As the editor holds it, in one line: an end of line is U+240A, a tab a blank; other control characters are left out, and so are
 * the line ends behind the last line. Always valid UTF-8. */
void paste_line(struct text pasted, struct build *out);
/* What a line of the editor means: its U+240A are ends of lines again. */
void paste_meant(struct text line, struct build *out);

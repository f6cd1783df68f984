/* syswhy: answers "why?" on a Linux machine. The program starts here. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "commands/door.h"

/* A standard stream that was closed must not become some file that is opened later. Writing to the
 * stand-in fails, as writing to the closed stream would. */
static void streams_open(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
	if (argc == 2 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0))
		return printf("syswhy %s\n", SYSWHY_VERSION) < 0 || fflush(stdout) != 0;
	streams_open();
	signal(SIGPIPE, SIG_IGN); /* a write to a closed pipe fails instead, and the door ends cleanly */
	return door_shell(argc, (const char *const *)argv);
}

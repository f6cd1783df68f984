/* The shell's door: one command line in, its report out. */
#pragma once

/* Runs what argv[1] … name and prints the result. Gives the exit code of the program. */
int door_shell(int argc, const char *const *argv);

/* Fuzzes command lines: NUL bytes separate the arguments, the first byte chooses the command. */
#include <stdint.h>
#include "commands/command.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text rest = { (const char *)data, size }, part;
	AUTO(command_words_done) struct command_words words = { 0 };
	struct common common = { 0 };
	struct error err = { 0 };
	char *argv[64];
	size_t count = 0, commands = 0;

	while (command_table[commands])
		commands++;
	const struct command *command = command_table[size ? data[0] % commands : 0];
	AUTO_FREE void *params = malloc(command->params_size + 1);
	rest = text_from(rest, 1);
	while (count < COUNT(argv) && text_next(&rest, '\0', &part))
		argv[count++] = text_copy(part);
	if (params && command_parse(command, (int)count, (const char *const *)argv, params, &common, &words, &err) < 0 &&
	    !err.text[0])
		abort();
	while (count)
		free(argv[--count]);
	return 0;
}

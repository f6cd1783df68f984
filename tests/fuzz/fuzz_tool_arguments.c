/* Fuzzes the reading of tool arguments and of answers by schema: always a JSON object, or a reason. */
#include <stdint.h>
#include "llm/mend.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text t = { (const char *)data, size };
	AUTO_JSON schema = json_parse(t, NULL);

	for (int cut = 0; cut < 2; cut++) {
		char *broken = NULL, *text = arguments_read(t, cut, &broken);
		AUTO_JSON json = json_parse(text_of(text), NULL);

		if (!json_is_object(json) || (broken && strcmp(text, "{}") != 0))
			abort();
		if (json_is_object(schema)) {
			schema_check(schema, json, NULL);
			schema_strict(schema);
		}
		free(text);
		free(broken);
	}
	return 0;
}

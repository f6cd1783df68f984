/* Fuzzes the loading of saved evidence: what loads, saves and loads again. */
#include <stdint.h>
#include "evidence/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct evidence_list list = { 0 };
	struct error err = { 0 };
	AUTO_JSON json = json_parse((struct text){ (const char *)data, size }, &err);

	if (json && evidence_load(&list, json, &err) == 0) {
		AUTO_JSON saved = evidence_save(list.items.at[0]);

		if (evidence_load(&list, saved, &err) < 0)
			abort();
	}
	evidence_list_done(&list);
	return 0;
}

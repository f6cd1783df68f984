/* Mistakes in files of data. */
#include "base/mistake.h"

void mistake_tell(struct error *err, struct build *all, const char *file, unsigned line, const char *format, va_list args)
{
	AUTO_BUILD text = { 0 };

	build_vfmt(&text, format, args);
	fail(err, -EINVAL, "%s:%u: %s", file, line, text.at);
	if (all)
		build_fmt(all, "%s:%u: %s\n", file, line, text.at);
}

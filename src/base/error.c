/* Errors: keeping the first failure and its sentence. */
#include "base/error.h"
#include <stdarg.h>

int fail(struct error *err, int code, const char *format, ...)
{
	va_list args;

	if (code >= 0)
		code = -EIO;
	if (!err || err->code)
		return code;
	err->code = code;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return code;
}

int fail_within(struct error *err, const char *format, ...)
{
	char inner[sizeof(err->text)];
	va_list args;
	int used;

	if (!err)
		return -EIO;
	memcpy(inner, err->text, sizeof(inner));
	va_start(args, format);
	used = vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	if (used >= 0 && (size_t)used < sizeof(err->text))
		snprintf(err->text + used, sizeof(err->text) - (size_t)used, ": %s", inner);
	return err->code ? err->code : -EIO;
}

void error_clear(struct error *err)
{
	err->code = 0;
	err->text[0] = '\0';
}

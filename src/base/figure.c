/* Numbers as people read them: scaled with their unit, grouped by thousands. */
#include "base/figure.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/utf8.h"

struct step {
	const char *unit;
	double size; /* in the family's smallest unit */
};
/* Each family ascends; a value is shown in the largest unit that gives at least 1. */
static const struct step bytes[] = { { "B", 1 },	   { "KiB", 0x1p10 }, { "MiB", 0x1p20 },
				     { "GiB", 0x1p30 }, { "TiB", 0x1p40 }, { "PiB", 0x1p50 } };
static const struct step times[] = { { "ns", 1 },	 { "us", 1e3 },	   { "ms", 1e6 },     { "s", 1e9 },
				     { "min", 60e9 }, { "h", 3600e9 }, { "d", 86400e9 } };
static const struct step hertz[] = { { "Hz", 1 }, { "kHz", 1e3 }, { "MHz", 1e6 }, { "GHz", 1e9 } };

static const struct family {
	const char *unit; /* as evidence names it */
	const struct step *steps;
	size_t count, first; /* `first` step is the size of one unit */
} families[] = {
	{ "bytes", bytes, COUNT(bytes), 0 }, { "B", bytes, COUNT(bytes), 0 },
	{ "KiB", bytes, COUNT(bytes), 1 },   { "MiB", bytes, COUNT(bytes), 2 },
	{ "ns", times, COUNT(times), 0 },    { "us", times, COUNT(times), 1 },
	{ "ms", times, COUNT(times), 2 },    { "s", times, COUNT(times), 3 },
	{ "Hz", hertz, COUNT(hertz), 0 },    { "kHz", hertz, COUNT(hertz), 1 },
	{ "khz", hertz, COUNT(hertz), 1 },
};

static const struct family *family_find(struct text unit)
{
	for (size_t i = 0; i < COUNT(families); i++)
		if (text_is(unit, families[i].unit))
			return &families[i];
	return NULL;
}

static struct text rate_cut(const char *unit, bool *rate)
{
	struct text t = text_of(unit);

	*rate = text_ends(t, "/s");
	return *rate ? text_until(t, t.len - 2) : t;
}

bool unit_scales(const char *unit)
{
	bool rate;
	struct text base = rate_cut(unit, &rate);

	return rate || text_is(base, "%") || text_is(base, "percent") || family_find(base);
}

bool unit_is_time(const char *unit)
{
	const struct family *family = family_find(text_of(unit));

	return family && family->steps == times;
}

bool unit_short(const char *unit)
{
	bool rate;
	struct text base = rate_cut(unit, &rate);

	return rate && !family_find(base);
}

/* Digits in groups of three: "1,204.5". */
static void grouped(double value, int decimals, char out[48])
{
	char plain[48];
	size_t len, digits, at = 0, start;

	if (fabs(value) >= 1e18) {
		snprintf(out, 48, "%.3g", value);
		return;
	}
	snprintf(plain, sizeof(plain), "%.*f", decimals, value);
	if (decimals) {
		len = strlen(plain);
		while (plain[len - 1] == '0')
			plain[--len] = '\0';
		if (plain[len - 1] == '.')
			plain[--len] = '\0';
	}
	if (!strcmp(plain, "-0"))
		memmove(plain, "0", 2);
	start = plain[0] == '-';
	digits = strcspn(plain, ".") - start;
	for (size_t i = 0; plain[i] && at < 46; i++) {
		size_t left = digits + start - i;

		if (i > start && i < digits + start && left % 3 == 0)
			out[at++] = ',';
		out[at++] = plain[i];
	}
	out[at] = '\0';
}

/* Whole numbers stay exact; others keep about three digits. */
static int decimals_of(double value)
{
	double size = fabs(value);

	if (value == floor(value) || size >= 100)
		return 0;
	return size >= 1 ? 1 : size >= 0.1 ? 2 : size >= 0.001 ? 4 : 6;
}

static void scaled(double value, const struct family *family, struct figure *figure)
{
	const struct step *steps = family->steps;
	double base = value * steps[family->first].size, shown;
	size_t step = 0;

	while (step + 1 < family->count && fabs(base) >= steps[step + 1].size)
		step++;
	/* 1,023.97 KiB would round to 1,024 KiB: it is 1 MiB. */
	if (step + 1 < family->count) {
		double next = steps[step + 1].size / steps[step].size;

		shown = fabs(base) / steps[step].size;
		if ((shown >= 100 ? round(shown) : round(shown * 10) / 10) >= next)
			step++;
	}
	shown = base / steps[step].size;
	grouped(shown, decimals_of(shown), figure->number);
	snprintf(figure->unit, sizeof(figure->unit), " %s", base == 0 ? steps[family->first].unit : steps[step].unit);
}

/* "page faults" of one is "page fault". */
static void noun(struct text unit, bool one, char out[48])
{
	struct text t = unit;
	const char *end = "";

	if (one && text_ends(t, "ies") && t.len > 4)
		t.len -= 3, end = "y";
	else if (one && (text_ends(t, "sses") || text_ends(t, "xes") || text_ends(t, "ches") || text_ends(t, "shes")))
		t.len -= 2;
	else if (one && text_ends(t, "s") && !text_ends(t, "ss") && !text_ends(t, "us") && t.len > 2)
		t.len -= 1;
	t = utf8_fit(t, 40);
	if (t.len > 42)
		t.len = 0;
	snprintf(out, 48, " %.*s%s", TEXT_ARG(t), end);
}

void figure_of(double value, const char *unit, struct figure *figure)
{
	bool rate;
	struct text base = rate_cut(unit, &rate);
	const struct family *family = family_find(base);
	size_t len;

	*figure = (struct figure){ 0 };
	if (!isfinite(value)) {
		snprintf(figure->number, sizeof(figure->number), "-");
		return;
	}
	if (family)
		scaled(value, family, figure);
	else
		grouped(value, decimals_of(value), figure->number);
	if (text_is(base, "%") || text_is(base, "percent"))
		snprintf(figure->unit, sizeof(figure->unit), "%%");
	else if (!family && base.len)
		noun(base, value == 1 && !rate, figure->unit);
	len = strlen(figure->unit);
	if (rate)
		snprintf(figure->unit + len, sizeof(figure->unit) - len, "/s");
}

void figure_write(double value, const char *unit, struct build *out)
{
	struct figure figure;

	figure_of(value, unit, &figure);
	build_put(out, figure.number);
	build_safe(out, text_of(figure.unit), false);
}

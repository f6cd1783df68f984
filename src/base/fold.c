/* Folding an English word to its base form: plurals, -ing and -ed. Rules of spelling, with the few
 * exceptions that technical questions meet; a word that folds wrongly still folds the same way each time. */
#include <stdio.h>
#include <string.h>
#include "base/words.h"

/* Their ending is no suffix, or only looks like one. */
static const char *const fixed[] = {
	"alias",  "always", "analysis", "anything", "axis",  "bias",	"bpffs",  "canvas", "chaos",	  "cifs",
	"during", "does",   "embed",	"everything", "has", "hundred", "kvm",	  "lens",   "news",	  "nothing",
	"red",	  "series", "shed",	"something", "thus", "tracefs", "was",	  "yes",    "perhaps",	  "whereas",
};
/* What no rule finds. */
static const char *const irregular[][2] = {
	{ "fds", "fd" },	 { "ids", "id" },     { "ips", "ip" },	       { "ins", "in" },	       { "outs", "out" },     { "ios", "io" },	      { "ipis", "ipi" },     { "vms", "vm" },	      { "caches", "cache" },
	{ "goes", "go" },	 { "dies", "die" },   { "ties", "tie" },       { "died", "die" },     { "tied", "tie" },
	{ "dying", "die" },	 { "freed", "free" }, { "statuses", "status" }, { "buses", "bus" },   { "aliases", "alias" },
	{ "viruses", "virus" },	 { "agreed", "agree" }, { "indices", "index" }, { "focuses", "focus" }, { "bypasses", "bypass" },
};
/* Stems of -ing and -ed that take no "e", or take one, against the rules below. */
static const char *const bare_stems[] = { "sync", "fsync", "msync", "async", "exec", "focus", "bias", "alias", "add" };
static const char *const silent_stems[] = { "chang", "exchang", "rang", "arrang", "challeng", "creat", "recreat", "rout",
					    "past", "wast", "tast", "delet", "complet", "schedul", "reschedul", "throttl" };
/* Endings of longer stems that come from a word in -e: "allocat" is allocate, "renam" is rename. */
static const char *const silent_endings[] = {
	"at",  "writ", "cut", "put", "but", "lut", "mut", "let", "ul",	"il",  "in",   "stor", "plor",
	"gnor", "ar",  "ir",  "ur",  "am",  "im",  "com", "um",	 "ap",	"ok",  "crib", "id",   "od",
	"ud",  "ad",   "dg",  "rg",  "ag",  "bl",  "pl",  "tl",	 "dl",	"gl",  "kl",   "fl",   "zl",
};

static bool listed(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word, list[i]) == 0)
			return true;
	return false;
}

static bool ends(const char *word, const char *suffix)
{
	return text_ends(text_of(word), suffix);
}

static bool vowel(const char *word, size_t at)
{
	if (word[at] == 'u' && at > 0 && word[at - 1] == 'q')
		return false;
	return strchr("aeiou", word[at]) || (word[at] == 'y' && at > 0);
}

static unsigned syllables(const char *word)
{
	unsigned count = 0;

	for (size_t i = 0; word[i]; i++)
		count += vowel(word, i) && (i == 0 || !vowel(word, i - 1));
	return count;
}

/* Whether the verb of this stem ends in -e: "writ" (write), but not "read" or "open". */
static bool silent_e(const char *stem)
{
	size_t len = strlen(stem);
	char last = stem[len - 1];
	bool single = len > 1 && vowel(stem, len - 2) && (len == 2 || !vowel(stem, len - 3)) && !vowel(stem, len - 1);

	if (listed(stem, bare_stems, COUNT(bare_stems)) || ends(stem, "ss") || ends(stem, "zz"))
		return false;
	if (listed(stem, silent_stems, COUNT(silent_stems)) || strchr("vcsuz", last))
		return true;
	if (single && syllables(stem) == 1)
		return !strchr("wxyh", last);
	for (size_t i = 0; i < COUNT(silent_endings); i++) {
		size_t end = strlen(silent_endings[i]);

		/* A second vowel before makes it a long one already: "wait", "load", "repair". */
		if (ends(stem, silent_endings[i]) && (len == end || !vowel(stem, len - end) || !vowel(stem, len - end - 1)))
			return true;
	}
	return false;
}

/* What is left when -ing or -ed is cut off: "dropp" is drop, "writ" is write. */
static void stem_mend(char stem[64])
{
	size_t len = strlen(stem);
	bool twice = len > 2 && stem[len - 1] == stem[len - 2] && !vowel(stem, len - 1);

	if (twice && !strchr("lszf", stem[len - 1]) && !listed(stem, bare_stems, COUNT(bare_stems)))
		stem[len - 1] = '\0';
	else if (ends(stem, "ll") && syllables(stem) > 1 &&
		 (ends(stem, "ell") || ends(stem, "signall") || ends(stem, "controll")))
		stem[len - 1] = '\0';
	else if (!twice && len < 62 && silent_e(stem))
		strcat(stem, "e");
}

static void plural_fold(char word[64])
{
	size_t len = strlen(word);
	char before = word[len - 2];

	if (ends(word, "ies") && len > 4)
		strcpy(word + len - 3, "y");
	else if (ends(word, "sses") || ends(word, "xes") || ends(word, "ches") || ends(word, "shes") ||
		 ends(word, "zzes") || (ends(word, "oes") && len > 4))
		word[len - 2] = '\0';
	else if (before == 's' || before == 'i' || (before == 'u' && !ends(word, "pus") && !ends(word, "ous")))
		return;
	else if (ends(word, "ous") || (before == 'f' && !strchr("feiu", word[len - 3])))
		return; /* "anonymous", "tmpfs" */
	else
		word[len - 1] = '\0';
}

void word_fold(struct text word, char base[64])
{
	size_t len;

	len = word.len < 63 ? word.len : 63;
	if (len)
		memcpy(base, word.at, len);
	base[len] = '\0';
	/* Every ending that folds is in -s, -ed or -ing. */
	if (len < 3 || !strchr("sdg", base[len - 1]))
		return;
	len = strlen(base);
	for (size_t i = 0; i < COUNT(irregular); i++) {
		if (strcmp(base, irregular[i][0]) != 0)
			continue;
		strcpy(base, irregular[i][1]);
		return;
	}
	for (size_t i = 0; i < len; i++)
		if (base[i] < 'a' || base[i] > 'z')
			return;
	if (len < 4 || listed(base, fixed, COUNT(fixed)))
		return;
	if (base[len - 1] == 's') {
		plural_fold(base);
		return;
	}
	if (ends(base, "ied") && len > 4) {
		strcpy(base + len - 3, "y");
		return;
	}
	len -= ends(base, "ing") ? 3 : ends(base, "ed") && !ends(base, "eed") ? 2 : len;
	if (len >= 2) {
		char cut[64];

		memcpy(cut, base, len);
		cut[len] = '\0';
		if (syllables(cut) == 0)
			return; /* "string", "ping", "sched" */
		stem_mend(cut);
		memcpy(base, cut, sizeof(cut));
	}
}

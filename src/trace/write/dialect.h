/* What differs between versions of bpftrace, read from data/bpftrace/versions. */
#pragma once
#include "base/error.h"
#include "base/text.h"

/* One version's ways of saying. Every string is static or lives as long as the process. */
struct dialect {
	unsigned version;	/* 17 for 0.17 */
	bool dot;		/* args.x instead of args->x */
	bool fentry;		/* fentry/fexit are the names; before, kfunc/kretfunc */
	bool dry_run;		/* --dry-run loads and attaches; before, bare -d checks parse and types */
	bool missing_probes;	/* an attach failure ends the program by default */
	bool wide_histograms;	/* hist() is right above 2^31 in JSON */
	bool quoted_json;	/* strftime() and friends are quoted in JSON */
	bool long_strings;	/* strings may be long without eating the BPF stack */
	bool pid_filters_all;	/* -p filters every probe */
	bool hex_leak;		/* JSON numbers may be hexadecimal after a byte above 0x7f */
	bool swap;		/* bswap() exists */
};

/* The dialect for a version ("v0.17.0", "0.26.1-dev"): facts apply from a version on, so an unknown newer
 * one gets the newest facts. The error names file and line of a mistake in the data. */
int dialect_read(const char *folder, struct text version, struct dialect *dialect, struct error *err);
/* Rewrites a program written for 0.17 (args->x, kfunc) for the dialect: outside strings and comments. */
void dialect_rewrite(const struct dialect *dialect, struct text program, struct build *out);

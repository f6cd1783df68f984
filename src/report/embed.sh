#!/bin/sh
# Writes files, joined, as a C array with its size and SHA-256: embed.sh NAME OUTPUT FILE...
set -eu
name=$1 output=$2
shift 2
{
	printf '/* Made from the page files of the report. */\n#include "report/page.h"\n'
	printf 'const unsigned char %s_bytes[] = {\n' "$name"
	cat -- "$@" | od -An -v -tx1 | sed 's/ \(..\)/0x\1,/g'
	printf '};\nconst struct page_file %s = { %s_bytes, sizeof(%s_bytes), {\n' "$name" "$name" "$name"
	cat -- "$@" | sha256sum | cut -c1-64 | sed 's/../0x&,/g'
	printf '} };\n'
} >"$output"

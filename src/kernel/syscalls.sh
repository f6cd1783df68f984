#!/bin/sh
# Prints { number, "name" } for every system call of the machine that is compiled for.
# usage: syscalls.sh COMPILER [FLAGS…]
set -eu
header='#include <asm/unistd.h>'
names=$(echo "$header" | "$@" -E -dM -x c - | sed -n 's/^#define __NR_\([a-z][a-z0-9_]*\) .*/\1/p' |
	grep -v -x -e syscalls -e arch_specific_syscall)
# The preprocessor resolves numbers that stand behind other names (arm64's __NR3264_fstat).
known=$({ echo "$header"; for name in $names; do echo "@ __NR_$name \"$name\""; done; } | "$@" -E -P -x c - |
	sed -n 's/^@ \([0-9][0-9]*\) "\(.*\)"$/\1 \2/p')
test -n "$known"
# Calls newer than some build hosts' headers. From 424 on, a number means the same on every architecture.
newer='451 cachestat
452 fchmodat2
453 map_shadow_stack
454 futex_wake
455 futex_wait
456 futex_requeue
457 statmount
458 listmount
459 lsm_get_self_attr
460 lsm_set_self_attr
461 lsm_list_modules
462 mseal
463 setxattrat
464 getxattrat
465 listxattrat
466 removexattrat
467 open_tree_attr
468 file_getattr
469 file_setattr'
printf '%s\n%s\n' "$known" "$newer" | sort -n -k1,1 -u | sed 's/\([0-9]*\) \(.*\)/{ \1, "\2" },/'

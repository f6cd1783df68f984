/* Whether the kernel has a function of some name, asked of itself: a program that runs once, looks the name up and ends.
 * A list of all names takes the kernel a hundred times as long to print. */
#include <bpf/bpf.h>
#include <string.h>
#include <time.h>
#include "kernel/internal.h"

#define NAME_MOST 255
#define FOUND	  (-8)	 /* on the program's stack: three addresses, then the name that is looked up */
#define START	  (-16)
#define END	  (-24)
#define NAME	  (-24 - (NAME_MOST + 1))
#define SLOW	  1000000 /* ns */

/* What the program returns, beside errors: whether the address lies within the kernel's own code, or is that of data, of a
 * module, of what only runs at boot. */
enum { CODE, ELSEWHERE };

struct code {
	struct bpf_insn at[256];
	int len;
};

static void add(struct code *code, struct bpf_insn insn)
{
	if (code->len < (int)COUNT(code->at))
		code->at[code->len++] = insn;
}

static void stack_address(struct code *code, unsigned char reg, int place)
{
	add(code, (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = reg & 15, .src_reg = BPF_REG_10 });
	/* Written as the kernel writes it, though operation and source are both 0. NOLINTNEXTLINE(misc-redundant-expression) */
	add(code, (struct bpf_insn){ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = reg & 15, .imm = place });
}

static void number(struct code *code, unsigned char reg, int value)
{
	add(code, (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = reg & 15, .imm = value });
}

static void end(struct code *code)
{
	add(code, (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT });
}

/* bpf_kallsyms_lookup_name(name, length with its NUL, 0, where the address goes). Where that fails, the program ends:
 * with its error, or for what need not be there with ELSEWHERE. */
static void lookup(struct code *code, const char *name, short result, bool error)
{
	size_t len = strlen(name) + 1;

	for (size_t i = 0; i < len; i += 4) {
		int part = 0;

		memcpy(&part, name + i, len - i < 4 ? len - i : 4);
		add(code, (struct bpf_insn){ .code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = BPF_REG_10, .off = (short)(NAME + (int)i), .imm = part });
	}
	add(code, (struct bpf_insn){ .code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10, .off = result });
	stack_address(code, BPF_REG_1, NAME);
	number(code, BPF_REG_2, (int)len);
	number(code, BPF_REG_3, 0);
	stack_address(code, BPF_REG_4, result);
	add(code, (struct bpf_insn){ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_kallsyms_lookup_name });
	add(code, (struct bpf_insn){ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = BPF_REG_0, .off = error ? 1 : 2 });
	if (!error)
		number(code, BPF_REG_0, ELSEWHERE);
	end(code);
}

static void load(struct code *code, unsigned char reg, short place)
{
	add(code, (struct bpf_insn){ .code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = reg & 15, .src_reg = BPF_REG_10, .off = place });
}

static long long processor_time(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

enum asked function_ask(const char *name)
{
	LIBBPF_OPTS(bpf_prog_load_opts, how, .prog_flags = BPF_F_SLEEPABLE);
	LIBBPF_OPTS(bpf_test_run_opts, run);
	long long started = processor_time();
	struct code code = { 0 };
	int result;

	if (!name[0] || strlen(name) > NAME_MOST)
		return ASKED_ABSENT;
	lookup(&code, name, FOUND, true);
	lookup(&code, "_stext", START, false);
	lookup(&code, "_etext", END, false);
	load(&code, BPF_REG_1, FOUND);
	load(&code, BPF_REG_2, START);
	load(&code, BPF_REG_3, END);
	number(&code, BPF_REG_0, ELSEWHERE);
	add(&code, (struct bpf_insn){ .code = BPF_JMP | BPF_JLT | BPF_X, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_2, .off = 2 });
	add(&code, (struct bpf_insn){ .code = BPF_JMP | BPF_JGE | BPF_X, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_3, .off = 1 });
	number(&code, BPF_REG_0, CODE);
	end(&code);
	AUTO_FD fd = bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "syswhy_ask", "GPL", code.at, (size_t)code.len, &how);
	if (fd < 0 || bpf_prog_test_run_opts(fd, &run) < 0)
		return ASKED_UNKNOWN;
	/* Before 6.2 the kernel goes through all its symbols for each. */
	if (processor_time() - started > SLOW)
		return ASKED_UNKNOWN;
	result = (int)run.retval;
	return result == CODE ? ASKED_CODE : result == -ENOENT ? ASKED_ABSENT : ASKED_UNKNOWN;
}

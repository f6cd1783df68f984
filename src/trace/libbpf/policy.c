/* The static policy on C that someone else wrote for a libbpf program. */
#include "trace/libbpf/policy.h"
#include <ctype.h>
#include <linux/bpf.h>
#include <string.h>
#include "base/vec.h"

#define SOURCE_MOST (128u << 10)

enum token { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_NUMBER, TOKEN_SIGN };
struct reader {
	struct text rest;
	unsigned line;
	bool fresh; /* nothing but blanks stood before on the line */
	struct text token;
	const char *name;
	struct error *err;
};
typedef VEC(struct text) text_list;

static int refuse(const struct reader *r, const char *format, ...) PRINTF(2, 3);
static int refuse(const struct reader *r, const char *format, ...)
{
	AUTO_BUILD words = { .ceiling = 300 };
	va_list args;

	va_start(args, format);
	build_vfmt(&words, format, args);
	va_end(args);
	return fail(r->err, -EACCES, "line %u: %s", r->line, words.at);
}

static bool letter(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

static void step(struct reader *r, size_t len)
{
	for (size_t i = 0; i < len && i < r->rest.len; i++)
		r->line += r->rest.at[i] == '\n';
	r->rest = text_from(r->rest, len);
}

static void blanks(struct reader *r)
{
	for (;;) {
		size_t end;

		if (r->rest.len && isspace((unsigned char)r->rest.at[0])) {
			r->fresh |= r->rest.at[0] == '\n';
			step(r, 1);
		} else if (text_starts(r->rest, "//")) {
			step(r, text_find(r->rest, "\n", &end) ? end : r->rest.len);
		} else if (text_starts(r->rest, "/*")) {
			step(r, text_find(text_from(r->rest, 2), "*/", &end) ? end + 4 : r->rest.len);
		} else {
			return;
		}
	}
}

static enum token next(struct reader *r)
{
	size_t len = 1;
	enum token kind = TOKEN_SIGN;

	blanks(r);
	r->token = r->rest;
	if (!r->rest.len)
		return TOKEN_END;
	if (r->rest.at[0] == '"' || r->rest.at[0] == '\'') {
		while (len < r->rest.len && r->rest.at[len] != r->rest.at[0] && r->rest.at[len] != '\n')
			len += r->rest.at[len] == '\\' ? 2 : 1;
		len++;
		kind = TOKEN_STRING;
	} else if (isdigit((unsigned char)r->rest.at[0])) {
		while (len < r->rest.len && (letter(r->rest.at[len]) || r->rest.at[len] == '.'))
			len++;
		kind = TOKEN_NUMBER;
	} else if (letter(r->rest.at[0])) {
		while (len < r->rest.len && letter(r->rest.at[len]))
			len++;
		kind = TOKEN_WORD;
	}
	r->token = text_until(r->rest, len);
	step(r, len);
	return kind;
}

static bool listed(struct text word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(list[i]);

		/* "bpf_map__*": any that begins so. */
		if (list[i][len - 1] == '*' ? word.len >= len - 1 && memcmp(word.at, list[i], len - 1) == 0 : text_is(word, list[i]))
			return true;
	}
	return false;
}
#define LISTED(word, list) listed(word, list, COUNT(list))

/* ---- what both halves may not ---- */

static int include_check(struct reader *r, const char *const *headers, size_t count)
{
	struct text line, name;
	size_t end;
	AUTO_BUILD own = { 0 };

	blanks(r);
	line = text_until(r->rest, text_find(r->rest, "\n", &end) ? end : r->rest.len);
	build_fmt(&own, "\"%s.h\"", r->name);
	name = text_trim(line);
	if (text_find(name, "//", &end) || text_find(name, "/*", &end))
		name = text_trim(text_until(name, end));
	step(r, line.len);
	if (text_is(name, own.at))
		return 0;
	if (name.len > 2 && name.at[0] == '<' && name.at[name.len - 1] == '>' && !text_has(name, "..") &&
	    listed(text_from(text_until(name, name.len - 1), 1), headers, count))
		return 0;
	return refuse(r, "it includes %.*s; only the system's own headers that such a program needs may be included%s", (int)(name.len < 60 ? name.len : 60),
		      name.at, text_has(name, "vmlinux") ? " (declare the members that are used, with preserve_access_index)" : "");
}

static int directive_check(struct reader *r, const char *const *headers, size_t count)
{
	/* Conditions would hide what is compiled from what was read. */
	static const char *const fine[] = { "define", "pragma" };

	next(r);
	if (text_is(r->token, "include"))
		return include_check(r, headers, count);
	if (!LISTED(r->token, fine))
		return refuse(r, "#%.*s has no place here", (int)(r->token.len < 30 ? r->token.len : 30), r->token.at);
	if (!text_is(r->token, "pragma"))
		return 0;
	next(r);
	return text_is(r->token, "once") || text_is(r->token, "unroll") ? 0 : refuse(r, "of pragmas only 'once' and 'unroll' have a place here");
}

/* What hides from a reader of tokens, or reaches around the language. */
static int common_check(struct reader *r, enum token kind, bool fresh, const char *const *headers, size_t count)
{
	static const char *const never[] = { "asm", "__asm", "__asm__", "_Pragma", "__has_include", "__has_embed",
					     "constructor", "destructor", "ifunc", "alias", "weakref",
					     "__constructor__", "__destructor__", "__ifunc__", "__alias__", "__weakref__",
					     "__ksym", "__kconfig" };
	struct reader ahead = *r;

	if (kind == TOKEN_SIGN && r->token.at[0] == '#') {
		if (text_starts(r->rest, "#"))
			return refuse(r, "'##' would make words that no one has read");
		return fresh ? directive_check(r, headers, count) : 0;
	}
	if (kind == TOKEN_SIGN && r->token.at[0] == '%' && text_starts(r->rest, ":"))
		return refuse(r, "'%%:' is another spelling of '#'; write '#'");
	if (kind == TOKEN_SIGN && (r->token.at[0] == '\\' || r->token.at[0] == '`' || r->token.at[0] == '@'))
		return refuse(r, "'%c' has no place here", r->token.at[0]);
	if (kind == TOKEN_WORD && LISTED(r->token, never))
		return refuse(r, "'%.*s' reaches around the language; write the program without", TEXT_ARG(r->token));
	if (kind == TOKEN_WORD && text_is(r->token, "goto") && next(&ahead) != TOKEN_WORD)
		return refuse(r, "a goto to an address leads anywhere");
	if (kind == TOKEN_WORD && text_ends(r->token, "R") && text_starts(r->rest, "\""))
		return refuse(r, "a raw string hides what it holds");
	return 0;
}

/* Lines that go on after a backslash are joined, as the compiler does first of all. */
static int opened(struct text source, const char *name, struct build *joined, struct reader *r, struct error *err)
{
	*r = (struct reader){ .line = 1, .fresh = true, .name = name, .err = err };
	if (source.len > SOURCE_MOST)
		return fail(err, -EACCES, "it is longer than %u KiB", SOURCE_MOST >> 10);
	for (size_t i = 0; i < source.len; i++) {
		unsigned char c = (unsigned char)source.at[i];

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			return fail(err, -EACCES, "it holds a control character");
		if (c == '?' && text_starts(text_from(source, i), "??"))
			return fail(err, -EACCES, "it holds '\?\?', which can stand for another sign");
		if (c == '\\' && i + 1 < source.len && source.at[i + 1] == '\n') {
			i++;
			continue;
		}
		build_char(joined, (char)c);
	}
	build_put(joined, "");
	r->rest = build_text(joined);
	return 0;
}

/* The next token, and whether it begins a line; false: there are no more. */
static bool token_take(struct reader *r, enum token *kind, bool *fresh)
{
	blanks(r);
	*fresh = r->fresh;
	*kind = next(r);
	r->fresh = false;
	return *kind != TOKEN_END;
}

/* ---- the kernel's half ---- */

static const char *const kernel_headers[] = { "stdbool.h", "stddef.h", "stdint.h", "linux/bpf.h", "linux/bpf_perf_event.h", "linux/ptrace.h",
					      "linux/types.h", "linux/errno.h", "linux/in.h", "linux/in6.h", "linux/socket.h", "linux/limits.h",
					      "linux/if_ether.h", "linux/ip.h", "linux/ipv6.h", "linux/tcp.h", "linux/udp.h", "linux/stat.h",
					      "asm/types.h", "asm/ptrace.h", "asm/unistd.h", "bpf/bpf_helpers.h", "bpf/bpf_core_read.h",
					      "bpf/bpf_tracing.h", "bpf/bpf_endian.h", "bpf/usdt.bpf.h" };

static const char *const readers[] = {
	"bpf_map_lookup_elem", "bpf_map_update_elem", "bpf_map_delete_elem", "bpf_map_push_elem", "bpf_map_pop_elem", "bpf_map_peek_elem",
	"bpf_map_lookup_percpu_elem", "bpf_for_each_map_elem", "bpf_loop", "bpf_probe_read*", "bpf_core_*", "bpf_ktime_get_*", "bpf_jiffies64",
	"bpf_get_current_*", "bpf_get_smp_processor_id", "bpf_get_numa_node_id", "bpf_get_prandom_u32", "bpf_get_stackid", "bpf_get_stack",
	"bpf_get_task_stack", "bpf_get_func_*", "bpf_get_attach_cookie", "bpf_get_ns_current_pid_tgid", "bpf_get_socket_cookie",
	"bpf_current_task_under_cgroup", "bpf_perf_event_output", "bpf_perf_event_read*", "bpf_perf_prog_read_value", "bpf_perf_event_data",
	"bpf_ringbuf_*", "bpf_strncmp", "bpf_snprintf", "bpf_snprintf_btf", "bpf_skc_to_*", "bpf_sock_from_file", "bpf_task_pt_regs",
	"bpf_per_cpu_ptr", "bpf_this_cpu_ptr", "bpf_copy_from_user*", "bpf_d_path", "bpf_usdt_*", "bpf_user_pt_regs_t", "bpf_htons", "bpf_htonl",
	"bpf_ntohs", "bpf_ntohl", "bpf_be64_to_cpu", "bpf_cpu_to_be64", "bpf_tail_call_static",
};

int libbpf_policy_kernel(struct text source, const char *name, struct error *err)
{
	AUTO_BUILD joined = { 0 };
	struct reader r;
	enum token kind;
	bool fresh;
	int code = opened(source, name, &joined, &r, err);

	while (code == 0 && token_take(&r, &kind, &fresh)) {
		code = common_check(&r, kind, fresh, kernel_headers, COUNT(kernel_headers));
		/* What the helpers do is told by their names; those that write, send or override are not among these. */
		if (code == 0 && kind == TOKEN_WORD && text_starts(r.token, "bpf_") && !LISTED(r.token, readers))
			code = refuse(&r, "%.*s is not on the list of what only reads", (int)(r.token.len < 60 ? r.token.len : 60), r.token.at);
		if (code == 0 && kind == TOKEN_WORD && text_is(r.token, "LIBBPF_PIN_BY_NAME"))
			code = refuse(&r, "a pinned map outlives its program");
	}
	return code;
}

bool libbpf_helper_reads(unsigned id)
{
	static const unsigned fine[] = {
		BPF_FUNC_map_lookup_elem, BPF_FUNC_map_update_elem, BPF_FUNC_map_delete_elem, BPF_FUNC_map_push_elem, BPF_FUNC_map_pop_elem,
		BPF_FUNC_map_peek_elem, BPF_FUNC_map_lookup_percpu_elem, BPF_FUNC_for_each_map_elem, BPF_FUNC_loop, BPF_FUNC_probe_read,
		BPF_FUNC_probe_read_str, BPF_FUNC_probe_read_user, BPF_FUNC_probe_read_user_str, BPF_FUNC_probe_read_kernel,
		BPF_FUNC_probe_read_kernel_str, BPF_FUNC_ktime_get_ns, BPF_FUNC_ktime_get_boot_ns, BPF_FUNC_ktime_get_coarse_ns,
		BPF_FUNC_ktime_get_tai_ns, BPF_FUNC_jiffies64, BPF_FUNC_get_current_pid_tgid, BPF_FUNC_get_current_uid_gid,
		BPF_FUNC_get_current_comm, BPF_FUNC_get_current_task, BPF_FUNC_get_current_task_btf, BPF_FUNC_get_current_cgroup_id,
		BPF_FUNC_get_current_ancestor_cgroup_id, BPF_FUNC_get_ns_current_pid_tgid, BPF_FUNC_current_task_under_cgroup,
		BPF_FUNC_get_smp_processor_id, BPF_FUNC_get_numa_node_id, BPF_FUNC_get_prandom_u32, BPF_FUNC_get_stackid, BPF_FUNC_get_stack,
		BPF_FUNC_get_task_stack, BPF_FUNC_get_func_ip, BPF_FUNC_get_func_arg, BPF_FUNC_get_func_arg_cnt, BPF_FUNC_get_func_ret,
		BPF_FUNC_get_attach_cookie, BPF_FUNC_get_socket_cookie, BPF_FUNC_perf_event_output, BPF_FUNC_perf_event_read,
		BPF_FUNC_perf_event_read_value, BPF_FUNC_perf_prog_read_value, BPF_FUNC_ringbuf_output, BPF_FUNC_ringbuf_reserve,
		BPF_FUNC_ringbuf_submit, BPF_FUNC_ringbuf_discard, BPF_FUNC_ringbuf_query, BPF_FUNC_ringbuf_reserve_dynptr,
		BPF_FUNC_ringbuf_submit_dynptr, BPF_FUNC_ringbuf_discard_dynptr, BPF_FUNC_strncmp, BPF_FUNC_snprintf, BPF_FUNC_snprintf_btf,
		BPF_FUNC_skc_to_tcp6_sock, BPF_FUNC_skc_to_tcp_sock, BPF_FUNC_skc_to_tcp_timewait_sock, BPF_FUNC_skc_to_tcp_request_sock,
		BPF_FUNC_skc_to_udp6_sock, BPF_FUNC_skc_to_unix_sock, BPF_FUNC_sock_from_file, BPF_FUNC_task_pt_regs, BPF_FUNC_per_cpu_ptr,
		BPF_FUNC_this_cpu_ptr, BPF_FUNC_copy_from_user, BPF_FUNC_d_path,
	};

	for (size_t i = 0; i < COUNT(fine); i++)
		if (id == fine[i])
			return true;
	return false;
}

/* ---- the user's half ---- */

static const char *const user_headers[] = { "stdio.h", "stdlib.h", "string.h", "stdbool.h", "stddef.h", "stdint.h", "inttypes.h", "limits.h",
					    "ctype.h", "errno.h", "signal.h", "time.h", "getopt.h", "unistd.h", "math.h", "pwd.h", "stdarg.h",
					    "arpa/inet.h", "netinet/in.h", "sys/types.h", "sys/resource.h", "sys/syscall.h", "sys/time.h",
					    "linux/types.h", "linux/bpf.h", "linux/perf_event.h", "bpf/bpf.h", "bpf/libbpf.h" };

static const char *const user_calls[] = {
	"printf", "fprintf", "vprintf", "vfprintf", "snprintf", "vsnprintf", "puts", "fputs", "fputc", "putchar", "putc", "perror", "fflush",
	"setvbuf", "setlinebuf", "memset", "memcpy", "memmove", "memcmp", "strcmp", "strncmp", "strcasecmp", "strlen", "strnlen", "strchr",
	"strrchr", "strstr", "strcpy", "strncpy", "strcat", "strncat", "strerror", "strerrorname_np", "strerrordesc_np", "sigabbrev_np", "strtol",
	"strtoul", "strtoll", "strtoull", "strtod", "atoi", "atol", "atof", "abs", "labs", "qsort", "bsearch", "malloc", "calloc", "realloc",
	"free", "exit", "abort", "signal", "sigaction", "sigemptyset", "sigfillset", "getopt", "getopt_long", "time", "clock_gettime", "localtime",
	"localtime_r", "strftime", "gettimeofday", "nanosleep", "sleep", "usleep", "getpid", "getuid", "geteuid", "getpagesize", "sysconf",
	"isprint", "isdigit", "isalpha", "isalnum", "isspace", "iscntrl", "toupper", "tolower", "inet_ntop", "ntohs", "ntohl", "htons", "htonl",
	"getpwuid", "log2", "floor", "ceil", "sqrt", "pow", "fabs", "va_start", "va_end", "setrlimit", "getrlimit", "close", "syscall",
	"bpf_object__open_file", "bpf_object__open", "bpf_object__load", "bpf_object__close", "bpf_object__find_*", "bpf_object__next_*",
	"bpf_object__for_each_*", "bpf_object__name", "bpf_program__attach", "bpf_program__attach_perf_event", "bpf_program__attach_tracepoint",
	"bpf_program__attach_raw_tracepoint", "bpf_program__attach_kprobe*", "bpf_program__attach_uprobe*", "bpf_program__attach_usdt",
	"bpf_program__attach_trace", "bpf_program__name", "bpf_program__section_name", "bpf_program__type", "bpf_program__fd",
	"bpf_program__set_autoload", "bpf_program__set_autoattach", "bpf_map__fd", "bpf_map__name", "bpf_map__set_max_entries",
	"bpf_map__max_entries", "bpf_map__initial_value", "bpf_map__set_initial_value", "bpf_map__lookup_elem", "bpf_map__get_next_key",
	"bpf_map__delete_elem", "bpf_map__lookup_and_delete_elem", "bpf_map__key_size", "bpf_map__value_size", "bpf_map_lookup_elem",
	"bpf_map_get_next_key", "bpf_map_delete_elem", "bpf_map_update_elem", "bpf_map_lookup_and_delete_elem", "bpf_map_lookup_batch",
	"bpf_link__destroy", "ring_buffer__*", "perf_buffer__*", "libbpf_*", "LIBBPF_OPTS", "DECLARE_LIBBPF_OPTS",
};

/* Of C itself, before a parenthesis. */
static const char *const grammar[] = { "if", "while", "for", "switch", "return", "sizeof", "__attribute__", "defined", "typeof", "__typeof__",
				       "_Static_assert", "static_assert", "_Alignof", "do", "else", "case", "int", "void", "char", "long", "short",
				       "unsigned", "signed", "float", "double", "bool" };

/* What must not be named at all, as a value may be called through. */
static const char *const user_never[] = {
	"system", "popen", "exec*", "posix_spawn*", "fork", "vfork", "clone*", "dlopen", "dlsym", "dlmopen", "fopen*", "freopen", "fdopen", "open",
	"open64", "openat*", "creat*", "unlink*", "remove", "rename*", "link", "linkat", "symlink*", "mkdir*", "rmdir", "chmod", "fchmod*", "chown",
	"fchown*", "lchown", "truncate*", "ftruncate*", "mount", "umount*", "ptrace", "kill", "killpg", "tgkill", "tkill", "raise", "reboot",
	"socket", "socketpair", "connect", "bind", "listen", "accept*", "send*", "recv*", "mmap*", "mprotect", "environ", "__environ", "setuid",
	"setgid", "seteuid", "setegid", "setenv", "putenv", "getenv", "secure_getenv", "write", "pwrite*", "writev", "fwrite*", "dprintf",
	"vdprintf", "tmpfile*", "mkstemp*", "mktemp", "chdir", "fchdir", "chroot", "pivot_root", "init_module", "wordexp", "glob", "memfd_create",
	"bpf_prog_load", "bpf_obj_*", "bpf_prog_*", "bpf_object__pin*", "bpf_map__pin*", "bpf_program__pin*", "bpf_link__pin*", "bpf_map__set_pin*",
	"__libc_*", "_exit_with*",
};

static bool defined(const text_list *list, struct text word)
{
	vec_each(own, list)
		if (text_same(*own, word))
			return true;
	return false;
}

/* "name(…) {" and "#define name(": functions and macros of its own, whose bodies are read like the rest. */
static void own_find(struct reader r, text_list *own)
{
	struct text last = { 0 }, candidate = { 0 };
	int parens = 0, braces = 0;
	enum token kind;

	while ((kind = next(&r)) != TOKEN_END) {
		char c = kind == TOKEN_SIGN ? r.token.at[0] : 0;

		if (kind == TOKEN_WORD && text_is(last, "define")) {
			vec_push(own, r.token);
			last = (struct text){ 0 };
			continue;
		}
		if (c == '(' && parens++ == 0 && braces == 0)
			candidate = last;
		else if (c == ')')
			parens--;
		else if (c == '{' && braces++ == 0 && candidate.len)
			vec_push(own, candidate);
		else if (c == '}')
			braces--;
		else if (c == ';' && parens == 0)
			candidate = (struct text){ 0 };
		last = kind == TOKEN_WORD ? r.token : (struct text){ 0 };
	}
}

/* The first argument of a call that is dangerous with another one. */
static int argument_check(struct reader *r, struct text call)
{
	struct reader ahead = *r;
	AUTO_BUILD object = { 0 };
	enum token kind;

	next(&ahead); /* ( */
	kind = next(&ahead);
	build_fmt(&object, "\"%s.bpf.o\"", r->name);
	if (text_is(call, "syscall") && !text_is(ahead.token, "SYS_perf_event_open") && !text_is(ahead.token, "__NR_perf_event_open"))
		return refuse(r, "of system calls only perf_event_open may be called by number");
	if ((text_is(call, "bpf_object__open_file") || text_is(call, "bpf_object__open")) &&
	    (kind != TOKEN_STRING || !text_is(ahead.token, object.at)))
		return refuse(r, "the only object to open is %s", object.at);
	return 0;
}

/* What may stand in the parentheses of a cast, at its end. */
static bool type_like(struct text word)
{
	return LISTED(word, grammar) || text_ends(word, "_t") || text_is(word, "*") || text_is(word, "__u64") || text_is(word, "__u32") ||
	       text_is(word, "__s64") || text_is(word, "__s32");
}

int libbpf_policy_user(struct text source, const char *name, struct error *err)
{
	AUTO_BUILD joined = { 0 };
	text_list own = { 0 };
	struct reader r;
	enum token kind;
	bool fresh;
	struct text before = { 0 };
	int code = opened(source, name, &joined, &r, err);

	if (code == 0)
		own_find(r, &own);
	while (code == 0 && token_take(&r, &kind, &fresh)) {
		bool calls;

		code = common_check(&r, kind, fresh, user_headers, COUNT(user_headers));
		if (code || kind != TOKEN_WORD) {
			/* "(*f)(x)", "f[0](x)", "(0, f)(x)": no one knows what that calls. */
			if (code == 0 && kind == TOKEN_SIGN && (r.token.at[0] == ')' || r.token.at[0] == ']')) {
				struct reader ahead = r;

				if (next(&ahead) == TOKEN_SIGN && ahead.token.at[0] == '(' && (r.token.at[0] == ']' || !type_like(before)))
					code = refuse(&r, "'%c (' can be a call through a pointer, which cannot be judged: write it otherwise", r.token.at[0]);
			}
			before = r.token;
			continue;
		}
		struct text word = r.token;
		struct reader ahead = r;

		calls = next(&ahead) == TOKEN_SIGN && ahead.token.at[0] == '(';
		if (LISTED(word, user_never) && !text_is(before, ".") && !text_is(before, ">"))
			code = refuse(&r, "%.*s is not for a program that only watches", TEXT_ARG(word));
		else if (calls && !LISTED(word, grammar) && !LISTED(word, user_calls) && !defined(&own, word))
			code = refuse(&r, "%.*s() is not on the list of what such a program may call", (int)(word.len < 60 ? word.len : 60), word.at);
		else if (calls)
			code = argument_check(&r, word);
		before = word;
	}
	vec_done(&own);
	return code;
}

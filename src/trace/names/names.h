/* Between the files that find names in a question. */
#pragma once
#include "trace/plan/planner.h"

/* Where words that leave out what stands at `at` begin ("except those to", "not"); `at`: nowhere. Fillers may stand
 * between, and what `gaps` allows. */
enum gap { GAP_ROLES = 1, GAP_KNOWN = 2, GAP_NO_DENIAL = 4 /* a mere "not" does not count */ };
size_t exclude_before(const struct question *question, size_t at, unsigned gaps);
#define COMM_MOST 15 /* TASK_COMM_LEN less the NUL */
/* running.c: whether a running process has this name; `prefix`: only ones that start with it. Then the pids of those
 * that bear it, or begin so. */
bool process_running(struct text name, bool *prefix);
size_t pids_running(struct text name, bool prefix, double *pids, size_t room);
void runs_pass(struct wish *wish); /* "while I run tar", after the names */
/* "excluding X", "ignoring anything from X", "除了 X 以外": gives where it begins, or `at` when X is wanted. */
bool deed_without(const struct question *question, size_t at); /* no name: "without free" */
size_t exclusion(const struct question *question, size_t at);
/* "port 53 not included", "sshd left out": how many tokens from `at` on leave out what stands before them; 0: none do. */
size_t excluded_behind(const struct question *question, size_t at);
bool library_there(const char *name); /* machine.c: "libssl" */
bool field_like(struct text name); /* machine.c: "map_type": how fields are called, and no process */
/* A condition on what the `len` tokens from `at` name; what is excluded must differ from it. */
void name_where(struct wish *wish, size_t at, size_t len, const char *role, enum compare compare, const char *text,
		double number);
/* Whether who is named at `at` (until `after`) is known as the parent: "children of make", "programs started by sshd". */
bool name_of_parent(const struct wish *wish, size_t at, size_t after);
void starters_numbered(struct wish *wish, const struct spot *spot); /* parent.c: "started by pid 1", after the names */
void rivals_key(struct wish *wish); /* parent.c: "nginx and redis: which one", likewise */
/* The tokens of "的子进程" at `at`; 0: they do not stand there. */
size_t children_after(const struct question *q, size_t at);
/* chinese.c: "epoll_wait 阻塞超过 1 秒": of a call only that it takes time. Before the subject. */
void calls_block(struct wish *wish);
/* begin.c: "whose name starts with virtio", "interrupts named eth0"; before other names. */
void beginnings_take(struct wish *wish);
/* begin.c: "xhci_hcd interrupts": who is interrupted is not who is named. */
bool handler_take(struct wish *wish, size_t at, size_t tokens, struct text name);
/* common.c: a name in brackets after what it is. */
bool bracketed(const struct wish *wish, size_t at);
/* common.c: a verb stands at `at`, known or not: "who is wrtng to /tmp/a", "keeps fluxing". */
bool deed_place(const struct question *q, size_t at);
void kinds_mark(struct question *question); /* kind.c: "my python app uwsgi"; before the subject */
/* parent.c: "who starts nginx": what is started bears the name, and who starts it is its parent. Before the subject;
 * then among the keys. */
void started_mark(struct wish *wish);
void starter_key(struct wish *wish);
/* The name at `at` as it is written, with the parts that hyphens join to it, and its tokens. */
struct text name_joined(const struct question *q, size_t at, size_t *tokens);
/* machine.c: false when the token names none. What is spelled as one and not here stands in wish->missing. */
bool user_take(struct wish *wish, size_t at);
bool device_spelled(const char *name); /* "sda", "eth0": here or not */
bool device_take(struct wish *wish, size_t at);
/* "packets from lo" are received there, "bytes over lo" are of packets: before the subject is chosen. */
void interfaces_mark(struct question *question);
bool address_here(struct text address); /* flow.c: one of this machine's, or not to be told */
bool out_said(const struct question *question); /* "outgoing", "source": a word says so */
void flows_mark(struct question *question); /* flow.c: "udp packets to port 53" are sent; likewise */
/* "inside containers", "容器里": where none is named. */
void containers_mark(struct wish *wish);
bool cgroup_take(struct wish *wish, size_t at);
bool address_take(struct wish *wish, size_t at);
bool cache_take(struct wish *wish, size_t at); /* "kmalloc-512" */
/* number.c */
bool signal_take(struct wish *wish, size_t at);
bool error_take(struct wish *wish, size_t at);
bool syscall_take(struct wish *wish, size_t at); /* only one that is left out: "except futex" */
/* "EMFILE", or "Too many open files" as programs print it; 0: no error. */
int error_named(struct text text);
/* How many tokens say an error in words ("too many open files", "port in use"), and which; 0: none. */
size_t error_at(const struct question *question, size_t at, int *number);
/* Their words say little of the subject: "sockets that fail with too many open files" opens none. */
void errors_mark(struct question *question, bool marked);
/* A disk or its partition, here or not, by its name. */
bool block_device(struct text name);
/* file.c: "*.tmp": only a name that is told in full can be compared; says so. */
bool pattern_told(struct wish *wish, const char *name);
/* file.c: "in my tmp folder": a place, and not what something is done to. Before the subject. */
void places_pass(struct wish *wish);
/* The path that "~/x" or "./x" means; to be freed. */
char *file_meant(struct text path);
/* The kernel's number of a block device: "sda", "8:0". */
bool device_number(struct text name, double *number);
/* common.c: whether the word of plain English stands where only somebody's name can ("what does crawler open"). */
bool common_name(const struct question *question, size_t at);
/* "page faults of the backend": whose, by a word that names no one here. */
void compounds_mark(struct question *question); /* "page faults of page-server": marks what is somebody's name */
bool tool_name(const struct question *question, size_t at); /* the same of commands whose names say nothing: "make" */
bool common_left(const struct question *question, size_t at);
void common_heed(struct question *question); /* such words are no fillers */
bool shorthand_key(const struct question *question, size_t at); /* "writeback pages by bdi" */
/* place.c: "process X", "the process named X"; how somebody is ("is idle"); a key nobody knows among others that are
 * known; "read latency of node", where what is watched has no nodes. */
bool beside_han_process(const struct question *question, size_t at); /* "stress 进程", "进程 stress" */
bool process_cue(const struct question *question, size_t at);
bool process_named(const struct question *question, size_t at);
bool name_given(const struct question *question, size_t at);
bool state_told(const struct question *question, size_t at);
bool circumstantial(const struct question *question, size_t at); /* "when idle", "while the box is idle" */
bool among_keys(const struct question *question, size_t at);
bool contact_doer(const struct question *question, size_t at); /* "what files ringer opens" */
bool program_place(const struct wish *wish, size_t at);
bool phrase_ends(const struct question *question, size_t at); /* common.c: "of crawler by stack" */
/* running.c: what the process is called of a product whose name this is, in `name` of COMM_MOST characters. */
void comm_meant(const struct question *question, size_t at, char *name);
/* place.c: where a name must stand: "page faults of X", "what does X open", "opened by X". A process of that name
 * may start later. */
bool name_place(const struct question *question, size_t at);
bool folder_key(const struct question *question); /* file.c: "opens per directory" */
/* file.c: a path: a file filter, or a folder that files lie under. */
void path_take(struct wish *wish, size_t at);
/* names.c: what the `tokens` from `at` on name is a process; `prefix`: only the beginning of what it is called. */
void process_take(struct wish *wish, size_t at, size_t tokens, struct text name, bool prefix);

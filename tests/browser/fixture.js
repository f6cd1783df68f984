// Makes the fixture report as JSON on stdout: every kind of evidence, with hostile names. With a
// number, the stacks hold at least that many different frames.
'use strict';
const frames = Number(process.argv[2] || 0);
const hostile = '</script><img src=x onerror="window.broken=1"><b>';
let seed = 7;
const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
const log2 = (counts, first) => counts.map((count, i) =>
	({ min: 2 ** (first + i), max: 2 ** (first + i + 1) - 1, count }));

const names = ['bash', 'gcc', '编译器 worker', hostile, 'a-very-long-process-name-that-does-not-fit-anywhere-at-all',
	'kworker/0:1', 'systemd-journal', 'sshd', 'cron', 'ld', 'make', 'sed'];
const table = {
	columns: [{ name: 'process', key: true }, { name: 'pid', key: true }, { name: 'faults', unit: 'faults', share: true, total: 41318 }],
	rows: names.map((name, i) => [name, 1000 + i * 37, Math.round(20000 / (i + 1) ** 1.4)]),
	total_rows: 48,
};
const latency = {
	unit: 'us', keys: ['process'],
	series: [
		{ key: ['dd'], buckets: log2([3, 18, 240, 1204, 890, 212, 40, 9, 1, 0, 2], 0) },
		{ key: [hostile], buckets: log2([40, 7, 90, 13], 4) },
	],
	over_time: Array.from({ length: 30 }, (_, t) => ({ time: t + 1,
		buckets: log2(Array.from({ length: 12 }, (_, b) => Math.round(400 * Math.exp(-((b - 4 - 3 * Math.sin(t / 4)) ** 2) / 3))), 0) })),
};
const stack = (key, value, ...list) => ({ key: [key], frames: list, value });
const stacks = { unit: 'samples', keys: ['process'], stacks: [
	stack('dd', 420, 'copy_user_generic', '_copy_to_iter', 'copy_page_to_iter', 'filemap_read', 'ext4_file_read_iter',
		'vfs_read', 'ksys_read', '__x64_sys_read', 'do_syscall_64', 'entry_SYSCALL_64_after_hwframe', '__GI___libc_read',
		'safe_read', 'iread', 'dd_copy', 'main', '__libc_start_call_main', '_start'),
	stack('dd', 130, 'clear_page_erms', 'vfs_read', 'ksys_read', '__x64_sys_read', 'do_syscall_64',
		'entry_SYSCALL_64_after_hwframe', '__GI___libc_read', 'main', '_start'),
	stack('bash', 200, hostile, 'do_user_addr_fault', 'exc_page_fault', 'asm_exc_page_fault', 'main', '_start'),
	stack('bash', 50, 'std::__detail::_Executor<std::string::const_iterator, std::allocator<std::sub_match>, true>::_M_dfs(long)', 'main', '_start'),
	stack('idle', 20),
] };
stacks.stacks.sort((a, b) => b.value - a.value);
for (let made = 0, n = 0; made < frames; n++) {
	const depth = 8 + Math.floor(random() * 50), list = [];
	for (let d = 0; d < depth; d++)
		list.push(d < 4 ? `level${d}_${Math.floor(random() * 2 ** d)}` : `f${n}_${d}`);
	made += depth - 4;
	stacks.stacks.push(stack('load', 1 + Math.floor(random() * 30), ...list.reverse()));
}
const events = {
	columns: [{ name: 'time', unit: 's' }, { name: 'process' }, { name: 'pid' }, { name: 'latency', unit: 'ns' }, { name: 'file' }, { name: 'error' }],
	rows: Array.from({ length: 120 }, (_, i) => [Number((0.012 + i * 0.041 + random() * 0.02).toFixed(6)), names[i % 5], 2000 + i,
		Math.round(10 ** (2 + random() * 6)), i % 7 ? `/usr/lib/x86_64-linux-gnu/file${i}.so` : '/etc/文件/' + hostile, i % 9 ? null : 'ENOENT']),
	total_rows: 5120,
};
const program = 'tracepoint:exceptions:page_fault_user\n{\n\t@[comm] = count();\n}\n// ' + hostile + '\n';
const evidence = [
	['table', 'page faults by process', table], ['histogram', 'read latency by process', latency],
	['stacks', 'where the CPU time goes', stacks], ['events', 'files opened ' + hostile, events],
	['table', 'page faults, total', { columns: [{ name: 'faults', unit: 'faults' }], rows: [[41318]] }],
	['text', 'kernel log', { text: 'first line\n\tsecond line \u001b[31mred\u001b[0m ' + hostile }],
	['table', 'bytes and latency by device', { columns: [{ name: 'device', key: true }, { name: 'read', unit: 'bytes' },
		{ name: 'average', unit: 'us' }, { name: 'operations', unit: 'operations/s' }],
		rows: [['vda 254:0', 14848000, 312.4, 1204.2], ['vdb 254:16', 512, 8100, 0.2], ['loop0', null, 3.5, 12]] }],
].map(([kind, title, data], i) => ({ number: i + 1, kind, title, command: 'bpftrace -f json -e … ' + (i ? '' : hostile),
	began: 1763700000, seconds: 5.02, data }));

process.stdout.write(JSON.stringify({
	title: 'count page faults by process ' + hostile,
	json: {
		question: 'count page faults by process ' + hostile, engine: 'offline', status: 'ok',
		plan: { what: ['tracepoint:exceptions:page_fault_user'], measure: 'count', by: ['comm'], [hostile]: hostile }, program,
		tool: ['bpftrace', '-f', 'json', '-e', '…'], probes: ['tracepoint:exceptions:page_fault_user'],
		attempts: [{ program: 'kprobe:handle_mm_fault { @ = count(); }', stage: 'attach', error: 'this kernel has no kprobes' }],
		seconds: 5.02, lost_events: 3,
	},
	report: [
		...[1, 5, 7].map(number => ({ block: 'evidence', number })),
		{ block: 'paragraph', text: 'bash caused 20,000 of 41,318 page faults, 48.4% [1]. Watched for 5.02 s through tracepoint:exceptions:page_fault_user, which fires for every fault of a user address, minor and major alike ' + hostile + ' [5].' },
		{ block: 'paragraph', text: '缺页次数最多的进程是 bash,占全部缺页的 48.4%。下一步可以看看它在访问哪些地址,以及这些缺页是次要缺页还是主要缺页,再决定是否需要使用大页 [1]。' },
		{ block: 'note', text: '3 events were lost: the numbers are a little low.' },
		{ block: 'heading', text: 'What to ask next' },
		{ block: 'list', text: 'which addresses fault in bash' },
		{ block: 'list', text: 'histogram of page fault latency for process bash, for 10 seconds, with the kernel stacks of the slow ones' },
		...[2, 3, 4, 6].map(number => ({ block: 'evidence', number })),
		{ block: 'heading', text: 'Program' },
		{ block: 'code', text: program },
		{ block: 'status', mark: 'ok', text: 'tracefs is mounted at /sys/kernel/tracing' },
		{ block: 'status', mark: 'warn', text: 'bpftrace 0.17 truncates strings at 64 bytes', mend: 'apt-get install bpftrace' },
		{ block: 'status', mark: 'bad', text: 'this kernel has no kprobes: functions of the kernel cannot be watched' },
	],
	evidence,
}) + '\n');

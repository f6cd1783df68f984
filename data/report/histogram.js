// Histograms as columns, one plot for each key, and the heat map of how a distribution changes.

const edge = (bucket, unit) => bucket.min === undefined ? '…' : short(bucket.min, unit);
const above = bucket => Number.isInteger(bucket.max) ? bucket.max + 1 : bucket.max;

function range(bucket, unit) {
	if (bucket.min !== undefined && bucket.min === bucket.max && !['ns', 'us', 'ms', 's'].includes(unit)) // times are cut
		return short(bucket.min, unit);
	return edge(bucket, unit) + ' to ' + (bucket.max === undefined ? '…' : 'below ' + short(above(bucket), unit));
}

// All buckets that any list holds, in order, from the first to the last that is not empty.
function bucketUnion(lists) {
	const all = new Map();
	for (const list of lists)
		for (const bucket of list) {
			const key = (bucket.min ?? '') + ':' + (bucket.max ?? '');
			const known = all.get(key) || { min: bucket.min, max: bucket.max, key, count: 0 };
			known.count += bucket.count;
			all.set(key, known);
		}
	const sorted = [...all.values()].sort((a, b) => (a.min ?? -Infinity) - (b.min ?? -Infinity));
	const used = sorted.map((bucket, i) => bucket.count > 0 ? i : -1).filter(i => i >= 0);
	return used.length ? sorted.slice(used[0], used[used.length - 1] + 1) : [];
}

const countsOf = (list, union) => {
	const counts = new Map(list.map(bucket => [(bucket.min ?? '') + ':' + (bucket.max ?? ''), bucket.count]));
	return union.map(bucket => counts.get(bucket.key) || 0);
};

// The part of the height for a count: on a logarithmic scale one is already visible.
const part = (count, most, log) =>
	count <= 0 ? 0 : log ? Math.log10(count * 2) / Math.log10(Math.max(most, 1) * 2) : count / most;

function columns(svg, width, union, counts, unit, log, label) {
	const most = Math.max(...counts, 1);
	const left = Math.max(52, 14 + 7 * digits(Math.round(most)).length), top = 20, high = 170, bottom = top + high;
	const room = width - left - 12, height = bottom + 40, step = room / union.length;
	svg.replaceChildren();
	svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
	svg.setAttribute('height', height);
	svg.setAttribute('aria-label', label);
	const axis = draw(svg, 'g', { class: 'axis' });
	const marks = log ? Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, i) => 10 ** i) : ticks(most, '', 4);
	for (const mark of marks) {
		const y = bottom - part(mark, most, log) * high;
		draw(axis, 'line', { x1: left, x2: width - 12, y1: y, y2: y });
		draw(axis, 'text', { x: left - 6, y: y + 4, 'text-anchor': 'end' }, digits(mark));
	}
	draw(axis, 'text', { x: left - 6, y: 10, 'text-anchor': 'end', class: 'title' }, 'count');
	const every = Math.max(1, Math.ceil(58 / step));
	union.forEach((bucket, i) => {
		const x = left + i * step, h = part(counts[i], most, log) * high;
		const bar = draw(svg, 'rect', { class: 'bar', x: x + Math.min(1, step / 8), y: bottom - h,
			width: Math.max(1, step - 2), height: Math.max(h, counts[i] ? 1 : 0) });
		draw(bar, 'title', {}, `${range(bucket, unit)}: ${digits(counts[i])}`);
		draw(axis, 'line', { x1: x, x2: x, y1: bottom, y2: bottom + (i % every ? 3 : 6) });
		if (i % every === 0)
			draw(axis, 'text', { x, y: bottom + 18, 'text-anchor': i ? 'middle' : 'start' }, edge(bucket, unit));
	});
	draw(axis, 'text', { x: left + room / 2, y: bottom + 36, 'text-anchor': 'middle', class: 'title' },
		quantity(unit));
}

// Few to many, readable on each ground.
const ramps = {
	light: [[238, 242, 248], [163, 199, 238], [82, 146, 214], [24, 88, 160], [7, 37, 84]],
	dark: [[33, 39, 46], [28, 68, 120], [46, 118, 200], [120, 183, 245], [232, 244, 255]],
};

function ramp(at) {
	const stops = dark() ? ramps.dark : ramps.light, x = Math.min(at, 1) * (stops.length - 1);
	const i = Math.min(Math.floor(x), stops.length - 2), t = x - i;
	return 'rgb(' + stops[i].map((c, k) => Math.round(c + (stops[i + 1][k] - c) * t)).join(',') + ')';
}

function heatMap(parent, times, unit, state) {
	const union = bucketUnion(times.map(time => time.buckets));
	if (!union.length)
		return;
	make(parent, 'h3', {}, 'Over time');
	const grid = times.map(time => countsOf(time.buckets, union)), most = Math.max(...grid.map(c => Math.max(...c)), 1);
	const element = make(parent, 'canvas', { class: 'heat', role: 'img', 'aria-label':
		`Heat map: time from ${times[0].time} s to ${times[times.length - 1].time} s, ${union.length} ranges of values, ` +
		`darker or lighter for up to ${most} in each.` });
	const left = 64, row = Math.max(union.length > 100 ? 3 : 10, Math.min(20, Math.floor(260 / union.length))), high = row * union.length;
	let step = 1;
	const paint = width => {
		const room = width - left - 12, context = canvas(element, width, high + 82);
		step = room / times.length;
		grid.forEach((counts, t) => counts.forEach((count, b) => {
			context.fillStyle = ramp(part(count, most, state.log));
			const x = Math.round(t * step);
			context.fillRect(left + x, high - (b + 1) * row + 6, Math.round((t + 1) * step) - x, row);
		}));
		context.fillStyle = colour('--soft');
		context.font = '12px system-ui, sans-serif';
		context.textAlign = 'right';
		const every = Math.max(1, Math.ceil(16 / row));
		union.forEach((bucket, b) => {
			if (b % every === 0)
				context.fillText(edge(bucket, unit), left - 6, high - b * row + 10);
		});
		context.textAlign = 'center';
		const skip = Math.max(1, Math.ceil(54 / step));
		times.forEach((time, t) => {
			if (t % skip === 0)
				context.fillText(format(time.time, 's'), left + (t + 0.5) * step, high + 22);
		});
		context.fillText('time since the start', left + room / 2, high + 40);
		const wide = Math.min(200, room / 2);
		for (let x = 0; x < wide; x++) {
			context.fillStyle = ramp(x / wide);
			context.fillRect(left + x, high + 54, 1.5, 12);
		}
		context.fillStyle = colour('--soft');
		context.textAlign = 'left';
		context.fillText(`0 to ${digits(most)}`, left + wide + 8, high + 64);
	};
	state.paints.push(() => paint(element.clientWidth || 600));
	follow(parent, paint);
	element.addEventListener('pointermove', event => {
		const t = Math.floor((event.offsetX - left) / step), b = Math.floor((high + 6 - event.offsetY) / row);
		if (t < 0 || t >= times.length || b < 0 || b >= union.length)
			return tip.hide();
		tip.show(event, range(union[b], unit), `${digits(grid[t][b])} at ${format(times[t].time, 's')}`);
	});
	element.addEventListener('pointerleave', tip.hide);
}

function histogramStart(section, plot, data) {
	const unit = data.unit || '', series = (data.series || []).slice(0, 40), state = { log: false, paints: [] };
	const union = bucketUnion(series.map(one => one.buckets));
	const controls = make(plot, 'div', { class: 'controls' });
	make(controls, 'span', {}, 'Counts');
	choice(controls, 'scale of the counts', ['linear', 'log'], name => {
		state.log = name === 'log';
		state.paints.forEach(paint => paint());
	});
	// Who asks for each interval wants to see them: what they add up to stands below.
	if (Array.isArray(data.over_time) && data.over_time.length)
		heatMap(make(plot, 'div', {}), data.over_time.slice(0, 2000), unit, state);
	for (const one of union.length ? series : []) {
		const name = (one.key || []).map(safe).join(', '), counts = countsOf(one.buckets, union);
		const box = make(plot, 'div', { class: 'series' });
		if (name)
			make(box, 'h3', {}, name);
		const beside = [['average', one.average], ['smallest', one.min], ['largest', one.max]].filter(pair => pair[1] !== undefined);
		if (beside.length)
			make(box, 'p', {}, beside.map(pair => `${pair[0]} ${format(pair[1], unit)}`).join(', '));
		const svg = draw(box, 'svg', { role: 'img' });
		const paint = width => columns(svg, width, union, counts, unit, state.log,
			`Histogram${name ? ' of ' + name : ''}; the table below holds the numbers.`);
		state.paints.push(() => paint(Math.floor(box.clientWidth) || 600));
		follow(box, paint);
	}
}

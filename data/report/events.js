// Events: a timeline of how many there were when, a filter by text and time, and sorting.

function eventsStart(section, plot) {
	const table = section.querySelector('table');
	if (!table)
		return;
	sortable(table);
	cutCells(table);
	const rows = [...table.tBodies[0].rows].map(row => ({ row, time: value(row, 0), text: row.textContent.toLowerCase() }));
	const timed = rows.filter(item => typeof item.time === 'number').map(item => item.time);
	const controls = make(plot, 'div', { class: 'controls' });
	const search = make(controls, 'input', { type: 'search', placeholder: 'Filter events', 'aria-label': 'Filter events' });
	const field = label => make(controls, 'input', { type: 'number', step: 'any', min: '0', placeholder: label, 'aria-label': label });
	const from = field('from (s)'), to = field('to (s)');
	const reset = make(controls, 'button', { type: 'button' }, 'Reset');
	const shown = make(controls, 'output', { 'aria-live': 'polite' });
	let paint = () => {};

	const filter = () => {
		const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
		const low = from.value === '' ? -Infinity : Number(from.value), high = to.value === '' ? Infinity : Number(to.value);
		let count = 0;
		for (const item of rows) {
			const inside = typeof item.time !== 'number' || item.time >= low && item.time <= high;
			item.row.hidden = !(inside && words.every(word => item.text.includes(word)));
			count += !item.row.hidden;
		}
		shown.textContent = `${digits(count)} of ${digits(rows.length)} events`;
		paint();
	};
	for (const input of [search, from, to])
		input.addEventListener('input', filter);
	reset.addEventListener('click', () => {
		search.value = from.value = to.value = '';
		filter();
	});
	if (timed.length > 1)
		paint = timeline(plot, rows, Math.min(...timed), Math.max(...timed), from, to, filter);
	filter();
}

// Gives a function that draws it again.
function timeline(plot, rows, first, last, from, to, filter) {
	const svg = draw(plot, 'svg', { class: 'timeline', role: 'img' }), high = 56, left = 40;
	let width = 600, drag = null;
	const span = last - first || 1;
	const timeAt = x => first + Math.min(1, Math.max(0, (x - left) / (width - left - 10))) * span;
	const paint = () => {
		const room = width - left - 10, bins = Math.max(10, Math.min(160, Math.floor(room / 6)));
		const counts = new Array(bins).fill(0);
		for (const { row, time } of rows)
			if (!row.hidden && typeof time === 'number')
				counts[Math.min(bins - 1, Math.floor((time - first) / span * bins))]++;
		const most = Math.max(...counts, 1);
		svg.replaceChildren();
		svg.setAttribute('viewBox', `0 0 ${width} ${high + 42}`);
		svg.setAttribute('height', high + 42);
		svg.setAttribute('aria-label', `Timeline: events from ${format(first, 's')} to ${format(last, 's')}, ` +
			`at most ${most} in one of ${bins} intervals. Drag to choose a time.`);
		const axis = draw(svg, 'g', { class: 'axis' });
		draw(axis, 'line', { x1: left, x2: width - 10, y1: high, y2: high });
		draw(axis, 'text', { x: left - 6, y: 12, 'text-anchor': 'end' }, digits(most));
		draw(axis, 'text', { x: left - 6, y: high, 'text-anchor': 'end' }, '0');
		for (let i = 0; i < bins; i++)
			if (counts[i])
				draw(svg, 'rect', { class: 'bar', x: left + i / bins * room, y: high - counts[i] / most * (high - 4),
					width: Math.max(1, room / bins - 1), height: counts[i] / most * (high - 4) });
		const marks = Math.max(2, Math.floor(room / 110));
		for (let i = 0; i <= marks; i++)
			draw(axis, 'text', { x: left + i / marks * room, y: high + 16,
				'text-anchor': i === marks ? 'end' : i ? 'middle' : 'start' }, format(first + i / marks * span, 's'));
		draw(axis, 'text', { x: left + room / 2, y: high + 34, 'text-anchor': 'middle', class: 'title' }, 'time (drag to choose)');
		if (from.value !== '' || to.value !== '') {
			const place = (text, other) => left + (Math.min(last, Math.max(first, text === '' ? other : Number(text))) - first) / span * room;
			const a = place(from.value, first), b = place(to.value, last);
			draw(svg, 'rect', { class: 'brush', x: a, y: 0, width: Math.max(1, b - a), height: high });
		}
	};
	svg.addEventListener('pointerdown', event => {
		drag = event.offsetX;
		svg.setPointerCapture(event.pointerId);
	});
	svg.addEventListener('pointermove', event => {
		if (drag === null || Math.abs(event.offsetX - drag) < 4)
			return;
		from.value = timeAt(Math.min(drag, event.offsetX)).toFixed(4);
		to.value = timeAt(Math.max(drag, event.offsetX)).toFixed(4);
		filter();
	});
	for (const end of ['pointerup', 'pointercancel'])
		svg.addEventListener(end, () => { drag = null; });
	follow(plot, now => { width = now; paint(); });
	return paint;
}

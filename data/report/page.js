// The start of an HTML report's script, and what its plots share. The tables are in the page already:
// the script adds to them, so that the page can be read without it.

// Foreign text on a canvas or in the page: no control characters and nothing that turns the text around.
function safe(text) {
	return String(text).replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g,
		c => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
}

// The same families of units as the terminal's numbers.
const families = [
	[['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'], [1, 2 ** 10, 2 ** 20, 2 ** 30, 2 ** 40, 2 ** 50], { bytes: 0, B: 0, KiB: 1, MiB: 2 }],
	[['ns', 'us', 'ms', 's', 'min', 'h', 'd'], [1, 1e3, 1e6, 1e9, 6e10, 3.6e12, 8.64e13], { ns: 0, us: 1, ms: 2, s: 3 }],
	[['Hz', 'kHz', 'MHz', 'GHz'], [1, 1e3, 1e6, 1e9], { Hz: 0, kHz: 1, khz: 1 }],
];

// Finds the step in which a value of this unit is shown: {name, size}, size in the unit given.
function scale(value, unit) {
	for (const [names, sizes, known] of families) {
		if (!Object.hasOwn(known, unit))
			continue;
		const base = Math.abs(value) * sizes[known[unit]];
		let step = 0;
		while (step + 1 < sizes.length && base >= sizes[step + 1] * 0.9995)
			step++;
		if (!base)
			step = known[unit];
		return { name: names[step], size: sizes[step] / sizes[known[unit]], binary: names[0] === 'B' };
	}
	return null;
}

function digits(value) {
	const size = Math.abs(value), places = Number.isInteger(value) || size >= 100 ? 0 : size >= 1 ? 1 : size >= 0.1 ? 2 : 4;
	return value.toLocaleString('en-US', { maximumFractionDigits: places });
}

function format(value, unit) {
	const rate = unit.endsWith('/s'), base = rate ? unit.slice(0, -2) : unit, step = scale(value, base);
	if (step)
		return digits(value / step.size) + ' ' + step.name + (rate ? '/s' : '');
	return digits(value) + (base === '%' || base === 'percent' ? '%' : base ? ' ' + safe(base) : '') + (rate ? '/s' : '');
}

// A number without the noun of its unit, for axes that are labelled with it.
function short(value, unit) {
	return scale(value, unit.replace(/\/s$/, '')) || unit === '%' ? format(value, unit) : digits(value);
}

// Round marks from 0 to at most `most`, about `count` of them, round in the unit that is shown.
function ticks(most, unit, count) {
	const step = scale(most, unit.replace(/\/s$/, '')) || { size: 1 }, raw = most / step.size / count;
	const power = 10 ** Math.floor(Math.log10(raw)), marks = [];
	const width = [1, 2, 5, 10].map(n => n * power).find(n => n >= raw) * step.size;
	for (let at = 0; at <= most * 1.0001 && marks.length < 50; at += width)
		marks.push(at);
	return marks;
}

function make(parent, name, attributes, text) {
	const element = document.createElement(name);
	for (const key in attributes)
		element.setAttribute(key, attributes[key]);
	if (text !== undefined)
		element.textContent = text;
	parent.append(element);
	return element;
}

function draw(parent, name, attributes, text) {
	const element = document.createElementNS('http://www.w3.org/2000/svg', name);
	for (const key in attributes)
		element.setAttribute(key, attributes[key]);
	if (text !== undefined)
		element.textContent = text;
	parent.append(element);
	return element;
}

// Cut in the middle, as the end of a name tells more than its start.
function cut(text, most) {
	if (text.length <= most)
		return text;
	const head = Math.max(0, Math.floor((most - 1) * 2 / 5));
	return text.slice(0, head) + '…' + text.slice(text.length - Math.max(0, most - 1 - head));
}

const ruler = document.createElement('canvas').getContext('2d');

// Cut to a width in pixels, for text that is drawn in the page's font.
function fit(text, width) {
	ruler.font = '12px system-ui, sans-serif';
	let most = text.length;
	while (most > 1 && ruler.measureText(cut(text, most)).width > width)
		most--;
	return cut(text, most);
}

// What a scaled unit measures, for the name of an axis; a noun names itself.
function quantity(unit) {
	const family = families.findIndex(one => Object.hasOwn(one[2], unit));
	return family < 0 ? safe(unit) || 'value' : ['size', 'time', 'frequency'][family];
}

// Buttons of which one is pressed.
function choice(parent, label, names, chosen) {
	const group = make(parent, 'span', { class: 'group', role: 'group', 'aria-label': label });
	names.forEach((name, i) => {
		const button = make(group, 'button', { type: 'button', 'aria-pressed': String(i === 0) }, name);
		button.addEventListener('click', () => {
			for (const other of group.children)
				other.setAttribute('aria-pressed', String(other === button));
			chosen(name);
		});
	});
	return group;
}

const tip = {
	show(event, title, text) {
		const box = document.getElementById('tip');
		box.replaceChildren();
		make(box, 'b', {}, title);
		make(box, 'span', {}, text);
		box.hidden = false;
		const left = Math.min(event.clientX + 12, innerWidth - box.offsetWidth - 8);
		const below = event.clientY + 16 + box.offsetHeight < innerHeight;
		box.style.left = Math.max(4, left) + 'px';
		box.style.top = (below ? event.clientY + 16 : event.clientY - box.offsetHeight - 8) + 'px';
	},
	hide() {
		document.getElementById('tip').hidden = true;
	},
};

const darkness = matchMedia('(prefers-color-scheme: dark)');
let printing = false;
const dark = () => darkness.matches && !printing;
const redraws = [];

// Calls `paint(width)` now, and again when the width, the colours or the medium change.
function follow(element, paint) {
	let width = 0;
	const again = () => paint(width || 600);
	redraws.push(again);
	new ResizeObserver(entries => {
		const now = Math.floor(entries[0].contentRect.width);
		if (now > 0 && now !== width) {
			width = now;
			again();
		}
	}).observe(element);
}

// A canvas of so many CSS pixels, sharp on every screen. Gives its context.
function canvas(element, width, height) {
	const ratio = Math.min(devicePixelRatio || 1, 3);
	element.width = Math.round(width * ratio);
	element.height = Math.round(height * ratio);
	element.style.height = height + 'px';
	const context = element.getContext('2d');
	context.setTransform(ratio, 0, 0, ratio, 0, 0);
	context.clearRect(0, 0, width, height);
	return context;
}

function colour(name) {
	return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function start() {
	make(document.body, 'div', { id: 'tip', role: 'tooltip', hidden: '' });
	const kinds = { table: tableStart, events: eventsStart, histogram: histogramStart, stacks: flameStart };
	for (const section of document.querySelectorAll('section[data-kind]')) {
		const data = section.querySelector('script[type="application/json"]');
		const plot = section.querySelector('.plot'), kind = section.dataset.kind;
		if (Object.hasOwn(kinds, kind) && plot)
			kinds[kind](section, plot, data ? JSON.parse(data.textContent) : null);
	}
	const again = () => redraws.forEach(redraw => redraw());
	darkness.addEventListener('change', again);
	addEventListener('beforeprint', () => { printing = true; again(); });
	addEventListener('afterprint', () => { printing = false; again(); });
}

// The flame graph: callers above what they call, as wide as their share. Drawn on a canvas; what is too
// narrow to see is skipped with everything below it, so that large profiles stay quick.

// Folds the stacks into one tree, then lays it out as a list in depth-first order, where `end` is the
// index after a frame's last descendant.
function frameList(stacks) {
	const root = { name: 'all', value: 0, self: 0, children: new Map(), key: true };
	for (const stack of stacks) {
		const key = (stack.key || []).map(safe).join(', ');
		const path = (stack.frames || []).map(safe).reverse();
		let node = root;
		root.value += stack.value;
		for (const [i, name] of (key ? [key, ...path] : path).entries()) {
			const isKey = key !== '' && i === 0, id = (isKey ? 'k' : 'f') + name;
			let child = node.children.get(id);
			if (!child)
				node.children.set(id, child = { name, value: 0, self: 0, children: new Map(), key: isKey });
			child.value += stack.value;
			node = child;
		}
		node.self += stack.value;
	}
	const list = [], pending = [{ node: root, depth: 0, from: 0, parent: -1 }];
	while (pending.length) {
		const { node, depth, from, parent } = pending.pop(), index = list.length;
		list.push({ name: node.name, value: node.value, self: node.self, key: node.key, depth, parent,
			from: from / root.value, to: (from + node.value) / root.value, end: index + 1, match: false });
		let at = from + node.value;
		for (const child of [...node.children.values()].sort((a, b) => a.value - b.value)) {
			at -= child.value;
			pending.push({ node: child, depth: depth + 1, from: at - node.self, parent: index });
		}
	}
	for (let i = list.length - 1; i > 0; i--)
		list[list[i].parent].end = Math.max(list[list[i].parent].end, list[i].end);
	return list;
}

// One name always has one colour.
function frameColour(frame) {
	if (frame.match)
		return dark() ? '#b46be0' : '#c98af0';
	if (frame.key)
		return dark() ? '#4a525c' : '#ccd2d9';
	let hash = 0;
	for (let i = 0; i < frame.name.length; i++)
		hash = (hash * 31 + frame.name.charCodeAt(i)) >>> 0;
	return `hsl(${12 + hash % 40} ${dark() ? 55 : 85}% ${(dark() ? 42 : 68) + (hash >> 8) % 9}%)`;
}

class Flame {
	constructor(plot, stacks, unit) {
		this.list = frameList(stacks);
		this.unit = unit;
		this.row = 19;
		this.from = 0;
		this.to = 1;
		this.chosen = 0;
		this.root = 0;
		this.controls(plot);
		this.element = make(plot, 'canvas', { class: 'flame', tabindex: '0', role: 'application', 'aria-label':
			'Flame graph: callers above what they call. Arrow keys move, Enter zooms, Escape resets.' });
		this.voice = make(plot, 'p', { class: 'meta mono', 'aria-live': 'polite' });
		this.pointers();
		this.element.addEventListener('keydown', event => this.key(event));
		follow(plot, width => { this.width = width; this.paint(); });
	}

	controls(plot) {
		const bar = make(plot, 'div', { class: 'controls' });
		const search = make(bar, 'input', { type: 'search', placeholder: 'Search frames', 'aria-label': 'Search frames' });
		search.addEventListener('input', () => this.search(search.value));
		const group = make(bar, 'span', { class: 'group', role: 'group', 'aria-label': 'view' });
		const button = (text, label, act) => {
			const element = make(group, 'button', { type: 'button', 'aria-label': label, title: label }, text);
			element.addEventListener('click', act);
		};
		button('←', 'Pan left', () => this.pan(-0.25));
		button('→', 'Pan right', () => this.pan(0.25));
		button('+', 'Zoom in', () => this.zoomAt(0.5, 0.5));
		button('−', 'Zoom out', () => this.zoomAt(0.5, 2));
		button('Reset', 'Reset zoom and search', () => {
			search.value = '';
			this.search('');
			this.zoom(0);
		});
		this.found = make(bar, 'output', { 'aria-live': 'polite' });
	}

	pointers() {
		let drag = null;
		this.element.addEventListener('pointerdown', event => {
			drag = { x: event.clientX, from: this.from, to: this.to, moved: false };
		});
		this.element.addEventListener('pointermove', event => {
			if (drag && event.buttons && Math.abs(event.clientX - drag.x) > 4) {
				if (!drag.moved)
					this.element.setPointerCapture(event.pointerId);
				drag.moved = true;
				const shift = (drag.x - event.clientX) / this.width * (drag.to - drag.from);
				this.view(drag.from + shift, drag.to + shift);
				return tip.hide();
			}
			const frame = this.at(event.offsetX, event.offsetY);
			if (frame < 0)
				return tip.hide();
			tip.show(event, this.list[frame].name, this.words(frame));
		});
		this.element.addEventListener('pointerup', event => {
			const frame = drag && !drag.moved ? this.at(event.offsetX, event.offsetY) : -1;
			drag = null;
			if (frame >= 0)
				this.zoom(frame);
		});
		this.element.addEventListener('pointercancel', () => { drag = null; });
		this.element.addEventListener('pointerleave', tip.hide);
		this.element.addEventListener('wheel', event => {
			if (!event.ctrlKey)
				return;
			event.preventDefault();
			this.zoomAt(event.offsetX / this.width, event.deltaY < 0 ? 0.8 : 1.25);
		}, { passive: false });
	}

	words(frame) {
		const { value, self } = this.list[frame], total = this.list[0].value;
		const share = part => (100 * part / total).toFixed(1) + '%';
		return `${format(value, this.unit)}, ${share(value)} of all` + (self ? `; ${share(self)} in itself` : '');
	}

	// The frame that was drawn at a place, or -1.
	at(x, y) {
		const depth = Math.floor(y / this.row), where = this.from + x / this.width * (this.to - this.from);
		for (let i = 0; i < this.list.length;) {
			const frame = this.list[i];
			if (where < frame.from || where >= frame.to) {
				i = frame.end;
			} else if (frame.depth === depth) {
				return i;
			} else {
				i++;
			}
		}
		return -1;
	}

	view(from, to) {
		const span = Math.min(1, Math.max(to - from, 1e-7));
		this.from = Math.min(Math.max(0, from), 1 - span);
		this.to = this.from + span;
		this.paint();
	}

	zoom(frame) {
		this.root = this.chosen = frame;
		this.view(this.list[frame].from, this.list[frame].to);
		this.say();
	}

	zoomAt(part, factor) {
		const span = this.to - this.from, place = this.from + part * span;
		this.view(place - part * span * factor, place + (1 - part) * span * factor);
	}

	pan(part) {
		const shift = part * (this.to - this.from);
		this.view(this.from + shift, this.to + shift);
	}

	say() {
		this.voice.textContent = `${this.list[this.chosen].name}: ${this.words(this.chosen)}`;
	}

	search(text) {
		const wanted = text.trim().toLowerCase();
		let share = 0, count = 0, covered = 0;
		this.list.forEach((frame, i) => {
			frame.match = wanted !== '' && i > 0 && frame.name.toLowerCase().includes(wanted);
			count += frame.match;
			if (frame.match && i >= covered) {
				share += frame.to - frame.from;
				covered = frame.end;
			}
		});
		this.found.textContent = wanted ? `${digits(count)} frames, ${(100 * share).toFixed(1)}% of all` : '';
		this.paint();
	}

	key(event) {
		const frame = this.list[this.chosen], brothers = [];
		if (frame.parent >= 0)
			for (let i = frame.parent + 1; i < this.list[frame.parent].end; i = this.list[i].end)
				brothers.push(i);
		const place = brothers.indexOf(this.chosen);
		const moves = {
			ArrowUp: () => frame.parent, ArrowDown: () => frame.end > this.chosen + 1 ? this.chosen + 1 : -1,
			ArrowLeft: () => brothers[place - 1] ?? -1, ArrowRight: () => brothers[place + 1] ?? -1,
		};
		if (event.key === 'Enter') {
			this.zoom(this.chosen);
		} else if (event.key === 'Escape') {
			this.zoom(0);
		} else if (Object.hasOwn(moves, event.key)) {
			const next = moves[event.key]();
			if (next >= 0)
				this.chosen = next;
			this.paint();
			this.say();
		} else {
			return;
		}
		event.preventDefault();
	}

	paint() {
		const { list, width, row } = this, pixels = width / (this.to - this.from), shown = [];
		let deepest = 0;
		for (let i = 0; i < list.length;) {
			const frame = list[i];
			if (frame.to <= this.from || frame.from >= this.to || (frame.to - frame.from) * pixels < 0.4) {
				i = frame.end;
				continue;
			}
			deepest = Math.max(deepest, frame.depth);
			shown.push(i++);
		}
		const context = canvas(this.element, width, (deepest + 1) * row + 1);
		context.font = '12px ui-monospace, "DejaVu Sans Mono", monospace';
		context.textBaseline = 'middle';
		const letter = context.measureText('m').width, ink = dark() ? '#f6f3ee' : '#1c1206', ground = colour('--bg');
		const keyInk = colour('--fg');
		for (const i of shown) {
			const frame = list[i], y = frame.depth * row;
			const left = Math.max(0, (frame.from - this.from) * pixels);
			const wide = Math.min(width, (frame.to - this.from) * pixels) - left;
			context.globalAlpha = i < this.root && frame.end > this.root ? 0.55 : 1;
			context.fillStyle = frameColour(frame);
			context.fillRect(left, y, Math.max(wide - (wide > 3 ? 1 : 0), 0.4), row - 1);
			if (i === this.chosen && this.chosen > 0) {
				context.strokeStyle = keyInk;
				context.lineWidth = 2;
				context.strokeRect(left + 1, y + 1, Math.max(wide - 3, 1), row - 3);
			}
			const room = Math.floor((wide - 8) / letter);
			if (room < 3)
				continue;
			context.fillStyle = frame.key ? keyInk : ink;
			context.fillText(cut(frame.name, room), left + 4, y + row / 2, wide - 6);
		}
		context.globalAlpha = 1;
		context.fillStyle = ground;
		Object.assign(this.element.dataset, { frames: shown.length, total: list.length,
			from: this.from.toFixed(6), to: this.to.toFixed(6), matches: list.filter(frame => frame.match).length });
	}
}

function flameStart(section, plot, data) {
	const stacks = data.stacks.filter(stack => stack.value > 0);
	if (stacks.length)
		new Flame(plot, stacks, data.unit || '');
}

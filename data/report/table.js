// Tables: sorting by any column, and a bar chart of the column that ranks the rows.

const value = (row, column) => {
	const cell = row.cells[column];
	return cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v);
};

// Absent values come last whichever way the column is sorted.
function compare(a, b, down) {
	if (a === '-' || b === '-')
		return (a === '-') - (b === '-');
	const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
	return down ? -order : order;
}

function sortable(table) {
	const head = [...table.tHead.rows[0].cells];
	head.forEach((cell, column) => {
		const button = document.createElement('button');
		button.type = 'button';
		button.append(...cell.childNodes);
		cell.append(button);
		button.addEventListener('click', () => {
			const was = cell.getAttribute('aria-sort');
			const down = was ? was === 'ascending' : cell.classList.contains('n');
			head.forEach(other => other.removeAttribute('aria-sort'));
			cell.setAttribute('aria-sort', down ? 'descending' : 'ascending');
			const rows = [...table.tBodies[0].rows].map(row => [value(row, column), row]);
			rows.sort((a, b) => compare(a[0], b[0], down));
			table.tBodies[0].append(...rows.map(row => row[1]));
		});
	});
}

// What a cell has no room for is told when the pointer rests on it.
function cutCells(table) {
	table.addEventListener('pointerover', event => {
		const cell = event.target.closest('td');
		if (cell && cell.scrollWidth > cell.clientWidth)
			tip.show(event, cell.textContent, '');
		else
			tip.hide();
	});
	table.addEventListener('pointerleave', tip.hide);
}

function bars(svg, width, list, axis, unit, label) {
	const most = Math.max(...list.map(item => item.value), 0) || 1;
	const names = Math.min(220, Math.floor(width * 0.34)), figures = width < 500 ? 66 : 96, row = 24;
	const room = Math.max(40, width - names - figures), height = list.length * row + 44;
	svg.replaceChildren();
	svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
	svg.setAttribute('height', height);
	svg.setAttribute('aria-label', label);
	const lines = draw(svg, 'g', { class: 'axis' }), bottom = list.length * row + 4;
	for (const mark of ticks(most, unit, Math.max(2, Math.floor(room / 90)))) {
		const x = names + mark / most * room;
		draw(lines, 'line', { x1: x, x2: x, y1: 0, y2: bottom });
		draw(lines, 'text', { x, y: bottom + 15, 'text-anchor': 'middle' }, short(mark, unit));
	}
	draw(lines, 'text', { x: names + room / 2, y: bottom + 34, 'text-anchor': 'middle', class: 'title' }, axis);
	list.forEach((item, i) => {
		const long = item.value / most * room, y = i * row + 4;
		const group = draw(svg, 'g', {});
		draw(group, 'title', {}, item.name + ': ' + item.text);
		draw(group, 'text', { x: names - 8, y: y + 13, 'text-anchor': 'end' }, fit(item.name, names - 10));
		draw(group, 'rect', { class: 'bar', x: names, y, width: Math.max(1, long), height: row - 7, rx: 2 });
		draw(group, 'text', { class: 'axis', x: names + long + 6, y: y + 13 }, item.text);
	});
}

function tableStart(section, plot) {
	const table = section.querySelector('table');
	if (!table)
		return;
	sortable(table);
	cutCells(table);
	const column = Number(plot.dataset.column), head = table.tHead.rows[0].cells;
	if (!(column >= 0) || table.tBodies[0].rows.length < 2)
		return;
	const keys = [...head].map((cell, i) => i).filter(i => i !== column && !head[i].classList.contains('n') ||
		head[i].classList.contains('key'));
	const list = [...table.tBodies[0].rows].slice(0, 20).map(row => ({
		name: keys.map(i => row.cells[i].textContent).join(' '), value: Number(row.cells[column].dataset.v) || 0,
		text: row.cells[column].textContent,
	}));
	const unit = head[column].dataset.unit || '', name = head[column].textContent;
	const axis = unit && unit !== name && !scale(1, unit) ? `${name} (${safe(unit)})` : name;
	const svg = draw(plot, 'svg', { role: 'img' });
	follow(plot, width => bars(svg, width, list, axis, unit,
		`Bar chart: ${axis} of the first ${list.length} rows of the table below.`));
}

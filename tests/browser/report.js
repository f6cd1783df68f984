// Opens the fixture's pages in a browser and checks what a person would see and do:
// report.js CHROMIUM FOLDER [PAGE.html...]
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { chromium } = require('playwright-core');

const [, , executablePath, folder, ...others] = process.argv;
const fixture = JSON.parse(fs.readFileSync(path.join(folder, 'fixture.json'), 'utf8'));
const shots = process.env.SYSWHY_SHOTS;
const checks = [];
const check = (name, run, options = {}) => checks.push({ name, run, options });

// What holds of every page: quiet, alone, and no wider than the window.
async function open(browser, file, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
	const page = await context.newPage(), seen = { errors: [], requests: [] };
	page.setDefaultTimeout(10000);
	page.on('console', message => ['error', 'warning'].includes(message.type()) && seen.errors.push(message.text()));
	page.on('pageerror', error => seen.errors.push(error.stack));
	page.on('request', request => request.url().startsWith('data:') || seen.requests.push(request.url()));
	const url = pathToFileURL(file).href;
	await page.goto(url);
	if (options.javaScriptEnabled !== false)
		await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
	const quiet = () => {
		assert.deepEqual(seen.errors, [], 'errors on the console');
		assert.deepEqual(seen.requests, [url], 'requests beside the page itself');
	};
	quiet();
	return { page, context, quiet };
}

const texts = locator => locator.evaluateAll(all => all.map(one => one.textContent));
const flame = page => page.locator('#e3 canvas.flame');
const state = page => flame(page).evaluate(canvas => ({ ...canvas.dataset }));
const column = (page, section, n) => texts(page.locator(`${section} tbody tr:not([hidden]) td:nth-child(${n})`));

// Elements that stick out of the window and are not inside something that scrolls by itself.
const sticking = page => page.evaluate(() => [...document.querySelectorAll('body *')].filter(element =>
	!element.closest('.scroll, pre, [hidden], details:not([open]) > :not(summary)') && !element.closest('svg *') &&
	element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5).map(element => element.outerHTML.slice(0, 90)));

check('question first, answer, then what it rests on, program, plan, how it was measured', async page => {
	assert.equal(await page.locator('h1').textContent(), fixture.json.question);
	const order = (await texts(page.locator('h1, main > p, section h2, main > h2'))).map(text => text.slice(0, 14));
	const place = start => order.findIndex(text => text.startsWith(start));
	const places = ['count page', 'bash caused', '[1] page', '[4] files', 'Program', 'Plan', 'How it was'].map(place);
	assert.ok(places.every(at => at >= 0), `all there: ${places}`);
	assert.deepEqual(places, [...places].sort((a, b) => a - b));
});

check('citations lead to their evidence', async page => {
	const link = page.locator('main > p a[href="#e1"]').first();
	await link.click();
	assert.equal(await page.evaluate(() => document.querySelector(':target h2').textContent), '[1] page faults by process');
});

check('hostile names are inert and shown as they are', async page => {
	assert.equal(await page.evaluate(() => window.broken), undefined);
	assert.equal(await page.locator('img').count(), 0);
	assert.ok((await column(page, '#e1', 1)).includes('</script><img src=x onerror="window.broken=1"><b>'));
	assert.match(await page.locator('#e6 pre').first().textContent(), /second line \\x1b\[31mred/);
	const data = await page.evaluate(() => JSON.parse(document.querySelector('#e3 script').textContent));
	assert.deepEqual(data, fixture.evidence[2].data);
});

check('bar chart: lengths follow the numbers, axis is labelled', async page => {
	const widths = await page.locator('#e1 .plot rect.bar').evaluateAll(all => all.map(bar => Number(bar.getAttribute('width'))));
	const values = fixture.evidence[0].data.rows.map(row => row[2]);
	assert.equal(widths.length, values.length);
	widths.forEach((width, i) => assert.ok(Math.abs(width / widths[0] - values[i] / values[0]) < 0.01));
	assert.deepEqual(await texts(page.locator('#e1 .axis .title')), ['faults']);
	assert.ok((await texts(page.locator('#e1 .axis text'))).includes('10,000'));
});

check('a table sorts by pointer and by keyboard', async page => {
	const head = name => page.locator('#e1 th', { hasText: name });
	await head('faults').locator('button').click();
	assert.equal(await head('faults').getAttribute('aria-sort'), 'descending');
	await head('faults').locator('button').click();
	assert.equal(await head('faults').getAttribute('aria-sort'), 'ascending');
	const counts = (await column(page, '#e1', 3)).map(text => Number(text.replace(/,/g, '')));
	assert.deepEqual(counts, [...counts].sort((a, b) => a - b));
	await head('process').locator('button').focus();
	await page.keyboard.press('Enter');
	assert.equal(await head('faults').getAttribute('aria-sort'), null);
	const names = await column(page, '#e1', 1);
	assert.deepEqual(names, [...names].sort((a, b) => a.localeCompare(b)));
});

check('scaled numbers sort by size, absent ones come last', async page => {
	await page.locator('#e7 th', { hasText: 'read' }).locator('button').click();
	assert.deepEqual(await column(page, '#e7', 2), ['14.2 MiB', '512 B', '-']);
	await page.locator('#e7 th', { hasText: 'read' }).locator('button').click();
	assert.deepEqual(await column(page, '#e7', 2), ['512 B', '14.2 MiB', '-']);
});

check('histogram: edges with units, linear and log', async page => {
	const labels = await texts(page.locator('#e2 .series').first().locator('.axis text'));
	for (const label of ['8 us', '1 ms', 'time', 'count', '1,000'])
		assert.ok(labels.includes(label), `${label} in ${labels}`);
	const heights = () => page.locator('#e2 .series').first().locator('rect.bar').evaluateAll(all =>
		all.map(bar => Number(bar.getAttribute('height'))));
	const linear = await heights();
	assert.ok(Math.abs(linear[2] / linear[3] - 240 / 1204) < 0.01);
	await page.locator('#e2 button', { hasText: 'log' }).click();
	const log = await heights();
	assert.equal(log[3], linear[3]);
	assert.ok(log[2] > 3 * linear[2]);
	await page.locator('#e2 button', { hasText: 'linear' }).click();
	assert.deepEqual(await heights(), linear);
});

check('heat map: many shades, told in words', async page => {
	const canvas = page.locator('#e2 canvas.heat');
	// What was asked for, each interval, stands above what they add up to.
	assert.ok((await canvas.boundingBox()).y < (await page.locator('#e2 .series').first().boundingBox()).y);
	const shades = await canvas.evaluate(element => {
		const { data } = element.getContext('2d').getImageData(0, 0, element.width, element.height), found = new Set();
		for (let i = 0; i < data.length; i += 4)
			found.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
		return found.size;
	});
	assert.ok(shades > 20, `${shades} shades`);
	assert.match(await canvas.getAttribute('aria-label'), /from 1 s to 30 s/);
	await canvas.hover({ position: { x: 80, y: 60 } });
	assert.match(await page.locator('#tip').textContent(), /us.* at 1 s/);
});

check('flame graph: search marks frames and tells their share', async page => {
	const before = await flame(page).screenshot();
	await page.locator('#e3 input[type=search]').fill('KSYS_read');
	assert.equal((await state(page)).matches, '2');
	assert.equal(await page.locator('#e3 output').textContent(), '2 frames, 67.1% of all');
	assert.notDeepEqual(await flame(page).screenshot(), before);
	await page.locator('#e3 input[type=search]').fill('main'); /* nested frames count once */
	assert.match(await page.locator('#e3 output').textContent(), / 97\.6% of all$/);
	await page.locator('#e3 button', { hasText: 'Reset' }).click();
	assert.equal((await state(page)).matches, '0');
	assert.equal(await page.locator('#e3 input[type=search]').inputValue(), '');
});

check('flame graph: tooltip, zoom by click, pan, reset', async page => {
	const whole = await state(page), box = await flame(page).boundingBox();
	const bash = { x: box.width * 0.75, y: 19 * 1.5 };
	assert.equal(whole.from, '0.000000');
	await flame(page).hover({ position: bash });
	assert.equal(await page.locator('#tip').textContent(), 'bash250 samples, 30.5% of all');
	await flame(page).click({ position: bash });
	const zoomed = await state(page);
	assert.ok(Number(zoomed.frames) < Number(whole.frames));
	assert.ok(Math.abs(Number(zoomed.to) - Number(zoomed.from) - 250 / 820) < 1e-5);
	await page.locator('#e3').getByRole('button', { name: 'Pan left' }).click();
	const panned = await state(page);
	assert.ok(Number(panned.from) < Number(zoomed.from));
	const now = await flame(page).boundingBox(), y = now.y + 10;
	await page.mouse.move(now.x + 200, y);
	await page.mouse.down();
	await page.mouse.move(now.x + 320, y, { steps: 4 });
	await page.mouse.up();
	const dragged = await state(page);
	assert.ok(Number(dragged.from) < Number(panned.from), 'dragging to the right shows what is further left');
	assert.ok(Math.abs((dragged.to - dragged.from) - (panned.to - panned.from)) < 1e-5, 'and keeps the zoom');
	await page.locator('#e3').getByRole('button', { name: 'Zoom out' }).click();
	assert.ok((await state(page)).to - (await state(page)).from > dragged.to - dragged.from);
	await page.locator('#e3 button', { hasText: 'Reset' }).click();
	assert.deepEqual(await state(page), whole);
});

check('flame graph: by keyboard', async page => {
	await flame(page).focus();
	for (const key of ['ArrowDown', 'ArrowRight', 'ArrowDown'])
		await page.keyboard.press(key);
	assert.equal(await page.locator('#e3 p[aria-live]').textContent(), '_start: 250 samples, 30.5% of all');
	await page.keyboard.press('Enter');
	assert.ok(Number((await state(page)).from) > 0.6);
	await page.keyboard.press('Escape');
	assert.equal((await state(page)).to, '1.000000');
});

check('events: filter by text and time, sort, timeline', async page => {
	const told = () => page.locator('#e4 output').textContent();
	const search = page.locator('#e4 input[type=search]');
	await search.fill('gcc file1');
	const rows = fixture.evidence[3].data.rows;
	const wanted = rows.filter(row => row.join(' ').includes('gcc') && row.join(' ').includes('file1')).length;
	assert.equal(await told(), `${wanted} of 120 events`);
	assert.equal(await page.locator('#e4 tbody tr:not([hidden])').count(), wanted);
	await search.fill('');
	await page.locator('#e4 input[aria-label="from (s)"]').fill('1');
	await page.locator('#e4 input[aria-label="to (s)"]').fill('2');
	assert.equal(await told(), `${rows.filter(row => row[0] >= 1 && row[0] <= 2).length} of 120 events`);
	await page.locator('#e4 button', { hasText: 'Reset' }).click();
	await page.locator('#e4 svg.timeline').scrollIntoViewIfNeeded();
	const box = await page.locator('#e4 svg.timeline').boundingBox();
	await page.mouse.move(box.x + 300, box.y + 20);
	await page.mouse.down();
	await page.mouse.move(box.x + 500, box.y + 20, { steps: 4 });
	await page.mouse.up();
	const shown = Number((await told()).split(' ')[0]);
	assert.ok(shown > 5 && shown < 60, `${shown} events in a fifth of the time`);
	await page.locator('#e4 button', { hasText: 'Reset' }).click();
	assert.equal(await told(), '120 of 120 events');
	await page.locator('#e4 th', { hasText: 'latency' }).locator('button').click();
	const latency = await page.locator('#e4 tbody td:nth-child(4)').evaluateAll(all => all.map(cell => Number(cell.dataset.v)));
	assert.deepEqual(latency, [...latency].sort((a, b) => b - a));
	assert.ok((await texts(page.locator('#e4 svg.timeline text'))).some(text => /^[\d.]+ m?s$/.test(text)));
});

check('narrow window: nothing sticks out', async page => {
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 400);
	assert.deepEqual(await sticking(page), []);
}, { viewport: { width: 400, height: 800 }, hasTouch: true, isMobile: true });

check('dark: a dark ground, light text, and the plots follow', async page => {
	const sum = text => text.match(/\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0);
	const look = () => page.evaluate(() => [getComputedStyle(document.documentElement).backgroundColor,
		getComputedStyle(document.body).color]);
	const [ground, ink] = await look();
	assert.ok(sum(ground) < 150 && sum(ink) > 600, `${ink} on ${ground}`);
	const before = await flame(page).screenshot();
	await page.emulateMedia({ colorScheme: 'light' });
	await page.waitForFunction(() => !matchMedia('(prefers-color-scheme: dark)').matches);
	assert.ok(sum((await look())[0]) > 700);
	assert.notDeepEqual(await flame(page).screenshot(), before);
}, { colorScheme: 'dark' });

check('print: light, without controls', async page => {
	await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
	assert.equal(await page.locator('.controls:visible').count(), 0);
	assert.ok((await page.pdf({ format: 'A4' })).length > 10000);
});

check('without a script the numbers are there', async page => {
	assert.equal(await page.locator('#e1 tbody tr').count(), 12);
	assert.equal(await page.locator('#e2 tbody tr').count(), 15);
	assert.equal(await page.locator('#e4 tbody tr').count(), 120);
}, { javaScriptEnabled: false });

check('20,000 frames: all are there, and only what can be seen is drawn', async page => {
	const { total, frames } = await state(page);
	assert.ok(Number(total) >= 20000 && Number(frames) < Number(total), `${frames} of ${total}`);
	await page.locator('#e3 input[type=search]').fill('f17_');
	assert.ok(Number((await state(page)).matches) > 5);
	const spent = await page.evaluate(() => {
		const start = performance.now(), button = document.querySelector('#e3 [aria-label="Zoom in"]');
		for (let i = 0; i < 10; i++)
			button.click();
		return (performance.now() - start) / 10;
	});
	console.log(`# ${frames} of ${total} frames drawn, ${spent.toFixed(1)} ms a picture`);
}, { file: 'large.html' });

async function forbidden(browser) {
	const { page, context } = await open(browser, path.join(folder, 'fixture.html'));
	const violated = await page.evaluate(async () => {
		const found = [];
		document.addEventListener('securitypolicyviolation', event => found.push(event.effectiveDirective));
		await fetch('http://127.0.0.1:9/').catch(() => {});
		const hook = document.createElement('div');
		hook.innerHTML = '<a onclick="window.broken=1">x</a>';
		document.body.append(hook);
		hook.firstChild.click();
		await new Promise(done => setTimeout(done, 50));
		return { found, broken: window.broken };
	});
	await context.close();
	assert.equal(violated.broken, undefined);
	assert.ok(violated.found.includes('connect-src') && violated.found.includes('script-src-attr'), String(violated.found));
}

async function shoot(browser) {
	for (const [name, options] of Object.entries({ light: {}, dark: { colorScheme: 'dark' },
		narrow: { viewport: { width: 400, height: 800 } } })) {
		const { page, context } = await open(browser, path.join(folder, 'fixture.html'), options);
		await page.screenshot({ path: path.join(shots, `report-${name}.png`), fullPage: true });
		await context.close();
	}
}

async function main() {
	const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
		'--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
	let failed = 0;
	const attempt = async (name, run) => {
		let timer;
		const late = new Promise((_, stop) => { timer = setTimeout(() => stop(new Error('not done after 30 s')), 30000); });
		try {
			await Promise.race([run(), late]);
			console.log('ok ' + name);
		} catch (error) {
			failed++;
			console.log(`not ok ${name}\n${error.stack}`);
		} finally {
			clearTimeout(timer);
		}
	};
	for (const { name, run, options: { file = 'fixture.html', ...options } } of checks)
		await attempt(name, async () => {
			const { page, context, quiet } = await open(browser, path.join(folder, file), options);
			await run(page);
			quiet();
			await context.close();
		});
	await attempt('the page may neither ask the network nor run a script in an attribute', () => forbidden(browser));
	for (const file of others)
		await attempt('page ' + path.basename(file), async () => {
			for (const width of [1200, 400]) {
				const { page, context } = await open(browser, path.resolve(file), { viewport: { width, height: 800 } });
				assert.deepEqual(await sticking(page), []);
				assert.ok(await page.locator('h1').count() === 1);
				await context.close();
			}
		});
	if (shots)
		await shoot(browser);
	await browser.close();
	console.log(`# ${checks.length + 1 + others.length - failed} passed, ${failed} failed`);
	process.exitCode = failed ? 1 : 0;
}

main().catch(error => {
	console.error(error);
	process.exitCode = 1;
});

// looks.mjs: every page, light and dark, phone and desktop: accessible, inside
// the screen, and without a complaint of the browser.
import { cpSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { launch, must, open, quiet, site } from './harness.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SECTION = 'tw-02-physicians-under-their-own-name';

async function filled() {
	const s = await site('looks');
	s.command('password of mo\n', 'user', 'add', 'mo', '--role', 'admin', '--name', 'Mo Derator', '--password-stdin');
	const token = s.command('', 'token', 'add', 'mo', '--scope', 'moderate');
	const post = async (path, body, signed) => {
		const r = await fetch(`${s.base}/api/v1${path}`, { method: 'POST', body: JSON.stringify(body),
			headers: { 'Content-Type': 'application/json', ...(signed && { Authorization: `Bearer ${token}` }) } });
		must(r.ok, `${path}: ${r.status} ${await r.clone().text()}`);
		return r.json();
	};
	const suggest = async (from, to, signed) => {
		const e = await (await fetch(`${s.base}/api/v1/guides/twitter/edit?section=${SECTION}`)).json();
		return post('/guides/twitter/proposals', { base: e.base, section: SECTION, text: e.text.replace(from, to), interests: 'none', reason: 'It reads better.' }, signed);
	};
	const head = async id => (await (await fetch(`${s.base}/api/v1/proposals/${id}`, { headers: { Authorization: `Bearer ${token}` } })).json()).head;
	const one = await suggest('should show', 'should always show');
	await post(`/proposals/${one.id}/merge`, { shown: await head(one.id) }, true);
	await post('/releases', { guide: 'twitter' }, true);
	const two = await suggest('five words', 'six words', false).catch(() => null) ?? await suggest('their name', 'their full name', false);
	await post(`/proposals/${two.id}/comments`, { text: 'Why full?' }, true);
	s.follow = two.follow;
	s.open = two.id;
	return s;
}

async function look(page, path, where) {
	await page.goto(path);
	for (const width of where.phone ? [320, 390, 768] : [1024, 1440]) {
		await page.setViewportSize({ width, height: 900 });
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		must(wide <= 0, `${path} is ${wide} px wider than ${width}`);
	}
	await page.setViewportSize(where.phone ? { width: 390, height: 844 } : { width: 1440, height: 1000 });
	// addScriptTag would need the policy to be weaker; evaluate does not
	await page.evaluate(axe);
	const found = await page.evaluate(t => window.axe.run({ runOnly: t }), tags);
	must(found.violations.length === 0, `${path} ${JSON.stringify(where)}: ` + found.violations
		.map(v => `${v.id} (${v.nodes.length}): ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].failureSummary?.replace(/\s+/g, ' ').slice(0, 200)}`).join('; '));
	must((await page.locator('h1').count()) === 1, `${path} has not one h1`);
	must(await page.locator('link[rel=alternate][type="application/json"]').count(), `${path} does not name its twin`);
}

export async function every_page() {
	const s = await filled(), browser = await launch(), wrong = [];
	const anonymous = ['/', '/guides', '/guides/twitter', '/guides/blogs', '/guides/twitter/draft', '/guides/twitter/edit',
		`/guides/twitter/edit?section=${SECTION}`, '/suggest-guide', '/proposals', '/proposals/1', s.follow, s.follow.replace('?', '/sent?'),
		s.follow.replace('?', '/edit?'), '/guides/twitter/history', '/guides/twitter/v/1.0.0', '/releases', '/search?q=side', '/sign-in', '/nowhere'];
	const signed = ['/review', `/review/${s.open}`, '/review/1', '/releases/new', '/releases/new?guide=twitter', '/me', '/people', '/guides/twitter'];
	try {
		for (const colorScheme of ['light', 'dark']) {
			for (const isPhone of [false, true]) {
				const page = await open(browser, s, { colorScheme, ...(isPhone && { isMobile: true, hasTouch: true, viewport: { width: 390, height: 844 } }) });
				const each = async paths => {
					for (const path of paths)
						await look(page, path.startsWith('http') ? path : s.base + path, { colorScheme, phone: isPhone }).catch(e => wrong.push(e.message.slice(0, 600)));
				};
				await each(anonymous);
				must((await page.context().cookies()).length === 0, 'an anonymous reader was given a cookie');
				await page.goto(`${s.base}/sign-in`);
				await page.fill('#handle', 'mo');
				await page.fill('#password', 'password of mo');
				await page.click('main button.pri');
				await page.waitForURL(`${s.base}/`);
				await each(signed);
				quiet(page);
				await page.context().close();
			}
		}
	} finally {
		await browser.close();
	}
	await s.stop();
	must(wrong.length === 0, `${wrong.length}: ${wrong.join(' | ')}`);
}

// Without npm: system fonts, no icons, no toolbar, and nothing missing.
export async function without_npm() {
	const web = `${process.env.GUIDEHALL_SCRATCH ?? '/tmp'}/plain-web`;
	cpSync(`${process.env.GUIDEHALL_TOP ?? '.'}/web`, web, { recursive: true, filter: from => !/\/(built|node_modules)(\/|$)/.test(from) });
	const s = await site('plain', '--web', web), browser = await launch();
	try {
		const page = await open(browser, s), missing = [];
		page.on('response', r => r.status() >= 400 && missing.push(r.url()));
		for (const path of ['/', '/guides/twitter', `/guides/twitter/edit?section=${SECTION}`, '/proposals', '/sign-in'])
			await page.goto(s.base + path);
		must(missing.length === 0, `asks for what is not there: ${missing}`);
		quiet(page);
	} finally {
		await browser.close();
	}
	await s.stop();
}

// What the home of a reader must not need.
export async function a_guide_is_light() {
	const s = await site('light'), browser = await launch();
	try {
		const page = await open(browser, s);
		const sizes = {};
		page.on('response', async r => {
			sizes[new URL(r.url()).pathname.replace(/assets\/\w+/, 'assets')] = (await r.body().catch(() => '')).length;
		});
		await page.goto(`${s.base}/guides/twitter`);
		await page.waitForTimeout(500);
		const script = Object.entries(sizes).filter(([k]) => k.endsWith('.js')).reduce((n, [, v]) => n + v, 0);
		must(script < 12 * 1024, `scripts of ${script} bytes: ${JSON.stringify(sizes)}`);
		quiet(page);
	} finally {
		await browser.close();
	}
	await s.stop();
}

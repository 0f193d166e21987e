// elsewhere.mjs: what another site can make a real browser do to ours: nothing.
import { createServer } from 'node:http';
import { launch, must, site } from './harness.mjs';

// Another port is another origin, and the same site: the cookie is sent along.
async function stranger(html) {
	const server = createServer((from, to) => {
		to.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
		to.end(html);
	});
	await new Promise(done => server.listen(0, '127.0.0.1', done));
	return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

async function signed_in(name) {
	const s = await site(name), browser = await launch();
	s.command('password of ada\n', 'user', 'add', 'ada', '--role', 'admin', '--name', 'Ada', '--password-stdin');
	const page = await (await browser.newContext()).newPage();
	await page.goto(`${s.base}/sign-in`);
	await page.fill('#handle', 'ada');
	await page.fill('#password', 'password of ada');
	await page.click('main button.pri');
	await page.waitForURL(`${s.base}/`);
	return { s, browser, page };
}

export async function a_form_on_another_port() {
	const { s, browser, page } = await signed_in('csrf');
	const fields = { 'application/x-www-form-urlencoded': '<input name="name" value="Eve">', 'text/plain': '<input name=\'{"name":"Eve","x":"\' value=\'"}\'>', 'multipart/form-data': '<input name="name" value="Eve">' };
	for (const [type, inputs] of Object.entries(fields)) {
		for (const path of ['/me/profile', '/api/v1/me/profile', '/me/sign-out-everywhere', '/sign-out', '/people', '/sign-in']) {
			const other = await stranger(`<form method="post" action="${s.base}${path}" enctype="${type}">${inputs}</form>`);
			await page.goto(other.url);
			const [reply] = await Promise.all([page.waitForResponse(r => r.url() === s.base + path), page.waitForURL(s.base + path), page.evaluate(() => document.forms[0].submit())]);
			must(reply.status() === 403, `${type} to ${path}: ${reply.status()}`);
			other.close();
		}
	}
	// scripts of another site: not sent, or not read
	const other = await stranger('<p>x</p>');
	await page.goto(other.url);
	const got = await page.evaluate(async base => {
		const told = [];
		for (const options of [{}, { credentials: 'include' }, { mode: 'no-cors', credentials: 'include', method: 'POST', body: 'name=Eve' }, { method: 'POST', credentials: 'include', headers: { 'Content-Type': 'application/json' }, body: '{}' }])
			told.push(await fetch(`${base}/api/v1/me/profile`.replace('/profile', options.method ? '/profile' : ''), options).then(r => r.type === 'opaque' ? 'opaque' : `read ${r.status}`, () => 'no'));
		return told;
	}, s.base);
	must(!got.some(words => words.startsWith('read')), `another site reads: ${got}`);
	other.close();
	await page.goto(`${s.base}/me`);
	must((await page.inputValue('#name')) === 'Ada', 'the name was changed from elsewhere');
	await browser.close();
	await s.stop();
}

export async function nobody_puts_it_in_a_frame() {
	const { s, browser, page } = await signed_in('frame');
	for (const path of ['/', '/review', '/nowhere', '/me', '/guides/twitter/draft.md', '/feed.atom', '/assets/x/base.css', '/api/v1/guides', '/guides/%00']) {
		for (const tag of ['iframe src', 'object data', 'embed src']) {
			const other = await stranger(`<${tag}="${s.base}${path}"></${tag.split(' ')[0]}>`);
			await page.goto(other.url, { waitUntil: 'load' });
			const inside = page.frames().filter(f => f !== page.mainFrame() && f.url().startsWith(s.base));
			for (const frame of inside)
				must(!(await frame.evaluate(() => document.body?.innerText ?? '').catch(() => '')), `${path} is shown in <${tag}>`);
			other.close();
		}
	}
	await browser.close();
	await s.stop();
}

// A file that is read as a page would be a page: no name or type makes one.
export async function files_are_not_pages() {
	const { s, browser, page } = await signed_in('files');
	const token = s.command('', 'token', 'add', 'ada', '--scope', 'moderate');
	const post = async (path, body, by) => (await fetch(`${s.base}/api/v1${path}`, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...(by && { Authorization: `Bearer ${token}` }) } })).json();
	const hostile = '<html><script>document.title = "live"</script><svg onload="document.title=\'live\'">';
	const sent = await post('/guides', { slug: 'files', title: 'Files', interests: 'none', text: `# Files\n\n## A\n\n${hostile}\n` });
	const { head } = await (await fetch(`${s.base}/api/v1/proposals/${sent.id}`, { headers: { Authorization: `Bearer ${token}` } })).json();
	must((await post(`/proposals/${sent.id}/merge`, { shown: head }, true)).state === 'merged', 'not merged');
	must((await post('/releases', { guide: 'files', notes: hostile }, true)).version === '1.0.0', 'not released');
	let shown = 0;
	for (const path of ['/guides/files/draft.md', '/guides/files/v/1.0.0.md', '/guides/files/v/1.0.0.zip', '/guides/files/v/1.0.0/SHA256SUMS', '/guides/files/v/1.0.0.html', '/feed.atom', '/api/v1/guides/files']) {
		const reply = await page.goto(s.base + path).catch(e => must(/Download is starting|ERR_ABORTED/.test(e.message), e.message));
		if (!reply) continue;
		shown++;
		must((await page.title()) !== 'live', `${path} runs`);
		must(reply.headers()['x-content-type-options'] === 'nosniff', path);
	}
	must(shown >= 3, `only ${shown} could be shown`);
	await browser.close();
	await s.stop();
}

// oracle.mjs: what a browser makes of a reply, judged
//
// A viewer is a Chromium page behind a server of its own. That server hands the
// browser one kept reply, byte for byte and with the headers the site sent, and
// passes everything else (style sheets, scripts, icons) on to the site. So any
// reply, to a form or to a moderator, is shown as it would be to who asked.
//
// Every reply is read by Chromium's own parser, without being shown, and judged.
// Shown is each shape once: a page of the same elements in the same places with
// the same attribute names as one that was shown differs in words only, and
// where words could be addresses the judge has read them.
import { Agent, createServer, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

// One request, wholly under our control; redirects are not followed.
export function ask(port, method, path, { headers = {}, body } = {}) {
	return new Promise((done, failed) => {
		const on = request({ port, host: '127.0.0.1', method, path, agent, headers: { ...headers, ...(body !== undefined && { 'Content-Length': Buffer.byteLength(body) }) } }, r => {
			const parts = [];
			r.on('data', part => parts.push(part));
			r.on('end', () => done({ path, status: r.statusCode, headers: r.headers, body: Buffer.concat(parts) }));
			r.on('error', failed);
		});
		on.on('error', failed);
		on.end(body);
	});
}

// ---- the judge, inside the page ----

// `known`: element and attribute names a site without payloads has; null: tell
// them. `text` and `type`: a page to read instead of the one that is shown.
function judge({ known, text, type }) {
	const page = text === undefined ? document : new DOMParser().parseFromString(text, type);
	const found = [], names = new Set(), shape = new Set(), safe = ['http:', 'https:', 'mailto:'];
	const addresses = ['href', 'src', 'action', 'formaction', 'xlink:href', 'data', 'poster', 'background', 'srcset', 'cite', 'ping', 'srcdoc'];
	const protocol = url => URL.canParse(url, 'http://x') ? new URL(url, 'http://x').protocol : 'http:';
	if (window.__x !== undefined) found.push('window.__x is set');
	for (const words of window.__violations ?? []) found.push(`the policy was broken: ${words}`);
	for (const e of page.querySelectorAll('*')) {
		names.add(`<${e.localName}>`);
		shape.add([e.parentElement?.localName, e.localName, ...e.getAttributeNames(), ['script', 'style'].includes(e.localName) ? `${e.textContent} ${e.getAttribute('src')}` : ''].join(' '));
		for (const { name, value } of e.attributes) {
			const url = value.replace(/[\u0000-\u0020]/g, '');
			names.add(name);
			if (/^on/i.test(name)) found.push(`<${e.localName} ${name}>`);
			if (addresses.includes(name) && /^(javascript|vbscript|data):/i.test(url)) found.push(`<${e.localName} ${name}=${value.slice(0, 80)}>`);
			if (name === 'href' && /^[/\\]{2}/.test(url)) found.push(`an address of another host without its scheme: ${value.slice(0, 80)}`);
			if (name === 'href' && e.localName === 'a' && !safe.includes(protocol(value))) found.push(`a link with ${protocol(value)} ${value.slice(0, 80)}`);
		}
	}
	if (/oracle49/.test(page.documentElement.textContent)) found.push('a template was evaluated');
	if (known) found.push(...[...names].filter(n => !known.includes(n)).map(n => `${n} is in no page of ours`));
	let hash = 0n;
	for (const c of [...shape].sort().join('\n')) hash = BigInt.asUintN(64, (hash ^ BigInt(c.codePointAt(0))) * 1099511628211n);
	return { found, names: [...names], shape: String(hash) };
}

// Kinds of pages have elements of their own: a browser shows JSON in one way, a
// release file brings its style sheet.
const kind = reply => `${(reply.headers['content-type'] ?? '').split(';')[0]}${/\.html(\?|$)/.test(reply.path) ? ' file' : ''}`;

// What a reply's head must not hold, shown or not.
function headers(reply, origin) {
	const found = [], to = reply.headers.location, h = reply.headers;
	if ('x-oracle' in h || /oracle=/.test(h['set-cookie'] ?? '')) found.push('a header was written by a payload');
	if (to && new URL(to, origin).origin !== origin) found.push(`leads to ${to}`);
	if (!h['content-security-policy']?.includes("default-src 'none'") || h['x-content-type-options'] !== 'nosniff') found.push('without its security headers');
	if (reply.status >= 500) found.push(`status ${reply.status}`);
	return found;
}

// ---- viewers ----

async function front(port) {
	const kept = new Map();
	const server = createServer((from, to) => {
		const reply = kept.get(from.url);
		if (reply) {
			const { 'content-length': length, connection, 'transfer-encoding': coding, 'set-cookie': cookie, 'content-encoding': encoding, ...head } = reply.headers;
			to.writeHead(reply.status, head);
			return to.end(reply.body);
		}
		const on = request({ port, host: '127.0.0.1', method: from.method, path: from.url, headers: from.headers, agent }, r => {
			to.writeHead(r.statusCode, r.headers);
			r.pipe(to);
		});
		on.on('error', () => to.destroy());
		from.pipe(on);
	});
	await new Promise(done => server.listen(0, '127.0.0.1', done));
	return { kept, server, origin: `http://127.0.0.1:${server.address().port}` };
}

async function viewer(browser, port) {
	const { kept, server, origin } = await front(port);
	const context = await browser.newContext();
	const reader = await context.newPage(), page = await context.newPage();
	let seen = [];
	await page.addInitScript(() => document.addEventListener('securitypolicyviolation', e =>
		(window.__violations ??= []).push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`)));
	page.on('dialog', d => {
		if (d.type() !== 'beforeunload') seen.push(`a dialog: ${d.message()}`);
		d.dismiss().catch(() => {});
	});
	page.on('request', r => {
		if (!r.url().startsWith(origin)) seen.push(`asks ${r.url()}`);
	});
	page.on('console', m => {
		if (/Content Security Policy|Trusted Type/i.test(m.text())) seen.push(m.text().slice(0, 200));
	});
	// Show one reply; what is wrong with it, and the names it is made of.
	const show = async (reply, known) => {
		seen = [];
		kept.set(reply.path, reply);
		let names = [];
		try {
			await page.goto(origin + reply.path, { waitUntil: 'load' });
			const told = await page.evaluate(judge, { known });
			names = told.names;
			seen.push(...told.found);
		} catch (e) {
			// a file to keep is not shown: nothing of it can be live
			if (!/Download is starting|ERR_ABORTED/.test(e.message)) seen.push(`cannot be shown: ${e.message.split('\n')[0]}`);
		}
		kept.delete(reply.path);
		return { found: [...new Set(seen)], names };
	};
	const read = (reply, known, type) => reader.evaluate(judge, { known, type, text: reply.body.toString() });
	return { show, read, close: () => new Promise(done => server.close(done) && server.closeAllConnections()) };
}

// What differs between two pages without meaning anything.
const plain = reply => `${reply.status}${reply.headers['content-type']}${reply.headers['content-security-policy']}` + reply.body.toString('latin1')
	.replace(/name="_token" value="[^"]*"/g, '').replace(/key=[\w-]+|value="[\w-]{43}"/g, '').replace(/[0-9a-f]{40}/g, '')
	.replace(/(\/(proposals|review)\/|Suggestion |Proposal |"id":)\d+/g, '$1').replace(/\d\d:\d\d(:\d\d)?/g, '');

// How Chromium would read it; null: as mere text.
function parser(reply) {
	const type = (reply.headers['content-type'] ?? '').split(';')[0];
	return type === 'text/html' ? type : /xml/.test(type) ? 'application/xml' : null;
}

// `most` viewers taking turns. look() gives a reply to the next free one.
export async function oracle(browser, port, most) {
	const free = [], waiting = [], met = new Set(), all = [];
	const o = { live: [], replies: 0, pages: 0, shown: 0, known: {}, expected: [] };
	for (let i = 0; i < most; i++) all.push(await viewer(browser, port));
	free.push(...all);
	const take = () => free.length ? free.pop() : new Promise(done => waiting.push(done));
	const give = v => waiting.length ? waiting.shift()(v) : free.push(v);
	const report = (what, found) => found.length && o.live.push(`${what}: ${found.slice(0, 3).join('; ')}`);
	const first = key => !met.has(key) && met.add(key);
	const view = async (reply, known) => {
		const v = await take(), type = parser(reply);
		try {
			const read = type ? await v.read(reply, known, type) : { found: [], names: [], shape: '' };
			o.pages++;
			if (!first(`${kind(reply)} ${reply.status} ${reply.headers['content-security-policy']} ${read.shape}`)) return read;
			o.shown++;
			const shown = await v.show(reply, known);
			return { found: [...read.found, ...shown.found], names: [...read.names, ...shown.names] };
		} finally {
			give(v);
		}
	};
	o.look = async (reply, what = reply.path) => {
		o.replies++;
		report(what, headers(reply, `http://127.0.0.1:${port}`));
		if (!reply.body.length || reply.status === 303 || !first(plain(reply))) return;
		report(what, (await view(reply, o.known[kind(reply)] ?? [])).found.filter(f => !o.expected.includes(f)));
	};
	// A page of a clean site: whatever it is made of is ours. XML is shown by a
	// viewer of Chromium's own, which is not made for our policy.
	o.learn = async reply => {
		if (!reply.body.length || !first(`clean ${plain(reply)}`)) return;
		const { found, names } = await view(reply, null);
		if (parser(reply) === 'application/xml') o.expected.push(...found);
		else report(`clean ${reply.path}`, found);
		o.known[kind(reply)] = [...new Set([...(o.known[kind(reply)] ?? []), ...names])];
	};
	// A page of the test's own, to prove that the judge can find: as read, as shown.
	o.judge = async reply => (await Promise.all([all[0].read(reply, o.known['text/html'], 'text/html'), all[0].show(reply, o.known['text/html'])]));
	o.close = () => Promise.all(all.map(v => v.close()));
	return o;
}

// Work on all items, a few at a time.
export async function several(items, most, work) {
	const left = [...items];
	await Promise.all(Array.from({ length: most }, async () => {
		while (left.length) await work(left.shift());
	}));
}

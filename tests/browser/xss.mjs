// xss.mjs: everything people have tried, in every field, looked at in every view
//
// The fields come from the program's own description of its interface, so a new
// one is tried without a word here. What a new operation needs is one line in
// `ways`: who sends it, where, and a body that is right but for the field tried.
// Without that line the test fails.
//
// ./dev test tries a slice; ./dev oracle all (GUIDEHALL_ORACLE=full, or a number).
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { launch, must, site } from './harness.mjs';
import { ask, oracle, several } from './oracle.mjs';
import { payloads, slice } from './payloads.mjs';

const full = 'GUIDEHALL_ORACLE' in process.env;
const tried = process.env.GUIDEHALL_ORACLE === 'full' ? payloads : slice(Number(process.env.GUIDEHALL_ORACLE ?? 12));
const begun = Date.now();
const TOP = process.env.GUIDEHALL_TOP ?? '.';

// A guide with one of everything, so that the judge knows what pages are made of.
const CLEAN = `---
id: small
title: Small
description: One of everything.
platform: general
audience: [pharma]
language: en
jurisdiction: [INT]
licence: CC-BY-4.0
owner: nobody
review-by: 2030-01-01
funding: none
---

# Small

Words *with* **weight**, ~~without~~, \`code\`, a [link](https://a.invalid/ "t"), <b@c.invalid>, ![picture](/x.png), a break\\
and a note.[^1]

> [!NOTE]
> A note.

## One

> [!IMPORTANT]
> **SM-01.** Somebody should do something.[^1]
>
> - Strength: strong
> - Direction: for
> - Certainty: low
> - Basis: expert opinion
> - Audience: pharma

1. a
2. b

3. - [ ] c
   - [x] d

## Two

> quoted

| a | b | c |
|:--|:-:|--:|
| 1 | 2 | 3 |

\`\`\`js
x
\`\`\`

#### Deep

---

End.

[^1]: A source.
`;

// ---- the world: a site with people, and ways to send ----

async function world(name) {
	const guides = `${process.env.GUIDEHALL_SCRATCH ?? '/tmp'}/oracle-guides`;
	mkdirSync(`${guides}/small`, { recursive: true });
	writeFileSync(`${guides}/small/en.md`, CLEAN);
	const s = await site(name, '--guides', guides);
	const w = { s, port: Number(new URL(s.base).port), cookies: { guest: {} }, tokens: {}, opened: [], last: 0 };
	w.get = (path, who = 'guest', headers = {}) => ask(w.port, 'GET', path, { headers: { Accept: 'text/html', ...w.cookies[who], ...headers } });
	w.post = (path, fields, who = 'guest') => ask(w.port, 'POST', path, { body: new URLSearchParams({ _token: w.tokens[who], ...fields }).toString(),
		headers: { Accept: 'text/html', 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin', ...w.cookies[who] } });
	w.json = async (path, who) => JSON.parse((await w.get(`/api/v1${path}`, who)).body);
	w.next = prefix => `${prefix}-${++w.last}`;
	w.token = async who => /name="_token" value="([^"]+)"/.exec((await w.get(who === 'guest' ? '/sign-in' : '/me', who)).body)[1];
	w.tokens.guest = await w.token('guest');
	w.enter = async (handle, role) => {
		s.command(`password of ${handle}\n`, 'user', 'add', handle, '--role', role, '--password-stdin');
		const reply = await w.post('/sign-in', { handle, password: `password of ${handle}` });
		w.cookies[handle] = { Cookie: reply.headers['set-cookie'][0].split(';')[0] };
		w.tokens[handle] = await w.token(handle);
	};
	// a suggestion for the end of a section, as the form sends it
	w.edit = async more => {
		const e = await w.json('/guides/small/edit?section=one');
		return { base: e.base, section: 'one', text: `${e.text}\n\n${more}`, interests: 'none' };
	};
	// a proposal of a guest's, with its private key; remembered to be looked at
	w.sent = reply => {
		const [, id, key] = /^\/proposals\/(\d+)\/sent\?key=(.+)$/.exec(reply.headers.location ?? '') ?? [];
		if (id) w.opened.push({ id, key });
		return id && { id, key };
	};
	w.fresh = async (more = w.next('Words')) => w.sent(await w.post('/guides/small/proposals', await w.edit(more)));
	w.head = async id => (await w.json(`/proposals/${id}`, 'mo')).head;
	return w;
}

// ---- one line an operation ----

// Markdown in each place a reader's page has for it.
const places = p => `${p}\n\nA ${p} b\n\n- ${p}\n\n> ${p}\n\n## ${p}\n\n| ${p.replace(/\s+/g, ' ')} |\n|---|\n| ${p.replace(/\s+/g, ' ')} |`;
// Front matter: a payload in every field that holds words; and in every field that holds a code, which is refused.
const codes = { platform: 'general', audience: ['pharma'], language: 'en', jurisdiction: ['INT'], licence: 'CC-BY-4.0', 'review-by': '2030-01-01', 'consensus-rule': 'ram-ipras', status: 'draft' };
const front = (p, more) => Object.entries({ title: p.slice(0, 120), description: p, owner: p, funding: p, keywords: [p], editors: [{ name: p }], ...more })
	.map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`).join('');
const guide = (p, body = `# ${p}\n\n${places(p)}`) => `---\n${front(p, codes)}---\n\n${body}\n`;
const refused = p => `---\n${front(p, Object.fromEntries(Object.keys(codes).map(name => [name, p])))}id: ${JSON.stringify(p)}\n---\n\n# A\n`;

const pick = (from, ...names) => Object.fromEntries(names.map(name => [name, from[name]]));

// as: who (default a guest); slow: a field that costs a moment each time, so its payloads come by the dozen; body: all that is right; wrap: how a payload becomes values of that field
const ways = {
	'post /sign-in': () => ({ body: { handle: 'nobody', password: '' }, slow: 'password' }),
	'post /me/profile': () => ({ as: 'co', body: { name: 'Co', interests: 'none' } }),
	'post /me/tokens': () => ({ as: 'co', body: { label: 'x', scope: 'read' } }),
	'post /people': w => ({ slow: 'password', as: 'ad', body: { handle: w.next('p'), name: 'P', password: 'a good password', role: 'contributor' } }),
	'post /people/{handle}/role': () => ({ as: 'ad', body: { role: 'contributor' } }),
	'post /guides/{slug}/preview': async w => ({ body: await w.edit('More.'), wrap: { text: p => [places(p)] } }),
	'post /guides/{slug}/proposals': async w => ({ body: await w.edit(w.next('More')), wrap: { text: p => [places(p)] } }),
	'post /guides': w => ({ body: { slug: w.next('g'), title: 'G', text: '# G\n\n## A\n\nb\n', interests: 'none' }, wrap: { text: p => [guide(p), refused(p)] } }),
	'post /proposals/{id}/text': async w => ({ body: { ...pick(await w.json(`/proposals/${w.open.id}/edit?key=${w.open.key}`), 'base', 'section', 'text'), key: w.open.key }, wrap: { text: p => [places(p)] } }),
	'post /proposals/{id}/comments': w => ({ body: { text: 'x', key: w.open.key } }),
	'post /proposals/{id}/withdraw': async (w, field) => ((p) => ({ id: p.id, body: { reason: 'r', key: p.key } }))(field === 'reason' ? await w.fresh() : w.open),
	'post /proposals/{id}/reviews': async w => ({ as: 'mo', body: { verdict: 'approve', shown: await w.head(w.open.id), reason: 'r' } }),
	'post /proposals/{id}/merge': w => ({ as: 'mo', body: { shown: '0'.repeat(40) }, id: w.open.id }),
	'post /proposals/{id}/decline': async (w, field) => (async p => ({ as: 'mo', id: p.id, body: { shown: await w.head(p.id), reason: 'r' } }))(field === 'reason' ? await w.fresh() : w.closed),
	'post /proposals/{id}/undo': () => ({ as: 'mo', body: {} }),
	'post /proposals/{id}/reopen': () => ({ as: 'mo', body: {} }),
	'post /proposals/{id}/publish': () => ({ as: 'mo', body: {} }),
	'post /proposals/{id}/comments/{comment}/publish': () => ({ as: 'mo', body: {} }),
	'post /releases': () => ({ as: 'mo', body: { guide: 'small' } }),
};

// Addresses and parameters that are not in the description.
const hidden = [['/sign-in', 'next'], ['/setup', 'token'], ['/proposals/{id}', 'key'], ['/proposals/{id}/edit', 'key'], ['/guides.git/info/refs', 'service'], ['/me', 'saved'], ['/', 'page']];
const heads = ['Host', 'User-Agent', 'Referer', 'Accept-Language', 'Accept', 'Origin', 'Cookie', 'Authorization', 'Range', 'If-None-Match', 'Git-Protocol',
	'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-User', 'X-Original-URL'];

// As many payloads as fit into a value.
function packs(most) {
	const packed = [''];
	for (const p of tried.filter(p => Buffer.byteLength(p) <= most)) {
		if (packed.at(-1) && Buffer.byteLength(packed.at(-1) + p) > Math.min(most, 1000) - 2) packed.push('');
		packed[packed.length - 1] += (packed.at(-1) && '\n\n') + p;
	}
	return packed;
}

// Where a form led to, numbers and keys aside.
const outcome = reply => `${reply.status} ${(reply.headers.location ?? '').replace(/\d+|(?<==)[\w-]+/g, '*')}`;

const real = (path, w, more = {}) => path.replace(/\{(\w+)\}/g, (_, name) => ({ slug: 'small', id: w.open.id, version: '1.0.0', handle: 'co', comment: '1', ...more })[name]);

async function send(w, path, fields, field) {
	const { as, body, id } = await ways[`post ${path}`](w, field);
	const reply = await w.post(real(path, w, id && { id }), { ...body, ...fields }, as);
	w.sent(reply);
	return reply;
}

// An operation's form: every field hostile at once, so that all of it comes
// back; then those that may hold any words, so that they are kept and shown.
async function form(w, o, path, properties) {
	const names = Object.keys(properties), what = `post ${path}`;
	const { wrap = {}, slow } = await ways[what](w);
	const shown = names.filter(name => name !== slow);
	await several(tried.keys(), 6, async i => o.look(await send(w, path, { ...(slow && { [slow]: '' }), ...Object.fromEntries(shown.map((name, k) => [name, tried[(i + 37 * k) % tried.length]])) }), what));
	if (slow) await several(packs(properties[slow].maxLength), 6, async p => o.look(await send(w, path, { [slow]: p }), `${what} ${slow}`));
	const usual = outcome(await send(w, path, {}));
	const free = [];
	for (const name of shown)
		if (outcome(await send(w, path, { [name]: 'plain words' }, name)) === usual) free.push(name);
	const kept = Object.fromEntries([...new Set([...free, ...Object.keys(wrap)])].map(name => [name, wrap[name] ? tried.flatMap(wrap[name]) : packs(properties[name].maxLength).filter(p => !/[\x00-\x08\x0b-\x1f\x7f]/.test(p))]));
	const most = Math.max(0, ...Object.values(kept).map(list => list.length));
	await several(Array(most).keys(), 6, async i =>
		o.look(await send(w, path, Object.fromEntries(Object.entries(kept).map(([name, list]) => [name, list[i % list.length]])), 'reason'), `${what} ${Object.keys(kept)}`));
	return names.length;
}

async function fields(w, o) {
	const { paths, components } = JSON.parse((await w.get('/api/v1/openapi.json')).body);
	const read = (path, name, who, headers) => several(packs(180), 6, async p => {
		const value = encodeURIComponent(p), at = headers ? path : path.includes(`{${name}}`) ? real(path, w, { [name]: value }) : `${real(path, w)}?${name}=${value}`;
		await o.look(await w.get(at, who, headers?.(p.replace(/[^\x20-\x7e]/g, ''))), `get ${path} ${name}`);
	});
	let count = 0;
	const told = what => full && console.log(`${Math.round((Date.now() - begun) / 1000)} s ${what}: ${o.replies} replies, ${o.pages} pages read, ${o.shown} shown, ${o.live.length} live`);
	for (const [path, item] of Object.entries(paths)) {
		const shape = item.post?.requestBody?.content['application/x-www-form-urlencoded'].schema.$ref.split('/').pop();
		must(!shape || ways[`post ${path}`], `nobody said how to send post ${path}: a line in ways, tests/browser/xss.mjs`);
		if (shape) count += await form(w, o, path, components.schemas[shape].properties);
		for (const { name, in: where } of item.get?.parameters ?? []) {
			count++;
			await read(path, name, where === 'path' ? 'ad' : 'guest');
		}
		told(path);
	}
	for (const [path, name] of hidden) {
		count++;
		await read(path, name, 'guest');
	}
	for (const name of heads) {
		count++;
		for (const path of ['/guides/small', '/nowhere']) await read(path, name, 'guest', p => ({ [name]: name === 'Cookie' ? `session=${p}` : p }));
	}
	told('fields');
	return count;
}

// A form that is too old shows all it was sent, names as well; the set-up is open until somebody finished it.
async function odd_forms(w, o) {
	const token = w.s.setup.split('token=')[1];
	await several(tried, 4, async p => {
		await o.look(await w.post('/guides/small/proposals', { _token: '1.0', [p]: p, text: p }), 'a form that is too old');
		for (const name of ['handle', 'name', 'token'])
			await o.look(await w.post('/setup', { token, handle: 'x', name: 'x', password: 'short', [name]: p }), `post /setup ${name}`);
	});
}

// ---- what was accepted, in every view ----

async function accept(w, group) {
	const text = guide(group.join(' '), `# Accepted\n\n${group.map((p, i) => `## Section ${i}\n\n${places(p)}`).join('\n\n')}`);
	const slug = w.next('accepted');
	const sent = w.sent(await w.post('/guides', { slug, title: 'A', text: text.replace('---\n', `---\nid: ${slug}\n`), interests: 'none', reason: group.join('\n').slice(0, 1000) }));
	const reply = sent && await w.post(`/proposals/${sent.id}/merge`, { shown: await w.head(sent.id) }, 'mo');
	if (reply?.status === 303) {
		await w.post('/releases', { guide: slug, version: '1.0.0', notes: group.join('\n\n').slice(0, 16000) }, 'mo');
		return 1;
	}
	// something in it is no guide: the others are
	if (group.length === 1) return 0;
	const half = Math.ceil(group.length / 2);
	return await accept(w, group.slice(0, half)) + await accept(w, group.slice(half));
}

// Two people write about the same line: both texts are shown.
async function clash(w, o, p) {
	const mine = await w.edit(`Mine ${p}`), theirs = await w.fresh(`Theirs ${p}`);
	if (!theirs) return;
	await w.post(`/proposals/${theirs.id}/merge`, { shown: await w.head(theirs.id) }, 'mo');
	await o.look(await w.post('/guides/small/proposals', mine), 'a clash');
}

function links(reply) {
	if (!/html|xml/.test(reply.headers['content-type'] ?? '')) return [];
	return [...reply.body.toString().matchAll(/href="(\/[^"#]*)/g)].map(([, path]) => path.replace(/&amp;/g, '&').replace(/&#39;/g, '\'').replace(/&quot;/g, '"'))
		.filter(path => !/^\/(assets\/|\/|guides\.git)/.test(path) && /^[\x21-\x7e]+$/.test(path));
}

const START = ['/', '/nowhere', '/sign-in', '/suggest-guide', '/me', '/people', '/review', '/releases/new?guide=small', '/search?q=section', '/search?q=onerror', '/search?q=javascript',
	'/sitemap.xml', '/robots.txt', '/healthz', '/metrics', '/proposals/feed.atom', '/api/v1/openapi.json', '/guides/small/v/1.0.0.html', '/guides/small/v/1.0.0/SHA256SUMS'];
const kind = path => path.replace(/\d+|(?<=section=)[^&]+|(?<=key=)[\w-]+|(?<=\/guides\/)[\w-]+/g, '*');

// Every page a role reaches by links; in a slice a few of each kind.
async function crawl(w, look, who, from = START) {
	const seen = new Set(from), kinds = {};
	for (let left = [...from]; left.length;) {
		await several(left.splice(0), 6, async path => {
			const reply = await w.get(path, who);
			await look(reply, `${path} as ${who}`);
			for (const link of links(reply)) {
				if (seen.has(link) || (!full && (kinds[kind(link)] = (kinds[kind(link)] ?? 0) + 1) > 2)) continue;
				seen.add(link);
				left.push(link);
			}
		});
	}
	return seen.size;
}

// ---- a clean site teaches the judge ----

const templates = () => {
	const names = new Set();
	for (const folder of ['pages', 'parts', '.']) {
		for (const file of readdirSync(`${TOP}/web/${folder}`).filter(f => f.endsWith('.html'))) {
			for (const [tag] of readFileSync(`${TOP}/web/${folder}/${file}`, 'utf8').replace(/\{\{[^}]*\}\}/g, ' ').matchAll(/<[a-z][^>]*>/g)) {
				names.add(`<${/[\w-]+/.exec(tag)[0]}>`);
				for (const [, name] of tag.replace(/"[^"]*"/g, '""').matchAll(/\s([a-z][\w:-]*)/g)) names.add(name);
			}
		}
	}
	return [...names];
};

async function learn(w, o) {
	o.known['text/html'] = [...templates(), '<html>', '<head>', '<body>'];
	for (const [role, handle] of [['contributor', 'co'], ['moderator', 'mo'], ['admin', 'ad']]) await w.enter(handle, role);
	const first = await w.fresh('First.');
	await w.post(`/proposals/${first.id}/merge`, { shown: await w.head(first.id) }, 'mo');
	await w.post('/releases', { guide: 'small', version: '1.0.0', notes: 'First *words*' }, 'mo');
	w.open = await w.fresh('Open.');
	w.closed = await w.fresh('Closed.');
	await w.post(`/proposals/${w.closed.id}/withdraw`, { key: w.closed.key });
	await w.post(`/proposals/${w.open.id}/comments`, { text: 'Hello.', key: w.open.key });
	await o.learn(await w.post('/guides/small/preview', await w.edit('Preview.')));
	for (const who of ['guest', 'ad'])
		await crawl(w, reply => o.learn(reply), who, [...START, '/api/v1/guides', `/review/${w.open.id}`, `/proposals/${w.open.id}?key=${w.open.key}`]);
}

// ---- the tests ----

export async function nothing_is_live() {
	must(payloads.length >= 500 || !full, `only ${payloads.length} payloads`);
	const w = await world('xss'), browser = await launch(), o = await oracle(browser, w.port, 3);
	try {
		const begin = Date.now(), told = {}, step = name => {
			told[name] = Math.round((Date.now() - begin) / 1000);
			if (full) console.log(`${name}: ${told[name]} s, ${o.replies} replies, ${o.pages} pages read, ${o.shown} shown, ${o.live.length} live`);
		};
		await learn(w, o);
		step('learnt');
		await odd_forms(w, o);
		const count = await fields(w, o);
		step('fields');
		let accepted = 0;
		for (let i = 0; i < tried.length; i += 12) {
			accepted += await accept(w, tried.slice(i, i + 12));
			await clash(w, o, tried.slice(i, i + 12).join('\n\n'));
		}
		step('accepted');
		const some = full ? w.opened : w.opened.filter((_, i) => i % 8 === 0);
		await several(some, 6, async ({ id, key }) => {
			for (const path of [`/proposals/${id}?key=${key}`, `/proposals/${id}/sent?key=${key}`, `/proposals/${id}/edit?key=${key}`, `/api/v1/proposals/${id}?key=${key}`])
				await o.look(await w.get(path), `${path} as its author`);
			for (const path of [`/review/${id}`, `/proposals/${id}`]) await o.look(await w.get(path, 'mo'), `${path} as a moderator`);
			await w.post(`/proposals/${id}/publish`, {}, 'mo');
		});
		step('proposals');
		let pages = 0;
		for (const who of ['guest', 'co', 'mo', 'ad']) pages += await crawl(w, o.look, who);
		step('pages');
		console.log(`oracle: ${tried.length} payloads x ${count} fields: ${o.replies} replies, of them ${o.pages} different pages read by Chromium and ${o.shown} shapes of pages shown in it; `
			+ `${some.length} proposals, ${accepted} guides accepted, ${pages} pages by links as 4 roles; ${o.live.length} live; seconds ${JSON.stringify(told)}`);
		must(o.live.length === 0, `${o.live.length} live: ${[...new Set(o.live)].slice(0, 8).join(' | ')}`);
	} finally {
		await o.close();
		await browser.close();
	}
	await w.s.stop();
}

// A judge that finds nothing must be one that can find.
export async function the_judge_finds_what_is_live() {
	const w = await world('judge'), browser = await launch(), o = await oracle(browser, w.port, 1);
	const clean = await w.get('/sign-in'), { 'content-security-policy': policy, ...open } = clean.headers;
	const live = [
		['<script>__x=1</script>', open, /__x is set/], ['<img src=x onerror=__x=1>', open, /onerror/], ['<a href="javascript:__x=1">a</a>', open, /javascript/],
		['<a href=" java&Tab;script:1">a</a>', open, /javascript/], ['<a href="data:text/html,x">a</a>', open, /data/], ['<a href="tel:1">a</a>', open, /tel:/],
		['<a href="//foreign.invalid">a</a>', open, /without its scheme/], ['<script>alert(1)</script>', open, /dialog/], ['<blink>x</blink>', open, /<blink>/],
		['<p style="color:red">x</p>', open, /style is in no page/], ['<svg><animate onbegin=__x=1></svg>', open, /onbegin/], ['<img src="http://foreign.invalid/x.png">', open, /foreign\.invalid/],
		['<script>__x=1</script>', clean.headers, /policy/i], ['<img src="http://foreign.invalid/x.png">', clean.headers, /policy/i], ['<p>oracle49</p>', open, /template/],
		['<script>eval("1")</script>', { ...open, 'content-security-policy': "script-src 'unsafe-inline'" }, /policy/i],
	];
	const missed = [];
	try {
		o.known['text/html'] = templates();
		const page = body => ({ path: '/made-up', status: 200, headers: clean.headers, body: Buffer.from(`<!doctype html><html lang="en"><head><title>x</title></head><body>${body}</body></html>`) });
		const plain = await o.judge(page('x'));
		must((await o.judge(clean)).every(told => told.found.length === 0), 'a clean page is not');
		for (const [body, headers, expected] of live) {
			const [read, shown] = await o.judge({ ...page(body), headers });
			if (!expected.test(shown.found.join())) missed.push(`${body} as shown: ${shown.found.join() || 'nothing'}`);
			if (!read.found.length && read.shape === plain[0].shape) missed.push(`${body} as read: nothing, and it would not be shown`);
		}
		await o.look({ path: '/x', status: 303, headers: { location: '//foreign.invalid' }, body: Buffer.from('') });
		await o.look({ path: '/x', status: 303, headers: { ...clean.headers, location: '/', 'x-oracle': '1' }, body: Buffer.from('') });
		must(o.live.length === 2, `headers: ${o.live}`);
	} finally {
		await o.close();
		await browser.close();
	}
	await w.s.stop();
	must(missed.length === 0, `not found: ${missed.join(' | ')}`);
}

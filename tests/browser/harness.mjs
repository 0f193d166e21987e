// harness.mjs: the real binary, and Debian's Chromium to click in it.
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, rmSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const program = process.env.GUIDEHALL;
const scratch = process.env.GUIDEHALL_SCRATCH ?? '/tmp';

export async function site(name, ...options) {
	const folder = `${scratch}/browser-${name}`;
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const data = `${folder}/data`, log = `${folder}/log`;
	const child = spawn(program, ['serve', '--data', data, '--listen', '127.0.0.1:0', ...options], {
		stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, GUIDEHALL_RATE_LIMITS: '0' } });
	child.stderr.pipe(createWriteStream(log));
	const s = { data, folder };
	for await (const line of createInterface({ input: child.stdout })) {
		if (line.includes('setup?token=')) s.setup = line.split(' ').pop();
		if (line.startsWith('listening on ')) {
			s.base = line.split(' ').pop();
			break;
		}
	}
	s.command = (input, ...words) => {
		const out = spawnSync(program, [...words, '--data', data], { input, encoding: 'utf8' });
		if (out.status) throw new Error(`${words}: ${out.stderr}`);
		return out.stdout.trim();
	};
	s.stop = () => new Promise((done, failed) => {
		child.on('exit', code => {
			const text = readFileSync(log, 'utf8');
			if (code || /Sanitizer|runtime error| broken /.test(text)) failed(new Error(`the server ended with ${code}: ${text.slice(-2000)}`));
			done();
		});
		child.kill('SIGTERM');
	});
	return s;
}

export const launch = () => chromium.launch({
	executablePath: '/usr/bin/chromium',
	args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
		'--disable-component-update', '--disable-sync'],
});

// A page whose every complaint is collected: console errors (a broken
// content policy is one), uncaught errors, requests to anywhere else.
export async function open(browser, s, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options });
	const page = await context.newPage();
	page.complaints = [];
	page.on('console', m => {
		if (m.type() === 'error' && !/status of 4(0[0-9]|22)/.test(m.text())) page.complaints.push(`${page.url()}: ${m.text()}`);
	});
	page.on('pageerror', e => page.complaints.push(`${page.url()}: ${e}`));
	page.on('request', r => {
		if (!r.url().startsWith(s.base)) page.complaints.push(`asks elsewhere: ${r.url()}`);
	});
	return page;
}

export const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

export function must(condition, words) {
	if (!condition) throw new Error(words);
}

export function quiet(page) {
	must(page.complaints.length === 0, page.complaints.join('; '));
}

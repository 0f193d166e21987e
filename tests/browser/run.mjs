// run.mjs: every exported function of every file here; one line each.
import { readdirSync } from 'node:fs';

const here = new URL('.', import.meta.url);
const only = process.argv.slice(2);
for (const file of readdirSync(here).sort()) {
	if (!file.endsWith('.mjs') || ['run.mjs', 'harness.mjs', 'oracle.mjs', 'payloads.mjs'].includes(file) || (only.length && !only.includes(file.slice(0, -4)))) continue;
	const tests = await import(new URL(file, here));
	for (const [name, test] of Object.entries(tests)) {
		const title = `browser/${file.slice(0, -4)}/${name}`;
		try {
			await test();
			console.log(`ok ${title}`);
		} catch (e) {
			console.log(`FAIL ${title}: ${String(e.stack).split('\n').slice(0, 6).join(' ').slice(0, 1500)}`);
		}
	}
}
process.exit(0);

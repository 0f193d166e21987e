// journey.mjs: the whole job as people do it: a physician on a phone, a
// moderator at a desk; with JavaScript and without.
import { execFileSync } from 'node:child_process';
import { launch, must, open, phone, quiet, site } from './harness.mjs';

async function job(name, javaScriptEnabled) {
	const s = await site(name), browser = await launch();
	try {
		// a physician reads on a phone and changes one word
		const p = await open(browser, s, { ...phone, javaScriptEnabled });
		await p.goto(`${s.base}/guides/twitter`);
		const top = await p.locator('article.prose > p').first().boundingBox();
		must(top.y < 844, `the first paragraph begins at ${top.y}`);
		let clicks = 0;
		const click = async where => {
			clicks++;
			await where.click();
		};
		const link = p.locator('a[href$="section=tw-02-physicians-under-their-own-name"]').first();
		await click(link);
		const text = await p.inputValue('#text');
		await p.fill('#text', text.replace('should show their name', 'should always show their name'));
		await p.fill('#reason', 'Readers look for it.');
		await click(p.locator('label:has(input[name=interests][value=none])'));
		await click(p.locator('button[type=submit]:has-text("Send")'));
		await p.waitForURL(/\/sent\?key=/);
		must(clicks <= 4, `${clicks} clicks`);
		const number = (await p.textContent('h1')).match(/Suggestion (\d+)/)[1];
		const follow = (await p.textContent('#follow')).trim();
		const cookies = await p.context().cookies();
		must(cookies.length === 0, 'an anonymous reader was given a cookie');
		quiet(p);

		// a moderator sets the site up, sees the change rendered, accepts it
		const d = await open(browser, s, { javaScriptEnabled });
		await d.goto(s.setup);
		await d.fill('#handle', 'judit');
		await d.fill('#name', 'Judit Orban');
		await d.fill('#password', 'correct horse battery');
		await d.click('button.pri');
		await d.waitForURL(/\/review$/);
		await d.click(`a[href="/review/${number}"] >> nth=0`);
		must(/\balways\b/.test(await d.textContent('.paper ins')), 'the new word is not marked');
		must(!(await d.textContent('.paper')).includes('[!'), 'Markdown shows through');
		await d.click('button:has-text("Accept into the guide")');
		await d.waitForLoadState();
		must(await d.locator('text=Accepted. It is in the guide.').count(), 'no confirmation');
		await d.goto(`${s.base}/guides/twitter`);
		must((await d.textContent('#tw-02')).includes('should always show'), 'the guide shows the old text');

		// the physician is told by the private link
		await p.goto(follow);
		must(await p.locator('.chip:has-text("Accepted")').count(), 'the author is not told');

		// release, download, check
		await d.goto(`${s.base}/releases/new?guide=twitter`);
		must((await d.inputValue('#version')) === '1.0.0' && (await d.inputValue('#notes')).includes('Readers look for it.'), 'not prefilled');
		await d.click('button:has-text("Publish")');
		await d.waitForURL(/\/v\/1\.0\.0/);
		const [download] = await Promise.all([d.waitForEvent('download'), d.click('a:has-text("Download all")')]);
		await download.saveAs(`${s.folder}/r.zip`);
		must(download.suggestedFilename() === 'twitter-1.0.0.zip', download.suggestedFilename());
		execFileSync('unzip', ['-q', '-o', `${s.folder}/r.zip`, '-d', s.folder]);
		execFileSync('sha256sum', ['--quiet', '-c', 'SHA256SUMS'], { cwd: `${s.folder}/twitter-1.0.0` });
		const log = execFileSync('git', ['-C', `${s.data}/guides.git`, 'log', '-1', '--format=%P%n%B', 'main'], { encoding: 'utf8' });
		must(log.split('\n')[0].split(' ').length === 2 && log.includes(`Proposal: ${number}`), log);
		// the one-page file shows itself under its own policy
		await d.goto(`${s.base}/guides/twitter/v/1.0.0.html`);
		must((await d.evaluate(() => getComputedStyle(document.body).maxInlineSize + getComputedStyle(document.body).fontFamily)).includes('serif'), 'its style is not applied');
		quiet(d);
	} finally {
		await browser.close();
	}
	await s.stop();
}

export const with_script = () => job('journey', true);
export const without_script = () => job('nojs', false);

// The moderator can take a merge back; a decline needs words.
export async function second_thoughts() {
	const s = await site('undo'), browser = await launch();
	try {
		s.command('password of mo\n', 'user', 'add', 'mo', '--role', 'moderator', '--password-stdin');
		const d = await open(browser, s);
		await d.goto(`${s.base}/guides/blogs/edit`);
		await d.click('.choose a >> nth=3');
		await d.fill('#text', `${await d.inputValue('#text')}\n\nOne more sentence.`);
		await d.check('input[name=interests][value=none]', { force: true });
		await d.click('button[type=submit]:has-text("Send")');
		await d.waitForURL(/sent/);
		await d.goto(`${s.base}/review`);
		await d.click('main a:has-text("Sign in")');
		await d.fill('#handle', 'mo');
		await d.fill('#password', 'password of mo');
		await d.click('button.pri');
		await d.waitForURL(/\/review$/);
		await d.click('a.pri');
		await d.click('button:has-text("Accept into the guide")');
		await d.click('button:has-text("Undo")');
		await d.waitForLoadState();
		must(await d.locator('.chip:has-text("Waiting for a moderator")').count(), 'not open again');
		await d.click('summary:has-text("Decline")');
		await d.click('button.bad:has-text("Decline")');
		must(await d.locator('#decline:invalid').count(), 'declined without words');
		await d.fill('#decline', 'Said already in section 2.');
		await d.click('button.bad:has-text("Decline")');
		await d.waitForLoadState();
		must(await d.locator('.chip:has-text("Declined")').count(), 'not declined');
		quiet(d);
	} finally {
		await browser.close();
	}
	await s.stop();
}

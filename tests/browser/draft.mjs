// draft.mjs: nothing somebody typed is lost with the tab.
import { launch, must, open, quiet, site } from './harness.mjs';

const PAGE = '/guides/twitter/edit?section=tw-02-physicians-under-their-own-name';

export async function a_closed_tab_keeps_the_draft() {
	const s = await site('draft'), browser = await launch();
	try {
		const context = await browser.newContext();
		let p = await context.newPage();
		await p.goto(s.base + PAGE);
		const text = await p.inputValue('#text');
		const mine = text.replace('should show', 'should openly show');
		await p.fill('#text', mine);
		await p.fill('#reason', 'Half written');
		await p.waitForFunction(() => document.querySelector('#saved').textContent.includes('Saved'));
		await p.close();
		p = await context.newPage();
		await p.goto(s.base + PAGE);
		must(await p.locator('#draft-offer').isVisible(), 'no draft is offered');
		must((await p.inputValue('#text')) === text, 'the draft came without being asked for');
		await p.click('#draft-continue');
		must((await p.inputValue('#text')) === mine && (await p.inputValue('#reason')) === 'Half written', 'words are missing');
		await p.check('input[name=interests][value=none]', { force: true });
		await p.click('button[type=submit]:has-text("Send")');
		await p.waitForURL(/sent/);
		await p.goto(s.base + PAGE);
		must(!(await p.locator('#draft-offer').isVisible()), 'the draft stayed after it was sent');
	} finally {
		await browser.close();
	}
	await s.stop();
}

export async function the_change_is_shown_while_one_types() {
	const s = await site('preview'), browser = await launch();
	try {
		const p = await open(browser, s);
		await p.goto(s.base + PAGE);
		await p.fill('#text', (await p.inputValue('#text')).replace('should show', 'should plainly show'));
		await p.waitForSelector('#preview ins');
		must((await p.textContent('#preview ins')).includes('plainly'), 'another change is shown');
		must(await p.locator('markdown-toolbar').isVisible() || !(await p.locator('html[data-toolbar]').count()), 'the toolbar is not shown');
		quiet(p);
		// the same by a button, without a script
		const q = await open(browser, s, { javaScriptEnabled: false });
		await q.goto(s.base + PAGE);
		await q.fill('#text', (await q.inputValue('#text')).replace('should show', 'should frankly show'));
		await q.click('button:has-text("Preview")');
		must((await q.textContent('#change ins')).includes('frankly'), 'no preview without a script');
		must((await q.inputValue('#text')).includes('frankly show'), 'the words are gone after the preview');
		quiet(q);
	} finally {
		await browser.close();
	}
	await s.stop();
}

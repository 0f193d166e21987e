// site.js: small comforts on every page; everything works without it
//
// Linked in the head with `async blocking="render"`, so that the reader's theme
// is there before the first paint.
const root = document.documentElement
const all = (selector) => document.querySelectorAll(selector)

export const store = {
	get(key) {
		try { return JSON.parse(localStorage.getItem(key)) } catch { return null }
	},
	set(key, value) { // false: this browser does not keep things
		try {
			value === null ? localStorage.removeItem(key) : localStorage.setItem(key, JSON.stringify(value))
			return true
		} catch { return false }
	},
}

const theme = store.get('theme')
if (theme) root.dataset.theme = theme

function themeButtons() {
	const dark = () => (root.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark'
	for (const button of all('[data-theme-switch]')) {
		button.hidden = false
		button.setAttribute('aria-pressed', dark())
		button.addEventListener('click', () => {
			store.set('theme', root.dataset.theme = dark() ? 'light' : 'dark')
			for (const each of all('[data-theme-switch]')) each.setAttribute('aria-pressed', dark())
		})
	}
}

// <button data-copy="#id" hidden><span>Copy</span></button>; data-done is the word afterwards
function copyButtons() {
	if (!navigator.clipboard) return
	for (const button of all('[data-copy]')) {
		const label = button.querySelector('span') || button
		const before = label.textContent
		label.setAttribute('aria-live', 'polite')
		button.hidden = false
		button.addEventListener('click', async () => {
			await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim())
			label.textContent = button.dataset.done || 'Copied'
			setTimeout(() => { label.textContent = before }, 2500)
		})
	}
}

function menus() {
	const open = () => all('details.menu[open]')
	addEventListener('click', (event) => {
		for (const menu of open()) if (!menu.contains(event.target)) menu.open = false
	})
	addEventListener('focusin', (event) => {
		for (const menu of open()) if (!menu.contains(event.target)) menu.open = false
	})
	addEventListener('keydown', (event) => {
		if (event.key !== 'Escape') return
		for (const menu of open()) {
			if (menu.contains(document.activeElement)) menu.querySelector('summary').focus()
			menu.open = false
		}
	})
}

export const typing = (event) => event.ctrlKey || event.metaKey || event.altKey
	|| event.target.closest('input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]')

function searchKey() {
	addEventListener('keydown', (event) => {
		const field = document.getElementById('q')
		if (event.key !== '/' || typing(event) || !field?.offsetParent) return
		event.preventDefault()
		field.focus()
	})
}

// the list of sections shows which one is being read
function contents() {
	const links = [...all('.toc a[href^="#"]')]
	const headings = [...new Set(links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1)))))].filter(Boolean)
	const small = document.querySelector('details.toc-m')
	if (!headings.length) return
	const mark = () => {
		const read = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight * .35).pop()
		for (const link of links) {
			if (read && decodeURIComponent(link.hash.slice(1)) === read.id) link.setAttribute('aria-current', 'true')
			else link.removeAttribute('aria-current')
		}
	}
	const watch = new IntersectionObserver(mark, { rootMargin: '0px 0px -65% 0px' })
	headings.forEach((heading) => watch.observe(heading))
	addEventListener('click', (event) => {
		const link = event.target.closest('a[href^="#"]')
		if (small && link) small.open = link.hash === '#' + small.id
	})
}

function start() {
	themeButtons()
	copyButtons()
	menus()
	searchKey()
	contents()
	const sent = document.querySelector('meta[name=draft-sent]')
	if (sent) store.set('draft:' + sent.content, null)
}

// edit.js and review.js import this file, perhaps under another address: begin once
if (!window.siteStarted) {
	window.siteStarted = true
	if (document.readyState === 'loading') addEventListener('DOMContentLoaded', start)
	else start()
}

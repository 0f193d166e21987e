// edit.js: the page where an edit is suggested; the form works without it
//
//   form#suggest [data-draft=key] [data-preview=address]   textarea#text
//   #draft-offer #draft-time #draft-continue #draft-discard   #saved #words
//   #preview, filled with the #change of the page the server answers
//
// Words come from the page (data-saved, data-failed, data-words), so that the
// script has no language.
import { store } from './site.js'

const $ = (id) => document.getElementById(id)
const form = $('suggest')
const text = $('text')
const key = 'draft:' + (form.dataset.draft || location.pathname + location.search)
const original = text.value
const kept = document.querySelector('.errors') // the server sent the words back: nothing to offer
let saved = true
let sending = false
let offered = null

const fields = () => [...form.elements].filter((field) => field.name && field.name !== 'website'
	&& (field.type !== 'hidden' || field.name === 'base') && !['submit', 'button', 'password'].includes(field.type))

function later(wait, work) {
	let timer
	return () => {
		clearTimeout(timer)
		timer = setTimeout(work, wait)
	}
}

// drafts -------------------------------------------------------------------

function read() {
	const values = {}
	for (const field of fields()) {
		if (field.type === 'radio' || field.type === 'checkbox') {
			if (field.checked) values[field.name] = field.value
		} else values[field.name] = field.value
	}
	return values
}

function write(values) {
	for (const field of fields()) {
		if (!(field.name in values)) continue
		if (field.type === 'radio' || field.type === 'checkbox') field.checked = values[field.name] === field.value
		else field.value = values[field.name]
	}
}

const clock = (at) => {
	const time = new Date(at)
	const today = time.toDateString() === new Date().toDateString()
	return time.toLocaleString(document.documentElement.lang, today ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' })
}

function save() {
	if (offered || sending) return
	const values = read()
	const at = Date.now()
	saved = store.set(key, { at, values })
	store.set('me', { name: values.name, interests: values.interests, interests_text: values.interests_text })
	const note = $('saved')
	if (!note) return
	note.classList.toggle('bad', !saved)
	note.textContent = saved ? `${note.dataset.saved || 'Saved on this device,'} ${clock(at)}`
		: note.dataset.failed || 'Your browser cannot keep this draft'
}

function offer() {
	const draft = store.get(key)
	const box = $('draft-offer')
	if (kept || !box || !draft || draft.values.text === undefined || draft.values.text === original) return
	offered = draft
	$('draft-time').textContent = clock(draft.at)
	box.hidden = false
	const close = () => {
		offered = null
		box.hidden = true
		text.focus()
	}
	$('draft-continue').addEventListener('click', () => {
		write(draft.values) // with the version it was begun on
		close()
		changed()
	})
	$('draft-discard').addEventListener('click', () => {
		close()
		store.set(key, null)
		save()
	})
}

function remember() {
	const me = store.get('me')
	if (!me) return
	const now = read()
	write(Object.fromEntries(Object.entries(me).filter(([name, value]) => value && !now[name])))
}

// what the change looks like -------------------------------------------------

const status = document.createElement('p')
status.className = 'vh'
status.setAttribute('role', 'status')
const announce = later(2000, () => {
	const summary = $('change')?.querySelector('[data-summary]')?.textContent || ''
	if (summary !== status.textContent) status.textContent = summary
})

let request
function preview() {
	if (!form.dataset.preview || !$('preview')) return
	request?.abort()
	request = new XMLHttpRequest() // its answer is a document: no markup is ever made from a string
	request.open('POST', form.dataset.preview)
	request.responseType = 'document'
	request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded;charset=UTF-8')
	request.setRequestHeader('Accept', 'text/html')
	request.onload = () => {
		const change = request.response?.getElementById('change')
		if (!change) return
		$('preview').replaceChildren(document.adoptNode(change))
		announce()
	}
	const body = new URLSearchParams(new FormData(form))
	body.set('preview', '1')
	request.send(body)
}

function count() {
	const words = $('words')
	const number = text.value.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length
	if (words) words.textContent = `${number} ${words.dataset.words || 'words'}`
}

// toolbar ------------------------------------------------------------------

function insert(at, string) {
	text.focus()
	text.setSelectionRange(at, at)
	// deprecated, and the only way that keeps undo
	if (!document.execCommand('insertText', false, string)) text.setRangeText(string, at, at, 'end')
}

function toolbar() {
	const bar = document.querySelector('markdown-toolbar')
	const address = document.documentElement.dataset.toolbar
	if (!bar || !address) return
	import(address).then(() => { bar.hidden = false }, () => {})
	bar.querySelector('[data-source]')?.addEventListener('click', () => {
		const name = 'source-' + Date.now().toString(36).slice(-4)
		insert(text.selectionEnd, `[^${name}]`)
		insert(text.value.length, `${text.value.endsWith('\n') ? '' : '\n'}\n[^${name}]: `)
	})
}

// all together -------------------------------------------------------------

const saveLater = later(800, save)
const previewLater = later(600, preview)

function changed() {
	saved = false
	count()
	saveLater()
	previewLater()
}

form.addEventListener('input', (event) => event.target === text ? changed() : (saved = false, saveLater()))
form.addEventListener('submit', (event) => {
	if (sending) return event.preventDefault() // a second click
	save()
	sending = true
	setTimeout(() => { sending = false }, 5000)
})
addEventListener('pageshow', () => { sending = false })
addEventListener('pagehide', () => saved || save())
addEventListener('beforeunload', (event) => {
	if (!sending && !saved) save()
	if (!sending && !saved) event.preventDefault()
})
addEventListener('keydown', (event) => {
	if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.target.form !== form) return
	event.preventDefault()
	form.requestSubmit([...form.elements].find((field) => field.matches?.('button.pri')))
})

document.body.append(status)
remember()
offer()
toolbar()
count()
if (!kept && !offered && !location.hash && matchMedia('(hover: hover)').matches) {
	text.focus({ preventScroll: true })
	text.setSelectionRange(0, 0)
}

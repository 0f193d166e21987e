// review.js: keys for moderators; buttons and links do the same
//
// J K next and previous in the queue, A accept and X leave out the current
// change, Shift+Enter merge, R ask, D decline, U undo, ? all keys. They are silent in
// fields, and a button [data-keys] switches them off on this device.
import { store, typing } from './site.js'

const $ = (selector) => document.querySelector(selector)
const changes = [...document.querySelectorAll('.chg')].filter((change) => change.querySelector('.dec'))
const decided = (change) => change.querySelector('.dec input:checked')
let current = null

function go(change) {
	current?.classList.remove('open')
	current = change
	current?.classList.add('open')
}

function decide(value) {
	const change = current || changes[0]
	const choice = change?.querySelector(`.dec input[value=${value}]`)
	if (!choice) return
	choice.checked = true
	choice.focus({ preventScroll: true })
	const next = changes.slice(changes.indexOf(change) + 1).find((each) => !decided(each)) || changes.find((each) => !decided(each))
	go(next || change)
	if (next) next.scrollIntoView({ block: 'nearest' })
	else $('button[form=decision].pri')?.focus({ preventScroll: true })
}

function open(id) {
	const field = document.getElementById(id)
	if (!field) return
	field.closest('details').open = true
	field.focus()
}

const step = (by) => {
	const items = [...document.querySelectorAll('.q li a')]
	const to = items[items.findIndex((item) => item.hasAttribute('aria-current')) + by]
	if (to) location.assign(to.href)
}

const keys = {
	j: () => step(1), k: () => step(-1),
	a: () => decide('accept'), x: () => decide('leave'),
	r: () => open('ask'), d: () => open('decline'),
	u: () => $('form#undo')?.requestSubmit(),
	'?': () => $('.keys a')?.click(),
}

addEventListener('keydown', (event) => {
	if (store.get('keys') === false || event.repeat || typing(event)) return
	if (event.key === 'Enter' && event.shiftKey) {
		event.preventDefault()
		$('form#decision')?.requestSubmit($('button[form=decision].pri'))
	} else if (keys[event.key.toLowerCase()]) {
		event.preventDefault()
		keys[event.key.toLowerCase()]()
	}
})

document.addEventListener('focusin', (event) => {
	const change = event.target.closest('.chg')
	if (changes.includes(change)) go(change)
})

const button = $('[data-keys]')
if (button) {
	const show = () => button.setAttribute('aria-pressed', store.get('keys') !== false)
	button.hidden = false
	button.addEventListener('click', () => {
		store.set('keys', store.get('keys') === false)
		show()
	})
	show()
}
go(changes.find((change) => !decided(change)) || changes[0])

// build.mjs: fonts, icons and the editor's toolbar, made once at set-up
//
//   cd web && npm ci && node build.mjs
//
// Writes web/built/, which git ignores. The site works without it: pages then
// use the system's fonts, leave the icons out and show a plain text field.
import { build } from 'esbuild'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const modules = join(here, 'node_modules')
const out = join(here, 'built')

const families = [
	{ name: 'Source Serif 4', from: '@fontsource-variable/source-serif-4', file: 'source-serif-4' },
	{ name: 'Source Sans 3', from: '@fontsource-variable/source-sans-3', file: 'source-sans-3' },
]
const ranges = ['latin', 'latin-ext']
const styles = ['normal', 'italic']

// Names are lucide's; {{icon}} in a page is one of them.
const icons = `
	arrow-left arrow-right bold book-open bookmark check chevron-down chevrons-up-down
	circle-check circle-x clock copy corner-up-left download external-link eye file-text
	git-compare heading-2 history info italic languages link link-2 list list-ordered
	log-in log-out menu message-square moon pencil plus quote rss search send settings
	shield-check sun tag trash-2 triangle-alert undo-2 user users x
`.trim().split(/\s+/)

// Local faces sized like the web fonts, so that nothing moves when those arrive.
const fallbacks = `
@font-face { font-family: "Serif Fallback"; src: local("Georgia"), local("DejaVu Serif"), local("Noto Serif"); size-adjust: 94%; ascent-override: 104%; descent-override: 34%; line-gap-override: 0% }
@font-face { font-family: "Sans Fallback"; src: local("Arial"), local("Liberation Sans"), local("DejaVu Sans"); size-adjust: 92.5%; ascent-override: 110%; descent-override: 34%; line-gap-override: 0% }
`

async function fonts() {
	let css = '/* Made by build.mjs. Source Serif 4 and Source Sans 3: SIL Open Font License 1.1,\n * see LICENCES.txt. */'
	css += fallbacks
	await mkdir(join(out, 'fonts'), { recursive: true })
	for (const family of families) {
		const unicode = JSON.parse(await readFile(join(modules, family.from, 'unicode.json'), 'utf8'))
		for (const style of styles) {
			for (const range of ranges) {
				const file = `${family.file}-${range}-wght-${style}.woff2`
				await copyFile(join(modules, family.from, 'files', file), join(out, 'fonts', file))
				css += `@font-face { font-family: "${family.name}"; src: url(fonts/${file}) format("woff2"); `
					+ `font-weight: 200 900; font-style: ${style}; font-display: swap; unicode-range: ${unicode[range]} }\n`
			}
		}
	}
	// base.css hides icons; where this file is linked, the sprite is there too.
	css += '.i { display: block }\n.search:has(.i) input { padding-inline-start: 2.5rem }\n'
	await writeFile(join(out, 'fonts.css'), css)
}

async function sprite() {
	let svg = '<svg xmlns="http://www.w3.org/2000/svg">\n<!-- lucide-static, ISC: see LICENCES.txt -->\n'
	for (const name of icons) {
		const source = await readFile(join(modules, 'lucide-static', 'icons', `${name}.svg`), 'utf8')
		const shapes = source.replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, '').trim().split(/\s*\n\s*/).join('')
		svg += `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>\n`
	}
	await writeFile(join(out, 'icons.svg'), svg + '</svg>\n')
}

async function licences() {
	const named = [...families.map(family => family.from), 'lucide-static', '@github/markdown-toolbar-element']
	let text = 'Licences of what lies in this folder\n'
	for (const name of named) {
		const about = JSON.parse(await readFile(join(modules, name, 'package.json'), 'utf8'))
		const licence = await readFile(join(modules, name, 'LICENSE'), 'utf8')
		text += `\n${'='.repeat(72)}\n${name} ${about.version}\n${'='.repeat(72)}\n\n${licence.trim()}\n`
	}
	await writeFile(join(out, 'LICENCES.txt'), text)
}

await rm(out, { recursive: true, force: true })
await mkdir(out)
await Promise.all([
	fonts(),
	sprite(),
	licences(),
	build({
		stdin: { contents: 'import "@github/markdown-toolbar-element"', resolveDir: here },
		bundle: true, minify: true, format: 'esm', target: 'es2020', legalComments: 'inline',
		outfile: join(out, 'toolbar.js'), logLevel: 'warning',
	}),
])
console.log(`written to ${out}`)

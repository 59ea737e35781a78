/** The HTML of the graph's page: toolbar, canvas, and styles in the editor's colours. Only our own script may run. */
import { l10n } from 'vscode';
import { escaped, textLanguage } from '../html.ts';
import type { PageTexts } from '../webview/messages.ts';
import { STYLE } from './graph-page-style.ts';

/**
 * Returns the texts for the page's script, with placeholders for values, since the script cannot translate by itself.
 */
const pageTexts = (): PageTexts => ({
  allMachines: l10n.t('all machines'),
  foldAll: l10n.t('Fold all'),
  unfoldAll: l10n.t('Unfold all'),
  focus: l10n.t('Focus'),
  only: l10n.t('Only {0}'),
  generator: l10n.t('1 generator'),
  generators: l10n.t('{0} generators'),
  foundOfOne: l10n.t('{0} of 1 generator found'),
  foundOf: l10n.t('{0} of {1} generators found'),
});

export function graphPage(scriptUri: string, cspSource: string, nonce: string): string {
  return `<!DOCTYPE html>
<html lang="${textLanguage()}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}' ${cspSource};">
<title>${escaped(l10n.t('Dependency Graph'))}</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body data-texts="${escaped(JSON.stringify(pageTexts()))}">
<header id="toolbar">
<h1 class="unseen">${escaped(l10n.t('Dependency graph'))}</h1>
<input id="search" type="search" placeholder="${escaped(l10n.t('Find a generator'))}" aria-label="${escaped(l10n.t('Find a generator; Enter goes to the next'))}">
${select('machines', l10n.t('Machine'), [])}
${select('kinds', l10n.t('Files and prompts'), [
  ['', l10n.t('all kinds')],
  ['secret', l10n.t('with secrets')],
  ['public', l10n.t('with public files')],
  ['prompt', l10n.t('with prompts')],
])}
${select('conditions', l10n.t('State'), [
  ['', l10n.t('any state')],
  ['missing', l10n.t('missing')],
  ['partial', l10n.t('partly generated')],
  ['outdated', l10n.t('outdated')],
  ['unreadable', l10n.t('not readable yet')],
  ['present', l10n.t('generated')],
  ['error', l10n.t('with errors')],
  ['cycle', l10n.t('in a cycle')],
])}
${select('groupings', l10n.t('Groups'), [
  ['auto', l10n.t('groups if many')],
  ['', l10n.t('no groups')],
  ['machine', l10n.t('by machine')],
  ['service', l10n.t('by service')],
])}
<button id="unfold" hidden>${escaped(l10n.t('Unfold all'))}</button>
<button id="focus" aria-pressed="false" title="${escaped(l10n.t('Show only the dependencies and dependents of the selected generator (F)'))}">${escaped(l10n.t('Focus'))}</button>
<span id="count" role="status"></span>
<span class="space"></span>
<span class="together">
<button id="out" title="${escaped(l10n.t('Zoom out (-)'))}" aria-label="${escaped(l10n.t('Zoom out'))}">−</button>
<button id="in" title="${escaped(l10n.t('Zoom in (+)'))}" aria-label="${escaped(l10n.t('Zoom in'))}">+</button>
<button id="fit" title="${escaped(l10n.t('Show all (0)'))}">${escaped(l10n.t('Fit'))}</button>
</span>
${select('export', l10n.t('Export'), [
  ['', l10n.t('Export…')],
  ['svg', 'SVG'],
  ['png', 'PNG'],
  ['dot', 'DOT (Graphviz)'],
  ['mermaid', 'Mermaid'],
])}
</header>
<main aria-label="${escaped(l10n.t('Dependency graph'))}">
<p id="keys" class="unseen">${escaped(
    l10n.t(
      'Press Tab to reach a generator, the arrow keys to move to the next, Enter to open it, F to show only its dependencies and dependents, Shift+F10 to open its menu, Escape to go back, and plus or minus to zoom.',
    ),
  )}</p>
<div id="canvas" role="group" aria-label="${escaped(l10n.t('Generators'))}" aria-describedby="keys"><div id="sheet"></div></div>
<div id="minimap" aria-hidden="true" hidden><canvas></canvas><div></div></div>
<p id="note" role="status">${escaped(l10n.t('Loading…'))}</p>
</main>
<footer><ul id="legend" aria-label="${escaped(l10n.t('Legend'))}" hidden></ul></footer>
<script nonce="${nonce}" src="${scriptUri}"></script>
</body>
</html>`;
}

function select(
  id: string,
  label: string,
  options: readonly (readonly [value: string, text: string])[],
): string {
  const lines = options.map(([value, text]) => `<option value="${value}">${escaped(text)}</option>`);
  return `<select id="${id}" aria-label="${escaped(label)}">${lines.join('')}</select>`;
}

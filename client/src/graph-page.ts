/** The HTML of the graph's page: toolbar, canvas, styles in the editor's own colours. No script but our own may run. */

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
<div id="toolbar" role="toolbar" aria-label="Graph">
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
  ['missing', 'not generated'],
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
</div>
<main id="canvas" aria-label="Dependency graph. Tab to a generator, arrows go on to the next, Enter opens it, plus and minus zoom."><div id="sheet"></div></main>
<p id="note" role="status" hidden></p>
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

const STYLE = `
html,body{height:100%;margin:0;padding:0;overflow:hidden;color:var(--vscode-foreground);font:var(--vscode-font-size) var(--vscode-font-family)}
body{display:flex;flex-direction:column}
#toolbar{display:flex;flex-wrap:wrap;gap:6px;align-items:center;padding:6px 10px;border-bottom:1px solid var(--vscode-panel-border)}
.space{flex:1}
#count{color:var(--vscode-descriptionForeground)}
input,select,button{font:inherit;padding:3px 7px;border-radius:3px;border:1px solid var(--vscode-input-border,var(--vscode-panel-border));color:var(--vscode-input-foreground);background:var(--vscode-input-background)}
select{max-width:11em}
button{cursor:pointer;color:var(--vscode-button-secondaryForeground);background:var(--vscode-button-secondaryBackground)}
button:hover{background:var(--vscode-button-secondaryHoverBackground)}
:focus-visible{outline:1px solid var(--vscode-focusBorder);outline-offset:-1px}
#canvas{position:relative;flex:1;min-height:0;overflow:hidden;cursor:grab}
#canvas.dragging{cursor:grabbing}
#sheet{position:absolute;transform-origin:0 0}
#sheet.moving{will-change:transform}
#note{position:absolute;inset:40% 0 auto;text-align:center;color:var(--vscode-descriptionForeground)}
svg{display:block;user-select:none}
svg text{font:13px var(--vscode-font-family);fill:var(--vscode-editor-foreground);pointer-events:none}
svg .detail{font-size:10.5px;fill:var(--vscode-descriptionForeground)}
.far .node .detail,.very-far .node text{display:none}
.node,.group{cursor:pointer}
.node rect{fill:var(--vscode-editorWidget-background);stroke:var(--vscode-charts-lines,var(--vscode-descriptionForeground))}
.node.shared rect{stroke:var(--vscode-charts-blue);stroke-width:1.6}
.node.undeclared rect,.node.brought rect{stroke-dasharray:4 3}
.node.error rect{stroke:var(--vscode-errorForeground);stroke-width:2}
.group rect{fill:var(--vscode-sideBar-background);stroke:var(--vscode-charts-lines,var(--vscode-descriptionForeground))}
.group.open rect{fill-opacity:.35;stroke-dasharray:2 3}
.group.open text{font-weight:600}
.group .behind{opacity:.6}
.node:hover rect,.group.folded:hover rect{stroke:var(--vscode-focusBorder);stroke-width:2}
.node:focus,.group:focus{outline:none}
.node:focus rect,.group:focus rect{stroke:var(--vscode-focusBorder);stroke-width:3}
.node.found rect,.group.found rect{fill:var(--vscode-editor-findMatchHighlightBackground);stroke:var(--vscode-focusBorder)}
.finding .node:not(.found){opacity:.35}
.few.marking .node:not(.near){opacity:.35}
.state{fill:none;stroke-width:2}
.present .state{fill:var(--vscode-charts-green)}
.outdated .state{stroke:var(--vscode-charts-yellow)}
.partial .state{fill:var(--vscode-charts-yellow)}
.missing .state{stroke:var(--vscode-charts-orange)}
.edge{fill:none;stroke:var(--vscode-descriptionForeground);stroke-width:1.3;pointer-events:none}
.edge.marked{stroke:var(--vscode-focusBorder);stroke-width:2.2}
.edge.cycle{stroke:var(--vscode-errorForeground);stroke-width:2}
marker path{fill:var(--vscode-descriptionForeground)}
`.trim();

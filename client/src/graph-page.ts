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
<input id="search" type="search" placeholder="Find a generator" aria-label="Find a generator">
<select id="machines" aria-label="Machine"></select>
<span id="count" role="status"></span>
<span class="space"></span>
<button id="out" title="Zoom out (-)" aria-label="Zoom out">−</button>
<button id="in" title="Zoom in (+)" aria-label="Zoom in">+</button>
<button id="fit" title="Show all (0)">Fit</button>
<select id="export" aria-label="Export"><option value="">Export…</option><option value="svg">SVG</option><option value="png">PNG</option><option value="dot">DOT (Graphviz)</option><option value="mermaid">Mermaid</option></select>
</div>
<main id="canvas" tabindex="0" aria-label="Dependency graph"></main>
<p id="note" role="status" hidden></p>
<script nonce="${nonce}" src="${scriptUri}"></script>
</body>
</html>`;
}

const STYLE = `
html,body{height:100%;margin:0;padding:0;overflow:hidden;color:var(--vscode-foreground);font:var(--vscode-font-size) var(--vscode-font-family)}
body{display:flex;flex-direction:column}
#toolbar{display:flex;gap:6px;align-items:center;padding:6px 10px;border-bottom:1px solid var(--vscode-panel-border)}
.space{flex:1}
#count{color:var(--vscode-descriptionForeground)}
input,select,button{font:inherit;padding:3px 7px;border-radius:3px;border:1px solid var(--vscode-input-border,var(--vscode-panel-border));color:var(--vscode-input-foreground);background:var(--vscode-input-background)}
button{cursor:pointer;color:var(--vscode-button-secondaryForeground);background:var(--vscode-button-secondaryBackground)}
button:hover{background:var(--vscode-button-secondaryHoverBackground)}
:focus-visible{outline:1px solid var(--vscode-focusBorder);outline-offset:-1px}
#canvas{flex:1;min-height:0;cursor:grab}
#canvas.dragging{cursor:grabbing}
#note{position:absolute;inset:40% 0 auto;text-align:center;color:var(--vscode-descriptionForeground)}
svg{width:100%;height:100%;display:block;user-select:none}
svg text{font:13px var(--vscode-font-family);fill:var(--vscode-editor-foreground)}
svg .detail{font-size:10.5px;fill:var(--vscode-descriptionForeground)}
.node{cursor:pointer}
.node rect{fill:var(--vscode-editorWidget-background);stroke:var(--vscode-charts-lines,var(--vscode-descriptionForeground))}
.node.shared rect{stroke:var(--vscode-charts-blue);stroke-width:1.6}
.node.undeclared rect,.node.brought rect{stroke-dasharray:4 3}
.node:hover rect,.node:focus rect{stroke:var(--vscode-focusBorder);stroke-width:2}
.node:focus{outline:none}
.node.found rect{fill:var(--vscode-editor-findMatchHighlightBackground)}
.node.dimmed,.node.aside{opacity:.35}
.state{fill:none}
.present .state{fill:var(--vscode-charts-green)}
.partial .state{fill:var(--vscode-charts-yellow)}
.missing .state{fill:var(--vscode-charts-orange)}
.edge{fill:none;stroke:var(--vscode-descriptionForeground);stroke-width:1.3}
.edge.marked{stroke:var(--vscode-focusBorder);stroke-width:2.2}
.edge.cycle{stroke:var(--vscode-errorForeground);stroke-width:2}
marker path{fill:var(--vscode-descriptionForeground)}
`.trim();

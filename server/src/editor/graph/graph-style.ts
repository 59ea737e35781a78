/** The colours of a standalone picture, following the reader's light or dark theme. */

export const STYLE = `
:root{--paper:#fff;--ink:#1f2328;--dim:#59636e;--line:#6e7781;--box:#f6f8fa;--common:#0969da;--good:#1a7f37;--part:#7a5c00;--old:#6f42c1;--lack:#b34a00;--shut:#a8326b;--bad:#cf222e}
@media(prefers-color-scheme:dark){:root{--paper:#0d1117;--ink:#e6edf3;--dim:#9198a1;--line:#8b949e;--box:#161b22;--common:#58a6ff;--good:#3fb950;--part:#d29922;--old:#b99af0;--lack:#f0883e;--shut:#e78fb3;--bad:#f85149}}
.paper{fill:var(--paper)}
text{font:13px ui-sans-serif,system-ui,sans-serif;fill:var(--ink)}
.detail,.list-title,.legend text{font-size:10.5px;fill:var(--dim)}
.list-title,.legend text{font-size:12px}
.node rect,.sample{fill:var(--box);stroke:var(--line)}
.shared rect,.shared.sample{stroke:var(--common);stroke-width:2.5}
.brought rect,.brought.sample,.flake rect,.flake.sample{stroke-dasharray:5 3}
.undeclared rect,.undeclared.sample{stroke-dasharray:1.5 3}
.node.error rect{stroke:var(--bad);stroke-width:2}
.group rect{fill:var(--box);stroke:var(--line)}
.group.open rect{fill:none}
.group.open text{font-weight:600}
.mark{fill:none;stroke:currentColor;stroke-width:1.6;stroke-linecap:round}
.mark .full{fill:currentColor}
.mark .cut{stroke:var(--box)}
.present{color:var(--good)}
.partial{color:var(--part)}
.outdated{color:var(--old)}
.missing{color:var(--lack)}
.unreadable{color:var(--shut)}
.unknown{color:var(--dim)}
.alarm{color:var(--bad)}
.witness{color:var(--dim)}
.witness.contradicted{color:var(--lack)}
.edge{fill:none;stroke:var(--line);stroke-width:1.3}
.edge.cycle{stroke:var(--bad);stroke-width:2.2;stroke-dasharray:7 3}
marker path{fill:var(--line)}
`.trim();

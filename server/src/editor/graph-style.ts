/** The colours of a picture that stands by itself: light or dark, as the reader has it. */

export const STYLE = `
:root{--paper:#fff;--ink:#1f2328;--dim:#59636e;--line:#8c959f;--box:#f6f8fa;--shared:#ddf4ff;--good:#1a7f37;--part:#9a6700;--bad:#cf222e}
@media(prefers-color-scheme:dark){:root{--paper:#0d1117;--ink:#e6edf3;--dim:#9198a1;--line:#6e7681;--box:#161b22;--shared:#10233d;--good:#3fb950;--part:#d29922;--bad:#f85149}}
.paper{fill:var(--paper)}
text{font:13px ui-sans-serif,system-ui,sans-serif;fill:var(--ink)}
.detail{font-size:10.5px;fill:var(--dim)}
.node rect{fill:var(--box);stroke:var(--line)}
.node.shared rect{fill:var(--shared)}
.node.undeclared rect,.node.brought rect{stroke-dasharray:4 3}
.node.error rect{stroke:var(--bad);stroke-width:2}
.group rect{fill:var(--shared);stroke:var(--line)}
.group.open rect{fill:none;stroke-dasharray:2 3}
.group .behind{opacity:.5}
.state{fill:none;stroke-width:2}
.present .state{fill:var(--good)}
.outdated .state{fill:var(--paper);stroke:var(--part)}
.partial .state{fill:var(--part)}
.missing .state{fill:var(--paper);stroke:var(--bad)}
.edge{fill:none;stroke:var(--line);stroke-width:1.3}
.edge.cycle{stroke:var(--bad);stroke-width:2}
marker path{fill:var(--line)}
`.trim();

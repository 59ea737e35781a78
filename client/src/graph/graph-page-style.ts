/**
 * The style of the graph's page. Marks and borders have colours of our own, declared in package.json, which have
 * values in every theme. Colours of the editor are only used if they also have a value in its high contrast themes,
 * or a fallback.
 */
export const STYLE = `
html,body{height:100%;background:var(--vscode-editor-background);margin:0;padding:0;overflow:hidden;color:var(--vscode-foreground);font:var(--vscode-font-size) var(--vscode-font-family)}
body{display:flex;flex-direction:column;container-type:inline-size}
[hidden]{display:none!important}
.unseen{position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%)}
#toolbar{display:flex;flex-wrap:wrap;gap:6px;align-items:center;padding:6px 10px;border-bottom:1px solid var(--vscode-panel-border,var(--vscode-contrastBorder,transparent))}
@container (max-width:1080px){#count{display:none}}
.space{flex:1}
.together{display:flex;gap:6px}
#count{color:var(--vscode-descriptionForeground);white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
input,select,button{font:inherit;padding:3px 6px;border-radius:3px;border:1px solid var(--vscode-input-border,var(--vscode-contrastBorder,var(--vscode-panel-border)));color:var(--vscode-input-foreground);background:var(--vscode-input-background)}
input{flex:1 1 9.5em;min-width:9em;max-width:16em}
input::placeholder{color:var(--vscode-input-placeholderForeground,var(--vscode-descriptionForeground));opacity:1}
select{flex:none;field-sizing:content;min-width:4.5em;max-width:14em;text-overflow:ellipsis}
button{flex:none;cursor:pointer;color:var(--vscode-button-secondaryForeground,var(--vscode-foreground));background:var(--vscode-button-secondaryBackground,transparent);white-space:nowrap;max-width:16em;overflow:hidden;text-overflow:ellipsis}
button:hover{background:var(--vscode-button-secondaryHoverBackground,transparent)}
button:disabled{cursor:default;opacity:.6}
button[aria-pressed=true]{color:var(--vscode-varsmith-graphFoundForeground);background:var(--vscode-varsmith-graphFoundBackground)}
:focus-visible{outline:1px solid var(--vscode-focusBorder);outline-offset:-1px}
main{position:relative;flex:1;min-height:0}
#canvas{position:absolute;inset:0;overflow:hidden;cursor:grab}
#canvas.dragging{cursor:grabbing}
#sheet{position:absolute;transform-origin:0 0}
#sheet.moving{will-change:transform}
#note{position:absolute;inset:40% 0 auto;text-align:center;color:var(--vscode-descriptionForeground)}
#minimap{position:absolute;right:12px;bottom:12px;overflow:hidden;cursor:pointer;background:var(--vscode-editor-background);outline:1px solid var(--vscode-varsmith-graphBorder)}
#minimap canvas{display:block;width:100%;height:100%}
#minimap div{position:absolute;left:0;top:0;box-sizing:border-box;color:var(--vscode-varsmith-graphBorder);border:2px solid var(--vscode-focusBorder)}
#legend{display:flex;flex-wrap:wrap;gap:3px 18px;margin:0;padding:5px 12px;list-style:none;font-size:.92em;color:var(--vscode-foreground);border-top:1px solid var(--vscode-panel-border,var(--vscode-contrastBorder,transparent))}
#legend li{display:flex;gap:6px;align-items:center}
svg{display:block;user-select:none}
svg text{font:13px var(--vscode-font-family);fill:var(--vscode-editor-foreground);pointer-events:none}
svg .detail{font-size:10.5px;fill:var(--vscode-descriptionForeground)}
svg .list-title{font-size:12px;fill:var(--vscode-descriptionForeground)}
/* Seen from afar, names take the room of what is not shown. */
.far .node:not(.compact) text,.far .group.folded text{font-size:16px;transform:translateY(6px)}
.far .group.folded .detail,.far .node .detail,.very-far .node text,.very-far .mark .cut,.very-far .list-title{display:none}
.node,.group{cursor:pointer}
.node rect,.sample{fill:var(--vscode-editorWidget-background);stroke:var(--vscode-varsmith-graphBorder)}
.shared rect,.shared.sample{stroke:var(--vscode-varsmith-graphSharedBorder);stroke-width:2.5}
.brought rect,.brought.sample,.flake rect,.flake.sample{stroke-dasharray:5 3}
.undeclared rect,.undeclared.sample{stroke-dasharray:1.5 3}
.node.error rect{stroke:var(--vscode-errorForeground);stroke-width:2}
.group rect{fill:var(--vscode-editorWidget-background);stroke:var(--vscode-varsmith-graphBorder)}
.group.open rect{fill-opacity:.35}
.group.open text{font-weight:600}
.node:hover rect,.group.folded:hover rect,.near rect{stroke:var(--vscode-focusBorder);stroke-width:2}
/* A ring around the box, since a thick border marks what is shared. */
.node:focus,.group:focus{outline:3px solid var(--vscode-focusBorder);outline-offset:4px;border-radius:8px}
.found rect{fill:var(--vscode-varsmith-graphFoundBackground)}
.found text,.found .detail{fill:var(--vscode-varsmith-graphFoundForeground)}
.mark{fill:none;stroke:currentColor;stroke-width:1.6;stroke-linecap:round}
.mark .full{fill:currentColor}
.mark .cut{stroke:var(--vscode-editorWidget-background)}
.mark.present{color:var(--vscode-varsmith-generated)}
.mark.partial{color:var(--vscode-varsmith-partlyGenerated)}
.mark.outdated{color:var(--vscode-varsmith-outdated)}
.mark.missing{color:var(--vscode-varsmith-notGenerated)}
.mark.unreadable{color:var(--vscode-varsmith-notReadable)}
.mark.unknown{color:var(--vscode-varsmith-notKnown)}
.mark.alarm{color:var(--vscode-errorForeground)}
.mark.witness{color:var(--vscode-descriptionForeground)}
.mark.contradicted{color:var(--vscode-varsmith-notGenerated)}
.found .mark{color:var(--vscode-varsmith-graphFoundForeground)}
.found .mark .cut{stroke:var(--vscode-varsmith-graphFoundBackground)}
.edge{fill:none;stroke:var(--vscode-varsmith-graphEdge);stroke-width:1.3;pointer-events:none}
.edge.cycle{stroke:var(--vscode-errorForeground);stroke-width:2.2;stroke-dasharray:7 3}
.edge.marked{stroke:var(--vscode-focusBorder);stroke-width:2.6}
marker path{fill:var(--vscode-varsmith-graphEdge)}
`.trim();

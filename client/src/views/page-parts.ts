/**
 * The parts of pages that show results: HTML from plain data without scripts, whose links are commands. All of them
 * look alike.
 */
import { escaped, textLanguage } from '../html.ts';

export interface Report {
  readonly title: string;
  /** HTML of the page's body. */
  readonly body: string;
}

export function head(title: string, text: string): string {
  return `<h1>${escaped(title)}</h1><p class="headline">${escaped(text)}</p>`;
}

/** Returns a section, or '' if it is empty. */
export function section(title: string, content: string): string {
  return content === '' ? '' : `<h2>${escaped(title)}</h2>${content}`;
}

export function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>${items.map(item => `<li>${item}</li>`).join('')}</ul>`;
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map(cell => `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${cell}</${tag}>`).join('')}</tr>`;
  return `<table>${row(heads, 'th')}${rows.map(cells => row(cells, 'td')).join('')}</table>`;
}

export function commandLink(label: string, command: string, ...args: readonly unknown[]): string {
  const target = `command:${command}?${encodeURIComponent(JSON.stringify(args))}`;
  return `<a href="${escaped(target)}">${escaped(label)}</a>`;
}

export function reportPage({ title, body }: Report, nonce: string): string {
  return `<!DOCTYPE html>
<html lang="${textLanguage()}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}';">
<title>${escaped(title)}</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body><main>${body}</main></body>
</html>`;
}

const STYLE = `
body{padding:4px 24px 24px;background:var(--vscode-editor-background);color:var(--vscode-foreground);font:var(--vscode-font-size) var(--vscode-font-family);line-height:1.5;max-width:70em}
h1{font-size:1.5em;font-weight:500;margin:.7em 0 .2em}
h2{font-size:1.15em;font-weight:600;margin:1.4em 0 .4em}
h3{font-size:1em;font-weight:600;margin:1em 0 .3em}
.headline{font-size:1.05em;margin:.2em 0 1em}
a{color:var(--vscode-textLink-foreground)}
ul{padding-left:1.4em;margin:.3em 0}
table{border-collapse:collapse}
th{text-align:left;font-weight:600;color:var(--vscode-descriptionForeground)}
th,td{padding:4px 18px 4px 0;vertical-align:top;border-bottom:1px solid var(--vscode-panel-border)}
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font-family:var(--vscode-editor-font-family);font-size:var(--vscode-editor-font-size)}
pre.output{padding:8px 12px;background:var(--vscode-textCodeBlock-background)}
.absent,.dim{color:var(--vscode-descriptionForeground)}
.doctor table{width:100%;table-layout:fixed}
.doctor th:nth-child(1){width:3.5em}
.doctor th:nth-child(2){width:11em}
.doctor td{overflow-wrap:anywhere}
.problem,.bad{color:var(--vscode-varsmith-errorText)}
.unknown,.warn{color:var(--vscode-varsmith-warningText)}
code{font-family:var(--vscode-editor-font-family);font-size:var(--vscode-editor-font-size)}
td p{margin:.2em 0}
`.trim();

/** Text in the HTML of pages, which may come from a translation or a repository. */
import { env, l10n } from 'vscode';

/** Fit for contents and for attributes in quotes. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** The language that our texts are in, as screen readers want to know it. */
export function textLanguage(): string {
  return l10n.bundle === undefined ? 'en' : env.language;
}

/** Escapes text for the HTML of pages, since it may come from a translation or a repository. */
import { env, l10n } from 'vscode';

/** Returns text that is safe in content and in quoted attributes. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Returns the language of our texts, for screen readers. */
export function textLanguage(): string {
  return l10n.bundle === undefined ? 'en' : env.language;
}

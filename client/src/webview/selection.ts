/** The selected part of the picture: opens it, shows it alone, or moves to it by keys and search. */
import { choose, type Page } from './page.ts';

/** Opens a generator's declaration, or unfolds or folds a group. */
export function activate(page: Page, part: SVGGElement | null): void {
  const { id, group } = part?.dataset ?? {};
  if (id !== undefined) page.host.postMessage({ type: 'open', id });
  else if (part && group !== undefined) {
    page.anchor = { key: group, at: part.getBoundingClientRect() };
    const open = page.choice.open ?? page.shown?.groups ?? [];
    const others = open.filter(other => other !== group);
    choose(page, { open: open.includes(group) ? others : [...open, group] }, true);
  }
}

/** Shows only the selected generator with its dependencies and dependents, or everything again. */
export function toggleFocus(page: Page): void {
  const id = page.parts?.current()?.dataset.id;
  if (page.choice.generator !== null) choose(page, { generator: null, open: null });
  else if (id !== undefined) choose(page, { generator: id, open: null });
}

/** Shows the effect of the button that toggles the focus. */
export function fillFocus({ choice: { generator }, elements: { focus }, texts, parts }: Page): void {
  focus.textContent = generator === null ? texts.focus : filled(texts.only, generator);
  focus.setAttribute('aria-pressed', String(generator !== null));
  focus.disabled = generator === null && parts?.current()?.dataset.id === undefined;
}

/** Selects the match after or before the selected part. */
export function findNext(page: Page, matches: readonly SVGGElement[], step: 1 | -1): void {
  const current = page.parts?.current();
  const at = current ? matches.indexOf(current) : -1;
  const next = at === -1 ? matches[0] : matches[(at + step + matches.length) % matches.length];
  if (next) go(page, next, false);
}

/**
 * Selects a part and shows it.
 * @param hasFocus false if the focus should stay where it is, as in the search field
 */
export function go(page: Page, part: SVGGElement, hasFocus = true): void {
  const { parts, view } = page;
  const field = document.activeElement;
  parts?.focus(part);
  if (!hasFocus && field instanceof HTMLElement) field.focus();
  parts?.mark(part);
  fillFocus(page);
  if (hasFocus) view.scrollIntoView(part);
  else view.reveal(part);
}

/** Returns a text with values in place of its placeholders. */
export function filled(text: string, ...values: readonly (string | number)[]): string {
  return text.replaceAll(/\{(\d)\}/g, (hole, at: string) => String(values[Number(at)] ?? hole));
}

/** The toolbar: shows the choice, counts matches of the search, and requests other choices. */
import type { Choice, ExportFormat } from './messages.ts';
import { choose, type Graph, type Page } from './page.ts';
import { filled, fillFocus, findNext, go, toggleFocus } from './selection.ts';

/** Shows the machines and the choice that a picture was drawn for. */
export function fillToolbar(page: Page, { machines: names, choice, groups }: Graph): void {
  const { machines, unfold } = page.elements;
  page.choice = choice;
  if (
    machines.length !== names.length + 1 ||
    names.some((name, at) => machines.options[at + 1]?.value !== name)
  )
    machines.replaceChildren(
      new Option(page.texts.allMachines, ''),
      ...names.map(name => new Option(name, name)),
    );
  machines.hidden = names.length === 0;
  unfold.hidden = groups.length === 0;
  unfold.textContent = isUnfolded(page) ? page.texts.foldAll : page.texts.unfoldAll;
  fillChoice(page);
}

export function fillChoice(page: Page): void {
  const { choice, elements } = page;
  elements.machines.value = choice.machine ?? '';
  elements.kinds.value = choice.kind ?? '';
  elements.conditions.value = choice.condition ?? '';
  elements.groupings.value = choice.grouping ?? '';
  fillFocus(page);
}

function isUnfolded({ choice, shown }: Page): boolean {
  return choice.open === null || choice.open.length === (shown?.groups.length ?? 0);
}

/** Marks, counts and returns the matches of the search. */
export function find({ parts, shown, texts, elements: { search, count } }: Page): readonly SVGGElement[] {
  const matches = parts?.find(search.value) ?? [];
  const all = shown?.generators ?? 0;
  count.textContent =
    search.value.trim() === ''
      ? filled(all === 1 ? texts.generator : texts.generators, all)
      : filled(all === 1 ? texts.foundOfOne : texts.foundOf, matches.length, all);
  return matches;
}

export function wireToolbar(page: Page): void {
  const { elements, view } = page;
  const onChange = (select: HTMLSelectElement, change: () => Partial<Choice>) =>
    select.addEventListener('change', () => choose(page, change()));
  onChange(elements.machines, () => ({ machine: chosen(elements.machines) }));
  onChange(elements.kinds, () => ({ kind: chosen(elements.kinds) }));
  onChange(elements.conditions, () => ({ condition: chosen(elements.conditions) }));
  onChange(elements.groupings, () => ({ grouping: chosen(elements.groupings), open: null }));
  elements.unfold.addEventListener('click', () =>
    choose(page, { open: isUnfolded(page) ? [] : (page.shown?.groups ?? null) }),
  );
  elements.focus.addEventListener('click', () => toggleFocus(page));
  elements.zoomIn.addEventListener('click', () => view.zoom(1.25));
  elements.zoomOut.addEventListener('click', () => view.zoom(0.8));
  elements.fit.addEventListener('click', () => view.showWhole());
  elements.formats.addEventListener('change', () => {
    page.host.postMessage({ type: 'export', format: elements.formats.value as ExportFormat });
    elements.formats.value = '';
  });
  wireSearch(page);
}

function wireSearch(page: Page): void {
  const { search } = page.elements;
  search.addEventListener('input', () => find(page));
  search.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      search.value = '';
      find(page);
    } else if (event.key === 'Enter') findNext(page, find(page), event.shiftKey ? -1 : 1);
    else if (event.key === 'ArrowDown') {
      const current = page.parts?.current();
      if (current) go(page, current);
    } else return;
    event.preventDefault();
  });
}

/** Returns the value of a choice; the empty value means everything. */
function chosen<Value extends string>(select: HTMLSelectElement): Value | null {
  return select.value === '' ? null : (select.value as Value);
}

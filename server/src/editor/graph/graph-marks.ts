/** Draws the marks of states and witnesses in a graph. Each has its own shape, so that none is told apart by colour alone. */
import { WITNESS_WORDS } from '../../checks/facts/eval/nix-says.ts';
import { STATE_WORDS, type StoredState } from '../../store/vars/tally.ts';
import type { GraphNode } from './graph.ts';

/** A state, errors, or what is not confirmed by Nix where Nix was asked. */
export type Mark = StoredState | 'error' | 'nix' | 'contradicted';

/**
 * Shapes within a square of 12 around 0, 0. `full` is filled and `cut` drawn in the colour of the box; others
 * are lines.
 */
const SHAPES: Readonly<Record<Mark, string>> = {
  present: '<circle class="full" r="5.5"/><path class="cut" d="M-2.6 .2-.7 2.1 2.7-1.9"/>',
  partial: '<circle r="4.7"/><path class="full" d="M0-4.7A4.7 4.7 0 0 1 0 4.7z"/>',
  outdated: '<circle r="4.7"/><path d="M0-2.8V.3L2.1 1.7"/>',
  missing: '<circle r="4.7"/>',
  unreadable: '<circle r="4.7"/><path d="M-3.3-3.3 3.3 3.3"/>',
  unknown: '<path d="M-2.2-2.4a2.2 2.2 0 1 1 3.6 1.7C.5 0 0 .4 0 1.5M0 4.2v.2"/>',
  error: '<path class="full" d="M0-5.6 6 5H-6z"/><path class="cut" d="M0-2V1.4M0 3.2v.3"/>',
  nix: '<path d="M0-5V5M-4.3-2.5 4.3 2.5M-4.3 2.5 4.3-2.5"/>',
  contradicted: '<path d="M-4.5-1.9H4.5M-4.5 1.9H4.5M2.4-5-2.4 5"/>',
};

/** The classes of marks that are no states. */
const CLASSES: Partial<Readonly<Record<Mark, string>>> = {
  error: 'alarm',
  nix: 'witness',
  contradicted: 'witness',
};

export function markOf(mark: Mark, x: number, y: number): string {
  const name = CLASSES[mark] ?? 'state';
  return `<g class="mark ${name} ${mark}" transform="translate(${x} ${y})">${SHAPES[mark]}</g>`;
}

/** The meaning of marks, in the order of the legend. */
export const MARK_WORDS: readonly (readonly [Mark, string])[] = [
  ['present', STATE_WORDS.present],
  ['partial', STATE_WORDS.partial],
  ['outdated', STATE_WORDS.outdated],
  ['missing', STATE_WORDS.missing],
  ['unreadable', STATE_WORDS.unreadable],
  ['unknown', STATE_WORDS.unknown],
  ['error', 'with errors'],
  ['nix', WITNESS_WORDS.nix],
  ['contradicted', WITNESS_WORDS.contradicted],
];

/** Returns the marks of a generator beside that of its state, from the right edge of its box inwards. */
export function marksBeside({ errors, nix }: Pick<GraphNode, 'errors' | 'nix'>): readonly Mark[] {
  const witness = nix?.witness;
  return [
    ...(errors > 0 ? (['error'] as const) : []),
    ...(witness === 'nix' || witness === 'contradicted' ? [witness] : []),
  ];
}

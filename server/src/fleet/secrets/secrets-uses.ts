/**
 * Finds uses of sops-nix and agenix secrets: selections `….sops.secrets.N.path`, `….sops.placeholder.N`,
 * `….sops.templates.N.path` and `….age.secrets.N.path` on a configuration, however they are spelled and whichever
 * function contains them.
 */

import { readName } from '../../modules/read.ts';
import { passesBy } from '../../modules/steps.ts';
import { display } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Selection } from '../../nix/eval/selection.ts';
import type { Origin, StringValue, UnknownValue } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { outermostIn, placeIn, placeOf } from '../../nix/places.ts';
import { addToList } from '../../std.ts';
import type { NamedSecret, SecretKeeper, SecretReader, SecretUse, SecretUseKind } from '../model/secrets.ts';
import { type Asking, type Reaching, reachedOf } from '../uses/reach.ts';

interface Step {
  readonly text: string | null;
  readonly name: StringValue | null;
  readonly at: Origin | null;
  readonly key: string;
}

/** Returns the root's name and the names selected from it, outermost first. */
function stepsOf(value: UnknownValue): Step[] {
  const steps: Step[] = [];
  let at: UnknownValue = value;
  for (; at.term?.kind === 'select'; at = at.term.of)
    steps.push({ text: at.term.name.text, name: at.term.name, at: at.term.at, key: at.key });
  if (at.term?.kind === 'root') steps.push({ text: at.term.name, name: null, at: null, key: at.key });
  return steps.reverse();
}

const SETS: ReadonlyMap<string, readonly [SecretKeeper, SecretUseKind]> = new Map([
  ['sops.secrets', ['sops', 'secret']],
  ['sops.placeholder', ['sops', 'placeholder']],
  ['sops.templates', ['sops', 'template']],
  ['age.secrets', ['age', 'secret']],
] as const);

/** The first names of these sets. */
const KEEPERS: ReadonlySet<string> = new Set([...SETS.keys()].map(set => set.slice(0, set.indexOf('.'))));

/** Returns the secret that a placeholder stands for, or `null` for any other value. */
export function placeholderOf(value: UnknownValue): NamedSecret | null {
  const intoSet = belowSet(stepsOf(value));
  const [named, more] = intoSet?.below ?? [];
  if (intoSet?.of !== 'placeholder' || more !== undefined || !named?.name || named.at === null) return null;
  const { name, kind } = readName(named.name, true);
  return { name, nameKind: kind, at: placeOf(named.at) };
}

/** A selection from one of the sets, with the steps above and below the set. */
interface IntoSet {
  readonly keeper: SecretKeeper;
  readonly of: SecretUseKind;
  readonly above: readonly Step[];
  readonly below: readonly Step[];
}

/** Returns the set that the steps lead through, or null. */
function belowSet(steps: readonly Step[]): IntoSet | null {
  for (let i = steps.length - 2; i >= 0; i--) {
    const set = SETS.get(`${steps[i]?.text}.${steps[i + 1]?.text}`);
    if (set === undefined) continue;
    if (steps[i - 1]?.text === 'options') return null;
    return { keeper: set[0], of: set[1], above: steps.slice(0, i), below: steps.slice(i + 2) };
  }
  return null;
}

/** Collects the uses of one file while it is walked. */
export interface SecretUseCollector {
  note(selection: Selection, asking: Asking): void;
  uses(reaching: Reaching): SecretUse[];
}

/**
 * Creates a collector of uses.
 * @param readers functions that take a configuration, outer ones first; may grow while the file is walked
 */
export function collectSecretUses(
  cx: Evaluation,
  file: string,
  readers: readonly SecretReader[],
): SecretUseCollector {
  const pending: { readonly use: SecretUse; readonly steps: readonly Step[]; readonly asking: Asking }[] = [];
  /** Secrets that are tested with `?`. */
  const tested = new Set<string>();
  /** Secrets that are selected with a fallback, with the places of the selections. */
  const provided = new Set<string>();

  function noteGuard({ guarded, fallback, at }: Selection, key: string): void {
    if (!guarded) return;
    if (fallback === null) tested.add(key);
    else if (cx.force(fallback).kind !== 'failure') provided.add(selectionKey(key, at));
  }

  return {
    note(event, asking) {
      if (event.target.kind !== 'unknown' || !passesBy(KEEPERS, event.name, event.target)) return;
      const self =
        event.result?.kind === 'unknown' ? event.result.key : `${event.target.key}.${event.name.text ?? ''}`;
      const last: Step = { text: event.name.text, name: event.name, at: event.at, key: self };
      const steps = [...stepsOf(event.target), last];
      const intoSet = belowSet(steps);
      if (intoSet === null || intoSet.below.length === 0 || intoSet.below.length > 2) return;
      noteGuard(event, self);
      if (event.result === null) return;
      const { keeper, of, above, below } = intoSet;
      if (of === 'placeholder' && below.length !== 1) return;
      const [named, attribute] = below as [Step, Step | undefined];
      const at = outermostIn(event.at, file);
      if (at === null || named.name === null) return;
      const name = readName(named.name, true);
      const direct = at === event.at && event.expr !== null;
      const use: SecretUse = {
        keeper,
        of,
        at:
          direct && event.expr
            ? placeIn(event.at.file, { start: event.expr.start, end: event.at.end })
            : placeOf(at),
        name: name.name,
        nameKind: name.kind,
        nameAt: (named.at === null ? null : outermostPlace(named.at, file)) ?? placeOf(at),
        attribute: attribute?.name ? display(attribute.name) : null,
        attributeAt: attribute?.at ? outermostPlace(attribute.at, file) : null,
        above: above.map(step => step.text),
        guarded: false,
        reached: 'surely',
        reader: null,
      };
      pending.push({ use, steps: below, asking });
    },
    uses(reaching) {
      const byId = new Map<string, SecretUse>();
      const taken = new Set<string>();
      for (const { use } of pending) if (use.attribute !== null) taken.add(whole(use));
      const noted = new Map<string, (typeof pending)[number][]>();
      for (const use of pending) addToList(noted, idOf(use.use), use);
      for (const { use, steps } of pending) {
        // A selection of an attribute also selects the whole secret.
        if (use.attribute === null && use.of !== 'placeholder' && taken.has(whole(use))) continue;
        const id = idOf(use);
        if (byId.has(id)) continue;
        const { reached, isExact } = reachedOf(use.at, noted.get(id) ?? [], reaching);
        const isTested = (key: string) => tested.has(key) && !(isExact && reached === 'surely');
        const isGuarded =
          reached === 'never' ||
          steps.some(({ key, at }) => isTested(key) || provided.has(selectionKey(key, at)));
        const { start, end } = use.nameAt;
        const reader = readers.findLast(({ at }) => at.start <= start && end <= at.end) ?? null;
        byId.set(id, { ...use, guarded: isGuarded, reached, reader });
      }
      return [...byId.values()];
    },
  };
}

function selectionKey(key: string, at: Origin | null): string {
  return `${key}@${at?.file.path}:${at?.start}`;
}

function idOf(use: SecretUse): string {
  return `${use.at.start}:${use.at.end}:${whole(use)}:${use.attribute}`;
}

/** Returns the place of a value, or of the call in `file` that led to it. */
function outermostPlace(at: Origin, file: string): Place | null {
  const outermost = outermostIn(at, file);
  return outermost === null ? null : placeOf(outermost);
}

function whole(use: SecretUse): string {
  return `${use.keeper}.${use.of}:${use.name}:${use.nameAt.start}`;
}

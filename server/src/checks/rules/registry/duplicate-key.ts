/** registry/duplicate-key: a key appears twice in the list of one machine. */

import { removeListItem } from '../../../edits/edits.ts';
import { listWithItem } from '../../../edits/locate.ts';
import type { ListedKey, Matrix, MatrixRow } from '../../../fleet/model/registries.ts';
import type { Place } from '../../../nix/places.ts';
import { placeIdentity } from '../../../nix/places.ts';
import { sortedUnique } from '../../../std.ts';
import { factsOf } from '../../facts/fleet-facts.ts';
import { machinesText } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const duplicateKey: Rule = {
  id: 'registry/duplicate-key',
  severity: 'warning',
  isEarly: true,
  summary: 'A key that a machine lists twice',
  documentation: `\
A row lists a key twice, often because a shared list also contains it (\`sharedCore ++ [ … ]\`).

The machine gets the generator only once, so nothing breaks today. But if you later remove the key in one place, the
machine keeps the secret.

Remove the second one. If both come from shared lists, the finding is reported at the row's name.`,
  examples: ({ PIPELINE }) => ({
    bad: [
      {
        title: 'The shared list already contains it',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': `\
let
  sharedCore = [ "anthropic" ];
in
{
  emily = sharedCore ++ [
    "gmail"
    "anthropic"
  # ^^^^^^^^^^^ registry/duplicate-key: Machine emily lists "anthropic" twice
  ];
  lea = sharedCore;
}
`,
        },
      },
      {
        title: 'Twice in one list',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': `\
{
  emily = [ "anthropic" "gmail" "anthropic" ];
  #                             ^^^^^^^^^^^ registry/duplicate-key
}
`,
        },
      },
    ],
    good: [
      {
        title: 'Two rows may share a key',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': `\
let
  sharedCore = [ "anthropic" ];
in
{
  emily = sharedCore ++ [ "gmail" ];
  lea = sharedCore;
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    for (const registry of factsOf(context.fleet).registries.values())
      for (const matrix of registry.matrices) yield* duplicatesOf(context, matrix);
  },
};

/** A key that some machines list twice, with the place of the one to remove. */
interface Duplicate {
  readonly key: string;
  readonly at: Place;
  readonly other: Place;
  /** The row's name, if the row itself combines the two. */
  readonly onRow: boolean;
  readonly rows: MatrixRow[];
}

/** A row that repeats a key. */
interface Repetition {
  readonly row: MatrixRow;
  readonly first: ListedKey;
  readonly second: ListedKey;
}

function* duplicatesOf(context: CheckContext, matrix: Matrix): Iterable<Report> {
  const repetitions = repetitionsIn(matrix);
  if (repetitions.length === 0) return;
  const owners = countRows(matrix, new Set(repetitions.map(({ first }) => first.key)));
  const duplicates = new Map<string, Duplicate>();
  for (const { row, first, second } of repetitions) {
    const at = placeOfDuplicate(context, row, first.at, second.at, owners);
    const id = `${placeIdentity(at)}\0${first.key}`;
    const duplicate = duplicates.get(id);
    if (duplicate !== undefined) duplicate.rows.push(row);
    else {
      const other = at === first.at ? second.at : first.at;
      duplicates.set(id, { key: first.key, at, other, onRow: at === row.at, rows: [row] });
    }
  }
  for (const duplicate of duplicates.values()) yield reportOf(context, duplicate);
}

function repetitionsIn(matrix: Matrix): Repetition[] {
  const repetitions: Repetition[] = [];
  for (const row of matrix.rows) {
    if (new Set(row.keys.map(key => key.key)).size === row.keys.length) continue;
    const seen = new Map<string, ListedKey>();
    for (const second of row.keys) {
      const first = seen.get(second.key);
      if (first === undefined) seen.set(second.key, second);
      else repetitions.push({ row, first, second });
    }
  }
  return repetitions;
}

/** Counts the lists that contain each item: more than one if the list is shared. */
function countRows(matrix: Matrix, keys: ReadonlySet<string>): Map<string, number> {
  const rows = new Map<string, number>();
  for (const row of matrix.rows)
    for (const { key, at } of row.keys)
      if (keys.has(key)) rows.set(placeIdentity(at), (rows.get(placeIdentity(at)) ?? 0) + 1);
  return rows;
}

/**
 * Returns the place to report: the later key if only this row has it, else the earlier one, else the later one
 * within a single list, else the row.
 */
function placeOfDuplicate(
  { sources }: CheckContext,
  row: MatrixRow,
  first: Place,
  second: Place,
  owners: ReadonlyMap<string, number>,
): Place {
  if (owners.get(placeIdentity(second)) === 1) return second;
  if (owners.get(placeIdentity(first)) === 1) return first;
  const file = first.file === second.file ? sources.parse(first.file) : null;
  if (file === null || first.start === second.start) return row.at;
  const list = listWithItem(file, first)?.list;
  return list !== undefined && list === listWithItem(file, second)?.list ? second : row.at;
}

function reportOf({ sources }: CheckContext, duplicate: Duplicate): Report {
  const { key, at, onRow } = duplicate;
  const file = onRow ? null : sources.parse(at.file);
  const removal = file === null ? null : removeListItem(file, at);
  const machines = sortedUnique(duplicate.rows.filter(row => !row.shared).map(row => row.machine));
  const row = duplicate.rows[0] as MatrixRow;
  const who = machines.length === 0 ? `List ${row.machine}` : capitalised(machinesText(machines));
  const advice = onRow
    ? 'Both come from shared lists: take it out of one of them.'
    : 'Remove one of the two.';
  return {
    at,
    message: `${who} ${machines.length > 1 ? 'list' : 'lists'} "${key}" twice. ${advice}`,
    machines,
    related: [{ at: duplicate.other, message: `"${key}" is listed here already` }],
    fixes: removal === null ? [] : [{ title: `Remove "${key}" here`, edits: [removal], preferred: true }],
  };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

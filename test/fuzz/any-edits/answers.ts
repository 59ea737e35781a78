/**
 * All that is said of a workspace as plain data, so that two states of it can be compared: findings, `inspect`, the
 * whole model, explorer, graph, and what an editor asks of a file and at a place.
 */
import { silenceFixes } from '../../../server/src/checks/engine/suppress.ts';
import { inspection } from '../../../server/src/cli/output/inspection.ts';
import { completion } from '../../../server/src/editor/complete/completion.ts';
import { environmentOf } from '../../../server/src/editor/environment/environment.ts';
import { fleetEntry, generatorEntries } from '../../../server/src/editor/explorer/explorer.ts';
import { itemAt } from '../../../server/src/editor/explorer/explorer-at.ts';
import { EVERYTHING } from '../../../server/src/editor/explorer/explorer-filter.ts';
import { keyEntries } from '../../../server/src/editor/explorer/explorer-keys.ts';
import { secretEntries, secretsEntry } from '../../../server/src/editor/explorer/explorer-secrets.ts';
import { graphOf } from '../../../server/src/editor/graph/graph.ts';
import { hover } from '../../../server/src/editor/hover/hover.ts';
import { indexOf } from '../../../server/src/editor/names/fleet-index.ts';
import { definition } from '../../../server/src/editor/navigate/definition.ts';
import { highlights, references } from '../../../server/src/editor/navigate/references.ts';
import { typeDefinition } from '../../../server/src/editor/navigate/type-definition.ts';
import { codeActions, fixAllIn } from '../../../server/src/editor/refactor/code-actions.ts';
import { rename } from '../../../server/src/editor/rename/rename.ts';
import { codeLenses, lensTitle } from '../../../server/src/editor/shown/code-lens.ts';
import { foldings } from '../../../server/src/editor/shown/folding.ts';
import { errorsByGenerator } from '../../../server/src/editor/shown/generator-errors.ts';
import { inlayHints } from '../../../server/src/editor/shown/inlay-hints.ts';
import { fileLinks } from '../../../server/src/editor/shown/links.ts';
import { documentSymbols, workspaceSymbols } from '../../../server/src/editor/shown/symbols.ts';
import { tokensIn } from '../../../server/src/editor/shown/tokens.ts';
import type { Snapshot } from '../../../server/src/editor/snapshot.ts';
import type { Workspace } from '../../../server/src/workspace/workspace.ts';
import { plainFleet } from '../../fleet/workspace.ts';

/** Where a cursor stands: parts of a list of files, of a file's text, and of its names, from 0 to 1. */
export interface Cursor {
  readonly file: number;
  readonly offset: number;
}

/** Each question with its answer as a text. Asked in this order. */
export type Answers = ReadonlyMap<string, string>;

/**
 * Asks everything.
 * @param touched the files that were edited, of which more is asked than of others
 */
export function answersOf(
  workspace: Workspace,
  cursors: readonly Cursor[],
  touched: ReadonlySet<string>,
): Answers {
  const answers = new Map<string, string>();
  const answer = (question: string, ask: () => unknown) => answers.set(question, plainText(ask()));
  const snapshot = workspace.snapshot();
  const { fleet } = snapshot;
  answer('findings', () => [...snapshot.findings]);
  answer('inspect', () => inspection(workspace));
  answer('model', () => plainFleet(fleet));
  answer('stored', () => snapshot.stored());
  answer('settings', () => [workspace.settings, workspace.problems]);
  answer('files', () => [[...workspace.files.nixFiles()].sort(), workspace.files.skipped()]);
  answer('explorer', () => {
    const entry = fleetEntry(snapshot, EVERYTHING);
    const machines = [null, ...entry.machines.map(({ name }) => name)];
    return [
      entry,
      keyEntries(snapshot, EVERYTHING),
      secretsEntry(snapshot, EVERYTHING),
      machines.map(machine => generatorEntries(snapshot, machine, EVERYTHING)),
      machines.map(machine => secretEntries(snapshot, machine, EVERYTHING)),
    ];
  });
  answer('graph', () => graphOf(fleet, snapshot, {}, errorsByGenerator(fleet, snapshot.findings)));
  answer('environment', () => {
    const around = { ...snapshot, elsewhere: snapshot.stored().elsewhere };
    return fleet.machines.map(({ name }) => environmentOf(around, name));
  });
  answer('workspace symbols', () => workspaceSymbols(snapshot, ''));
  const nixFiles = [...workspace.files.nixFiles()].sort();
  const asked = new Set(nixFiles.filter(file => touched.has(file)));
  for (const { file } of cursors) {
    const path = nixFiles[Math.floor(file * (nixFiles.length - 1))];
    if (path !== undefined) asked.add(path);
  }
  for (const file of asked) {
    for (const [question, ask] of Object.entries(OF_FILES))
      answer(`${question} of ${file}`, () => ask(snapshot, file));
    for (const at of offsetsIn(snapshot, file, cursors))
      for (const [question, ask] of Object.entries(AT_PLACES))
        answer(`${question} at ${file}:${at}`, () => ask(snapshot, file, at));
  }
  return answers;
}

const OF_FILES: Readonly<Record<string, (snapshot: Snapshot, file: string) => unknown>> = {
  symbols: documentSymbols,
  tokens: tokensIn,
  lenses: (snapshot, file) =>
    codeLenses(snapshot, file).map(lens => [lens, lensTitle(snapshot, lens.subject)]),
  hints: (snapshot, file) => inlayHints(snapshot, file, { start: 0, end: Number.MAX_SAFE_INTEGER }, 'all'),
  links: fileLinks,
  foldings: ({ files }, file) => {
    const source = files.parse(file);
    return source === null ? null : [foldings(source), source.errors, source.comments, source.lineStarts];
  },
  'fix all': fixAllIn,
  targets: (snapshot, file) => indexOf(snapshot).targetsIn(file),
};

const AT_PLACES: Readonly<Record<string, (snapshot: Snapshot, file: string, offset: number) => unknown>> = {
  hover,
  completion,
  definition,
  'type definition': typeDefinition,
  references: (snapshot, file, offset) => references(snapshot, file, offset, true),
  highlights,
  item: itemAt,
  rename: (snapshot, file, offset) => rename(snapshot, file, offset, 'other-name'),
  actions: (snapshot, file, offset) => codeActions(snapshot, file, offset, offset, silenceFixes),
};

/** The offsets to ask at: a place in the text, and a name, for each cursor. */
function offsetsIn(snapshot: Snapshot, file: string, cursors: readonly Cursor[]): Set<number> {
  const length = snapshot.files.text(file)?.length ?? 0;
  const targets = indexOf(snapshot).targetsIn(file);
  const offsets = new Set<number>();
  for (const { offset } of cursors) {
    offsets.add(Math.floor(offset * length));
    const target = targets[Math.floor(offset * (targets.length - 1))];
    if (target !== undefined) offsets.add(target.at.end);
  }
  return offsets;
}

/** Writes data as text: maps and sets in any order, functions left out. */
function plainText(value: unknown): string {
  return JSON.stringify(value, withPlainTables) ?? 'undefined';
}

function withPlainTables(_: string, part: unknown): unknown {
  if (!(part instanceof Map || part instanceof Set)) return part;
  return [...part].map(entry => JSON.stringify(entry, withPlainTables)).sort();
}

/** Says where two answers first differ, or returns `null` if all are equal. */
export function differenceOf(left: Answers, right: Answers): string | null {
  for (const question of new Set([...left.keys(), ...right.keys()])) {
    const [one = 'not asked', other = 'not asked'] = [left.get(question), right.get(question)];
    if (one === other) continue;
    let at = 0;
    while (one[at] === other[at]) at++;
    const around = (text: string) => text.slice(Math.max(0, at - 160), at + 160);
    return `${question}\nedited: …${around(one)}…\nfresh:  …${around(other)}…`;
  }
  return null;
}

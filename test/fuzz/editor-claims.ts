/** Everything that an editor asks, at some offsets of a file. */

import { silenceFixes } from '../../server/src/checks/engine/suppress.ts';
import type { Finding } from '../../server/src/checks/rule.ts';
import { completion } from '../../server/src/editor/complete/completion.ts';
import { fleetEntry, generatorEntries } from '../../server/src/editor/explorer/explorer.ts';
import { EVERYTHING } from '../../server/src/editor/explorer/explorer-filter.ts';
import { keyEntries } from '../../server/src/editor/explorer/explorer-keys.ts';
import {
  keysOfFile,
  secretEntries,
  secretsEntry,
} from '../../server/src/editor/explorer/explorer-secrets.ts';
import { graphOf } from '../../server/src/editor/graph/graph.ts';
import { pictureOf } from '../../server/src/editor/graph/graph-picture.ts';
import { dotOf, mermaidOf } from '../../server/src/editor/graph/graph-text.ts';
import { hover } from '../../server/src/editor/hover/hover.ts';
import { indexOf } from '../../server/src/editor/names/fleet-index.ts';
import { definition } from '../../server/src/editor/navigate/definition.ts';
import { highlights, references } from '../../server/src/editor/navigate/references.ts';
import { codeActions, fixAllIn } from '../../server/src/editor/refactor/code-actions.ts';
import { prepareRename, rename } from '../../server/src/editor/rename/rename.ts';
import { foldings } from '../../server/src/editor/shown/folding.ts';
import {
  documentSymbols,
  type NamedSymbol,
  workspaceSymbols,
} from '../../server/src/editor/shown/symbols.ts';
import type { Snapshot } from '../../server/src/editor/snapshot.ts';
import { readContents, type StoreContents } from '../../server/src/store/vars/read.ts';
import type { Checked } from '../checks/harness.ts';
import { claimEdits, claimPlaces } from './claims.ts';

/** A workspace that has been looked at, as editor features see it. */
export function snapshotOf({ fleet, files, findings }: Checked): Snapshot {
  let contents: StoreContents | null = null;
  const stored = () => (contents ??= readContents(files));
  const byFile = new Map<string, Finding[]>();
  for (const finding of findings)
    byFile.set(finding.at.file, [...(byFile.get(finding.at.file) ?? []), finding]);
  return { version: 1, fleet, findings: byFile, files, stored, noted: () => new Map() };
}

/** What is asked of a whole workspace. */
export function claimWorkspace(snapshot: Snapshot): void {
  const { fleet, files } = snapshot;
  claimPlaces(files, workspaceSymbols(snapshot, ''), 'workspace symbols');
  const { machines } = fleetEntry(snapshot, EVERYTHING);
  claimPlaces(files, machines, 'machines');
  for (const machine of [null, ...machines.map(({ name }) => name)])
    claimPlaces(files, generatorEntries(snapshot, machine, EVERYTHING), 'generators');
  claimPlaces(files, keyEntries(snapshot, EVERYTHING), 'keys');
  const secrets = secretsEntry(snapshot, EVERYTHING);
  claimPlaces(files, secrets, 'secrets');
  for (const machine of [null, ...machines.map(({ name }) => name)])
    claimPlaces(files, secretEntries(snapshot, machine, EVERYTHING), 'secrets of a machine');
  for (const { path } of secrets.files) claimPlaces(files, keysOfFile(snapshot, path), 'keys of a file');
  const graph = graphOf(fleet, snapshot);
  claimPlaces(files, graph, 'graph');
  pictureOf(graph);
  dotOf(graph);
  mermaidOf(graph);
}

/** What is asked of one file. */
export function claimFile(snapshot: Snapshot, file: string): void {
  const { files } = snapshot;
  const symbols = documentSymbols(snapshot, file);
  claimPlaces(files, symbols, 'symbols');
  for (const symbol of symbols) claimNested(symbol);
  const source = files.parse(file);
  if (source !== null)
    for (const { startLine, endLine } of foldings(source))
      if (startLine < 0 || endLine <= startLine || endLine >= source.lineStarts.length)
        throw new Error(`a folding of lines ${startLine} to ${endLine} of ${source.lineStarts.length}`);
  claimEdits(files, fixAllIn(snapshot, file)?.edits ?? [], 'fix all');
}

/** Editors refuse outlines whose names and parts are outside of what they belong to. */
function claimNested({ at, whole, children, name }: NamedSymbol): void {
  for (const part of [at, ...children.map(child => child.whole)])
    if (part.file !== whole.file || part.start < whole.start || part.end > whole.end)
      throw new Error(`the symbol ${name} is not inside of its whole: ${JSON.stringify({ part, whole })}`);
  for (const child of children) claimNested(child);
}

/**
 * What is asked with the cursor anywhere, and on a name that can be pointed at.
 * @param spot how far into the file, and into the list of its names: 0 is the beginning, 1 the end
 */
export function claimCursor(snapshot: Snapshot, file: string, spot: number): void {
  claimOffset(snapshot, file, Math.floor(spot * (snapshot.files.text(file)?.length ?? 0)));
  const targets = indexOf(snapshot).targetsIn(file);
  const target = targets[Math.floor(spot * (targets.length - 1))];
  if (target !== undefined) claimOffset(snapshot, file, target.at.end);
}

function claimOffset(snapshot: Snapshot, file: string, offset: number): void {
  const { files } = snapshot;
  claimPlaces(files, completion(snapshot, file, offset), 'completion');
  claimPlaces(files, definition(snapshot, file, offset), 'definition');
  claimPlaces(files, hover(snapshot, file, offset), 'hover');
  claimPlaces(files, references(snapshot, file, offset, true), 'references');
  claimPlaces(files, highlights(snapshot, file, offset), 'highlights');
  claimPlaces(files, prepareRename(snapshot, file, offset), 'prepare rename');
  for (const to of ['other', "it's 😀"]) {
    const renaming = rename(snapshot, file, offset, to);
    if (renaming !== null && 'edits' in renaming) claimEdits(files, renaming.edits, `rename to ${to}`);
  }
  for (const { fix } of codeActions(snapshot, file, offset, offset, silenceFixes))
    claimEdits(files, fix.edits, `action "${fix.title}"`);
}

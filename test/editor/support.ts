// Snapshots of the example fleet, with a cursor in it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Snapshot } from '../../server/src/editor/snapshot.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder } from '../workspace/support.ts';

const engine = await loadEngine();
const EXAMPLES = join(__dirname, '../../examples');

export interface At {
  readonly snapshot: Snapshot;
  readonly file: string;
  /** 0-based UTF-16 offset of the cursor. */
  readonly offset: number;
}

/** The example fleet with the cursor behind `before`, and further or other files where they are given. */
export function inExample(file: string, before: string, others: Readonly<Record<string, string>> = {}): At {
  const files = { ...exampleFiles(), ...others };
  const text = files[file] ?? '';
  const offset = text.indexOf(before);
  if (offset === -1) throw new Error(`${file} has no ${before}`);
  const { snapshot } = createWorkspace({ root: folder(files), engine });
  return { snapshot: snapshot(), file, offset: offset + before.length };
}

/** The texts of one of the examples. */
export function exampleFiles(name: 'fleet' | 'broken-fleet' = 'fleet'): Record<string, string> {
  const root = join(EXAMPLES, name);
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1));
  return Object.fromEntries(paths.map(path => [path, readFileSync(join(root, path), 'utf8')]));
}

/** The text of a place. */
export function textAt({ files }: Snapshot, place: { file: string; start: number; end: number }): string {
  return `${place.file}: ${files.text(place.file)?.slice(place.start, place.end)}`;
}

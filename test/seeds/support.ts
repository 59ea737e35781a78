// Fleets that hold what the seed documents say, as literally as their text gives it, and ways to ask about them.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finding } from '../../server/src/checks/rule.ts';
import type { Snapshot } from '../../server/src/editor/snapshot.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { type Run, type RunOptions, varsmith } from '../cli/support.ts';
import { folder } from '../workspace/support.ts';

export const engine = await loadEngine();

export type FleetName = 'registry' | 'import-forms' | 'concepts' | 'domain-model' | 'sops' | 'sops-plain';

/** Texts to be put in the place of others, or null to take a file away. */
export type Changes = Readonly<Record<string, string | null>>;

/** Returns a copy of a fleet: absolute path of a folder that belongs to the test. */
export function seedFleet(name: FleetName, changes: Changes = {}): string {
  const root = folder({});
  cpSync(join(__dirname, 'fleets', name), root, { recursive: true });
  for (const [path, text] of Object.entries(changes)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (text !== null) writeFileSync(join(root, path), text);
  }
  return root;
}

/** Lays the files of another folder over a fleet. */
export function overlaid(name: FleetName, overlay: string): string {
  const root = seedFleet(name);
  cpSync(join(__dirname, 'fleets', overlay), root, { recursive: true });
  return root;
}

export const textOf = (root: string, path: string) => readFileSync(join(root, path), 'utf8');

/** Changes a file of a fleet; fails where there is nothing to change. */
export function edit(root: string, path: string, from: string, to: string): void {
  const text = textOf(root, path);
  if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
  writeFileSync(
    join(root, path),
    text.replace(from, () => to),
  );
}

/** Returns the files of a fleet as the editor sees them. */
export function snapshotOf(root: string): Snapshot {
  return createWorkspace({ root, engine }).snapshot();
}

export function findingsIn(root: string): readonly Finding[] {
  return [...snapshotOf(root).findings.values()].flat();
}

/** Returns what is found as `rule text-of-the-place`, in the order of files and places. */
export function found(root: string, rule?: RegExp): string[] {
  const { findings, files } = snapshotOf(root);
  return [...findings.values()]
    .flat()
    .filter(finding => rule?.test(finding.rule) ?? true)
    .map(({ rule: id, at }) => `${id} ${(files.text(at.file) ?? '').slice(at.start, at.end)}`.trim());
}

/** Runs a command on a fleet. */
export function run(root: string, args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return varsmith(args, { cwd: root, ...options });
}

// biome-ignore lint/suspicious/noExplicitAny: the output's schema is held by other tests
export async function inspect(root: string): Promise<any> {
  const { stdout } = await run(root, ['inspect', '--format', 'json']);
  return JSON.parse(stdout);
}

/** Returns the offset behind a text in a file. */
export function behind(root: string, path: string, before: string): number {
  const offset = textOf(root, path).indexOf(before);
  if (offset === -1) throw new Error(`${path} has no ${before}`);
  return offset + before.length;
}

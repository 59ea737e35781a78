/**
 * Fixes a whole workspace in memory: applies fixes and checks again until nothing is left to fix. Writes no files;
 * the caller shows or writes the result.
 */

import { applyEdits, chooseFixes, editsByFile, isSafe } from '../checks/engine/apply-fixes.ts';
import type { Finding } from '../checks/rule.ts';
import type { Workspace } from './workspace.ts';

/** A file with its old and new text. */
export interface ChangedFile {
  /** Relative to the root. */
  readonly path: string;
  /** `null` for a new file. */
  readonly before: string | null;
  readonly after: string;
}

export interface FixOutcome {
  /** Sorted by path. */
  readonly changes: readonly ChangedFile[];
  /** The number of applied fixes. */
  readonly applied: number;
  /** False if fixes undo each other, or still lead to further fixes after the last round. */
  readonly settled: boolean;
  /**
   * Files that had no syntax errors before and have some now. This means that a fix is wrong, and nothing may be
   * written.
   */
  readonly broken: readonly string[];
}

/** A fix may enable another, but more than a few rounds mean a cycle. */
const MAX_ROUNDS = 10;

/**
 * Applies all fixes that are safe to apply automatically. Afterwards the workspace has the new texts as open
 * documents.
 * @param wanted selects the findings to fix
 */
export function fixAll(
  workspace: Workspace,
  wanted: (findings: readonly Finding[]) => readonly Finding[],
): FixOutcome {
  const { files } = workspace;
  const before = new Map<string, string>();
  const wasReadable = new Map<string, boolean>();
  const seen = new Set<string>();
  let applied = 0;
  let settled = false;
  for (let round = 0; round < MAX_ROUNDS && !settled; round++) {
    const findings = wanted([...workspace.snapshot().findings.values()].flat());
    const chosen = chooseFixes(findings, isSafe).filter(({ fix }) =>
      fix.edits.every(edit => files.text(edit.file) !== null),
    );
    settled = chosen.length === 0;
    if (settled) break;
    const state = new Map<string, string>();
    for (const [path, edits] of editsByFile(chosen.map(({ fix }) => fix))) {
      const text = files.text(path) ?? '';
      if (!before.has(path)) {
        before.set(path, text);
        wasReadable.set(path, isReadable(path));
      }
      state.set(path, applyEdits(text, edits));
    }
    const key = JSON.stringify([...state].sort());
    if (seen.has(key)) break;
    seen.add(key);
    for (const [path, text] of state) workspace.open(path, text);
    applied += chosen.length;
  }
  const changes = [...before]
    .map(([path, text]) => ({ path, before: text, after: files.text(path) ?? '' }))
    .filter(change => change.before !== change.after)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const broken = changes.map(({ path }) => path).filter(path => wasReadable.get(path) && !isReadable(path));
  return { changes, applied, settled, broken };

  function isReadable(path: string): boolean {
    return files.parse(path)?.errors.length === 0 || !path.endsWith('.nix');
  }
}

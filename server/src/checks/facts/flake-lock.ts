/** `flake.lock`: which commits of its inputs a flake has locked. */
import { rememberLast } from '../memory/kept.ts';
import type { CheckFiles } from '../rule.ts';

/** A node of the lock: an input, or an input of one. */
interface LockedInput {
  readonly name: string;
  /** Its address, or `github.com/owner/repo`. */
  readonly where: string;
  /** When its commit was made, in seconds since 1970. */
  readonly time: number;
}

export interface Lock {
  readonly inputs: readonly LockedInput[];
  /** Names of nodes by the flake's own names for its inputs. */
  readonly own: Readonly<Record<string, unknown>>;
}

/** Returns the lock of the flake, or null if there is none or it cannot be read. */
export function lockOf(sources: CheckFiles): Lock | null {
  const text = sources.kind('flake.lock') === 'file' ? sources.text('flake.lock') : null;
  return text === null ? null : parseLock(text);
}

/** The text hardly ever changes between two runs. */
const parseLock = rememberLast((text: string): Lock | null => {
  let lock: unknown;
  try {
    lock = JSON.parse(text);
  } catch {
    // A lock in the middle of a merge says nothing.
    return null;
  }
  const nodes = recordOf(recordOf(lock).nodes);
  const inputs = Object.entries(nodes).flatMap(([name, node]) => {
    const { repo, url, owner, lastModified } = recordOf(recordOf(node).locked);
    const where = typeof url === 'string' ? url : `github.com/${String(owner)}/${String(repo)}`;
    return typeof lastModified === 'number' ? [{ name, where, time: lastModified }] : [];
  });
  return { inputs, own: recordOf(recordOf(nodes.root).inputs) };
});

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** `flake.lock`: which commits of its inputs a flake has locked. */
import type { NixFiles } from '../nix/eval/value.ts';
import { rememberLast } from '../std.ts';

/** A node of the lock: an input, or an input of one. */
interface LockedInput {
  readonly name: string;
  /** Its address, or `github.com/owner/repo`. */
  readonly where: string;
  /** When its commit was made, in seconds since 1970. */
  readonly time: number;
  /** The branch that it follows: `main` where it names none, which is the usual default; null for one that is pinned. */
  readonly branch: string | null;
}

export interface Lock {
  readonly inputs: readonly LockedInput[];
  /** Names of nodes by the flake's own names for its inputs. */
  readonly own: Readonly<Record<string, unknown>>;
}

/** Returns the lock of the flake, or null if there is none or it cannot be read. */
export function lockOf(sources: Pick<NixFiles, 'kind' | 'text'>): Lock | null {
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
    if (typeof lastModified !== 'number') return [];
    return [{ name, where, time: lastModified, branch: branchOf(recordOf(node)) }];
  });
  return { inputs, own: recordOf(recordOf(nodes.root).inputs) };
});

/** `https://git.example.org/owner/name/archive/<branch>.tar.gz` */
const ARCHIVE = /\/archive\/(?:refs\/heads\/)?(.+?)\.(?:tar(?:\.\w+)?|zip|tgz)(?:[?#]|$)/;
const REF = /[?&]ref=([^&#]+)/;
const COMMIT = /^[0-9a-f]{40}$/;

/** Reads it from what the flake asks for, not from what was locked: that names a commit. */
function branchOf({ original, locked }: Readonly<Record<string, unknown>>): string | null {
  const { ref, rev, url } = recordOf(original);
  if (typeof rev === 'string') return null;
  const address = typeof url === 'string' ? url : '';
  const written =
    typeof ref === 'string'
      ? ref
      : (ARCHIVE.exec(address)?.[1] ?? REF.exec(address)?.[1] ?? recordOf(locked).ref ?? 'main');
  if (typeof written !== 'string' || COMMIT.test(written)) return null;
  return written.replace(/^refs\/heads\//, '');
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

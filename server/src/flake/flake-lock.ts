/** Reads `flake.lock`: the commits that a flake's inputs are locked to. */
import type { NixFiles } from '../nix/eval/value.ts';
import { rememberLast } from '../std.ts';

/** A node of the lock file: an input, or an input of an input. */
interface LockedInput {
  readonly name: string;
  /** The URL of the input, or `github.com/owner/repo`. */
  readonly where: string;
  /** Commit time in seconds since 1970. */
  readonly time: number;
  /** The branch that the input follows, `main` (the usual default) if it names none, or `null` if it is pinned. */
  readonly branch: string | null;
}

export interface Lock {
  readonly inputs: readonly LockedInput[];
  /** Node names by the names that the flake itself gives its inputs. */
  readonly inputNodes: Readonly<Record<string, unknown>>;
}

/** Returns the flake's lock, or `null` if it is missing or unreadable. */
export function lockOf(sources: Pick<NixFiles, 'kind' | 'text'>): Lock | null {
  const text = sources.kind('flake.lock') === 'file' ? sources.text('flake.lock') : null;
  return text === null ? null : parseLock(text);
}

/** Remembers the last result, as the text rarely changes between two runs. */
const parseLock = rememberLast((text: string): Lock | null => {
  let lock: unknown;
  try {
    lock = JSON.parse(text);
  } catch {
    // A lock with merge conflicts is no valid JSON.
    return null;
  }
  const nodes = recordOf(recordOf(lock).nodes);
  const inputs = Object.entries(nodes).flatMap(([name, node]) => {
    const { repo, url, owner, lastModified } = recordOf(recordOf(node).locked);
    const where = typeof url === 'string' ? url : `github.com/${String(owner)}/${String(repo)}`;
    if (typeof lastModified !== 'number') return [];
    return [{ name, where, time: lastModified, branch: branchOf(recordOf(node)) }];
  });
  return { inputs, inputNodes: recordOf(recordOf(nodes.root).inputs) };
});

/** `https://git.example.org/owner/name/archive/<branch>.tar.gz` */
const ARCHIVE = /\/archive\/(?:refs\/heads\/)?(.+?)\.(?:tar(?:\.\w+)?|zip|tgz)(?:[?#]|$)/;
const REF = /[?&]ref=([^&#]+)/;
const COMMIT = /^[0-9a-f]{40}$/;

/** Returns the branch named by the `original` part of an input, since the `locked` part names a commit. */
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

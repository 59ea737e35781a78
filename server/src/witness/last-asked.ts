/** Records when Nix was last asked about a fleet, and with which result, for the doctor. Stored beside the answers. */

import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { NixAnswer } from '../fleet/model/nix-answer.ts';
import type { KeptFiles } from '../host/programs/kept-files.ts';

const LAST = v.object({
  /** In ISO 8601. */
  at: v.string(),
  milliseconds: v.number(),
  version: v.string(),
  /** Machines that were asked about, by whether they evaluate. */
  evaluated: v.array(v.string()),
  failed: v.array(v.string()),
  /** Those that evaluate but for some parts. */
  partly: v.optional(v.array(v.string()), []),
  /** Why the flake as a whole does not evaluate, or null. */
  failure: v.optional(v.nullable(v.string()), null),
});

export type LastAsked = v.InferOutput<typeof LAST>;

/**
 * Records a question.
 * @param root absolute
 */
export function noteAsked(
  files: KeptFiles,
  root: string,
  { version, machines, failure }: NixAnswer,
  when: Pick<LastAsked, 'at' | 'milliseconds'>,
): void {
  const named = (isEvaluated: boolean) =>
    machines.filter(({ facts }) => (facts !== null) === isEvaluated).map(({ name }) => name);
  const partly = machines
    .filter(({ facts, failures }) => facts !== null && failures.length > 0)
    .map(({ name }) => name);
  const last: LastAsked = {
    ...when,
    version,
    evaluated: named(true),
    failed: named(false),
    partly,
    failure: failure?.message ?? null,
  };
  files.write(nameFor(root), Buffer.from(JSON.stringify(last)));
}

/** Returns the last note about a fleet, or `null` if there is none. */
export function lastAsked(files: KeptFiles | null, root: string): LastAsked | null {
  const text = files?.read(nameFor(root))?.toString('utf8');
  if (text === undefined) return null;
  try {
    const note = v.safeParse(LAST, JSON.parse(text));
    return note.success ? note.output : null;
  } catch {
    // Most likely written by another version.
    return null;
  }
}

function nameFor(root: string): string {
  return `last-${createHash('sha256').update(root).digest('hex')}`;
}

/** The machines that one of several runners asks Nix about: `--shard 2/8`, `--machines-from a..m`. */

import { createHash } from 'node:crypto';
import { compareTexts } from '../std.ts';
import type { Parsed } from './arguments.ts';
import { UsageError } from './io.ts';

/** The part of the machines that one of several runners asks about. */
export interface MachinePart {
  readonly shard: { readonly index: number; readonly count: number } | null;
  /** As it was given: `a..m`. */
  readonly machinesFrom: string | null;
}

/** Returns the part that the options choose. They are valid if `chosenMachines` has taken them. */
export function chosenPart(parsed: Parsed): MachinePart {
  const shard = parsed.option('shard');
  const [index = 0, count = 0] = shard?.split('/').map(Number) ?? [];
  return {
    shard: shard === undefined ? null : { index, count },
    machinesFrom: parsed.option('machines-from') ?? null,
  };
}

type IsWanted = (machine: string) => boolean;

/**
 * Returns which machines the options choose, or `undefined` for all.
 * @throws UsageError if an option makes no sense, or Nix is not asked
 */
export function chosenMachines(parsed: Parsed): IsWanted | undefined {
  const shard = parsed.option('shard');
  const range = parsed.option('machines-from');
  if (shard === undefined && range === undefined) return undefined;
  if (!parsed.flag('nix'))
    throw new UsageError('--shard and --machines-from select the machines to ask Nix about: add --nix.');
  const isInShard = shard === undefined ? () => true : shardOf(shard);
  const isInRange = range === undefined ? () => true : rangeOf(range);
  return machine => isInShard(machine) && isInRange(machine);
}

/** A machine is in the same shard whatever other machines there are. */
function shardOf(shard: string): IsWanted {
  const [, own = '0', all = '0'] = /^(\d{1,6})\/(\d{1,6})$/.exec(shard) ?? [];
  const [index, count] = [Number(own), Number(all)];
  if (index < 1 || index > count)
    throw new UsageError(`--shard takes a part and how many there are, as in 2/8, and not "${shard}".`);
  return machine => createHash('sha256').update(machine).digest().readUInt32BE(0) % count === index - 1;
}

/** Both ends are included, with all names that begin like the last one. */
function rangeOf(range: string): IsWanted {
  const [, first, last] = /^(.*?)\.\.(.*)$/.exec(range) ?? [];
  if (first === undefined || last === undefined || (last !== '' && compareTexts(first, last) > 0))
    throw new UsageError(`--machines-from takes two names, as in a..m, and not "${range}".`);
  return machine =>
    compareTexts(machine, first) >= 0 &&
    (last === '' || compareTexts(machine.slice(0, last.length), last) <= 0);
}

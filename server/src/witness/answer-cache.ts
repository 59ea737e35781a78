/**
 * Caches answers of Nix in the person's cache folder, by everything that they depend on: the files of the flake, its lock, the version
 * of Nix, and the question. Answers that a limit ended are not cached, since Nix may finish the next time.
 */

import { createHash } from 'node:crypto';
import type { NixMachine } from '../fleet/model/nix-answer.ts';
import type { KeptFiles } from '../host/programs/kept-files.ts';
import { QUESTION_VERSION } from './question.ts';
import type { FlakeMetadata } from './reply.ts';

export interface KeptMachines {
  /** Returns the cached answer about a machine, or null. */
  read(machine: string): NixMachine | null;
  keep(machine: NixMachine): void;
  /** Writes all answers, if any of them is new. */
  write(): void;
}

/**
 * Opens the cache for one state of a flake.
 * @param reference of the flake in its folder
 */
export function keptMachines(
  files: KeptFiles,
  version: string,
  { locked, locks, revision }: FlakeMetadata,
  reference: string,
): KeptMachines {
  const name = createHash('sha256')
    .update(JSON.stringify([QUESTION_VERSION, version, locked.narHash, locks, revision, reference]))
    .digest('hex');
  const before = machinesIn(files.read(name)?.toString('utf8') ?? '');
  const cached = new Map(before.map(machine => [machine.name, machine]));
  let hasNew = false;
  return {
    read: machine => cached.get(machine) ?? null,
    keep(machine) {
      if (machine.isKept || machine.failures.some(({ kind }) => kind !== 'error')) return;
      cached.set(machine.name, { ...machine, isKept: true });
      hasNew = true;
    },
    write() {
      if (hasNew) files.write(name, Buffer.from(JSON.stringify([...cached.values()], withEntries)));
    },
  };
}

/** Reads the file, which `KeptFiles` guarantees to be ours and complete. Returns nothing if it cannot be parsed. */
function machinesIn(text: string): readonly NixMachine[] {
  if (text === '') return [];
  try {
    return JSON.parse(text, fromEntries) as readonly NixMachine[];
  } catch {
    return [];
  }
}

type Entries = { readonly $map: readonly (readonly [string, unknown])[] };

function withEntries(_: string, value: unknown): unknown {
  return value instanceof Map ? ({ $map: [...value] } satisfies Entries) : value;
}

function fromEntries(_: string, value: unknown): unknown {
  const entries = (value as Partial<Entries> | null)?.$map;
  return Array.isArray(entries) ? new Map(entries) : value;
}

// What Nix makes of the example fleet: its registry, its matrix and its machines, as the tests look at them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fleetRoot } from './folders.ts';
import { evaluate } from './nix.ts';

export type Entry = {
  readonly generator: string;
  readonly envVar: string | null;
  readonly fileAttr: string;
  readonly secret: boolean;
  readonly share: boolean;
  readonly files: Readonly<Record<string, { readonly secret: boolean }>>;
  readonly prompts?: Readonly<Record<string, { readonly type: string }>>;
  readonly dependencies?: readonly string[];
  readonly script: string;
};

export type Generator = Pick<Entry, 'files' | 'prompts' | 'script' | 'share' | 'dependencies'> & {
  readonly runtimeInputs?: readonly string[];
};

export type Machine = {
  readonly body: {
    readonly clan: { readonly core: { readonly vars: { readonly generators: Record<string, Generator> } } };
    readonly nixpkgs: { readonly hostPlatform: string };
  };
  readonly users: Readonly<
    Record<
      string,
      { readonly sessionVariables: Record<string, string>; readonly files: Record<string, string> }
    >
  >;
};

/** The registry without a package set: everything but the packages of its scripts. */
export const readRegistry = (): Promise<Record<string, Entry>> =>
  evaluate(
    `{ root }:
  builtins.mapAttrs (_: entry: removeAttrs entry [ "runtimeInputs" ])
    (import (/. + "\${root}/lib/secret-registry.nix") { pkgs = null; })`,
    { root: fleetRoot },
  );

/** One machine of the example fleet: the body of its host and its users' merged modules. */
const evaluateMachine = (machine: string): Promise<Machine> =>
  evaluate(readFileSync(join(import.meta.dirname, 'evaluate-machine.nix'), 'utf8'), {
    root: fleetRoot,
    machine,
  });

/** Evaluates `rest`, in which `it` is what `lib/<file>` of the example fleet imports. */
export const inLib = (file: string, rest: string): Promise<unknown> =>
  evaluate(`{ root }: let it = import (/. + "\${root}/lib/${file}"); in ${rest}`, { root: fleetRoot });

export const machineNames = ['emily', 'lea', 'noa', 'tove'];

/** `all[key]`, which the test knows to exist. @throws when it does not. */
export const at = <T>(all: Readonly<Record<string, T>>, key: string): T => {
  const found = all[key];
  if (found === undefined) throw new Error(`no ${key} in ${Object.keys(all).join(', ')}`);
  return found;
};

/** All machines of the example fleet by name. */
export const evaluateMachines = async (): Promise<Record<string, Machine>> =>
  Object.fromEntries(
    await Promise.all(machineNames.map(async name => [name, await evaluateMachine(name)] as const)),
  );

/** Machine → keys. */
export const readMatrix = async (): Promise<Record<string, readonly string[]>> =>
  (await inLib('machine-env-matrix.nix', 'it')) as Record<string, readonly string[]>;

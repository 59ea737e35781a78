/** Programs that are called `nix` and are none: slow, failing, hanging, lying, or of another age. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from '../host/folders.ts';

export interface StandIn {
  /** What `nix --version` prints. */
  readonly version?: string;
  /** What `nix flake metadata` does, as shell. */
  readonly metadata?: string;
  /** What evaluating the names of the machines does, as shell. */
  readonly names?: string;
  /** What evaluating a machine does, by its name, as shell. */
  readonly machines?: Readonly<Record<string, string>>;
}

export const METADATA = {
  path: '/nix/store/source',
  locked: { narHash: 'sha256-AAAA' },
  revision: 'abc1234def',
};

/** Shell that prints a value as JSON. */
export const printing = (value: unknown): string => `cat <<'END'\n${JSON.stringify(value)}\nEND`;

/** Shell that says something on standard error and fails. */
export const failing = (stderr: string): string => `cat >&2 <<'END'\n${stderr}\nEND\nexit 1`;

/** A machine with these generators, as Nix tells it. */
export function machine(generators: Readonly<Record<string, unknown>>, more: object = {}) {
  const names = Object.keys(generators);
  const nothing = { sops: { ok: null }, age: { ok: null }, positions: { ok: [] } };
  return { hasVars: true, generatorNames: names, generators, ...nothing, ...more };
}

/** A generator, as Nix tells it. */
export function generator(more: object = {}) {
  const ok = (value: unknown) => ({ ok: value });
  return {
    ...{ share: ok(false), dependencies: ok([]), files: ok({}), prompts: ok({}), runtimeInputs: ok([]) },
    ...{ script: ok(''), validation: ok(null) },
    ...more,
  };
}

/** @returns the environment in which `nix` is the stand-in, with a home of its own */
export function withNix({
  version = 'nix (Nix) 2.26.3',
  metadata = printing(METADATA),
  names,
  machines = {},
}: StandIn) {
  const home = testFolder();
  const listed = names ?? printing({ nixos: Object.keys(machines), darwin: [] });
  // A whole machine is asked for by its name; the names of machines by none.
  const cases = Object.entries(machines).map(([name, does]) => `*'names "${name}"'*)\n${does}\n;;`);
  const script = `#!/bin/sh
echo "$@" >> ${home}/asked
case "$1" in
--version) echo ${JSON.stringify(version)} ;;
flake) ${metadata}
;;
eval)
for question; do :; done
case "$question" in
${cases.join('\n')}
*) ${listed}
;;
esac
;;
esac
`;
  const nix = join(home, 'nix');
  writeFileSync(nix, script);
  chmodSync(nix, 0o755);
  return { env: { PATH: `${home}:/usr/bin:/bin`, HOME: home }, home };
}

/** Which questions about files an edit asks again: registries, matrices, units, declarations. */
import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../server/src/query/database.ts';
import type { Texts } from '../nix/support.ts';
import { recomputed } from '../query/recomputed.ts';
import { PIPELINE } from './pipeline.ts';
import { fleetWorkspace } from './workspace.ts';

const REGISTRY = 'lib/secret-registry.nix';
const MATRIX = 'lib/machine-env-matrix.nix';

const TEXTS: Texts = {
  ...PIPELINE,
  'flake.nix': '{ outputs = { self, clan-core }: { clan = clan-core.lib.clan { inherit self; }; }; }\n',
  'machines/tern/configuration.nix': '{ nixpkgs.hostPlatform = "x86_64-linux"; }\n',
};

/** The names in the trace for what is asked of files. */
const ASKED =
  /^(registry|registries|possible matrices|written matrix|matrix|matrices|places to follow|whole unit|declared|arguments of file|machine of folder)\b/;

/** Returns what an edit asks again, after a first edit, from which on the values of the file change in place. */
function askedAgain(file: string, edit: (text: string) => string): string[] {
  const events: TraceEvent[] = [];
  const workspace = fleetWorkspace(TEXTS, undefined, event => events.push(event));
  const text = TEXTS[file] ?? '';
  workspace.fleet();
  workspace.write({ [file]: `# First\n${text}` });
  workspace.fleet();
  events.length = 0;
  workspace.write({ [file]: edit(`# First\n${text}`) });
  workspace.fleet();
  return [...new Set(recomputed(events).filter(name => ASKED.test(name)))].sort();
}

const replace = (from: string, to: string) => (text: string) => {
  expect(text).toContain(from);
  return text.replace(from, to);
};

describe('an edit asks again', () => {
  it('a registry for its keys, and no matrix while these have the same names', () => {
    expect(askedAgain(REGISTRY, replace('envVar = "BETA"', 'envVar = "BETTER"'))).toEqual([
      `places to follow(${REGISTRY})`,
      'possible matrices',
      'registries',
      `registry(${REGISTRY})`,
      'whole unit(hosts/emily.nix)',
      `whole unit(${REGISTRY})`,
      'whole unit(lib/vars-generators.nix)',
    ]);
  });

  it('whose keys a matrix has, if there are others, but not what is written in it', () => {
    const asked = askedAgain(REGISTRY, replace('beta = mk', 'bete = mk'));
    expect(asked).toContain(`matrix(${MATRIX})`);
    expect(asked).not.toContain(`written matrix(${MATRIX})`);
  });

  it('a matrix for its rows, and the machine whose row it is', () => {
    expect(askedAgain(MATRIX, replace('[ "gamma" ]', '[ "alpha" "gamma" ]'))).toEqual([
      'matrices',
      `matrix(${MATRIX})`,
      `places to follow(${MATRIX})`,
      'whole unit(hosts/lea.nix)',
      `whole unit(${MATRIX})`,
      `written matrix(${MATRIX})`,
    ]);
  });

  it('one host for what it declares and uses', () => {
    expect(askedAgain('hosts/lea.nix', replace('# First', '# Second'))).toEqual([
      'places to follow(hosts/lea.nix)',
      'whole unit(hosts/lea.nix)',
    ]);
  });

  it('one folder for its machine', () => {
    expect(askedAgain('machines/tern/configuration.nix', replace('x86_64-linux', 'aarch64-darwin'))).toEqual([
      'machine of folder(machines/tern)',
      'places to follow(machines/tern/configuration.nix)',
      'whole unit(machines/tern/configuration.nix)',
    ]);
  });

  it('all units when a registry is gone', () => {
    const isUnit = (name: string) => name.startsWith('whole unit');
    const keyless = askedAgain(REGISTRY, () => '{ }\n');
    expect(keyless.filter(isUnit)).toEqual([
      'whole unit(hosts/emily.nix)',
      'whole unit(hosts/lea.nix)',
      `whole unit(${REGISTRY})`,
      'whole unit(lib/secrets.nix)',
      'whole unit(lib/vars-generators.nix)',
    ]);
  });
});

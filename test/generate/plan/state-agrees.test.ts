// What views say is missing is what a plan would generate: both take the store and its files the same way.
import { expect, test } from 'vitest';
import { fleetTally } from '../../../server/src/checks/facts/store/tallies.ts';
import { generatorTally } from '../../../server/src/generate/plan/generator-tally.ts';
import { situationOf } from '../../../server/src/generate/repository/situation.ts';
import { loadEngine } from '../../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../../server/src/workspace/workspace.ts';
import { folder } from '../../workspace/support.ts';

const engine = await loadEngine();

/** A fleet with a shared generator of a secret and a public file, and one that a machine alone has. */
const fleetWith = (clan = '') => ({
  '.clan-flake': '',
  'flake.nix': `{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; ${clan} inventory.machines = { lea = { }; tove = { }; }; }; }; }`,
  'machines/lea/configuration.nix':
    '{ imports = [ ../../common.nix ]; clan.core.vars.generators.mail = { files.password = { }; script = ""; }; }',
  'machines/tove/configuration.nix': '{ imports = [ ../../common.nix ]; }',
  'common.nix': `{ clan.core.vars.generators = {
    ca = { share = true; files.key = { }; files.crt.secret = false; script = ""; };
    ssh = { files.key = { }; script = ""; };
  }; }`,
});
const SOPS = {
  'sops/users/ada/key.json': '[]',
  'vars/shared/ca/key/secret': '{}',
  'vars/shared/ca/crt/value': 'x',
  'vars/per-machine/lea/ssh/key/secret': '{}',
};

async function both(texts: Readonly<Record<string, string>>) {
  const root = folder(texts);
  const workspace = createWorkspace({ root, engine });
  const { files } = workspace;
  const environment = {
    ...{ root, directory: '', files, forget: () => {}, env: {}, home: null, platform: 'linux' as const },
    ...{ arch: 'x64', now: () => new Date(0), storeCommand: null, onDisk: () => {} },
    storeBackend: workspace.settings.store?.backend ?? null,
  };
  const { plan, status } = await situationOf(workspace.fleet(), environment, { asksStore: false });
  const { generators, steps } = plan({ machines: [], generators: [], regenerate: false });
  const planned = generatorTally([...generators.all.values()], status);
  return { planned, seen: fleetTally(workspace.storedStateInputs()), steps: steps.length };
}

test.each<[string, Readonly<Record<string, string>>, number]>([
  ['nothing is stored', fleetWith(), 4],
  ['a key was made, and nothing is stored', { ...fleetWith(), 'sops/users/ada/key.json': '[]' }, 4],
  ['some is stored', { ...fleetWith(), ...SOPS }, 2],
  ['a file of a generator is stored', { ...fleetWith(), 'vars/shared/ca/crt/value': 'x' }, 4],
  ['the configuration names age, and nothing is stored', fleetWith('vars.settings.secretStore = "age";'), 4],
  [
    'what sops has stored is of no use to age',
    { ...fleetWith('vars.settings.secretStore = "age";'), ...SOPS },
    4,
  ],
  [
    'a secret is stored as a public file',
    { ...fleetWith(), 'vars/per-machine/lea/mail/password/value': 'x' },
    4,
  ],
])('where %s', async (_, texts, lacking) => {
  const { planned, seen, steps } = await both(texts);
  expect(seen).toEqual(planned);
  expect(seen.missing + seen.partial).toBe(lacking);
  expect(steps).toBe(lacking);
});

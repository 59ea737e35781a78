/** In a large fleet, trees are dropped once their files have been read; what is read of them stays the same. */
import { expect, it } from 'vitest';
import { createFleetBuilder } from '../../server/src/fleet/assembly/builder.ts';
import { host, PIPELINE } from './pipeline.ts';
import { fleetWorkspace, plainFleet, SEED_NAMES } from './workspace.ts';

const generator = (name: string) =>
  `clan.core.vars.generators.${name} = { files.key = { }; script = "true"; };`;

const FLEET = {
  ...PIPELINE,
  'machines/emily/configuration.nix': `{ imports = [ ../../hosts/emily.nix ../shared.nix ]; ${generator('own')} }`,
  'machines/lea/configuration.nix': `{ imports = [ ../../hosts/lea.nix ../shared.nix ]; ${generator('own')} }`,
  'machines/shared.nix': `{ lib, ... }: { ${generator('shared')} }`,
};

/** Longer than all the texts whose trees are kept. */
const LONG = `# ${'generators '.repeat(200_000)}\n{ }`;

function builtWith(texts: Readonly<Record<string, string>>) {
  const released: string[] = [];
  const { files } = fleetWorkspace(texts);
  const builder = createFleetBuilder({ ...files, release: path => released.push(path) }, SEED_NAMES);
  return { fleet: plainFleet(builder.build()), released };
}

it('the trees of a small fleet are all kept', () => {
  expect(builtWith(FLEET).released).toEqual([]);
});

it('in a large one, those of files that others import are', () => {
  const { fleet, released } = builtWith({ ...FLEET, 'a.nix': LONG });
  expect(fleet).toEqual(plainFleet(fleetWorkspace({ ...FLEET, 'a.nix': LONG }).fleet()));
  expect(released).toEqual(expect.arrayContaining(['machines/emily/configuration.nix', 'hosts/lea.nix']));
  expect(released).not.toContain('lib/secret-registry.nix');
});

it('a file of which the tree was dropped is read again when it changes', () => {
  const workspace = fleetWorkspace({ ...FLEET, 'a.nix': LONG });
  const builder = createFleetBuilder({ ...workspace.files, release: () => undefined }, SEED_NAMES);
  plainFleet(builder.build());
  const changed = host('lea', `  ${generator('more')}\n`);
  workspace.write({ 'hosts/lea.nix': changed });
  builder.changed(['hosts/lea.nix']);
  expect(plainFleet(builder.build())).toEqual(
    plainFleet(fleetWorkspace({ ...FLEET, 'a.nix': LONG, 'hosts/lea.nix': changed }).fleet()),
  );
});

it('a machine keeps its modules when the text of one changes and its contents do not', () => {
  const workspace = fleetWorkspace({ ...FLEET, 'a.nix': LONG });
  const builder = createFleetBuilder({ ...workspace.files, release: () => undefined }, SEED_NAMES);
  const edited = (text: string) => {
    workspace.write({ 'machines/shared.nix': text });
    builder.changed(['machines/shared.nix']);
    return builder.build();
  };
  builder.build();
  // Places follow the edits of a text from its first edit on.
  const before = edited(`${FLEET['machines/shared.nix']}\n`);
  const modules = new Map(before.modules);
  const after = edited(`${FLEET['machines/shared.nix']}# a comment\n`);
  for (const name of ['emily', 'lea']) expect(after.modules.get(name)).toBe(modules.get(name));
});

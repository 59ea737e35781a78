/** inventory/duplicate-machine-source: two sources make contradictory statements about a machine. */

import type { MachineClass } from '../../../fleet/model/base.ts';
import type { MachineFact } from '../../../fleet/model/machines.ts';
import type { Place } from '../../../nix/places.ts';
import type { SourceFile } from '../../../nix/source.ts';
import type { Expr } from '../../../nix/syntax.ts';
import { addToList } from '../../../std.ts';
import { below } from '../../../store/vars/files.ts';
import { isDeployed } from '../../facts/inventory/named-in-roles.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const duplicateMachineSource: Rule = {
  id: 'inventory/duplicate-machine-source',
  severity: 'error',
  summary: 'One machine is declared in two places that contradict each other',
  documentation: `\
A clan's machine can come from several sources: \`inventory.machines\`, \`clan.machines\`, a folder in \`machines/\`, and
\`inventory.json\`. They are merged, which fails where they contradict each other:

- Two of them give the machine another \`machineClass\`: \`conflicting definition values\`.
- The inventory assumes NixOS, its default where no \`machineClass\` is set, but the machine's own module is for macOS, or the other way round. Clan does not check the platform.
- Clan makes the machine, and the flake builds a configuration of the same name by hand. With flake-parts the two
  conflict; otherwise one silently hides the other, and what \`clan\` deploys is not what \`nixos-rebuild\` builds. This is
  a warning.

Keep one of the two, or set \`machineClass = "darwin"\` in the inventory.

Source: clan-core, \`modules/clan/module.nix\`.`,
  examples: ({ FLAKE }) => ({
    bad: [
      {
        title: 'A Mac that the inventory assumes to run NixOS',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': `\
{
  inventory.machines.emily = { };
}
`,
          'machines/emily/configuration.nix': `\
{
  nixpkgs.hostPlatform = "aarch64-darwin";
  #                      ^^^^^^^^^^^^^^^^ inventory/duplicate-machine-source: Set \`machineClass = "darwin"\`
}
`,
        },
      },
      {
        title: 'Two classes',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': `\
{
  inventory.machines.emily.machineClass = "darwin";
}
`,
          'more.nix': `\
{
  clan.inventory.machines.emily.machineClass = "nixos";
  #                       ^^^^^ inventory/duplicate-machine-source: "darwin" in clan.nix
}
`,
        },
      },
    ],
    good: [
      {
        title: 'One machine from three sources that agree',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': `\
{ lib, ... }:
{
  machines.emily.nixpkgs.hostPlatform = "aarch64-darwin";
  inventory.machines.emily.machineClass = "darwin";
  inventory.machines.lea = { };
}
`,
          'machines/lea/configuration.nix': '{\n  nixpkgs.hostPlatform = "x86_64-linux";\n}\n',
        },
      },
    ],
  }),
  check: function* (context: CheckContext) {
    const { fleet } = context;
    if (!fleet.isClan) return;
    const byName = new Map<string, MachineFact[]>();
    for (const fact of fleet.machineFacts) {
      if (fact.at !== null && !isDeployed(fact.at)) continue;
      addToList(byName, fact.name, fact);
    }
    for (const [name, facts] of byName) {
      const report = twoClasses(name, facts) ?? wrongPlatform(context, name, facts) ?? twoMakers(name, facts);
      if (report !== null) yield { ...report, machines: [name] };
    }
  },
};

/** Reports two different definitions of `machineClass`. */
function twoClasses(name: string, facts: readonly MachineFact[]): Report | null {
  const stated = facts.filter(fact => fact.classStated === true && fact.at !== null);
  const [first] = stated;
  const other = stated.find(fact => fact.class !== first?.class);
  if (first?.at == null || other?.at == null) return null;
  // Report at the Nix file, where the mistake can be navigated to and fixed.
  const [mine, theirs] = other.at.file.endsWith('.nix') ? [other, first] : [first, other];
  const at = mine.at as Place;
  const there = theirs.at as Place;
  return {
    at,
    message: `The machine "${name}" is of the class "${mine.class}" here and "${theirs.class}" in ${there.file}. No machine of the clan evaluates: keep one of the two.`,
    related: [{ at: there, message: `It is "${theirs.class}" here` }],
  };
}

/** Reports a class, explicit or by default, with a platform of the other class. */
function wrongPlatform(context: CheckContext, name: string, facts: readonly MachineFact[]): Report | null {
  const ofClan = facts.filter(fact => fact.source !== 'configuration');
  if (ofClan.length === 0 || ofClan.some(fact => fact.classHidden === true)) return null;
  const stated = ofClan.find(fact => fact.class !== null && fact.source === 'inventory' && !fact.isModule);
  // If the inventory is not fully known, the class may be set elsewhere.
  if (stated === undefined && !context.fleet.machinesComplete) return null;
  const machineClass: MachineClass = stated?.class ?? 'nixos';
  const fits = (system: string) => system.endsWith('-darwin') === (machineClass === 'darwin');
  // The fact about the folder is only a guess from its text, but does not require reading a thousand files.
  if (ofClan.every(fact => fact.source !== 'folder' || fact.system === null || fits(fact.system)))
    return null;
  const platform = statedPlatform(context, name);
  if (platform === null || fits(platform.system)) return null;
  const isDefault = stated === undefined;
  return {
    at: platform.at,
    message: `The platform of "${name}" is ${platform.system}, and the inventory takes the machine for ${
      machineClass === 'darwin' ? 'one of macOS' : 'NixOS'
    }${isDefault ? ', as it does unless it is told' : ''}. ${
      machineClass === 'darwin'
        ? `Remove \`machineClass = "darwin"\`, or correct the platform.`
        : `Set \`machineClass = "darwin"\` in \`inventory.machines.${name}\`.`
    }`,
    related: stated?.at == null ? [] : [{ at: stated.at, message: 'The class is set here' }],
  };
}

/** Reports a machine that is both clan's and built by hand. */
function twoMakers(name: string, facts: readonly MachineFact[]): Report | null {
  const byHand = facts.find(fact => fact.source === 'configuration' && fact.module === 'known');
  const byClan = facts.find(fact => fact.source !== 'configuration');
  if (byHand?.at == null || byClan === undefined) return null;
  return {
    at: byHand.at,
    severity: 'warning',
    message: `Clan makes a configuration of "${name}", and here is another one of that name. Give it another name, or leave it to clan.`,
    related: byClan.at === null ? [] : [{ at: byClan.at, message: 'Clan has the machine from here' }],
  };
}

const FILES = ['configuration.nix', 'hardware-configuration.nix'];

interface Platform {
  readonly system: string;
  readonly at: Place;
}

/**
 * Returns the literal `nixpkgs.hostPlatform` at the top level of the machine's own files, or null if they
 * disagree.
 */
function statedPlatform({ fleet, sources }: CheckContext, name: string): Platform | null {
  const platforms: Platform[] = [];
  for (const file of FILES) {
    const path = below(fleet.directory ?? '', `machines/${name}/${file}`);
    if (sources.text(path)?.includes('hostPlatform') !== true) continue;
    const source = sources.parse(path);
    const written = source === null ? null : platformIn(source);
    if (written === null) return null;
    platforms.push(written);
  }
  const [first] = platforms;
  return first !== undefined && platforms.every(platform => platform.system === first.system) ? first : null;
}

function platformIn(file: SourceFile): Platform | null {
  let at: Expr = file.root;
  while (at.kind === 'lambda' || at.kind === 'let') at = at.body;
  if (at.kind !== 'attrs') return null;
  for (const binding of at.bindings) {
    if (binding.kind !== 'bind') continue;
    const path = binding.path.map(name => (name.kind === 'name' ? name.name : '')).join('.');
    if (path !== 'nixpkgs.hostPlatform') continue;
    const { value } = binding;
    // Another module may override `lib.mkDefault "…"`.
    const [part, more] = value.kind === 'string' ? value.parts : [];
    if (part?.kind !== 'text' || more !== undefined) return null;
    return { system: part.value, at: { file: file.path, start: value.start, end: value.end } };
  }
  return null;
}

/** option/conflict: an option that accepts a single value has two. */

import { variantsIn } from '../../../fleet/generators/variants.ts';
import type {
  Generator,
  GeneratorBody,
  ScriptSource,
  Variant,
  WrittenOption,
} from '../../../fleet/model/generators.ts';
import type { Place } from '../../../nix/places.ts';
import { placeIdentity } from '../../../nix/places.ts';
import { inBrackets } from '../../facts/wording.ts';
import { perObject } from '../../memory/kept.ts';
import type { Report, Rule } from '../../rule.ts';

export const conflict: Rule = {
  id: 'option/conflict',
  severity: 'error',
  summary: 'Two modules of a machine define the same script or share differently',
  documentation: `\
Several modules may define one generator: files, prompts, dependencies and packages are merged, but \`script\` and
\`share\` have a single value. Two different definitions of the same priority end the evaluation with
\`conflicting definition values\`.

Reported where a machine certainly has both definitions and they certainly differ.

Keep one of them, or set priorities with \`lib.mkForce\` or \`lib.mkDefault\`.

Source: nixpkgs, lib/types.nix (mergeEqualOption); clan-core d7c35d912, generic-generator.nix.`,
  examples: () => ({
    bad: [
      {
        title: 'Two scripts for one generator',
        files: {
          'modules/key.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators.key = {
    files.key = { };
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -hex 32 > "$out/key"
    '';
  };
}
`,
          'machines/lea/configuration.nix': `\
{
  imports = [ ../../modules/key.nix ];
  clan.core.vars.generators.key.script = "exit 1";
  #                                      ^^^^^^^^ option/conflict: (machine lea)
}
`,
          'clan.nix': '{ meta.name = "example"; inventory.machines.lea = { }; }\n',
        },
      },
    ],
    good: [
      {
        title: 'One with a higher priority',
        files: {
          'modules/key.nix': `\
{ lib, pkgs, ... }:
{
  clan.core.vars.generators.key = {
    files.key = { };
    share = true;
    runtimeInputs = [ pkgs.openssl ];
    script = lib.mkDefault ''
      openssl rand -hex 32 > "$out/key"
    '';
  };
}
`,
          'machines/lea/configuration.nix': `\
{ pkgs, ... }:
{
  imports = [ ../../modules/key.nix ];
  clan.core.vars.generators.key = {
    share = true;
    script = ''
      openssl rand -base64 32 > "$out/key"
    '';
  };
}
`,
          'clan.nix': '{ meta.name = "example"; inventory.machines.lea = { }; }\n',
        },
      },
      {
        title: 'A service whose script has the name of the machine in it',
        files: {
          'services/access.nix': `\
{
  _class = "clan.service";
  manifest.name = "access";
  roles.client.perInstance =
    { instanceName, machine, ... }:
    {
      nixosModule =
        { pkgs, ... }:
        {
          clan.core.vars.generators."access-\${instanceName}" = {
            files.id_ed25519 = { };
            files."id_ed25519.pub".secret = false;
            runtimeInputs = [ pkgs.openssh ];
            script = ''
              ssh-keygen -t ed25519 -N "" -C "admin@\${machine.name}" -f "$out/id_ed25519"
            '';
          };
        };
    };
}
`,
          'clan.nix': `\
{
  meta.name = "example";
  modules.access = ./services/access.nix;
  inventory.machines.lea = { };
  inventory.machines.tom = { };
  inventory.instances.access = {
    module = {
      input = "self";
      name = "access";
    };
    roles.client.machines.lea = { };
    roles.client.machines.tom = { };
  };
}
`,
        },
      },
    ],
  }),
  check: function* ({ fleet }) {
    const seen = new Set<string>();
    for (const generator of fleet.generators) {
      if (generator.nameKind === 'pattern') continue;
      for (const { name, machines, pair } of clashesOf(generator)) {
        const key = placeIdentity(pair.second);
        if (seen.has(key)) continue;
        seen.add(key);
        yield reportOf(generator.name, name, machines, pair);
      }
    }
  },
};

interface Clash {
  readonly name: string;
  readonly machines: readonly string[];
  readonly pair: Pair;
}

const clashesOf = perObject((generator: Generator): readonly Clash[] => {
  const clashes: Clash[] = [];
  let sources: ReadonlyMap<string, ScriptSource> | null = null;
  for (const { body, machines } of bodiesOf(generator))
    for (const name of contestedIn(body)) {
      sources ??= scriptsOf(generator);
      const pair = conflictIn(generator, body, name, sources);
      if (pair !== null) clashes.push({ name, machines, pair });
    }
  return clashes;
});

/** Single-valued options that are written more than once. */
const contestedIn = perObject((body: GeneratorBody): readonly string[] => {
  const written = body.options().flatMap(option => (option.of === 'generator' ? option.name : []));
  return ['script', 'share'].filter(name => written.indexOf(name) !== written.lastIndexOf(name));
});

interface Pair {
  readonly first: Place;
  readonly second: Place;
}

/** Returns the definitions that are certainly combined: on one machine, or within one definition. */
function bodiesOf(generator: Generator): readonly Variant[] {
  if (generator.definitions.length > 1) return generator.variants();
  const [only] = generator.definitions;
  if (only === undefined || only.conditional) return [];
  return [{ body: only.body(), machines: generator.machines ?? [] }];
}

/** Returns the scripts of the definitions, by place. */
function scriptsOf({ definitions }: Generator): ReadonlyMap<string, ScriptSource> {
  const scripts = definitions.flatMap(definition => definition.body().script ?? []);
  return new Map(
    scripts.flatMap(({ at, source }) => (source === null ? [] : [[placeIdentity(at), source] as const])),
  );
}

function conflictIn(
  generator: Generator,
  body: GeneratorBody,
  name: string,
  sources: ReadonlyMap<string, ScriptSource>,
): Pair | null {
  const all = body.options().filter(option => option.of === 'generator' && option.name === name);
  // An unknown value may be anything, including mkForce.
  if (all.length < 2 || all.some(option => option.kind === 'unknown')) return null;
  const strongest = Math.min(...all.map(option => option.priority));
  const options = mainFirst(
    all.filter(option => option.priority === strongest && !option.conditional),
    body,
  );
  for (const [index, second] of options.entries()) {
    const first = options
      .slice(0, index)
      .find(option => differ(option, second, sources) && areTogether(generator, option, second));
    if (first !== undefined) return { first: first.valueAt ?? first.at, second: second.valueAt ?? second.at };
  }
  return null;
}

/**
 * Returns whether a machine may have both. A definition that contains the machine's name has a variant per
 * machine, and two of its variants are never on one machine.
 */
function areTogether(
  { definitions }: Generator,
  writtenOption: WrittenOption,
  other: WrittenOption,
): boolean {
  return !definitions.some(definition => {
    const optionsByVariant = variantsIn(definition.body()).map(variant => variant.options());
    const isOf = (option: WrittenOption) => optionsByVariant.some(options => options.includes(option));
    return (
      isOf(writtenOption) &&
      isOf(other) &&
      !optionsByVariant.some(options => options.includes(writtenOption) && options.includes(other))
    );
  });
}

/** Sorts options in the file that defines most of the generator first, since the conflict is probably caused elsewhere. */
function mainFirst(all: readonly WrittenOption[], body: GeneratorBody): WrittenOption[] {
  const optionCount = ({ at }: WrittenOption) =>
    body.options().filter(option => option.at.file === at.file).length;
  return [...all].sort(
    (a, b) =>
      optionCount(b) - optionCount(a) ||
      (a.at.file < b.at.file ? -1 : Number(a.at.file > b.at.file)) ||
      a.at.start - b.at.start,
  );
}

function differ(a: WrittenOption, b: WrittenOption, sources: ReadonlyMap<string, ScriptSource>): boolean {
  if (a.value.kind === 'plain' && b.value.kind === 'plain') return a.value.value !== b.value.value;
  const [first, other] = [a, b].map(({ value, valueAt }) => {
    if (value.kind === 'plain') return typeof value.value === 'string' ? value.value : null;
    const source = valueAt === null ? undefined : sources.get(placeIdentity(valueAt));
    return source === undefined ? null : source.text.slice(0, source.holes[0]?.start);
  });
  if (first === null || first === undefined || other === null || other === undefined) return false;
  // Every character before the first hole of either counts.
  const length = Math.min(first.length, other.length);
  return first.slice(0, length) !== other.slice(0, length);
}

function reportOf(generator: string, name: string, machines: readonly string[], pair: Pair): Report {
  return {
    at: pair.second,
    machines,
    message:
      `"${name}" of the generator "${generator}" has two different definitions${inBrackets(machines)}: ` +
      'evaluating it fails. Keep one, or give one priority with lib.mkForce.',
    related: [{ at: pair.first, message: 'The other definition.' }],
  };
}

/** generator/unknown-dependency: a generator depends on one that does not exist. */

import { replaceName } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { Generator, GeneratorBody } from '../../../fleet/model/generators.ts';
import type { Known } from '../../../nix/places.ts';
import {
  type Facts,
  factsOf,
  firstTime,
  isSurelyWithout,
  mayBeDefinedElsewhere,
  possibleMachines,
} from '../../facts/fleet-facts.ts';
import {
  type DependencyFacts,
  dependencyFacts,
  namedDependencies,
} from '../../facts/generator/dependency-targets.ts';
import { isOtherClanCore } from '../../facts/inventory/clan-core-version.ts';
import { clanGeneratorNames, namesOn, nearName } from '../../facts/near-names.ts';
import { inBrackets, machinesText } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const CA = `\
{ pkgs, ... }:
{
  clan.core.vars.generators.example-ca = {
    share = true;
    files."ca.key".deploy = false;
    files."ca.crt".secret = false;
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl req -x509 -nodes -newkey rsa:4096 -subj /CN=example -keyout "$out/ca.key" -out "$out/ca.crt"
    '';
  };
}
`;

function certificate(dependency: string, mark = ''): string {
  return `\
{ pkgs, ... }:
{
  clan.core.vars.generators.cert = {
    dependencies = [ "${dependency}" ];
${mark}    files.fingerprint.secret = false;
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl x509 -noout -fingerprint -in "$in"/*/ca.crt > "$out/fingerprint"
    '';
  };
}
`;
}

const CLAN = '{ meta.name = "example"; inventory.machines.lea = { }; }\n';

export const unknownDependency: Rule = {
  id: 'generator/unknown-dependency',
  severity: 'error',
  summary: 'A generator depends on one that does not exist',
  documentation: `\
A generator names a dependency that nothing defines, or that is defined on other machines only. Nothing fails until
the generator runs; then clan stops with \`Generator 'a' depends on 'b', but 'b' was not found\`, perhaps months later,
on a new machine.

An error where all modules of the machine are known; a warning where modules of other flakes, a fork of clan-core, or
something whose name is unknown might define it, but a generator with a similar name exists. Generators that
clan-core's services add to the machine are known.

Source: clan-core d7c35d912, clan_lib/vars/generator.py.`,
  examples: () => ({
    bad: [
      {
        title: 'A slip in the name',
        files: {
          'modules/ca.nix': CA,
          'modules/cert.nix': certificate(
            'exmaple-ca',
            `    #                ^^^^^^^^^^^^ generator/unknown-dependency: Did you mean "example-ca"?\n`,
          ),
        },
      },
      {
        title: 'A generator that another machine has',
        files: {
          'modules/ca.nix': CA,
          'modules/cert.nix': certificate(
            'example-ca',
            `    #                ^^^^^^^^^^^^ generator/unknown-dependency: not on machine lea\n`,
          ),
          'machines/lea/configuration.nix': '{ imports = [ ../../modules/cert.nix ]; }\n',
          'machines/emily/configuration.nix': '{ imports = [ ../../modules/ca.nix ]; }\n',
          'clan.nix': CLAN,
        },
      },
    ],
    good: [
      {
        title: 'A generator of the same machine',
        files: {
          'modules/ca.nix': CA,
          'modules/cert.nix': certificate('example-ca'),
          'machines/lea/configuration.nix':
            '{ imports = [ ../../modules/ca.nix ../../modules/cert.nix ]; }\n',
          'clan.nix': CLAN,
        },
      },
    ],
  }),
  check: function* (context) {
    const dependencies = dependencyFacts(context.fleet);
    const facts = factsOf(context.fleet);
    const isNew = firstTime();
    for (const generator of context.fleet.generators) {
      for (const dependency of namedDependencies(generator.body())) {
        const report = dependencies.declared.has(dependency.value)
          ? elsewhereReport(facts, dependencies, generator, dependency)
          : noSuchGeneratorReport(context, facts, generator, dependency);
        if (report !== null && isNew(dependency)) yield report;
      }
    }
  },
};

function noSuchGeneratorReport(
  { fleet, sources }: CheckContext,
  facts: Facts,
  generator: Generator,
  { value, at }: Known<string>,
): Report | null {
  // A fork of clan-core may add generators to every machine.
  const machines = isOtherClanCore(sources) ? [] : machinesWithout(facts, generator, value);
  const possible = possibleMachines(generator);
  const ofClan = clanGeneratorNames(fleet, possible);
  const others = [...namesOn(facts, possible), ...ofClan].filter(name => name !== generator.name);
  const isOpen = mayBeDefinedElsewhere(facts, value, possible);
  const meant =
    isOpen && machines.length === 0 ? nearName(facts, value, possible, others) : suggest(value, others);
  if (machines.length === 0 && (meant === null || meant === generator.name)) return null;
  const edit = meant === null ? null : replaceName(sources, at, value, meant);
  const what = machines.length === 0 ? '' : inBrackets(machines);
  return {
    at,
    severity: machines.length === 0 ? 'warning' : 'error',
    machines,
    message:
      `The generator "${generator.name}" depends on "${value}", which nothing defines${what}: ` +
      `generating it fails.${didYouMean(meant)}`,
    fixes:
      edit === null
        ? []
        : [{ title: `Replace with "${meant}"`, edits: [edit], preferred: true, guess: true }],
  };
}

/**
 * Returns the machines on which a generator lacks a dependency. A shared generator lacks it only if all of its
 * machines do, because it may use any of theirs.
 */
function machinesWithout(facts: Facts, generator: Generator, name: string): readonly string[] {
  const without = (generator.machines ?? []).filter(machine => isSurelyWithout(facts, machine, name));
  if (without.length === 0) return [];
  const depends = possibleMachines(generator).filter(machine => dependsOn(generator.bodyOn(machine), name));
  const shareOn = (machine: string) => generator.bodyOn(machine).share;
  const isLackedByAll = depends.every(machine => shareOn(machine) !== true || without.includes(machine));
  return without.filter(
    machine => depends.includes(machine) && (isLackedByAll || shareOn(machine) === false),
  );
}

function dependsOn({ dependencies }: GeneratorBody, name: string): boolean {
  return dependencies.some(({ value }) => value === name);
}

/**
 * Returns the report for a dependency that exists only on other machines. A shared generator may use those of
 * any of its machines, others only those of their own.
 */
function elsewhereReport(
  facts: Facts,
  { declared }: DependencyFacts,
  generator: Generator,
  { value, at }: Known<string>,
): Report | null {
  const meant = declared.get(value) ?? [];
  const without = machinesWithout(facts, generator, value);
  if (without.length === 0) return null;
  const having = new Set(meant.flatMap(candidate => candidate.machines ?? []));
  return {
    at,
    machines: without,
    message:
      `The generator "${generator.name}" depends on "${value}", which is ` +
      `${having.size === 0 ? 'on no machine' : `defined on ${machinesText([...having].sort())}`} but not on ${machinesText(without)}: ` +
      'generating it fails there. Define it there too.',
    related: meant.flatMap(({ definitions }) =>
      definitions
        .slice(0, 1)
        .map(definition => ({ at: definition.at, message: `"${value}" is defined here.` })),
    ),
  };
}

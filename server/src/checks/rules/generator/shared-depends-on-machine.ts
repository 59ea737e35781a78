/** generator/shared-depends-on-machine: a shared generator depends on one that exists per machine. */

import { addOption, removeOption } from '../../../edits/edit-bindings.ts';
import type { Generator, GeneratorBody } from '../../../fleet/model/generators.ts';
import type { Known, Place } from '../../../nix/places.ts';
import { firstTime, possibleMachines } from '../../facts/fleet-facts.ts';
import {
  type DependencyFacts,
  dependencyFacts,
  namedDependencies,
} from '../../facts/generator/dependency-targets.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

function generatorsText(share: string, mark = ''): string {
  return `\
{ pkgs, ... }:
{
  clan.core.vars.generators.identity = {
${share}    files.key = { };
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -hex 32 > "$out/key"
    '';
  };
  clan.core.vars.generators.network = {
    share = true;
    dependencies = [ "identity" ];
${mark}    files.id.secret = false;
    script = ''
      sha256sum "$in/identity/key" | cut -d " " -f 1 > "$out/id"
    '';
  };
}
`;
}

export const sharedDependsOnMachine: Rule = {
  id: 'generator/shared-depends-on-machine',
  severity: 'error',
  summary: 'A shared generator depends on one that is per machine',
  documentation: `\
A generator with \`share = true\` runs once for all machines, but this one depends on a generator that each machine has
for itself, so it is undefined whose files it should read. When it runs, clan stops with
\`Shared generators must not depend on machine specific generators\`.

Share the dependency too, or do not share this generator. The opposite is fine: a machine's own generator may depend
on a shared one.

Source: clan-core d7c35d912, clan_lib/vars/generator.py.`,
  examples: () => ({
    bad: [
      {
        title: 'A network from the identity of some machine',
        files: {
          'modules/network.nix': generatorsText(
            '',
            `    #                ^^^^^^^^^^ generator/shared-depends-on-machine: "identity" is per machine\n`,
          ),
        },
      },
    ],
    good: [
      { title: 'Both are shared', files: { 'modules/network.nix': generatorsText('    share = true;\n') } },
    ],
  }),
  check: function* (context) {
    const facts = dependencyFacts(context.fleet);
    const isNew = firstTime();
    for (const generator of context.fleet.generators) {
      for (const dependency of sharedBodies(generator).flatMap(namedDependencies)) {
        const meant = perMachine(facts, generator, dependency.value);
        if (meant !== null && isNew(dependency)) yield reportOf(context, generator, dependency, meant);
      }
    }
  },
};

/** Returns the generators that a name refers to if all of them are certainly per machine, or null. */
function perMachine(facts: DependencyFacts, shared: Generator, name: string): readonly Generator[] | null {
  const declared = (facts.declared.get(name) ?? []).filter(generator => mayMeet(shared, generator));
  const clanGenerators = facts.clanGenerators.get(name) ?? [];
  const isOne =
    declared.length > 0
      ? !facts.mayBeElsewhere(name, machinesDepending(shared, name))
      : clanGenerators.length > 0;
  const isOwn =
    declared.every(generator => sharesOn(generator, shared).every(share => share === false)) &&
    clanGenerators.every(generator => generator.share === false);
  return isOne && isOwn ? declared : null;
}

/** Returns the bodies of the generator where it is shared, by machine if they differ. */
function sharedBodies(generator: Generator): readonly GeneratorBody[] {
  const body = generator.body();
  const bodies =
    body.share === null ? possibleMachines(generator).map(machine => generator.bodyOn(machine)) : [body];
  return bodies.filter(({ share }) => share === true);
}

/** Returns the machines on which a generator depends on this name. */
function machinesDepending(generator: Generator, name: string): readonly string[] {
  const machines = possibleMachines(generator);
  const depending = machines.filter(machine =>
    generator.bodyOn(machine).dependencies.some(({ value }) => value === name),
  );
  return depending.length === 0 ? machines : depending;
}

/**
 * Returns whether a machine may have both generators. If no machine is known to have one of them, they may
 * meet.
 */
function mayMeet(generator: Generator, other: Generator): boolean {
  const machines = possibleMachines(generator);
  const others = possibleMachines(other);
  if (machines.length === 0 || others.length === 0) return true;
  return machines.some(machine => others.includes(machine));
}

/** Returns the values of `share` on the machines that have the generator together with another. */
function sharesOn(generator: Generator, other: Generator): readonly (boolean | null)[] {
  const { share } = generator.body();
  if (share !== null) return [share];
  const machines = possibleMachines(generator).filter(machine => possibleMachines(other).includes(machine));
  return machines.length === 0 ? [null] : machines.map(machine => generator.bodyOn(machine).share);
}

function reportOf(
  { sources }: CheckContext,
  generator: Generator,
  { value, at }: Known<string>,
  meant: readonly Generator[],
): Report {
  const [only] = meant.flatMap(candidate => candidate.definitions);
  const share = generator
    .body()
    .options()
    .find(option => option.of === 'generator' && option.name === 'share');
  const isSaid = meant.some(candidate =>
    candidate
      .body()
      .options()
      .some(option => option.name === 'share'),
  );
  const place: Place | null = only === undefined || isSaid ? null : only.at;
  const added = place === null ? null : addOption(sources, place, 'share = true;');
  const removed = share === undefined ? null : removeOption(sources, share.at);
  const fixes: Fix[] = [];
  if (added !== null)
    fixes.push({ title: `Share "${value}" too`, edits: [added], preferred: true, guess: true });
  if (removed !== null)
    fixes.push({
      title: `Do not share "${generator.name}"`,
      edits: [removed],
      preferred: added === null,
      guess: true,
    });
  return {
    at,
    message:
      `The shared generator "${generator.name}" runs once for all machines, but "${value}" is per machine: ` +
      'generating it fails. Share both, or neither.',
    related: only === undefined ? [] : [{ at: only.at, message: `"${value}" is per machine.` }],
    fixes,
  };
}

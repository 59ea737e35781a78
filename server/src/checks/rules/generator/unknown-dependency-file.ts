/** generator/unknown-dependency-file: a script reads a file that the dependency does not have. */

import { replaced } from '../../../edits/edit-script.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { Generator, GeneratorBody } from '../../../fleet/model/generators.ts';
import type { Place } from '../../../nix/places.ts';
import type { Flow } from '../../../shell/flow/flow-facts.ts';
import { sortedUnique } from '../../../std.ts';
import {
  type Facts,
  factsOf,
  isSurelyWithout,
  mayHaveFileDefinedElsewhere,
  possibleMachines,
} from '../../facts/fleet-facts.ts';
import {
  type ExaminedGenerator,
  examined,
  failsWithout,
  isAskedAbout,
  machinesOf,
  mayBeSame,
  memberRead,
  oncePerPlace,
  opens,
} from '../../facts/generator/script-io.ts';
import { quoted } from '../../facts/wording.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

const module = (file: string, mark = ''): string => `\
{ pkgs, ... }:
{
  clan.core.vars.generators.ca = {
    files."ca.key".deploy = false;
    runtimeInputs = [ pkgs.openssl ];
    script = ''openssl genpkey -algorithm ed25519 -out "$out/ca.key"'';
  };

  clan.core.vars.generators.web-cert = {
    files.cert.secret = false;
    dependencies = [ "ca" ];
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl req -x509 -new -subj /CN=web -key "$in/ca/${file}" -out "$out/cert"
${mark}    '';
  };
}
`;

export const unknownDependencyFile: Rule = {
  id: 'generator/unknown-dependency-file',
  severity: 'warning',
  summary: 'A script reads a file that its dependency does not have',
  documentation: `\
\`$in/<dependency>/\` contains only the files that the dependency declares, not what its script writes without declaring
it. Reading another file ends with *No such file or directory*; inside of \`$(…)\` the failure may go unnoticed, and an
empty value is used.

An error where the script certainly ends there. Reported only if every definition of the dependency in the workspace
is fully known, and not where the script first tests whether the file exists.

Correct the name, or declare the file in the dependency. Source: clan-core d7c35d912, clan_lib/vars/generate.py.`,
  examples: () => ({
    bad: [
      {
        title: 'The file has another name',
        files: {
          'modules/web.nix': module(
            'ca.ky',
            `\
      #                                         ^^^^^^^^^^^^^^ generator/unknown-dependency-file: Did you mean "ca.key"?
`,
          ),
        },
      },
    ],
    good: [{ title: 'A file that the dependency declares', files: { 'modules/web.nix': module('ca.key') } }],
  }),
  check: context => oncePerPlace(reports(context)),
};

function* reports(context: CheckContext): Iterable<Report> {
  const facts = factsOf(context.fleet);
  for (const subject of examined(context.fleet)) {
    const { body, script, generator } = subject;
    if (script === null) continue;
    for (const read of script.flow.reads) {
      const member = opens(read) ? memberRead(read, 'in') : null;
      if (member === null || member.file === null) continue;
      const { name, file } = member;
      if (!body.dependencies.some(({ value }) => value === name)) continue;
      const files = filesWithout(facts, subject, name, file);
      if (files === null) continue;
      if (files.some(candidate => mayBeSame(candidate, file) || candidate.startsWith(`${file}/`))) continue;
      const at = script.placeOf(read);
      if (at === null || isAskedAbout(script.flow, 'in', name) || isMade(script.flow, name, file)) continue;
      const meant = suggest(file, files);
      const fails = failsWithout(script.flow, read);
      const end = fails ? ' The script ends with an error here.' : '';
      const has = files.length === 0 ? 'it has none' : `it has ${quoted(files)}`;
      yield {
        at,
        message: `"${name}", on which "${generator.name}" depends, has no file "${file}"; ${has}.${end}${didYouMean(meant)}`,
        ...(fails ? { severity: 'error' as const } : {}),
        machines: machinesOf(subject),
        fixes: fixesOf(context, at, file, meant),
      };
    }
  }
}

/** Returns whether the script itself creates the file; some programs write next to what they read. */
function isMade(flow: Flow, name: string, file: string): boolean {
  return flow.writes.some(write => {
    const member = memberRead(write, 'in');
    return member !== null && mayBeSame(member.name, name) && mayBeSame(member.file ?? file, file);
  });
}

/** Returns the machines on which the generator has this body, or all that may have it if no body is of one machine. */
function machinesWith({ generator, body }: ExaminedGenerator): readonly string[] {
  const machines = possibleMachines(generator);
  const having = machines.filter(machine => generator.bodyOn(machine) === body);
  return having.length > 0 ? having : machines;
}

/** Returns the bodies of a dependency on the machines of the dependent generator, if they differ between machines. */
function bodiesOn(dependency: Generator, machines: readonly string[]): readonly GeneratorBody[] {
  const body = dependency.body();
  if (body.complete.files) return [body];
  const possible = new Set(possibleMachines(dependency));
  const bodies = machines.filter(machine => possible.has(machine)).map(machine => dependency.bodyOn(machine));
  // A shared generator may have the files of any machine.
  return bodies.length > 0 && bodies.every(({ share }) => share === false) ? bodies : [body];
}

/**
 * Returns all files of a dependency wherever it is, or null if they are not fully known or `file` may be one of
 * them.
 */
function filesWithout(facts: Facts, of: ExaminedGenerator, name: string, file: string): string[] | null {
  const generators = facts.generators.get(name);
  if (generators === undefined) return null;
  const machines = machinesWith(of);
  if (mayHaveFileDefinedElsewhere(facts, name, file, machines)) return null;
  // The generator itself is missing then.
  if (machines.length > 0 && machines.every(machine => isSurelyWithout(facts, machine, name))) return null;
  const bodies = generators.flatMap(generator => bodiesOn(generator, machines));
  if (!bodies.every(({ complete }) => complete.files)) return null;
  return sortedUnique(bodies.flatMap(({ files }) => files.map(file => file.name)));
}

function fixesOf({ sources }: CheckContext, at: Place, file: string, meant: string | null): Fix[] {
  const text = sources.parse(at.file)?.text.slice(at.start, at.end) ?? '';
  if (meant === null || text.split(`/${file}`).length !== 2) return [];
  const edit = replaced(
    sources,
    at,
    text,
    text.replace(`/${file}`, () => `/${meant}`),
  );
  return edit === null
    ? []
    : [{ title: `Replace with "${meant}"`, edits: [edit], preferred: true, guess: true }];
}

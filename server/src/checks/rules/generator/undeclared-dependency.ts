/** generator/undeclared-dependency: a script reads the files of a generator without depending on it. */
import { addToListOption } from '../../../edits/edit-options.ts';
import { replaced } from '../../../edits/edit-script.ts';
import { stringText } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { Place } from '../../../nix/places.ts';
import { factsOf, mayBeDefinedElsewhere, possibleMachines } from '../../facts/fleet-facts.ts';
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
import { namesOn } from '../../facts/near-names.ts';
import { isUndeclared } from '../../facts/store/declared-files.ts';
import { quoted } from '../../facts/wording.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

const module = (dependencies: string, mark = ''): string => `\
{ pkgs, ... }:
{
  clan.core.vars.generators.ca = {
    files.key.deploy = false;
    runtimeInputs = [ pkgs.openssl ];
    script = ''openssl genpkey -algorithm ed25519 -out "$out/key"'';
  };

  clan.core.vars.generators.web-cert = {
    files.cert.secret = false;
    runtimeInputs = [ pkgs.openssl ];
${dependencies}    script = ''
      openssl req -x509 -new -subj /CN=web -key "$in/ca/key" -out "$out/cert"
${mark}    '';
  };
}
`;

export const undeclaredDependency: Rule = {
  id: 'generator/undeclared-dependency',
  severity: 'warning',
  summary: 'A script reads files of a generator that is not among its dependencies',
  documentation: `\
\`$in\` contains only the files of the generators in \`dependencies\`. A script that reads \`$in/ca/key\` without
\`dependencies = [ "ca" ]\` ends with *No such file or directory*, or, where the failure is ignored, continues with an
empty value. This shows only when the generator runs next, perhaps months later on a new machine. Nor does the
generator run again when the other one does.

An error where the script certainly ends there. Not reported where not all dependencies are known, and where the
script first tests whether the file exists.

Add the generator to \`dependencies\`. Source: clan-core d7c35d912, clan_lib/vars/generate.py.`,
  examples: () => ({
    bad: [
      {
        title: 'A dependency is missing',
        files: {
          'modules/web.nix': module(
            '',
            `\
      #                                         ^^^^^^^^^^^^ generator/undeclared-dependency: does not depend on "ca"
`,
          ),
        },
      },
      {
        title: 'The name is misspelt',
        files: {
          'modules/token.nix': `\
{
  clan.core.vars.generators.token = {
    files.token = { };
    script = ''head -c 24 /dev/urandom | base64 > "$out/token"'';
  };

  clan.core.vars.generators.app-env = {
    files.env = { };
    dependencies = [ "token" ];
    script = ''
      cat "$in/token/token" > "$out/env"
      cat "$in/tokn/token" >> "$out/env"
      #   ^^^^^^^^^^^^^^^^ generator/undeclared-dependency: Did you mean "token"?
    '';
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'The dependency is declared',
        files: { 'modules/web.nix': module('    dependencies = [ "ca" ];\n') },
      },
      {
        title: 'The script asks first',
        files: {
          'modules/token.nix': `\
{
  clan.core.vars.generators.token = {
    files.token = { };
    script = ''
      if [ -e "$in/seed/seed" ]; then
        sha256sum "$in/seed/seed" > "$out/token"
      else
        head -c 24 /dev/urandom | base64 > "$out/token"
      fi
    '';
  };
}
`,
        },
      },
    ],
  }),
  check: context => oncePerPlace(reports(context)),
};

function* reports(context: CheckContext): Iterable<Report> {
  const facts = factsOf(context.fleet);
  for (const subject of examined(context.fleet)) {
    const { body, script, generator, whole } = subject;
    if (script === null || !whole || !body.complete.dependencies) continue;
    const names = body.dependencies.map(({ value }) => value);
    for (const read of script.flow.reads) {
      const name = opens(read) ? memberRead(read, 'in')?.name : undefined;
      if (name === undefined || mayBeSame(name, generator.name)) continue;
      if (names.some(candidate => mayBeSame(candidate, name)) || isAskedAbout(script.flow, 'in', name))
        continue;
      const at = script.placeOf(read);
      if (at === null) continue;
      const meant = suggest(name, names);
      // If the name of the dependency is wrong, another rule reports it.
      if (
        meant !== null &&
        namesOn(facts, possibleMachines(generator)).includes(name) &&
        isUndeclared(context.fleet, meant, possibleMachines(generator))
      )
        continue;
      const fails = failsWithout(script.flow, read);
      const end = fails ? 'The script ends with an error here' : 'There is no such file';
      yield {
        at,
        message: `"${generator.name}" does not depend on "${name}", so nothing of it is below $in. ${end}: add it to dependencies.${didYouMean(meant)}`,
        ...(fails ? { severity: 'error' as const } : {}),
        machines: machinesOf(subject),
        fixes: fixesOf(context, subject, { at, name, meant }),
      };
    }
  }
}

/** A member of `$in` that is read but not declared. */
interface UndeclaredRead {
  readonly at: Place;
  readonly name: string;
  /** The declared dependency that was probably meant. */
  readonly meant: string | null;
}

function fixesOf(
  { fleet, sources }: CheckContext,
  { body, generator }: ExaminedGenerator,
  { at, name, meant }: UndeclaredRead,
): Fix[] {
  const fixes: Fix[] = [];
  const text = sources.parse(at.file)?.text.slice(at.start, at.end) ?? '';
  if (meant !== null && text.split(`/${name}/`).length === 2) {
    const edit = replaced(
      sources,
      at,
      text,
      text.replace(`/${name}/`, () => `/${meant}/`),
    );
    if (edit !== null)
      fixes.push({ title: `Replace with "${meant}"`, edits: [edit], preferred: true, guess: true });
  }
  const facts = factsOf(fleet);
  const there = facts.generators.get(name);
  const isShared = there?.every(candidate => candidate.body().share === true) ?? false;
  const isPossible =
    there === undefined ? mayBeDefinedElsewhere(facts, name, possibleMachines(generator)) : true;
  // A shared generator cannot depend on a per-machine one.
  if (!isPossible || name.includes('${') || (body.share !== false && !isShared)) return fixes;
  const edit = addToListOption(sources, body, 'dependencies', stringText(name));
  if (edit === null) return fixes;
  const sure = there !== undefined && meant === null;
  fixes.push({
    title: `Add "${name}" to the dependencies of ${quoted([generator.name])}`,
    edits: [edit],
    preferred: fixes.length === 0,
    ...(sure ? {} : { guess: true }),
  });
  return fixes;
}

/** generator/shared-differs: machines define a shared generator differently. */

import type { Generator, GeneratorBody, Variant } from '../../../fleet/model/generators.ts';
import { mayInclude } from '../../../modules/name-patterns.ts';
import type { Place } from '../../../nix/places.ts';
import { byText } from '../../../std.ts';
import { machinesText } from '../../facts/wording.ts';
import type { Report, Rule } from '../../rule.ts';

const KEY = `\
{ pkgs, ... }:
{
  clan.core.vars.generators.mail = {
    share = true;
    files.key = { };
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      for name in key token; do
        openssl rand -hex 32 > "$out/$name"
      done
    '';
  };
}
`;

const CLAN = '{ meta.name = "example"; inventory.machines.lea = { }; inventory.machines.emily = { }; }\n';

export const sharedDiffers: Rule = {
  id: 'generator/shared-differs',
  severity: 'error',
  summary: 'Machines define a shared generator differently',
  documentation: `\
A shared generator runs once for all machines that declare it, so they have to agree on its files (\`secret\`, \`deploy\`,
\`neededFor\`), prompts, dependencies and \`validation\`. Where they do not, every \`clan vars\` command ends with
\`Machines A and B have different definitions for shared generator\`. Owners, groups and modes may differ.

Move what differs into a generator of its own, or into the module that all of them import.

Reported where it is certain which modules both machines have and that they differ.

Source: clan-core d7c35d912, clan_lib/vars/generator.py.`,
  examples: () => ({
    bad: [
      {
        title: 'One machine adds a file',
        files: {
          'modules/mail.nix': KEY,
          'machines/lea/configuration.nix': '{ imports = [ ../../modules/mail.nix ]; }\n',
          'machines/emily/configuration.nix': `\
{
  imports = [ ../../modules/mail.nix ];
  clan.core.vars.generators.mail.files.token = { };
  #                                    ^^^^^ generator/shared-differs: the file "token" is on machine emily only
}
`,
          'clan.nix': CLAN,
        },
      },
    ],
    good: [
      {
        title: 'One machine has another owner',
        files: {
          'modules/mail.nix': KEY,
          'machines/lea/configuration.nix': '{ imports = [ ../../modules/mail.nix ]; }\n',
          'machines/emily/configuration.nix': `\
{
  imports = [ ../../modules/mail.nix ];
  clan.core.vars.generators.mail.files.key.owner = "mail";
}
`,
          'clan.nix': CLAN,
        },
      },
    ],
  }),
  check: function* ({ fleet }) {
    for (const generator of fleet.generators) {
      if (generator.nameKind === 'pattern') continue;
      const variants = generator.variants().filter(variant => variant.body.share === true);
      const [first, ...others] = variants;
      for (const other of others) {
        const difference = first === undefined ? null : differenceOf(generator, first, other);
        if (first === undefined || difference === null) continue;
        yield reportOf(generator, first, other, difference);
        break;
      }
    }
  },
};

interface Difference {
  readonly at: Place;
  readonly text: string;
}

function differenceOf(generator: Generator, a: Variant, b: Variant): Difference | null {
  return (
    onlyOne('file', a, b, body => (body.complete.files ? body.files : null)) ??
    onlyOne('prompt', a, b, body => (body.complete.prompts ? body.prompts : null)) ??
    onlyOne('dependency', a, b, body => (body.complete.dependencies ? dependenciesOf(body) : null)) ??
    otherwise(a, b) ??
    validation(generator, a, b)
  );
}

function dependenciesOf(body: GeneratorBody) {
  return body.dependencies.map(({ value, at }) => ({
    name: value,
    nameKind: value.includes('${') ? ('pattern' as const) : ('literal' as const),
    at,
  }));
}

type Items = readonly {
  readonly name: string;
  readonly nameKind?: GeneratorBody['files'][number]['nameKind'];
  readonly at: Place;
}[];

function onlyOne(
  what: string,
  a: Variant,
  b: Variant,
  itemsOf: (body: GeneratorBody) => Items | null,
): Difference | null {
  const [mine, theirs] = [itemsOf(a.body), itemsOf(b.body)];
  if (mine === null || theirs === null) return null;
  const extra = (some: Items, all: Items) =>
    some.find(
      member =>
        member.nameKind !== 'pattern' &&
        !mayInclude(
          all.map(candidate => ({ name: candidate.name, nameKind: candidate.nameKind ?? 'literal' })),
          member.name,
        ),
    );
  const [inA, inB] = [extra(mine, theirs), extra(theirs, mine)];
  const unmatched = inA ?? inB;
  if (unmatched === undefined) return null;
  const { machines } = inA === undefined ? b : a;
  return { at: unmatched.at, text: `the ${what} "${unmatched.name}" is on ${machinesText(machines)} only` };
}

const FILE_OPTIONS = ['secret', 'deploy', 'neededFor'] as const;
const PROMPT_OPTIONS = ['type', 'persist', 'description'] as const;

/** Returns an option of the same file or prompt that is known on both sides and differs, or null. */
function otherwise({ body: a }: Variant, { body: b }: Variant): Difference | null {
  for (const file of b.files) {
    const before = a.files.find(generatorFile => generatorFile.name === file.name);
    for (const option of FILE_OPTIONS) {
      const [left, right] = [before?.[option], file[option]];
      if (left === undefined || left === null || right === null || left === right) continue;
      return {
        at: file.at,
        text: `"files.${file.name}.${option}" is ${left} on one and ${right} on the other`,
      };
    }
  }
  for (const prompt of b.prompts) {
    const before = a.prompts.find(generatorPrompt => generatorPrompt.name === prompt.name);
    for (const option of PROMPT_OPTIONS) {
      const [left, right] = [before?.[option], prompt[option]];
      if (left === undefined || left === null || right === null || left === right) continue;
      return { at: prompt.at, text: `"prompts.${prompt.name}.${option}" differs` };
    }
  }
  return null;
}

/** Returns a difference in `validation`, whose hash has to be the same, if both values are fully known. */
function validation(generator: Generator, { body: a }: Variant, { body: b }: Variant): Difference | null {
  if (!isKnown(a.validation) || !isKnown(b.validation)) return null;
  if (canonical(a.validation) === canonical(b.validation)) return null;
  const writtenOption = b.options().find(option => option.of === 'generator' && option.name === 'validation');
  const at = writtenOption?.at ?? generator.definitions[0]?.at;
  return at === undefined ? null : { at, text: '"validation" differs' };
}

/** Returns whether a value is known; null represents an unknown one. */
function isKnown(value: unknown): boolean {
  if (value === null || Array.isArray(value)) return false;
  return typeof value !== 'object' || Object.values(value).every(isKnown);
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'none';
  const entries = Object.entries(value).sort(byText(([name]) => name));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`;
}

function reportOf(generator: Generator, a: Variant, b: Variant, { at, text }: Difference): Report {
  return {
    at,
    machines: [...a.machines, ...b.machines],
    message:
      `${capital(machinesText(a.machines))} and ${machinesText(b.machines)} define the shared generator "${generator.name}" differently: ` +
      `${text}. It runs once for all of them, so they have to agree; every clan vars command fails.`,
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

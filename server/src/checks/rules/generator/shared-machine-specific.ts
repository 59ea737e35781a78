/** generator/shared-machine-specific: a shared generator contains something specific to one machine. */

import { writtenAt } from '../../../edits/edits.ts';
import type { Sources } from '../../../edits/text-edit.ts';
import { placeInScript } from '../../../fleet/generators/script.ts';
import type { Generator, GeneratorBody } from '../../../fleet/model/generators.ts';
import type { Place } from '../../../nix/places.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { machinesText } from '../../facts/wording.ts';
import type { Rule } from '../../rule.ts';

function certificate(share: string, subject: string): string {
  return `\
{ config, pkgs, ... }:
{
  clan.core.vars.generators.tls = {
${share}    files.key = { };
    files.cert.secret = false;
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl req -x509 -nodes -newkey rsa:4096 -subj "/CN=${subject}" -keyout "$out/key" -out "$out/cert"
    '';
  };
}
`;
}
const HOST = '${config.networking.hostName}';

export const sharedMachineSpecific: Rule = {
  id: 'generator/shared-machine-specific',
  severity: 'warning',
  summary: 'A shared generator contains what is different on every machine',
  documentation: `\
A generator with \`share = true\` runs once, with the script of whichever machine comes first. If the script contains
the machine's name, all other machines get files that were made for that one, without any warning. In \`validation\`, in
names of files or in descriptions of prompts, the name makes the definitions differ, and every \`clan vars\` command
fails.

Remove \`share\`, put the machine's name into the generator's own name, or write something that is the same for all
machines.

Reported for \`config.networking.hostName\`, \`config.clan.core.settings.machine.name\` and the like, and for scripts
whose text is known on two machines and differs.

Source: clan-core d7c35d912, clan_lib/vars/generator.py.`,
  examples: () => ({
    bad: [
      {
        title: "One machine's name in everybody's certificate",
        files: {
          'modules/tls.nix': `\
{ config, pkgs, ... }:
{
  clan.core.vars.generators.tls = {
    share = true;
    files.cert.secret = false;
    runtimeInputs = [ pkgs.openssl ];
    script = "openssl req -x509 -nodes -newkey rsa:4096 -subj /CN=${HOST} -keyout /dev/null -out \\"$out/cert\\"";
    #                                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ generator/shared-machine-specific: the machine that comes first
  };
}
`,
        },
      },
    ],
    good: [
      { title: 'One certificate for each machine', files: { 'modules/tls.nix': certificate('', HOST) } },
      {
        title: 'One for all',
        files: { 'modules/tls.nix': certificate('    share = true;\n', 'example') },
      },
      {
        title: 'A shared generator for each machine',
        files: {
          'modules/tls.nix': certificate('    share = true;\n', HOST).replace(
            'generators.tls',
            'generators."tls-${config.networking.hostName}"',
          ),
        },
      },
    ],
  }),
  check: function* ({ fleet, sources }) {
    const isNew = firstTime();
    for (const generator of fleet.generators) {
      if (generator.nameKind !== 'literal' || isAlone(generator)) continue;
      const body = generator.body();
      if (body.share !== true) continue;
      const at = specificScript(body) ?? specificText(sources, body);
      if (at !== null && isNew({ at: at.place })) {
        yield {
          at: at.place,
          message: `The generator "${generator.name}" is shared, but ${at.text} is different on every machine: ${at.consequence}`,
        };
        continue;
      }
      const differing = at === null ? differingScript(generator) : null;
      if (differing !== null && isNew({ at: differing.at })) yield differing;
    }
  },
};

/** Returns whether only one machine has the generator, so that no other machine gets its specifics. */
function isAlone({ machines, machinesComplete }: Generator): boolean {
  return machinesComplete && machines !== null && machines.length < 2;
}

interface Specific {
  readonly place: Place;
  readonly text: string;
  readonly consequence: string;
}

const NAMES = [
  'networking\\.(?:hostName|hostId|fqdn|fqdnOrHostName)',
  'clan\\.core\\.settings\\.machine\\.name',
  'clan\\.core\\.machineName',
].join('|');

/** Matches an interpolation of only the machine's name, possibly through a function of lib. */
const HOLE = new RegExp(`\\$\\{\\s*(?:(?:lib\\.)?[A-Za-z]+\\s+)?((?:os)?[cC]onfig\\.(?:${NAMES}))\\s*\\}`);
const WHOLE_HOLE = new RegExp(`^${HOLE.source}$`);
const ASSIGNED = new RegExp(`=\\s*((?:os)?[cC]onfig\\.(?:${NAMES}))\\s*(?:;|$)`);
const WHOLE = new RegExp(`^(?:os)?[cC]onfig\\.(?:${NAMES})$`);

function specificScript({ script }: GeneratorBody): Specific | null {
  const source = script?.source ?? null;
  if (source === null) return null;
  for (const { start, end } of source.holes) {
    const match = WHOLE_HOLE.exec(source.text.slice(start, end));
    const place = match === null ? null : placeInScript(source, start, end);
    if (match === null || place === null) continue;
    return {
      place,
      text: match[1] as string,
      consequence: 'all of them get the files of the machine that comes first. Drop share, or the name.',
    };
  }
  return null;
}

/**
 * Returns machine-specific text in file names, descriptions and validation, which are compared between
 * machines.
 */
function specificText(sources: Sources, body: GeneratorBody): Specific | null {
  const consequence =
    'their definitions differ, and every clan vars command fails. Drop share, or what differs.';
  for (const file of body.files) {
    const match = HOLE.exec(file.name);
    if (match !== null) return { place: file.at, text: match[1] as string, consequence };
  }
  for (const option of body.options()) {
    const isCompared =
      (option.of === 'generator' && option.name === 'validation') ||
      (option.of === 'prompt' && option.name === 'description');
    const at = isCompared && !option.conditional ? option.valueAt : null;
    if (at === null || !['string', 'unknown', 'attrs'].includes(option.kind)) continue;
    const written = writtenAt(sources, at) ?? '';
    const name = WHOLE.test(written) ? written : (HOLE.exec(written) ?? ASSIGNED.exec(written))?.[1];
    if (name !== undefined)
      return { place: option.kind === 'attrs' ? option.at : at, text: name, consequence };
  }
  return null;
}

/** Returns fully known scripts that differ. */
function differingScript(generator: Generator) {
  const variants = generator
    .variants()
    .filter(({ body }) => body.share === true && body.script?.source?.holes.length === 0);
  const [first] = variants;
  const other = variants.find(({ body }) => body.script?.text !== first?.body.script?.text);
  if (first === undefined || other?.body.script == null) return null;
  return {
    at: generator.definitions[0]?.at ?? other.body.script.at,
    machines: [...first.machines, ...other.machines],
    message:
      `The script of the shared generator "${generator.name}" is not the same on ${machinesText(first.machines)} and on ${machinesText(other.machines)}: ` +
      'it runs once for all of them, and the first one decides. Remove share, or what differs.',
  };
}

/** option/no-effect: an option has no effect on this file. */

import { removeOption } from '../../../edits/edit-bindings.ts';
import type { Sources } from '../../../edits/text-edit.ts';
import type { Machine } from '../../../fleet/model/base.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator, GeneratorFile, WrittenOption } from '../../../fleet/model/generators.ts';
import { placeIdentity } from '../../../nix/places.ts';
import { setBackend } from '../../../store/backend-setting.ts';
import { type Facts, factsOf, firstTime } from '../../facts/fleet-facts.ts';
import { optionsWhere, optionText } from '../../facts/option/written-generator-options.ts';
import type { Report, Rule, Severity } from '../../rule.ts';

export const noEffect: Rule = {
  id: 'option/no-effect',
  severity: 'warning',
  summary: 'An option that has no effect on its file',
  documentation: `\
\`owner\`, \`group\` and \`mode\` of a public file: public files are added to the Nix store, where everybody can read them
and no user owns them. clan-core warns about it at every evaluation. If only some user may read the file, it is a
secret (\`secret = true\`).

\`restartUnits\` of a file that sops-nix does not install: a public file, one with \`deploy = false\` or
\`neededFor = "activation"\` or \`"partitioning"\`, on macOS, or with the backends \`age\` and \`password-store\`. The service
keeps the old secret until something else restarts it.

Source: clan-core d7c35d912, nixosModules/clanCore/vars/default.nix and vars/secret/sops/generators-to-sops.nix.`,
  examples: () => ({
    bad: [
      {
        title: 'A public file with an owner',
        files: {
          'modules/key.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators.key = {
    files.key.restartUnits = [ "api.service" ];
    files."key.pub" = {
      secret = false;
      owner = "api";
    # ^^^^^ option/no-effect: is public
    };
    runtimeInputs = [ pkgs.wireguard-tools ];
    script = ''
      wg genkey > "$out/key"
      wg pubkey < "$out/key" > "$out/key.pub"
    '';
  };
}
`,
        },
      },
      {
        title: 'Units that nobody restarts',
        files: {
          'modules/key.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.settings.secretStore = "age";
  clan.core.vars.generators.key = {
    files.key.restartUnits = [ "api.service" ];
    #         ^^^^^^^^^^^^ option/no-effect: backend "age"
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -hex 32 > "$out/key"
    '';
  };
}
`,
          'machines/lea/configuration.nix': '{ imports = [ ../../modules/key.nix ]; }\n',
          'clan.nix': '{ vars.settings.secretStore = "age"; }\n',
        },
      },
    ],
    good: [
      {
        title: 'Owners of secrets, and the usual ones of public files',
        files: {
          'modules/key.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators.key = {
    files.key = {
      owner = "api";
      mode = "0440";
      restartUnits = [ "api.service" ];
    };
    files."key.pub" = {
      secret = false;
      owner = "root";
    };
    runtimeInputs = [ pkgs.wireguard-tools ];
    script = ''
      wg genkey > "$out/key"
      wg pubkey < "$out/key" > "$out/key.pub"
    '';
  };
}
`,
        },
      },
      {
        title: 'A function that makes secret files and public ones',
        files: {
          'modules/keys.nix': `\
{ pkgs, ... }:
let
  keyOf = secret: {
    files.key = {
      inherit secret;
      mode = if secret then "0440" else "0444";
    };
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -hex 32 | tr -d '\\n' > "$out/key"
    '';
  };
in
{
  clan.core.vars.generators.api = keyOf true;
  clan.core.vars.generators.greeting = keyOf false;
}
`,
        },
      },
    ],
  }),
  check: function* ({ fleet, sources }) {
    const facts = factsOf(fleet);
    const effective: WrittenOption[] = [];
    const idle: { readonly option: WrittenOption; readonly reason: Reason }[] = [];
    for (const { generator, judged } of rights(fleet)) {
      for (const option of judged) {
        const file = generator.body().files.find(generatorFile => generatorFile.name === option.owner);
        const reason =
          file === undefined || isUsual(option) ? null : reasonOf(fleet, facts, generator, file, option);
        if (reason === null) effective.push(option);
        else idle.push({ option, reason });
      }
    }
    if (idle.length === 0) return;
    // An option written by a function for many files is kept if it affects any of them.
    const spared = new Set(effective.map(({ at }) => placeIdentity(at)));
    const isNew = firstTime();
    for (const { option, reason } of idle)
      if (!spared.has(placeIdentity(option.at)) && isNew(option)) yield reportOf(option, reason, sources);
  },
};

function reportOf(option: WrittenOption, { severity, text }: Reason, sources: Sources): Report {
  const edit = removeOption(sources, option.at);
  const title = `Delete "${option.name}"`;
  return {
    at: option.at,
    severity,
    message: `"${optionText(option)}" has no effect: ${text}`,
    unnecessary: true,
    fixes: edit === null ? [] : [{ title, edits: [edit], preferred: false, guess: true }],
  };
}

const JUDGED: ReadonlySet<string> = new Set(['owner', 'group', 'mode', 'restartUnits']);

const rights = optionsWhere(option => option.of === 'file' && JUDGED.has(option.name));

/** The defaults of these options; setting them explicitly is harmless. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  owner: ['root'],
  group: ['root', 'wheel'],
  mode: ['0400'],
};

function isUsual({ name, value }: WrittenOption): boolean {
  return value.kind === 'plain' && USUAL[name]?.includes(String(value.value)) === true;
}

interface Reason {
  readonly text: string;
  readonly severity: Severity;
}

function reasonOf(
  fleet: Fleet,
  facts: Facts,
  generator: Generator,
  file: GeneratorFile,
  option: WrittenOption,
): Reason | null {
  if (option.name === 'restartUnits') return restartReason(fleet, facts, generator, file, option);
  // Files needed before the store is available are uploaded even if they are public.
  const isInStore = file.neededFor === 'services' || file.neededFor === 'users';
  if (file.secret !== false || !isInStore || option.value.kind !== 'plain') return null;
  return {
    text: 'the file is public, which puts it into the Nix store for everybody to read. Delete it, or make the file secret.',
    severity: 'warning',
  };
}

function restartReason(
  fleet: Fleet,
  { machines }: Facts,
  generator: Generator,
  file: GeneratorFile,
  { value }: WrittenOption,
): Reason | null {
  if (value.kind !== 'list' || value.items.length === 0) return null;
  if (file.secret === false)
    return { text: 'the file is public, and units restart on changes of secrets only.', severity: 'info' };
  if (file.deploy === false)
    return { text: 'the file has deploy = false and never comes to a machine.', severity: 'info' };
  if (file.neededFor === 'activation' || file.neededFor === 'partitioning')
    return {
      text: `files with neededFor = "${file.neededFor}" are uploaded without restarting anything.`,
      severity: 'warning',
    };
  const backend = setBackend(fleet);
  if (backend !== null && backend !== 'sops')
    return {
      text: `the backend "${backend}" restarts nothing. Restart the units yourself when the secret changes.`,
      severity: 'warning',
    };
  const having = generator.machinesComplete ? (generator.machines ?? []) : [];
  const isDarwin = (name: string) => (machines.get(name) as Machine | undefined)?.class === 'darwin';
  return having.length > 0 && having.every(isDarwin)
    ? {
        text: "macOS has no units to restart. sops leaves it out there; clan-core's option itself fails where it is read.",
        severity: 'warning',
      }
    : null;
}

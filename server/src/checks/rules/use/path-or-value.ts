/** use/path-or-value: an option takes the text of a file and gets its path, or the other way round. */

import type { Use } from '../../../fleet/model/uses.ts';
import type { SourceFile } from '../../../nix/source.ts';
import { SECRET_OPTION_TEXTS, type SecretOption, secretOption } from '../../facts/use/secret-options.ts';
import { fileText, machinesAt, type ResolvedUseMatch, seenAtReads } from '../../facts/use/used-file.ts';
import { assignedTo, isItself, optionInModule, valuePathsFrom } from '../../facts/use/value-flow.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const moduleWith = (lines: string) => `\
{ config, pkgs, ... }:
{
  clan.core.vars.generators.relay = {
    files.secret = { };
    files.public.secret = false;
    runtimeInputs = [ pkgs.wireguard-tools ];
    script = ''
      wg genkey > "$out/secret"
      wg pubkey < "$out/secret" > "$out/public"
    '';
  };
${lines}}
`;

export const pathOrValue: Rule = {
  id: 'use/path-or-value',
  severity: 'warning',
  summary: 'A path where an option takes the text, or the text where it takes a path',
  documentation: `\
Some options of NixOS take a secret itself: \`privateKey\`, \`hashedPassword\`, \`services.coturn.static-auth-secret\`. If such an option
is set to the \`.path\` of a file, nothing reads the file: the service takes the path itself for its key or password, so that
\`/run/secrets/…\`, which anybody can guess, is the secret, or nobody can log in. Other options take the path of a file, and with the \`.value\`
of a public file the service looks for a file of that name.

Nearly every option that takes a secret has a neighbour that takes a path, often called the same with \`File\` behind it: set that one. A few
services have a syntax of their own for files, such as \`$__file{…}\` in the settings of Grafana.

Only well-known options are looked at, and only if they are set to the \`.path\` or \`.value\` alone. For \`.value\` of a secret, see
\`use/value-of-secret\`.

Source: the modules of nixpkgs that declare the options.`,
  examples: () => ({
    bad: [
      {
        title: 'The path is taken for the key',
        files: {
          'modules/relay.nix': moduleWith(`\
  networking.wireguard.interfaces.wg0.privateKey = config.clan.core.vars.generators.relay.files.secret.path;
  #                                   ^^^^^^^^^^ use/path-or-value: takes the text itself
`),
        },
      },
      {
        title: 'Grafana would use the path as its key',
        files: {
          'modules/relay.nix': moduleWith(`\
  services.grafana.settings.security.secret_key = config.clan.core.vars.generators.relay.files.secret.path;
  #                                  ^^^^^^^^^^ use/path-or-value: "$__file{
`),
        },
      },
      {
        title: 'The text is taken for a path',
        files: {
          'modules/relay.nix': moduleWith(`\
  services.coturn.static-auth-secret-file = config.clan.core.vars.generators.relay.files.public.value;
  #               ^^^^^^^^^^^^^^^^^^^^^^^ use/path-or-value: takes the path of a file
`),
        },
      },
    ],
    good: [
      {
        title: 'Each option gets what it takes',
        files: {
          'modules/relay.nix': moduleWith(`\
  networking.wireguard.interfaces.wg0 = {
    privateKeyFile = config.clan.core.vars.generators.relay.files.secret.path;
    peers = [ { publicKey = config.clan.core.vars.generators.relay.files.public.value; } ];
  };
  services.grafana.settings.security.secret_key = "$__file{\${config.clan.core.vars.generators.relay.files.secret.path}}";
`),
        },
      },
    ],
  }),
  check: function* (context) {
    for (const read of mistaken(context)) yield* reportsOf(context, read);
  },
};

/** An option that gets the wrong one, and the place of its name. */
interface Mistaken {
  readonly option: string;
  readonly entry: SecretOption;
  readonly start: number;
  readonly end: number;
}

const mistaken = seenAtReads(['path', 'value'], SECRET_OPTION_TEXTS, mistakenAt);

function mistakenAt(source: SourceFile, use: Use): readonly Mistaken[] | null {
  if (use.by === 'name') return null;
  const found = valuePathsFrom(source, use.at).flatMap(way => {
    const assigned = assignedTo(way);
    const option = optionInModule(way);
    const entry = secretOption(option);
    if (assigned === null || entry === null || entry.takes === use.attribute || !isItself(assigned.steps))
      return [];
    const { start, end } = assigned.attribute.at;
    return [{ option: option.map(name => (name === '' ? '…' : name)).join('.'), entry, start, end }];
  });
  return found.length === 0 ? null : found;
}

function* reportsOf({ fleet }: CheckContext, read: ResolvedUseMatch<readonly Mistaken[]>): Iterable<Report> {
  const { use, file, fact } = read;
  // The text of a secret is not known at all when a machine is evaluated.
  if (use.attribute === 'value' && file.secret !== false) return;
  for (const { option, entry, start, end } of fact)
    yield {
      at: { file: use.at.file, start, end },
      machines: machinesAt(fleet, read),
      message:
        entry.takes === 'value'
          ? `\`${option}\` takes the text itself, not a path: it would use the path of ${fileText(use)} as its value. ${adviceFor(entry, file.secret)}`
          : `\`${option}\` takes the path of a file, but gets the content of ${fileText(use)}. Use its .path.`,
    };
}

function adviceFor({ instead, syntax }: SecretOption, secret: boolean | null): string {
  if (secret === false) return 'Use its .value.';
  if (instead !== undefined) return `Set \`${instead}\` instead.`;
  return syntax === undefined
    ? 'Let the service read the file.'
    : `To have the service read a file, use \`${syntax.replace('PATH', '${….path}')}\`.`;
}

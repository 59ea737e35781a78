/** use/secret-in-store: the content of a secret, not its path, would be copied to the Nix store. */
import type { Range } from '../../../nix/syntax.ts';
import { OPENERS, openedBy } from '../../facts/use/content-reads.ts';
import { fileText, type ResolvedUseMatch, seenAtPaths } from '../../facts/use/used-file.ts';
import {
  isIfThere,
  isInGenerator,
  type Step,
  type ValuePath,
  valuePathsFrom,
} from '../../facts/use/value-flow.ts';
import type { Report, Rule } from '../../rule.ts';

const GENERATOR = `\
  clan.core.vars.generators.mail = {
    prompts.password.type = "hidden";
    files.password = { };
    script = ''
      cat "$prompts/password" > "$out/password"
    '';
  };
`;

export const secretInStore: Rule = {
  id: 'use/secret-in-store',
  severity: 'error',
  summary: 'The content of a secret is meant for the Nix store',
  documentation: `\
The content of a secret, rather than its path, ends up in the Nix store: the \`text\` of a file below \`/etc\`,
\`pkgs.writeText\` and similar functions, the environment or the script of a systemd unit, a session variable, the
result of \`pkgs.runCommand\`.

Everybody on the machine can read the store, and it is copied to caches and to other machines. Most ways to get the
content fail earlier, because a secret has no value during evaluation or in a build; fixing only that failure would
publish the secret.

Use the \`.path\` and let the program open the file when it runs. If a program needs the secret inside its
configuration, create that file in the generator's script or with \`sops.templates\`; if it needs it in its environment,
use \`EnvironmentFile\`, or \`LoadCredential\`.`,
  examples: () => ({
    bad: [
      {
        title: 'A password in a configuration file',
        files: {
          'modules/mail.nix': `\
{ config, lib, ... }:
{
${GENERATOR}  environment.etc."mail.conf".text = ''
    #                         ^^^^ use/secret-in-store: "password" of generator "mail"
    user = ada
    password = \${lib.fileContents config.clan.core.vars.generators.mail.files.password.path}
    #                ^^^^^^^^^^^^ use/read-secret-at-eval
  '';
}
`,
        },
      },
      {
        title: 'A script that is run when the package is built',
        files: {
          'modules/mail.nix': `\
{ config, pkgs, ... }:
{
${GENERATOR}  services.mail.configFile = pkgs.runCommand "mail.conf" { } ''
    #                             ^^^^^^^^^^ use/secret-in-store: is read while this is built
    cat \${config.clan.core.vars.generators.mail.files.password.path} > $out
  '';
}
`,
        },
      },
    ],
    good: [
      {
        title: 'The path, and a script that reads it when it runs',
        files: {
          'modules/mail.nix': `\
{ config, pkgs, ... }:
let
  password = config.clan.core.vars.generators.mail.files.password.path;
in
{
${GENERATOR}  environment.etc."mail.conf".text = "passwordFile = \${password}";
  systemd.services.mail = {
    environment.PASSWORD_FILE = password;
    script = ''
      PASSWORD=$(cat \${password}) exec mail
    '';
  };
  environment.systemPackages = [ (pkgs.writeShellScriptBin "password" "cat \${password}") ];
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    for (const arrival of arrivals(context)) yield* reportsOf(arrival);
  },
};

/** Finds where the content of the file at the path is written to the store. */
const arrivals = seenAtPaths(OPENERS, (file, use): readonly Sink[] | null => {
  if (use.guarded) return null;
  const sinks = new Map<Range, Sink>();
  for (const way of valuePathsFrom(file, use.at)) {
    if (isInGenerator(way) || isIfThere(file, way)) continue;
    const sink = sinkOf(way);
    if (sink === null || sinks.has(sink.at)) continue;
    sinks.set(sink.at, { how: sink.how, at: { start: sink.at.start, end: sink.at.end } });
  }
  return sinks.size === 0 ? null : [...sinks.values()];
});

function* reportsOf({ use, fact }: ResolvedUseMatch<readonly Sink[]>): Iterable<Report> {
  for (const { how, at } of fact)
    yield {
      at: { file: use.at.file, ...at },
      message: `${messages[how](fileText(use))} Use its .path, and let the program read the file when it runs.`,
      related: [{ at: use.at, message: 'Where the secret comes from' }],
    };
}

interface Sink {
  readonly how: keyof typeof messages;
  readonly at: Range;
}

const messages = {
  text: (what: string) => `The content of ${what} would be in the Nix store, where everybody can read it.`,
  copied: (what: string) => `This copies ${what} to the Nix store, where everybody can read it.`,
  build: (what: string) =>
    `T${what.slice(1)} is read while this is built: it is not there then, and its content would be in the Nix store.`,
};

/**
 * Returns the sink of the content. Reads of `.value` are left to `use/value-of-secret`, because there is no
 * such content.
 */
function sinkOf({ steps, option }: ValuePath): Sink | null {
  const opened = openedBy(steps);
  if (opened === null) return null;
  return opened.how === 'read' ? storedBy(opened.after, option) : { how: opened.how, at: opened.at };
}

/** Matches functions that write a text argument, or one of its attributes, to a store file. */
const WRITERS =
  /^(write(Text|TextFile|TextDir|Script|ScriptBin|ShellScript|ShellScriptBin|ShellApplication)|toFile|runCommand(Local|CC)?|replaceVars|substituteAll|concatText(File)?)$/;

/**
 * Options whose text is written to a store file. Names generated by a function (`genAttrs`) are not matched.
 */
const OPTIONS = [
  /^environment\.etc\..+\.text$/,
  /(^|\.)(home\.file|xdg\.(config|data|cache)File|hjem\.users\.[^.]+\.files)\..+\.text$/,
  /(^|\.)environment\.(variables|sessionVariables)\.[^.]+$/,
  /(^|\.)home\.sessionVariables\.[^.]+$/,
  /(^|\.)systemd\.(user\.)?services(\.[^.]+)?\.(environment\.[^.]+|script|(pre|post)(Start|Stop)|reload)$/,
  /(^|\.)systemd\.(user\.)?services(\.[^.]+)?\.serviceConfig\.(Environment|Exec\w+)$/,
  /(^|\.)users\.users(\.[^.]+)?\.(password|hashedPassword|initialPassword|initialHashedPassword)$/,
  /(^|\.)networking\.wireless\.networks\..+\.psk$/,
];

/** Returns where on its path a text is certainly stored, or null if that is not known. */
function storedBy(steps: readonly Step[], option: readonly string[]): Sink | null {
  let attribute: Range | null = null;
  for (const step of steps) {
    if (step.kind === 'other') break;
    if (step.kind === 'call' && WRITERS.test(step.name)) return { how: 'text', at: step.at };
    if (step.kind === 'attribute') attribute ??= step.at;
  }
  const path = option.join('.');
  return attribute !== null && OPTIONS.some(exp => exp.test(path)) ? { how: 'text', at: attribute } : null;
}

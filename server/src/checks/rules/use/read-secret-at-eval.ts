/** use/read-secret-at-eval: evaluation opens the file of a secret. */
import type { Range } from '../../../nix/syntax.ts';
import { OPENERS, openedBy } from '../../facts/use/content-reads.ts';
import {
  fileText,
  type ResolvedUse,
  type ResolvedUseMatch,
  seenAtPaths,
  usesOfSecrets,
} from '../../facts/use/used-file.ts';
import { isIfThere, isInGenerator, valuePathsFrom } from '../../facts/use/value-flow.ts';
import type { Report, Rule } from '../../rule.ts';

const GENERATOR = `\
  clan.core.vars.generators.wifi = {
    prompts.password.type = "hidden";
    files.password = { };
    script = ''
      cat "$prompts/password" > "$out/password"
    '';
  };
`;

export const readSecretAtEval: Rule = {
  id: 'use/read-secret-at-eval',
  severity: 'error',
  summary: 'A secret is read during evaluation',
  documentation: `\
Evaluation opens the file of a secret: \`builtins.readFile\` (or \`lib.fileContents\`, \`lib.importJSON\`, …) of its
\`.path\`, or \`getPublicValue\` of a file that is secret.

\`.path\` is the location of the secret on the running machine. It does not exist where Nix evaluates, and pure
evaluation refuses to read it: \`access to absolute path … is forbidden\`. With \`--impure\` on the machine itself it
would work and put the secret into the world-readable Nix store.

Pass the \`.path\` to the program, which opens the file when it runs: most modules have an option that ends in \`File\`,
and systemd has \`LoadCredential\` and \`EnvironmentFile\`. If the file is not secret at all, declare it with
\`secret = false\` and read its \`.value\`.`,
  examples: () => ({
    bad: [
      {
        title: 'A password that is read as text',
        files: {
          'modules/wifi.nix': `\
{ config, lib, ... }:
let
  password = config.clan.core.vars.generators.wifi.files.password.path;
in
{
${GENERATOR}  networking.supplicant.wlan0.extraConf = lib.trim (builtins.readFile password);
  #                                                          ^^^^^^^^ use/read-secret-at-eval: "password" of generator "wifi"
}
`,
        },
      },
      {
        title: 'A secret that is asked for as a public value',
        files: {
          'modules/wifi.nix': `\
{ config, clanLib, ... }:
{
${GENERATOR}  networking.supplicant.wlan0.extraConf = clanLib.getPublicValue {
    flake = config.clan.core.settings.directory;
    generator = "wifi";
    file = "password";
    #      ^^^^^^^^^^ use/read-secret-at-eval: has no public value
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'The program opens the file',
        files: {
          'modules/wifi.nix': `\
{ config, ... }:
{
${GENERATOR}  networking.supplicant.wlan0.configFile.path = config.clan.core.vars.generators.wifi.files.password.path;
}
`,
        },
      },
      {
        title: 'A public file, which is in the repository',
        files: {
          'modules/id.nix': `\
{ config, ... }:
{
  clan.core.vars.generators.id = {
    files.id.secret = false;
    script = ''
      head -c 4 /dev/urandom | od -An -tx1 | tr -d ' \\n' > "$out/id"
    '';
  };
  networking.hostId = builtins.readFile config.clan.core.vars.generators.id.files.id.path;
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    for (const reading of readings(context)) yield* reportsOf(reading);
    for (const use of values(context))
      if (!use.use.guarded && use.use.by === 'function') yield publicValue(use);
  },
};

const values = usesOfSecrets('value');

/** Finds the names of functions that read the file at the path. */
const readings = seenAtPaths(OPENERS, (file, use): readonly Range[] | null => {
  if (use.guarded) return null;
  const places = new Map<Range, Range>();
  for (const way of valuePathsFrom(file, use.at)) {
    const opened = openedBy(way.steps);
    if (opened === null || opened.how !== 'read') continue;
    if (isInGenerator(way) || isIfThere(file, way)) continue;
    places.set(opened.at, { start: opened.at.start, end: opened.at.end });
  }
  return places.size === 0 ? null : [...places.values()];
});

function* reportsOf({ use, fact }: ResolvedUseMatch<readonly Range[]>): Iterable<Report> {
  for (const { start, end } of fact)
    yield {
      at: { file: use.at.file, start, end },
      message:
        `Evaluation reads ${fileText(use)} here: it is secret, and exists at its .path only on the running machine. ` +
        'Hand over .path and let the program read the file when it runs.',
      related: [{ at: use.at, message: 'The path of the secret' }],
    };
}

function publicValue({ use }: ResolvedUse): Report {
  return {
    at: use.fileAt ?? use.at,
    message:
      `T${fileText(use).slice(1)} is secret: it has no public value, now or after it is generated. ` +
      'Use its .path on the machine that has it, or declare it with secret = false if it is not secret at all.',
  };
}

/** sops/read-at-eval: evaluation opens the file of a sops-nix or agenix secret. */
import type { SecretUse } from '../../../fleet/model/secrets.ts';
import type { Range } from '../../../nix/syntax.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { isOfConfig, severityOf } from '../../facts/sops/secret-surroundings.ts';
import { seenAtUses } from '../../facts/sops/secret-uses.ts';
import { keeperName } from '../../facts/sops/sops-versions.ts';
import { OPENERS, openedBy } from '../../facts/use/content-reads.ts';
import { isIfThere, valuePathsFrom } from '../../facts/use/value-flow.ts';
import type { Report, Rule } from '../../rule.ts';

export const sopsReadAtEval: Rule = {
  id: 'sops/read-at-eval',
  severity: 'error',
  summary: 'A secret of sops-nix or agenix is read during evaluation',
  documentation: `\
Evaluation opens the file of a secret, or of a template with secrets: \`builtins.readFile\` (or \`lib.fileContents\`,
\`lib.importJSON\`, …) of its \`.path\`.

\`.path\` is the location of the secret on the running machine. It does not exist where Nix evaluates, and pure
evaluation refuses to read it: \`access to absolute path … is forbidden\`. With \`--impure\` on the machine itself it
would work and put the secret into the world-readable Nix store.

Pass the \`.path\` to the program, which opens the file when it runs: most modules have an option that ends in \`File\`,
and systemd has \`LoadCredential\` and \`EnvironmentFile\`. Where a program wants one file with settings and secrets,
write a template: \`sops.templates.<name>.content\` with \`config.sops.placeholder.<name>\`.`,
  examples: ({ encryptedYaml, moduleWith, VALUE }) => {
    const FILE = { 'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`) };
    return {
      bad: [
        {
          title: 'A password that is read as text',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  sops.secrets.mail = { };
  services.mail.password = builtins.readFile config.sops.secrets.mail.path;
  #                                 ^^^^^^^^ sops/read-at-eval: "mail"
`),
          },
        },
      ],
      good: [
        {
          title: 'The program opens the file',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  sops.secrets.mail = { };
  services.mail.passwordFile = config.sops.secrets.mail.path;
`),
          },
        },
      ],
    };
  },
  check: function* ({ fleet, ...context }) {
    const isNew = firstTime();
    for (const { use, fact } of readings({ fleet, ...context }))
      for (const { start, end } of fact) {
        const at = { file: use.at.file, start, end };
        if (isNew({ at })) yield reportOf(use, at, severityOf(fleet, at.file, false));
      }
  },
};

/** Finds the names of functions that read the file at the path. */
const readings = seenAtUses(OPENERS, (file, use): readonly Range[] | null => {
  if (use.guarded || use.attribute !== 'path' || !isOfConfig(use.above)) return null;
  const places = valuePathsFrom(file, use.at).flatMap(way => {
    const opened = openedBy(way.steps);
    if (opened === null || opened.how === 'build' || isIfThere(file, way)) return [];
    return [{ start: opened.at.start, end: opened.at.end }];
  });
  return places.length === 0 ? null : places;
});

function reportOf(use: SecretUse, at: Report['at'], severity: Report['severity']): Report {
  const what = use.of === 'template' ? 'template' : 'secret';
  return {
    at,
    ...(severity === undefined ? {} : { severity }),
    message:
      `Evaluation reads the ${what} "${use.name}" of ${keeperName(use.keeper)} here: it exists at its .path only on the running machine. ` +
      'Hand over .path and let the program read the file when it runs.',
    related: [{ at: use.at, message: `The path of the ${what}` }],
  };
}

/** sops/age-unused-rule: a rule of `secrets.nix` has no file, or its file is not used by any agenix secret. */
import type { AgeRule } from '../../../fleet/model/secrets.ts';
import { flakeOf } from '../../../fleet/secrets/secrets-files.ts';
import type { FleetSecrets } from '../../../fleet/secrets/secrets-join.ts';
import { ageRulesOf, isRekeyed, pathFrom } from '../../facts/sops/agenix-rules.ts';
import { secretsOf } from '../../facts/sops/joined-secrets.ts';
import { isAnyFileUsable } from '../../facts/sops/named-sources.ts';
import { namedInScripts } from '../../facts/sops/other-readers.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const AGE = '-----BEGIN AGE ENCRYPTED FILE-----\n';
const MODULE = '{\n  age.secrets.mail.file = ./mail.age;\n}\n';

export const ageUnusedRule: Rule = {
  id: 'sops/age-unused-rule',
  severity: 'hint',
  summary: 'A rule of `secrets.nix` without a file, or for an unused file',
  documentation: `\
A rule of \`secrets.nix\` names a file that does not exist: it was not created yet (\`agenix -e FILE\` creates it), or it
was removed and the rule was forgotten. Or the file exists, but no agenix secret in this repository uses it: a
declaration may be missing, or the file may be obsolete, while everyone whose keys the rule names can still read it.

Create the file, declare the secret, or remove the rule and the file. Keep it if something outside the repository
reads the file: this is only a hint.

Not reported if a secret may use an unknown file, if another Nix file or a script names the file, or if agenix-rekey
manages the secrets.

Source: agenix b027ee2, pkgs/agenix.sh.`,
  examples: () => ({
    bad: [
      {
        title: 'A file that does not exist, and one that is not used',
        files: {
          'mail.age': AGE,
          'vpn.age': AGE,
          'configuration.nix': MODULE,
          'secrets.nix': `\
let
  lea = "age1lea";
in
{
  "mail.age".publicKeys = [ lea ];
  "vpn.age".publicKeys = [ lea ];
# ^^^^^^^^^ sops/age-unused-rule: No agenix secret
  "web.age".publicKeys = [ lea ];
# ^^^^^^^^^ sops/age-unused-rule: There is no web.age
}
`,
        },
      },
    ],
    good: [
      {
        title: 'A file that is taken',
        files: {
          'mail.age': AGE,
          'configuration.nix': MODULE,
          'secrets.nix': '{\n  "mail.age".publicKeys = [ "age1lea" ];\n}\n',
        },
      },
    ],
  }),
  check: function* (context: CheckContext) {
    const secrets = secretsOf(context);
    if (isRekeyed(secrets)) return;
    const taken = takenFiles(context, secrets);
    for (const { at, rules } of ageRulesOf(context)) {
      // If no secret uses a file of these rules, the secrets are declared elsewhere.
      const isUsed = taken !== null && rules.some(rule => taken.has(rule.path));
      for (const rule of rules) {
        const report = reportOf(context, rule, at.file, isUsed ? taken : null);
        if (report !== null) yield report;
      }
    }
  },
};

/** Returns the files that secrets are taken from, or null if some may be taken from any file. */
function takenFiles(context: CheckContext, secrets: FleetSecrets): ReadonlySet<string> | null {
  if (isAnyFileUsable(context, 'age')) return null;
  const paths = new Set<string>();
  for (const { keeper, definitions } of secrets.secrets)
    for (const definition of keeper === 'age' ? definitions : []) {
      const { files, complete } = secrets.filesOf(definition);
      const isElsewhere = flakeOf(context.sources, definition.at.file) !== '';
      if (!complete && !isElsewhere && (definition.definedOptions.includes('file') || !definition.complete))
        return null;
      for (const { path } of files) paths.add(path);
    }
  return paths;
}

function reportOf(
  context: CheckContext,
  { path, at }: AgeRule,
  rulesPath: string,
  taken: ReadonlySet<string> | null,
): Report | null {
  const { fleet, sources } = context;
  if (sources.kind(path) === null)
    return {
      at,
      message: `There is no ${path} yet. Make it with \`agenix -e ${pathFrom(rulesPath, path)}\`, or remove the rule.`,
      unnecessary: true,
    };
  if (taken === null || taken.has(path)) return null;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (fleet.namedBy(path).some(file => file !== rulesPath) || namedInScripts(context)(name)) return null;
  return {
    at,
    message: `No agenix secret here uses ${path}, and no script names it. Declare one, or remove the rule and the file if nothing else reads it.`,
    unnecessary: true,
  };
}

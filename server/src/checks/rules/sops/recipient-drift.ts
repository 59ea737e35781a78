/** sops/recipient-drift: a file is encrypted to recipients other than those of its rule in `.sops.yaml`. */
import type { CreationRule } from '../../../fleet/secrets/secrets-rules.ts';
import { secretFilesOf } from '../../facts/sops/joined-secrets.ts';
import { type CoveredFile, filesUnderRules, namedFiles } from '../../facts/sops/sops-files.ts';
import { keyOwners, keysText, without } from '../../facts/store/recipient-keys.ts';
import { wholeFile } from '../../facts/store/stored-index.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const recipientDrift: Rule = {
  id: 'sops/recipient-drift',
  severity: 'warning',
  summary: 'An encrypted file with other recipients than its rule in `.sops.yaml`',
  documentation: `\
\`.sops.yaml\` lists the keys to which a file is encrypted, but this applies only when the file is created. This file is
encrypted to other keys: a key was added to the rule or removed from it, and the file was not updated. A machine whose
key is missing cannot decrypt it and fails when it is activated; a key that is no longer in the rule still opens it.

\`sops updatekeys FILE\` brings the file up to date. Anyone who could read it may have kept its content; if that
matters, change the secrets too (and run \`sops rotate -i FILE\`, since \`updatekeys\` keeps the data key).

Only age and PGP keys are compared. Reported only if there is one \`.sops.yaml\` above the file, and the rule it falls
under is certain.

Source: getsops/sops 15e36f97a, cmd/sops/subcommand/updatekeys.`,
  examples: ({ ADMIN, encryptedYaml, LEA, moduleWith, SOPS_YAML, VALUE }) => {
    const MODULE = {
      'configuration.nix': moduleWith('  sops.secrets.mail = { };\n'),
      '.sops.yaml': SOPS_YAML,
    };
    return {
      bad: [
        {
          title: 'A key was added to the rule',
          files: { ...MODULE, 'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`, [ADMIN]) },
          found: ['secrets/lea.yaml'],
        },
      ],
      good: [
        {
          title: 'The keys of the rule',
          files: { ...MODULE, 'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`, [LEA, ADMIN]) },
        },
      ],
    };
  },
  check: function* (context: CheckContext) {
    const ownerOf = keyOwners(context.stored().sops);
    const files = new Map<string, CoveredFile>();
    for (const namedFile of [...namedFiles(context), ...filesUnderRules(context)])
      files.set(namedFile.path, namedFile);
    for (const file of files.values()) {
      const report = file.rule === null ? null : compare(context, file, file.rule, ownerOf);
      if (report !== null) yield report;
    }
  },
};

function compare(
  context: CheckContext,
  { path, config }: CoveredFile,
  rule: CreationRule,
  ownerOf: (key: string) => string | null,
): Report | null {
  const file = secretFilesOf(context).encrypted(path);
  // Of a file that is cut off, sops changes nothing.
  if (file === null || !file.complete || !file.encrypted || !file.authenticated) return null;
  const wanted = rule.groups.flat().map(group => group.value);
  // Keys of other kinds are not read here, so a rule with only such keys cannot be compared.
  if (wanted.length === 0) return null;
  const missing = without(wanted, file.recipients);
  const extra = without(file.recipients, wanted);
  if (missing.length + extra.length === 0) return null;
  const parts: string[] = [];
  if (missing.length > 0)
    parts.push(`is not encrypted to ${keysText([...new Set(missing)], ownerOf)}, which its rule names`);
  if (extra.length > 0)
    parts.push(`can still be decrypted by ${keysText(extra, ownerOf)}, which its rule does not name`);
  return {
    at: wholeFile(path),
    message: `This file ${parts.join(', and ')}. Run \`sops updatekeys ${path}\`.`,
    related: [{ at: rule.pathRegex?.at ?? rule.at, message: `the rule in ${config.path}` }],
  };
}

/** sops/missing-file: a secret is taken from a file that does not exist. */

import { didYouMean, suggest } from '../../../edits/suggest.ts';
import { flakeOf } from '../../../fleet/secrets/secrets-files.ts';
import type { FleetSecrets } from '../../../fleet/secrets/secrets-join.ts';
import { folderOf } from '../../../nix/eval/paths.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { isElsewhere } from '../../facts/git-facts.ts';
import { secretsOf } from '../../facts/sops/joined-secrets.ts';
import { type NamedSource, namedSources } from '../../facts/sops/named-sources.ts';
import { severityOf } from '../../facts/sops/secret-surroundings.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const missingFile: Rule = {
  id: 'sops/missing-file',
  severity: 'error',
  summary: 'A secret of sops-nix or agenix uses a file that does not exist',
  documentation: `\
\`sopsFile\`, \`defaultSopsFile\` or the \`file\` of a secret of agenix, or of a template, names a file of this repository
that does not exist: it was moved or renamed, or the path is not relative to the module's folder. The machine does not
evaluate: sops-nix says \`Cannot find path '…' set in sops.secrets.….sopsFile\`, or Nix itself that it does not exist.

If the repository is a flake, a file that git does not track is missing too: a flake consists of the files in git's
index. This is a warning; \`git add\` is enough.

A \`sopsFile\` that is a text with a path outside of the repository is rejected too (\`is not in the Nix store\`), unless
\`sops.validateSopsFiles\` is \`false\`.

Not reported for files of submodules, for paths that are not fully known, for the \`rekeyFile\` of agenix-rekey, which
makes it, or where a condition tests whether the file exists. It is a warning under any other condition, for a default
that no secret uses, and in files that are part of no machine.

Source: sops-nix 56b2406, modules/sops/manifest-for.nix; agenix b027ee2, modules/age.nix; the Nix manual on flakes.`,
  examples: ({ encryptedYaml, VALUE }) => {
    const FILE = { 'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`) };
    return {
      bad: [
        {
          title: 'A path relative to the wrong folder',
          files: {
            ...FILE,
            'modules/mail.nix': `\
{
  sops.secrets.mail.sopsFile = ./secrets/lea.yaml;
  #                            ^^^^^^^^^^^^^^^^^^ sops/missing-file: There is no modules/secrets/lea.yaml
}
`,
          },
        },
        {
          title: 'A file of another name',
          files: {
            'secrets/mail.age': '-----BEGIN AGE ENCRYPTED FILE-----\n',
            'configuration.nix': `\
{
  age.secrets.mail.file = ./secrets/mial.age;
  #                       ^^^^^^^^^^^^^^^^^^ sops/missing-file: Did you mean "secrets/mail.age"?
}
`,
          },
        },
        {
          title: 'A file that git does not know',
          files: {
            ...FILE,
            'flake.nix': '{ outputs = _: { }; }\n',
            'configuration.nix': `\
{
  sops.secrets.mail.sopsFile = ./secrets/lea.yaml;
  #                            ^^^^^^^^^^^^^^^^^^ sops/missing-file: Git does not know
}
`,
          },
          tracked: ['flake.nix', 'configuration.nix'],
        },
      ],
      good: [
        {
          title: 'A file that is there',
          files: {
            ...FILE,
            'modules/mail.nix': `\
{
  sops.secrets.mail.sopsFile = ../secrets/lea.yaml;
}
`,
          },
        },
        {
          title: 'Only if it is there',
          files: {
            'configuration.nix': `\
{ lib, ... }:
{
  age.secrets = lib.mkIf (builtins.pathExists ./secrets/mail.age) { mail.file = ./secrets/mail.age; };
}
`,
          },
        },
      ],
    };
  },
  check: function* (context) {
    const isNew = firstTime();
    const secrets = secretsOf(context);
    const submodules = submodulesOf(context);
    for (const named of namedSources(secrets)) {
      const { path } = named.source;
      const report =
        path === null ? outside(context, secrets, named) : missing(context, submodules, named, path);
      if (report !== null && !isIfThere(context, named) && isNew(report)) yield report;
    }
  },
};

function missing(
  { fleet, sources }: CheckContext,
  submodules: readonly string[],
  { source: { at }, conditional, isTaken }: NamedSource,
  path: string,
): Report | null {
  const kind = sources.kind(path);
  if (submodules.some(folder => path === folder || path.startsWith(`${folder}/`))) return null;
  if (kind === 'file') {
    const tracked = sources.tracked?.() ?? null;
    if (tracked === null || tracked.has(path) || sources.kind('flake.nix') !== 'file') return null;
    if (flakeOf(sources, path) !== '' || isElsewhere(path, sources, tracked)) return null;
    return {
      at,
      severity: 'warning',
      message: `Git does not know ${path}, so the flake does not see it. Run \`git add ${path}\`.`,
    };
  }
  const severity = isTaken ? severityOf(fleet, at.file, conditional) : 'warning';
  if (kind === 'directory')
    return { at, severity, message: `${path} is a folder, but a secret needs a file.` };
  const folder = folderOf(path);
  const beside = (sources.list(folder) ?? [])
    .filter(entry => entry.kind === 'file')
    .map(({ name }) => (folder === '' ? name : `${folder}/${name}`));
  // Under a condition that nobody knows to hold, nothing fails yet.
  const fails = !isTaken
    ? ''
    : conditional
      ? ' Evaluating a machine on which the condition holds fails.'
      : ' Evaluating the machine fails.';
  return {
    at,
    severity,
    message: `There is no ${path}.${fails}${didYouMean(suggest(path, beside))}`,
  };
}

/** Reports a path given as text that is outside of the repository and the Nix store. */
function outside({ fleet }: CheckContext, secrets: FleetSecrets, named: NamedSource): Report | null {
  if (named.definition?.keeper !== 'sops') return null;
  const option = named.definition.options.find(({ name }) => name === 'sopsFile');
  const text = option?.value.kind === 'plain' ? option.value.value : null;
  if (typeof text !== 'string' || !text.startsWith('/') || text.startsWith('/nix/store/')) return null;
  if (secrets.settings.some(({ path }) => path.join('.') === 'validateSopsFiles')) return null;
  const { at } = named.source;
  return {
    at,
    severity: severityOf(fleet, at.file, named.conditional),
    message: `"${text}" is not in the Nix store, but sops-nix reads it when the system is built. Write a path without quotes to a file of the repository, or set sops.validateSopsFiles = false.`,
  };
}

/** Returns whether a condition tests for the existence of files. */
function isIfThere({ sources }: CheckContext, { source, conditional }: NamedSource): boolean {
  return conditional && /\b(pathExists|readDir|readFileType)\b/.test(sources.text(source.at.file) ?? '');
}

/** Returns the submodule folders, whose content git keeps elsewhere. */
function submodulesOf({ sources }: CheckContext): readonly string[] {
  const text = sources.kind('.gitmodules') === 'file' ? sources.text('.gitmodules') : null;
  return [...(text ?? '').matchAll(/^\s*path\s*=\s*(\S+)\s*$/gm)].map(match => match[1] as string);
}

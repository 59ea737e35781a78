/** sops/unreplaced-placeholder: nothing replaces a sops-nix placeholder by its secret. */
import type { SecretOption, SecretTemplate, SecretUse } from '../../../fleet/model/secrets.ts';
import type { FleetSecrets } from '../../../fleet/secrets/secrets-join.ts';
import type { SourceFile } from '../../../nix/source.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { secretsOf } from '../../facts/sops/joined-secrets.ts';
import { isOfConfig } from '../../facts/sops/secret-surroundings.ts';
import { seenAtUses } from '../../facts/sops/secret-uses.ts';
import { type Step, type ValuePath, valuePathsFrom } from '../../facts/use/value-flow.ts';
import type { Report, Rule } from '../../rule.ts';

export const unreplacedPlaceholder: Rule = {
  id: 'sops/unreplaced-placeholder',
  severity: 'warning',
  summary: 'A placeholder of sops-nix that is never replaced with its secret',
  documentation: `\
\`config.sops.placeholder.<name>\` is a meaningless string (\`<SOPS:…:PLACEHOLDER>\`). When a machine is activated,
sops-nix replaces it with the secret in the files that it writes for \`sops.templates\`, and nowhere else. If it is
assigned to an option of a service, the service gets that string. If there is no template at all, there are no
placeholders either, and evaluation ends with \`attribute '…' missing\`.

Write the file as a template, and use its path:

\`\`\`nix
sops.templates."mail.env".content = "PASSWORD=\${config.sops.placeholder.mail}";
services.mail.environmentFile = config.sops.templates."mail.env".path;
\`\`\`

A secret with \`neededForUsers = true\` is decrypted separately, before users are created. Templates are written later,
from the other secrets only, so its placeholder is not replaced.

Not reported where a template may include the assigned value: if its text or file is not fully known, or if the
placeholder is passed through functions.

Source: sops-nix 56b2406, modules/sops/templates, modules/sops/secrets-for-users, pkgs/sops-install-secrets/main.go
(\`renderTemplate\`).`,
  examples: ({ encryptedYaml, moduleWith, VALUE }) => {
    const FILE = { 'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`) };
    return {
      bad: [
        {
          title: 'Assigned to an option',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  sops.secrets.mail = { };
  services.mail.password = config.sops.placeholder.mail;
  #                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ sops/unreplaced-placeholder: sops.templates
`),
          },
        },
        {
          title: 'A secret that is needed for users',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  sops.secrets.mail.neededForUsers = true;
  sops.templates.mail.content = "PASSWORD=\${config.sops.placeholder.mail}";
  #                                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ sops/unreplaced-placeholder: neededForUsers
`),
          },
        },
      ],
      good: [
        {
          title: 'In a template',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  sops.secrets.mail = { };
  sops.templates.mail.content = "PASSWORD=\${config.sops.placeholder.mail}";
`),
          },
        },
        {
          title: 'By way of an option that a template takes up',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  sops.secrets.mail = { };
  services.mail.settings.password = config.sops.placeholder.mail;
  sops.templates.mail.content = builtins.toJSON config.services.mail.settings;
`),
          },
        },
      ],
    };
  },
  check: function* (context) {
    const isNew = firstTime();
    const secrets = secretsOf(context);
    for (const { use, fact } of placeholders(context)) {
      const report = fact.isInTemplate ? tooLate(secrets, use) : outside(secrets, use, fact.options);
      if (report !== null && isNew(report)) yield report;
    }
  },
};

/** The destination of a placeholder: a template, or module options by name. */
interface Destination {
  readonly isInTemplate: boolean;
  readonly options: readonly (readonly string[])[];
}

const placeholders = seenAtUses(/\bplaceholder\b/, (source, use): Destination | null => {
  if (use.of !== 'placeholder' || use.guarded || !isOfConfig(use.above)) return null;
  const ways = valuePathsFrom(source, use.at);
  if (ways.length === 0) return null;
  if (ways.every(isTemplate)) return { isInTemplate: true, options: [] };
  return ways.every(way => isAssigned(source, way))
    ? { isInTemplate: false, options: ways.map(way => way.option) }
    : null;
});

function isTemplate({ option }: ValuePath): boolean {
  return option.some((name, index) => name === 'templates' && option[index - 1] === 'sops');
}

/** Matches top-level options of NixOS that resemble nothing else. */
const NAMESPACES =
  /^(boot|environment|fonts|hardware|networking|nix|nixpkgs|powerManagement|programs|security|services|system|systemd|time|users|virtualisation|xdg)$/;

/** Matches functions that turn their argument into text. */
const TEXTS = /^(toJSON|toString|optionalString|writeText|concatStrings|concatStringsSep|concatLines)$/;

/** Returns whether the value certainly becomes part of an option value of the module in this file. */
function isAssigned({ root }: SourceFile, { steps, option }: ValuePath): boolean {
  if (!NAMESPACES.test(option[0] ?? '') || option.length < 2 || option.includes('')) return false;
  const outermost = steps.at(-1);
  const isWhole =
    outermost?.kind === 'attribute' || (outermost?.kind === 'function' && outermost.at === root);
  return isWhole && steps.slice(0, -1).every(isKept);
}

function isKept(step: Step): boolean {
  if (step.kind === 'call') return TEXTS.test(step.name);
  return step.kind !== 'function' && step.kind !== 'other';
}

function outside(
  secrets: FleetSecrets,
  { name, at }: SecretUse,
  options: readonly (readonly string[])[],
): Report | null {
  if (secrets.gaps.some(gap => gap.keeper === 'sops')) return null;
  if (secrets.templates.some(template => options.some(option => mayTake(template, option)))) return null;
  const [option = []] = options;
  const what =
    secrets.templates.length === 0
      ? 'there is no template, so that there are no placeholders either, and evaluating it fails'
      : `${option.join('.')} gets a text without meaning`;
  return {
    at,
    message: `The placeholder of "${name}" is replaced in sops.templates only: ${what}. Write a template with it and hand on the template's .path, or hand on the .path of the secret.`,
  };
}

/** Returns whether the text of a template may be built from the assigned option. */
function mayTake(
  { complete, content, options, nameKind }: SecretTemplate,
  option: readonly string[],
): boolean {
  if (!complete || nameKind === 'pattern') return true;
  return options.some(secretOption => {
    if (secretOption.name === 'file') return secretOption.kind !== 'path';
    return (
      secretOption.name === 'content' && (content === null || !isPlain(secretOption, content.text, option))
    );
  });
}

/** Returns whether the hole is only a selection from elsewhere, which takes nothing from the option. */
function isPlain({ value }: SecretOption, text: string, [, name = '']: readonly string[]): boolean {
  if (value.kind === 'plain') return true;
  const holes = [...text.matchAll(/\$\{((?:[^{}]|\{[^}]*\})*)\}/g)].map(match => match[1] as string);
  return holes.every(hole => /^[\w.'"/-]+$/.test(hole) && !hole.split('.').includes(name));
}

/** Reports a secret in a template that is decrypted only for users. */
function tooLate(secrets: FleetSecrets, { name, nameKind, at }: SecretUse): Report | null {
  if (nameKind === 'pattern') return null;
  const definitions =
    secrets.secrets.find(secret => secret.keeper === 'sops' && secret.name === name)?.definitions ?? [];
  const early = definitions.find(
    definition => definition.neededForUsers?.value === true && !definition.conditional,
  );
  // Another module may declare it for another machine.
  if (early === undefined || definitions.length > 1) return null;
  return {
    at,
    message: `The placeholder of "${name}" stays in the template as it is: with neededForUsers = true the secret is decrypted by itself, and templates are written from the others. Declare the same key once more without it, under another name.`,
    related: [{ at: early.neededForUsers?.at ?? early.at, message: 'needed for users here' }],
  };
}

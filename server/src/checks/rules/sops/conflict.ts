/** sops/conflict: options of a secret or template exclude each other. */

import { removeOption } from '../../../edits/edit-bindings.ts';
import type { SecretFacts, SecretOption } from '../../../fleet/model/secrets.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { isModule, severityOf, sideOf } from '../../facts/sops/secret-surroundings.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const sopsConflict: Rule = {
  id: 'sops/conflict',
  severity: 'error',
  summary: 'Options of a secret of sops-nix that exclude each other',
  documentation: `\
A secret or a template of sops-nix sets options that do not go together. Evaluating the machine, or building it, fails:

* \`owner\` with a \`uid\` that is not 0, or \`group\` with such a \`gid\`: "exactly one of sops.owner and sops.uid must be set".
* \`neededForUsers = true\` with a \`uid\` or a \`gid\` that is not 0: "neededForUsers cannot be used for secrets that are not
  root-owned". With an \`owner\` or a \`group\` other than root it is a warning: older versions of sops-nix refuse that too,
  and the current one makes root the owner regardless, because the users do not exist yet.
* \`name\` other than the secret's own name, in a module with \`sops.templates\`: "placeholder for … not found in manifest".
  Remove \`name\`, or set \`path\`.

In a template with both \`content\` and \`file\`, \`content\` is ignored: a warning.

Source: sops-nix 56b2406, modules/sops (assertions), modules/sops/secrets-for-users, modules/sops/templates,
pkgs/sops-install-secrets/main.go (\`validateManifest\`).`,
  examples: ({ encryptedYaml, moduleWith, VALUE }) => {
    const FILE = { 'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`) };
    return {
      bad: [
        {
          title: 'A file that only root may own, with an owner',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  sops.secrets.mail = {
    neededForUsers = true;
    owner = "ada";
  # ^^^^^ sops/conflict: belongs to root
  };
`),
          },
        },
        {
          title: 'Two owners',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  sops.secrets.mail = {
    owner = "ada";
    uid = 1000;
  # ^^^ sops/conflict: exactly one
  };
`),
          },
        },
      ],
      good: [
        {
          title: 'One of them',
          files: { ...FILE, 'configuration.nix': moduleWith('  sops.secrets.mail.owner = "ada";\n') },
        },
      ],
    };
  },
  check: function* (context) {
    const isNew = firstTime();
    const isSaidTwice = isReportedTwice(context);
    for (const facts of context.fleet.secrets)
      for (const report of conflictsIn(context, facts, isSaidTwice)) if (isNew(report)) yield report;
  },
};

interface Conflict {
  readonly option: SecretOption;
  readonly message: string;
  readonly isSure: boolean;
  /** True if the option has no effect next to the other. */
  readonly isIdle: boolean;
}

/**
 * Returns a predicate that is true for secrets with ownership declared in several places, where one may
 * override another.
 */
function isReportedTwice({ fleet }: CheckContext): (name: string) => boolean {
  const once = new Set<string>();
  const twice = new Set<string>();
  for (const { definitions } of fleet.secrets)
    for (const { keeper, name, definedOptions } of definitions) {
      if (keeper !== 'sops' || !definedOptions.some(option => JUDGED.has(option))) continue;
      if (once.has(name)) twice.add(name);
      once.add(name);
    }
  return name => twice.has(name);
}

const JUDGED: ReadonlySet<string> = new Set(['owner', 'uid', 'group', 'gid', 'neededForUsers', 'name']);

function* conflictsIn(
  { fleet, sources }: CheckContext,
  facts: SecretFacts,
  isSaidTwice: (name: string) => boolean,
): Iterable<Report> {
  const { file, definitions, templates } = facts;
  const reported = function* (conditional: boolean, conflicts: Iterable<Conflict>): Iterable<Report> {
    for (const { option, message, isSure, isIdle } of conflicts) {
      const edit = isIdle ? removeOption(sources, option.at) : null;
      yield {
        at: option.at,
        message,
        severity: isSure ? severityOf(fleet, file, conditional) : 'warning',
        fixes: edit === null ? [] : [{ title: `Delete "${option.name}"`, edits: [edit], preferred: true }],
      };
    }
  };
  for (const { keeper, name, nameKind, options, above, conditional } of definitions) {
    if (keeper !== 'sops' || !isModule(above) || isSaidTwice(name)) continue;
    const set = strongest(options);
    const isForUsers = plainOf(set.get('neededForUsers')) === true && sideOf(fleet, file, above) !== 'home';
    yield* reported(conditional, isForUsers ? ofUsers(set) : twoOwners(name, set));
    const option = set.get('name');
    const isRenamed =
      typeof plainOf(option) === 'string' && plainOf(option) !== name && nameKind !== 'pattern';
    const hasTemplate = templates.some(
      template => !template.conditional && isSameModule(template.above, above),
    );
    const isNamed = fleet.secrets.some(other =>
      other.definitions.some(
        definition => definition.name === plainOf(option) || definition.nameKind === 'pattern',
      ),
    );
    if (option !== undefined && isRenamed && hasTemplate && !isNamed && !isForUsers)
      yield* reported(conditional, [
        {
          option,
          message: `Beside sops.templates a secret has to keep its own name: building the machine fails with "placeholder for ${plainOf(option)} not found in manifest". Leave "name" out, or set "path".`,
          isSure: true,
          isIdle: false,
        },
      ]);
  }
  for (const { name, options, above, conditional } of templates) {
    if (!isModule(above)) continue;
    const set = strongest(options);
    yield* reported(conditional, twoOwners(name, set));
    const content = set.get('content');
    if (content !== undefined && set.has('file'))
      yield* reported(conditional, [
        { option: content, message: '"content" is ignored beside "file".', isSure: false, isIdle: false },
      ]);
  }
}

function isSameModule(left: SecretFacts['templates'][number]['above'], right: typeof left): boolean {
  return left.length === right.length && left.every((name, index) => name === right[index]);
}

/** Returns the options that are certainly and unconditionally set, by name. */
function strongest(options: readonly SecretOption[]): ReadonlyMap<string, SecretOption> {
  const byName = new Map<string, SecretOption>();
  for (const option of options) {
    const before = byName.get(option.name);
    if (!option.conditional && (before === undefined || option.priority < before.priority))
      byName.set(option.name, option);
  }
  return byName;
}

function plainOf(option: SecretOption | undefined): unknown {
  return option?.value.kind === 'plain' ? option.value.value : undefined;
}

/** Returns whether the option is set to a numeric id other than root's. */
function isNumbered(option: SecretOption | undefined): option is SecretOption {
  const value = plainOf(option);
  return typeof value === 'number' && value !== 0;
}

const PAIRS = [
  ['owner', 'uid'],
  ['group', 'gid'],
] as const;

function* twoOwners(name: string, set: ReadonlyMap<string, SecretOption>): Iterable<Conflict> {
  for (const [account, number] of PAIRS) {
    const option = set.get(number);
    if (isNumbered(option) && typeof plainOf(set.get(account)) === 'string')
      yield {
        option,
        message: `"${name}" has "${account}" and "${number}": sops-nix takes exactly one of them. Leave "${number}" out.`,
        isSure: true,
        isIdle: true,
      };
  }
}

function* ofUsers(set: ReadonlyMap<string, SecretOption>): Iterable<Conflict> {
  for (const [account, number] of PAIRS) {
    const [byName, byNumber] = [set.get(account), set.get(number)];
    const owner = plainOf(byName);
    if (isNumbered(byNumber) && owner !== 'root')
      yield {
        option: byNumber,
        message: `With neededForUsers = true a secret belongs to root: sops-nix refuses "${number}". Leave it out.`,
        isSure: true,
        isIdle: true,
      };
    if (byName !== undefined && typeof owner === 'string' && owner !== 'root')
      yield {
        option: byName,
        message: `With neededForUsers = true a secret belongs to root, since users are not made yet: "${account}" does nothing, and older versions of sops-nix refuse it. Leave it out.`,
        isSure: false,
        isIdle: true,
      };
  }
}

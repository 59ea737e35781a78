/**
 * Generates all pages about rules: an index by group, a page per rule, and a page of the files shared by
 * examples.
 */

import type { Rule } from '../rule.ts';
import { rulePageName } from './pages.ts';
import { groupOf, rulePage, type ShownFix, sharedFilesPage } from './rule-page.ts';

/** Descriptions of the groups, in the order of the index. */
export const GROUPS: Readonly<Record<string, string>> = {
  registry: 'Registries, machine matrices and the keys that are looked up in them',
  generator: 'Generators: what they make, ask and depend on, and their scripts',
  option: 'Options of generators, of their files and prompts',
  use: 'Configurations that use the values of generators',
  store: 'What is stored for clan: secrets, keys, what is left over or missing',
  inventory: 'The inventory: machines, tags, services and roles',
  sops: 'Secrets of sops-nix and agenix, `.sops.yaml` and `secrets.nix`',
  host: 'Hosts: their files, and whether a configuration uses them',
  eval: 'What makes evaluation fail or take long',
};

/**
 * Returns the pages by their path below `docs/`.
 *
 * @param fixesOf returns the quick fixes offered for a rule's bad examples
 */
export function rulePages(
  rules: readonly Rule[],
  fixesOf: (rule: Rule) => readonly ShownFix[],
): ReadonlyMap<string, string> {
  return new Map([
    ['rules/README.md', indexPage(rules)],
    ['rules/shared-files.md', sharedFilesPage()],
    ...rules.map((rule): [string, string] => [`${rulePageName(rule.id)}.md`, rulePage(rule, fixesOf(rule))]),
  ]);
}

function indexPage(rules: readonly Rule[]): string {
  const groups = [...new Set(rules.map(groupOf))];
  return [
    '# Rules',
    `Varsmith has ${rules.length} rules, in ${groups.length} groups. A rule reports only what is certain: whatever Varsmith cannot know (an option of the
configuration, a fetched input, a name put together from either) keeps the rules silent.`,
    `An **error** means that evaluation, generation or deployment is certain to fail, or that a secret leaks. A **warning** is
surely a mistake. **Info** and **hint** are worth a look. [Configuration](../configuration.md) tells how to give a rule another
severity, to switch it off, and to silence a single finding.`,
    ...groups.flatMap(group => [
      `## ${group}`,
      `${GROUPS[group] ?? group}.`,
      table(rules.filter(rule => groupOf(rule) === group)),
    ]),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function table(rules: readonly Rule[]): string {
  const rows = rules.map(rule => {
    const severity = rule.optional === true ? `${rule.severity}, off by default` : rule.severity;
    return `| [${rule.id}](${rule.id}.md) | ${severity} | ${rule.summary} |`;
  });
  return ['| Rule | Severity | What it finds |', '| --- | --- | --- |', ...rows].join('\n');
}

/**
 * Rules as Markdown: one rule for `explain`, all of them for the documentation page. Everything comes from the
 * rules' metadata; nothing is written here that could go out of date.
 */
import { PIPELINE } from './examples.ts';
import { anchor } from './pages.ts';
import type { Example, Rule } from './rule.ts';

const COMMON = 'The files that the examples share';
const SILENCING = 'Severities and silencing';

/** The page of all rules. */
export function rulesPage(rules: readonly Rule[]): string {
  return [
    '# Rules',
    [
      'A rule reports only what is certain. Whatever Varsmith cannot know (an option of the configuration, a fetched',
      'input, a name put together from either) keeps the rules silent.',
    ].join('\n'),
    ...contents(rules),
    `## ${SILENCING}`,
    [
      'An error means that evaluation, generation or deployment is certain to fail, or that a secret leaks. A warning is',
      'surely a mistake. Each rule can be given another severity in the [settings](configuration.md), or be switched `off`.',
    ].join('\n'),
    [
      'A comment silences a rule for its line, or for the next line if it stands alone; a second form silences it for a',
      'whole file. Say why:',
    ].join('\n'),
    fenced(
      'nix',
      [
        '# varsmith: ignore registry/unused-key kept for the laptop that comes in spring',
        'gmail = mkPromptedSecret { … };',
        '# varsmith: ignore-file registry/unknown-machine',
      ].join('\n'),
    ),
    ...rules.map(section),
    `## ${COMMON}`,
    ...files(PIPELINE),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

/** What the groups are about, in the order of the page. */
const GROUPS: Readonly<Record<string, string>> = {
  registry: 'Registries, machine matrices and the keys that are looked up in them',
  generator: 'Generators: what they make, ask and depend on, and their scripts',
  option: 'Options of generators, of their files and prompts',
  use: 'Configurations that use the values of generators',
  store: 'What is stored for clan: secrets, keys, what is left over or missing',
  inventory: 'The inventory: machines, tags, services and roles',
  sops: 'Secrets of sops-nix and the file `.sops.yaml`',
  host: 'Hosts: their files, and whether a configuration uses them',
  eval: 'What makes evaluating fail or take long',
};

/** The groups with their rules, each a table; a list of the groups above them. */
function contents(rules: readonly Rule[]): string[] {
  const groups = [...new Set(rules.map(groupOf))];
  const titled = groups.map(group => ({
    heading: `Rules \`${group}/*\``,
    about: GROUPS[group] ?? group,
    members: rules.filter(rule => groupOf(rule) === group),
  }));
  return [
    titled
      .map(
        ({ heading, about, members }) =>
          `- [${about}](#${anchor(heading)}) (${members.length === 1 ? '1 rule' : `${members.length} rules`})`,
      )
      .concat(`- [${SILENCING}](#${anchor(SILENCING)})`, `- [${COMMON}](#${anchor(COMMON)})`)
      .join('\n'),
    ...titled.flatMap(({ heading, about, members }) => [`## ${heading}`, `${about}.`, table(members)]),
  ];
}

function groupOf({ id }: Rule): string {
  return id.slice(0, id.indexOf('/'));
}

function table(rules: readonly Rule[]): string {
  const rows = rules.map(
    rule => `| [${rule.id}](#${anchor(rule.id)}) | ${severityText(rule)} | ${rule.summary} |`,
  );
  return ['| Rule | Severity | What it finds |', '| --- | --- | --- |', ...rows].join('\n');
}

function severityText({ severity, optional }: Rule): string {
  return optional === true ? `${severity}, off by default` : severity;
}

function section(rule: Rule): string {
  return [
    `## ${rule.id}`,
    `${rule.summary}. Severity: **${severityText(rule)}**.`,
    rule.documentation,
    '### Reported',
    ...rule.bad.flatMap(exampleText),
    '### Fine',
    ...rule.good.flatMap(exampleText),
  ].join('\n\n');
}

/** Files that many examples share are left out and pointed to. */
function exampleText(example: Example): string[] {
  const own = Object.entries(example.files).filter(([path, text]) => PIPELINE[path] !== text);
  const shared = Object.keys(example.files).length - own.length;
  const note = shared === 0 ? '' : ` (with [the shared files](#${anchor(COMMON)}))`;
  return [`**${example.title}**${note}`, ...files(Object.fromEntries(own)), ...besides(example)];
}

function files(texts: Readonly<Record<string, string>>): string[] {
  return Object.entries(texts).map(([path, text]) =>
    fenced(languageOf(path), `# ${path}\n${text.replace(/\n$/, '')}`),
  );
}

function languageOf(path: string): string {
  return /\.(nix|yaml|json)$/.exec(path)?.[1] ?? 'text';
}

/** What an example is made of beside files, and what is found outside of Nix. */
function besides({ links = {}, tracked, executable, found = [] }: Example): string[] {
  const listed = (paths: readonly string[]) => paths.map(path => `\`${path}\``).join(', ');
  return [
    ...Object.entries(links).map(([path, target]) => `\`${path}\` is a link to \`${target}\`.`),
    ...(tracked === undefined ? [] : [`Git knows ${listed(tracked)}.`]),
    ...(executable === undefined
      ? []
      : [executable.length === 0 ? 'No file is executable.' : `Executable: ${listed(executable)}.`]),
    ...(found.length === 0 ? [] : [`Reported at ${listed(found)}.`]),
  ];
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

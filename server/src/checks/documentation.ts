/**
 * Rules as Markdown: one rule for `explain`, all of them for the documentation page. Everything comes from the
 * rules' metadata; nothing is written here that could go out of date.
 */
import { PIPELINE } from './examples.ts';
import { anchor } from './pages.ts';
import type { Example, Rule } from './rule.ts';

const COMMON = 'The files that the examples share';

/** The page of all rules. */
export function rulesPage(rules: readonly Rule[]): string {
  return [
    '# Rules',
    [
      'A rule reports only what is certain. Whatever Varsmith cannot know (an option of the configuration, a fetched',
      'input, a name put together from either) keeps the rules silent.',
    ].join('\n'),
    table(rules),
    '## Severities and silencing',
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

function table(rules: readonly Rule[]): string {
  const rows = rules.map(
    rule => `| [${rule.id}](#${anchor(rule.id)}) | ${rule.severity} | ${rule.summary} |`,
  );
  return ['| Rule | Severity | What it finds |', '| --- | --- | --- |', ...rows].join('\n');
}

function section(rule: Rule): string {
  return [
    `## ${rule.id}`,
    `${rule.summary}. Severity: **${rule.severity}**.`,
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

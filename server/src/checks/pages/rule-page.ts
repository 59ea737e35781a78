/**
 * Renders a rule as Markdown from its metadata, and from nothing that could go out of date. Links to other
 * pages of `docs/` are relative to `docs/rules/<group>/`.
 */

import { examplesOf, ownFiles, SHARED_FILES } from '../examples/shown-examples.ts';
import type { Example, Rule } from '../rule.ts';

/** The result of a quick fix on an example, as shown on a page. */
export interface ShownFix {
  /** The title shown in the editor's menu. */
  readonly title: string;
  /** True if it may be applied without asking: preferred and no guess. */
  readonly certain: boolean;
  /** A unified diff per file, without the lines that name the file. */
  readonly changes: readonly { readonly path: string; readonly diff: string }[];
}

/** The address of the rules' source code. */
const SOURCES = 'https://github.com/varsmith/varsmith/blob/main/server/src/checks/rules';

/**
 * Returns the page of a rule.
 *
 * @param fixes the fixes offered for its bad examples; without any, the page does not mention quick fixes
 */
export function rulePage(rule: Rule, fixes: readonly ShownFix[] = []): string {
  const { text, source } = partsOf(rule.documentation);
  const { bad, good } = examplesOf(rule);
  const parts = [
    `# ${rule.id}`,
    `${rule.summary}.`,
    `Severity: **${rule.severity}**${rule.optional === true ? ', off by default' : ''}. Group: [${groupOf(rule)}](../README.md#${groupOf(rule)}).`,
    text,
    '## Wrong',
    ...bad.flatMap(exampleText),
    '## Right',
    ...good.flatMap(exampleText),
    ...fixesText(fixes),
    ...configurationText(rule),
    '## Source',
    ...(source === null ? [] : [source]),
    `The rule itself: [${rule.id}.ts](${SOURCES}/${rule.id}.ts).`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Returns the group of a rule: the part of its id before the slash. */
export function groupOf({ id }: Pick<Rule, 'id'>): string {
  return id.slice(0, id.indexOf('/'));
}

/** Returns the page of files shared by many examples, which the examples omit. */
export function sharedFilesPage(): string {
  const parts = [
    '# The files that the examples share',
    'Many examples of the [rules](README.md) are a small fleet with a registry of two secrets. An example shows only the files in which it differs from these:',
    ...files(SHARED_FILES),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Splits off the sources, which come last in a rule's documentation, after `Source:`. */
function partsOf(documentation: string): { readonly text: string; readonly source: string | null } {
  const text = documentation.trim();
  const at = text.lastIndexOf('Source: ');
  if (at === -1) return { text, source: null };
  return { text: text.slice(0, at).trimEnd(), source: text.slice(at + 'Source: '.length) };
}

/** Renders the files of an example. Shared files are omitted and linked. */
function exampleText(example: Example): string[] {
  const shownFiles = ownFiles(example);
  const shared = Object.keys(example.files).length - Object.keys(shownFiles).length;
  return [
    `### ${example.title}`,
    ...(shared === 0 ? [] : ['Beside [the files that the examples share](../shared-files.md):']),
    ...files(shownFiles),
    ...besides(example),
  ];
}

function files(texts: Readonly<Record<string, string>>): string[] {
  return Object.entries(texts).map(([path, text]) =>
    fenced(languageOf(path), `# ${path}\n${text.replace(/\n$/, '')}`),
  );
}

function languageOf(path: string): string {
  return /\.(nix|yaml|json)$/.exec(path)?.[1] ?? 'text';
}

/** Describes what an example has besides files, and the findings outside of Nix files. */
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

function fixesText(fixes: readonly ShownFix[]): string[] {
  if (fixes.length === 0) return [];
  const shown = fixes.find(({ certain }) => certain) ?? (fixes[0] as ShownFix);
  return [
    '## Fix',
    'The light bulb of the editor offers, for the examples above:',
    fixes
      .map(
        ({ title, certain }) =>
          `* *${escaped(title)}*${certain ? ', which `varsmith check --fix` applies too' : ''}`,
      )
      .join('\n'),
    `*${escaped(shown.title)}* changes:`,
    ...shown.changes.map(({ path, diff }) => fenced('diff', `# ${path}\n${diff.replace(/\n$/, '')}`)),
  ];
}

/** Escapes the Markdown in a title, except for code. */
function escaped(title: string): string {
  return title.replace(/[*_<>]/g, '\\$&');
}

function configurationText({ id, severity, optional }: Rule): string[] {
  const wanted = optional === true ? severity : 'off';
  return [
    '## Configuration',
    optional === true
      ? 'The rule is off. To switch it on, give it a severity in the `varsmith.json` at the root of the fleet:'
      : 'To switch the rule off, or to give it another severity, in the `varsmith.json` at the root of the fleet:',
    fenced('json', JSON.stringify({ rules: { [id]: wanted } }, null, 2)),
    'To silence it in one place, in the line of the finding or the line above; in a whole file, anywhere in it:',
    fenced(
      'nix',
      `# varsmith: ignore ${id} why it is right here\n# varsmith: ignore-file ${id} why it is right in this file`,
    ),
    '[Configuration](../../configuration.md) has more: severities of whole groups, paths to leave out, baselines.',
  ];
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** `varsmith explain`: prints a rule's documentation with its examples, or lists the rules of a group. */

import { examplesOf, ownFiles } from '../../checks/examples/shown-examples.ts';
import { ruleUrl } from '../../checks/pages/pages.ts';
import type { Example, Rule } from '../../checks/rule.ts';
import { ruleById, rules } from '../../checks/rules/index.ts';
import { EXIT, type Io, type Paint, painter, UsageError } from '../io.ts';
import { jsonText } from '../output/json-text.ts';
import { ruleSummary } from '../output/rule-data.ts';
import { unknownRule } from '../rule-names.ts';
import { readCommand } from '../table/read-command.ts';

export async function explain(args: readonly string[], { stdout, env }: Io): Promise<number> {
  const parsed = readCommand('explain', args);
  const [id] = parsed.positions;
  if (id === undefined) throw new UsageError('Which rule? `varsmith rules` lists them.');
  const rule = ruleById(id);
  const group = rules.filter(rule => rule.id.startsWith(`${id.replace(/\/\*?$/, '')}/`));
  const isJson = parsed.flag('json');
  if (group.length > 0) {
    if (isJson) stdout.write(`${jsonText({ schemaVersion: 1, rules: group.map(ruleSummary) })}\n`);
    else for (const rule of group) stdout.write(`${rule.id}: ${rule.summary}\n`);
    return EXIT.ok;
  }
  if (!rule) throw new UsageError(unknownRule(id, rules));
  if (isJson) stdout.write(`${jsonText({ schemaVersion: 1, rule: ruleData(rule) })}\n`);
  else stdout.write(explanation(rule, painter(stdout, env)));
  return EXIT.ok;
}

/** Returns everything about a rule as data, with the examples' files by path. */
function ruleData(rule: Rule) {
  return { ...ruleSummary(rule), documentation: rule.documentation.trim(), ...examplesOf(rule) };
}

function explanation(rule: Rule, paint: Paint): string {
  const { bad, good } = examplesOf(rule);
  const parts = [
    `${paint('bold', rule.id)} (${rule.severity}${rule.optional === true ? ', off by default' : ''})\n${rule.summary}`,
    rule.documentation.trim(),
    ...bad.map(example => exampleText('Wrong', example, paint)),
    ...good.map(example => exampleText('Right', example, paint)),
    `Silence it on a line with \`# varsmith: ignore ${rule.id} <reason>\`, in a file with \`# varsmith: ignore-file ${rule.id} <reason>\`, everywhere with \`{ "rules": { "${rule.id}": "off" } }\` in varsmith.json.`,
    `The same as a page: ${ruleUrl(rule.id)}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Returns an example without the files that all examples share. */
function exampleText(label: string, example: Example, paint: Paint): string {
  const files = Object.entries(ownFiles(example));
  const shown = files.map(([path, text]) => `  ${paint('dim', path)}\n${indented(text)}`);
  return [`${paint('bold', label)}: ${example.title}`, ...shown].join('\n\n');
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map(line => (line === '' ? '' : `    ${line}`))
    .join('\n');
}

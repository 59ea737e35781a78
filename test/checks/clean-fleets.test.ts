// Where every rule has to be silent: fleets in which nothing is wrong, and the examples of other rules. Tests of single
// rules judge their own rule only; what is red here names the rule that reports too much.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostOf, PIPELINE } from '../../server/src/checks/examples/pipeline-examples.ts';
import { examplesOf } from '../../server/src/checks/examples/shown-examples.ts';
import type { Example, Finding, Rule } from '../../server/src/checks/rule.ts';
import { rules } from '../../server/src/checks/rules/index.ts';
import { filledIn, TEMPLATES } from '../../server/src/editor/scaffold/templates.ts';
import { fleetRoot, nixFiles } from '../examples/folders.ts';
import { FLEET as MINI_FLEET } from '../mini-fleet/claims.ts';
import { applyFix, check, judgedIn, shownFinding, type Texts } from './harness.ts';

function read(root: string): Texts {
  return Object.fromEntries(nixFiles(root).map(file => [file, readFileSync(join(root, file), 'utf8')]));
}

function templateModule(body: string): Texts {
  return { 'a.nix': `{ pkgs, ... }:\n{\n  clan.core.vars.generators = {\n${filledIn(body)}\n  };\n}\n` };
}

interface CleanFleet {
  readonly name: string;
  readonly texts: Texts;
  /** Rules that find something in it, and are right. */
  readonly except?: readonly string[];
}

const cleanFleets: readonly CleanFleet[] = [
  { name: 'the example fleet', texts: read(fleetRoot) },
  {
    name: 'the files that examples share',
    texts: {
      ...PIPELINE,
      'lib/machine-env-matrix.nix': '{\n  emily = [ "anthropic" ];\n  lea = [ "gmail" "anthropic" ];\n}\n',
      'machines/emily/configuration.nix': hostOf('emily'),
      'machines/lea/configuration.nix': hostOf('lea'),
    },
  },
  {
    name: 'the fleet of every form of declaration',
    texts: read(MINI_FLEET),
    // It has every form of declaring generators; what they say beside that is left at a sketch.
    except: [
      'generator/network',
      'generator/no-script',
      'generator/output-never-written',
      'generator/trailing-newline',
      'generator/undeclared-output',
      'generator/unquoted-path',
      'generator/unused-dependency',
      'generator/unused-tool',
      'option/no-effect',
      'option/not-on-darwin',
    ],
  },
  ...TEMPLATES.map(({ label, body }) => ({ name: `the template "${label}"`, texts: templateModule(body) })),
];

/** Examples need not please rules that only give hints. */
const strict = rules.filter(({ severity }) => severity === 'error' || severity === 'warning');

/** What rules report in an example, and in what its fixes make of it, that is not about them. */
function strayFindings(rule: Rule, example: Example): Finding[] {
  const judged = new Set(judgedIn(rule, example));
  const { findings } = check(example.files, example);
  const bystanders = { ...example, rules: strict.filter(({ id }) => !judged.has(id)) };
  const ids = new Set(bystanders.rules.map(({ id }) => id));
  const fixes = findings.filter(finding => judged.has(finding.rule)).flatMap(finding => finding.fixes);
  return [
    ...findings.filter(finding => ids.has(finding.rule)),
    ...fixes.flatMap(fix => check(applyFix(example.files, fix), bystanders).findings),
  ];
}

/** What each rule reports where it should not, a line each. */
function byRule(found: Iterable<readonly [where: string, findings: readonly Finding[]]>) {
  const lines = new Map<string, string[]>(rules.map(({ id }) => [id, []]));
  for (const [where, findings] of found)
    for (const finding of findings) lines.get(finding.rule)?.push(`${where}: ${shownFinding(finding)}`);
  return [...lines];
}

describe('in clean fleets', () => {
  const found = cleanFleets.map(({ name, texts, except = [] }) => {
    const { findings } = check(texts);
    // An exception that nothing needs any more would hide the next mistake.
    const needless = except.filter(id => findings.every(({ rule }) => rule !== id));
    if (needless.length > 0) throw new Error(`Nothing is reported in ${name} by ${needless.join(', ')}.`);
    return [name, findings.filter(({ rule }) => !except.includes(rule))] as const;
  });

  it.each(byRule(found))('%s is silent', (_, lines) => {
    expect(lines).toEqual([]);
  });
});

describe('in examples of other rules', () => {
  const found = rules.flatMap(rule =>
    Object.values(examplesOf(rule))
      .flat()
      .map(example => [`${rule.id}, "${example.title}"`, strayFindings(rule, example)] as const),
  );
  it.each(byRule(found))('%s is silent', (_, lines) => {
    expect(lines).toEqual([]);
  });
});

#!/usr/bin/env node
// What the rules say about public repositories, and what came of reading it: docs/precision.md.
//   docs-precision.mjs --checkouts DIR [--update] [--unread]
// DIR has a folder OWNER+NAME for each repository of docs/precision-repositories.json, at the commit that is named there; files
// that a clone lacks are empty. Verdicts are kept in docs/precision.json, by rule and repository; --unread lists the findings
// (errors and warnings) that have none. Without --update the page is compared.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/precision.md');
const { values } = parseArgs({
  options: {
    checkouts: { type: 'string' },
    update: { type: 'boolean', default: false },
    unread: { type: 'boolean', default: false },
  },
});
if (values.checkouts === undefined) {
  console.error('Say where the repositories are: --checkouts DIR, with a folder OWNER+NAME for each.');
  process.exit(2);
}
const checkouts = resolve(values.checkouts);

/** `rule` → `OWNER/NAME` → `file: message` → verdict. */
const verdicts = JSON.parse(readFileSync(join(root, 'docs/precision.json'), 'utf8'));

/** `OWNER/NAME` → commit. */
const commits = JSON.parse(readFileSync(join(root, 'docs/precision-repositories.json'), 'utf8'));
const folderOf = repository => join(checkouts, repository.replace('/', '+'));
const repositories = Object.keys(commits).sort();
const absent = repositories.filter(repository => !existsSync(folderOf(repository)));
if (absent.length > 0) {
  console.error(`${checkouts} lacks ${absent.join(', ')}.`);
  process.exit(2);
}

const SEVERITIES = ['error', 'warning', 'info', 'hint'];
const found = repositories.flatMap(repository => {
  const args = [join(root, 'dist/cli.js'), 'check', folderOf(repository), '--format', 'json'];
  const { stdout, status, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0 && status !== 1) throw new Error(`${repository}: ${stderr}`);
  return JSON.parse(stdout).findings.map(finding => ({ ...finding, repository }));
});

/** Lines move with commits; the file and the message do not. */
const keyOf = ({ file, message }) => `${file}: ${message}`;
const verdictOf = finding => verdicts[finding.rule]?.[finding.repository]?.[keyOf(finding)] ?? null;
const isGrave = ({ severity }) => severity === 'error' || severity === 'warning';

const unread = found.filter(finding => isGrave(finding) && verdictOf(finding) === null);
if (values.unread) {
  for (const finding of unread)
    console.log(JSON.stringify([finding.rule, finding.repository, keyOf(finding), `${finding.line}`]));
}

function table(rows) {
  const rules = [...new Set(rows.map(({ rule }) => rule))].sort();
  const counted = rules.map(rule => {
    const own = rows.filter(finding => finding.rule === rule);
    const count = verdict => own.filter(finding => verdictOf(finding) === verdict).length;
    const places = new Set(own.map(({ repository }) => repository)).size;
    return [
      `\`${rule}\``,
      own[0].severity,
      own.length,
      places,
      count('true'),
      count('harmless'),
      count('false'),
    ];
  });
  const sum = column => counted.reduce((total, row) => total + row[column], 0);
  return [
    '| Rule | Severity | Findings | Repositories | True | Harmless | False |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...counted.map(row => `| ${row.join(' | ')} |`),
    `| **together** | | **${sum(2)}** | | **${sum(4)}** | **${sum(5)}** | **${sum(6)}** |`,
  ];
}

const grave = found.filter(isGrave);
const lighter = found.filter(finding => !isGrave(finding));
const lighterRules = [...new Set(lighter.map(({ rule, severity }) => `${severity}\0${rule}`))].sort(
  (a, b) => SEVERITIES.indexOf(a.split('\0')[0]) - SEVERITIES.indexOf(b.split('\0')[0]) || (a < b ? -1 : 1),
);
const text = `# Precision

What \`varsmith check\` says about ${repositories.length} public repositories, at the commits of
[precision-repositories.json](precision-repositories.json): fleets of clan, fleets with sops-nix or agenix, libraries and templates.
Every error and every warning was looked at in the source; removed options were compared with a search for their names,
drifted recipients with clan's own condition, those of sops and age with the files' headers. *True*: it fails, leaks, or does not do what its author meant. *Harmless*: it is as
the finding says, and nothing comes of it. *False*: the finding is wrong.

Made by \`npm run docs:precision -- --checkouts DIR --update\`; the verdicts are in [precision.json](precision.json).

## Errors and warnings

${table(grave).join('\n')}
${unread.length === 0 ? '' : `\n${unread.length} of them have not been read yet.\n`}
## Information and hints

| Rule | Severity | Findings |
| --- | --- | --- |
${lighterRules
  .map(key => {
    const [severity, rule] = key.split('\0');
    const count = lighter.filter(finding => finding.rule === rule && finding.severity === severity).length;
    return `| \`${rule}\` | ${severity} | ${count} |`;
  })
  .join('\n')}
`;
if (values.update) writeFileSync(page, text);
else if (!values.unread && readFileSync(page, 'utf8') !== text) {
  console.error('docs/precision.md is not current: run with --update.');
  process.exitCode = 1;
}
console.log(`${grave.length} errors and warnings, ${unread.length} unread; ${lighter.length} lighter ones`);

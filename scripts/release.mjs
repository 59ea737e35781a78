#!/usr/bin/env node
// `npm run release -- --dry-run`: all of a release but publishing. Versions, changelog and workflows are looked at, the extension
// and the npm package are built, packed, looked into and started, and what would be published where is printed.
// out/release/ holds what the release workflow publishes from a tag; nothing else publishes.
// Options: --dry-run (there is no other way), --tag TAG (must be that of the version).

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { endOnInterrupt, node, which } from './lib/process.mjs';
import * as facts from './lib/release-facts.mjs';
import { ROOT } from './lib/root.mjs';
import { zipNames } from './lib/zip-names.mjs';

const OUT = path.join(ROOT, 'out/release');

const VSIX_NEEDS = [
  'package.json',
  'package.nls.json',
  'l10n/bundle.l10n.json',
  'readme.md',
  'dist/extension.js',
  'dist/server.js',
  'dist/programs.js',
  'dist/cli.js',
];
const NPM_NEEDS = [
  'package.json',
  'README.md',
  'LICENSE',
  'index.d.ts',
  'dist/cli.js',
  'dist/programs.js',
  'man/varsmith.1',
];

async function main() {
  const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean' }, tag: { type: 'string' } } });
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  if (!values['dry-run']) {
    console.error(
      `Nothing is published from here: push the tag v${version}, and the release workflow publishes it.`,
    );
    console.error('`npm run release -- --dry-run` does everything else.');
    return 2;
  }
  const changelog = fs.readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8');
  const notes = facts.changelogSection(changelog, version) ?? unreleased(changelog, values.tag);
  const before = [
    ...facts.versionProblems(facts.versionsNamed(), version),
    ...facts.tagProblems(values.tag, version),
    ...(notes === null ? [`CHANGELOG.md has no section for ${version}.`] : []),
    ...facts.allWorkflowProblems(),
    ...actionlintProblems(),
  ];
  if (before.length > 0) return refuse(before);
  if ((await node(['scripts/package.mjs'])) !== 0) return 1;
  if ((await node(['scripts/npm-package.mjs', '--dist', path.join(ROOT, 'dist')])) !== 0) return 1;

  fs.rmSync(OUT, { recursive: true, force: true });
  fs.mkdirSync(OUT, { recursive: true });
  const vsix = path.join(OUT, `varsmith-${version}.vsix`);
  const tarball = path.join(OUT, `varsmith-${version}.tgz`);
  fs.copyFileSync(path.join(ROOT, 'out/varsmith.vsix'), vsix);
  fs.copyFileSync(path.join(ROOT, 'out', path.basename(tarball)), tarball);
  fs.writeFileSync(path.join(OUT, 'notes.md'), `${notes}\n`);
  const sums = [vsix, tarball].map(file => `${sha256(file)}  ${path.basename(file)}\n`);
  fs.writeFileSync(path.join(OUT, 'SHA256SUMS'), sums.join(''));
  const after = [
    ...facts.contentProblems(extensionFiles(vsix), VSIX_NEEDS),
    ...facts.contentProblems(packageFiles(tarball), NPM_NEEDS),
    ...startProblems(tarball, version),
  ];
  if (after.length > 0) return refuse(after);
  report(version, vsix, tarball, notes);
  return 0;
}

/** Without a tag it is a rehearsal, of what has been noted so far. */
const unreleased = (changelog, tag) =>
  tag === undefined ? facts.changelogSection(changelog, 'Unreleased') : null;

function refuse(problems) {
  for (const problem of problems) console.error(`release: ${problem}`);
  return 1;
}

/** actionlint knows more of workflows; where it is not installed the rest is looked at all the same. */
function actionlintProblems() {
  const program = which('actionlint');
  if (program === undefined) return [];
  try {
    execFileSync(program, ['-no-color'], { cwd: ROOT, encoding: 'utf8' });
    return [];
  } catch (error) {
    return String(error.stdout).trim().split('\n');
  }
}

function extensionFiles(vsix) {
  return zipNames(fs.readFileSync(vsix))
    .filter(name => name.startsWith('extension/'))
    .map(name => name.slice('extension/'.length));
}

function packageFiles(tarball) {
  const list = execFileSync('tar', ['tzf', tarball], { encoding: 'utf8' });
  return list
    .trim()
    .split('\n')
    .map(name => name.replace(/^package\//, ''));
}

/** Unpacks the npm package beside nothing else and asks it for its version. */
function startProblems(tarball, version) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'varsmith-release-'));
  try {
    execFileSync('tar', ['xzf', tarball, '-C', folder]);
    const cli = path.join(folder, 'package/dist/cli.js');
    const env = { ...process.env, VARSMITH_NO_CODE_CACHE: '1' };
    const said = execFileSync(process.execPath, [cli, '--version'], { encoding: 'utf8', env }).trim();
    return said === version ? [] : [`The packed command line says it is version ${said}.`];
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function report(version, vsix, tarball, notes) {
  const size = file => `${(fs.statSync(file).size / 1000).toFixed(0)} kB`;
  const [extension, program] = [vsix, tarball].map(file => `${path.basename(file)} (${size(file)})`);
  console.log(`
A tag v${version} would publish, each in an environment of its own:
  GitHub release v${version}   ${extension}, ${program}, SHA256SUMS, notes of ${notes.split('\n').length} lines
  Open VSX                ${extension}
  VS Code Marketplace     ${extension}
  npm, with provenance    ${program}
  GitHub Pages            the documentation, by site.yml
Nothing was published. ${path.relative(ROOT, OUT)}/ holds it all.`);
}

const sha256 = file => createHash('sha256').update(fs.readFileSync(file)).digest('hex');

endOnInterrupt();
process.exitCode = await main();

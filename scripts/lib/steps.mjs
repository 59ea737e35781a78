// The steps of `npm test`: what each runs, what it stands on, and how many tests it counted. Knows nothing of the order of
// the run or of the summary: test.mjs has those.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { node, run } from './process.mjs';
import { ROOT } from './root.mjs';

/**
 * @typedef {{ passed: number, failed: number, skipped: number, note?: string, failures?: readonly string[] }} Counts
 * @typedef {object} Step
 * @property {string} id
 * @property {string} title
 * @property {readonly string[]} needs ids of the steps whose success it stands on
 * @property {readonly string[]} packages system packages without which it is skipped
 * @property {readonly string[]} [optional] system packages without which some of its tests skip themselves
 * @property {boolean} [linuxOnly] code-server from npm runs there alone
 * @property {number} stage steps of one stage run side by side
 * @property {boolean} [isExtra] not in `npm test`, which every change waits for: in `npm run test:all`, each night and before a release
 * @property {(label: string | undefined) => Promise<Counts>} work
 */

/** For what runs inside an editor: machines are busy, and each wait in there has a limit of its own. */
const EDITOR_LIMIT_SECONDS = 900;

const REPORTS = path.join(ROOT, 'out/test-reports');
const bin = (...parts) => path.join(ROOT, 'node_modules', ...parts);

/** A step that is one check: it passes or fails as a whole. */
function check(code) {
  return code === 0
    ? { passed: 1, failed: 0, skipped: 0 }
    : { passed: 0, failed: 1, skipped: 0, note: `exit code ${code}` };
}

/** A step that prepares others: counted only when it fails. */
function preparation(code) {
  return { ...check(code), passed: 0 };
}

/**
 * Counts read from a suite's report. A suite that ended badly without a failed test to show for it, or well without a test
 * at all, counts as one failure: neither is a pass.
 */
function counted(code, report, read) {
  if (!fs.existsSync(report)) return { ...check(code || 1), note: `no report; exit code ${code}` };
  const counts = read(JSON.parse(fs.readFileSync(report, 'utf8')));
  if (code !== 0 && counts.failed === 0) return { ...counts, failed: 1, note: `exit code ${code}` };
  if (counts.passed + counts.failed + counts.skipped === 0)
    return { ...counts, failed: 1, note: 'no test was run' };
  return counts;
}

function freshReport(name) {
  const report = path.join(REPORTS, `${name}.json`);
  fs.mkdirSync(REPORTS, { recursive: true });
  fs.rmSync(report, { force: true });
  return report;
}

/**
 * Seconds for a suite, for a machine with two slow cores. Only a suite that hangs reaches it: each test has its own,
 * much shorter limit.
 */
const SUITE_LIMIT_SECONDS = 3000;

/** Runs suites of vitest.config.mts, or, with `VARSMITH_SHARD=1/2`, a part of their files. */
async function vitest(name, ...projects) {
  const report = freshReport(name);
  const { VARSMITH_SHARD: shard } = process.env;
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const chosen = projects.flatMap(project => ['--project', project]);
  if (shard) chosen.push(`--shard=${shard}`);
  const code = await node([bin('vitest/vitest.mjs'), 'run', ...chosen, ...reporters], {
    limitSeconds: SUITE_LIMIT_SECONDS,
  });
  return counted(code, report, results => ({
    passed: results.numPassedTests,
    failed: results.numFailedTests,
    skipped: results.numPendingTests + results.numTodoTests,
    failures: failuresOf(results),
  }));
}

/** What failed, each with its file and what it said: a test, or a file that could not be read. */
function failuresOf({ testResults }) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = path.relative(ROOT, name);
    const tests = assertionResults.filter(test => test.status === 'failed');
    if (tests.length === 0) return status === 'failed' ? [`${file}: ${message}`] : [];
    return tests.map(test => `${file} > ${test.fullName}: ${test.failureMessages.join('\n')}`);
  });
}

async function insideEditor(which, label, ...more) {
  const report = freshReport(['host', which, ...more.map(each => each.slice(2))].join('-'));
  const code = await node(['test/workbench/run-electron.mjs', '--report', report, ...more], {
    env: { VSC_WHICH: which, VSCODE_EXECUTABLE: path.join(ROOT, 'test/workbench/code-shim.mjs') },
    label,
    limitSeconds: EDITOR_LIMIT_SECONDS,
  });
  return counted(code, report, ({ activationMilliseconds, ...counts }) => {
    if (more.length === 0) noteActivation(which, activationMilliseconds);
    return counts;
  });
}

/** Keeps how long `activate()` took in each editor, for the benchmark's table. */
function noteActivation(which, milliseconds) {
  const file = path.join(ROOT, 'out/activation.json');
  const before = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
  fs.writeFileSync(file, JSON.stringify({ ...before, [which]: milliseconds }));
}

async function walk(which, label, ...more) {
  const report = freshReport(['walk', which, ...more.map(each => each.slice(2))].join('-'));
  const code = await node(['test/workbench/walk.mjs', 'out/varsmith.vsix', '--report', report, ...more], {
    env: { VSC_WHICH: which },
    label,
    limitSeconds: EDITOR_LIMIT_SECONDS,
  });
  return counted(code, report, counts => counts);
}

const COMPILERS = ['python3', 'make', 'g++'];
const VERSIONS = [
  { which: 'latest', version: '1.139', isExtra: false },
  { which: 'floor', version: '1.93', isExtra: true },
];

/** @type {readonly Step[]} */
export const STEPS = [
  {
    id: 'lint',
    title: 'Lint and format (biome)',
    needs: [],
    packages: [],
    stage: 1,
    work: async () => check(await node([bin('@biomejs/biome/bin/biome'), 'ci', '.'])),
  },
  {
    id: 'types',
    title: 'Types (tsc)',
    needs: [],
    packages: [],
    stage: 1,
    work: async () => check(await node([bin('typescript/bin/tsc'), '--noEmit'])),
  },
  {
    id: 'unused',
    title: 'Files and exports that nobody imports (knip)',
    needs: [],
    packages: [],
    stage: 1,
    work: async () =>
      check(await node([bin('knip/bin/knip.js'), '--include', 'files,exports,duplicates,unresolved'])),
  },
  {
    id: 'build',
    title: 'Build',
    needs: [],
    packages: [],
    stage: 1,
    work: async () => preparation(await node(['scripts/build.mjs'])),
  },
  ...VERSIONS.map(({ which, version, isExtra }) => ({
    id: `vscode-${which}`,
    isExtra,
    title: `Install VS Code ${version}`,
    needs: [],
    packages: COMPILERS,
    linuxOnly: true,
    // Before the unit tests: some of them show pages, and need what is installed with it.
    stage: 1,
    work: async label =>
      preparation(
        await run('bash', ['test/workbench/install-vscode.sh', which], { label, limitSeconds: 600 }),
      ),
  })),
  {
    id: 'unit',
    title: 'Unit tests (vitest)',
    needs: ['build'],
    packages: [],
    optional: ['nix-bin', 'age'],
    stage: 4,
    work: () => vitest('unit', 'unit', 'client'),
  },
  {
    id: 'programs',
    title: 'Tests that start programs (vitest)',
    needs: ['build'],
    packages: [],
    optional: ['nix-bin', 'bubblewrap', 'age', 'neovim', 'zsh', 'fish'],
    stage: 5,
    work: () => vitest('programs', 'programs'),
  },
  {
    id: 'package',
    title: 'Package everything, as a release does',
    needs: ['build'],
    packages: [],
    stage: 6,
    work: async () => check(await node(['scripts/release.mjs', '--dry-run'])),
  },
  ...VERSIONS.map(({ which, version, isExtra }) => ({
    id: `host-${which}`,
    isExtra,
    title: `Tests inside VS Code ${version} (mocha)`,
    needs: ['build', `vscode-${which}`],
    packages: ['chromium', 'fonts-dejavu-core'],
    stage: 8,
    work: label => insideEditor(which, label),
  })),
  {
    id: 'host-beside',
    isExtra: true,
    title: 'Tests inside VS Code beside another Nix extension (mocha)',
    needs: ['build', 'vscode-latest'],
    packages: ['chromium', 'fonts-dejavu-core'],
    stage: 9,
    work: label => insideEditor('latest', label, '--beside'),
  },
  ...VERSIONS.map(({ which, version, isExtra }) => ({
    id: `walk-${which}`,
    isExtra,
    title: `Walk through the packed extension in VS Code ${version}`,
    needs: ['package', `vscode-${which}`],
    packages: ['chromium', 'fonts-dejavu-core'],
    stage: isExtra ? 12 : 10,
    work: label => walk(which, label),
  })),
  ...VERSIONS.map(({ which, version }) => ({
    id: `walk-generation-${which}`,
    isExtra: true,
    title: `Walk through generation in VS Code ${version}`,
    needs: ['package', `vscode-${which}`],
    packages: ['chromium', 'fonts-dejavu-core', 'bubblewrap', 'wireguard-tools', 'whois'],
    linuxOnly: true,
    stage: 12,
    work: label => walk(which, label, '--generation'),
  })),
  ...VERSIONS.map(({ which, version }) => ({
    id: `walk-start-${which}`,
    isExtra: true,
    title: `Walk through the first steps in VS Code ${version}`,
    needs: ['package', `vscode-${which}`],
    packages: ['chromium', 'fonts-dejavu-core'],
    stage: 13,
    work: label => walk(which, label, '--start'),
  })),
  ...[
    { how: 'beside', title: 'Walk beside another Nix extension' },
    { how: 'restricted', title: 'Walk through a folder that is not trusted' },
    { how: 'sops', title: 'Walk through a fleet with sops-nix' },
    { how: 'web', title: 'Walk with the extension in the browser itself' },
  ].map(({ how, title }) => ({
    id: `walk-${how}`,
    isExtra: true,
    title,
    needs: ['package', 'vscode-latest'],
    packages: ['chromium', 'fonts-dejavu-core'],
    linuxOnly: true,
    stage: 11,
    work: label => walk('latest', label, `--${how}`),
  })),
  {
    // In a stage of its own: it builds and packs, and its times are measured.
    id: 'walk-newcomer',
    isExtra: true,
    title: 'Walk of a new person, from npm start to generated vars',
    needs: ['package', 'vscode-latest'],
    packages: ['chromium', 'fonts-dejavu-core', 'bubblewrap', 'wireguard-tools', 'whois'],
    linuxOnly: true,
    stage: 14,
    work: label => walk('latest', label, '--newcomer'),
  },
];

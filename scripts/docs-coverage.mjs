// Measures how much of real repositories `inspect` understands and writes docs/coverage.md.
//
//   npm run docs:coverage -- --checkouts DIR --expected FILE [--cli FILE] [--measure PROGRAM] [--update]
//
// Reads the checkouts and writes nothing there. Fails if a checkout is missing or at another commit, or if the
// program of --measure counts differently.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { countRepository, diskShares, storedIn } from './lib/coverage-count.mjs';
import { coveragePage } from './lib/coverage-page.mjs';
import { ROOT } from './lib/root.mjs';

const MAX_OUTPUT = 2 ** 30;

const { values: options } = parseArgs({
  options: {
    checkouts: { type: 'string' },
    expected: { type: 'string' },
    cli: { type: 'string', default: join(ROOT, 'dist', 'cli.js') },
    measure: { type: 'string' },
    update: { type: 'boolean', default: false },
  },
});

const { checkouts, expected: expectedFile, cli } = options;
if (checkouts === undefined || expectedFile === undefined)
  fail('--checkouts DIR and --expected FILE are needed.');
if (!existsSync(cli)) fail(`There is no ${cli}. Run npm run build first, or name another with --cli.`);

const expected = JSON.parse(readFileSync(expectedFile, 'utf8'));
const rows = Object.entries(expected).map(([repository, wanted]) => measured(repository, wanted));
if (options.measure !== undefined) compare(options.measure);
const page = coveragePage(rows, new Date().toISOString().slice(0, 10));
if (options.update) writeFileSync(join(ROOT, 'docs', 'coverage.md'), page);
else process.stdout.write(page);

function fail(message) {
  process.stderr.write(`docs-coverage: ${message}\n`);
  process.exit(2);
}

function run(program, args) {
  return execFileSync(program, args, { encoding: 'utf8', maxBuffer: MAX_OUTPUT });
}

function measured(repository, wanted) {
  const root = join(checkouts, repository.replace('/', '+'));
  if (!existsSync(root)) fail(`There is no checkout ${root}.`);
  const head = run('git', ['-C', root, 'rev-parse', 'HEAD']).trim();
  if (!head.startsWith(wanted.commit)) fail(`${root} is at ${head}, the counts are of ${wanted.commit}.`);
  const paths = run('git', ['-C', root, 'ls-files', '-z']).split('\0');
  const nix = paths
    .filter(path => path.endsWith('.nix') && existsSync(join(root, path)))
    .map(path => readFileSync(join(root, path), 'utf8'))
    .join('\n');
  const start = performance.now();
  const model = JSON.parse(run(process.execPath, [cli, 'inspect', root, '--format', 'json']));
  const seconds = (performance.now() - start) / 1000;
  const counts = countRepository(model, wanted, storedIn(paths), nix);
  return { repository, commit: wanted.commit.slice(0, 7), seconds, ...counts };
}

/** Fails where another program, given the same, does not count the same. */
function compare(program) {
  const varsmith = `${process.execPath} ${cli}`;
  const text = run(process.execPath, [
    program,
    ...['--expected', expectedFile, '--checkouts', checkouts, '--varsmith', varsmith, '--json'],
  ]);
  for (const other of JSON.parse(text).rows) {
    const own = rows.find(({ repository }) => repository === other.repo);
    const { declarations, named, complete, references, mismatches, disk } = own;
    const ours = [declarations, named, complete, references, own.undefined, mismatches];
    const theirs = [
      other.declarations,
      other.named,
      other.complete,
      other.references,
      other.undefined,
      other.mismatch,
    ];
    ours.push(diskShares(disk).withLeftovers);
    theirs.push(other.disk);
    if (JSON.stringify(ours) !== JSON.stringify(theirs))
      fail(
        `${own.repository} is counted differently: ${JSON.stringify(ours)}, there ${JSON.stringify(theirs)}.`,
      );
  }
}

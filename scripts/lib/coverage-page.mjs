/** docs/coverage.md: the figures of one run and what they mean. Pure: figures in, text out. */
import { diskShares, total } from './coverage-count.mjs';

/** What the totals are held to, as percentages; `undefined` is a number. */
const BARS = [
  { label: 'declarations', bar: 98, share: sum => sum.declarations },
  { label: 'named', bar: 99, share: sum => sum.named },
  { label: 'complete', bar: 97, share: sum => sum.complete },
  { label: 'references', bar: 96, share: sum => sum.references },
  { label: 'disk, alone', bar: 90, share: sum => diskShares(sum.disk).alone },
  { label: 'disk, with leftovers', bar: 90, share: sum => diskShares(sum.disk).withLeftovers },
];

/** With one decimal, never rounded up to a bar that is not reached. */
function percent([reached, of]) {
  if (of === 0) return 100;
  return Math.floor((1000 * reached) / of) / 10;
}

function shareText(share) {
  return share[1] === 0 ? '–' : `${share[0]}/${share[1]} (${percent(share).toFixed(1)} %)`;
}

function barsTable(sum) {
  const rows = BARS.map(({ label, bar, share }) => {
    const value = share(sum);
    return [label, `≥ ${bar} %`, shareText(value), percent(value) >= bar ? 'reached' : 'not reached'];
  });
  rows.push([
    'called undefined',
    '0',
    String(sum.undefined),
    sum.undefined === 0 ? 'reached' : 'not reached',
  ]);
  return table([['measure', 'bar', 'all repositories', 'bar is'], ...rows]);
}

function repositoriesTable(rows, sum) {
  const heads = [
    'repository',
    'declarations',
    'named',
    'complete',
    'references',
    'undefined',
    'disk, alone',
    'disk, with leftovers',
    'mismatches',
    'machines known',
    'seconds',
  ];
  const cells = (name, row) => {
    const { alone, withLeftovers } = diskShares(row.disk);
    return [
      name,
      shareText(row.declarations),
      shareText(row.named),
      shareText(row.complete),
      shareText(row.references),
      String(row.undefined),
      shareText(alone),
      shareText(withLeftovers),
      String(row.mismatches),
      shareText(row.machines),
      row.seconds.toFixed(1),
    ];
  };
  const named = rows.map(row => cells(`${row.repository} @ ${row.commit}`, row));
  return table([heads, ...named, cells('all', sum)]);
}

const CAUSES = [
  ['declared', 'declared in the repository'],
  ['brought', "brought by an instance of one of clan-core's services, or by clan-core itself"],
  [
    'leftover',
    'left over from a service of clan-core that nothing uses any more, or from an earlier version',
  ],
  ['dropped', 'not predicted: the repository declares the generator, but not this file'],
  ['mentioned', 'not predicted: the name stands somewhere in its Nix, but no such generator was found'],
  ['gone', 'not predicted: the name stands nowhere in its Nix'],
];

function diskTable(rows, sum) {
  const heads = ['repository', ...CAUSES.map(([key]) => key)];
  const cells = (name, { disk }) => [name, ...CAUSES.map(([key]) => String(disk[key]))];
  const stored = rows.filter(({ disk }) => diskShares(disk).alone[1] > 0);
  return table([heads, ...stored.map(row => cells(row.repository, row)), cells('all', sum)]);
}

function reasonsTable(reasons) {
  if (reasons.length === 0) return 'Nothing.';
  const counts = new Map();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return table([['reason', 'places'], ...sorted.map(([reason, count]) => [reason, String(count)])]);
}

function table([heads, ...body]) {
  const escaped = [heads, ...body].map(cells => cells.map(cell => cell.replaceAll('|', '\\|')));
  const widths = heads.map((_, i) => Math.max(...escaped.map(cells => cells[i].length)));
  const line = cells => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  const [first, ...rest] = escaped;
  return [line(first), line(widths.map(width => '-'.repeat(width))), ...rest.map(line)].join('\n');
}

/**
 * @param rows counts of each repository with `repository`, `commit` and `seconds`
 * @param date the day of the run, YYYY-MM-DD
 */
export function coveragePage(rows, date) {
  const sum = total(rows);
  const { alone, withLeftovers } = diskShares(sum.disk);
  return `# Coverage

How much of ${rows.length} public repositories Varsmith understands, without Nix. Written by \`npm run docs:coverage\`; not
edited by hand. Measured on ${date}.

${barsTable(sum)}

* **declarations**: places that declare a generator, counted by an independent scanner, that \`inspect\` lists.
  **named**: of those with a literal name, listed under it. **complete**: of those with a literal body, listed with
  every file.
* **references**: places that read a generator's file, that \`inspect\` finds the generator and the file of.
  **undefined**: uses that it says do not exist. In committed code nearly each would be a false alarm.
* **disk**: pairs of generator and file in \`vars/\` that the model predicts; see below.
* **mismatches**: generators known in full that lie on disk with other files: old data, or our mistake.
* **machines known**: of the generators that are declared, those of which it is known which machines have them.
* **seconds**: \`varsmith inspect\` as a whole process, on one run of one machine.

## By repository

${repositoriesTable(rows, sum)}

A dash: the repository has none.

## Two figures for the disk

What is stored is an independent witness: clan wrote those names. But nothing in \`vars/\` is garbage-collected.
A service that is taken out of the inventory leaves its files behind, and so does a generator that clan-core renames.
No reading of today's Nix can predict them, however good it is.

* **alone** (${shareText(alone)}) counts what today's declarations and today's inventory predict.
* **with leftovers** (${shareText(withLeftovers)}) adds what clan-core has, or demonstrably once had: name and files are
  those of a generator in its sources or in their history, and nothing in the repository declares the name. This says
  what a file is, not that anything needs it. Leftovers never make a use resolved and never make a finding.

The first figure says how well the repository's Nix is understood, the second how much of the disk can be explained. The
bar is held against both.

${diskTable(rows, sum)}

${CAUSES.map(([key, words]) => `* **${key}**: ${words}.`).join('\n')}

What is not predicted is of generators that somebody took out or renamed, of modules in other flakes, or of a name
that only evaluation knows. \`mentioned\` is the column to improve.

### How far the first figure can go

In November 2026 every pair that is not predicted was looked up in the Nix of its commit, and some fifty of them were followed
by hand through options, services and the names they might be made of. None was declared there:

* most belong to generators that are gone or have another name now (\`acme-zoneee\`, \`harmonia\`, an OIDC client that has
  lost its file), or to instances of clan-core's services that nobody has any more (the column *leftover*);
* about twenty belong to services of other flakes, whose code is not in the repository (\`clan-community\`, and flakes of the
  same author). To predict them, their sources would have to be read as well;
* what stands in \`mentioned\` stands there in a comment, in an instance that is commented out, or in a service of
  another flake.

So the first figure cannot reach its bar on these repositories: it is at its ceiling, but for the services of other
flakes, and it falls by a little whenever a name with holes (\`\${user}-smb-password\`), which explained old files too,
becomes the names that there really are.

## What remains

Places that \`inspect\` lists as not analysable without Nix, by reason, in all repositories:

${reasonsTable(sum.notAnalysable)}

## To run it again

\`\`\`sh
npm run build
npm run docs:coverage -- --checkouts DIR --expected FILE                   # prints the page
npm run docs:coverage -- --checkouts DIR --expected FILE --update          # rewrites it
npm run docs:coverage -- --checkouts DIR --expected FILE --measure PROGRAM # holds the figures against another count
\`\`\`

\`DIR\` has one checkout for each repository, named \`owner+name\`. \`FILE\` is JSON: by \`owner/name\` the \`commit\`, the
\`declarations\` (\`file\`, \`line\`, \`name\`, \`literalName\`, \`outputs\`) and the \`references\` (\`file\`, \`line\`).
`;
}

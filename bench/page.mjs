/** docs/performance.md: the figures of one whole run, what they mean and how to have them again. */
import { arch, cpus, platform, totalmem } from 'node:os';
import { WARM_UP } from './parts/fleets.mjs';
import { estateTable, mainTable, publicTable, ROWS, scalingTable, verdict } from './table.mjs';

/** The machine in words that fit any other machine of its kind. */
export function machineText() {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores, ${memory} GiB of memory, ${platform()} ${arch()}, Node ${process.versions.node}`;
}

/** How many bars were reached, missed and left unmeasured. */
export function summary(figures) {
  const counts = { reached: 0, 'not reached': 0, 'not measured': 0 };
  for (const row of ROWS) {
    const found = verdict(row, figures[row.id]?.varsmith);
    if (found !== '') counts[found]++;
  }
  return Object.entries(counts)
    .map(([words, count]) => `${count} ${words}`)
    .join(', ');
}

const FLEETS = /^## Public fleets\n.*?(?=^## )/ms;

/** The section on public fleets that a page has, so that a run without checkouts keeps it; '' if it has none. */
export function keptFleets(text) {
  return FLEETS.exec(text)?.[0] ?? '';
}

/** The page with another section on public fleets. */
export function withFleets(text, section) {
  return FLEETS.test(text)
    ? text.replace(FLEETS, () => section)
    : text.replace('## To run it again\n', heading => section + heading);
}

/** What keystrokes cost in public fleets, which are named with their commits and are not in the repository. */
export function publicSection(fleets, date) {
  const commits = fleets.filter(({ commit }) => commit !== null);
  return `## Public fleets

Measured on ${date}, in ms; CPU is the processor time of the server for an edit, all threads together, until it is at rest.

${publicTable(fleets)}

Each edit makes a text that was not there before: a comment above a declaration, a word at the end of a string, and a generator
or secret with a mistake, in the file that has most to do with secrets. **finding** is the time until the diagnostics of
that text have come, **hover** until a question that needs all to be current is answered. The first ${WARM_UP} edits of a kind are not
counted. The bar: each p95 is at most 1.5 times that of the example fleet, and 4 ms. Rows that say *before* are of an earlier build, in turns with the current one.

The fleets are ${commits.map(({ name, commit }) => `[${name}](https://github.com/${name}/tree/${commit})`).join(', ')}; \`bench/fleets.json\` names the files.

`;
}

export function page({ figures, growth, estates, fleets, names, versions, date }) {
  return `# Speed and size

Written by \`npm run bench -- --update\`; not edited by hand. Measured on ${date}: ${machineText()}.
Times are p50 / p95. Bars: ${summary(figures)}.

${mainTable(figures, names)}

All columns are of one run on one machine. On a machine that is busy, trust the ratios between columns more than the figures.

* **Varsmith** works in a synthetic fleet of 50 machines × 200 keys. Every odd edit adds a true finding and every
  even one takes it out again; a figure is the time until that finding has come or gone. Findings are pushed,
  except in the row that says pulled. Where every text is new, an edit puts another mistake in the place of the one
  before: what the server remembers of texts that come back is of no use then.
* **open** counts from \`didOpen\` in a process that was started 300 ms before, **start → first finding** from the
  start of the process, with nothing waited for in between. All programs of ours have been started before, so that
  their compiled code is kept.
* **key renamed** counts from an edit of the registry to the changed findings of the matrix, another file. The key
  is in the list that nearly all machines share.
* **all is current** counts from an edit to the answer of a question that needs the whole fleet (a hover). What follows
  from registries and matrices alone, as the findings of the rows above it, comes before that.
* **burst** counts from the last of 20 edits sent without waiting to the findings of the last.
* **floor** is a server that parses the same files with the same parser and publishes syntax errors, and no more.
* **bash-language-server** ${versions.bash ?? '(not installed)'} and **yaml-language-server** ${versions.yaml ?? '(not installed)'} work on one file of some 540 lines of their own language:
  the first without shellcheck, so that it answers an edit with an empty list, the second with a schema.
* **generate** runs 200 generators of one secret file each (\`openssl rand\`), and encrypts, stores and commits every
  one of them, as a whole process; the **bare loop** is a loop of Bash over the same scripts in the same sandbox, made
  anew for each, which keeps nothing. Both take turns, and the ratio is the median of the rounds; 0.625 is 1.6 times as fast.
* **memory** is the resident memory of the server's processes at the end of the session.

## Growth

\`varsmith check\` as a whole process on fleets of 200 keys:

${scalingTable(growth)}

## Large fleets

\`varsmith inspect --format json\` as a whole process on fleets of 20 generators a machine: four of a module that every
machine imports, three of its tag, six of its own modules, three of service modules, four of the registry.

![Time and memory over the number of machines](images/growth.svg)

${estateTable(estates)}

A keystroke in the fleet of 1,000 is timed as above, once in a machine's own file and once in the module that all machines
import. **4,300 files** (and 10,000) is a repository of 40 such machines among packages, modules and homes that have nothing to do
with vars.

${fleets}## To run it again

\`\`\`sh
npm run bench                                 # prints the table
npm run bench -- --clan-core DIR              # with a checkout of clan-core to check
npm run bench -- --only servers,scaling       # some parts: servers, fleet, estate, check, artefacts, scaling, generate, public
npm run bench -- --fleets DIR --only public   # keystrokes in checkouts of public fleets
npm run bench -- --clan-core DIR --fleets DIR --update   # rewrites this page
\`\`\`

The time of \`activate()\` is left behind by \`npm test\`, the packed extension by \`npm run package\`.
\`bench/lsp-bench.mjs\` drives any language server by hand; its head defines every figure.
`;
}

/**
 * How much of a repository `inspect` understands: its output held against what somebody counted by hand and against
 * what the repository has on disk. Pure: data in, counts out. A share is `[reached, of]`.
 */

/** Lines may differ by this much: a declaration begins at its name or at its body. */
const NEAR = 2;

/**
 * @param model the output of `inspect --format json`
 * @param wanted declarations and references as counted: `{ declarations, references }`
 * @param stored generator → names of its files, over all machines and shared
 * @param nix all Nix text of the repository, to tell whether it still names a generator
 */
export function countRepository(model, wanted, stored, nix) {
  return {
    ...countDeclarations(model, wanted.declarations),
    references: countReferences(model, wanted.references),
    undefined: model.references.filter(({ status }) => status === 'undefined').length,
    machines: countMachines(model),
    disk: countDisk(model, stored, nix),
    mismatches: countMismatches(model, stored),
    notAnalysable: model.notAnalysable.map(({ reason }) => reason),
  };
}

function countDeclarations({ generators }, sites) {
  const places = generators.flatMap(generator =>
    generator.definitions.flatMap(definition =>
      [definition, ...definition.via].map(({ file, line }) => ({ generator, file, line })),
    ),
  );
  const declarations = [0, sites.length];
  const named = [0, 0];
  const complete = [0, 0];
  for (const { file, line, name, literalName, outputs } of sites) {
    const here = places.filter(place => place.file === file && Math.abs(place.line - line) <= NEAR);
    if (here.length > 0) declarations[0]++;
    if (!literalName) continue;
    const found = here.find(({ generator }) => generator.name === name)?.generator;
    named[1]++;
    if (found !== undefined) named[0]++;
    if (!outputs) continue;
    complete[1]++;
    const files = new Set(found?.files.map(one => one.name));
    if (found !== undefined && outputs.every(output => files.has(output))) complete[0]++;
  }
  return { declarations, named, complete };
}

function countReferences({ references }, expected) {
  const known = new Set(
    references
      .filter(({ status }) => status === 'resolved' || status === 'catalogue')
      .map(({ file, line }) => `${file}:${line}`),
  );
  return [expected.filter(({ file, line }) => known.has(`${file}:${line}`)).length, expected.length];
}

/** Of the generators that the repository declares, those of which the machines are known. */
function countMachines({ generators }) {
  const declared = generators.filter(isDeclared);
  return [declared.filter(({ machines }) => machines !== null).length, declared.length];
}

const isDeclared = ({ definitions }) => definitions.length > 0;

/** Stored pairs of generator and file by what explains them. */
function countDisk({ generators }, stored, nix) {
  const all = generators.map(generator => ({
    generator,
    is: matcherOf(generator),
    files: generator.files.map(matcherOf),
  }));
  const counts = { declared: 0, brought: 0, leftover: 0, dropped: 0, mentioned: 0, gone: 0 };
  for (const [name, files] of stored) {
    const named = all.filter(({ is }) => is(name));
    for (const file of files) {
      const makers = named.filter(one => one.files.some(is => is(file))).map(({ generator }) => generator);
      if (makers.some(isDeclared)) counts.declared++;
      else if (makers.some(({ leftover }) => !leftover)) counts.brought++;
      else if (makers.length > 0) counts.leftover++;
      else if (named.some(({ generator }) => generator.name === name && isDeclared(generator)))
        counts.dropped++;
      else if (nix.includes(name)) counts.mentioned++;
      else counts.gone++;
    }
  }
  return counts;
}

/** Generators that are known in full and are on disk with other files. */
function countMismatches({ generators }, stored) {
  let count = 0;
  for (const [name, files] of stored) {
    const exact = generators.find(one => one.name === name && one.completeness === 'full');
    if (exact === undefined) continue;
    const declared = new Set(exact.files.map(file => file.name));
    const lacks = exact.files.some(file => file.deploy !== null && !files.has(file.name));
    if (lacks || [...files].some(file => !declared.has(file))) count++;
  }
  return count;
}

const HOLE = /\$\{(?:[^{}]|\{[^}]*\})*\}/;

function matcherOf({ name, nameKind }) {
  if (nameKind !== 'pattern' && !HOLE.test(name)) return other => other === name;
  const parts = name.split(HOLE).map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('.+')}$`);
  return other => pattern.test(other);
}

/** The pairs of generator and file that lie in `vars/`, from the paths of the repository's files. */
export function storedIn(paths) {
  const stored = new Map();
  for (const path of paths) {
    const match = /^vars\/(?:per-machine\/[^/]+|shared)\/([^/]+)\/([^/.][^/]*)\//.exec(path);
    if (match === null) continue;
    const [, generator, file] = match;
    stored.set(generator, (stored.get(generator) ?? new Set()).add(file));
  }
  return stored;
}

/** How many pairs there are, and how many are predicted without and with what was left over. */
export function diskShares({ declared, brought, leftover, dropped, mentioned, gone }) {
  const alone = declared + brought;
  const all = alone + leftover + dropped + mentioned + gone;
  return { alone: [alone, all], withLeftovers: [alone + leftover, all] };
}

/** The sum over repositories. */
export function total(rows) {
  const sum = pick => rows.reduce((all, row) => all + pick(row), 0);
  const share = key => [sum(row => row[key][0]), sum(row => row[key][1])];
  const causes = ['declared', 'brought', 'leftover', 'dropped', 'mentioned', 'gone'];
  return {
    declarations: share('declarations'),
    named: share('named'),
    complete: share('complete'),
    references: share('references'),
    undefined: sum(row => row.undefined),
    machines: share('machines'),
    disk: Object.fromEntries(causes.map(cause => [cause, sum(row => row.disk[cause])])),
    mismatches: sum(row => row.mismatches),
    notAnalysable: rows.flatMap(row => row.notAnalysable),
    seconds: sum(row => row.seconds),
  };
}

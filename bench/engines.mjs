#!/usr/bin/env node
/**
 * Measures two ways to keep answers current on a graph with the shape of a fleet: answers that are marked when an input
 * changes (server/src/query, on the links of alien-signals), and answers that compare what they read in each revision, as
 * salsa does. Prints one table; docs/design/engine.md has its figures and says what follows from them.
 *
 *   --machines N,…  sizes to measure (default: 50,1000)
 *   --rules N       rules that look at each file (default: 60)
 *   --edits N       edits to measure for each row (default: 200)
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { ROOT } from './servers.mjs';

const { values: options } = parseArgs({
  options: {
    machines: { type: 'string', default: '50,1000' },
    rules: { type: 'string', default: '60' },
    edits: { type: 'string', default: '200' },
  },
});

/** Answers that compare what they read: the same interface as that of server/src/query, as far as it is needed. */
function comparing() {
  let revision = 1;
  let active = null;
  const cells = [];
  const read = cell => {
    active?.reads.push(cell);
    verify(cell);
    return cell.value;
  };
  const verify = cell => {
    if (cell.validIn === revision || cell.compute === null) return;
    if (cell.reads !== null) {
      const isValid = cell.reads.every(source => {
        verify(source);
        return source.changedAt <= cell.validIn;
      });
      if (isValid) {
        cell.validIn = revision;
        return;
      }
    }
    const outer = active;
    active = { reads: [] };
    const value = cell.compute(cell.value);
    cell.reads = active.reads;
    active = outer;
    if (value !== cell.value) cell.changedAt = revision;
    cell.value = value;
    cell.validIn = revision;
  };
  const create = (compute, value) => {
    const cell = { compute, value, reads: null, validIn: 0, changedAt: revision };
    cells.push(cell);
    return cell;
  };
  return {
    input: value => create(null, value),
    answer: compute => create(compute, undefined),
    read,
    set(cell, value) {
      revision++;
      cell.value = value;
      cell.changedAt = revision;
    },
  };
}

/** The same interface over server/src/query. */
function marking({ createDatabase, input, query, set }) {
  const database = createDatabase();
  const values = input('value', () => null);
  const answers = query('answer', (_, cell, before) => cell.compute(before));
  return {
    input(value) {
      const cell = { isInput: true };
      set(database, values, cell, value);
      return cell;
    },
    answer: compute => ({ compute }),
    read: cell => (cell.isInput ? values(database, cell) : answers(database, cell)),
    set: (cell, value) => set(database, values, cell, value),
  };
}

const SHARED = 30;
const NAMES = 20;

/** Builds the graph: texts, units, machines, an index by name, and rules that look at each unit. */
function graphOf(engine, machines, rules) {
  const text = [];
  const units = [];
  for (let index = 0; index < machines + SHARED; index++) {
    text.push(engine.input(`text of ${index}`));
    units.push(
      engine.answer(before => {
        const own = engine.read(text[index]);
        if (index >= SHARED) engine.read(text[index % SHARED]);
        const names = `${index % NAMES} ${own.length}`;
        return before?.names === names ? before : { names };
      }),
    );
  }
  const followed = Array.from({ length: machines }, (_, machine) =>
    engine.answer(before => {
      let names = engine.read(units[SHARED + machine]).names;
      for (let shared = 0; shared < SHARED; shared++) names += engine.read(units[shared]).names;
      return before?.names === names ? before : { names };
    }),
  );
  const index = engine.answer(() => followed.map(machine => engine.read(machine).names).join().length);
  const findings = Array.from({ length: rules }, (_, rule) => {
    const each = units.map(unit =>
      engine.answer(before => {
        const found = `${rule} ${engine.read(unit).names.length}`;
        return before?.found === found ? before : { found };
      }),
    );
    return engine.answer(() => {
      let length = rule % 3 === 0 ? engine.read(index) : 0;
      for (const look of each) length += engine.read(look).found.length;
      return length;
    });
  });
  return { text, findings };
}

const median = times => times.sort((left, right) => left - right)[times.length >> 1];

function measure(engine, machines, rules, edits) {
  globalThis.gc?.();
  const memory = process.memoryUsage().heapUsed;
  const start = performance.now();
  const { text, findings } = graphOf(engine, machines, rules);
  const all = () => findings.reduce((sum, rule) => sum + engine.read(rule), 0);
  all();
  const fresh = performance.now() - start;
  globalThis.gc?.();
  const bytes = process.memoryUsage().heapUsed - memory;
  const timesOf = (target, content) => {
    const times = [];
    for (let edit = 0; edit < edits; edit++) {
      const begin = performance.now();
      engine.set(text[target], content(edit));
      all();
      times.push(performance.now() - begin);
    }
    return median(times);
  };
  return {
    fresh,
    'edit that changes nothing': timesOf(SHARED + 3, edit => `same length ${edit % 10}`),
    'edit of a host': timesOf(SHARED + 3, edit => 'x'.repeat(edit)),
    'edit of a shared module': timesOf(3, edit => `same length ${edit % 10}`),
    MiB: bytes / 2 ** 20,
  };
}

const folder = mkdtempSync(join(tmpdir(), 'varsmith-engines-'));
try {
  const outfile = join(folder, 'query.mjs');
  await build({
    entryPoints: [join(ROOT, 'server/src/query/database.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
  });
  const query = await import(pathToFileURL(outfile).href);
  console.log(
    '| machines | engine | fresh, ms | an edit that changes nothing, ms | of a host, ms | of a shared module, ms | MiB |',
  );
  console.log('|---:|---|---:|---:|---:|---:|---:|');
  for (const machines of options.machines.split(',').map(Number)) {
    for (const [name, create] of [
      ['compares', comparing],
      ['marks', () => marking(query)],
    ]) {
      const row = measure(create(), machines, Number(options.rules), Number(options.edits));
      console.log(
        `| ${machines} | ${name} | ${Object.values(row)
          .map(value => value.toFixed(2))
          .join(' | ')} |`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

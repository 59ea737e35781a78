/**
 * Keystrokes in public fleets beside those in the example fleet: a comment, a string, and a generator or secret with a
 * mistake, in the file that has most to do with secrets (fleets.json). The fleets are checkouts that the caller has;
 * nothing of them is written or kept.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startServer } from '../driver/connection.mjs';
import { didOpen, openable, typing } from '../driver/document.mjs';
import { followFindings } from '../driver/findings.mjs';
import { withDefaults } from '../driver/options.mjs';
import { statistics } from '../driver/statistics.mjs';
import { ROOT } from '../servers.mjs';
import { missing } from './cells.mjs';

const { example, fleets } = JSON.parse(readFileSync(new URL('../fleets.json', import.meta.url), 'utf8'));

/** Edits before any is timed: code that is not compiled yet would be most of what is measured. */
export const WARM_UP = 12;
/** Long enough for what the server does of its own accord after an edit. */
const GAP_MS = 30;

/** What is wrong with each declaration can be told from the file alone, so that it is found in any fleet. */
const MISTAKES = {
  clan: n => `clan.core.vars.generators.bench = { files.bench-${n} = { }; script = "true"; };\n`,
  sops: n => `sops.secrets.bench.sopsFile = ./bench-${n}.yaml;\n`,
  age: n => `age.secrets.bench.file = ./bench-${n}.age;\n`,
};

/** The three kinds of edits; `isFinding` where the finding is another after each. */
const KINDS = {
  comment: { isFinding: false, edit: ({ at }) => inLine(at, n => `# note ${n}\n`) },
  string: { isFinding: false, edit: ({ string }, document) => inString(string, document) },
  secret: { isFinding: true, edit: ({ at, declares }) => inLine(at, MISTAKES[declares]) },
};

function inLine(line, each) {
  return { line: line - 1, character: 0, text: '', each };
}

function inString(line, { lines }) {
  const character = lines[line - 1].lastIndexOf('"');
  if (character < 0) throw new Error(`no string in line ${line}`);
  return { line: line - 1, character, text: '', each: n => ` ${n}` };
}

/**
 * Times the example fleet and all fleets of which there is a checkout in `directory`, named owner+name.
 * @param earlier the folder of another build, which takes turns; undefined if there is none
 * @returns one entry a fleet: its name, machines and commit, and its figures by kind of edit or why there are none;
 *   those of the other build are `before`
 */
export async function publicFleets(context, directory, earlier) {
  const { varsmith } = context.servers;
  const other = earlier && { command: [process.execPath, join(earlier, 'server.js'), '--stdio'] };
  const roots = [
    [example, join(ROOT, 'examples/fleet')],
    ...fleets.map(fleet => [fleet, join(directory, fleet.name.replace('/', '+'))]),
  ];
  const timed = [];
  for (const [fleet, root] of roots) {
    const before = other && (await timeFleet(context, other, fleet, root));
    timed.push({ ...(await timeFleet(context, varsmith, fleet, root)), ...(before && { before }) });
  }
  return timed;
}

async function timeFleet({ tell, repetitions, verbose }, server, fleet, root) {
  const { name, machines, commit = null } = fleet;
  const described = { name, machines, commit };
  tell(`varsmith: ${name}`);
  try {
    if (server.missing !== undefined) throw new Error(server.missing);
    if (commit !== null) holdTo(commit, root);
    const options = withDefaults({
      pull: 'no',
      command: server.command,
      verbose,
      root,
      files: [join(root, fleet.file)],
    });
    const edits = await timeEdits(options, fleet, repetitions.edits);
    return { ...described, ...edits };
  } catch (error) {
    tell(`${name}: ${error.message}`);
    return { ...described, ...missing(error.message) };
  }
}

/** @throws if there is no checkout of the commit, unchanged */
function holdTo(commit, root) {
  if (!existsSync(root)) throw new Error('no checkout');
  const git = (...args) => spawnSync('git', ['-C', root, ...args], { encoding: 'utf8' });
  const head = git('rev-parse', 'HEAD').stdout.trim();
  if (head !== commit) throw new Error(`at ${head.slice(0, 12)}, not ${commit.slice(0, 12)}`);
  if (git('status', '--porcelain', '--untracked-files=no').stdout.trim() !== '') throw new Error('changed');
}

async function timeEdits(options, fleet, repetitions) {
  const server = startServer(options);
  try {
    const { capabilities } = await server.initialize();
    const { textDocumentSync: sync } = capabilities;
    const incremental = (typeof sync === 'number' ? sync : sync?.change) === 2;
    const untilFindings = followFindings(server, options, false);
    const document = openable(options.files[0], options.language);
    await untilFindings(document, () => server.notify('textDocument/didOpen', didOpen(document)));
    await answered(server, document);
    const figures = {};
    for (const [kind, { isFinding, edit }] of Object.entries(KINDS)) {
      const place = edit(fleet, document);
      let isOver = false;
      const typed = typing(document, { ...place, each: n => (isOver ? '' : place.each(n)) }, incremental);
      const change = () => server.notify('textDocument/didChange', typed.next());
      const times = { finding: [], hover: [] };
      for (let i = 0; i < WARM_UP; i++) await edited(server, document, untilFindings, change, isFinding);
      const before = server.memory()?.cpuS ?? null;
      for (let i = 0; i < repetitions; i++)
        times.finding.push(await edited(server, document, untilFindings, change, isFinding));
      const after = server.memory()?.cpuS ?? null;
      for (let i = 0; i < repetitions; i++) times.hover.push(await answeredAfter(server, document, change));
      isOver = true;
      change();
      await answered(server, document);
      figures[kind] = {
        finding: statistics(times.finding),
        hover: statistics(times.hover),
        cpuMs: before === null ? null : ((after - before) * 1000) / repetitions,
      };
    }
    return { lines: document.lines.length, edits: figures, memory: server.memory() };
  } finally {
    await server.stop();
  }
}

async function edited(server, document, untilFindings, change, isFinding) {
  const { milliseconds } = await untilFindings(document, change, isFinding);
  // The first findings may come before all is current; the next edit is one of somebody who waited for that.
  await answered(server, document);
  await wait(GAP_MS);
  return milliseconds;
}

async function answeredAfter(server, document, change) {
  change();
  const { milliseconds } = await answered(server, document);
  await wait(GAP_MS);
  return milliseconds;
}

/** A question that is answered when all is current. */
function answered(server, { uri }) {
  const position = { line: 0, character: 0 };
  return server.request('textDocument/hover', { textDocument: { uri }, position });
}

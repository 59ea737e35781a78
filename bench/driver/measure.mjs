/**
 * One measured session with a language server. The definitions of the figures are in ../lsp-bench.mjs.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startServer } from './connection.mjs';
import { didOpen, endOf, openable, toggling, typing } from './document.mjs';
import { followFindings } from './findings.mjs';
import { withDefaults } from './options.mjs';
import { timeRequests } from './requests.mjs';
import { statistics } from './statistics.mjs';

const BURSTS = 5;
const MOST_LOST = 3;

/** Measures a server as `options` says (see options.mjs). @throws if the server does not start or ends early */
export async function measure(given) {
  const options = withDefaults(given);
  const starts = [];
  const opens = [];
  const fresh = Math.max(options.startReps, options.openReps) - 1;
  for (let i = 0; i < fresh; i++) {
    const hopeless = opens.length >= MOST_LOST && opens.every(open => open === null);
    const opensToo = i < options.openReps - 1 && !hopeless;
    const opening = await startAndOpen(options, opensToo ? options.files.slice(0, 1) : []);
    starts.push(opening.ready.milliseconds);
    opens.push(...opening.opened);
    await opening.server.stop();
  }
  const session = await startAndOpen(options, options.files);
  starts.push(session.ready.milliseconds);
  opens.push(...session.opened.slice(0, 1));
  try {
    return { ...describe(options, session, starts, opens), ...(await timeSession(options, session)) };
  } finally {
    await session.server.stop();
  }
}

async function startAndOpen(options, files) {
  const server = startServer(options);
  try {
    const ready = await server.initialize();
    // Dynamic registrations and configuration requests come now; with no settling, they are part of the figure.
    await wait(options.settle);
    const { capabilities } = ready;
    const offersPull =
      Boolean(capabilities.diagnosticProvider) || server.registered.has('textDocument/diagnostic');
    const pull = options.pull === 'yes' || (options.pull === 'auto' && offersPull);
    const idle = server.memory();
    const untilFindings = followFindings(server, options, pull);
    const documents = files.map(file => openable(file, options.language));
    const opened = [];
    for (const [index, document] of documents.entries()) {
      const broken = options.openBroken && index === 0;
      const text = broken ? breakOf(options, document, false).edited : document.text;
      const send = () => server.notify('textDocument/didOpen', didOpen(document, text));
      try {
        const { milliseconds, count } = await untilFindings(document, send, broken);
        opened.push({ milliseconds, count, sinceStart: performance.now() - server.startedAt });
      } catch (error) {
        if (server.ended() !== null) throw error;
        opened.push(null);
      }
    }
    return { server, ready, pull, idle, untilFindings, documents, opened };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function breakOf(options, document, incremental) {
  const place = options.break ?? { ...endOf(document), text: '\n ' };
  if (place.each !== undefined) return typing(document, place, incremental);
  return toggling(document, place, incremental, options.openBroken);
}

function describe(options, { ready, pull, idle, documents, opened }, starts, opens) {
  const answered = opens.filter(open => open !== null);
  return {
    name: options.name,
    server: ready.info,
    node: process.version,
    diagnostics: pull ? 'pull' : 'push',
    capabilities: Object.keys(ready.capabilities).filter(name => ready.capabilities[name]),
    files: documents.length,
    lines: documents[0].lines.length,
    bytes: Buffer.byteLength(documents[0].text),
    start: statistics(starts),
    open: statistics(answered.map(open => open.milliseconds)),
    openSinceStart: statistics(answered.map(open => open.sinceStart)),
    openCounts: opened.map(open => open?.count ?? null),
    rssIdleMiB: idle?.rssMiB ?? null,
  };
}

async function timeSession(options, { server, ready, untilFindings, documents }) {
  const [main] = documents;
  const sync = ready.capabilities.textDocumentSync;
  const incremental = (typeof sync === 'number' ? sync : sync?.change) === 2;
  const edit = breakOf(options, main, incremental);
  const change = still => server.notify('textDocument/didChange', edit.next(still));
  const follow = { server, untilFindings, change };
  await wait(options.settle);
  const watched = options.crossFile === undefined ? main : crossFileOf(options, documents);
  const keystroke = await timeKeystrokes(options, follow, watched);
  const burst = options.burst > 0 ? await timeBursts(options, follow, main) : null;
  if (edit.isInside()) change();
  await wait(options.settle);
  const requests = await timeRequests(server, ready.capabilities, main, options);
  return { keystroke, burst, requests, memory: server.memory() };
}

/** The document that findings are awaited for, opened or not; of one not opened any version counts. */
function crossFileOf({ crossFile }, documents) {
  const uri = /^[a-z]+:\/\//i.test(crossFile) ? crossFile : pathToFileURL(crossFile).href;
  const path = fileURLToPath(uri);
  return documents.find(document => fileURLToPath(document.uri) === path) ?? { uri, version: 0 };
}

async function timeKeystrokes(options, { server, untilFindings, change }, watched) {
  const times = [];
  const counts = new Set();
  let lost = 0;
  const cross = options.crossFile !== undefined;
  for (let i = 0; i < options.edits && lost < MOST_LOST; i++) {
    try {
      const { milliseconds, count } = options.untilAnswered
        ? await untilAnswered(server, watched, change)
        : await untilFindings(watched, () => change(), cross || options.untilChanged);
      times.push(milliseconds);
      counts.add(count);
    } catch (error) {
      if (server.ended() !== null) throw error;
      lost++;
    }
    await wait(options.gap);
  }
  return { ...statistics(times), counts: [...counts], lost };
}

/** The time until a question about the edited file is answered, for which everything has to be current. */
async function untilAnswered(server, { uri }, change) {
  change();
  const position = { line: 0, character: 0 };
  const { milliseconds } = await server.request('textDocument/hover', { textDocument: { uri }, position });
  return { milliseconds, count: 0 };
}

async function timeBursts(options, { server, untilFindings, change }, document) {
  const times = [];
  let lost = 0;
  for (let k = 0; k < BURSTS; k++) {
    // Where a repetition does not count, an even burst must not end where it began: its first edit changes nothing.
    for (let i = 0; i < options.burst - 1; i++)
      change(i === 0 && options.untilChanged && options.burst % 2 === 0);
    try {
      times.push((await untilFindings(document, () => change())).milliseconds);
    } catch (error) {
      if (server.ended() !== null) throw error;
      lost++;
    }
    await wait(options.settle);
  }
  return { edits: options.burst, ...statistics(times), lost };
}

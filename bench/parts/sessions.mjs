/** The language servers, each in sessions of its own: side by side on a file of 500 lines, and ours on a fleet. */
import { join } from 'node:path';
import { measure } from '../driver/measure.mjs';
import { MATRIX, REGISTRY, SCRIPT } from '../fleet.mjs';
import { missing, single, timed } from './cells.mjs';

/** What all sessions have in common: findings are pushed, and only a changed finding is an answer. */
const COMMON = { pull: 'no', openBroken: true, untilChanged: true, startReps: 1, methods: [], timeout: 5000 };

/** Starts, opens, edits, bursts and hovers of every server. Returns row → server → cell. */
export async function sideBySide(context) {
  const { fleet, fleetRoot, neighbours, neighbourRoot } = context;
  const host = join(fleetRoot, fleet.hosts[0]);
  const nix = { root: fleetRoot, files: [host, join(fleetRoot, REGISTRY), join(fleetRoot, MATRIX)] };
  const workloads = {
    varsmith: { ...nix, break: fleet.edits.host, queries: fleet.edits.hovers },
    floor: { ...nix, break: fleet.edits.syntax, queries: fleet.edits.hovers },
    bash: { root: neighbourRoot, ...neighbours.bash },
    yaml: { root: neighbourRoot, ...neighbours.yaml },
  };
  const rows = {};
  for (const [name, workload] of Object.entries(workloads)) {
    for (const [row, cell] of Object.entries(await oneServer(context, name, workload))) {
      rows[row] = { ...rows[row], [name]: cell };
    }
  }
  return rows;
}

async function oneServer(context, name, workload) {
  const { repetitions } = context;
  const session = await attempt(context, name, {
    ...workload,
    startReps: repetitions.fresh,
    openReps: repetitions.fresh,
    edits: repetitions.edits,
    reps: repetitions.edits,
    burst: 20,
    methods: ['hover'],
  });
  const cold = await attempt(context, name, { ...workload, ...brief(repetitions), settle: 0 });
  return {
    start: session.missing ? session : timed(session.start, 'no start'),
    open: session.missing ? session : timed(session.open),
    cold: cold.missing ? cold : timed(cold.openSinceStart),
    keystroke: session.missing ? session : timed(session.keystroke),
    burst: session.missing ? session : timed(session.burst),
    hover: session.missing ? session : hoverCell(session),
    memory: session.missing ? session : single(session.memory?.rssMiB),
    peak: session.missing ? session : single(session.memory?.peakMiB),
  };
}

/** Fresh processes and nothing after the first finding. */
function brief(repetitions) {
  return { openReps: repetitions.fresh, edits: 0, reps: 0 };
}

function hoverCell(session) {
  const { hover } = session.requests;
  if (hover === undefined) return missing('has none');
  return hover.empty === hover.n ? missing('all hovers empty') : timed(hover, 'all hovers failed');
}

/** Edits of our server in the other files of the fleet, from file to file, and with everything open. */
export async function inFleet(context) {
  const { fleet, fleetRoot, repetitions } = context;
  const at = path => join(fleetRoot, path);
  const base = { root: fleetRoot, edits: repetitions.edits, reps: 0 };
  const sessions = {
    'keystroke-matrix': { ...base, files: [at(MATRIX), at(REGISTRY)], break: fleet.edits.matrix },
    'keystroke-registry': { ...base, files: [at(REGISTRY), at(MATRIX)], break: fleet.edits.registry },
    'whole-matrix': {
      ...base,
      files: [at(MATRIX), at(REGISTRY)],
      break: fleet.edits.matrix,
      untilAnswered: true,
    },
    'whole-registry': {
      ...base,
      files: [at(REGISTRY), at(MATRIX)],
      break: fleet.edits.registry,
      untilAnswered: true,
    },
    'keystroke-script': { ...base, files: [at(SCRIPT)], break: fleet.edits.script },
    'typing-host': { ...base, files: [at(fleet.hosts[0])], break: typed(fleet.edits.host) },
    'typing-script': { ...base, files: [at(SCRIPT)], break: typed(fleet.edits.script) },
    'keystroke-pull': { ...base, files: [at(fleet.hosts[0])], break: fleet.edits.host, pull: 'yes' },
    'cross-file': {
      ...base,
      files: [at(REGISTRY), at(MATRIX)],
      break: fleet.edits.rename,
      crossFile: at(MATRIX),
      openBroken: false,
    },
  };
  const rows = {};
  for (const [row, workload] of Object.entries(sessions)) {
    const session = await attempt(context, 'varsmith', workload);
    rows[row] = { varsmith: session.missing ? session : timed(session.keystroke) };
  }
  const everything = await attempt(context, 'varsmith', {
    ...base,
    files: [...fleet.hosts, REGISTRY, MATRIX].map(at),
    break: fleet.edits.host,
    // Memory is that of a server at rest, the peak that of the whole session.
    settle: 1500,
    reps: repetitions.edits,
    methods: ['hover'],
    queries: fleet.edits.hovers,
  });
  const memory = key => (everything.missing ? everything : single(everything.memory?.[key]));
  return {
    ...rows,
    'memory-all': { varsmith: memory('rssMiB') },
    'peak-all': { varsmith: memory('peakMiB') },
  };
}

/** An edit of which each repetition names something else that is not there. */
function typed(edit) {
  return { ...edit, each: count => edit.text.replace(/bench-\w+/, name => `${name}-${count}`) };
}

/** A session, or why there is none: one server that fails must not cost the figures of the others. */
async function attempt({ servers, tell, verbose }, name, workload) {
  const server = servers[name];
  if (server.missing !== undefined) return missing(server.missing);
  tell(`${name}: ${workload.files[0].split('/').slice(-2).join('/')}`);
  try {
    return await measure({ ...COMMON, name, command: server.command, verbose, ...workload });
  } catch (error) {
    tell(`${name}: ${error.message}`);
    return missing(error.message);
  }
}

/** What to measure: the options of the driver, from a command line or from a script. */
import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const DEFAULTS = {
  pull: 'auto',
  folders: true,
  edits: 60,
  gap: 30,
  reps: 60,
  burst: 0,
  startReps: 5,
  openReps: 1,
  settle: 300,
  timeout: 15_000,
  queries: [],
  openBroken: false,
  untilChanged: false,
  untilAnswered: false,
  json: false,
  verbose: false,
};

/** Fills in what a caller left out. @throws if there is no file or no command */
export function withDefaults(options) {
  if (!(options.files?.length > 0)) throw new Error('give at least one file');
  if (!(options.command?.length > 0)) throw new Error('give the server command');
  return {
    ...DEFAULTS,
    root: dirname(options.files[0]),
    name: basename(options.command[0]),
    ...options,
  };
}

const text = { type: 'string' };
const flag = { type: 'boolean' };
const OPTIONS = {
  root: text,
  cwd: text,
  file: { type: 'string', multiple: true },
  lang: text,
  query: { type: 'string', multiple: true },
  break: text,
  edits: text,
  reps: text,
  gap: text,
  burst: text,
  methods: text,
  settings: text,
  init: text,
  pull: flag,
  'no-pull': flag,
  'no-workspace-folders': flag,
  'start-reps': text,
  'open-reps': text,
  'open-broken': flag,
  'until-changed': flag,
  'cross-file': text,
  settle: text,
  timeout: text,
  name: text,
  json: flag,
  verbose: flag,
};

/**
 * The options of a command line `[options] -- SERVER [ARGS]`.
 * @throws if an option is unknown, malformed or missing
 */
export function parseOptions(argv) {
  const cut = argv.indexOf('--');
  if (cut < 0) throw new Error('give the server command after --');
  const { values } = parseArgs({ args: argv.slice(0, cut), options: OPTIONS });
  const given = {
    command: argv.slice(cut + 1),
    files: (values.file ?? []).map(file => resolve(file)),
    root: values.root && resolve(values.root),
    cwd: values.cwd && resolve(values.cwd),
    language: values.lang,
    name: values.name,
    queries: values.query?.map(place),
    break: values.break && breakOf(values.break),
    crossFile: values['cross-file'],
    methods: values.methods?.split(','),
    settings: json(values.settings),
    init: json(values.init),
    pull: values.pull ? 'yes' : values['no-pull'] ? 'no' : undefined,
    folders: values['no-workspace-folders'] ? false : undefined,
    edits: count(values.edits),
    reps: count(values.reps),
    gap: count(values.gap),
    burst: count(values.burst),
    startReps: count(values['start-reps']),
    openReps: count(values['open-reps']),
    settle: count(values.settle),
    timeout: count(values.timeout),
    openBroken: values['open-broken'],
    untilChanged: values['until-changed'],
    json: values.json,
    verbose: values.verbose,
  };
  return withDefaults(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
}

function place(value) {
  const [, line, character] = /^(\d+):(\d+)$/.exec(value) ?? fail(`not LINE:CHAR: ${value}`);
  return { line: Number(line), character: Number(character) };
}

function breakOf(value) {
  const [, line, character, inserted] =
    /^(\d+):(\d+):([\s\S]+)$/.exec(value) ?? fail(`not LINE:CHAR:TEXT: ${value}`);
  return { line: Number(line), character: Number(character), text: inserted.replaceAll('\\n', '\n') };
}

function count(value) {
  if (value === undefined) return undefined;
  return /^\d+$/.test(value) ? Number(value) : fail(`not a number: ${value}`);
}

function json(value) {
  if (value === undefined) return undefined;
  return JSON.parse(value.startsWith('@') ? readFileSync(value.slice(1), 'utf8') : value);
}

function fail(message) {
  throw new Error(message);
}

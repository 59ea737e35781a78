/**
 * A repository of somebody else that is only looked at: nothing of it runs, nothing outside of it is shown, nothing in it
 * is waited for, and no name of it reaches a terminal as it is.
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from 'vitest';
import { createLastingFleet, type LastingFleet } from '../cli/generating-fleet.ts';
import { buildProgram } from '../cli/program.ts';
import { write } from '../workspace/support.ts';
import { changed } from './hostile-changes.ts';
import { ENDLESS } from './hostile-endless.ts';
import { EVIL_NAMES, FORMATS } from './hostile-names.ts';
import { plantPrograms, ran } from './hostile-programs.ts';
import { chance, expectNothingBroken, isLong, LIMIT_MS, openLedger, SEED, turns } from './ledger.ts';
import { attackProgram } from './victim.ts';

const ledger = openLedger('hostile');
buildProgram();

const GENERATORS = `
  a = { files.s = { }; files.p.secret = false; script = "printf s > $out/s; printf p > $out/p"; };
  b = { dependencies = [ "a" ]; files.t = { }; script = "cat $in/a/s > $out/t"; };`;

let made: LastingFleet;
let pristine = '';

beforeAll(async () => {
  made = await createLastingFleet({ m: GENERATORS, n: GENERATORS });
  const { code, stderr } = await made.run(['generate', '--yes']);
  if (code !== 0) throw new Error(stderr);
  write(
    made.root,
    'varsmith.json',
    '{ "exclude": ["**/node_modules/**"], "rules": { "eval/*": "warning" } }\n',
  );
  write(made.root, 'flake.lock', '{ "nodes": { "root": {} }, "root": "root", "version": 7 }\n');
  made.git('add', '-A');
  made.git('commit', '-qm', 'settings');
  pristine = join(made.home, '../pristine');
  cpSync(made.root, pristine, { recursive: true, verbatimSymlinks: true });
});

afterAll(() => made.remove());

/** Puts the fleet back to what it was. */
function restore(): void {
  rmSync(made.root, { recursive: true, force: true });
  cpSync(pristine, made.root, { recursive: true, verbatimSymlinks: true });
}

/** Leaves the note of a commit that was never made, so that git is asked what is committed. */
function oweCommit(root: string): void {
  const [state = ''] = readdirSync(join(root, '.git/varsmith'));
  const path = 'vars/per-machine/m/a/p/value';
  const is = `sha256:${createHash('sha256')
    .update(readFileSync(join(root, path)))
    .digest('hex')}`;
  const note = { version: 1, commits: [{ message: 'owed', files: [{ path, is }] }] };
  write(root, join('.git/varsmith', state, 'owed'), JSON.stringify(note));
}

const LOOKING = [
  ['check'],
  ['inspect'],
  ['plan'],
  ['list'],
  ['verify'],
  ['graph'],
  ['env', 'm'],
  ['access'],
  ['access', '--diff', 'HEAD'],
  ['doctor'],
];

const ALL = [...LOOKING, ['generate', '--yes'], ['fix'], ['get', 'm', 'a/s']];

/** What no terminal and no log should get: all that moves the cursor, turns text round or is invisible. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const RAW = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

/** What the log of a CI service obeys, except for the annotations that are asked for. */
const CI_COMMAND = /^[^\S\n]*::(?!(?:error|warning|notice) file=[^:]*,title=)|##(?:vso)?\[/m;

it(
  'nothing of it runs, whatever PATH, Git and its own settings say',
  async () => {
    restore();
    const evil = plantPrograms(made);
    for (const hook of ['post-index-change', 'reference-transaction', 'pre-commit', 'post-checkout']) {
      const path = join(made.root, '.git/hooks', hook);
      mkdirSync(join(path, '..'), { recursive: true });
      cpSync(evil, path);
    }
    for (const key of [
      'core.fsmonitor',
      'core.sshCommand',
      'diff.external',
      'core.pager',
      'core.editor',
      'gpg.program',
    ])
      made.git('config', key, evil);
    for (const key of [
      'filter.x.clean',
      'filter.x.smudge',
      'filter.x.process',
      'diff.x.textconv',
      'alias.rev-parse',
      'alias.ls-files',
    ])
      made.git('config', key, key.startsWith('alias') ? `!${evil}` : evil);
    writeFileSync(join(made.root, '.gitattributes'), '* filter=x diff=x\n');
    write(
      made.root,
      '.vscode/settings.json',
      JSON.stringify({ 'varsmith.server.path': evil, 'varsmith.path': evil }),
    );
    oweCommit(made.root);
    ran(made);
    const own = process.env.PATH;
    // All at once in the short form: what starts anything through one of them is found either way.
    const paths = [`${own}`, `.:${own}`, `:${own}`, `bin:${own}`, `./bin:${own}`];
    for (const PATH of isLong ? paths : [`.::bin:./bin:${own}`])
      for (const command of LOOKING) {
        ledger.count('looks');
        const { code } = await attackProgram(made, command, { env: { PATH } });
        ledger.judge('hostile: runs', ran(made) ?? (code === 'hangs' ? `${command} hangs` : null));
      }
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);

it(
  "the store's own command is started by nobody who was not allowed to",
  async () => {
    restore();
    const evil = plantPrograms(made);
    for (const where of isLong ? ['./evil.sh', evil] : ['./evil.sh']) {
      writeFileSync(join(made.root, 'varsmith.json'), JSON.stringify({ store: { command: [where] } }));
      ran(made);
      for (const command of isLong ? ALL : [['plan'], ['list'], ['check']]) {
        if (!ledger.tries('hostile: store command')) continue;
        ledger.count('looks');
        await attackProgram(made, command);
        ledger.judge('hostile: store command', ran(made));
      }
    }
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);

it(
  'nothing outside of it is shown',
  async () => {
    restore();
    const outside = join(made.root, '../outside');
    write(outside, 's.txt', 'Canary9-outside');
    write(outside, 'x.nix', '{ x = "Canary9-outside"; }');
    const machine = join(made.root, 'machines/m');
    for (const [name, target] of [
      ['link', 's.txt'],
      ['link.nix', 'x.nix'],
      ['dir', ''],
    ] as const)
      symlinkSync(join(outside, target), join(machine, name));
    made.machine(
      'm',
      `g = { files."\${builtins.readFile ../../../outside/s.txt}" = { }; files.\${(import ../../../outside/x.nix).x} = { };
         script = builtins.readFile ./link; dependencies = [ (import ./link.nix).x (builtins.readFile ./dir/s.txt) ]; };
       k = { files.b = { }; script = "\${builtins.readFile \${./dir/s.txt}}"; };`,
    );
    for (const path of [
      'varsmith.json',
      '.sops.yaml',
      'vars/shared/q/v/value',
      'sops/users/eve/key.json',
      'flake.lock',
    ]) {
      mkdirSync(join(made.root, path, '..'), { recursive: true });
      rmSync(join(made.root, path), { force: true });
      symlinkSync(join(outside, 's.txt'), join(made.root, path));
    }
    for (const command of [
      ...LOOKING,
      ['check', '--format', 'json'],
      ['inspect', '--format', 'json'],
      ['generate', '--yes'],
    ]) {
      ledger.count('looks');
      const { code, stdout, stderr } = await made.run(command);
      const wrong = (stdout + stderr).includes('Canary9') ? 'shows a file from outside' : null;
      ledger.judge('hostile: outside', wrong ?? (code > 2 ? `${command} ends with ${code}` : null));
    }
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);

it(
  'nothing in it is waited for or grows without end',
  async () => {
    for (const [at, [name, plant]] of Object.entries(ENDLESS).entries()) {
      // Each takes a program of its own.
      if (!ledger.tries(`hostile: ${name}`) || (!isLong && at % 7 !== 0)) continue;
      restore();
      plant(made);
      for (const command of isLong ? LOOKING : [['check']]) {
        ledger.count('bombs');
        const { code, stderr } = await attackProgram(made, command, {
          env: { NODE_OPTIONS: '--max-old-space-size=3000' },
        });
        const ends = code === 0 || code === 1 || code === 2;
        ledger.judge(`hostile: ${name}`, ends ? null : `${command} ends with ${code}: ${stderr.slice(-300)}`);
      }
    }
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);

it(
  'names with control characters, or with commands for the log of a CI service, reach no output as they are',
  async () => {
    restore();
    const quoted = (text: string) =>
      JSON.stringify(text).replace(/\\u([0-9a-f]{4})/g, (_, hex) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
    const generators = EVIL_NAMES.map(
      (
        name,
        i,
      ) => `${quoted(name)} = { files.${quoted(`${name}f`)} = { }; prompts.${quoted(name)}.description = ${quoted(name)};
        dependencies = [ ${quoted(`missing${name}`)} ]; script = "echo ${i}"; };`,
    );
    made.machine('m', generators.join('\n'));
    for (const name of EVIL_NAMES.filter(one => !one.includes('/'))) {
      write(made.root, `${name}.nix`, `{ x = (; ${name} }`);
      write(made.root, `vars/per-machine/m/${name}/f\x1b[1m/value`, '\x1b]52;c;UFdO\x07\x1b[31mred\r\nx');
    }
    for (const args of FORMATS) {
      const probe = `hostile: control characters of ${args.filter(arg => !arg.startsWith('-')).join(' ')}`;
      if (!ledger.tries(probe)) continue;
      ledger.count('looks');
      const { code, stdout, stderr } = await made.run(args);
      const output = (stdout + stderr).replaceAll('\r\n', '\n');
      const raw = RAW.exec(output) ?? CI_COMMAND.exec(output);
      const around =
        raw === null ? '' : JSON.stringify(output.slice(Math.max(0, raw.index - 60), raw.index + 20));
      ledger.judge(probe, raw === null ? null : `${code}: ${around}`);
    }
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);

const HANG_MS = 2000;

it(
  'whatever one of its files says, all commands end, and none crashes',
  async () => {
    restore();
    const luck = chance(SEED);
    const files = readdirSync(made.root, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .filter(path => !/\.git\/(objects|hooks|info|logs|varsmith|description)/.test(path));
    for (const figure of ['crashes', 'hangs']) ledger.count(figure, 0);
    for (const _ of turns('inputs', 80)) {
      const path = luck.pick(files);
      const good = readFileSync(path);
      writeFileSync(path, changed(good, luck));
      const command = luck.pick([
        ...LOOKING,
        ['check', '--format', 'json'],
        ['get', 'm', 'a/s'],
        ['graph', '--format', 'dot'],
      ]);
      const before = process.cpuUsage();
      const { code, stdout, stderr } = await made.run(command);
      const { user, system } = process.cpuUsage(before);
      const took = (user + system) / 1000;
      ledger.count('inputs');
      ledger.most('most ms for an input', took);
      const what = `${command.join(' ')} with another ${path.slice(made.root.length)}`;
      const isCrash =
        /TypeError|RangeError|is not a function|Cannot read prop|is not iterable|call stack|undefined/.test(
          stderr,
        );
      if (isCrash || code > 2) ledger.count('crashes');
      ledger.judge('hostile: inputs', isCrash || code > 2 ? `${what}: ${code} ${stderr}` : null);
      if (RAW.test(stderr) || (command[1] === undefined && RAW.test(stdout)))
        ledger.judge('hostile: control characters of inputs', what);
      if (isLong && took > HANG_MS) {
        ledger.count('hangs');
        ledger.judge('hostile: hangs', `${what}: ${took} ms of the processor`);
      }
      writeFileSync(path, good);
    }
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);

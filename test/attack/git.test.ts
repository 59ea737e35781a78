/**
 * Git in every state that people leave it in: what is theirs is neither committed nor lost nor moved in the index, values
 * are stored or it is said why not, and the next run commits what an earlier one could not.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'vitest';
import { createLastingFleet, type GeneratingFleet, type LastingFleet } from '../cli/generating-fleet.ts';
import { buildProgram } from '../cli/program.ts';
import { varsmith } from '../cli/support.ts';
import { write } from '../workspace/support.ts';
import { attempt, STATES, type State, stateOf } from './git-states.ts';
import { chance, expectNothingBroken, isLong, LIMIT_MS, openLedger, SEED, turns } from './ledger.ts';
import { attackProgram } from './victim.ts';

const ledger = openLedger('git');
buildProgram();

const GENERATORS = `
  a = { files.s = { }; files.p.secret = false; script = "printf s$RANDOM > $out/s; printf p$RANDOM > $out/p"; };
  b = { dependencies = [ "a" ]; files.s = { }; script = "cat $in/a/s > $out/s"; };`;

const isPresent = ({ root }: GeneratingFleet) =>
  ['a', 'b'].every(name => existsSync(join(root, `vars/per-machine/m/${name}/s/secret`)));

async function withFleet(body: (made: LastingFleet) => Promise<void>): Promise<void> {
  const made = await createLastingFleet({ m: GENERATORS });
  try {
    write(made.root, 'mine.txt', 'mine\n');
    made.git('add', '-A');
    made.git('commit', '-qm', 'mine');
    await body(made);
  } finally {
    made.remove();
  }
}

const VARS = ['--', 'vars', 'sops/machines', 'sops/secrets'];

/** Puts the repository into a state, runs, ends the state, runs again. @returns what does not hold */
async function tried({ begin, end, says, keeps = [], staysOpen = false }: State, made: LastingFleet) {
  const { git, root } = made;
  begin(made);
  const kept = () => keeps.map(args => git(...args)).join('\n');
  const before = kept();
  const tip = attemptText(git, 'rev-parse', 'HEAD');
  const first = await made.run(['generate', '--yes']);
  const said = first.stdout + first.stderr;
  const found: string[] = [];
  if (/unexpected|TypeError/.test(said)) found.push(said);
  if (first.code !== 0 && !says?.test(said)) found.push(`does not say why: ${said}`);
  if (kept() !== before) found.push(`changed what is not its own: ${before} → ${kept()}`);
  if (existsSync(join(stateOf(root), 'lock'))) found.push('leaves its lock');
  if (
    /^(mine|new|untracked)\.txt/m.test(
      attemptText(git, 'log', '--name-only', '--format=', `${tip.trim()}..HEAD`),
    )
  )
    found.push('commits what is not its own');
  end?.(made);
  const second = await made.run(['generate', '--yes']);
  if (!staysOpen && second.code !== 0) found.push(`the next run fails: ${second.stderr}`);
  if (!isPresent(made)) found.push('the next run does not complete the values');
  const open = git('status', '--porcelain', ...VARS);
  if (!staysOpen && open !== '') found.push(`the next run leaves uncommitted: ${open}`);
  const litter = attemptText(git, 'fsck', '--strict', '--no-dangling');
  if (litter.includes('error')) found.push(litter);
  for (const name of ['journal.999999.new', 'lock.0123456789abcdef'])
    if (existsSync(join(stateOf(root), name))) found.push(`${name} stays`);
  return found.length === 0 ? null : found.join('; ');
}

function attemptText(git: GeneratingFleet['git'], ...args: readonly string[]): string {
  try {
    return git(...args);
  } catch {
    return '';
  }
}

it(
  'every state of Git is left as it is, and what is owed is committed later',
  async () => {
    const states = STATES.filter(({ name }, at) => ledger.tries(`git: ${name}`) && (isLong || at % 2 === 1));
    for (const state of states)
      await withFleet(async made => {
        ledger.count('states');
        ledger.judge(`git: ${state.name}`, await tried(state, made));
      });
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);

it(
  'worktrees, submodules and shallow clones are repositories like others',
  async () => {
    await withFleet(async made => {
      const env = {
        HOME: made.home,
        PATH: process.env.PATH ?? '',
        GIT_CONFIG_GLOBAL: join(made.home, '.gitconfig'),
      };
      const base = join(made.home, '..');
      const gitIn = (cwd: string, ...args: readonly string[]) =>
        execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      made.git('worktree', 'add', '-q', join(base, 'worktree'), '-b', 'other');
      gitIn(base, 'clone', '-q', '--depth', '1', `file://${made.root}`, 'shallow');
      mkdirSync(join(base, 'super'));
      gitIn(join(base, 'super'), 'init', '-q');
      gitIn(
        join(base, 'super'),
        '-c',
        'protocol.file.allow=always',
        'submodule',
        'add',
        '-q',
        made.root,
        'fleet',
      );
      for (const name of ['worktree', 'shallow', 'super/fleet']) {
        const root = join(base, name);
        const { code, stderr } = await varsmith(['generate', '--yes'], { cwd: root, env });
        ledger.count('states');
        const open = gitIn(root, 'status', '--porcelain');
        ledger.judge(
          `git: ${name}`,
          code === 0 && open === '' && isPresent({ ...made, root }) ? null : stderr + open,
        );
      }
      ledger.judge('git: beside a worktree', made.git('status', '--porcelain') === '' ? null : 'changed');
    });
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);

it(
  'a person who commits at the same moment takes nothing along, and loses nothing',
  async () => {
    if (!ledger.tries('git: commits at the same moment')) return;
    const luck = chance(SEED);
    await withFleet(async made => {
      const { git, root } = made;
      for (const i of turns('races', 1)) {
        ledger.count('races');
        const running = attackProgram(made, ['generate', '--yes', '--regenerate']);
        let done = false;
        void running.then(() => (done = true));
        const own: string[] = [];
        while (!done) {
          write(root, 'mine.txt', `${i} ${own.length}\n`);
          attempt(git, 'add', 'mine.txt');
          attempt(git, 'commit', '-qm', `mine ${own.length}`);
          own.push('');
          // Looks at what is there, which takes no lock: so the other one comes to its turn, and never at the same moment.
          for (let looks = luck.below(4); looks > 0; looks--) attempt(git, 'diff', '--stat', 'HEAD');
          await new Promise(resolve => setImmediate(resolve));
        }
        await running;
        const next = await attackProgram(made, ['generate', '--yes']);
        const taken = git('log', '--format=%n%s', '--name-only')
          .split('\n\n')
          .filter(text => /^mine \d/.test(text.trim()) && /vars|sops/.test(text));
        const open = git('status', '--porcelain', ...VARS);
        const what = [
          ...taken.map(text => `a person's commit took along ${text}`),
          ...(open === '' ? [] : [`left uncommitted ${open}`]),
          ...(next.code === 0 ? [] : [next.stderr]),
        ];
        ledger.judge('git: commits at the same moment', what.length === 0 ? null : what.join('; '));
      }
    });
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);

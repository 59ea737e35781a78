/**
 * Git in every state that people leave it in: what is theirs is neither committed nor lost nor moved in the index, values
 * are stored or it is said why not, and the next run commits what an earlier one could not.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { it } from 'vitest';
import { createLastingFleet, type GeneratingFleet, type LastingFleet } from '../cli/generation.ts';
import { buildProgram } from '../cli/program.ts';
import { varsmith } from '../cli/support.ts';
import { write } from '../workspace/support.ts';
import { chance, expectNothingBroken, isLong, LIMIT_MS, openLedger, SEED, turns } from './ledger.ts';
import { attackProgram } from './victim.ts';

const ledger = openLedger('git');
buildProgram();

const GENERATORS = `
  a = { files.s = { }; files.p.secret = false; script = "printf s$RANDOM > $out/s; printf p$RANDOM > $out/p"; };
  b = { dependencies = [ "a" ]; files.s = { }; script = "cat $in/a/s > $out/s"; };`;

/** A state: what brings it about, and what holds behind a run in it (`null`) or does not. */
interface State {
  readonly name: string;
  readonly begin: (made: GeneratingFleet) => void;
  /** Ends what stands in the way, before the next run. */
  readonly end?: (made: GeneratingFleet) => void;
  /** The run may fail: it then says so with these words. */
  readonly says?: RegExp;
  /** What must be as it was before the run: Git's own words for it. */
  readonly keeps?: readonly (readonly string[])[];
  /** Nothing can be committed, not even by the next run. */
  readonly staysOpen?: boolean;
}

const hook = ({ root }: GeneratingFleet, name: string, text: string) => {
  const path = join(root, '.git/hooks', name);
  mkdirSync(join(root, '.git/hooks'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
};

const staged = ({ root, git }: GeneratingFleet) => {
  write(root, 'mine.txt', 'staged\n');
  write(root, 'new.txt', 'new\n');
  git('add', 'mine.txt', 'new.txt');
  write(root, 'mine.txt', 'unstaged\n');
  write(root, 'untracked.txt', 'untracked\n');
};

const OWN = ['--', 'mine.txt', 'new.txt', 'untracked.txt', 'machines'];
const INDEX = [
  ['status', '--porcelain', ...OWN],
  ['diff', '--cached', ...OWN],
  ['diff', ...OWN],
];

const conflicting = ({ root, git }: GeneratingFleet) => {
  git('checkout', '-qb', 'theirs');
  write(root, 'mine.txt', 'theirs\n');
  git('commit', '-qam', 'theirs');
  git('checkout', '-q', 'main');
  write(root, 'mine.txt', 'ours\n');
  git('commit', '-qam', 'ours');
};

const attempt = (git: GeneratingFleet['git'], ...args: readonly string[]) => {
  try {
    git(...args);
  } catch {
    // It stops at the conflict: that is the state.
  }
};

/** Where runs leave notes for each other. */
function stateOf(root: string): string {
  return join(root, '.git/varsmith', createHash('sha256').update(root).digest('hex').slice(0, 16));
}

const STATES: readonly State[] = [
  { name: 'work of others in the index', begin: staged, keeps: INDEX },
  {
    name: 'work of others in the index, and a hook that refuses',
    begin: made => {
      staged(made);
      hook(made, 'pre-commit', 'exit 1');
      hook(made, 'prepare-commit-msg', 'exit 1');
      hook(made, 'commit-msg', 'exit 1');
    },
    end: ({ root }) => rmSync(join(root, '.git/hooks'), { recursive: true }),
    says: /not committed/,
    keeps: INDEX,
  },
  { name: 'detached', begin: ({ git }) => void git('checkout', '-q', '--detach') },
  {
    name: 'signing without a key',
    begin: ({ git }) => {
      git('config', 'commit.gpgsign', 'true');
      git('config', 'user.signingkey', 'DEADBEEF');
    },
    end: ({ git }) => void git('config', 'commit.gpgsign', 'false'),
    says: /not committed/,
  },
  {
    name: 'index.lock',
    begin: ({ root }) => writeFileSync(join(root, '.git/index.lock'), ''),
    end: ({ root }) => rmSync(join(root, '.git/index.lock')),
    says: /not committed|index\.lock/,
  },
  {
    name: 'a merge under way',
    begin: made => {
      conflicting(made);
      attempt(made.git, 'merge', 'theirs');
    },
    end: ({ git }) => void git('merge', '--abort'),
    says: /not committed|merge/i,
    keeps: [
      ['rev-parse', 'MERGE_HEAD'],
      ['ls-files', '-u'],
      ['diff', '--name-only', '--cached', ...OWN],
    ],
  },
  {
    name: 'a rebase under way',
    begin: made => {
      conflicting(made);
      attempt(made.git, 'rebase', 'theirs');
    },
    end: ({ git }) => void git('rebase', '--abort'),
    says: /not committed|rebase|unmerged|merge/i,
    keeps: [['ls-files', '-u']],
  },
  {
    name: 'hooks that change the index and fail late',
    begin: made => {
      staged(made);
      hook(made, 'post-commit', 'exit 1');
      hook(made, 'post-index-change', 'exit 1');
    },
    keeps: INDEX,
  },
  {
    name: 'no commit yet',
    begin: ({ root, git }) => {
      rmSync(join(root, '.git'), { recursive: true });
      git('init', '-q');
      git('add', 'mine.txt');
    },
    keeps: [['ls-files', '--', 'mine.txt', 'flake.nix']],
  },
  {
    name: 'line ends turned by Git',
    begin: ({ root, git }) => {
      git('config', 'core.autocrlf', 'true');
      appendFileSync(join(root, '.gitattributes'), '* text=auto eol=crlf\n');
      git('add', '.gitattributes');
      git('commit', '-qm', 'crlf');
    },
  },
  {
    name: 'vars ignored',
    begin: ({ root, git }) => {
      write(root, '.gitignore', 'vars\n');
      git('add', '.gitignore');
      git('commit', '-qm', 'ignore');
    },
    says: /ignore/,
    staysOpen: true,
  },
  {
    name: 'nobody',
    begin: ({ home }) => writeFileSync(join(home, '.gitconfig'), '[user]\n\tuseConfigOnly = true\n'),
    end: ({ home }) =>
      writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = Ada\n\temail = ada@example.org\n'),
    says: /not committed/,
  },
  {
    name: 'the empty folder of a machine',
    begin: ({ root }) => void mkdirSync(join(root, 'sops/machines/m'), { recursive: true }),
  },
  {
    name: 'what a killed writer leaves beside its journal',
    begin: ({ root }) => {
      const gone = { pid: 999_999, started: '1', host: hostname(), token: '0123456789abcdef' };
      write(stateOf(root), 'journal.999999.new', '{');
      write(stateOf(root), 'lock.0123456789abcdef', JSON.stringify(gone));
    },
  },
];

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
          // Lets the other one go on.
          await new Promise(resolve => setImmediate(resolve));
          if (luck.below(3) === 0)
            await Promise.race([running, new Promise(resolve => setTimeout(resolve, 1))]);
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

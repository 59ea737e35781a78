/** The states that people leave a repository in. */
import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { GeneratingFleet } from '../cli/generating-fleet.ts';
import { write } from '../workspace/support.ts';

/** A state: what brings it about, and what holds behind a run in it (`null`) or does not. */
export interface State {
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

/** A command of Git that may fail: it stops where that is the state, such as at a conflict. */
export const attempt = (git: GeneratingFleet['git'], ...args: readonly string[]) => {
  try {
    git(...args);
  } catch {
    // That is what was wanted.
  }
};

/** Where runs leave notes for each other. */
export function stateOf(root: string): string {
  return join(root, '.git/varsmith', createHash('sha256').update(root).digest('hex').slice(0, 16));
}

export const STATES: readonly State[] = [
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
    says: /not (all of them are )?committed/,
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
    says: /not (all of them are )?committed/,
  },
  {
    name: 'index.lock',
    begin: ({ root }) => writeFileSync(join(root, '.git/index.lock'), ''),
    end: ({ root }) => rmSync(join(root, '.git/index.lock')),
    says: /not (all of them are )?committed|index\.lock/,
  },
  {
    name: 'a merge under way',
    begin: made => {
      conflicting(made);
      attempt(made.git, 'merge', 'theirs');
    },
    end: ({ git }) => void git('merge', '--abort'),
    says: /not (all of them are )?committed|merge/i,
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
    says: /not (all of them are )?committed|rebase|unmerged|merge/i,
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
    says: /needs your name and email address/,
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

// The completions, as the shells themselves understand them, and the manual page as groff does.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstWords } from '../../../server/src/cli/completions/shared.ts';
import { COMMANDS } from '../../../server/src/cli/table/command-table.ts';
import { describeIf } from '../../conditionally.ts';
import { buildProgram, programPath } from '../program.ts';
import { varsmith } from '../support.ts';

const FLEET = join(__dirname, '../../../examples/fleet');
const hasProgram = (name: string) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;

buildProgram();
let home: string;
let machine: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'varsmith-shells-'));
  mkdirSync(join(home, 'bin'));
  symlinkSync(programPath(), join(home, 'bin/varsmith'));
  for (const shell of ['bash', 'zsh', 'fish', 'nushell'])
    writeFileSync(join(home, shell), (await varsmith(['completions', shell])).stdout);
  machine =
    (await varsmith(['completions', '--names', 'machine'], { cwd: FLEET })).stdout.split('\n')[0] ?? '';
});
afterAll(() => rmSync(home, { recursive: true }));

function run(program: string, args: readonly string[], input = ''): string {
  return execFileSync(program, args, {
    cwd: FLEET,
    encoding: 'utf8',
    input,
    env: { HOME: home, PATH: `${join(home, 'bin')}:${process.env.PATH}`, TERM: 'dumb', LC_ALL: 'C.UTF-8' },
  });
}

/** What a shell offers for a line that ends in the word to complete, in no order. */
type Complete = (line: string) => readonly string[];

/** What is completed alike in every shell. */
function completes(complete: Complete): void {
  it('commands', () => {
    expect(complete('varsmith ')).toEqual(
      expect.arrayContaining(firstWords(COMMANDS).map(({ word }) => word)),
    );
    expect([...complete('varsmith ge')].sort()).toEqual(['generate', 'get']);
  });
  it('second words', () => expect([...complete('varsmith add ')].sort()).toEqual(['secret', 'sops']));
  it('options of the command alone', () => {
    expect(complete('varsmith check --fo')).toEqual(['--format']);
    expect(complete('varsmith add sops --r')).toEqual(['--random']);
    expect(complete('varsmith rules --fo')).toEqual([]);
  });
  it('values of options', () => {
    expect([...complete('varsmith check --format s')]).toEqual(['sarif']);
    expect([...complete('varsmith add secret x --kind p')].sort()).toEqual(['password', 'prompt']);
    expect([...complete('varsmith completions ')].sort()).toEqual(['bash', 'fish', 'nushell', 'zsh']);
  });
  it('names of the fleet, after options too', () => {
    expect(complete('varsmith verify -m ')).toContain(machine);
    expect(complete(`varsmith get --json ${machine.slice(0, 1)}`)).toContain(machine);
    expect(complete(`varsmith get ${machine} `).length).toBeGreaterThan(0);
    for (const name of complete(`varsmith get ${machine} `)) expect(name).toContain('/');
  });
}

describe('completions', () => {
  it('are for the four shells, and for no other', async () => {
    for (const shell of ['bash', 'zsh', 'fish', 'nushell']) {
      const { code, stdout } = await varsmith(['completions', shell]);
      expect(code).toBe(0);
      for (const { name, options } of COMMANDS) {
        expect(stdout).toContain(name);
        for (const option of options) if (!option.hidden) expect(stdout).toContain(option.name);
      }
    }
    expect(await varsmith(['completions', 'csh'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it takes bash, zsh, fish, nushell.'),
    });
  });

  it('ask for names, which are none where there is no fleet', async () => {
    const names = async (kind: string, cwd = FLEET) =>
      (await varsmith(['completions', '--names', kind], { cwd })).stdout.trim().split('\n');
    expect(machine).not.toBe('');
    expect(await names('rule')).toEqual(expect.arrayContaining(['registry/unknown-key', 'registry/*']));
    const generators = await names('generator');
    for (const name of await names('var')) expect(generators).toContain(name.split('/')[0]);
    for (const kind of ['machine', 'generator', 'var', 'user']) expect(await names(kind, home)).toEqual(['']);
  });
});

describeIf(hasProgram('bash'), 'bash completes', () => {
  const complete = (line: string) => {
    const script = `
      . "$HOME/bash" || exit 1
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=\${#COMP_LINE}
      _varsmith
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    // Bash itself takes an equals sign for a word.
    const words = line.split(' ').flatMap(word => word.split(/(?<==)|(?==)/));
    const found = run('bash', ['--norc', '-c', script, 'bash', ...words]);
    return found.split('\n').filter(each => each !== '');
  };
  completes(complete);
  it('values behind an equals sign', () => {
    expect(complete('varsmith check --format=')).toContain('sarif');
    expect(complete('varsmith check --format=s')).toEqual(['sarif']);
    expect(complete('varsmith check --format=json --sev')).toEqual(['--severity']);
  });
  it('rules with stars as they are', () =>
    expect(complete('varsmith check --rule registry/')).toContain('registry/*'));
  it('folders', () => expect(complete('varsmith check mod')).toEqual(['modules']));
});

describeIf(hasProgram('fish'), 'fish completes', () => {
  completes(line =>
    run('fish', ['--no-config', '-c', `source $HOME/fish; complete -C ${JSON.stringify(line)}`])
      .split('\n')
      .map(each => each.split('\t')[0] ?? '')
      .filter(each => each !== ''),
  );
});

describeIf(hasProgram('zsh'), 'zsh completes', () => {
  // A terminal of zsh's own; \`compadd\` tells what matches instead of showing it.
  const driver = String.raw`
    zmodload zsh/zpty
    zpty shell zsh -f -i
    zpty -w shell "PS1=; unsetopt zle_bracketed_paste; fpath=($HOME $fpath); autoload -Uz compinit; compinit -u -D; source $HOME/zsh"
    zpty -w shell 'compadd () { if [[ " $* " == *" "(-O|-A|-D)" "* || "$*" == *-(O|A|D)* ]]; then builtin compadd "$@"; return; fi; local -a __found; builtin compadd -O __found "$@"; print -rl -- "match:"$^__found; builtin compadd "$@" }'
    zpty -w shell 'complete-and-say () { print -- "begin:"; zle list-choices; print -- "end:" ; zle kill-whole-line }; zle -N complete-and-say; bindkey "^I" complete-and-say; print -r ready-$((1+1))'
    zpty -r shell found '*ready-2*'
    zpty -w -n shell "$1"$'\t'
    zpty -r shell found $'*begin:*end:*'
    print -r -- "$found"
    zpty -d shell`;
  completes(line =>
    [...run('zsh', ['-f', '-c', driver, 'zsh', line]).matchAll(/^match:(\S+)\r?$/gm)].map(
      ([, match]) => match as string,
    ),
  );
});

describe('the manual page', () => {
  it('has every command with its options', async () => {
    const { stdout } = await varsmith(['man']);
    const plain = stdout.replaceAll('\\-', '-');
    for (const { name, options } of COMMANDS) {
      expect(plain).toContain(`.SS ${name}\n`);
      for (const option of options) if (!option.hidden) expect(plain).toContain(`--${option.name}`);
    }
    // No line of text is taken for a request.
    for (const line of stdout.split('\n').filter(each => /^[.']/.test(each)))
      expect(line).toMatch(/^\.(?:TH|SH|SS|PP|TP|BR?|RI|IR?|br)\b/);
  });
});

describeIf(hasProgram('groff'), 'the manual page for groff', () => {
  it('has no warning', async () => {
    const { stdout } = await varsmith(['man']);
    const { stderr, status } = spawnSync('groff', ['-man', '-ww', '-Tascii'], {
      input: stdout,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

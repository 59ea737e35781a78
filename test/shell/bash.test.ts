/**
 * The real Bash, for comparison: it rejects what is called an error, and a script leaves the files behind that are
 * called certain.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../support/runs.ts';
import { mutated } from './mutate.ts';
import { SAMPLES } from './samples.ts';
import { follow, opaque, parse, written } from './support.ts';

/** Without Bash, comparing is skipped; with `CI` set, its absence is an error. */
const HAS_BASH = spawnSync('bash', ['--version']).status === 0;

it.runIf(process.env.CI)('Bash is there in CI', () => expect(HAS_BASH).toBe(true));

function rejects(script: string): boolean {
  return spawnSync('bash', ['-n'], { input: script }).status !== 0;
}

/** Runs a script as a generator runs. @returns the files it left in `$out`, or null if it failed */
function run(script: string): string[] | null {
  const folder = mkdtempSync(join(tmpdir(), 'varsmith-shell-'));
  try {
    for (const name of ['out', 'in/dep', 'prompts', 'cwd'])
      mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'in/dep/key'), 'key material\n');
    writeFileSync(join(folder, 'prompts/user'), 'user');
    const env = {
      ...process.env,
      in: join(folder, 'in'),
      out: join(folder, 'out'),
      prompts: join(folder, 'prompts'),
    };
    const input = `set -euo pipefail\n${script}`;
    const done = spawnSync('bash', ['-c', input], { cwd: join(folder, 'cwd'), env, timeout: 240_000 });
    if (done.status !== 0) return null;
    const out = join(folder, 'out');
    return existsSync(out) ? readdirSync(out, { recursive: true }).map(String).sort() : [];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.runIf(HAS_BASH)('a script that runs', () => {
  it.each(SAMPLES.map(sample => [sample]))('%j leaves what is certain', sample => {
    const files = run(sample);
    const flow = follow(sample);
    if (files === null) {
      expect(flow.fails).toBe(true);
      return;
    }
    expect(flow.fails).toBe(false);
    expect(written(flow).filter(name => !files.includes(name))).toEqual([]);
  });

  it.each(SAMPLES.map(sample => [sample]))('%j leaves nothing that is not seen', sample => {
    const files = run(sample) ?? [];
    const flow = follow(sample);
    const seen = new Set(flow.writes.map(one => (one.path.variable === 'out' ? one.path.rest : null)));
    const anywhere = flow.opaque.some(one => one.path === null);
    const below = flow.opaque.map(one => one.path?.rest);
    const unseen = files.filter(
      name =>
        !seen.has(name) &&
        !below.some(path => path === null || path === '' || (path && name.startsWith(path))),
    );
    expect(anywhere ? [] : unseen, opaque(flow).join()).toEqual([]);
  });
});

describe.runIf(HAS_BASH)('a file that is gone', () => {
  it.each([
    'mv $prompts/user $out/x; cat $prompts/user',
    'rm -f $prompts/user; sha256sum < $prompts/user',
    'echo a > $out/x; mkdir $out/d; mv $out/x $out/d; cat $out/x',
    'for x in a b; do echo b; done; rm -r $in/dep; cat $in/dep/key',
    'if [ -e $in/dep/key ]; then rm $prompts/user; else mv $prompts/user $out/u; fi; cp $prompts/user $out/v',
  ])('%s: Bash does not find it', script => {
    expect(follow(script).reads.filter(read => read.isRemoved && read.how !== 'test')).toHaveLength(1);
    expect(run(script)).toBe(null);
  });

  it.each([
    'mv $prompts/user $out/x; cp $out/x $prompts/user; cat $prompts/user',
    'cp $prompts/user $out/x; cat $prompts/user',
    'if false; then rm $prompts/user; fi; cat $prompts/user',
    'rm $prompts/user; echo $(echo a > $prompts/user); cat $prompts/user',
    'mv -n $prompts/user $in/dep/key; cat $prompts/user',
  ])('%s: Bash finds it', script => {
    expect(follow(script).reads.filter(read => read.isRemoved)).toEqual([]);
    expect(run(script)).not.toBe(null);
  });
});

describe('here-documents without an end', () => {
  it.each([
    ['cat <<EOF\na\nEOF', 0],
    ['cat <<EOF\na\nEOF\n', 0],
    ['cat <<EOF\na\n EOF\n', 1],
    ['cat <<EOF\na\nEOF \n', 1],
    ['cat <<-EOF\na\n\tEOF\n', 0],
    ['cat <<-EOF\na\n  EOF\n', 1],
    ["cat <<'E F'\na\nE F\n", 0],
    ['cat <<A <<B\na\nA\nb\nB\n', 0],
    ['cat <<A <<B\na\nB\nb\nA\n', 1],
    ['x="$(cat <<EOF\na\nEOF\n)"\n', 0],
    ['cat <<< EOF\n', 0],
    ['echo $((1<<2))\n', 0],
  ])('%j has as many as Bash warns of', (script, count) => {
    expect(parse(script).unended).toHaveLength(count);
    if (!HAS_BASH) return;
    const { stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8', env: { LC_ALL: 'C' } });
    expect(stderr.includes('here-document')).toBe(count > 0);
  });

  it('are not known where an interpolation may end them', () => {
    expect(parse('cat <<EOF\n«x»\n').unended).toEqual([]);
    expect(parse('cat <<EOF\na «x» b\n').unended).toHaveLength(1);
  });
});

describe('errors', () => {
  it.each([
    ['echo "a', 5, 'This quote is not closed.'],
    ["echo 'a", 5, 'This quote is not closed.'],
    ['echo $(a', 5, 'This `$(` is not closed.'],
    ['echo `a', 5, 'This backquote is not closed.'],
    ['if a; then b', 0, 'This `if` has no `fi`.'],
    ['if a; b; fi', 9, 'Bash does not expect `fi` here.'],
    ['while a; do b', 0, 'This `while` has no `done`.'],
    ['for x in a b; do c; fi', 20, 'Bash does not expect `fi` here.'],
    ['case x in a) b;;', 0, 'This `case` has no `esac`.'],
    ['{ a; ', 0, 'This `{` is not closed.'],
    ['(a', 0, 'This `(` is not closed.'],
    ['a; fi', 3, 'Bash does not expect `fi` here.'],
    ['a ;; b', 2, 'Bash does not expect `;;` here.'],
    ['a && ', 5, 'The script ends in the middle of a command.'],
    ['a | | b', 4, 'Bash does not expect `|` here.'],
    ['a )', 2, 'Bash does not expect `)` here.'],
    ['a (b)', 3, 'Bash does not expect `b` here.'],
    ['if a; then fi', 11, 'Bash does not expect `fi` here.'],
    ['a >', 3, 'The script ends in the middle of a command.'],
    ['a > ; b', 4, 'Bash does not expect `;` here.'],
    ['1=(a)', 3, 'Bash does not expect `a` here.'],
    ['a=b=(c)', 4, 'Bash does not expect `(` here.'],
    ['[[ a', 0, 'This `[[` has no `]]`.'],
    ['if [[ ! -s "$out/k ]]; then\n  a > "$out/k"\nfi', 41, 'This quote is not closed.'],
    ['if [[ -s "$out/k ]]; then\n  a > "$out/k"\nfi\nb "c" > "$out/d', 3, 'This `[[` has no `]]`.'],
  ])('%j', (script, start, message) => {
    expect(parse(script).errors.map(one => [one.start, one.message])).toEqual([[start, message]]);
    if (HAS_BASH) expect(rejects(script)).toBe(true);
  });

  it.each([
    '«code»\nfi',
    'case x in esac',
    '[[ "a ]] b" == c ]]',
    "[[ $a == ' ]] ' || -n # ]]\nx ]]>y",
    '[[ $a =~ ^[[:alpha:]]+$ ]]&& b',
    'a() { b; } > c',
    'cat <<EOF\n"unclosed\nEOF',
    'cat <<A <<B\n"\nA\n\'\nB',
    'cat <<EOF > x; b\ny\nEOF',
    'f() (a)',
    '=() { if a; then b; fi; }',
    'x[$i]+=(a)',
    'x=(a "b" $(c) # d\n e)',
    '[[ a =~ (b|c)$ ]] && d',
    'a=$(case x in y) b;; esac)',
    'for ((i = 0; i < 3; i++)); do a; done',
    'echo ${a:-"}"} "$(echo ")")"',
    'time { a; }',
    '! a | b',
    'echo done; echo if then fi',
  ])('none: %j', script => {
    expect(parse(script).errors).toEqual([]);
  });

  // Blanks are blanks, tabs and line ends alone: whatever else is white belongs to a word.
  it.each([
    ['a carriage return', 'echo a\r\n', false],
    ['a carriage return behind `fi`', 'if a; then b; fi\r\n', true],
    ['a carriage return in front of a comment', 'echo a\r# it "\n', true],
    ['a carriage return in an array', 'a=(1\r2 3\r\n)\n', false],
    ['a no-break space', 'echo\u00a0a \u00a0\n', false],
    ['a line separator', 'echo \u2028; a\u2028b\n', false],
    ['a form feed', 'echo \f\v\n', false],
  ])('%s is read as Bash reads it', (_, script, isWrong) => {
    expect(parse(script).errors).toHaveLength(isWrong ? 1 : 0);
    if (HAS_BASH) expect(rejects(script)).toBe(isWrong);
  });

  it('are none in the samples', () => {
    for (const sample of SAMPLES) expect(parse(sample).errors, sample).toEqual([]);
  });

  it.runIf(HAS_BASH)('are rejected by Bash too, whatever the script', () => {
    fc.assert(
      fc.property(mutated, script => {
        if (parse(script).errors.length > 0) expect(rejects(script)).toBe(true);
      }),
      { numRuns: runs(600) },
    );
  });
});

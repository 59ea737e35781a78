/**
 * Long scripts are read in pieces, of which those that an edit left alone are kept. Nobody may notice: a tree is the
 * one of the whole text, and what a script does is what it would do were it followed for the first time.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followScript, scriptFollower } from '../../server/src/shell/flow/flow.ts';
import type { ShellTree } from '../../server/src/shell/syntax.ts';
import { runs } from '../support/runs.ts';
import { mutated } from './mutate.ts';
import { SAMPLES } from './samples.ts';
import { OPTIONS, parse } from './support.ts';

/** Together far longer than what is read as a whole. What exactly `time` takes is Bash's own affair. */
const LONG = SAMPLES.filter(sample => !sample.includes('time -p'));

/** With a NUL in a comment at its end, which is never read in pieces, a script is parsed as a whole. */
function whole(script: string): ShellTree {
  return parse(`${script}\n#\0`);
}

/** Was it read in pieces? What was read as a whole has nothing in common with what is read again. */
function isInPieces(script: string, { body }: ShellTree): boolean {
  const again = parse(script);
  return body.some((statement, index) => statement === again.body[index]);
}

/** Remembers the scripts of all tests, as the one of the checks remembers those of a whole session. */
const followRemembering = scriptFollower(OPTIONS);

/** Throws if a script reads or does another thing than it would if nothing were known of scripts before it. */
function hold(script: string): void {
  const tree = parse(script);
  if (isInPieces(script, tree) && !isDeepStrictEqual(tree, whole(script)))
    throw new Error(`another tree: ${JSON.stringify(script)}`);
  if (!isDeepStrictEqual(followRemembering(tree), followScript(tree, OPTIONS)))
    throw new Error(`does something else: ${JSON.stringify(script)}`);
}

/** How many statements at the beginning of two trees are the same objects. */
function sharedCount(one: ShellTree, other: ShellTree): number {
  return one.body.findIndex((statement, index) => statement !== other.body[index]);
}

describe('a long script', () => {
  const [before, after] = [LONG.slice(0, 12).join('\n'), LONG.slice(12, 24).join('\n')];

  it('is read as if it were short', () => {
    hold(LONG.join('\n'));
  });

  it('keeps what stands before an edit', () => {
    const first = parse(`${before}\necho 1 > "$out/one"\n${after}`);
    const second = parse(`${before}\necho 12 > "$out/one"\n${after}`);
    const count = parse(before).body.length;
    expect(first.body.length).toBeGreaterThan(count);
    expect(sharedCount(first, second)).toBe(count);
  });

  it.each([
    'echo "$(cat «path»)" > "$out/typed" # as it is\n',
    'if [ -n "$x" ]; then\n  cat <<EOF > $out/typed\n$x\nEOF\nfi\n',
    'f() {\n  rm -f "$out/a" $out/x\n}\nf\nexit 0\n',
    'set +e; later=1; [[ a = b ]] && rm -r "$out" &\n',
    "${x//'}'/} \\\n\\\n| y \u00a0 z\n",
    'a | b | c\n\n<d e > "$out/e"\n',
  ])('is the same after each key of %j, and when they are taken back', typed => {
    const states = Array.from({ length: typed.length + 1 }, (_, index) => typed.slice(0, index));
    for (const state of [...states, ...states.toReversed()]) hold(`${before}\n${state}\n${after}`);
  });

  it('tells a hole from the same characters', () => {
    const line = 'cp «./file»/x "$out/y"\n';
    hold(before + line + after);
    hold(before + line.replace('«./file»', '${./file}') + after);
    hold(before + line + after);
  });

  it('may be another one that was there before', () => {
    hold(before);
    hold(`${before}\n${after}`);
    hold(after);
    hold(`${after}\n${before}`);
    hold(before);
  });

  it('is the same with any of it torn out and anything put in', () => {
    const scripts = fc
      .tuple(fc.shuffledSubarray([...LONG], { minLength: 15, maxLength: 30 }), mutated, fc.nat({ max: 15 }))
      .map(([samples, script, at]) => samples.toSpliced(at, 0, script).join('\n'));
    fc.assert(fc.property(scripts, hold), { numRuns: runs(200) });
  });
});

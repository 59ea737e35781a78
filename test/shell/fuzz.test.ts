/**
 * Mutated scripts: whatever comes in, nothing throws, nothing hangs, and every place lies inside the script.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followScript } from '../../server/src/shell/flow/flow.ts';
import { runs } from '../support/runs.ts';
import { mutated } from './mutate.ts';
import { OPTIONS, parse, scriptOf } from './support.ts';

const RUNS = runs(5_000);

/** Every object in plain data that has a start and an end. */
function ranges(value: unknown): { start: number; end: number }[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(ranges);
  return 'start' in value && 'end' in value ? [value as { start: number; end: number }, ...inner] : inner;
}

/** Is the offset between the halves of a character? */
function cutsPair(text: string, offset: number): boolean {
  return /[\ud800-\udbff]/.test(text.charAt(offset - 1)) && /[\udc00-\udfff]/.test(text.charAt(offset));
}

describe('mutated scripts', () => {
  it(
    'are followed without a crash, with places inside the script',
    () => {
      fc.assert(
        fc.property(mutated, marked => {
          const { text } = scriptOf(marked);
          const tree = parse(marked);
          const flow = followScript(tree, OPTIONS);
          for (const { start, end } of ranges([tree, flow])) {
            // Said without `expect`, which would cost more than the scripts do: there are hundreds of places in each.
            if (start < 0 || end < start || end > text.length || cutsPair(text, start) || cutsPair(text, end))
              throw new Error(`${start}–${end} is no place in ${JSON.stringify(text)}`);
          }
        }),
        { numRuns: RUNS },
      );
    },
    Math.max(240_000, RUNS * 50),
  );

  it.each([
    ['parentheses', '('.repeat(5_000)],
    ['substitutions', 'echo '.concat('$(a '.repeat(5_000))],
    ['quotes', '"'.repeat(5_001)],
    ['ifs', 'if a; then '.repeat(2_000)],
    ['braces', 'echo {a,b}'.concat('{a,b}'.repeat(40))],
    ['loops', 'for a in 1 2 3 4 5 6 7 8 9; do '.repeat(8).concat('x', '; done'.repeat(8))],
    ['functions', 'f() { f; f; }; '.concat('f; '.repeat(50))],
    ['ways', 'if a; then b=1; else b=2; fi; '.repeat(60).concat('c > $out/$b$b$b')],
    ['lists', 'a && '.repeat(2_000).concat('b')],
    ['negations', '! '.repeat(20_000).concat('a')],
    ['parameters', '${x'.repeat(30_000)],
    ['parameters in quotes', '"${x:-'.repeat(20_000)],
    ['lines with an open parameter', 'a ${x\n'.repeat(10_000)],
    ['lines with an open substitution', 'a "$(\n'.repeat(10_000)],
    ['lines with an open test', '[[ a\n'.repeat(30_000)],
    ['lines with open arithmetic', 'a $((\n'.repeat(20_000)],
    ['lines with an open backquote', 'a `b\n'.repeat(20_001)],
    ['lines with an open bracket', '(a\n'.repeat(30_000)],
    ['brackets', '['.repeat(150_000)],
    ['open braces', '{a'.repeat(50_000)],
    ['subscripts', `a=(${'[a '.repeat(40_000)})`],
    ['here-documents', 'a <<b\n'.repeat(20_000)],
    ['escaped backquotes', '`'.concat('\\`'.repeat(20_000), '`')],
  ])('many %s end', (_, script) => {
    const flow = followScript(parse(script), OPTIONS);
    expect(flow.commands.length).toBeLessThan(40_000);
  });
});

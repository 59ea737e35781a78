/**
 * Edits that move text and leave most of it as it is: what stands below is the same, at other offsets. Each takes a text and gives
 * another; where it finds nothing to edit, the same.
 */
import fc from 'fast-check';
import { spot, textChange } from '../mutations.ts';

type TextChange = (text: string) => string;

/** Offsets of UTF-16 units that a person would not see: astral characters, combining ones, wide ones. */
const WORDS = ['x', 'more words', '😀', '𝒳é', 'e\u0301', '漢字', ' ', '\t', '  # note', '$', "it''s"];
const LINES = [
  '',
  '# A comment.',
  '  # 😀 ein Kommentar',
  '/* two\n   lines */',
  '  description = "Words about it.";',
  '\r',
  '   ',
];

/** Picks a match of a pattern, by a spot from 0 to 1. */
function matchAt(text: string, pattern: RegExp, at: number): RegExpExecArray | null {
  const matches = [...text.matchAll(pattern)];
  return matches[Math.floor(at * (matches.length - 1))] ?? null;
}

/** Inserts a text into the match, at a part of it. */
function insertedInto(pattern: RegExp): fc.Arbitrary<TextChange> {
  return fc.tuple(spot, spot, fc.constantFrom(...WORDS)).map(([which, part, word]) => text => {
    const match = matchAt(text, pattern, which);
    if (match === null) return text;
    const at = match.index + 1 + Math.floor(part * Math.max(0, match[0].length - 2));
    return text.slice(0, at) + word + text.slice(at);
  });
}

const insertLine: fc.Arbitrary<TextChange> = fc
  .tuple(spot, fc.constantFrom(...LINES), fc.integer({ min: 1, max: 3 }))
  .map(([at, line, times]) => text => {
    const lines = text.split('\n');
    lines.splice(Math.floor(at * lines.length), 0, ...Array.from({ length: times }, () => line));
    return lines.join('\n');
  });

const insertAbove: fc.Arbitrary<TextChange> = fc
  .constantFrom('\n', '# 😀\n', ' ', '/* x */ ', '\t')
  .map(more => text => more + text);

const moveLine: fc.Arbitrary<TextChange> = fc
  .tuple(spot, spot, fc.constantFrom('delete', 'double', 'swap', 'move', 'comment', 'indent'))
  .map(([one, other, how]) => text => {
    const lines = text.split('\n');
    const at = Math.floor(one * (lines.length - 1));
    const to = Math.floor(other * (lines.length - 1));
    const line = lines[at] as string;
    if (how === 'delete') lines.splice(at, 1);
    else if (how === 'double') lines.splice(at, 0, line);
    else if (how === 'comment') lines[at] = line.startsWith('#') ? line.slice(1) : `#${line}`;
    else if (how === 'indent') lines[at] = ` ${line}`;
    else if (how === 'swap') [lines[at], lines[to]] = [lines[to] as string, line];
    else lines.splice(to, 0, ...lines.splice(at, 1));
    return lines.join('\n');
  });

/** Bindings of one line, which can stand in any order. */
const BINDING = /^[ \t]*[\w."'${}-]+ = .*;$/gm;

const swapBindings: fc.Arbitrary<TextChange> = fc.tuple(spot, spot).map(
  ([one, other]) =>
    text =>
      swapped(text, matchAt(text, BINDING, one), matchAt(text, BINDING, other)),
);

const WORD = /"[^"\n$\\]*"|\b[a-z][\w-]+\b/g;

const swapWords: fc.Arbitrary<TextChange> = fc
  .tuple(spot, fc.integer({ min: 1, max: 3 }))
  .map(([one, further]) => text => {
    const matches = [...text.matchAll(WORD)];
    const at = Math.floor(one * (matches.length - 1));
    return swapped(text, matches[at] ?? null, matches[at + further] ?? null);
  });

function swapped(text: string, one: RegExpExecArray | null, other: RegExpExecArray | null): string {
  if (one === null || other === null || one.index === other.index) return text;
  const [first, second] = one.index < other.index ? [one, other] : [other, one];
  const between = text.slice(first.index + first[0].length, second.index);
  return (
    text.slice(0, first.index) + second[0] + between + first[0] + text.slice(second.index + second[0].length)
  );
}

const respell: fc.Arbitrary<TextChange> = fc
  .tuple(spot, fc.constantFrom('a', 'renamed', '😀', 'x-y', ''))
  .map(([which, name]) => text => {
    const match = matchAt(text, /\b[A-Za-z][\w-]{2,}\b/g, which);
    return match === null
      ? text
      : text.slice(0, match.index) + name + text.slice(match.index + match[0].length);
  });

const number: fc.Arbitrary<TextChange> = spot.map(at => text => {
  const match = matchAt(text, /\d+/g, at);
  return match === null ? text : `${text.slice(0, match.index)}1${text.slice(match.index)}`;
});

const newlines: fc.Arbitrary<TextChange> = fc.constantFrom<TextChange>(
  text => text.replaceAll(/\r?\n/g, '\r\n'),
  text => text.replaceAll('\r\n', '\n'),
  text => text.replaceAll('  ', '\t'),
  text => text.replaceAll('\n\n', '\n'),
);

/** A change of one text that mostly moves what is in it. */
export const move: fc.Arbitrary<TextChange> = fc.oneof(
  { weight: 4, arbitrary: insertLine },
  { weight: 2, arbitrary: insertAbove },
  { weight: 3, arbitrary: insertedInto(/"[^"\n$\\]*"/g) },
  { weight: 3, arbitrary: insertedInto(/''[^']*''/g) },
  { weight: 2, arbitrary: insertedInto(/#.*$/gm) },
  { weight: 4, arbitrary: moveLine },
  { weight: 3, arbitrary: swapBindings },
  { weight: 3, arbitrary: swapWords },
  { weight: 2, arbitrary: respell },
  { weight: 1, arbitrary: number },
  { weight: 1, arbitrary: newlines },
  // Broken texts, and most ways to be strange.
  { weight: 4, arbitrary: textChange },
);

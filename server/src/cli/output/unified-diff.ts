/**
 * Writes unified diffs like `diff -u` and git, for `patch` and `git apply`. Works on two texts; the shortest edit
 * script is found as in E. W. Myers, "An O(ND) Difference Algorithm" (1986).
 */

/** Unchanged lines around a change. */
const CONTEXT = 3;

/** Beyond this number of changed lines the middle is written as a single replacement, which is correct but longer. */
const MAX_DISTANCE = 2_000;

interface Step {
  readonly sign: ' ' | '-' | '+';
  /** Including its line break, if it has one. */
  readonly line: string;
}

/**
 * Returns the diff of a file, or '' if the texts are equal.
 * @param path with `/` between names; git's prefixes are added
 * @param before null for a new file
 */
export function unifiedDiff(path: string, before: string | null, after: string): string {
  const steps = stepsBetween(linesOf(before ?? ''), linesOf(after));
  if (steps.every(({ sign }) => sign === ' ')) return '';
  const from = before === null ? '/dev/null' : fileName(`a/${path}`);
  return `--- ${from}\n+++ ${fileName(`b/${path}`)}\n${hunksOf(steps).join('')}`;
}

/** Returns a name, quoted as in git if a reader of diffs would misread it. */
function fileName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  if (!/["\\\u0000-\u001f\u007f]/.test(name)) return name.includes(' ') ? `${name}\t` : name;
  const escaped = name.replace(/["\\]/g, '\\$&');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  return `"${escaped.replace(/[\u0000-\u001f\u007f]/g, char => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)}"`;
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function stepsBetween(before: readonly string[], after: readonly string[]): Step[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end++;
  const same = (lines: readonly string[]): Step[] => lines.map(line => ({ sign: ' ', line }));
  return [
    ...same(before.slice(0, start)),
    ...shortest(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ];
}

/**
 * Returns the shortest edit script by Myers' greedy algorithm. The furthest points of each round are kept, to walk
 * back along them.
 */
function shortest(before: readonly string[], after: readonly string[]): Step[] {
  const replaced = (): Step[] => [
    ...before.map(line => ({ sign: '-', line }) as const),
    ...after.map(line => ({ sign: '+', line }) as const),
  ];
  if (before.length === 0 || after.length === 0) return replaced();
  const rounds: Map<number, number>[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  for (let distance = 0; distance <= MAX_DISTANCE; distance++) {
    rounds.push(new Map(furthest));
    for (let k = -distance; k <= distance; k += 2) {
      const down = k === -distance || (k !== distance && at(furthest, k - 1) < at(furthest, k + 1));
      let x = down ? at(furthest, k + 1) : at(furthest, k - 1) + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++;
      furthest = furthest.set(k, x);
      if (x >= before.length && x - k >= after.length) return walkBack(before, after, rounds);
    }
  }
  return replaced();
}

function walkBack(
  before: readonly string[],
  after: readonly string[],
  rounds: readonly ReadonlyMap<number, number>[],
): Step[] {
  const steps: Step[] = [];
  let x = before.length;
  let y = after.length;
  for (let distance = rounds.length - 1; distance >= 0; distance--) {
    const furthest = rounds[distance] as ReadonlyMap<number, number>;
    const k = x - y;
    const down = k === -distance || (k !== distance && at(furthest, k - 1) < at(furthest, k + 1));
    const fromX = at(furthest, down ? k + 1 : k - 1);
    const fromY = fromX - (down ? k + 1 : k - 1);
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      y--;
      steps.push({ sign: ' ', line: before[--x] as string });
    }
    if (distance === 0) break;
    if (down) steps.push({ sign: '+', line: after[--y] as string });
    else steps.push({ sign: '-', line: before[--x] as string });
  }
  return steps.reverse();
}

function at(furthest: ReadonlyMap<number, number>, k: number): number {
  return furthest.get(k) ?? -1;
}

function hunksOf(steps: readonly Step[]): string[] {
  const hunks: string[] = [];
  let oldLine = 1;
  let newLine = 1;
  for (let i = 0; i < steps.length; ) {
    const change = steps.findIndex(({ sign }, at) => at >= i && sign !== ' ');
    if (change === -1) break;
    const begin = Math.max(i, change - CONTEXT);
    oldLine += begin - i;
    newLine += begin - i;
    const end = endOfHunk(steps, change);
    const lines = steps.slice(begin, end);
    const oldCount = lines.filter(({ sign }) => sign !== '+').length;
    const newCount = lines.filter(({ sign }) => sign !== '-').length;
    hunks.push(
      `@@ -${span(oldLine, oldCount)} +${span(newLine, newCount)} @@\n${lines.map(lineText).join('')}`,
    );
    oldLine += oldCount;
    newLine += newCount;
    i = end;
  }
  return hunks;
}

/** Returns the end of a hunk. Changes with at most two contexts between them share a hunk. */
function endOfHunk(steps: readonly Step[], change: number): number {
  let last = change;
  for (let i = change; i < steps.length && i - last <= 2 * CONTEXT; i++) {
    if (steps[i]?.sign !== ' ') last = i;
  }
  return Math.min(steps.length, last + 1 + CONTEXT);
}

/** Returns a range of lines. An empty one is named by the line before it. */
function span(line: number, count: number): string {
  if (count === 1) return `${line}`;
  return `${count === 0 ? line - 1 : line},${count}`;
}

function lineText({ sign, line }: Step): string {
  return line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`;
}

/**
 * Path patterns of the settings: `*`, `?`, `**`, `{a,b}`, everything else literal. A pattern without `/` is
 * about the name alone, wherever it is.
 */

/** A test for paths relative to the root. No patterns: never true. */
export function matchesAny(patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false;
  const expressions = patterns.map(toExpression);
  return path => expressions.some(expression => expression.test(path));
}

function toExpression(pattern: string): RegExp {
  // A trailing slash means the folder and all that is in it; it does not tie the pattern to the root.
  const bare = pattern.replace(/\/$/, '');
  const whole = bare.includes('/') ? bare.replace(/^\.?\//, '') : `**/${bare}`;
  let depth = 0;
  let source = '';
  for (let i = 0; i < whole.length; i++) {
    const char = whole[i] as string;
    if (whole.startsWith('**/', i)) {
      source += '(?:.*/)?';
      i += 2;
    } else if (whole.startsWith('**', i)) {
      source += '.*';
      i += 1;
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '{' && whole.includes('}', i)) {
      source += '(?:';
      depth++;
    } else if (char === '}' && depth > 0) {
      source += ')';
      depth--;
    } else if (char === ',' && depth > 0) source += '|';
    else source += char.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  }
  return new RegExp(`^${source}${')'.repeat(depth)}(?:/.*)?$`, 'u');
}

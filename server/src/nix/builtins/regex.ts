/**
 * Parses POSIX extended regular expressions as Nix's `match` and `split` understand them. Nix uses C++'s std::regex;
 * patterns whose meaning is unclear there are rejected here.
 */

export type Node =
  | { readonly kind: 'set'; readonly has: (code: number) => boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  | { readonly kind: 'group'; readonly index: number; readonly body: Node }
  | { readonly kind: 'repeat'; readonly body: Node; readonly min: number; readonly max: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

export interface Regex {
  readonly root: Node;
  readonly groups: number;
}

class NotUnderstood extends Error {}

/** Parses a pattern of bytes (a string of characters below 256), or returns null if it is not supported. */
export function parseRegex(pattern: string): Regex | null {
  try {
    return new PatternReader(pattern).whole();
  } catch (error) {
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
}

const SPECIAL = '.[\\()*+?{|^$';

class PatternReader {
  private at = 0;
  private groups = 0;
  private depth = 0;
  constructor(private readonly pattern: string) {}

  whole(): Regex {
    const root = this.choice();
    if (this.at < this.pattern.length) throw new NotUnderstood();
    return { root, groups: this.groups };
  }

  private next(): string {
    return this.pattern.charAt(this.at);
  }

  private choice(): Node {
    if (++this.depth > 50) throw new NotUnderstood();
    const options = [this.sequence()];
    while (this.next() === '|') {
      this.at++;
      options.push(this.sequence());
    }
    this.depth--;
    // Some implementations reject an empty alternative.
    if (options.length > 1 && options.some(option => option.kind === 'sequence' && option.parts.length === 0))
      throw new NotUnderstood();
    return options.length === 1 ? (options[0] as Node) : { kind: 'choice', options };
  }

  private sequence(): Node {
    const parts: Node[] = [];
    for (let c = this.next(); c !== '' && c !== '|' && c !== ')'; c = this.next())
      parts.push(this.repeated());
    return { kind: 'sequence', parts };
  }

  private repeated(): Node {
    const body = this.atom();
    const [min, max] = this.quantifier() ?? [1, 1];
    if (min === 1 && max === 1) return body;
    if (this.quantifier() !== null) throw new NotUnderstood();
    if (body.kind === 'start' || body.kind === 'end') throw new NotUnderstood();
    // The number of empty repetitions would be visible in the groups.
    if ((max > 1 || min > 1) && canBeEmpty(body)) throw new NotUnderstood();
    return { kind: 'repeat', body, min, max };
  }

  private quantifier(): [number, number] | null {
    const c = this.next();
    if (c === '*' || c === '+' || c === '?') {
      this.at++;
      return [c === '+' ? 1 : 0, c === '?' ? 1 : Number.POSITIVE_INFINITY];
    }
    if (c !== '{') return null;
    const match = /^\{([0-9]{1,3})(,([0-9]{0,3}))?\}/.exec(this.pattern.slice(this.at));
    if (match === null) throw new NotUnderstood();
    this.at += match[0].length;
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (max < min || max === 0) throw new NotUnderstood();
    return [min, max];
  }

  private atom(): Node {
    const c = this.next();
    this.at++;
    switch (c) {
      case '(': {
        const index = ++this.groups;
        const body = this.choice();
        if (this.next() !== ')') throw new NotUnderstood();
        this.at++;
        return { kind: 'group', index, body };
      }
      case '[':
        return this.bracket();
      case '.':
        return { kind: 'set', has: code => code !== 0 };
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '\\': {
        const escaped = this.next();
        if (escaped === '' || !(SPECIAL.includes(escaped) || escaped === '}' || escaped === ']'))
          throw new NotUnderstood();
        this.at++;
        return literal(escaped);
      }
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
      case ']':
        throw new NotUnderstood();
      default:
        return literal(c);
    }
  }

  private bracket(): Node {
    const negated = this.next() === '^';
    if (negated) this.at++;
    const tests: ((code: number) => boolean)[] = [];
    for (let first = true; first || this.next() !== ']'; first = false) {
      const c = this.next();
      if (c === '' || c.charCodeAt(0) > 127) throw new NotUnderstood();
      const rest = this.pattern.slice(this.at);
      const named = /^\[:([a-z]+):\]/.exec(rest);
      if (named !== null) {
        const test = CLASSES.get(named[1] as string);
        if (test === undefined) throw new NotUnderstood();
        tests.push(test);
        this.at += named[0].length;
        continue;
      }
      if (/^\[[.=]/.test(rest)) throw new NotUnderstood();
      this.at++;
      tests.push(this.range(c));
    }
    this.at++;
    return { kind: 'set', has: code => tests.some(test => test(code)) !== negated };
  }

  /** Reads a character of a bracket expression, or the range that begins with it. */
  private range(from: string): (code: number) => boolean {
    const low = from.charCodeAt(0);
    const isRange = this.next() === '-' && this.pattern.charAt(this.at + 1) !== ']';
    if (!isRange) return code => code === low;
    const to = this.pattern.charAt(this.at + 1);
    const high = to.charCodeAt(0);
    if (from === '-' || to === '' || to === '[' || to === '-' || high > 127 || high < low)
      throw new NotUnderstood();
    this.at += 2;
    return code => code >= low && code <= high;
  }
}

function literal(character: string): Node {
  const code = character.charCodeAt(0);
  return { kind: 'set', has: other => other === code };
}

const CLASSES: ReadonlyMap<string, (code: number) => boolean> = new Map(
  Object.entries<(code: number) => boolean>({
    alpha: code => /[a-zA-Z]/.test(String.fromCharCode(code)),
    digit: code => code >= 48 && code <= 57,
    alnum: code => /[a-zA-Z0-9]/.test(String.fromCharCode(code)),
    upper: code => code >= 65 && code <= 90,
    lower: code => code >= 97 && code <= 122,
    space: code => code === 32 || (code >= 9 && code <= 13),
    blank: code => code === 32 || code === 9,
    punct: code => code > 32 && code < 127 && !/[a-zA-Z0-9]/.test(String.fromCharCode(code)),
    xdigit: code => /[0-9a-fA-F]/.test(String.fromCharCode(code)),
    cntrl: code => code < 32 || code === 127,
    print: code => code >= 32 && code < 127,
    graph: code => code > 32 && code < 127,
  }),
);

function canBeEmpty(node: Node): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'sequence':
      return node.parts.every(canBeEmpty);
    case 'choice':
      return node.options.some(canBeEmpty);
    case 'group':
      return canBeEmpty(node.body);
    case 'repeat':
      return node.min === 0 || canBeEmpty(node.body);
    default:
      return true;
  }
}

/** generator/nix-interpolation: `${out}` is meant for Bash but read by Nix. */

import { isInScope } from '../../../edits/edit-packages.ts';
import { expressionsAt } from '../../../edits/locate.ts';
import type { GeneratorBody, WrittenOption } from '../../../fleet/model/generators.ts';
import type { SourceFile } from '../../../nix/source.ts';
import type { Expr, Range, StringExpr } from '../../../nix/syntax.ts';
import { forEachGenerator } from '../../facts/generator/scripted-generators.ts';
import { perObject } from '../../memory/kept.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

const DIRECTORIES: ReadonlySet<string> = new Set(['in', 'out', 'prompts']);
/** Names that are in scope everywhere in Nix. */
const GLOBALS: ReadonlySet<string> = new Set(
  `abort baseNameOf break builtins derivation derivationStrict dirOf false fetchGit fetchMercurial fetchTarball fetchTree
  fromTOML import isNull map null placeholder removeAttrs scopedImport throw toString true`.split(/\s+/),
);
/** Matches sets that are known to have no `out` and no `prompts`. */
const COMMON_SETS = /^((pkgs\.)?lib(\.\w+)?|pkgs|builtins|types)$/;
/** Matches Bash parameter expansions that Nix cannot parse. */
const EXPANSION = /^\$\{[#!]?[A-Za-z_]\w*(?:\[[^\]}]*\])?(?:(?::?[-=?+]|%|#|\/|\^|,|:)[^{}]*)?\}$/;

export const nixInterpolation: Rule = {
  id: 'generator/nix-interpolation',
  severity: 'error',
  summary: 'A `${…}` in a script that is meant for Bash but read by Nix',
  documentation: `\
A script is a Nix string, and \`\${…}\` in it is Nix's interpolation: \`\${out}\` refers to a Nix variable \`out\`, not to the
directory. Evaluation ends with \`undefined variable 'out'\`; for \`\${in}\` and for Bash's operators (\`\${x:-y}\`, \`\${x%.pem}\`)
with a syntax error.

Without braces the dollar sign is Bash's: \`$out/key\`. Where braces are needed, escape the dollar sign: \`''\${out}\` in a
string between \`''\`, \`\\\${out}\` in one between double quotes.

Reported only where no \`let\`, function argument or \`rec\` around the string binds the name and no \`with\` could provide
it.`,
  examples: ({ generatorFile }) => ({
    bad: [
      {
        title: 'Directories of the script',
        files: generatorFile(
          'token',
          `\
prompts.token.type = "hidden";
files.token = { };
script = ''
  cp "\${prompts}/token" "$out/token"
  #   ^^^^^^^^^^ generator/nix-interpolation: undefined
'';
`,
        ),
      },
      {
        title: 'A variable of the script, in double quotes',
        files: generatorFile(
          'tokens',
          `\
files.a = { };
files.b = { };
script = "for name in a b; do head -c 32 /dev/urandom > \\"$out/\${name}\\"; done";
#                                                              ^^^^^^^ generator/nix-interpolation
`,
        ),
      },
    ],
    good: [
      {
        title: 'Without braces, escaped, and a name of Nix',
        files: generatorFile(
          'token',
          `\
prompts.token.type = "hidden";
files.token = { };
script =
  let
    out = "token";
  in
  ''
    test -s "''\${prompts}/token"
    cp "$prompts/token" "$out/\${out}"
  '';
`,
        ),
      },
    ],
  }),
  check: forEachGenerator((_, body, context) => [...reportsOf(body, context)]),
};

function* reportsOf(body: GeneratorBody, context: CheckContext): Iterable<Report> {
  for (const option of body.options()) {
    if (option.of !== 'generator' || option.name !== 'script') continue;
    const file = context.sources.parse(option.at.file);
    if (file === null) continue;
    // Cached, because one function may create hundreds of generators.
    const cached = knownIn(file);
    const key = `${option.at.start} ${option.at.end} ${option.kind === 'failure'}`;
    let reports = cached.get(key);
    if (reports === undefined) {
      reports = reportsIn(option, file);
      cached.set(key, reports);
    }
    yield* reports;
  }
}

/** Reports by the place of the option and whether its value is a failure. */
const knownIn = perObject((_: SourceFile) => new Map<string, readonly Report[]>());

function reportsIn(option: WrittenOption, file: SourceFile): Report[] {
  const value = writtenValue(file, option);
  if (value === null) return [];
  const isSure = option.kind === 'failure' || file.errors.length > 0;
  return [...undefinedHoles(file, value), ...brokenHoles(file, value)]
    .filter(hole => isSure || hole.isText || DIRECTORIES.has(hole.name))
    .map(hole => reportOf(file, value, hole));
}

/** A `${…}` meant for Bash, with its name. */
interface BashExpansion extends Range {
  readonly name: string;
  /** True if Nix reads it as text and evaluation continues. */
  readonly isText?: boolean;
}

/** Returns the expression written for the option. */
function writtenValue(file: SourceFile, { at }: WrittenOption): Expr | null {
  for (const within of expressionsAt(file, at.start).reverse()) {
    if (within.kind !== 'attrs') continue;
    for (const binding of within.bindings) {
      if (binding.kind === 'bind' && binding.path.some(name => name.start <= at.start && at.end <= name.end))
        return binding.value;
    }
  }
  return null;
}

function undefinedHoles(file: SourceFile, value: Expr): BashExpansion[] {
  return stringsIn(value).flatMap(({ parts }) =>
    parts.flatMap(part => {
      if (part.kind !== 'hole') return [];
      const { start, end, expr } = part;
      // Nix reads `x:-y` in `${x:-y}` as a URL and inserts it as text.
      const written = file.text.slice(start, end);
      if (expr.kind === 'string' && expr.style === 'uri' && /^\$\{\w+:[-=?+]/.test(written))
        return [{ start, end, name: /\w+/.exec(written)?.[0] ?? '', isText: true }];
      if (expr.kind !== 'variable') return [];
      return isUndefined(file, start, expr.name) ? [{ start, end, name: expr.name }] : [];
    }),
  );
}

function isUndefined(file: SourceFile, offset: number, name: string): boolean {
  if (GLOBALS.has(name) || name.startsWith('__') || isInScope(file, offset, name)) return false;
  return expressionsAt(file, offset).every(expr => {
    if (expr.kind !== 'with') return true;
    const { scope } = expr;
    return DIRECTORIES.has(name) && COMMON_SETS.test(file.text.slice(scope.start, scope.end));
  });
}

/** Returns the strings that a script is concatenated from. */
function stringsIn(expr: Expr): StringExpr[] {
  switch (expr.kind) {
    case 'string':
      return [expr];
    case 'binary':
      return [...stringsIn(expr.left), ...stringsIn(expr.right)];
    case 'apply':
      return [...stringsIn(expr.fn), ...stringsIn(expr.arg)];
    case 'let':
    case 'with':
    case 'assert':
      return stringsIn(expr.body);
    case 'if':
      return [...stringsIn(expr.then), ...stringsIn(expr.otherwise)];
    default:
      return [];
  }
}

/** Returns the holes that Nix cannot parse: a keyword, or an operator of Bash. */
function brokenHoles(file: SourceFile, value: Expr): BashExpansion[] {
  const { text } = file;
  const holes = new Map<number, BashExpansion>();
  for (const error of file.errors) {
    if (error.start < value.start || error.start > value.end) continue;
    const start = text.lastIndexOf('${', error.start);
    const close = text.indexOf('}', start);
    const hole = start < value.start || close === -1 ? '' : text.slice(start, close + 1);
    if (!EXPANSION.test(hole) || isEscaped(text, start)) continue;
    holes.set(start, { start, end: close + 1, name: /[A-Za-z_]\w*/.exec(hole)?.[0] ?? '' });
  }
  return [...holes.values()];
}

function isEscaped(text: string, start: number): boolean {
  return /(''|\\|\$)$/.test(text.slice(Math.max(0, start - 2), start));
}

function reportOf(
  file: SourceFile,
  value: Expr,
  { name, start, end, isText = false }: BashExpansion,
): Report {
  const at = { file: file.path, start, end };
  const written = file.text.slice(start, end);
  const isPlain = written === `\${${name}}`;
  const reading = isText
    ? 'an interpolation of the address it seems to be'
    : isPlain && name !== 'in'
      ? `an interpolation, and \`${name}\` is undefined in Nix`
      : 'an interpolation, and it is none';
  const problem = `Nix reads \`${written}\` as ${reading}.`;
  const mark = escapeIn(file, value, start);
  const advice = isPlain
    ? `For Bash, write \`$${name}\` or \`${mark ?? "''"}${written}\`.`
    : `For Bash, write \`${mark ?? "''"}${written}\`.`;
  return {
    at,
    ...(isText ? { severity: 'warning' } : {}),
    message: `${problem} ${advice}`,
    fixes: fixesOf(file, at, value, name, mark),
  };
}

function escapeIn(file: SourceFile, value: Expr, offset: number): string | null {
  const string = expressionsAt(file, offset).findLast(
    (expression): expression is StringExpr => expression.kind === 'string' && expression.start < offset,
  );
  if (string?.style === 'double') return '\\';
  if (string?.style === 'indented') return "''";
  return file.text.startsWith("''", value.start) ? "''" : null;
}

function fixesOf(file: SourceFile, at: Report['at'], value: Expr, name: string, mark: string | null): Fix[] {
  if (mark === null) return [];
  const isSure = DIRECTORIES.has(name) || isSetIn(file.text.slice(value.start, value.end), name);
  const edits = [{ file: at.file, start: at.start, end: at.start, text: mark }];
  return [{ title: 'Leave it to Bash', edits, preferred: true, ...(isSure ? {} : { guess: true }) }];
}

/** Returns whether the script itself sets a variable of this name. */
function isSetIn(text: string, name: string): boolean {
  return new RegExp(`(^|[\\s;(])(${name}=|for ${name} in |read (-\\w+ )*${name}\\b)`).test(text);
}

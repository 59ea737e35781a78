// The TextMate grammars of generator scripts: Bash inside of Nix strings. What they have in common is said once, here,
// since JSON can neither share a part of an expression nor explain one.
//
// Bash itself comes from whoever provides `source.shell` (VS Code does). It is handed *segments*: what stands on one line
// between two things of Nix. A segment is tokenised by itself and forgotten, so nothing that Bash leaves open, such as a
// here-document with an indented end, can run past the end of the Nix string and discolour the rest of the file. What
// does span lines (quotes, here-documents, `\` at the end) has rules of its own, which all end with the Nix string.
//
// A script may hold an interpolation that holds a script (`${lib.optionalString x ''…''}`). A selector cannot ask for the
// innermost scope, so each level has scopes of its own; the third is Nix without Bash.

const BASH = 'meta.embedded.block.shellscript';
const NIX = 'meta.embedded.interpolation';
const SCRIPT = {
  outer: `${BASH}.varsmith`,
  inner: `${BASH}.inner.varsmith`,
  quoted: `${BASH}.quoted.varsmith`,
};
const HOLE = { outer: `${NIX}.script.nix`, inner: `${NIX}.inner.nix` };
const OUT_IN_PROMPTS = 'variable.language.generator-directory.varsmith';

/** The end of an indented string; `'''`, `''$` and `''\` are escapes in it. */
const END = `''(?!['$\\\\])`;
const ESCAPE = `''(?:['$]|\\\\[^\\n]?)`;
/** An interpolation that ends on its line. */
const HOLE_ON_LINE = '\\$(?<braces>\\{(?:[^{}\\n]|\\g<braces>)*+\\})';
const DOLLAR = '\\$\\$|\\$(?!\\{)';
const APOSTROPHE = `'(?!')`;
const within = characters => `(?:${ESCAPE}|${APOSTROPHE}|\\$\\g<braces>|${DOLLAR}|${characters})*+`;

/** Any one part of a segment: it begins and ends on the line, as a quoted word does or a comment. */
const PART = [
  HOLE_ON_LINE,
  ESCAPE,
  `(?<![^\\s;])#${within("[^'$\\n]")}`,
  `"(?:${ESCAPE}|${APOSTROPHE}|\\\\(?!''|\\$\\{|\\n)[^\\n]|\\$\\g<braces>|${DOLLAR}|[^"'$\\\\\\n])*+"`,
  `${APOSTROPHE}(?:${ESCAPE}|\\$\\g<braces>|${DOLLAR}|[^'$\\n])*+${APOSTROPHE}`,
  `\\\\(?!''|\\$\\{|\\n|$)[^\\n]`,
  `\\\\(?=''|\\$\\{)`,
  DOLLAR,
  '<<<',
  `<(?!<-?[ \\t]*["'\\\\]?[A-Za-z_])`,
  `[^"'$\\\\<\\n]`,
].join('|');
const SEGMENT = `(?:${PART})++`;

const bash = { patterns: [{ include: 'source.shell' }] };
/** Behind the name of a command, where `source.shell` as a whole would look for another command. */
const bashArguments = { patterns: [{ include: 'source.shell#option' }, { include: 'source.shell' }] };
const scopes = (...names) => Object.fromEntries(names.map((name, i) => [i, { name }]));

const punctuation = edge => ({
  0: { name: `string.quoted.indented.nix punctuation.definition.string.${edge}.nix` },
});
const quote = edge => scopes(`punctuation.definition.string.${edge}.shell`);

/** Here-documents: the word after `<<` bare or in either quotes, which say whether variables count in it. */
const hereDocument = (mark, quoted) => ({
  begin: `(<<-?)[ \\t]*(${mark})([A-Za-z_][A-Za-z0-9_]*)${mark === '\\\\?' ? '' : `(?:${mark})`}((?:${PART})*+)`,
  beginCaptures: {
    1: { name: 'keyword.operator.heredoc.shell' },
    3: { name: 'punctuation.definition.string.heredoc.delimiter.shell' },
    4: bashArguments,
  },
  end: `^[ \\t]*(\\3)[ \\t]*$|(?=${END})`,
  endCaptures: { 1: { name: 'punctuation.definition.string.heredoc.delimiter.shell' } },
  contentName: `string.${quoted ? 'quoted' : 'unquoted'}.heredoc.shell`,
});

const multiLine = {
  patterns: [
    hereDocument('\\\\?', false),
    hereDocument('"', true),
    hereDocument("'", true),
    {
      name: 'string.quoted.double.shell',
      begin: '"',
      end: `"|(?=${END})`,
      beginCaptures: quote('begin'),
      endCaptures: quote('end'),
      patterns: [
        { name: 'constant.character.escape.shell', match: '\\\\["\\\\$`]' },
        { name: 'variable.other.normal.shell', match: '\\$[A-Za-z_][A-Za-z0-9_]*' },
      ],
    },
    {
      name: 'string.quoted.single.shell',
      begin: APOSTROPHE,
      end: `${APOSTROPHE}|(?=${END})`,
      beginCaptures: quote('begin'),
      endCaptures: quote('end'),
    },
    {
      // The line after a `\` goes on with arguments, which its indentation would hide.
      begin: '\\\\$',
      beginCaptures: scopes('constant.character.escape.line-continuation.shell'),
      end: `(?<![\\\\\\n])$|(?=${END})`,
      patterns: [
        // Its last blank is left: an option begins with one.
        { match: '^[ \\t]+(?=[ \\t])' },
        { match: '(?<=\\n)\\\\$' },
        { include: '#multi-line' },
        { match: SEGMENT, captures: { 0: bashArguments } },
      ],
    },
  ],
};

/** A script in an indented string. Its first command may stand right behind the quotes. */
const indented = level => ({
  begin: "''",
  end: END,
  beginCaptures: punctuation('begin'),
  endCaptures: punctuation('end'),
  contentName: SCRIPT[level],
  patterns: [
    {
      match: `\\G([ \\t]*)(?!(?:if|for|while|until|case|select|function|time|export|local|readonly|declare)\\b)([A-Za-z_][A-Za-z0-9_./+-]*)(?=[ \\t])(${SEGMENT})`,
      captures: {
        2: { name: 'entity.name.command.shell entity.name.function.call.shell' },
        3: bashArguments,
      },
    },
    { include: '#multi-line' },
    { match: SEGMENT, captures: { 0: bash } },
  ],
});

const braces = { begin: '\\$\\{', end: '\\}' };
const holeCaptures = {
  beginCaptures: scopes('punctuation.section.embedded.begin.nix'),
  endCaptures: scopes('punctuation.section.embedded.end.nix'),
};

/** Nix whose indented strings are scripts: straight in it and in its parentheses. */
const nixOfScripts = (script, ...more) => ({
  patterns: [
    ...more.map(include => ({ include })),
    { include: script },
    {
      begin: '\\(',
      end: '\\)|(?=[}\\]])',
      beginCaptures: scopes('punctuation.section.parentheses.begin.nix'),
      endCaptures: scopes('punctuation.section.parentheses.end.nix'),
      patterns: [{ include: `${script}-nix` }],
    },
    { include: 'source.nix' },
  ],
});

const directory = {
  name: OUT_IN_PROMPTS,
  match: '(\\$)(?:out|in|prompts)(?![A-Za-z0-9_])',
  captures: { 1: { name: 'punctuation.definition.variable.shell' } },
};

/** `${name}` of Bash, whose dollar has to be escaped from Nix. */
const escapedBraces = (mark, end) => ({
  name: 'meta.parameter-expansion.shell',
  begin: `(${mark})(\\$)(\\{)`,
  end: `\\}|(?=${end})|$`,
  beginCaptures: {
    1: { name: 'constant.character.escape.nix' },
    2: { name: 'punctuation.definition.variable.shell' },
    3: { name: 'punctuation.section.bracket.curly.variable.begin.shell' },
  },
  endCaptures: scopes('punctuation.section.bracket.curly.variable.end.shell'),
  patterns: [
    { name: OUT_IN_PROMPTS, match: '(?<=\\$\\{)(?:out|in|prompts)(?![A-Za-z0-9_])' },
    { name: 'variable.other.normal.shell', match: '(?<=\\$\\{)[#!]?[A-Za-z_][A-Za-z0-9_]*' },
  ],
});

const SCHEMA = 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json';
const grammar = (name, scopeName, injectionSelector, rest) => ({
  $schema: SCHEMA,
  name,
  scopeName,
  injectionSelector,
  ...rest,
});

/** Finds scripts in Nix, whoever's grammar colours that Nix: the attribute and the `=` stay with it. */
const scripts = grammar(
  'Generator scripts in Nix',
  'varsmith.script',
  'L:source.nix - comment - string - meta.embedded.block - meta.generator-script',
  {
    patterns: [
      { include: '#value' },
      // Never matches. VS Code loads the grammars that patterns include, and does not look into captures for that.
      { begin: '(?!)', end: '(?!)', patterns: [{ include: 'source.shell' }] },
    ],
    repository: {
      value: {
        name: 'meta.generator-script.varsmith',
        begin:
          "(?<=(?:^|[^A-Za-z0-9_'-])script\\s*=)(?![=;])(?!.*(?:mkOption|write(?:Babashka|Fish|FSharp|Guile|Haskell|JS|Lua|Nim|Nu|Perl|PyPy|Python|Ruby|Rust|Text)))",
        end: '(?=[;}\\])])',
        patterns: [{ include: '#indented-nix' }],
      },
      'indented-nix': nixOfScripts('#indented', '#quoted'),
      indented: indented('outer'),
      quoted: {
        // Only where the string is the script: others are arguments, such as a separator.
        begin: `(?<=(?:^|[=(]|(?:''|")\\s*\\+|\\b(?:then|else|mkDefault|mkForce|mkBefore|mkAfter))\\s*)"`,
        end: '"',
        beginCaptures: scopes('string.quoted.double.nix punctuation.definition.string.begin.nix'),
        endCaptures: scopes('string.quoted.double.nix punctuation.definition.string.end.nix'),
        contentName: SCRIPT.quoted,
        patterns: [
          {
            match: `\\G([ \\t]*)([A-Za-z_][A-Za-z0-9_./+-]*)(?=[ \\t])((?:${HOLE_ON_LINE}|${DOLLAR}|\\\\[^\\n]|[^"\\\\$\\n])++)`,
            captures: {
              2: { name: 'entity.name.command.shell entity.name.function.call.shell' },
              3: bashArguments,
            },
          },
          { match: `(?:${HOLE_ON_LINE}|${DOLLAR}|\\\\[^\\n]|[^"\\\\$\\n])++`, captures: { 0: bash } },
        ],
      },
      'multi-line': multiLine,
    },
  },
);

/** What Nix takes for itself in a script in an indented string, wherever Bash stands. */
const inIndented = grammar(
  'Nix in generator scripts',
  'varsmith.script.indented',
  `L:${SCRIPT.outer} - ${HOLE.outer}`,
  {
    patterns: [
      escapedBraces("''", END),
      { name: 'constant.character.escape.nix', match: `${ESCAPE}|\\$\\$(?=\\{)` },
      { ...braces, ...holeCaptures, name: HOLE.outer, patterns: [{ include: '#inner-nix' }] },
    ],
    repository: {
      'inner-nix': nixOfScripts('#inner'),
      inner: indented('inner'),
      'multi-line': multiLine,
    },
  },
);

const inInner = grammar(
  'Nix in scripts in interpolations of generator scripts',
  'varsmith.script.inner',
  `L:${SCRIPT.inner} - ${HOLE.inner}`,
  {
    patterns: [
      escapedBraces("''", END),
      { name: 'constant.character.escape.nix', match: `${ESCAPE}|\\$\\$(?=\\{)` },
      { ...braces, ...holeCaptures, name: HOLE.inner, patterns: [{ include: 'source.nix' }] },
    ],
  },
);

const inQuoted = grammar(
  'Nix in generator scripts in double quotes',
  'varsmith.script.quoted',
  `L:${SCRIPT.quoted} - ${HOLE.outer}`,
  {
    patterns: [
      escapedBraces('\\\\', '"'),
      { name: 'constant.character.escape.nix', match: '\\\\["\\\\$nrt]|\\$\\$(?=\\{)' },
      { ...braces, ...holeCaptures, name: HOLE.outer, patterns: [{ include: 'source.nix' }] },
    ],
  },
);

const QUIET = 'comment - string.quoted.single.shell - string.quoted.heredoc.shell';
const directories = grammar(
  'Directories of generator scripts',
  'varsmith.script.directories',
  [
    `L:${SCRIPT.outer} - ${HOLE.outer} - ${QUIET}`,
    `L:${SCRIPT.inner} - ${HOLE.inner} - ${QUIET}`,
    `L:${SCRIPT.quoted} - ${HOLE.outer} - ${QUIET}`,
  ].join(', '),
  { patterns: [directory] },
);

/** By file in syntaxes/. */
export const SCRIPT_GRAMMARS = {
  'script.tmLanguage.json': scripts,
  'script-indented.tmLanguage.json': inIndented,
  'script-inner.tmLanguage.json': inInner,
  'script-quoted.tmLanguage.json': inQuoted,
  'script-directories.tmLanguage.json': directories,
};

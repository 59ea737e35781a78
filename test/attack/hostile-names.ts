/** Names that a terminal, a log or a page takes for more than names, and the outputs that they must not reach as they are. */

export const EVIL_NAMES = [
  ...[
    '\x1b]0;PWN\x07',
    '\x1b[2J',
    'a\nb::error file=x::PWN',
    '::stop-commands::x',
    ' ::warning::x',
    '##[error]x',
    '##vso[task.debug]x',
    '<img src=x onerror=alert(1)>',
    '\u202eevil',
  ],
  ...[
    '[x](command:evil)',
    '\u2028',
    '\x9b31m',
    '\r\x1b[K',
    '--no-sandbox',
    '../../e',
    '__proto__',
    '\x7f',
    '\u2066x\u2069',
  ],
];

export const FORMATS = [
  ...[
    ['check'],
    ['check', '--format', 'json'],
    ['check', '--format', 'github'],
    ['check', '--format', 'sarif'],
  ],
  ...[
    ['check', '--format', 'lines'],
    ['inspect'],
    ['inspect', '--format', 'json'],
    ['graph', '--format', 'dot'],
  ],
  ...[
    ['graph', '--format', 'mermaid'],
    ['graph', '--format', 'svg'],
    ['graph', '--format', 'json'],
    ['plan'],
    ['plan', '--json'],
  ],
  ...[
    ['list'],
    ['verify'],
    ['verify', '--json'],
    ['doctor'],
    ['doctor', '--json'],
    ['env', 'm'],
    ['generate', '--yes'],
  ],
];

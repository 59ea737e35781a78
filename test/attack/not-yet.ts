/** Probes that do not hold yet: by name, what is missing. Left out of `npm test`; `npm run attack` runs and names them. */
const PLAIN_ONLY = 'output of scripts is searched for the plain text of secrets only';
const FORMS = [
  ...[
    'verbose',
    'printf %q',
    'printf %q in C',
    '@Q',
    'declare',
    'json',
    'hex',
    'od',
    'reversed',
    'first half',
  ],
  ...['base64', 'base64 in one line', 'base64, shifted', 'second half', 'cut in two', 'trace', 'trace in C'],
  ...['trace of a command', 'trace to stdout', 'no command', 'no such file', 'not set', 'a name in $out'],
  ...['a name in $out of a success', 'a folder in $out', 'echo', 'cat', 'stderr', 'within', 'twice'],
];

export const NOT_YET: Readonly<Record<string, string>> = {
  'hostile: store command': "the repository's own store command is started without having been allowed",
  ...Object.fromEntries(FORMS.map(form => [`canary: ${form}`, PLAIN_ONLY])),
};

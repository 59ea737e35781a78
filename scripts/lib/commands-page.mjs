/** The page of all commands, from the table that the help and the completions are made from as well. Pure: data in, Markdown out. */

const ENVIRONMENT = `\
## Environment

| variable | what it does |
| --- | --- |
| \`NO_COLOR\` | no colours, also on a terminal |
| \`SOPS_AGE_KEY\`, \`SOPS_AGE_KEY_FILE\`, \`AGE_KEYFILE\` and others | where [your keys](generate.md#stores) are |
| \`CLAN_NO_COMMIT=1\` | what is stored is staged and not committed, as with \`--no-commit\` |
| \`XDG_CACHE_HOME\`, \`VARSMITH_NO_CODE_CACHE=1\` | where compiled code is kept to start faster; not at all |`;

/**
 * @param {readonly (readonly import('../../server/src/cli/table/command-spec.ts').CommandSpec[])[]} groups in the order of the overview
 */
export function commandsPage(groups) {
  return [
    '# Commands',
    'All commands of `varsmith`, with their options. `varsmith help COMMAND` says the same in a terminal,\n[shells](shells.md) complete all of it, and [exit codes](exit-codes.md) are the same everywhere.',
    ...groups.map(overview),
    '`ROOT` is the folder of the fleet. Without it, it is the nearest one upward with `.clan-flake`, `flake.nix` or `.git`. Output for\nprograms is described in [JSON](json.md).',
    ...groups.flat().flatMap(command),
    ENVIRONMENT,
    'This page is written by `npm run docs` from the table of commands.',
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function overview(group) {
  const rows = group.map(
    ({ name, summary }) => `| [${name}](#varsmith-${name.replaceAll(' ', '-')}) | ${cell(summary)} |`,
  );
  return ['| command | what it does |', '| --- | --- |', ...rows].join('\n');
}

function command({ name, text, usage, options, after }) {
  const shown = options.filter(({ hidden }) => hidden !== true);
  return [
    `## varsmith ${name}`,
    plain(text),
    ['```', ...usage.map(line => `varsmith ${line}`), '```'].join('\n'),
    ...(shown.length === 0
      ? []
      : [['| option | what it does |', '| --- | --- |', ...shown.map(option)].join('\n')]),
    ...(after === undefined ? [] : [plain(after)]),
  ];
}

function option({ name, short, value, help }) {
  const spelled = `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value.label}`}`;
  return `| \`${spelled}\` | ${cell(help)} |`;
}

/** Words of a terminal, in which nothing is Markdown but code. */
function plain(text) {
  const escaped = piece => piece.replace(/[*_<>]/g, '\\$&');
  const parts = text.split(/(`[^`]*`|https?:\S+)/);
  return parts.map((piece, i) => (i % 2 === 1 ? piece : escaped(piece))).join('');
}

function cell(text) {
  return plain(text)
    .replaceAll('|', '\\|')
    .replace(/\s*\n\s*/g, ' ');
}

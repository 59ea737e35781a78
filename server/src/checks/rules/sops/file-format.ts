/** sops/file-format: a secret is decrypted in a format other than its file's. */

import { addOption, replaceWritten } from '../../../edits/edit-bindings.ts';
import { stringText } from '../../../edits/edits.ts';
import type { SecretDefinition } from '../../../fleet/model/secrets.ts';
import type { SopsShape } from '../../../fleet/secrets/secrets-keys.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { secretsOf } from '../../facts/sops/joined-secrets.ts';
import { severityOf } from '../../facts/sops/secret-surroundings.ts';
import type { CheckContext, Fix, Rule } from '../../rule.ts';

export const fileFormat: Rule = {
  id: 'sops/file-format',
  severity: 'error',
  summary: 'A secret of sops-nix has a different format than its file',
  documentation: `\
sops-nix ignores a file's extension: it uses the option \`format\`, then \`sops.defaultSopsFormat\`, and otherwise reads
the file as YAML. This file has a different format. The build of the system ends with \`cannot parse … of …\`, or
activation with \`sops metadata not found\`.

\`yaml\` and \`json\` select a value by its key; \`dotenv\` and \`ini\` provide the whole file, and so does \`binary\`, for
content that sops has wrapped in JSON.

Reported for files that are encrypted; a warning under a condition, or in a file that is part of no machine.

Source: sops-nix 56b2406, pkgs/sops-install-secrets/main.go (\`loadSopsFile\`).`,
  examples: ({ encryptedYaml, moduleWith, VALUE }) => {
    const YAML = { 'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`) };
    const ENV = {
      'secrets/web.env': `\
PASSWORD=${VALUE}
sops_age__list_0__map_recipient=age1lea
sops_mac=${VALUE}
sops_version=3.13.2
`,
    };
    return {
      bad: [
        {
          title: 'Variables of an environment',
          files: {
            ...YAML,
            ...ENV,
            'configuration.nix': moduleWith(`\
  sops.secrets.mail = { };
  sops.secrets.web.sopsFile = ./secrets/web.env;
  #            ^^^ sops/file-format: format = "dotenv"
`),
          },
        },
      ],
      good: [
        {
          title: 'With its format',
          files: {
            ...YAML,
            ...ENV,
            'configuration.nix': moduleWith(`\
  sops.secrets.mail = { };
  sops.secrets.web = {
    sopsFile = ./secrets/web.env;
    format = "dotenv";
  };
`),
          },
        },
      ],
    };
  },
  check: function* (context) {
    const isNew = firstTime();
    const secrets = secretsOf(context);
    for (const { keeper, definitions } of secrets.secrets)
      for (const definition of keeper === 'sops' ? definitions : []) {
        const format = secrets.formatOf(definition);
        const { files, complete } = secrets.filesOf(definition);
        const [file] = files;
        if (format === null || !complete || files.length !== 1 || file?.certain !== true) continue;
        const content = secrets.encrypted(file.path);
        const shapes = SHAPES.get(format);
        if (content?.encrypted !== true || shapes === undefined || shapes.includes(content.shape)) continue;
        const at = definition.format?.at ?? definition.at;
        if (!isNew({ at })) continue;
        const meant = content.shape;
        yield {
          at,
          severity: severityOf(context.fleet, at.file, definition.conditional),
          message: `${file.path} is written in ${WORDS[meant]}, and sops-nix is to read it as ${format}: that fails. Set format = "${meant}".`,
          fixes: fixesOf(context, definition, meant),
        };
      }
  },
};

/** The file shapes that each format can read. */
const SHAPES: ReadonlyMap<string, readonly SopsShape[]> = new Map([
  ['yaml', ['yaml', 'json']],
  ['json', ['json']],
  ['binary', ['json']],
  ['dotenv', ['dotenv']],
  ['ini', ['ini']],
]);

const WORDS: Readonly<Record<SopsShape, string>> = {
  yaml: 'YAML',
  json: 'JSON',
  dotenv: 'lines of variables',
  ini: 'sections of an INI file',
};

function fixesOf(
  { sources }: CheckContext,
  { format, definedOptions, nameKind, at }: SecretDefinition,
  meant: SopsShape,
): Fix[] {
  const edit =
    format !== null
      ? replaceWritten(sources, format.at, text => text === stringText(format.value), stringText(meant))
      : definedOptions.includes('format') || nameKind !== 'literal'
        ? null
        : addOption(sources, at, `format = "${meant}";`);
  return edit === null
    ? []
    : [{ title: `Set format = "${meant}"`, edits: [edit], preferred: true, guess: true }];
}

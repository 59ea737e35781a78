/** generator/unused-tool: the script uses no program of a package. */

import { packagePlace, removePackage } from '../../../edits/edit-packages.ts';
import type { Known } from '../../../nix/places.ts';
import { COREUTILS } from '../../../shell/programs/names.ts';
import { packageCommands } from '../../../shell/programs/tools.ts';
import {
  forEachScript,
  mayRedefineNames,
  named,
  type ScriptedGenerator,
} from '../../facts/generator/scripted-generators.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

/** Programs that start no others, except those named in their arguments. */
const ALONE: ReadonlySet<string> = new Set([
  ...COREUTILS,
  ...`ab age age-keygen argon2 awk base32 bc borg dropbearkey egrep fgrep find gawk genkeys getopt grep hexdump htdigest
  htpasswd jo jq mcookie mkpasswd mosquitto_passwd mycelium nk nsc openssl pwgen pwgen-secure qrencode rage rage-keygen
  sed slappasswd ssh-keygen ssh-to-age step syncthing tomlq uuid uuidgen uuidparse wg wpa_passphrase xargs xkcdpass xmllint
  xq xxd xxhsum yggdrasil yq diceware oathtool vaultwarden nebula-cert signify minisign tor cmp diff`.split(
    /\s+/,
  ),
]);
/** Packages that have an effect even if none of their commands is called. */
const SILENT: ReadonlySet<string> = new Set(['bash', 'bashInteractive', 'busybox', 'coreutils', 'cacert']);

export const unusedTool: Rule = {
  id: 'generator/unused-tool',
  severity: 'hint',
  summary: 'A package in `runtimeInputs` whose programs the script does not use',
  documentation: `\
\`runtimeInputs\` lists a package, and the script runs none of its programs. This is harmless, but the package is
fetched or built before each run, and it misleads readers of the script.

Reported only if all that the script runs is known, and none of it starts other programs by itself: not where a
command is computed, where the script starts a file, \`bash\`, \`python3\`, \`git\`, \`gpg\` or another program that looks for
helpers on its \`PATH\`; nor where a program of the package is named anywhere in the script. If several modules add to
one generator, all of them are considered.`,
  examples: ({ generatorFile }) => ({
    bad: [
      {
        title: 'jq is not used',
        files: generatorFile(
          'token',
          `\
files.token = { };
runtimeInputs = [
  pkgs.openssl
  pkgs.jq
# ^^^^^^^ generator/unused-tool: "jq"
];
script = ''
  openssl rand -hex 32 | tr -d '\\n' > "$out/token"
'';
`,
        ),
      },
      {
        title: 'Under with pkgs',
        files: generatorFile(
          'token',
          `\
files.token = { };
runtimeInputs = with pkgs; [ pwgen openssl ];
#                            ^^^^^ generator/unused-tool
script = ''
  openssl rand -hex 32 | tr -d '\\n' > "$out/token"
'';
`,
        ),
      },
    ],
    good: [
      {
        title: 'Used by name, in a script inside, or perhaps',
        files: {
          ...generatorFile(
            'a',
            `\
files.token = { };
runtimeInputs = [ pkgs.openssl pkgs.bash ];
script = ''
  bash -c 'openssl rand -hex 32' | tr -d '\\n' > "$out/token"
'';
`,
          ),
          ...generatorFile(
            'b',
            `\
files.token = { };
runtimeInputs = [ pkgs.git pkgs.openssh ];
script = ''
  git init -q . && git hash-object --stdin < /dev/urandom > "$out/token"
'';
`,
          ),
        },
      },
    ],
  }),
  check: forEachScript(function* (scripted, context): Iterable<Report> {
    if (!startsOnlyKnownPrograms(scripted)) return;
    const unused = new Map<string, boolean>();
    for (const listed of scripted.body.packages) {
      const isToolUnused = unused.get(listed.value) ?? isUnused(scripted, listed.value);
      unused.set(listed.value, isToolUnused);
      if (!isToolUnused) continue;
      yield {
        at: packagePlace(context.sources, listed),
        message: `The script of ${named(scripted)} uses no program of "${listed.value}".`,
        unnecessary: true,
        fixes: fixesOf(context, listed),
      };
    }
  }),
};

/** Returns whether every program that the script starts, directly or indirectly, is known. */
function startsOnlyKnownPrograms(scripted: ScriptedGenerator): boolean {
  const { body, script } = scripted;
  const { flow, source } = script;
  if (!body.complete.packages || body.script?.text == null || flow.setsPath || flow.fails || flow.empty)
    return false;
  if (mayRedefineNames(scripted) || flow.opaque.some(({ reason }) => REASONS.has(reason))) return false;
  // A longer text computed by Nix may name programs.
  if (source.holes.some(({ start, end }) => /\s/.test(source.text.slice(start, end)))) return false;
  return flow.commands.every(
    ({ kind, name }) =>
      kind === 'function' || kind === 'builtin' || (kind === 'program' && name !== null && ALONE.has(name)),
  );
}

const REASONS: ReadonlySet<string> = new Set(['eval', 'source', 'dynamic-command', 'unreadable', 'limit']);

function isUnused({ script }: ScriptedGenerator, name: string): boolean {
  const contents = SILENT.has(name) ? null : packageCommands(name);
  if (contents === null || contents.commands.size === 0 || !contents.complete) return false;
  const { text } = script.source;
  return [...contents.commands].every(command => !mentions(text, command));
}

/** Returns whether a program is mentioned anywhere. */
function mentions(text: string, command: string): boolean {
  const quoted = command.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(^|[^\\w-])${quoted}($|[^\\w-])`).test(text);
}

function fixesOf({ sources }: CheckContext, listedPackage: Known<string>): Report['fixes'] & object {
  const edit = removePackage(sources, listedPackage);
  return edit === null
    ? []
    : [{ title: `Remove \`${listedPackage.value}\``, edits: [edit], preferred: true }];
}

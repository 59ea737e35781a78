/** generator/missing-tool: a script runs a program that none of its packages provides. */

import { addPackage } from '../../../edits/edit-packages.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { CommandFact } from '../../../shell/flow/flow-facts.ts';
import { COREUTILS } from '../../../shell/programs/names.ts';
import { packageCommands, packageFor } from '../../../shell/programs/tools.ts';
import {
  commandsOf,
  forEachScript,
  isDecisive,
  mayRedefineNames,
  named,
  type ScriptedGenerator,
} from '../../facts/generator/scripted-generators.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

export const missingTool: Rule = {
  id: 'generator/missing-tool',
  severity: 'error',
  summary: 'A script runs a program that is not on its PATH',
  documentation: `\
The script runs a program that none of its \`runtimeInputs\` provides. A script's \`PATH\` contains only these packages
and coreutils: no \`grep\`, \`sed\`, \`awk\` or \`find\`, not even \`bash\`. What is installed on the machine does not count.
The run ends with \`command not found\` (status 127).

Reported only if all packages and their programs are known, and not for a script that sets \`PATH\` itself or checks
with \`command -v\`. Programs started by \`env\`, \`xargs\`, \`timeout\` and the like are included. An error where the script
certainly ends there; a warning where it may not get that far, where the program is in a \`$(…)\` whose failure goes
unnoticed (its value is then silently empty), or where the script always ends with an error, as a placeholder with
\`exit 1\` does. Commands after such an \`exit\` never run and are ignored.

Add the package to \`runtimeInputs\`.

Source: clan-core d7c35d912, \`generic-generator.nix\`: \`makeBinPath (runtimeInputs ++ [ coreutils ])\`.`,
  examples: ({ generatorFile }) => ({
    bad: [
      {
        title: 'No package for openssl, and none for what `xargs` starts',
        files: generatorFile(
          'api',
          `\
files.token = { };
files.name = { };
runtimeInputs = [ pkgs.findutils ];
script = ''
  openssl rand -hex -out "$out/token" 32
# ^^^^^^^ generator/missing-tool: pkgs.openssl
  hostname -f > /tmp/names
# ^^^^^^^^ generator/missing-tool
  xargs -n 1 jq -Rr . < /tmp/names > "$out/name"
  #          ^^ generator/missing-tool
'';
`,
        ),
      },
      {
        title: 'No packages at all',
        files: generatorFile(
          'ssh',
          `\
files.key = { };
files."key.pub".secret = false;
script = ''
  ssh-keygen -q -t ed25519 -N "" -f "$out/key"
# ^^^^^^^^^^ generator/missing-tool: pkgs.openssh
'';
`,
        ),
      },
    ],
    good: [
      {
        title: 'Packages, coreutils, a path of its own, a function',
        files: generatorFile(
          'api',
          `\
files.token = { };
files.id = { };
runtimeInputs = with pkgs; [ jq ];
script = ''
  token() { head -c 32 /dev/urandom | base64 -w0; }
  token > "$out/token"
  \${pkgs.util-linux}/bin/uuidgen | jq -Rr . > "$out/id"
'';
`,
        ),
      },
      {
        title: 'A PATH that the script sets',
        files: generatorFile(
          'api',
          `\
files.token = { };
script = ''
  export PATH="$PATH:\${pkgs.openssl}/bin"
  openssl rand -hex -out "$out/token" 32
'';
`,
        ),
      },
    ],
  }),
  check: forEachScript(function* (scripted, context): Iterable<Report> {
    const { script } = scripted;
    const has = availableCommands(scripted);
    if (has === null) return;
    const seen = new Set<string>();
    for (const command of commandsOf(scripted)) {
      const { name } = command;
      if (name === null || command.kind !== 'program' || command.lookup !== 'path') continue;
      if (has(name) || seen.has(name) || script.flow.probed.has(name)) continue;
      const at = script.placeOf(command.nameAt);
      if (at === null) continue;
      seen.add(name);
      yield { at, ...describe(scripted, context, command, name) };
    }
  }),
};

/**
 * Returns a predicate that tells whether a command is certainly or possibly available, or null if nothing is
 * certain.
 */
function availableCommands(scripted: ScriptedGenerator): ((name: string) => boolean) | null {
  const { body, script } = scripted;
  const { flow } = script;
  if (!body.complete.packages || mayRedefineNames(scripted) || flow.setsPath) return null;
  const packages = body.runtimeInputs.map(packageCommands);
  // A multi-call program may provide any command.
  if (packages.includes(null) || body.runtimeInputs.includes('busybox')) return null;
  const isWhole = packages.every(commands => commands?.complete === true);
  return name => {
    if (COREUTILS.has(name) || packages.some(commands => commands?.commands.has(name))) return true;
    // If a package has more commands than are listed, only those provided by other packages are known not to be
    // in it.
    return !isWhole && packageFor(name) === null;
  };
}

function describe(
  scripted: ScriptedGenerator,
  { sources }: CheckContext,
  command: CommandFact,
  name: string,
): Pick<Report, 'message' | 'severity' | 'fixes'> {
  const home = packageFor(name);
  const severity = isDecisive(scripted, command) && command.checked ? 'error' : 'warning';
  // This is worse than an error, because an empty secret is stored like any other.
  const silently =
    command.stdout === 'captured' && isInArgument(scripted, command)
      ? ' The script goes on without it: what `$(…)` takes from it is silently empty.'
      : '';
  const what = `\`${name}\` is not on the PATH of the script of ${named(scripted)}, which has only its \`runtimeInputs\` and coreutils.${silently}`;
  if (home === null) {
    const near = suggest(name, reachable(scripted));
    const advice = near === null ? 'Add the package that provides it.' : didYouMean(near).trim();
    return { severity, message: `${what} ${advice}` };
  }
  const edit = addPackage(sources, scripted.body, home.name);
  const fixes: Fix[] =
    edit === null
      ? []
      : [
          {
            title: `Add \`${home.name}\` to \`runtimeInputs\``,
            edits: [edit],
            preferred: true,
            ...(home.sure ? {} : { guess: true }),
          },
        ];
  return { severity, message: `${what} Add \`pkgs.${home.name}\`.`, fixes };
}

/**
 * Returns whether the command is substituted in an argument, such as of `echo`, where its failure is ignored;
 * in a plain assignment it ends the script.
 */
function isInArgument({ script }: ScriptedGenerator, { nameAt }: CommandFact): boolean {
  return script.flow.commands.some(command =>
    command.arguments.some(argument => argument.start <= nameAt.start && nameAt.end <= argument.end),
  );
}

function reachable({ body }: ScriptedGenerator): Set<string> {
  return new Set([
    ...COREUTILS,
    ...body.runtimeInputs.flatMap(runtimeInput => [...(packageCommands(runtimeInput)?.commands ?? [])]),
  ]);
}

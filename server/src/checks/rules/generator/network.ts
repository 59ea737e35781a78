/** generator/network: a script needs the network. */
import type { CommandFact } from '../../../shell/flow/flow-facts.ts';
import { literal } from '../../../shell/flow/values.ts';
import { commandsOf, forEachScript, named } from '../../facts/generator/scripted-generators.ts';
import type { Report, Rule } from '../../rule.ts';

/** Matches addresses of the machine itself; the sandbox has its own loopback device. */
const LOCAL = /^(localhost|127\.|\[?::1|0\.0\.0\.0|.*\.localhost$)/;
const URL = /^(?:https?|ftps?|ssh|git|rsync|wss?):\/\/(?:[^@/]*@)?([A-Za-z0-9.[\]:-]+)/;
/** Matches `host.example:path`, as written for ssh and git. */
const REMOTE_PATH = /^(?:[\w.-]+@)([A-Za-z0-9.-]+):|^([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+):/;
const HOST = /^(?:[\w.-]+@)?([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|\d+\.\d+\.\d+\.\d+)$/;

type Reaches = (words: readonly string[]) => boolean;

const toUrl: Reaches = words => words.some(word => isRemote(URL.exec(word)?.[1]));
const toHost: Reaches = words => words.some(word => isRemote(HOST.exec(word)?.[1])) || toUrl(words);
const toRemotePath: Reaches = words =>
  toUrl(words) || words.some(word => isRemote(REMOTE_PATH.exec(word)?.slice(1).find(Boolean)));

const PROGRAMS: Readonly<Record<string, Reaches>> = {
  curl: toUrl,
  wget: toUrl,
  git: ([command = '', ...words]) =>
    /^(clone|fetch|pull|push|ls-remote)$/.test(command) && toRemotePath(words),
  scp: toRemotePath,
  sftp: toRemotePath,
  rsync: toRemotePath,
  ssh: toHost,
  'ssh-keyscan': toHost,
  'ssh-copy-id': toHost,
  ping: toHost,
  dig: toHost,
  nslookup: toHost,
  host: toHost,
  nix: ([command = '', ...words]) =>
    /^(run|shell|build|develop|copy)$/.test(command) && !words.includes('--help'),
  'nix-shell': words => words.some(word => word === '-p' || word === '--packages'),
};

function isRemote(host: string | undefined): boolean {
  return host !== undefined && !LOCAL.test(host);
}

export const network: Rule = {
  id: 'generator/network',
  severity: 'warning',
  summary: 'A script needs the network, which the sandbox does not have',
  documentation: `\
The script fetches something, or talks to another machine. Generators run in a sandbox without network access: names
are not resolved, and no connection can be made. (On macOS the sandbox allows only the machine itself; \`--no-sandbox\`
would work, but then the script can read everything that you can.)

Data from elsewhere can be fetched by Nix (\`pkgs.fetchurl\`, a flake input) if it is public and fixed, requested with a
prompt, or stored by hand with \`clan vars set\`. \`nix run\`, \`nix shell\` and \`nix build\` need the Nix daemon: use
\`runtimeInputs\` instead.

Only addresses that are written out are reported, and nothing after an \`exit\` that every run reaches. Connections to
\`localhost\` are left alone.

Source: clan-core d7c35d912, \`clan_lib/sandbox_exec\` (\`bwrap --unshare-all\`).`,
  examples: ({ generatorFile }) => ({
    bad: [
      {
        title: 'A token from a server',
        files: generatorFile(
          'token',
          `\
prompts.password.type = "hidden";
files.token = { };
runtimeInputs = [ pkgs.curl pkgs.jq ];
script = ''
  curl -sf -K "$prompts/password" https://login.example.org/token | jq -r .token > "$out/token"
# ^^^^ generator/network: without network
'';
`,
        ),
      },
    ],
    good: [
      {
        title: 'A server that the script starts itself',
        files: generatorFile(
          'token',
          `\
files.token = { };
runtimeInputs = [ pkgs.curl pkgs.git ];
script = ''
  git init -q /tmp/repository
  curl -sf http://127.0.0.1:8080/token > "$out/token"
'';
`,
        ),
      },
    ],
  }),
  check: forEachScript(function* (scripted): Iterable<Report> {
    const { script } = scripted;
    for (const command of commandsOf(scripted)) {
      if (command.kind !== 'program' || !needsNetwork(command)) continue;
      const at = script.placeOf(command.nameAt);
      if (at === null) continue;
      yield {
        at,
        message:
          `The script of ${named(scripted)} runs in a sandbox without network, where \`${command.name}\` cannot reach ` +
          'anything. Ask for the value with a prompt, or let Nix fetch what is public.',
      };
    }
  }),
};

function needsNetwork({ name, arguments: list }: CommandFact): boolean {
  const reaches = name !== null && Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
  return reaches?.(list.map(({ value, text }) => literal(value) ?? text)) === true;
}

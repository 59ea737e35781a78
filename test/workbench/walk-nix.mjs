// The walk through a fleet that Nix is asked about: what it says then stands in the explorer, in hovers and in the graph. The Nix of this
// walk is a script that knows three machines.

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { THEMES } from './themes.mjs';

const [DARK, LIGHT] = THEMES;
const WEB = 'web.nix';

const FLEET = {
  'flake.nix': `{
  outputs =
    { nixpkgs, ... }:
    {
      nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = [ ./web.nix ]; };
      nixosConfigurations.mail = nixpkgs.lib.nixosSystem { modules = [ ./mail.nix ]; };
      nixosConfigurations.backup = nixpkgs.lib.nixosSystem { modules = [ ./backup.nix ]; };
    };
}
`,
  [WEB]: `{ config, ... }:
{
  clan.core.vars.generators = {
    session = {
      files.key.owner = config.services.web.user;
      script = "head -c 32 /dev/urandom | base64 > $out/key";
    };
    cookie = {
      files.salt.mode = "0400";
      dependencies = [ "session" ];
      script = "head -c 16 /dev/urandom | base64 > $out/salt";
    };
  };
}
`,
  'mail.nix': `{ config, lib, ... }:
{
  clan.core.vars.generators = lib.mapAttrs' (
    domain: _:
    lib.nameValuePair "dkim-\${domain}" {
      files.key = { };
      script = "head -c 32 /dev/urandom | base64 > $out/key";
    }
  ) config.services.mail.domains;
}
`,
  'backup.nix': `{
  clan.core.vars.generators.passphrase = {
    files.key = { };
    script = "head -c 32 /dev/urandom | base64 > $out/key";
  };
}
`,
};

const ok = value => ({ ok: value });
const file = (more = {}) => ({
  ...{ secret: ok(true), deploy: ok(true), owner: ok('root'), group: ok('root'), mode: ok('0400') },
  neededFor: ok('services'),
  ...more,
});
const generator = (files, script, dependencies = []) => ({
  ...{ share: ok(false), dependencies: ok(dependencies), files: ok(files), prompts: ok({}) },
  ...{ runtimeInputs: ok([]), script: ok(script), validation: ok(null) },
});
const machine = generators => ({
  ...{ hasVars: true, generatorNames: Object.keys(generators), generators },
  ...{ sops: ok(null), age: ok(null), templates: ok(null), positions: ok([]) },
});

/** What Nix says of the machines; of `backup` it says nothing but an error. */
const MACHINES = {
  web: machine({
    session: generator({ key: file({ owner: ok('nginx') }) }, 'head -c 32 /dev/urandom | base64 > $out/key'),
    cookie: generator({ salt: file({ mode: ok('0440') }) }, 'head -c 16 /dev/urandom | base64 > $out/salt', [
      'session',
    ]),
  }),
  mail: machine({
    'dkim-example.org': generator({ key: file() }, 'head -c 32 /dev/urandom | base64 > $out/key'),
  }),
};

const METADATA = {
  path: '/nix/store/source',
  locked: { narHash: 'sha256-AAAA' },
  revision: '113980e1c0ffee',
};

function standIn() {
  const printing = value => `cat <<'END'\n${JSON.stringify(value)}\nEND`;
  const known = Object.entries(MACHINES).map(
    ([name, reply]) => `*'names "${name}"'*) ${printing(reply)}\n;;`,
  );
  return `#!/bin/sh
case "$1" in
--version) echo 'nix (Nix) 2.26.3' ;;
flake) ${printing(METADATA)}
;;
eval)
for question; do :; done
case "$question" in
${known.join('\n')}
*'names "backup"'*)
cat >&2 <<'END'
error: attribute 'repository' missing
       at ${METADATA.path}/backup.nix:2:3:
END
exit 1 ;;
*) ${printing({ nixos: [...Object.keys(MACHINES), 'backup'], darwin: [] })}
;;
esac ;;
esac
`;
}

/** A fleet in git, with a program called nix on PATH. Both are removed when this process exits. */
export function makeNixScene() {
  const parent = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'varsmith-nix-'));
  process.once('exit', () => fs.rmSync(parent, { recursive: true, force: true }));
  const folder = path.join(parent, 'fleet');
  const bin = path.join(parent, 'bin');
  for (const each of [folder, bin]) fs.mkdirSync(each);
  for (const [name, text] of Object.entries(FLEET)) fs.writeFileSync(path.join(folder, name), text);
  fs.writeFileSync(path.join(bin, 'nix'), standIn(), { mode: 0o755 });
  // VS Code asks the person's shell for PATH, and a profile would put another Nix before this one.
  const shell = path.join(bin, 'bash');
  fs.writeFileSync(shell, '#!/bin/sh\nexec /bin/bash --noprofile --norc "$@"\n', { mode: 0o755 });
  execFileSync('git', ['init', '-q', folder]);
  execFileSync('git', ['-C', folder, 'add', '-A']);
  const env = { PATH: `${bin}${path.delimiter}${process.env.PATH}`, SHELL: shell };
  return { folder, openFile: path.join(folder, WEB), env };
}

/** The place behind a text of web.nix, 1-based. */
function behind(text) {
  const lines = FLEET[WEB].split('\n');
  const line = lines.findIndex(each => each.includes(text));
  return [WEB, line + 1, lines[line].indexOf(text) + text.length + 1];
}

/** In a dark and in a light theme. */
async function pictures(ui, name) {
  await ui.moveMouseAway();
  await ui.picture(name);
  await ui.theme(LIGHT);
  await ui.picture(`${name}-light`);
  await ui.theme(DARK);
}

export function nixSteps() {
  return [
    [
      'the command asks Nix, and says what does not evaluate',
      async ui => {
        await ui.command('Varsmith: Ask Nix');
        await ui.toast('evaluated 2 of 3 machines').waitFor();
        await ui.showProblems('backup.nix');
        await ui.problem("attribute 'repository' missing").first().waitFor();
        await pictures(ui, 'nix-problems');
      },
    ],
    [
      'the explorer marks what only Nix says, and what Nix has otherwise',
      async ui => {
        await ui.command('Notifications: Clear All Notifications');
        await ui.command('View: Hide Panel');
        await ui.command('Varsmith: Focus on Fleet View');
        const row = (name, says) =>
          ui.page.locator('.sidebar .monaco-list-row', { hasText: name }).filter({ hasText: says }).first();
        await row('web', 'Nix disagrees').waitFor();
        await ui.expand('mail', 'dkim-example.org');
        await row('dkim-example.org', 'only Nix says').waitFor();
        await ui.expand('web', 'session');
        await pictures(ui, 'nix-fleet');
      },
    ],
    [
      'a hover says what Nix confirms, and what it alone knows',
      async ui => {
        await ui.open(...behind('sess'));
        await ui.hovered('Confirmed by Nix at 113980e, which alone knows owner of key.');
        await ui.picture('nix-hover');
        await ui.page.keyboard.press('Escape');
      },
    ],
    [
      'the graph has marks for it, and its legend explains them',
      async ui => {
        await ui.command('Varsmith: Show Dependency Graph');
        const frame = await ui.webview('#canvas .node');
        await frame.locator('.node[data-id="dkim-example.org"] .mark.nix').waitFor();
        await frame.locator('.node[data-id="cookie"] .mark.contradicted').waitFor();
        await frame.locator('#legend li', { hasText: 'only Nix says' }).waitFor();
        await pictures(ui, 'nix-graph');
      },
    ],
    [
      'the doctor says when Nix was asked',
      async ui => {
        await ui.command('Varsmith: Doctor');
        const frame = await ui.webview('h2');
        await frame.getByText('it evaluates 2 of 3 machines, not backup').first().waitFor();
        await frame.getByText('it evaluates 2 of 3 machines, not backup').first().scrollIntoViewIfNeeded();
        await pictures(ui, 'nix-doctor');
      },
    ],
  ];
}

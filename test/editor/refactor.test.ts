// Refactorings: each applies whole, gives a text that parses, and leaves no error and no warning that was not there.
import { describe, expect, test } from 'vitest';
import { applyEdits, editsByFile } from '../../server/src/checks/engine/apply-fixes.ts';
import { type Refactoring, refactorings } from '../../server/src/editor/refactor/refactorings.ts';
import type { Snapshot } from '../../server/src/editor/snapshot.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder } from '../workspace/support.ts';
import { exampleFiles } from './support.ts';

const engine = await loadEngine();

type Files = Readonly<Record<string, string>>;

function snapshotOf(files: Files): Snapshot {
  return createWorkspace({ root: folder(files), engine }).snapshot();
}

/** Errors and warnings, without their places, which an edit may move. */
function troubles({ findings }: Snapshot): string[] {
  return [...findings.values()]
    .flat()
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ rule, message, at }) => `${at.file} ${rule}: ${message}`)
    .sort();
}

function offered(
  files: Files,
  file: string,
  before: string,
): { snapshot: Snapshot; found: readonly Refactoring[] } {
  const offset = files[file]?.indexOf(before) ?? -1;
  if (offset === -1) throw new Error(`${file} has no ${before}`);
  const snapshot = snapshotOf(files);
  return { snapshot, found: refactorings(snapshot, file, offset + before.length) };
}

const titles = (files: Files, file: string, before: string) =>
  offered(files, file, before).found.map(({ title }) => title);

/** The files after a refactoring; fails if it makes anything worse. */
function refactored(files: Files, file: string, before: string, title: string): Record<string, string> {
  const { snapshot, found } = offered(files, file, before);
  const chosen = found.find(one => one.title.includes(title));
  if (!chosen) throw new Error(`not offered: ${title}; but: ${found.map(one => one.title).join(', ')}`);
  const result: Record<string, string> = { ...files };
  for (const [path, edits] of editsByFile([{ title, edits: chosen.edits, preferred: true }]))
    result[path] = applyEdits(files[path] ?? '', edits);
  for (const { from, to } of chosen.moves)
    for (const path of Object.keys(result).filter(one => one.startsWith(`${from}/`))) {
      result[to + path.slice(from.length)] = result[path] ?? '';
      delete result[path];
    }
  const then = snapshotOf(result);
  for (const path of Object.keys(result).filter(one => one.endsWith('.nix')))
    expect(then.files.parse(path)?.errors).toEqual([]);
  expect(troubles(then)).toEqual(troubles(snapshot));
  return result;
}

const CLAN = {
  'flake.nix':
    '{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; }; }; }',
  '.clan-flake': '',
};
const FILE = 'machines/lea/configuration.nix';
const clan = (text: string, more: Files = {}): Files => ({ ...CLAN, [FILE]: text, ...more });

describe('a script that only stores an answer', () => {
  const TEXT = `{ config, pkgs, ... }:
{
  clan.core.vars.generators.mail = {
    files.token.owner = "postfix";
    prompts.token.type = "hidden";
    runtimeInputs = [ pkgs.coreutils ];
    script = ''
      cat "$prompts/token" > "$out/token"
    '';
  };
  a = config.clan.core.vars.generators.mail.files.token.path;
}
`;
  test('gives way to persist = true', () => {
    expect(
      refactored(clan(TEXT), FILE, 'generators.ma', 'Keep "token" with persist')[FILE],
    ).toBe(`{ config, pkgs, ... }:
{
  clan.core.vars.generators.mail = {
    files.token.owner = "postfix";
    prompts.token.persist = true;
    prompts.token.type = "hidden";
  };
  a = config.clan.core.vars.generators.mail.files.token.path;
}
`);
  });

  test('loses only the copy if there is more to it', () => {
    const more = TEXT.replace('\n    prompts', '\n    files.hash = { };\n    prompts').replace(
      "    '';",
      `      sha256sum "$prompts/token" > "$out/hash"\n    '';`,
    );
    const text = refactored(clan(more), FILE, 'script', 'Keep "token"')[FILE];
    expect(text).toContain(`    script = ''\n      sha256sum "$prompts/token" > "$out/hash"\n    '';`);
  });

  test.each([
    ['writes something else', TEXT.replace('cat "$prompts/token"', 'base64 "$prompts/token"')],
    [
      'writes another file',
      TEXT.replace('"$out/token"', '"$out/other"').replace('files.token', 'files.other'),
    ],
    ['writes it under a condition', TEXT.replace('cat', '[ -n "$X" ] && cat')],
    ['writes a public file', TEXT.replace('files.token.owner = "postfix"', 'files.token.secret = false')],
  ])('stays if it %s', (_, text) => {
    expect(titles(clan(text), FILE, 'generators.ma').filter(title => title.startsWith('Keep'))).toEqual([]);
  });
});

describe('a public file that is made of a secret one', () => {
  const TEXT = `{ config, pkgs, ... }:
{
  clan.core.vars.generators.wg = {
    share = true;
    files.private = { };
    files.public.secret = false;
    runtimeInputs = [ pkgs.wireguard-tools ];
    script = ''
      wg genkey > "$out/private"
      wg pubkey < "$out/private" > "$out/public"
    '';
  };
  a = config.clan.core.vars.generators.wg.files.private.path;
  b = config.clan.core.vars.generators.wg.files.public.value;
}
`;
  test('keeps the shape of what its command says over several lines', () => {
    const command = `cat > "$out/public" <<EOF
      key:
        of: $(wg pubkey < "$out/private")

      end
      EOF`;
    const text = TEXT.replace('wg pubkey < "$out/private" > "$out/public"', () => command);
    const result = refactored(clan(text), FILE, 'generators.w', 'Move "public" into a separate generator');
    expect(result[FILE]).toContain(`    script = ''
      ${command.replace('$out/private', () => '$in/wg/private')}
    '';`);
    const crooked = TEXT.replace('wg pubkey < ', () => 'wg pubkey \\\n    < ');
    expect(titles(clan(crooked), FILE, 'generators.w')).toEqual(
      expect.not.arrayContaining([expect.stringContaining('"public"')]),
    );
  });

  test('gets a generator of its own, and those who use it read that', () => {
    const stored = { 'vars/shared/wg/public/value': 'KEY', 'vars/shared/wg/private/secret': '{}' };
    const result = refactored(
      clan(TEXT, stored),
      FILE,
      'generators.w',
      'Move "public" into a separate generator',
    );
    expect(result[FILE]).toBe(`{ config, pkgs, ... }:
{
  clan.core.vars.generators.wg = {
    share = true;
    files.private = { };
    runtimeInputs = [ pkgs.wireguard-tools ];
    script = ''
      wg genkey > "$out/private"
    '';
  };

  clan.core.vars.generators.wg-public = {
    share = true;
    dependencies = [ "wg" ];
    files.public.secret = false;
    runtimeInputs = [ pkgs.wireguard-tools ];
    script = ''
      wg pubkey < "$in/wg/private" > "$out/public"
    '';
  };
  a = config.clan.core.vars.generators.wg.files.private.path;
  b = config.clan.core.vars.generators.wg-public.files.public.value;
}
`);
    expect(Object.keys(result)).toContain('vars/shared/wg-public/public/value');
    expect(Object.keys(result)).not.toContain('vars/shared/wg/public/value');
  });

  test.each([
    ['has no secret beside it', TEXT.replace('files.private = { }', 'files.private.secret = false')],
    ['is not made of a secret', TEXT.replace('wg pubkey < "$out/private"', 'date')],
    ['is read by the rest of the script', TEXT.replace("    '';", `      cat "$out/public"\n    '';`)],
    ['needs a variable of the rest', TEXT.replace('wg pubkey <', 'x=1\n      wg pubkey $x <')],
    [
      'is read by another generator',
      TEXT.replace(
        '  a =',
        '  clan.core.vars.generators.z = { dependencies = [ "wg" ]; files.z = { }; script = "cat $in/wg/public > $out/z"; };\n  a =',
      ),
    ],
  ])('stays if it %s', (_, text) => {
    expect(titles(clan(text), FILE, 'generators.w').filter(title => title.startsWith('Make'))).toEqual([]);
  });
});

describe('a secret of sops-nix', () => {
  const TEXT = `{ config, ... }:
{
  sops.defaultSopsFile = ./secrets.yaml;
  sops.secrets.token = {
    owner = "nginx";
    mode = "400";
    sopsFile = ./secrets.yaml;
  };
  services.a.file = config.sops.secrets.token.path;
}
`;
  const STORED = { 'machines/lea/secrets.yaml': 'token: ENC[AES256_GCM,data:x]\nsops:\n    mac: x\n' };
  const DEFAULT = {
    'machines/lea/hardware-configuration.nix': '{ sops.defaultSopsFile = ./default.yaml; }\n',
    'machines/lea/default.yaml':
      'token: ENC[AES256_GCM,data:x]\nother: ENC[AES256_GCM,data:x]\nweb:\n    hash: ENC[AES256_GCM,data:x]\nsops:\n    mac: x\n',
  };

  test('becomes a generator that asks', () => {
    expect(
      refactored(clan(TEXT, STORED), FILE, 'secrets.tok', 'Convert to a generator "token"')[FILE],
    ).toBe(`{ config, ... }:
{
  sops.defaultSopsFile = ./secrets.yaml;
  clan.core.vars.generators.token = {
    files.token = {
      owner = "nginx";
      mode = "0400";
    };
    prompts.token = {
      type = "hidden";
      persist = true;
    };
  };
  services.a.file = config.clan.core.vars.generators.token.files.token.path;
}
`);
  });

  test('is taken over from all that is said of it in one place', () => {
    const dotted = `{ config, ... }:
{
  sops.secrets."web/hash".owner = "nginx";
  sops.secrets."web/hash".mode = "0440";
  sops.secrets."web/hash".restartUnits = [
    "a.service"
    "b.service"
  ];
  services.a.file = config.sops.secrets."web/hash".path;
}
`;
    expect(refactored(clan(dotted, DEFAULT), FILE, 'web/h', 'Convert')[FILE]).toBe(`{ config, ... }:
{
  clan.core.vars.generators.web-hash = {
    files.web-hash = {
      owner = "nginx";
      mode = "0440";
      restartUnits = [
        "a.service"
        "b.service"
      ];
      group = config.users.users.nginx.group;
    };
    prompts.web-hash = {
      type = "hidden";
      persist = true;
    };
  };
  services.a.file = config.clan.core.vars.generators.web-hash.files.web-hash.path;
}
`);
  });

  test('takes the set with it that nothing else is in', () => {
    const nested = '{\n  config.sops = {\n    secrets = { token = { }; };\n  };\n}\n';
    expect(refactored(clan(nested, DEFAULT), FILE, '{ tok', 'Convert')[FILE]).toBe(
      '{\n  config.clan.core.vars.generators.token = {\n    prompts.token = {\n      type = "hidden";\n      persist = true;\n    };\n  };\n}\n',
    );
  });

  test('keeps the line ends of its file', () => {
    const windows = TEXT.replaceAll('\n', '\r\n');
    const text = refactored(clan(windows, STORED), FILE, 'secrets.tok', 'Convert to a generator')[FILE];
    expect(text).toContain('    prompts.token = {\r\n');
    expect(text?.replaceAll('\r\n', '')).not.toContain('\n');
  });

  test('moves out of the set it is written in', () => {
    const nested = `{ config, ... }:
{
  sops.secrets = {
    "web/hash" = { neededForUsers = true; };
    other = { };
  };
  users.users.a.hashedPasswordFile = config.sops.secrets."web/hash".path;
}
`;
    expect(refactored(clan(nested, DEFAULT), FILE, 'web/h', 'Convert')[FILE]).toBe(`{ config, ... }:
{
  sops.secrets = {
    other = { };
  };

  clan.core.vars.generators.web-hash = {
    files.web-hash.neededFor = "users";
    prompts.web-hash = {
      type = "hidden";
      persist = true;
    };
  };
  users.users.a.hashedPasswordFile = config.clan.core.vars.generators.web-hash.files.web-hash.path;
}
`);
  });

  test.each([
    ['is put into a template', TEXT.replace('secrets.token.path', 'placeholder.token')],
    ['is given another path', TEXT.replace('owner', 'path = "/x"; owner')],
    [
      'is said elsewhere too',
      TEXT.replace('  services', '  imports = [ { sops.secrets.token.group = "x"; } ];\n  services'),
    ],
    ['is used by parts', TEXT.replace('config.sops.secrets.token.path', 'config.sops.secrets.token')],
  ])('stays if it %s', (_, text) => {
    expect(titles(clan(text, STORED), FILE, 'secrets.tok')).toEqual([]);
  });

  test('stays where it is not known to be of a machine', () => {
    expect(titles({ ...CLAN, 'home.nix': TEXT }, 'home.nix', 'secrets.tok')).toEqual([]);
  });
});

describe('a generator of a module', () => {
  const HOST = 'modules/hosts/tove/default.nix';
  const REGISTRY = 'lib/secret-registry.nix';
  const MATRIX = 'lib/machine-env-matrix.nix';
  const OWN = `  clan.core.vars.generators.backup-token = {
    files.token = { };
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -hex 16 > "$out/token"
    '';
  };

`;
  const fleet = (own = OWN): Files => {
    const files = exampleFiles();
    const text = (files[HOST] ?? '').replace(
      '  clan.core.vars.generators = varsGenerators;\n',
      '  imports = [ ./backup.nix ];\n',
    );
    return {
      ...files,
      'modules/hosts/tove/backup.nix': `{ config, pkgs, ... }:\n{\n${own}  services.x.file = config.clan.core.vars.generators.backup-token.files.token.path;\n}\n`,
      [HOST]: text
        .replace('  imports = [ ./backup.nix ];\n', '  clan.core.vars.generators = varsGenerators;\n')
        .replace(
          '    inputs.hjem.nixosModules.default\n',
          '    ./backup.nix\n    inputs.hjem.nixosModules.default\n',
        ),
    };
  };

  test('moves into the registry, and is selected for the machine that has it', () => {
    const result = refactored(
      fleet(),
      'modules/hosts/tove/backup.nix',
      'generators.back',
      'Move "backup-token" into the registry',
    );
    expect(result['modules/hosts/tove/backup.nix']).toBe(
      '{ config, pkgs, ... }:\n{\n  services.x.file = config.clan.core.vars.generators.backup-token.files.token.path;\n}\n',
    );
    expect(result[REGISTRY]).toContain(`
  backup-token = mkGeneratedSecret {
    generator = "backup-token";
    envVar = null;
    domain = "system";
    kind = "password";
    fileAttr = "token";
    files.token = { };
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -hex 16 > "$out/token"
    '';
  };
`);
    expect(result[MATRIX]).toContain('    "login-password"\n    "backup-token"\n');
  });

  test.each([
    ['names what only the module knows', OWN.replace('rand', '${config.networking.hostName}')],
    ['says what the helper does not take', OWN.replace('    script', '    validation = 1;\n    script')],
  ])('stays if it %s', (_, own) => {
    expect(titles(fleet(own), 'modules/hosts/tove/backup.nix', 'generators.back')).toEqual([]);
  });
});

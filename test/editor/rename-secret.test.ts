// Renaming secrets of sops-nix and agenix: the key in the encrypted file stays, and is named where it has to be.
import { describe, expect, test } from 'vitest';
import { applyEdits, editsByFile } from '../../server/src/checks/engine/apply-fixes.ts';
import { references } from '../../server/src/editor/navigate/references.ts';
import { prepareRename, rename } from '../../server/src/editor/rename/rename.ts';
import { AGENIX, inFleet, SOPS } from './secret-fleets.ts';
import type { At } from './support.ts';

/** The lines that are other ones now, by file; or why it is refused. */
function renamed(at: At, to: string): Record<string, string[]> | string | null {
  const found = rename(at.snapshot, at.file, at.offset, to);
  if (found === null) return null;
  if ('refused' in found) return found.refused;
  expect(found.moves).toEqual([]);
  const files = editsByFile([{ title: '', edits: found.edits, preferred: true }]);
  return Object.fromEntries(
    [...files].map(([file, edits]) => {
      const before = at.snapshot.files.text(file) ?? '';
      const old = new Set(before.split('\n'));
      return [
        file,
        applyEdits(before, edits)
          .split('\n')
          .filter(line => !old.has(line)),
      ];
    }),
  );
}

const HOST = 'hosts/server/wg.nix';
const inHost = (body: string, before: string, more: Readonly<Record<string, string>> = {}) =>
  inFleet({ ...SOPS, [HOST]: `{ config, lib, ... }:\n{\n  ${body}\n}\n`, ...more }, HOST, before);

describe('a secret of sops-nix', () => {
  const RENAMED = {
    'hosts/server/default.nix': [
      '  services.web.tokenFile = config.sops.secrets."token".path;',
      '  sops.templates."app.env".content = "TOKEN=${config.sops.placeholder."token"}";',
    ],
    'modules/secrets.nix': [
      '  sops.secrets."token" = { key = "api/token"; owner = "ada"; mode = "0440"; restartUnits = [ "web.service" ]; };',
    ],
  };

  test('is renamed where it is declared and used, and keeps its key', () => {
    expect(renamed(inFleet(SOPS, 'modules/secrets.nix', '"api/tok'), 'token')).toEqual(RENAMED);
    expect(renamed(inFleet(SOPS, 'hosts/server/default.nix', 'placeholder."api/'), 'token')).toEqual(RENAMED);
  });

  test('with a key of its own is only renamed', () => {
    expect(renamed(inFleet(SOPS, 'modules/secrets.nix', 'sops.secrets.ada'), 'ada/password')).toEqual({
      'modules/secrets.nix': [
        '  sops.secrets."ada/password" = {',
        '  users.users.ada.hashedPasswordFile = config.sops.secrets."ada/password".path;',
      ],
    });
  });

  test('is told its key beside a single option, in an empty set, and in a set of secrets', () => {
    expect(renamed(inHost('sops.secrets.wg.owner = "ada";', 'secrets.w'), 'vpn')).toEqual({
      [HOST]: ['  sops.secrets.vpn.key = "wg";', '  sops.secrets.vpn.owner = "ada";'],
    });
    expect(renamed(inHost('sops.secrets.wg = { };', 'secrets.w'), 'vpn')).toEqual({
      [HOST]: ['  sops.secrets.vpn = { key = "wg"; };'],
    });
    expect(renamed(inHost('sops.secrets = {\n    wg.owner = "ada";\n  };', '    w'), 'v.p')).toEqual({
      [HOST]: ['    "v.p".key = "wg";', '    "v.p".owner = "ada";'],
    });
    expect(
      renamed(inHost('sops.secrets = {\n    wg = {\n      mode = "0440";\n    };\n  };', '    w'), 'vpn'),
    ).toEqual({
      [HOST]: ['    vpn = {', '      key = "wg";'],
    });
  });

  test('of a file that has no keys needs none', () => {
    const body = 'sops.secrets.wg = { format = "binary"; sopsFile = ./wg.bin; };';
    expect(renamed(inHost(body, 'secrets.w'), 'vpn')).toEqual({
      [HOST]: ['  sops.secrets.vpn = { format = "binary"; sopsFile = ./wg.bin; };'],
    });
  });

  test('on another machine that sets the key itself needs one where it does not', () => {
    const other = { 'hosts/laptop/wg.nix': '{ sops.secrets.wg.key = "wg"; }\n' };
    expect(renamed(inHost('sops.secrets.wg = { };', 'secrets.w', other), 'vpn')).toEqual({
      [HOST]: ['  sops.secrets.vpn = { key = "wg"; };'],
      'hosts/laptop/wg.nix': ['{ sops.secrets.vpn.key = "wg"; }'],
    });
  });

  test('takes paths on the machine that are written out along', () => {
    const body =
      'sops.secrets.wg = { };\n  a = "/run/secrets/wg";\n  b = "cat /run/secrets/wg; cat /run/secrets/wg-old";\n  # see /run/secrets/wg';
    expect(renamed(inHost(body, 'secrets.w'), 'vpn')).toEqual({
      [HOST]: [
        '  sops.secrets.vpn = { key = "wg"; };',
        '  a = "/run/secrets/vpn";',
        '  b = "cat /run/secrets/vpn; cat /run/secrets/wg-old";',
      ],
    });
  });

  test('is refused where it is put together, asked about, or not declared in Nix', () => {
    const made = 'sops.secrets = lib.genAttrs [ "wg" ] (_: { });';
    expect(renamed(inHost(made, '[ "w'), 'vpn')).toContain(
      '`key = "wg";` cannot be inserted at hosts/server/wg.nix:3',
    );
    const holes =
      'sops.secrets."${config.networking.hostName}-wg" = { };\n  a = config.sops.secrets.x-wg.path;';
    expect(renamed(inHost(holes, 'secrets.x'), 'vpn')).toContain(
      'is not written out at hosts/server/wg.nix:3',
    );
    const asked = 'sops.secrets.wg = { };\n  a = config.sops.secrets ? wg;';
    expect(renamed(inHost(asked, 'secrets.w'), 'vpn')).toContain(
      'is not written out at hosts/server/wg.nix:4',
    );
    const nobody = 'a = config.sops.secrets.nobody.path;';
    expect(renamed(inHost(nobody, 'secrets.no'), 'vpn')).toContain('Nothing in this repository declares');
  });

  test('is not kept from it by what asks for any name, unless the name is written out elsewhere', () => {
    const any = 'sops.secrets.wg = { };\n  a = name: config.sops.secrets.${name}.path;';
    expect(renamed(inHost(any, 'secrets.w'), 'vpn')).toEqual({
      [HOST]: ['  sops.secrets.vpn = { key = "wg"; };'],
    });
    const given = `${any}\n  b = [ "wg" ];`;
    expect(renamed(inHost(given, 'secrets.w'), 'vpn')).toContain('not written out at hosts/server/wg.nix:5');
  });

  test('is refused where machines and users each have one of the name', () => {
    const body = 'sops.secrets.git = { };\n  a = config.sops.secrets.git.path;';
    expect(renamed(inHost(body, 'secrets.g'), 'vcs')).toContain(
      'Machines and users each have a secret "git"',
    );
  });

  test('is refused where the name is taken, or cannot be one', () => {
    expect(renamed(inFleet(SOPS, 'modules/secrets.nix', '"api/tok'), 'ada-password')).toBe(
      'A secret "ada-password" already exists.',
    );
    expect(renamed(inFleet(SOPS, 'modules/secrets.nix', '"api/tok'), '../x')).toContain('cannot be a name');
    expect(renamed(inFleet(SOPS, 'modules/secrets.nix', '"api/tok'), '')).toContain('cannot be empty');
  });

  test('its key is sealed with the value: that is said, in Nix and in the encrypted file', () => {
    const why = /authenticated with its value.*sops edit secrets\/(users|common)\.yaml/;
    expect(renamed(inFleet(SOPS, 'modules/secrets.nix', 'key = "users'), 'x')).toMatch(why);
    expect(renamed(inFleet(SOPS, 'secrets/common.yaml', '    tok'), 'x')).toMatch(why);
    const { snapshot, file, offset } = inFleet(SOPS, 'secrets/common.yaml', '    tok');
    expect(prepareRename(snapshot, file, offset)).toHaveProperty('refused');
  });

  test('what would be renamed is the name without its quotes; a file and an attribute are nothing of the kind', () => {
    const prepared = ({ snapshot, file, offset }: At) => prepareRename(snapshot, file, offset);
    const found = prepared(inFleet(SOPS, 'modules/secrets.nix', '"api/tok'));
    expect(found).toMatchObject({ name: 'api/token' });
    expect(prepared(inFleet(SOPS, 'modules/secrets.nix', 'defaultSopsFile = ../sec'))).toBeNull();
    expect(prepared(inFleet(SOPS, 'hosts/server/default.nix', 'secrets."api/token".pa'))).toBeNull();
  });
});

test('nothing is worse afterwards: the same findings, and the key is found as before', () => {
  const at = inFleet(SOPS, 'modules/secrets.nix', '"api/tok');
  const found = rename(at.snapshot, at.file, at.offset, 'token');
  if (found === null || 'refused' in found) throw new Error('refused');
  const texts: Record<string, string> = { ...SOPS };
  for (const [file, edits] of editsByFile([{ title: '', edits: found.edits, preferred: true }]))
    texts[file] = applyEdits(texts[file] ?? '', edits);
  const findings = ({ snapshot }: At) => [...snapshot.findings.values()].flat().map(({ rule }) => rule);
  const after = inFleet(texts, 'modules/secrets.nix', '"tok');
  expect(findings(after)).toEqual(findings(at));
  expect(references(after.snapshot, after.file, after.offset, true)?.map(one => one.file)).toContain(
    'secrets/common.yaml',
  );
});

test('a template is renamed where it is declared and used', () => {
  expect(renamed(inFleet(SOPS, 'hosts/server/default.nix', 'templates."app.env".p'), 'web')).toBeNull();
  expect(renamed(inFleet(SOPS, 'hosts/server/default.nix', 'templates."app'), 'web')).toEqual({
    'hosts/server/default.nix': [
      '  sops.templates."web".content = "TOKEN=${config.sops.placeholder."api/token"}";',
      '  services.web.environmentFile = config.sops.templates."web".path;',
    ],
  });
});

test('a secret of agenix is renamed, and its file is not', () => {
  expect(renamed(inFleet(AGENIX, 'hosts/web.nix', 'config.age.secrets.d'), 'database')).toEqual({
    'hosts/web.nix': [
      '  age.secrets.database = { file = ../secrets/db.age; owner = "postgres"; };',
      '  services.db.passwordFile = config.age.secrets.database.path;',
    ],
  });
  expect(renamed(inFleet(AGENIX, 'secrets/secrets.nix', '"db'), 'x')).toBeNull();
});

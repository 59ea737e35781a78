// Secrets of sops-nix and agenix under the cursor: hover, definition, references.
import { describe, expect, test } from 'vitest';
import { hover } from '../../server/src/editor/hover/hover.ts';
import { definition } from '../../server/src/editor/navigate/definition.ts';
import { highlights, references } from '../../server/src/editor/navigate/references.ts';
import { documentSymbols, workspaceSymbols } from '../../server/src/editor/shown/symbols.ts';
import { AGENIX, inFleet, SOPS } from './secret-fleets.ts';
import { textAt } from './support.ts';

const RECIPIENT = 'age1ada00000000000000000000000000000000000000000000000000000000';

type At = ReturnType<typeof inFleet>;

function shown({ snapshot, file, offset }: At): string | null {
  return hover(snapshot, file, offset)?.markdown ?? null;
}

/** The texts of the targets. */
function leadsTo({ snapshot, file, offset }: At): string[] | undefined {
  return definition(snapshot, file, offset)?.targets.map(target => textAt(snapshot, target));
}

function foundBy({ snapshot, file, offset }: At, declarations = true): string[] | undefined {
  return references(snapshot, file, offset, declarations)?.map(place => textAt(snapshot, place));
}

describe('a secret of sops-nix', () => {
  test('hover: where it is encrypted, for whom, and where it lies on which machines', () => {
    const use = shown(inFleet(SOPS, 'hosts/server/default.nix', 'secrets."api/tok'));
    expect(use).toMatchInlineSnapshot(`
      "**api/token** · secret of sops-nix

      - Encrypted in \`secrets/common.yaml\` (yaml), key \`api/token\`
      - Can be decrypted by admin, server
      - On the machine: \`/run/secrets/api/token\`
      - Owner \`ada\`, mode \`0440\`
      - Restarts \`web.service\`
      - Machines: laptop, server (2 of 2)
      - Used in \`hosts/server/default.nix:4\`, \`hosts/server/default.nix:7\`

      Defined in \`modules/secrets.nix:4\`"
    `);
    expect(shown(inFleet(SOPS, 'modules/secrets.nix', '"api/tok'))).toBe(use);
    expect(shown(inFleet(SOPS, 'hosts/server/default.nix', 'secrets."api/token".pa'))).toBe(use);
  });

  test('hover: needed for users, with a key and a file of its own', () => {
    expect(shown(inFleet(SOPS, 'modules/secrets.nix', 'sops.secrets.ada-pass'))).toMatchInlineSnapshot(`
      "**ada-password** · secret of sops-nix

      - Encrypted in \`secrets/users.yaml\` (yaml), key \`users/ada\`
      - Can be decrypted by admin
      - On the machine: \`/run/secrets-for-users/ada-password\`
      - Mode \`0400\`
      - Machines: laptop, server (2 of 2)
      - Used in \`modules/secrets.nix:10\`

      Defined in \`modules/secrets.nix:5\`"
    `);
  });

  test('hover: a key that is not there, a file that is not there', () => {
    expect(shown(inFleet(SOPS, 'hosts/server/default.nix', 'sops.secrets.mist'))).toMatchInlineSnapshot(`
      "**mistake** · secret of sops-nix

      - Encrypted in \`secrets/common.yaml\` (yaml), which has no value under \`mistake\`
      - Can be decrypted by admin, server
      - On the machine: \`/run/secrets/mistake\`
      - Mode \`0400\`
      - Machines: server (1 of 2)
      - Read nowhere in Nix

      Defined in \`hosts/server/default.nix:5\`"
    `);
    expect(shown(inFleet(SOPS, 'hosts/server/default.nix', 'sops.secrets.gon'))).toMatchInlineSnapshot(`
      "**gone** · secret of sops-nix

      - There is no file \`hosts/server/nothing.yaml\`
      - On the machine: \`/run/secrets/gone\`
      - Mode \`0400\`
      - Machines: server (1 of 2)
      - Read nowhere in Nix

      Defined in \`hosts/server/default.nix:6\`"
    `);
  });

  test('hover: of a user of home-manager', () => {
    expect(shown(inFleet(SOPS, 'home/ada.nix', 'sops.secrets.gi'))).toMatchInlineSnapshot(`
      "**git** · secret of sops-nix

      - Encrypted in \`secrets/users.yaml\` (yaml), key \`git\`
      - Can be decrypted by admin
      - On the machine: \`~/.config/sops-nix/secrets/git\`
      - Mode \`0400\`
      - Machines: laptop (1 of 2)
      - Read nowhere in Nix

      Defined in \`home/ada.nix:1\`"
    `);
  });

  test('hover: a template', () => {
    expect(shown(inFleet(SOPS, 'hosts/server/default.nix', 'templates."app'))).toMatchInlineSnapshot(`
      "**app.env** · template of sops-nix

      - On the machine: \`/run/secrets/rendered/app.env\`
      - Filled in with \`api/token\`
      - Machines: server (1 of 2)
      - Used in \`hosts/server/default.nix:8\`

      Defined in \`hosts/server/default.nix:7\`"
    `);
  });

  test('hover: in a module that nobody imports, both places are named unless its options tell', () => {
    const loose = (body: string) =>
      shown(
        inFleet(
          { ...SOPS, 'modules/loose.nix': `{ sops.secrets.wg = { ${body} }; }` },
          'modules/loose.nix',
          'secrets.w',
        ),
      );
    expect(loose('')).toContain('`/run/secrets/wg` or `~/.config/sops-nix/secrets/wg`');
    expect(loose('')).not.toContain('Machines:');
    expect(loose('restartUnits = [ ];')).toContain('machine: `/run/secrets/wg`\n');
    expect(loose('path = "/etc/wg.key";')).toContain('machine: `/etc/wg.key`\n');
    expect(loose('name = "wg0";')).toContain('`/run/secrets/wg0`');
  });

  test("hover: a secret of clan's own is encrypted in its folder", () => {
    const user = (recipient: string) => `[{ "publickey": "${recipient}", "type": "age" }]`;
    const files = {
      'flake.nix':
        '{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; }; }; }',
      '.clan-flake': '',
      'machines/lea/configuration.nix': '{ config, ... }: { a = config.sops.secrets.mail.path; }',
      'sops/users/ada/key.json': user(RECIPIENT),
      'sops/machines/lea/key.json': user(RECIPIENT.replace('ada', 'lea')),
      'sops/secrets/mail/secret': JSON.stringify({
        data: 'ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]',
        sops: { age: [{ recipient: RECIPIENT, enc: 'x' }] },
      }),
    };
    const links = { 'sops/secrets/mail/machines/lea': '../../../machines/lea' };
    const at = inFleet(files, 'machines/lea/configuration.nix', 'secrets.m', links);
    expect(shown(at)).toMatchInlineSnapshot(`
      "**mail** · secret of sops-nix

      - Encrypted in \`sops/secrets/mail/secret\`
      - Can be decrypted by user ada
      - On the machine: \`/run/secrets/mail\`
      - Machines: lea
      - Used in \`machines/lea/configuration.nix:1\`

      Declared by clan, for \`sops/secrets\`"
    `);
    expect(leadsTo(at)).toEqual(['sops/secrets/mail/secret: ']);
  });

  test('hover: an encrypted file and a key in it', () => {
    expect(shown(inFleet(SOPS, 'modules/secrets.nix', 'defaultSopsFile = ../sec'))).toMatchInlineSnapshot(`
      "**secrets/common.yaml** · encrypted by sops

      - Can be decrypted by admin, server
      - 2 keys: \`api/token\`, \`wg\`
      - Secrets that use it: \`api/token\`, \`mistake\`"
    `);
    expect(shown(inFleet(SOPS, 'secrets/common.yaml', '    tok'))).toMatchInlineSnapshot(`
      "**api/token** · key of secrets/common.yaml

      - Taken as \`api/token\`
      - Can be decrypted by admin, server

      Defined in \`modules/secrets.nix:4\`"
    `);
  });

  test('hover: an option, of a secret, of a template, of sops-nix itself', () => {
    expect(shown(inFleet(SOPS, 'modules/secrets.nix', 'neededFor'))).toMatchInlineSnapshot(`
      "**neededForUsers** · option of a secret of sops-nix

      True: it is decrypted before users are made, for \`hashedPasswordFile\`. It then lies in \`/run/secrets-for-users\` and belongs to root.

      - Type: boolean
      - Default: \`false\`"
    `);
    expect(shown(inFleet(SOPS, 'modules/secrets.nix', '; mo'))).toContain(
      '**mode** · option of a secret of sops-nix',
    );
    expect(shown(inFleet(SOPS, 'hosts/server/default.nix', '"app.env".con'))).toContain(
      'template of sops-nix',
    );
    expect(shown(inFleet(SOPS, 'modules/secrets.nix', 'sops.defaultSops'))).toContain('**defaultSopsFile**');
    expect(shown(inFleet(AGENIX, 'hosts/web.nix', '; own'))).toContain('secret of agenix');
  });

  test('no hover shows anything of an encrypted value', () => {
    const at = inFleet(SOPS, 'flake.nix', '');
    let count = 0;
    for (const [file, text] of Object.entries(SOPS))
      for (let offset = 0; offset < text.length; offset++) {
        const found = shown({ ...at, file, offset });
        if (found !== null) count++;
        expect(found ?? '').not.toContain('ENC[');
      }
    expect(count).toBeGreaterThan(100);
  });

  test('a use leads to the declaration, the declaration to the key in the encrypted file', () => {
    expect(leadsTo(inFleet(SOPS, 'hosts/server/default.nix', 'secrets."api/tok'))).toEqual([
      'modules/secrets.nix: "api/token"',
    ]);
    expect(leadsTo(inFleet(SOPS, 'hosts/server/default.nix', 'placeholder."api/tok'))).toEqual([
      'modules/secrets.nix: "api/token"',
    ]);
    expect(leadsTo(inFleet(SOPS, 'modules/secrets.nix', '"api/tok'))).toEqual(['secrets/common.yaml: token']);
    expect(leadsTo(inFleet(SOPS, 'modules/secrets.nix', 'key = "users/'))).toEqual([
      'secrets/users.yaml: ada',
    ]);
    expect(leadsTo(inFleet(SOPS, 'modules/secrets.nix', 'defaultSopsFile = ../sec'))).toEqual([
      'secrets/common.yaml: ',
    ]);
    expect(leadsTo(inFleet(SOPS, 'hosts/server/default.nix', 'templates."app.env".pa'))).toEqual([
      'hosts/server/default.nix: "app.env"',
    ]);
  });

  test('the key in the encrypted file leads to the declaration', () => {
    expect(leadsTo(inFleet(SOPS, 'secrets/common.yaml', '    tok'))).toEqual([
      'modules/secrets.nix: "api/token"',
    ]);
    expect(leadsTo(inFleet(SOPS, 'secrets/common.yaml', 'lastmod'))).toBeUndefined();
  });

  test('a use on a machine leads to the declaration of that machine', () => {
    const body = '{ config, ... }: { sops.secrets.wg = { }; services.wg = config.sops.secrets.wg.path; }';
    const more = { ...SOPS, 'hosts/server/wg.nix': body, 'hosts/laptop/wg.nix': body };
    expect(leadsTo(inFleet(more, 'hosts/laptop/wg.nix', 'config.sops.secrets.w'))).toEqual([
      'hosts/laptop/wg.nix: wg',
    ]);
  });

  test('a user and a machine have secrets of their own', () => {
    const home =
      '{ config, osConfig, ... }: { sops.secrets.git = { }; a = config.sops.secrets.git.path; b = osConfig.sops.secrets.git.path; }';
    const files = { ...SOPS, 'home/ada.nix': home, 'hosts/laptop/wg.nix': '{ sops.secrets.git = { }; }' };
    expect(leadsTo(inFleet(files, 'home/ada.nix', ' config.sops.secrets.g'))).toEqual(['home/ada.nix: git']);
    expect(leadsTo(inFleet(files, 'home/ada.nix', 'osConfig.sops.secrets.g'))).toEqual([
      'hosts/laptop/wg.nix: git',
    ]);
  });

  test('references: declaration, uses, placeholders, and the key in the encrypted file', () => {
    const all = [
      'hosts/server/default.nix: "api/token"',
      'hosts/server/default.nix: "api/token"',
      'modules/secrets.nix: "api/token"',
      'secrets/common.yaml: token',
    ];
    expect(foundBy(inFleet(SOPS, 'modules/secrets.nix', '"api/tok'))).toEqual(all);
    expect(foundBy(inFleet(SOPS, 'hosts/server/default.nix', 'placeholder."api/tok'))).toEqual(all);
    expect(foundBy(inFleet(SOPS, 'modules/secrets.nix', '"api/tok'), false)).toEqual(all.slice(0, 2));
    expect(foundBy(inFleet(SOPS, 'secrets/common.yaml', '    tok'))).toEqual([
      'secrets/common.yaml: token',
      'modules/secrets.nix: "api/token"',
      'hosts/server/default.nix: "api/token"',
      'hosts/server/default.nix: "api/token"',
    ]);
  });

  test('marks in one file', () => {
    const { snapshot, file, offset } = inFleet(SOPS, 'hosts/server/default.nix', 'placeholder."api/tok');
    expect(highlights(snapshot, file, offset).map(({ at, role }) => [textAt(snapshot, at), role])).toEqual([
      ['hosts/server/default.nix: "api/token"', 'use'],
      ['hosts/server/default.nix: path', 'field'],
      ['hosts/server/default.nix: "api/token"', 'use'],
    ]);
  });

  test('the outline and the search for symbols have them', () => {
    const { snapshot } = inFleet(SOPS, 'hosts/server/default.nix', '');
    expect(
      documentSymbols(snapshot, 'hosts/server/default.nix').map(({ name, detail }) => `${name}: ${detail}`),
    ).toEqual(['mistake: secret', 'gone: secret', 'app.env: template of sops-nix']);
    expect(workspaceSymbols(snapshot, 'api').map(({ name }) => name)).toEqual(['api/token']);
  });
});

describe('a secret of agenix', () => {
  test('hover: its file, those who can decrypt it by name, and where it lies', () => {
    expect(shown(inFleet(AGENIX, 'hosts/web.nix', 'age.secrets.db'))).toMatchInlineSnapshot(`
      "**db** · secret of agenix

      - Encrypted in \`secrets/db.age\`
      - Can be decrypted by ada, web
      - On the machine: \`/run/agenix/db\`
      - Owner \`postgres\`, mode \`0400\`
      - Machines: web
      - Used in \`hosts/web.nix:4\`

      Defined in \`hosts/web.nix:3\`"
    `);
    expect(shown(inFleet(AGENIX, 'secrets/secrets.nix', '"db'))).toMatchInlineSnapshot(`
      "**secrets/db.age** · encrypted by age

      - Can be decrypted by ada, web
      - Secrets that use it: \`db\`"
    `);
  });

  test('a use leads to its declaration, the file to its rule, the rule to the file', () => {
    expect(leadsTo(inFleet(AGENIX, 'hosts/web.nix', 'config.age.secrets.d'))).toEqual(['hosts/web.nix: db']);
    expect(leadsTo(inFleet(AGENIX, 'hosts/web.nix', '../secrets/d'))).toEqual([
      'secrets/secrets.nix: "db.age"',
      'secrets/db.age: ',
    ]);
    expect(leadsTo(inFleet(AGENIX, 'secrets/secrets.nix', '"db'))).toEqual(['secrets/db.age: ']);
  });

  test('references: of the secret, and of the file', () => {
    expect(foundBy(inFleet(AGENIX, 'hosts/web.nix', 'age.secrets.d'))).toEqual([
      'hosts/web.nix: db',
      'hosts/web.nix: db',
    ]);
    expect(foundBy(inFleet(AGENIX, 'secrets/secrets.nix', '"db'))).toEqual([
      'hosts/web.nix: ../secrets/db.age',
      'secrets/secrets.nix: "db.age"',
    ]);
  });
});

import { expect, test } from 'vitest';
import { hover } from '../../server/src/editor/hover/hover.ts';
import { type At, inExample, textAt } from './support.ts';

function shown({ snapshot, file, offset }: At): string | null {
  return hover(snapshot, file, offset)?.markdown ?? null;
}
const MATRIX = 'lib/machine-env-matrix.nix';
const REGISTRY = 'lib/secret-registry.nix';

test('a key of the matrix: what it produces, and for whom', () => {
  expect(shown(inExample(MATRIX, '"anthr'))).toMatchInlineSnapshot(`
    "**anthropic** · registry key · ai

    Anthropic API key (console.anthropic.com)

    - Generator \`anthropic-api-key\` · per machine
    - \`key\` secret, owner ada → \`/run/secrets/vars/per-machine/<machine>/anthropic-api-key/key\`
    - Variable \`ANTHROPIC_API_KEY_FILE\` = the path of \`key\`
    - Machines: emily, noa, tove (3 of 4)

    Defined in \`lib/secret-registry.nix:104\`"
  `);
});
test('a secret that a store of another kind deploys: nobody but its author knows where', () => {
  const own = { 'varsmith.json': '{ "store": { "command": ["./my-store"] } }' };
  expect(shown(inExample(MATRIX, '"anthr', own))).toContain(
    '`key` secret, owner ada → where its store puts it',
  );
});
test('the same key in the registry', () => {
  expect(shown(inExample(REGISTRY, '\n  anthr'))).toMatchInlineSnapshot(`
    "**anthropic** · registry key · ai

    Anthropic API key (console.anthropic.com)

    - Generator \`anthropic-api-key\` · per machine
    - \`key\` secret, owner ada → \`/run/secrets/vars/per-machine/<machine>/anthropic-api-key/key\`
    - Variable \`ANTHROPIC_API_KEY_FILE\` = the path of \`key\`
    - Machines: emily, noa, tove (3 of 4)

    Defined in \`lib/secret-registry.nix:104\`"
  `);
});
test('a key of a public file: the value itself is exported', () => {
  const stored = { 'vars/per-machine/tove/ntfy/topic/value': 'backups-of-tove\n' };
  expect(shown(inExample(MATRIX, '"ntfy', stored))).toMatchInlineSnapshot(`
    "**ntfy-topic** · registry key · hosting

    ntfy topic for messages from backups

    - Generator \`ntfy\` · per machine
    - \`topic\` public → \`vars/per-machine/tove/ntfy/topic/value\`
    - Variable \`NTFY_TOPIC\` = \`backups-of-tove\`
    - Machines: tove (1 of 4)

    Defined in \`lib/secret-registry.nix:199\`"
  `);
});
test('a public value that is not there yet', () => {
  expect(shown(inExample(MATRIX, '"cloudflare-account'))).toMatchInlineSnapshot(`
    "**cloudflare-account-id** · registry key · hosting

    Cloudflare account id (the dashboard's address shows it)

    - Generator \`cloudflare-account\` · per machine
    - \`id\` public → \`vars/per-machine/<machine>/cloudflare-account/id/value\`
    - Variable \`CLOUDFLARE_ACCOUNT_ID\` = not generated yet
    - Machines: emily, lea, noa, tove (4 of 4)

    Defined in \`lib/secret-registry.nix:160\`"
  `);
});
test('a generator in the registry', () => {
  expect(shown(inExample(REGISTRY, 'generator = "login'))).toMatchInlineSnapshot(`
    "**login-password** · generator · per machine

    - \`password-hash\` secret, for users → \`/run/secrets-for-users/vars/per-machine/tove/login-password/password-hash\`
    - Asks for \`password\` (hidden) “Password of ada on this machine”
    - Runs with \`openssl\`
    - Machines: tove (1 of 4)
    - Missing

    Defined in \`lib/secret-registry.nix:281\`"
  `);
});
test('a machine in the matrix', () => {
  expect(shown(inExample(MATRIX, '\n  le'))).toMatchInlineSnapshot(`
    "**lea** · machine · x86_64-linux · laptop, mail

    - 8 keys: \`mesh-network\`, \`wireguard\`, \`mesh-address\`, \`cloudflare-account-id\`, \`hindsight\`, \`deepseek\`, \`gmail\`, \`icloud\`
    - 11 generators

    Defined in \`flake.nix:46\`, \`lib/machine-env-matrix.nix:29\`"
  `);
});
test('a row that is read', () => {
  expect(shown(inExample('modules/hosts/tove/default.nix', 'envMatrix.to'))).toMatchInlineSnapshot(`
    "**tove** · machine · x86_64-linux · server, backup

    - 13 keys: \`cloudflare-account-id\`, \`github-token\`, \`hindsight\`, \`anthropic\`, \`openrouter\`, \`mesh-network\`, \`wireguard\`, \`mesh-address\`, \`cloudflare-api-token\`, \`hetzner\`, \`ntfy-topic\`, \`restic-password\`, \`login-password\`
    - 16 generators

    Defined in \`flake.nix:57\`, \`lib/machine-env-matrix.nix:42\`"
  `);
});
test('a file that is used, by its name and by what is read of it', () => {
  const host = 'modules/hosts/tove/default.nix';
  const byName = shown(inExample(host, 'login-password.files.pass'));
  expect(byName).toMatchInlineSnapshot(`
    "**login-password/password-hash** · file · per machine

    - secret, for users → \`/run/secrets-for-users/vars/per-machine/tove/login-password/password-hash\`
    - Mode \`0400\`
    - Machines: tove (1 of 4)

    Defined in \`lib/secret-registry.nix:286\`"
  `);
  expect(shown(inExample(host, 'login-password.files.password-hash.pa'))).toBe(byName);
});
test('a generator that is used', () => {
  expect(shown(inExample('modules/hosts/tove/default.nix', '${generators.nt'))).toMatchInlineSnapshot(`
    "**ntfy** · generator · per machine

    - \`topic\` public → \`vars/per-machine/tove/ntfy/topic/value\`
    - Asks for \`topic\` (line) “ntfy topic for messages from backups”
    - Machines: tove (1 of 4)
    - Missing

    Defined in \`lib/secret-registry.nix:200\`"
  `);
});
test('a generator that depends on another, and one that asks for what nobody has declared', () => {
  const module = `{ config, ... }:
{
  clan.core.vars.generators.leaf = {
    share = true;
    dependencies = [ "house-ca" ];
    files.cert.secret = false;
    files.key.deploy = false;
    script = "mint > $out/cert";
  };
  clan.core.vars.generators.house-ca = { files.ca = { }; script = "mint > $out/ca"; };
  environment.etc.a.source = config.clan.core.vars.generators.openssh.files."ssh.id_ed25519.pub".path;
}
`;
  const others = { 'modules/pki.nix': module, 'vars/shared/leaf/cert/value': 'first\nsecond `line`\n' };
  expect(shown(inExample('modules/pki.nix', 'generators.le', others))).toMatchInlineSnapshot(`
    "**leaf** · generator · shared

    - \`cert\` public → \`vars/shared/leaf/cert/value\`
    - \`key\` secret → not deployed
    - Depends on \`house-ca\`
    - Machines: none

    Defined in \`modules/pki.nix:3\`"
  `);
  expect(shown(inExample('modules/pki.nix', '"house', others))).toMatchInlineSnapshot(`
    "**house-ca** · generator · per machine

    - \`ca\` secret → \`/run/secrets/vars/per-machine/<machine>/house-ca/ca\`
    - Needed by \`leaf\`
    - Machines: none

    Defined in \`modules/pki.nix:10\`"
  `);
  expect(shown(inExample('modules/pki.nix', 'files.ce', others))).toMatchInlineSnapshot(`
    "**leaf/cert** · file · shared

    - public → \`vars/shared/leaf/cert/value\`
    - Value: \`\` first second \`line\` \`\`
    - Machines: none

    Defined in \`modules/pki.nix:6\`"
  `);
  expect(shown(inExample('modules/pki.nix', 'generators.opens', others))).toMatchInlineSnapshot(
    `"**openssh** · generator of one of clan-core's own services"`,
  );
});
test('the store of age has other places', () => {
  const others = { 'secrets/age-keys/machines/tove/pub': 'age1…' };
  expect(shown(inExample('lib/machine-env-matrix.nix', '"hetz', others))).toContain(
    '`/run/secrets/per-machine/tove/hetzner-cloud-token/token`',
  );
});
test('a helper function that makes many files is none of them', () => {
  expect(shown(inExample(REGISTRY, 'files.${file'))).toBeNull();
});
test('nothing where nothing stands', () => {
  expect(shown(inExample(MATRIX, '# Which machine'))).toBeNull();
});
test('the range is what the hover is about', () => {
  const at = inExample(MATRIX, '"anthr');
  const found = hover(at.snapshot, at.file, at.offset);
  expect(found && textAt(at.snapshot, found.at)).toBe(`${MATRIX}: "anthropic"`);
});
test('places are links where the editor opens them', () => {
  const at = inExample(MATRIX, '"anthr');
  const found = hover(at.snapshot, at.file, at.offset, {
    link: place => `file:///fleet/${place.file}#1`,
  });
  expect(found?.markdown).toContain('[lib/secret-registry.nix:');
});

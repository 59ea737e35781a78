/** Stored files that the examples of several rules share: what sops writes, with nothing in it. */

/** A public key of nobody's, as short as an example can bear. */
export const KEY_OF_ADA = 'age1ada0000000000000000000000000000000000000000000000000000000';
export const KEY_OF_LEA = 'age1lea0000000000000000000000000000000000000000000000000000000';

/** Returns a `key.json` with one key. */
export function keyFile(key: string): string {
  return `[ { "publickey": "${key}", "type": "age" } ]\n`;
}

/** Returns a secret that is encrypted to these keys. */
export function secretFor(...recipients: readonly string[]): string {
  const age = recipients.map(recipient => ({ enc: '-----BEGIN AGE ENCRYPTED FILE-----', recipient }));
  const data = 'ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]';
  return `${JSON.stringify({ data, sops: { age, lastmodified: '2026-01-31T12:00:00Z', version: '3.13.2' } })}\n`;
}

export const EXAMPLE_USER = keyFile(KEY_OF_ADA);
export const EXAMPLE_SECRET = secretFor(KEY_OF_ADA, KEY_OF_LEA);

/** A machine's configuration with one generator of one secret, which somebody types in. */
export const MAIL = `\
{
  clan.core.vars.generators.mail = {
    prompts.password = {
      description = "Password of the mail account";
      type = "hidden";
      persist = true;
    };
    files.password = { };
  };
}
`;

/** Returns a flake of clan's with one machine, `lea`, and what its configuration says. */
export function clanWith(lea: string): Readonly<Record<string, string>> {
  return {
    'flake.nix': `\
{
  inputs.clan-core.url = "github:clan-lol/clan-core";
  outputs =
    { self, clan-core, ... }:
    let
      clan = clan-core.lib.clan {
        inherit self;
        meta.name = "home";
        inventory.machines.lea = { };
      };
    in
    {
      inherit (clan.config) nixosConfigurations;
    };
}
`,
    'machines/lea/configuration.nix': lea,
  };
}

/** The keys of the user ada and of the machine lea. */
export const KEYS: Readonly<Record<string, string>> = {
  'sops/users/ada/key.json': EXAMPLE_USER,
  'sops/machines/lea/key.json': keyFile(KEY_OF_LEA),
};

/** Returns links of a secret to ada and to machines. */
export function linksOf(folder: string, machines: readonly string[] = ['lea']): Record<string, string> {
  const up = '../'.repeat(folder.split('/').length + 1);
  return {
    [`${folder}/users/ada`]: `${up}sops/users/ada`,
    ...Object.fromEntries(machines.map(name => [`${folder}/machines/${name}`, `${up}sops/machines/${name}`])),
  };
}

/** Stored files shared by the examples of several rules, in the format sops writes but without contents. */

/** A public key that belongs to nobody, kept short for display. */
export const KEY_OF_ADA = 'age1ada0000000000000000000000000000000000000000000000000000000';
export const KEY_OF_LEA = 'age1lea0000000000000000000000000000000000000000000000000000000';

/** Returns a `key.json` with one key. */
export function keyFile(key: string): string {
  return `[ { "publickey": "${key}", "type": "age" } ]\n`;
}

/** Returns a secret encrypted to these keys. */
export function secretFor(...recipients: readonly string[]): string {
  const age = recipients.map(recipient => ({ enc: '-----BEGIN AGE ENCRYPTED FILE-----', recipient }));
  const data = 'ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]';
  return `${JSON.stringify({ data, sops: { age, lastmodified: '2026-01-31T12:00:00Z', version: '3.13.2' } })}\n`;
}

export const EXAMPLE_USER = keyFile(KEY_OF_ADA);
export const EXAMPLE_SECRET = secretFor(KEY_OF_ADA, KEY_OF_LEA);

/** A machine configuration with one generator that has one prompted secret. */
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

/** Returns a clan flake with the machine `lea`, using this configuration. */
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

/** The keys of user ada and machine lea. */
export const KEYS: Readonly<Record<string, string>> = {
  'sops/users/ada/key.json': EXAMPLE_USER,
  'sops/machines/lea/key.json': keyFile(KEY_OF_LEA),
};

/** Returns the links of a secret to ada and to machines. */
export function linksOf(folder: string, machines: readonly string[] = ['lea']): Record<string, string> {
  const up = '../'.repeat(folder.split('/').length + 1);
  return {
    [`${folder}/users/ada`]: `${up}sops/users/ada`,
    ...Object.fromEntries(machines.map(name => [`${folder}/machines/${name}`, `${up}sops/machines/${name}`])),
  };
}

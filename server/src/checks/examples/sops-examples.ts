/** Files shared by the examples of the sops rules. */

export const ADMIN = 'age1admin00000000000000000000000000000000000000000000000000000';
export const LEA = 'age1lea0000000000000000000000000000000000000000000000000000000';

/** A `.sops.yaml` with one rule that covers everything in `secrets/`. */
export const SOPS_YAML = `\
creation_rules:
  - path_regex: secrets/[^/]+\\.yaml$
    key_groups:
      - age:
          - ${ADMIN}
          - ${LEA}
`;

/** Returns an encrypted YAML file with these lines. Keys are in plain text, as sops writes them. */
export function encryptedYaml(keys: string, recipients: readonly string[] = [ADMIN, LEA]): string {
  return `\
${keys}sops:
    age:
${recipients.map(recipient => `        - recipient: ${recipient}\n          enc: age\n`).join('')}    lastmodified: "2026-01-31T12:00:00Z"
    mac: ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]
    version: 3.13.2
`;
}

export const VALUE = 'ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]';

/** Returns a module that declares secrets from `secrets/lea.yaml`. */
export function moduleWith(body: string): string {
  return `\
{ config, ... }:
{
  sops.defaultSopsFile = ./secrets/lea.yaml;
${body}}
`;
}

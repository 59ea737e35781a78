/**
 * sops/age-recipient-drift: an agenix file is encrypted to recipients other than those of its rule in
 * `secrets.nix`.
 */
import type { AgeRule } from '../../../fleet/model/secrets.ts';
import { ageStanzas, sshTag } from '../../../store/age/age-header.ts';
import { ageRulesOf, startOf } from '../../facts/sops/agenix-rules.ts';
import { shortKey } from '../../facts/store/recipient-keys.ts';
import { counted, joined } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const LEA = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPJDyIr/FSz1cJdcoW69R+NrWzwGK/+3gJpqD1t8L2zE';
const ADA = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL0idNvgGiucWgup/mP78zyC23uFjYq0evcWdjGQUaBH';

const rulesFor = (keys: string, mark = '') => `\
let
  ada = "${ADA}";
  lea = "${LEA}";
in
{
  "mail.age".publicKeys = [ ${keys} ];
${mark}}
`;

/** A file encrypted to both recipients. */
const MAIL = `\
age-encryption.org/v1
-> ssh-ed25519 V3XmEA pdYSQVbijTDpQBRGF/nvjS4P5iKWcRC9vjMop6cECy0
mS0mV8xWlAYjSBqzbKV/4gtLtMCrrirsu0jn23DuZGI
-> ssh-ed25519 KLPP8w cX3HPH/q0cYgb14orVzdzNrlPgDk42YKrHVDoxBV6D8
wAHdiNGAJe288yDa60GApTblGkfiyBuWAnCYF6qoPxs
--- b9qME4ueKsMN0tCNhGRZ9PR6q108h6yE7TNemRZmvOQ
`;

export const ageRecipientDrift: Rule = {
  id: 'sops/age-recipient-drift',
  severity: 'warning',
  summary: 'A file of agenix with other recipients than its rule in `secrets.nix`',
  documentation: `\
\`secrets.nix\` lists the keys to which a file is encrypted, but this applies only when the file is created or
re-encrypted. This file is encrypted to other keys: a key was added to the rule or removed from it, and the file was
not updated. A machine whose key is missing cannot decrypt it when it is activated; a key that is no longer in the
rule still opens it.

\`agenix -r\` re-encrypts all files. Anyone who could read the file may have kept its content; if that matters, change
the secret too.

Only SSH keys are compared, which the file's header names; recipients that begin with \`age1\` leave no trace in it.

Source: agenix b027ee2, pkgs/agenix.sh; the age specification (age-ssh).`,
  examples: () => ({
    bad: [
      {
        title: 'A key was taken from the rule',
        files: {
          'mail.age': MAIL,
          'secrets.nix': rulesFor('ada', '# ^^^^^^^^^^ sops/age-recipient-drift: can still be decrypted\n'),
        },
      },
    ],
    good: [
      { title: 'The keys of the rule', files: { 'mail.age': MAIL, 'secrets.nix': rulesFor('lea ada') } },
    ],
  }),
  check: function* (context: CheckContext) {
    for (const { rules } of ageRulesOf(context))
      for (const rule of rules) {
        const report = compare(context, rule);
        if (report !== null) yield report;
      }
  },
};

function compare({ sources }: CheckContext, { path, at, recipients, complete }: AgeRule): Report | null {
  const start = sources.kind(path) === 'file' ? startOf(sources, path) : null;
  const stanzas = start === null ? null : ageStanzas(start);
  if (stanzas === null) return null;
  const tags = new Set(
    stanzas.filter(({ type }) => SSH.test(type)).map(({ type, args }) => `${type} ${args[0]}`),
  );
  const missing: string[] = [];
  const keys = new Set<string>();
  for (const { value } of recipients) {
    const key = sshTag(value);
    if (key === null) continue;
    const tag = `${key.type} ${key.tag}`;
    if (!tags.has(tag) && !keys.has(tag)) missing.push(shortKey(value));
    keys.add(tag);
  }
  const isReadable = recipients.every(({ value }) => sshTag(value) !== null || value.startsWith('age1'));
  const extra = complete && isReadable ? [...tags].filter(tag => !keys.has(tag)) : [];
  if (missing.length + extra.length === 0) return null;
  const parts: string[] = [];
  if (missing.length > 0) parts.push(`is not encrypted to ${joined(missing)}, which this rule names`);
  if (extra.length > 0)
    parts.push(`can still be decrypted by ${counted(extra.length, 'SSH key')} that this rule does not name`);
  return { at, message: `${path} ${parts.join(', and ')}. Run \`agenix -r\`.` };
}

const SSH = /^ssh-(ed25519|rsa)$/;

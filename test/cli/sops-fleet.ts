// Fleets with secrets of sops-nix and agenix, encrypted for a person who has the key, and the command line run on them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPair, openKeyring } from '../../server/src/store/age/crypt.ts';
import { parseIdentities } from '../../server/src/store/age/recipients.ts';
import { openDocument } from '../../server/src/store/sops/sops-document.ts';
import { addValue, newDocument } from '../../server/src/store/sops/sops-edit.ts';
import { write } from '../workspace/support.ts';
import { fleet, type GeneratingFleet } from './generating-fleet.ts';

const NOW = new Date('2026-02-03T04:05:06Z');

export interface SopsFleet extends GeneratingFleet {
  readonly recipient: string;
  /** What a file of YAML or JSON holds, by names joined with `/`. */
  values(path: string): Promise<Readonly<Record<string, string>>>;
  text(path: string): string;
  /** Writes an encrypted file of its own making. */
  encrypt(path: string, values: Readonly<Record<string, string>>): Promise<void>;
}

/**
 * A fleet of clan whose user has a key.
 *
 * @param files modules and the like
 * @param encrypted values of encrypted files, by path and names
 */
export async function sopsFleet(
  files: Readonly<Record<string, string>>,
  encrypted: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): Promise<SopsFleet> {
  const made = await fleet({}, { more: files });
  const secret = readFileSync(join(made.home, '.config/sops/age/keys.txt'), 'utf8');
  const keyring = await openKeyring(parseIdentities(secret, 'the test').identities, null);
  const recipient = keyring.recipients[0] as string;
  const formatOf = (path: string) => (path.endsWith('.json') ? 'json' : 'yaml');
  const found: SopsFleet = {
    ...made,
    recipient,
    text: path => readFileSync(join(made.root, path), 'utf8'),
    async values(path) {
      const { leaves } = await openDocument(found.text(path), formatOf(path), keyring);
      return Object.fromEntries(leaves.map(one => [one.path.join('/'), one.bytes?.toString() ?? '']));
    },
    async encrypt(path, values) {
      write(made.root, path, await encryptedText(formatOf(path), values, recipient));
    },
  };
  for (const [path, values] of Object.entries(encrypted)) await found.encrypt(path, values);
  write(made.root, '.sops.yaml', creationRules(recipient));
  made.git('add', '-A');
  made.git('commit', '-qm', 'secrets');
  return found;
}

/** An encrypted file for somebody who need not be there. */
export async function encryptedText(
  format: 'json' | 'yaml',
  values: Readonly<Record<string, string>>,
  recipient: string,
): Promise<string> {
  // The maker keeps no key of the file: somebody else's opens it while it is made.
  const maker = await generateKeyPair();
  const ring = await openKeyring(parseIdentities(maker.secret, 'the maker').identities, null);
  let text: string | null = null;
  for (const [name, value] of Object.entries(values)) {
    const wanted = { names: name.split('/'), value: Buffer.from(value) };
    const options = {
      ...{ recipients: [recipient, maker.recipient], now: NOW, command: null },
      ...{ rule: null, macOnlyEncrypted: false },
    };
    text =
      text === null
        ? await newDocument(format, wanted, options)
        : await addValue(text, format, ring, wanted, NOW);
  }
  return text ?? '';
}

export function creationRules(recipient: string): string {
  return `keys:
  - &ada ${recipient}
creation_rules:
  - path_regex: secrets/.*\\.(yaml|json)$
    key_groups:
      - age:
          - *ada
  - path_regex: secrets/[^.]*$
    age: ${recipient}
`;
}

/** Every text below a folder, git's own included. */
export function everyText(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(one => one.isFile())
    .map(one => readFileSync(join(one.parentPath, one.name)).toString('latin1'))
    .join('\n');
}

/**
 * A second reader of sops secrets that shares nothing with ours: the data key comes from the `age` command, the
 * rest is written down here from the description of the format.
 */
import { execFileSync } from 'node:child_process';
import { createDecipheriv, createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

export const hasAge = works('age', '--version');

function works(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** What the `age` command makes of a file. */
export function ageDecrypt(identityFile: string, file: string | Uint8Array): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'independent-'));
  try {
    const identity = join(folder, 'key');
    writeFileSync(identity, `${identityFile.trim()}\n`, { mode: 0o600 });
    return execFileSync('age', ['-d', '-i', identity], { input: file, stdio: ['pipe', 'pipe', 'ignore'] });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The values of a YAML or JSON file, all of them strings and none of them in a list, by their names joined with `/`;
 * throws where anything does not fit.
 */
export function readSopsValuesIndependently(text: string, identityFile: string): Record<string, string> {
  const { sops, ...values } = parse(text);
  const key = dataKey(sops, identityFile);
  const hash = createHash('sha512');
  const found: Record<string, string> = {};
  const walk = (map: Record<string, unknown>, names: readonly string[]) => {
    for (const [name, value] of Object.entries(map)) {
      const path = [...names, name];
      if (typeof value !== 'string') {
        walk(value as Record<string, unknown>, path);
        continue;
      }
      const plain = value === '' ? Buffer.alloc(0) : open(key, value, path.map(one => `${one}:`).join(''));
      hash.update(plain);
      found[path.join('/')] = plain.toString('utf8');
    }
  };
  walk(values, []);
  if (open(key, sops.mac, sops.lastmodified).toString() !== hash.digest('hex').toUpperCase())
    throw new Error('MAC differs');
  return found;
}

function dataKey(sops: { readonly age: readonly { readonly enc: string }[] }, identityFile: string): Buffer {
  const [key] = sops.age.flatMap(({ enc }) => {
    try {
      return [ageDecrypt(identityFile, enc)];
    } catch {
      return [];
    }
  });
  if (key?.length !== 32) throw new Error('no data key');
  return key;
}

/** The plaintext; throws where anything does not fit. */
export function readSopsIndependently(text: string, identityFile: string): Buffer {
  const file = JSON.parse(text);
  const key = dataKey(file.sops, identityFile);
  const plaintext = file.data === '' ? Buffer.alloc(0) : open(key, file.data, 'data:');
  const digest = createHash('sha512').update(plaintext).digest('hex').toUpperCase();
  if (open(key, file.sops.mac, file.sops.lastmodified).toString() !== digest) throw new Error('MAC differs');
  return plaintext;
}

function open(key: Buffer, value: string, place: string): Buffer {
  const field = (name: string) => new RegExp(`[,[]${name}:([^,\\]]*)`).exec(value)?.[1] ?? '';
  if (field('type') !== 'str') throw new Error('not a string');
  const cipher = createDecipheriv('aes-256-gcm', key, Buffer.from(field('iv'), 'base64'));
  cipher.setAAD(Buffer.from(place));
  cipher.setAuthTag(Buffer.from(field('tag'), 'base64'));
  return Buffer.concat([cipher.update(Buffer.from(field('data'), 'base64')), cipher.final()]);
}

// The example fleets are generated for real, by what a small machine has: Bash, the coreutils and OpenSSL.
import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCommand } from '../../../server/src/host/programs/commands.ts';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { exampleFiles } from '../../editor/support.ts';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';

const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin'];
const BOX = 'sandbox' in (await findSandbox(process.platform, FOLDERS)) ? [] : ['--no-sandbox'];
const hasOpenssl = (await findCommand('openssl', FOLDERS)) !== null;
const PASSWORD = 'correct horse';
/** What a PKCS #8 text has before the 32 bytes of an X25519 key. */
const X25519 = Buffer.from('302e020100300506032b656e04220420', 'hex');

interface Prompting {
  readonly name: string;
  readonly prompts: readonly { readonly name: string }[];
}

/** An answer to everything that the fleet asks. */
async function answers(made: GeneratingFleet): Promise<string[]> {
  const { generators } = JSON.parse((await made.run(['inspect', '--format', 'json'])).stdout);
  return (generators as readonly Prompting[]).flatMap(({ name, prompts }) =>
    prompts.flatMap(prompt => ['--prompt', `${name}/${prompt.name}=${PASSWORD}`]),
  );
}

function publicOf(key: string): string {
  const der = Buffer.concat([X25519, Buffer.from(key, 'base64')]);
  const made = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  return made.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
}

describe.skipIf(!hasOpenssl)('with openssl', () => {
  it('makes everything of the example fleet', { timeout: 300_000 }, async () => {
    const made = await fleet({}, { more: exampleFiles('fleet') });
    const { code, stderr } = await made.run(['generate', ...BOX, ...(await answers(made))]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('problem') });
    expect((await made.run(['verify'])).code).toBe(0);
    expect(made.git('status', '--porcelain')).toBe('');
    expect(JSON.parse((await made.run(['check', '--format', 'json'])).stdout).findings).toEqual([]);

    const stored = (path: string) => join(made.root, 'vars', path, 'value');
    const get = async (name: string) => (await made.run(['get', 'tove', name])).stdout;
    const verified = execFileSync('openssl', [
      'verify',
      ...['-verify_hostname', 'tove.orchard.internal'],
      ...['-CAfile', stored('shared/root-ca/cert')],
      ...['-untrusted', stored('shared/intermediate-ca/cert')],
      stored('per-machine/tove/host-certificate/cert'),
    ]);
    expect(verified.toString()).toContain(': OK');
    expect(await get('wireguard/public')).toBe(publicOf(await get('wireguard/private')));
    const prefix = await get('mesh-network/prefix');
    expect(prefix).toMatch(/^fd[0-9a-f]{2}:[0-9a-f]{4}:[0-9a-f]{4}$/);
    expect(await get('mesh-address/address')).toMatch(new RegExp(`^${prefix}:0(:[0-9a-f]{4}){4}$`));
    const hash = (await get('login-password/password-hash')).trim();
    const again = execFileSync('openssl', ['passwd', '-6', '-salt', hash.split('$')[2] ?? '', PASSWORD]);
    expect(again.toString().trim()).toBe(hash);
  });

  it('makes the certificates and the mesh of the broken fleet', { timeout: 300_000 }, async () => {
    const made = await fleet({}, { more: exampleFiles('broken-fleet') });
    const wanted = ['tove/host-certificate', 'tove/mesh-address'].flatMap(id => ['-g', `per-machine/${id}`]);
    const { code, stderr } = await made.run(['generate', ...BOX, ...wanted]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const { vars } = JSON.parse((await made.run(['list', '--machine', 'tove', '--json'])).stdout);
    const exist = (vars as readonly { id: string; stored: boolean }[]).filter(({ stored }) => stored);
    expect(exist.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'root-ca/cert',
        'intermediate-ca/cert',
        'host-certificate/chain',
        'mesh-address/address',
      ]),
    );
  });
});

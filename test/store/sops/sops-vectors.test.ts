import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openKeyring } from '../../../server/src/store/age/crypt.ts';
import { parseIdentities } from '../../../server/src/store/age/recipients.ts';
import { openDocument } from '../../../server/src/store/sops/sops-document.ts';
import { openSecret } from '../../../server/src/store/sops/sops-secret.ts';
import { StoreFailure } from '../../../server/src/store/store-failure.ts';

// Files that sops itself wrote, and damaged ones, each with the verdict that sops gives. The manifest beside them
// says which. VARSMITH_SOPS_VECTORS names a folder with more of them.

interface Vector {
  readonly file: string;
  readonly format: 'binary' | 'json' | 'yaml';
  readonly identity: string;
  readonly expect: string;
  readonly plaintextSha256?: string;
  readonly plaintextFile?: string;
}

const MORE = process.env.VARSMITH_SOPS_VECTORS;
const folders = [join(__dirname, '../vectors'), ...(MORE === undefined ? [] : [MORE])];

for (const folder of folders) {
  const manifest = join(folder, 'manifest.json');
  describe.skipIf(!existsSync(manifest))(
    `the sops vectors of ${folder === MORE ? 'VARSMITH_SOPS_VECTORS' : 'this repository'}`,
    () => {
      const { vectors } = existsSync(manifest)
        ? (JSON.parse(readFileSync(manifest, 'utf8')) as { vectors: readonly Vector[] })
        : { vectors: [] };
      it.each(vectors.map(vector => [vector.file, vector.expect, vector] as const))(
        '%s: %s',
        async (file, verdict, vector) => {
          const text = readFileSync(join(folder, file), 'utf8');
          const keyring = await openKeyring(
            parseIdentities(vector.identity, 'the manifest').identities,
            null,
          );
          const read = async () =>
            vector.format === 'binary'
              ? openSecret(text, keyring)
              : (await openDocument(text, vector.format, keyring)).leaves;
          if (verdict !== 'ok') {
            const failure = await read().then(
              () => null,
              (error: unknown) => error,
            );
            expect(failure).toBeInstanceOf(StoreFailure);
            expect((failure as StoreFailure).kind).toBe(verdict);
            return;
          }
          const opened = await read();
          // The MAC vouches for the values of the other formats; how sops prints them is not ours to repeat.
          if (opened instanceof Buffer)
            expect(createHash('sha256').update(opened).digest('hex')).toBe(vector.plaintextSha256);
          else expect(opened.length).toBeGreaterThan(0);
        },
      );
    },
  );
}

/**
 * Mutated files of the store and of the settings through everything that reads them: nothing throws but what says so,
 * and every place lies inside its text.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../server/src/checks/engine/apply-fixes.ts';
import { rules } from '../../server/src/checks/rules/index.ts';
import { parseYaml } from '../../server/src/fleet/secrets/secrets-yaml.ts';
import { openKeyring } from '../../server/src/store/age/crypt.ts';
import { parseIdentities } from '../../server/src/store/age/recipients.ts';
import { openDocument } from '../../server/src/store/sops/sops-document.ts';
import { openSecret } from '../../server/src/store/sops/sops-secret.ts';
import { StoreFailure } from '../../server/src/store/store-failure.ts';
import {
  ageFlaw,
  publicKeys,
  sidecarRecipients,
  sopsRecipients,
} from '../../server/src/store/vars/metadata.ts';
import { readJson } from '../../server/src/workspace/settings/json.ts';
import { createSettingsReader, settingsFindings } from '../../server/src/workspace/settings/settings-file.ts';
import { switchOffEdit } from '../../server/src/workspace/settings/switch-off.ts';
import { memoryFiles } from '../nix/support.ts';
import { runs } from '../support/runs.ts';
import { claimEdits, claimFinding, claimRanges } from './claims.ts';
import { textChange } from './mutations.ts';
import { exampleWorlds } from './worlds.ts';

const RUNS = runs(200);
const VECTORS = join(import.meta.dirname, '../store/vectors');

const texts = [
  ...readdirSync(VECTORS).map(name => readFileSync(join(VECTORS, name), 'utf8')),
  ...exampleWorlds.flatMap(({ files }) =>
    Object.entries(files).flatMap(([path, text]) => (path.endsWith('.nix') ? [] : [text])),
  ),
  '# public key: age1lea\nAGE-SECRET-KEY-1QQQQ\nAGE-PLUGIN-YUBIKEY-1QQQQ\n',
];

const settings = [
  '{}\n',
  '{\n  "$schema": "./x.json",\n  "rules": {\n    "store": "off",\n    "eval/path-in-let": { "severity": "info" }\n  }\n}\n',
  '{ "enable": true, "exclude": ["a/**", "😀/*"], "rules": { "registry/unused-key": "warning" } }',
];

function mutated(seeds: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(textChange, { minLength: 1, maxLength: 3 }))
    .map(([text, changes]) => changes.reduce((now, change) => change(now), text));
}

describe('mutated stored files', () => {
  it(
    'are read without a crash',
    () => {
      fc.assert(
        fc.property(mutated(texts), text => {
          claimRanges(text, parseYaml(text), 'YAML');
          for (const read of [sopsRecipients, sidecarRecipients, ageFlaw, publicKeys]) read(text);
          for (const { line } of parseIdentities(text, 'the test').problems)
            expect(line).toBeLessThanOrEqual(text.split('\n').length);
        }),
        { numRuns: RUNS },
      );
    },
    Math.max(600_000, RUNS * 500),
  );

  it(
    'are refused in words',
    async () => {
      const { vectors } = JSON.parse(readFileSync(join(VECTORS, 'manifest.json'), 'utf8')) as {
        vectors: readonly { readonly identity: string }[];
      };
      const keys = [...new Set(vectors.map(({ identity }) => identity))].join('\n');
      const { identities } = parseIdentities(keys, 'the test');
      const ring = await openKeyring(identities, null);
      const sealed = readdirSync(VECTORS).filter(name => name !== 'manifest.json');
      const seeds = sealed.map(name => readFileSync(join(VECTORS, name), 'utf8'));
      await fc.assert(
        fc.asyncProperty(mutated(seeds), async text => {
          for (const open of [
            () => openSecret(text, ring),
            () => openDocument(text, 'json', ring),
            () => openDocument(text, 'yaml', ring),
          ]) {
            const error: unknown = await open().then(
              () => null,
              reason => reason,
            );
            if (error !== null && !(error instanceof StoreFailure)) throw error;
          }
        }),
        { numRuns: RUNS },
      );
    },
    Math.max(600_000, RUNS * 500),
  );
});

describe('mutated settings', () => {
  it(
    'are read without a crash, and a rule is switched off in what is JSON',
    () => {
      const ids = rules.map(({ id }) => id);
      const off = ids[0] as string;
      const reader = createSettingsReader(ids);
      fc.assert(
        fc.property(mutated(settings), text => {
          const files = memoryFiles({ 'varsmith.json': text });
          for (const finding of settingsFindings(reader.read(files, null).problems))
            claimFinding(files, finding);
          const edit = switchOffEdit(text, off);
          if (edit === null) return;
          claimEdits(files, [edit], 'switch off');
          const after = applyEdits(text, [edit]);
          expect('root' in readJson(after), after).toBe(true);
          const changed = memoryFiles({ 'varsmith.json': after });
          const { rules: read } = createSettingsReader(ids).read(changed, null).settings;
          expect(JSON.stringify(read), after).toContain(off);
        }),
        { numRuns: RUNS },
      );
    },
    Math.max(600_000, RUNS * 500),
  );
});

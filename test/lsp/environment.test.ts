// `varsmith/environment`: the preview follows what is typed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EnvironmentResult } from '../../client/src/protocol/environment.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { startSession } from './support.ts';

const engine = await loadEngine();
const root = join(__dirname, '../../examples/fleet');
const REGISTRY = 'lib/secret-registry.nix';

test('the text of a machine, with what is typed and not saved', async () => {
  const session = await startSession({ root, engine });
  const ask = (machine: string | null): Promise<EnvironmentResult | null> =>
    session.connection.sendRequest('varsmith/environment', {
      near: session.uri(REGISTRY),
      machine,
      shell: 'bash',
    });
  expect(await ask(null)).toEqual({
    root: session.uri('').replace(/\/$/, ''),
    machines: ['emily', 'lea', 'noa', 'tove'],
    text: null,
  });
  expect((await ask('lea'))?.text).toContain('export DEEPSEEK_API_KEY_FILE=');
  expect((await ask('lea'))?.text).toMatch(
    /\n# Not set on lea:\n(# {3}.*\n)*# {3}ANTHROPIC_API_KEY_FILE: The key "anthropic" is not selected on lea; /,
  );
  const text = readFileSync(join(root, REGISTRY), 'utf8');
  session.open(REGISTRY, text.replace('"DEEPSEEK_API_KEY"', '"DEEP_KEY"'));
  expect((await ask('lea'))?.text).toContain('export DEEP_KEY_FILE=');
  expect((await ask('nobody'))?.text).toBeNull();
});

/** What is found at once after an edit, before units and machines are read again. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Finding } from '../../server/src/checks/rule.ts';
import { rules } from '../../server/src/checks/rules/index.ts';
import type { Snapshot } from '../../server/src/editor/snapshot.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace, type Workspace } from '../../server/src/workspace/workspace.ts';
import { PIPELINE } from '../fleet/pipeline.ts';
import { changed, pipelineEdits } from '../fleet/pipeline-edits.ts';
import { runs } from '../support/runs.ts';
import { folder } from './support.ts';

const engine = await loadEngine();

const REGISTRY = 'lib/secret-registry.nix';
const MATRIX = 'lib/machine-env-matrix.nix';
const HOST = 'hosts/emily.nix';

function workspaceOf(files: Readonly<Record<string, string>>): Workspace {
  const workspace = createWorkspace({ root: folder(files), engine, followsEdits: true });
  workspace.snapshot();
  return workspace;
}

const edited = (text: string, from: string, to: string) => text.replace(from, to);
const textOf = (path: string) => PIPELINE[path] as string;

const listed = (findings: Snapshot['findings'] | null) =>
  [...(findings?.values() ?? [])]
    .flat()
    .filter(({ rule }) => !rule.startsWith('generator/'))
    .map(({ rule, at }) => `${at.file}: ${rule}`);

test('an unknown key in the matrix', () => {
  const workspace = workspaceOf(PIPELINE);
  workspace.open(MATRIX, edited(textOf(MATRIX), '"gamma"', '"gama"'));
  expect(listed(workspace.earlyFindings())).toEqual([`${MATRIX}: registry/unknown-key`]);
});

test('the same after a key is renamed in the registry', () => {
  const workspace = workspaceOf(PIPELINE);
  workspace.open(REGISTRY, edited(textOf(REGISTRY), 'gamma = {', 'gammas = {'));
  expect(listed(workspace.earlyFindings())).toEqual([`${MATRIX}: registry/unknown-key`]);
});

test('that it is gone again', () => {
  const workspace = workspaceOf({ ...PIPELINE, [MATRIX]: edited(textOf(MATRIX), '"gamma"', '"gama"') });
  expect(listed(workspace.snapshot().findings)).toContain(`${MATRIX}: registry/unknown-key`);
  workspace.open(MATRIX, textOf(MATRIX));
  expect(listed(workspace.earlyFindings())).not.toContain(`${MATRIX}: registry/unknown-key`);
});

test('a variable that cannot be one', () => {
  const workspace = workspaceOf(PIPELINE);
  workspace.open(REGISTRY, edited(textOf(REGISTRY), '"BETA"', '"1 BETA"'));
  expect(listed(workspace.earlyFindings())).toEqual([`${REGISTRY}: registry/invalid-env-var`]);
});

test('with all other findings as they last were', () => {
  const wrong = edited(
    textOf(HOST),
    '\n}\n',
    '\n  x = config.clan.core.vars.generators.none.files.key.path;\n}\n',
  );
  const workspace = workspaceOf({ ...PIPELINE, [HOST]: wrong });
  const before = listed(workspace.snapshot().findings);
  expect(before).toContain(`${HOST}: use/undefined-generator`);
  workspace.open(REGISTRY, edited(textOf(REGISTRY), '"BETA"', '"1 BETA"'));
  expect(listed(workspace.earlyFindings()).sort()).toEqual(
    [...before, `${REGISTRY}: registry/invalid-env-var`].sort(),
  );
});

test('nothing where an edit changes neither registries nor matrices', () => {
  const workspace = workspaceOf(PIPELINE);
  workspace.open(HOST, `# A comment.\n${textOf(HOST)}`);
  expect(workspace.earlyFindings()).toBeNull();
});

test('nothing in a workspace that was never checked, and nothing without a change', () => {
  const workspace = createWorkspace({ root: folder(PIPELINE), engine });
  expect(workspace.earlyFindings()).toBeNull();
  workspace.snapshot();
  expect(workspace.earlyFindings()).toBeNull();
});

const EARLY: ReadonlySet<string> = new Set(
  rules.flatMap(({ id, isEarly }) => (isEarly === true ? [id] : [])),
);

test('no more than a whole check finds, or has found before', { timeout: 3_600_000 }, () => {
  fc.assert(
    fc.property(pipelineEdits, edits => {
      const workspace = workspaceOf(PIPELINE);
      const texts: Record<string, string> = { ...PIPELINE };
      for (const { path, change, which, detail } of edits) {
        const text = texts[path];
        if (text === undefined) continue;
        const last = [...workspace.snapshot().findings.values()].flat();
        texts[path] = changed(text, { change, which, detail });
        workspace.open(path, texts[path]);
        const early = [...(workspace.earlyFindings()?.values() ?? [])].flat();
        const added = early.filter(finding => EARLY.has(finding.rule) && !last.includes(finding)).map(shown);
        const all = [...workspace.snapshot().findings.values()].flat().map(shown);
        expect(all).toEqual(expect.arrayContaining(added));
        expect(all).toEqual([...workspaceOf(texts).snapshot().findings.values()].flat().map(shown));
      }
    }),
    { numRuns: runs(40) },
  );
});

const shown = ({ rule, at, message }: Finding) => `${rule} ${at.file}:${at.start}-${at.end} ${message}`;

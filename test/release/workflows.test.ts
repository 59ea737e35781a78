// The workflows, the action, the templates and the hooks: pinned, with least permissions, and of one version.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import {
  changelogSection,
  contentProblems,
  tagProblems,
  versionProblems,
  versionsNamed,
} from '../../scripts/lib/release-facts.mjs';
import { STEPS } from '../../scripts/lib/steps.mjs';
import { workflowProblems } from '../../scripts/lib/workflow-lint.mjs';
import { COMMANDS } from '../../server/src/cli/table/command-table.ts';

const ROOT = join(__dirname, '../..');
const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const WORKFLOWS = readdirSync(join(ROOT, '.github/workflows')).map(name => `.github/workflows/${name}`);
const PINNED = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1';

describe('every workflow and action', () => {
  it.each([...WORKFLOWS, 'action.yml'])('%s is pinned and may do no more than it must', file => {
    expect(workflowProblems(text(file))).toEqual([]);
  });

  it('pins the same commit of an action everywhere', () => {
    const uses = [...WORKFLOWS, 'action.yml'].flatMap(file =>
      [...text(file).matchAll(/uses: (\S+)@(\S+) # (\S+)/g)].map(([, name, commit, version]) => ({
        name,
        pin: `${commit} ${version}`,
      })),
    );
    expect(uses.length).toBeGreaterThan(5);
    for (const { name, pin } of uses)
      expect(new Set(uses.filter(other => other.name === name).map(other => other.pin))).toEqual(
        new Set([pin]),
      );
  });
});

describe('the machines of ci', () => {
  const { jobs } = parse(text('.github/workflows/ci.yml'));
  const parts: readonly { steps: string; shard?: string }[] = jobs.test.strategy.matrix.include;

  it('run together what `npm test` runs', () => {
    const steps = new Map(STEPS.map(step => [step.id, step]));
    const withNeeds = (id: string): string[] => [id, ...(steps.get(id)?.needs ?? []).flatMap(withNeeds)];
    const run = new Set(parts.flatMap(part => part.steps.split(',').flatMap(withNeeds)));
    expect([...run].sort()).toEqual(STEPS.flatMap(({ id, isExtra }) => (isExtra ? [] : [id])).sort());
  });

  it('leave out no part of a suite that is cut in parts', () => {
    const shards = parts.flatMap(({ shard }) => shard ?? []);
    expect(shards).toEqual(shards.map((_, index) => `${index + 1}/${shards.length}`));
  });
});

describe('what is wrong is found', () => {
  const workflow = (job: string, permissions = 'permissions: {}') =>
    `${permissions}\njobs:\n  a:\n    runs-on: x\n    timeout-minutes: 1\n${job}`;
  const steps = (step: string) => workflow(`    steps:\n      - ${step}\n`);

  it.each([
    [steps('uses: actions/checkout@v4'), 'actions/checkout@v4 is not pinned by its commit.'],
    [steps(`uses: ${PINNED}`), 'has no version beside it.'],
    [steps('run: echo ${{ github.event.pull_request.title }}'), 'has an expression in it'],
    [workflow('    steps: []\n', ''), 'does not say which permissions'],
    [workflow('    steps: []\n', 'permissions: write-all'), 'belong to single jobs'],
    [workflow('    permissions: { contents: write }\n    steps: []\n'), 'has no environment'],
    [steps('run: x\n        env: { TOKEN: "${{ secrets.TOKEN }}" }'), 'publishes without a tag'],
    ['permissions: {}\njobs: { a: { steps: [] } }', 'no limit of time'],
  ])('%j', (given, problem) => {
    expect(workflowProblems(given).join('\n')).toContain(problem);
  });

  it('and what is right is not', () => {
    expect(workflowProblems(steps(`uses: ${PINNED} # v7.0.1`))).toEqual([]);
    expect(workflowProblems(steps('uses: ./'))).toEqual([]);
    const call =
      'permissions: {}\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n    permissions: { pages: write }\n';
    expect(workflowProblems(call)).toEqual(['Job "a" publishes without a tag.']);
    expect(workflowProblems(`${call}    if: startsWith(github.ref, 'refs/tags/v')\n`)).toEqual([]);
  });
});

describe('a release', () => {
  it('has one version everywhere', () => {
    expect(versionProblems(versionsNamed(), manifest.version)).toEqual([]);
    expect(versionProblems({ 'package.json': '1.2.3', other: undefined }, '1.2.3')).toEqual([
      'other names version none, not 1.2.3.',
    ]);
    expect(tagProblems('v1.2.4', '1.2.3')).toEqual(['The tag v1.2.4 is not v1.2.3.']);
    expect(tagProblems('v1.2.3', '1.2.3')).toEqual([]);
  });

  it('has the notes of its section of the changelog', () => {
    const changelog =
      '# C\n\n## [Unreleased]\n\n## [1.1.0] - 2026-01-02\n\n### Added\n\n- a\n\n## [1.0.0]\n\n- b\n\n[1.0.0]: x\n';
    expect(changelogSection(changelog, '1.1.0')).toBe('### Added\n\n- a');
    expect(changelogSection(changelog, '1.0.0')).toBe('- b');
    expect(changelogSection(changelog, 'Unreleased')).toBeNull();
    expect(changelogSection(changelog, '2.0.0')).toBeNull();
  });

  it('packs nothing that has no place there', () => {
    expect(contentProblems(['dist/cli.js', 'index.d.ts'], ['dist/cli.js'])).toEqual([]);
    expect(contentProblems(['a.ts', 'x/node_modules/y.js', 'a.js.map'], ['b'])).toEqual([
      'a.ts is a source.',
      'x/node_modules/y.js is a dependency.',
      'a.js.map is a source map.',
      'b is missing.',
    ]);
  });
});

describe('what others call', () => {
  const options = new Map(
    COMMANDS.map(({ name, options }) => [name, options.map(option => `--${option.name}`)] as const),
  );

  it.each([
    'action/check.sh',
    'action/comment.sh',
    'templates/varsmith.gitlab-ci.yml',
    '.pre-commit-hooks.yaml',
  ])('%s calls commands and options that there are', file => {
    const calls = [
      ...text(file).matchAll(/(?:"\$varsmith"|\bvarsmith(?:@\S+)?) (check|plan|access|verify)\b([^\n`]*)/g),
    ];
    expect(calls.length).toBeGreaterThan(0);
    for (const [, command = '', rest = ''] of calls)
      for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(options.get(command)).toContain(option);
  });

  it('the hooks are as pre-commit wants them', () => {
    const hooks: { id: string; entry: string; language: string; files: string; pass_filenames: boolean }[] =
      parse(text('.pre-commit-hooks.yaml'));
    expect(hooks.map(({ id }) => id)).toEqual(['varsmith', 'varsmith-npx']);
    for (const { files, language, pass_filenames } of hooks) {
      expect({ language, pass_filenames }).toEqual({ language: 'system', pass_filenames: false });
      for (const path of ['a.nix', 'x/flake.nix', 'varsmith.json', 'vars/shared/a/b/secret', '.sops.yaml'])
        expect(path).toMatch(new RegExp(files));
      expect('README.md').not.toMatch(new RegExp(files));
    }
  });
});

import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { folder, write } from '../../workspace/support.ts';
import { varsmith } from '../support.ts';

const CLEAN = join(__dirname, '../../../examples/fleet');
const BROKEN = join(__dirname, '../../../examples/broken-fleet');
const SCHEMA = join(__dirname, '../../../docs/schemas/check.schema.json');

const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(SCHEMA, 'utf8')),
);

interface CheckOutput {
  readonly root: string;
  readonly findings: readonly {
    rule: string;
    severity: string;
    file: string;
    line: number;
    column: number;
    endColumn: number;
    machines: string[];
    fixes: { title: string }[];
  }[];
  readonly summary: { errors: number; warnings: number; infos: number; hints: number; files: number };
}

/** Checks in JSON, and against the schema. */
async function checkJson(...args: string[]): Promise<{ code: number; output: CheckOutput }> {
  const { code, stdout, stderr } = await varsmith(['check', ...args, '--format', 'json']);
  expect(stderr).toBe('');
  const output = JSON.parse(stdout);
  validate(output);
  expect(validate.errors).toBeNull();
  return { code, output };
}

/** A copy of the broken fleet with a change in its matrix. */
function brokenFleet(from: string, to: string): string {
  const root = folder({});
  cpSync(BROKEN, root, { recursive: true });
  const matrix = 'lib/machine-env-matrix.nix';
  write(root, matrix, readFileSync(join(BROKEN, matrix), 'utf8').replace(from, to));
  return root;
}

describe('exit codes', () => {
  test('0 when nothing is found', async () => {
    expect((await checkJson(CLEAN)).code).toBe(0);
  });
  test('1 when there are errors', async () => {
    expect((await checkJson(BROKEN)).code).toBe(1);
  });
  test('findings below the threshold are shown, but do not fail', async () => {
    const { code, output } = await checkJson(BROKEN, '--rule', 'registry/unused-key');
    expect(output.findings.map(({ severity }) => severity)).toEqual(['hint']);
    expect(code).toBe(0);
    expect((await checkJson(BROKEN, '--rule', 'registry/unused-key', '--severity', 'hint')).code).toBe(1);
    expect((await checkJson(BROKEN, '--rule', 'registry/duplicate-key', '--severity', 'warning')).code).toBe(
      1,
    );
  });
  test('1 when Nix cannot read a file that it comes to', async () => {
    const root = folder({
      'flake.nix': '{ outputs = { self }: { lib = import ./lib.nix; }; }\n',
      'lib.nix': '{ a = 1; }}\n',
    });
    const { code, output } = await checkJson(root);
    expect([code, output.findings.map(({ rule, file }) => `${rule} ${file}`)]).toEqual([
      1,
      ['host/unreadable lib.nix'],
    ]);
  });
  test('a group stands for its rules, as in the settings', async () => {
    const { output } = await checkJson(BROKEN, '--rule', 'registry/*');
    const rules = new Set(output.findings.map(({ rule }) => rule));
    expect(rules.size).toBeGreaterThan(1);
    expect([...rules].filter(rule => !rule.startsWith('registry/'))).toEqual([]);
  });
  test.each([
    [
      ['check', '--rule', 'registry/unkown-key'],
      'There is no rule "registry/unkown-key". Did you mean "registry/unknown-key"?',
    ],
    [['check', '--rule', 'unknown-key'], 'Did you mean "registry/unknown-key"?'],
    [['check', '--rule', 'registy/*'], 'Did you mean "registry/*"?'],
    [
      ['check', '--format', 'xml'],
      '"xml" is not a value of --format: it takes text, lines, json, sarif, github.',
    ],
    [
      ['check', '--severity', 'fatal'],
      '"fatal" is not a value of --severity: it takes error, warning, info, hint.',
    ],
    [['check', '--formt', 'json'], 'There is no option "--formt". Did you mean "--format"?'],
    [['check', 'a', 'b'], '"b".'],
    [['check', 'no/such/folder'], 'There is no folder "no/such/folder".'],
    [['check', 'package.json'], '"package.json" is not a folder.'],
    [['check', '--format'], "Option '--format <value>' argument missing."],
    [['chekc'], 'There is no command "chekc". Did you mean "check"?'],
    [['explain', 'registry/nothing'], 'There is no rule "registry/nothing".'],
    [['explain'], 'Which rule?'],
    [['lsp', '--socket=1'], '--socket'],
  ])('2 for %j', async (args, sentence) => {
    const { code, stdout, stderr } = await varsmith(args, { cwd: join(__dirname, '../../..') });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('    at ');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('the root', () => {
  test('is the nearest upward without an argument', async () => {
    const { stdout } = await varsmith(['check', '--format', 'json'], {
      cwd: join(CLEAN, 'modules/hosts/lea'),
    });
    expect(JSON.parse(stdout).root).toBe(CLEAN);
  });
  test('may be given relative to the current folder', async () => {
    const { stdout } = await varsmith(['check', '../broken-fleet', '--format', 'json'], { cwd: CLEAN });
    expect(JSON.parse(stdout).root).toBe(BROKEN);
  });
});

describe('json', () => {
  test('has every mistake of the broken fleet at its place', async () => {
    const { output } = await checkJson(BROKEN);
    const unknown = output.findings.find(({ rule }) => rule === 'registry/unknown-key');
    expect(unknown).toMatchObject({
      severity: 'error',
      file: 'lib/machine-env-matrix.nix',
      line: 24,
      column: 5,
      endLine: 24,
      endColumn: 15,
      machines: ['lea'],
    });
    expect(unknown?.fixes[0]).toEqual({ title: 'Replace with "anthropic"' });
    const { errors, warnings, infos, hints } = output.summary;
    expect(errors + warnings + infos + hints).toBe(output.findings.length);
  });
  test('columns count UTF-16 units', async () => {
    const root = brokenFleet('"anthropc"', '/* 🔑 */ "anthropc"');
    const { output } = await checkJson(root, '--rule', 'registry/unknown-key');
    expect(output.findings[0]).toMatchObject({ line: 24, column: 14 });
  });
});

describe('text', () => {
  test('shows the line and underlines what is meant', async () => {
    const { stdout } = await varsmith(['check', BROKEN, '--rule', 'registry/duplicate-key']);
    expect(stdout.replace(/\d+ ms/, 'N ms')).toMatchInlineSnapshot(`
      "lib/machine-env-matrix.nix
        39:5  warning  Machine tove lists "github-token" twice. Remove one of the two.  registry/duplicate-key
              "github-token" # broken: registry/duplicate-key
              ^^^^^^^^^^^^^^
          lib/machine-env-matrix.nix:6:5 "github-token" is listed here already

      1 warning in 12 files (N ms)
      "
    `);
  });
  test('is plain in a pipe, coloured on a terminal, and plain with NO_COLOR', async () => {
    const args = ['check', BROKEN];
    const escapeCode = '\u001b[';
    expect((await varsmith(args)).stdout).not.toContain(escapeCode);
    expect((await varsmith(args, { terminal: true })).stdout).toContain(`${escapeCode}31merror`);
    expect((await varsmith(args, { terminal: true, env: { NO_COLOR: '1' } })).stdout).not.toContain(
      escapeCode,
    );
  });
  test('lets no file write to the terminal', async () => {
    const root = brokenFleet('"anthropc"', '"anthropc" # \u001b[2J\u0007');
    const { stdout } = await varsmith(['check', root], { terminal: true });
    expect(stdout).not.toContain('\u001b[2J');
    expect(stdout).not.toContain('\u0007');
  });
  test('says what was left out', async () => {
    const root = folder({ 'flake.nix': '{ }', 'blob.nix': Buffer.from([0, 1, 2]) });
    const { code, stderr } = await varsmith(['check', root]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'varsmith: blob.nix was left out: it is not text.\n',
    });
  });
  test('leaves out Nix files that sops encrypted as a whole, and concludes nothing from them', async () => {
    const root = folder({
      'flake.nix': `{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = [ ./web.nix ./values/hosts.nix ]; };
  };
}
`,
      'web.nix': '{ config, ... }: { x = config.clan.core.vars.generators.mail.files.key.path; }\n',
      'values/hosts.nix': `{
\t"data": "ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]",
\t"sops": {
\t\t"age": [ { "recipient": "age1" } ],
\t\t"version": "3.10.2"
\t}
}
`,
    });
    const { code, stdout, stderr } = await varsmith(['check', root]);
    expect(stdout).toContain('Nothing found in 3 files');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'varsmith: values/hosts.nix was left out: sops encrypted it.\n',
    });
  });
});

describe('stored secrets', () => {
  const secret = 'correct horse battery staple';
  const root = () => folder({ 'vars/per-machine/lea/mail/password/secret': `${secret}\n` });

  test.each(['text', 'json', 'github', 'sarif'])('are never shown: %s', async format => {
    const { stdout, stderr } = await varsmith(['check', root(), '--format', format]);
    expect(stdout).toContain('store/malformed');
    expect(stdout + stderr).not.toContain('horse');
  });
  test('leave no trace in fingerprints', async () => {
    const fingerprint = async (text: string) => {
      const there = folder({ 'vars/per-machine/lea/mail/password/secret': text });
      const { stdout } = await varsmith(['check', there, '--format', 'sarif']);
      return JSON.parse(stdout).runs[0].results[0].partialFingerprints;
    };
    expect(await fingerprint(`${secret}\n`)).toEqual(await fingerprint('another\n'));
  });
});

describe('github', () => {
  test('is one annotation a finding, with everything escaped', async () => {
    const { stdout } = await varsmith([
      'check',
      BROKEN,
      '--format',
      'github',
      '--rule',
      'registry/missing-machine',
    ]);
    expect(stdout).toMatchInlineSnapshot(`
      "::error file=modules/hosts/lea2/default.nix,line=6,endLine=6,col=22,endColumn=25,title=registry/missing-machine::lib/machine-env-matrix.nix has no row "lea2" (machine lea2). Did you mean "lea"?
      "
    `);
  });
});

describe('sarif', () => {
  test('has rules, places, related places and fixes', async () => {
    const { stdout } = await varsmith(['check', BROKEN, '--format', 'sarif']);
    const log = JSON.parse(stdout);
    const [run] = log.runs;
    expect(log.version).toBe('2.1.0');
    expect(run.tool.driver).toMatchObject({ name: 'Varsmith', version: '1.2.3' });
    for (const result of run.results) {
      const rule = run.tool.driver.rules[result.ruleIndex];
      expect(rule.id).toBe(result.ruleId);
      const [{ physicalLocation }] = result.locations;
      expect(physicalLocation.artifactLocation).toEqual({
        uri: expect.not.stringMatching(/^\//),
        uriBaseId: 'ROOT',
      });
      expect(physicalLocation.region.startColumn).toBeGreaterThan(0);
    }
    const unknown = run.results.find(({ ruleId }: { ruleId: string }) => ruleId === 'registry/unknown-key');
    expect(unknown.fixes[0].artifactChanges[0].replacements[0]).toMatchObject({
      deletedRegion: { startLine: 24, startColumn: 5, endLine: 24, endColumn: 15 },
      insertedContent: { text: '"anthropic"' },
    });
    const duplicate = run.results.find(
      ({ ruleId }: { ruleId: string }) => ruleId === 'registry/duplicate-key',
    );
    expect(duplicate.relatedLocations[0].message.text).toContain('listed here already');
  });
});

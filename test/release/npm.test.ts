// The npm package: packed as it is published, installed without a registry, and run from an empty folder.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { fleet } from '../cli/generating-fleet.ts';

const ROOT = join(__dirname, '../..');

let base: string;
let tarball: string;
let empty: string;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'varsmith-npm-'));
  execFileSync(process.execPath, [join(ROOT, 'scripts/npm-package.mjs'), '--outdir', base], {
    stdio: 'ignore',
  });
  tarball = join(base, `varsmith-${manifest.version}.tgz`);
  empty = join(base, 'empty');
  mkdirSync(empty);
  cpSync(join(ROOT, 'examples/broken-fleet'), join(base, 'broken-fleet'), { recursive: true });
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** As in a new person's shell: nothing of this project on the way, no registry. */
const env = (more: Readonly<Record<string, string>> = {}) => ({
  PATH: process.env.PATH,
  HOME: base,
  npm_config_cache: join(base, 'cache'),
  npm_config_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
  ...more,
});

const npx = (args: readonly string[], more = {}) =>
  spawnSync('npx', ['--yes', '--package', tarball, 'varsmith', ...args], {
    cwd: empty,
    encoding: 'utf8',
    env: env(more),
  });

describe('the tarball', () => {
  it('holds the command line, types, schemas, completions and the manual, and nothing else', () => {
    const list = execFileSync('tar', ['tzf', tarball], { encoding: 'utf8' }).trim().split('\n').sort();
    const schemas = ['access', 'check', 'doctor', 'inspect', 'list', 'plan', 'varsmith', 'verify'];
    expect(list.map(name => name.replace(/^package\//, ''))).toEqual(
      [
        ...['CHANGELOG.md', 'LICENSE', 'LICENSE.tree-sitter-nix', 'README.md', 'index.d.ts', 'package.json'],
        ...['bash', 'fish', 'nu'].map(ending => `completions/varsmith.${ending}`),
        'completions/_varsmith',
        ...['THIRD-PARTY-NOTICES.txt', 'cli.js', 'programs.js'].map(name => `dist/${name}`),
        ...['tree-sitter-nix', 'web-tree-sitter'].map(name => `dist/${name}.wasm`),
        'man/varsmith.1',
        ...schemas.map(name => `schemas/${name}.schema.json`),
      ].sort(),
    );
  });

  it('brings nothing along and runs nothing when it is installed', () => {
    const packed = JSON.parse(readFileSync(join(base, 'npm/package.json'), 'utf8'));
    for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies', 'scripts', 'private'])
      expect(packed).not.toHaveProperty(field);
    expect(packed).toMatchObject({
      name: 'varsmith',
      version: manifest.version,
      bin: { varsmith: 'dist/cli.js' },
    });
    for (const [, file] of Object.entries<{ types?: string }>(packed.exports).filter(([key]) => key === '.'))
      expect(existsSync(join(base, 'npm', file.types ?? ''))).toBe(true);
  });
});

describe('in an empty folder', () => {
  it('npx checks a fleet', () => {
    const { status, stdout } = npx(['check', join(base, 'broken-fleet'), '--format', 'json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).findings.length).toBeGreaterThan(5);
  });

  it('npx generates', async () => {
    const made = await fleet({ lea: 'g = { files.x.secret = false; script = "echo y > $out/x"; };' });
    const run = npx(['generate', made.root, '--yes', '--no-sandbox', '--no-commit'], {
      HOME: made.home,
      GIT_CONFIG_GLOBAL: join(made.home, '.gitconfig'),
    });
    expect(run.stderr).not.toContain('npm error');
    expect(run.status).toBe(0);
    expect(readFileSync(join(made.root, 'vars/per-machine/lea/g/x/value'), 'utf8')).toBe('y\n');
  });

  it('an installation has the command, the server and the types', async () => {
    execFileSync('npm', ['install', '--silent', tarball], { cwd: empty, env: env() });
    const installed = join(empty, 'node_modules');
    expect(readdirSync(installed).filter(name => !name.startsWith('.'))).toEqual(['varsmith']);
    const command = join(installed, '.bin/varsmith');
    expect(execFileSync(command, ['--version'], { encoding: 'utf8', env: env() })).toBe(
      `${manifest.version}\n`,
    );
    expect(await initialized(command)).toHaveProperty('capabilities.hoverProvider');
    writeFileSync(
      join(empty, 'use.ts'),
      `import type { CheckOutput, PlanOutput } from 'varsmith';
       export const rules = (output: CheckOutput): string[] => output.findings.map(finding => finding.rule);
       export const first = (output: PlanOutput): string | null | undefined => output.steps[0]?.machine;
       export const wrong = (output: CheckOutput): number => output.root;`,
    );
    const program = ts.createProgram([join(empty, 'use.ts')], {
      noEmit: true,
      strict: true,
      types: [],
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
    });
    const errors = ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText);
    expect(errors).toEqual(["Type 'string' is not assignable to type 'number'."]);
  });
});

/** Starts the language server, and says what it answers to `initialize`. */
async function initialized(command: string): Promise<unknown> {
  const server = spawn(command, ['lsp', '--stdio'], {
    cwd: empty,
    env: env(),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const params = { processId: null, rootUri: null, capabilities: {} };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  try {
    let said = '';
    for await (const part of server.stdout) {
      said += String(part);
      const [, length, rest = ''] = /^Content-Length: (\d+)\r\n\r\n([\s\S]*)$/.exec(said) ?? [];
      if (length !== undefined && Buffer.byteLength(rest) >= Number(length)) return JSON.parse(rest).result;
    }
    return null;
  } finally {
    server.kill();
  }
}

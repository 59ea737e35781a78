/**
 * The synthetic fleet that speed is measured on is the same every time, is true Nix, and its edits are true mistakes.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Fleet,
  type FleetEdit,
  fleet,
  MATRIX,
  REGISTRY,
  SCRIPT,
  writeFleet,
} from '../../bench/fleet.mjs';
import { createParser } from '../../server/src/nix/parse/parse.ts';

const SMALL = { machines: 6, keys: 48 };

function nix(expression: string, folder: string) {
  return spawnSync(
    'nix-instantiate',
    ['--store', 'dummy://', '--eval', '--strict', '--json', '--show-trace', '-E', expression],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, NIX_CONFIG: 'build-users-group =' } },
  );
}

const hasNix = spawnSync('nix-instantiate', ['--version']).status === 0;

function lineCount(text: string | undefined): number {
  return (text ?? '').split('\n').length - 1;
}

function edited(text: string, edit: FleetEdit): string {
  const lines = text.split('\n');
  const line = lines[edit.line] ?? '';
  lines[edit.line] = line.slice(0, edit.character) + edit.text + line.slice(edit.character);
  return lines.join('\n');
}

describe('the generator', () => {
  test('gives the same fleet for the same counts', () => {
    expect(fleet(SMALL)).toEqual(fleet(SMALL));
  });

  test('gives one host and one matrix row a machine, one registry entry a key', () => {
    const { hosts, machines, entries, files } = fleet({ machines: 12, keys: 450 });
    expect(hosts).toHaveLength(12);
    expect(machines.map(machine => machine.name).slice(-2)).toEqual(['m10', 'm11']);
    expect(new Set(entries.map(entry => entry.generator)).size).toBe(450);
    for (const host of hosts) expect(files.has(host)).toBe(true);
  });

  test('refuses counts that make no fleet', () => {
    expect(() => fleet({ machines: 0, keys: 48 })).toThrow(RangeError);
    expect(() => fleet({ machines: 1, keys: 7 })).toThrow(RangeError);
  });

  test('makes files of the size that the bars speak of', () => {
    const { files, hosts } = fleet({ machines: 50, keys: 200 });
    for (const path of [REGISTRY, MATRIX, SCRIPT, hosts[0] ?? '']) {
      expect(lineCount(files.get(path)), path).toBeGreaterThan(450);
      expect(lineCount(files.get(path)), path).toBeLessThan(650);
    }
    expect(lineCount(files.get(hosts[1] ?? ''))).toBeLessThan(100);
  });
});

describe('our parser', () => {
  test('reads every file without an error', async () => {
    const parser = await createParser();
    for (const [path, text] of fleet({ machines: 50, keys: 200 }).files) {
      expect(parser.parse(text).errors, path).toEqual([]);
    }
  });

  test('finds an error after the syntax edit, and none after the others', async () => {
    const parser = await createParser();
    const { files, edits } = fleet(SMALL);
    const errorsAfter = (edit: FleetEdit) =>
      parser.parse(edited(files.get(edit.file) ?? '', edit)).errors.length;
    expect(errorsAfter(edits.syntax)).toBeGreaterThan(0);
    for (const edit of [edits.host, edits.matrix, edits.registry, edits.script, edits.rename]) {
      expect(errorsAfter(edit), edit.text).toBe(0);
    }
  });
});

describe.skipIf(!hasNix)('Nix', () => {
  const folder = mkdtempSync(join(tmpdir(), 'varsmith-fleet-'));
  let written: Fleet;

  beforeAll(() => {
    written = writeFleet(folder, SMALL);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What a module system would hand to each host: its own generators, with the places they are deployed to. */
  const hosts = `
    let
      hostOf = name: _:
        let
          pkgs = { openssl = "openssl"; coreutils = "coreutils"; curl = "curl"; git = "git"; jq = "jq"; };
          deployed = builtins.mapAttrs (_: generator: generator // {
            files = builtins.mapAttrs (file: f: f // { path = "/run/secrets/\${file}"; value = "v"; }) generator.files;
          }) host.clan.core.vars.generators;
          host = import (./modules/hosts + "/\${name}") {
            config.clan.core.vars.generators = deployed;
            lib = { mkDefault = x: x; getExe = x: "/bin/\${x}"; };
            inherit pkgs;
          };
        in host;
      clan = ((import ./flake.nix).outputs {
        self = { };
        clan-core.lib.clan = arguments: { config = arguments // {
          nixosConfigurations = { }; darwinConfigurations = { }; clanInternals = { };
        }; };
      }).clan;
    in builtins.mapAttrs hostOf clan.inventory.machines`;

  test('evaluates every host of the flake, with exactly the generators the matrix selects', () => {
    const { stdout, stderr } = nix(hosts, folder);
    expect(stderr).toBe('');
    const evaluated: Record<string, { clan: { core: { vars: { generators: Record<string, unknown> } } } }> =
      JSON.parse(stdout);
    const generatorOf = new Map(written.entries.map(entry => [entry.key, entry.generator]));
    expect(Object.keys(evaluated)).toEqual(written.machines.map(machine => machine.name));
    for (const { name, keys } of written.machines) {
      const generators = Object.keys(evaluated[name]?.clan.core.vars.generators ?? {});
      expect(generators, name).toEqual(keys.map(key => generatorOf.get(key)).sort());
    }
  });

  test.each([
    ['host', /attribute 'bench-missing' missing/],
    ['matrix', /Unknown secret key in envMatrix: bench-unknown/],
    ['rename', /Unknown secret key/],
    ['syntax', /syntax error/],
  ] as const)('refuses the fleet after the edit "%s"', (name, complaint) => {
    const edit = written.edits[name];
    const path = join(folder, edit.file);
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, edited(before, edit));
    try {
      expect(nix(hosts, folder).stderr).toMatch(complaint);
    } finally {
      writeFileSync(path, before);
    }
  });
});

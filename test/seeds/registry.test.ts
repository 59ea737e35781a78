// Seed 001, "Clan vars": registry → matrix → generators → consumers. Each title begins with the number of its statement.
import { describe, expect, test } from 'vitest';
import { hover } from '../../server/src/editor/hover/hover.ts';
import { definition } from '../../server/src/editor/navigate/definition.ts';
import { typeDefinition } from '../../server/src/editor/navigate/type-definition.ts';
import {
  behind,
  edit,
  findingsIn,
  found,
  inspect,
  overlaid,
  run,
  seedFleet,
  snapshotOf,
  textOf,
} from './support.ts';

const REGISTRY = 'lib/secret-registry.nix';
const MATRIX = 'lib/machine-env-matrix.nix';
const LEA = 'modules/hosts/lea/default.nix';
const HJEM = 'modules/shared/vars/hjem-session-variables.nix';

/** What is found in the fleet after an edit, as `rule text`. */
function foundAfter(path: string, from: string, to: string): string[] {
  const root = seedFleet('registry');
  edit(root, path, from, to);
  return found(root);
}

function hovered(path: string, before: string, root = seedFleet('registry')): string {
  return hover(snapshotOf(root), path, behind(root, path, before))?.markdown ?? '';
}

describe('registry', () => {
  test('1.1: a function of `pkgs ? null` that defines each secret once', async () => {
    const { registry } = await inspect(seedFleet('registry'));
    expect(registry.file).toBe(REGISTRY);
    expect(registry.keys.map(({ key }: { key: string }) => key)).toEqual(
      expect.arrayContaining([
        'openrouter',
        'anthropic',
        'deepseek',
        'hindsight',
        'gmail',
        'icloud',
        'cloudflare-account-id',
      ]),
    );
    expect(registry.keys).toHaveLength(7);
  });

  test('1.2: helpers make entries, and a key leads to the one that makes it', () => {
    const root = seedFleet('registry');
    const snapshot = snapshotOf(root);
    const made = typeDefinition(snapshot, MATRIX, behind(root, MATRIX, '"deepse'));
    expect(
      made?.targets.map(({ file, start }) => snapshot.files.text(file)?.slice(start, start + 16)),
    ).toContain('mkPromptedSecret');
  });

  test('1.3: the script that copies the prompt draws nothing', () => {
    expect(textOf(seedFleet('registry'), REGISTRY)).toContain(
      'cat "$prompts/${promptAttr}" > $out/${fileAttr}',
    );
    expect(found(seedFleet('registry'))).toEqual([]);
  });

  test('1.4: metadata is shown, and what is wrong with it is found', () => {
    const card = hovered(MATRIX, '"deepse');
    for (const part of ['deepseek-api-key', 'DEEPSEEK_API_KEY_FILE', '· ai', 'lea', 'emily'])
      expect(card).toContain(part);
    const wrong = (from: string, to: string) => foundAfter(REGISTRY, from, to).join('\n');
    expect(wrong('envVar = "DEEPSEEK_API_KEY"', 'envVar = "2DEEPSEEK"')).toContain(
      'registry/invalid-env-var',
    );
    expect(wrong('envVar = "DEEPSEEK_API_KEY"', 'envVar = "OPENROUTER_API_KEY"')).toContain(
      'registry/duplicate-env-var',
    );
    expect(wrong('generator = "deepseek-api-key"', 'generator = "openrouter-api-key"')).toContain(
      'registry/duplicate-generator',
    );
    expect(wrong('files.${fileAttr} = { secret = true; };', 'files.other = { secret = true; };')).toContain(
      'registry/file-attr-mismatch',
    );
  });
});

describe('matrix', () => {
  test('1.5: a key that the registry does not have, with the nearest one', () => {
    const root = seedFleet('registry');
    edit(root, MATRIX, '"hindsight" "deepseek"', '"hindsight" "deepsek"');
    const [finding, ...others] = findingsIn(root).filter(({ severity }) => severity === 'error');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule: 'registry/unknown-key', machines: ['lea'] });
    expect(finding?.message).toContain('Did you mean "deepseek"?');
    expect(finding?.fixes.map(({ title }) => title)).toEqual([
      expect.stringContaining('deepseek'),
      expect.stringContaining(REGISTRY),
    ]);
    expect(foundAfter(MATRIX, '"gmail" "icloud"', '"gmail" "icloud" "gmail"')).toContain(
      'registry/duplicate-key "gmail"',
    );
    expect(foundAfter(MATRIX, 'emily = shared', 'emliy = shared').join('\n')).toContain('registry/');
  });

  test('1.6: the list `sharedCore` is no machine; a mistake in it is told once, and hovering it says what it is', () => {
    const root = seedFleet('registry');
    edit(
      root,
      MATRIX,
      '[ "cloudflare-account-id" "hindsight" "gmail" ];\nin',
      '[ "cloudflare-account-id" "hindsigt" "gmail" ];\nin',
    );
    const wrong = findingsIn(root).filter(({ rule }) => rule === 'registry/unknown-key');
    expect(wrong.map(({ machines }) => machines)).toEqual([['emily']]);
    expect(hovered(MATRIX, 'sharedCo')).toContain('list that rows share');
    // Whatever it is called.
    const renamed = textOf(seedFleet('registry'), MATRIX).replaceAll('sharedCore', 'everyday');
    expect(found(seedFleet('registry', { [MATRIX]: renamed }))).toEqual([]);
  });
});

describe('generators', () => {
  test('1.7: each machine has exactly the generators that its row selects', async () => {
    const { machines } = await inspect(seedFleet('registry'));
    const generators = Object.fromEntries(
      machines.map((one: { name: string; generators: string[] }) => [one.name, one.generators]),
    );
    expect(generators.lea.sort()).toEqual([
      'cloudflare-account-id',
      'deepseek-api-key',
      'gmail-app-password',
      'hindsight-token',
      'icloud-app-password',
      // Of clan-core, on every machine of NixOS.
      'state-version',
    ]);
    expect(generators.emily).toHaveLength(7);
  });

  test.each(['null', '[ ]'])('1.8: keys = %s selects the whole registry', async keys => {
    const root = seedFleet('registry');
    edit(root, LEA, 'keys = envMatrix.lea;\n    inherit pkgs;', `keys = ${keys};\n    inherit pkgs;`);
    const { machines } = await inspect(root);
    const lea = machines.find(({ name }: { name: string }) => name === 'lea');
    expect(lea.generators.filter((name: string) => name !== 'state-version')).toHaveLength(7);
  });

  test('1.9: assigned in the body from a `let`, nothing is found, of any severity', () => {
    expect(found(seedFleet('registry'))).toEqual([]);
  });
});

describe('imports', () => {
  const forms = () =>
    findingsIn(seedFleet('import-forms')).filter(({ rule }) => rule === 'eval/generators-in-imports');

  test('1.10: the anti-pattern as the text has it, without `pkgs`, is found and says which argument is missing', () => {
    const literal = forms().filter(({ at }) => at.file === 'machines/literal/configuration.nix');
    expect(literal).toHaveLength(1);
    expect(
      findingsIn(seedFleet('import-forms'))
        .filter(({ at }) => at.file.includes('literal'))
        .map(({ message }) => message)
        .join(' '),
    ).toContain('pkgs');
  });

  test.each([
    ...['call', 'concat', 'fromconfig', 'imported', 'inherited', 'letfunction', 'module', 'withlib'],
    ...['literal', 'letmodule', 'letlist', 'mapped', 'flakeparts', 'toplevel', 'depends'],
  ])('1.A: the form `%s`', form => {
    expect(forms().map(({ at }) => at.file)).toContain(`machines/${form}/configuration.nix`);
  });

  test('1.A: the right form and the other machine have none, and no import is lost without a word', async () => {
    const files = forms().map(({ at }) => at.file);
    expect(files.filter(file => /\/(right|mac)\//.test(file))).toEqual([]);
  });

  test('1.11: an error in a fleet of several architectures, a warning in others', () => {
    expect(new Set(forms().map(({ severity }) => severity))).toEqual(new Set(['error']));
    const alike = seedFleet('import-forms');
    edit(alike, 'machines/mac/configuration.nix', 'aarch64-darwin', 'x86_64-linux');
    edit(alike, 'clan.nix', 'machineClass = "darwin"', 'machineClass = "nixos"');
    const call = findingsIn(alike).find(
      ({ at, rule }) => at.file.includes('/call/') && rule === 'eval/generators-in-imports',
    );
    expect(call?.severity).toBe('warning');
  });

  test('1.12: the fix is a `let` and an assignment in the body', async () => {
    const root = seedFleet('import-forms');
    await run(root, ['check', '--fix', '--rule', 'eval/generators-in-imports']);
    const text = textOf(root, 'machines/call/configuration.nix');
    expect(text).toMatch(/let[\s\S]*varsGenerators = import .*generators\.nix/);
    expect(text).toContain('clan.core.vars.generators = varsGenerators;');
    expect(text).not.toContain('importApply');
  });

  test('1.13: imports that depend on the generators recurse for certain', () => {
    const depends = forms().filter(({ at }) => at.file.includes('/depends/'));
    expect(depends.map(({ severity, message }) => [severity, /recursion/.test(message)])).toEqual([
      ['error', true],
    ]);
    expect(found(overlaid('registry', 'registry-mistakes'), /generators-in-imports/)).toHaveLength(1);
  });
});

describe('consumers', () => {
  test('1.14: session variables from `osConfig…generators` are uses like all others', async () => {
    const { references } = await inspect(seedFleet('registry'));
    const statuses = references.map(({ status }: { status: string }) => status);
    expect(statuses.length).toBeGreaterThan(0);
    expect(statuses.filter((status: string) => status === 'undefined')).toEqual([]);
    expect(found(seedFleet('registry'), /^use\//)).toEqual([]);
  });

  test("1.15: the fleet's own pure render function is evaluated, whatever its steps look like", async () => {
    const { stdout } = await run(seedFleet('registry'), ['env', 'lea']);
    expect(stdout).toContain(
      'if [ -r "$DEEPSEEK_API_KEY_FILE" ]; then export DEEPSEEK_API_KEY="$(cat "$DEEPSEEK_API_KEY_FILE")"; fi',
    );
    expect(stdout).toContain('https://api.cloudflare.com/client/v4/accounts/${CLOUDFLARE_ACCOUNT_ID}');
    const nu = await run(seedFleet('registry'), ['env', 'emily', '--shell', 'nushell']);
    expect(nu.stdout).toContain(
      '$env.ANTHROPIC_API_KEY = (open --raw $env.ANTHROPIC_API_KEY_FILE | str trim)',
    );
  });

  test('1.16: accessors: an unknown key, and one that the machine has not selected', () => {
    const calls = (call: string) =>
      foundAfter(LEA, 'secrets.mkPasswordCmd { inherit osConfig; key = "gmail"; }', call);
    expect(calls('secrets.getPath { inherit osConfig; key = "gmial"; }').join()).toContain(
      'registry/unknown-key',
    );
    expect(calls('secrets.mkPasswordCmd { inherit osConfig; key = "gmial"; }').join()).toContain(
      'registry/unknown-key',
    );
    expect(calls('secrets.getVmPath { key = "gmial"; }').join()).toContain('registry/unknown-key');
    expect(calls('secrets.getPath { inherit osConfig; key = "openrouter"; }').join()).toContain(
      'registry/accessor-not-selected',
    );
    expect(found(overlaid('registry', 'registry-mistakes'), /accessor-not-selected/)).toHaveLength(1);
    expect(hovered(LEA, 'secrets.mkPass')).toContain('looks up a key of lib/secret-registry.nix');
    expect(hovered('lib/secrets.nix', '  getPa')).toContain('getPath');
  });

  test('1.17: `_FILE` for secrets, the value for public ones, for Bash, Nushell and programs', async () => {
    const root = seedFleet('registry');
    const bash = await run(root, ['env', 'lea']);
    expect(bash.stdout).toContain(
      "export DEEPSEEK_API_KEY_FILE='/run/secrets/vars/shared/deepseek-api-key/key'",
    );
    expect(bash.stdout).toContain('CLOUDFLARE_ACCOUNT_ID');
    expect(bash.stdout).not.toContain('CLOUDFLARE_ACCOUNT_ID_FILE');
    expect((await run(root, ['env', 'lea', '--shell', 'nushell'])).stdout).toContain(
      '$env.DEEPSEEK_API_KEY_FILE',
    );
    expect(JSON.parse((await run(root, ['env', 'lea', '--shell', 'json'])).stdout)).toBeTypeOf('object');
  });

  test('1.18: pure readers of metadata import the registry without a package set', () => {
    const hjem = seedFleet('registry');
    edit(hjem, HJEM, '{ osConfig, lib, ... }:', '{ osConfig, lib, pkgs, ... }:');
    edit(hjem, HJEM, '{ pkgs = null; }', '{ inherit pkgs; }');
    expect(found(hjem).join()).toContain('eval/pkgs-in-metadata');
    // Metadata and paths, read with a real package set.
    const root = seedFleet('registry', {
      'lib/session-builder.nix':
        '{ config, pkgs, keys }:\nlet\n  registry = import ./secret-registry.nix { inherit pkgs; };\nin\nbuiltins.listToAttrs (map (key: {\n  name = registry.${key}.envVar;\n  value = config.clan.core.vars.generators.${registry.${key}.generator}.files.${registry.${key}.fileAttr}.path;\n}) keys)\n',
    });
    edit(
      root,
      LEA,
      'clan.core.vars.generators = varsGenerators;',
      'clan.core.vars.generators = varsGenerators;\n  environment.variables = import ../../../lib/session-builder.nix { inherit config pkgs; keys = envMatrix.lea; };',
    );
    expect(found(root).join('\n')).toContain('eval/pkgs-in-metadata');
  });

  test('1.19: a builder of session variables in the `let` of a machine', () => {
    expect(found(overlaid('registry', 'registry-mistakes'), /path-in-let/)).not.toEqual([]);
  });

  test('1.20: a secret must not get into the store', () => {
    const file = 'config.clan.core.vars.generators.deepseek-api-key.files.key';
    const rules = (value: string) =>
      foundAfter(
        LEA,
        'clan.core.vars.generators = varsGenerators;',
        `clan.core.vars.generators = varsGenerators;\n  environment.etc.x.text = ${value};`,
      ).join();
    expect(rules(`${file}.value`)).toContain('use/value-of-secret');
    expect(rules(`builtins.readFile ${file}.path`)).toContain('use/read-secret-at-eval');
    expect(rules(`builtins.readFile (secrets.getPath { osConfig = config; key = "deepseek"; })`)).toContain(
      'use/',
    );
  });

  test("1.21: the command adds the document's own example, in both files", async () => {
    const root = seedFleet('registry');
    const description = 'Mistral API Key (from console.mistral.ai)';
    const { code } = await run(root, [
      'add',
      'secret',
      'mistral',
      '-m',
      'emily',
      '--description',
      description,
    ]);
    expect(code).toBe(0);
    expect(textOf(root, REGISTRY)).toContain(`  mistral = mkPromptedSecret {
    generator = "mistral-api-key";
    envVar = "MISTRAL_API_KEY";
    description = "Mistral API Key (from console.mistral.ai)";
    domain = "ai";
    kind = "api-key";
  };
`);
    expect(textOf(root, MATRIX)).toMatch(/emily = [^;]*"mistral" \]/);
    expect(found(root)).toEqual([]);
    const { machines } = await inspect(root);
    expect(machines.find(({ name }: { name: string }) => name === 'emily').generators).toContain(
      'mistral-api-key',
    );
  });

  test('1.22: both messages of the fleet are said before it is evaluated', () => {
    expect(foundAfter(MATRIX, '"hindsight" "deepseek"', '"hindsight" "deepsek"').join()).toContain(
      'registry/unknown-key',
    );
    const root = seedFleet('registry');
    edit(root, LEA, 'key = "gmail"', 'key = "anthropic"');
    const finding = findingsIn(root).find(({ rule }) => rule === 'registry/accessor-not-selected');
    expect(finding?.machines).toEqual(['lea']);
    expect(finding?.message).toContain('anthropic');
  });

  test("1.23: a hjem module that is handed another machine's keys", () => {
    const root = overlaid('registry', 'registry-mistakes');
    const wrong = findingsIn(root).filter(({ rule }) => rule === 'registry/module-keys-not-selected');
    expect(wrong.map(({ message }) => message).join()).toMatch(
      /"openrouter" and "anthropic", which machine lea does not select/,
    );
  });

  test('1.24: why a variable is not in the shell', async () => {
    const root = seedFleet('registry');
    const why = async (variable: string, machine = 'lea') =>
      (await run(root, ['env', machine, '--explain', variable])).stdout;
    expect(await why('OPENROUTER_API_KEY_FILE')).toMatch(/emily/);
    expect(await why('GMAIL_APP_PASSWORD')).not.toBe('');
    expect(await why('DEEPSEK_API_KEY_FILE')).toContain('DEEPSEEK_API_KEY');
    expect((await run(root, ['env', 'lea', '--explain', 'DEEPSEEK_API_KEY_FILE'])).code).toBe(0);
    expect((await run(root, ['env', 'lea', '--explain', 'OPENROUTER_API_KEY_FILE'])).code).toBe(1);
  });

  test('1.25: an import that leads nowhere', () => {
    expect(found(overlaid('registry', 'registry-mistakes'), /missing-file/)).toEqual([
      'host/missing-file ../../clan/nope.nix',
    ]);
    // The path as the document writes it, one folder too few for this layout.
    const root = seedFleet('registry');
    edit(root, LEA, 'import ../../../lib/vars-generators.nix', 'import ../../lib/vars-generators.nix');
    expect(found(root).join()).toContain('host/missing-file ../../lib/vars-generators.nix');
  });

  test('1.26: `passwordCommand` reads a path while home-manager is evaluated, and that is fine', () => {
    expect(textOf(seedFleet('registry'), LEA)).toContain('passwordCommand = secrets.mkPasswordCmd');
    expect(found(seedFleet('registry'))).toEqual([]);
  });

  test('1.28: `init` lays all of it down, and nothing is found', async () => {
    const root = seedFleet('registry', {});
    const { code } = await run(root, ['init', '--dry-run']);
    expect(code).toBe(0);
    const snapshot = snapshotOf(root);
    const at = definition(snapshot, MATRIX, behind(root, MATRIX, '"deepse'));
    expect(at?.targets.map(({ file }) => file)).toEqual([REGISTRY]);
  });
});

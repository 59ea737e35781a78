// Hovers of options, tags, variables, the directories of scripts, and of the rules behind findings.
import { describe, expect, test } from 'vitest';
import { hover } from '../../server/src/editor/hover/hover.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { exampleFiles, inExample, textAt } from './support.ts';

const engine = await loadEngine();

const FILE = 'modules/hosts/lea/ca.nix';
const REGISTRY = 'lib/secret-registry.nix';
const HOST = 'modules/hosts/tove/default.nix';

function shown(file: string, before: string, others: Readonly<Record<string, string>> = {}): string | null {
  const { snapshot, offset } = inExample(file, before, others);
  return hover(snapshot, file, offset)?.markdown ?? null;
}

/** A text as a module that lea imports. */
function imported(text: string): Record<string, string> {
  const host = 'modules/hosts/lea/default.nix';
  const before = exampleFiles()[host] ?? '';
  return { [FILE]: text, [host]: before.replace('imports = [', 'imports = [ ./ca.nix') };
}

test('an option: its type, its default, and what it does', () => {
  expect(shown(REGISTRY, 'fileAtt')).toBeNull();
  const text =
    '{ clan.core.vars.generators.a = { share = true; files.b.neededFor = "users"; prompts.c.type = "line"; }; }';
  expect(shown(FILE, 'sha', { [FILE]: text })).toMatchInlineSnapshot(`
    "**share** · option of a generator

    True: shared, one value for all machines, in \`vars/shared\`. False: per machine, in \`vars/per-machine\`.

    - Type: boolean
    - Default: \`false\`

    [Reference of clan](https://clan.lol/docs/unstable/reference/clan.core/vars)"
  `);
  expect(shown(FILE, 'needed', { [FILE]: text })).toContain('- `users`: When users are made');
  expect(shown(FILE, 'c.ty', { [FILE]: text })).toMatch(/^\*\*type\*\* · option of a prompt/);
  expect(shown(FILE, 'prom', { [FILE]: text })).toMatch(/^\*\*prompts\*\* · option of a generator/);
});

test('what a form shows of a prompt', () => {
  const text = '{ clan.core.vars.generators.a.prompts.c = { persist = true; display.helperText = "x"; }; }';
  expect(shown(FILE, 'display.help', { [FILE]: text })).toMatchInlineSnapshot(`
    "**helperText** · option of a prompt's display

    What a form says beside the prompt.

    - Type: null or string
    - Default: \`null\`

    [Reference of clan](https://clan.lol/docs/unstable/reference/clan.core/vars)"
  `);
});

test('the directories of a script', () => {
  expect(shown(REGISTRY, '> "$ou')).toMatch(/^\*\*\$out\*\* · directory of the script/);
  expect(shown(REGISTRY, '< "$promp')).toMatch(/^\*\*\$prompts\*\*/);
});

test('a variable of the name of what every object has', () => {
  const text = `{ clan.core.vars.generators.a.script = ''
    constructor=1
    echo "$constructor"
  ''; }`;
  expect(shown(FILE, '$constr', { [FILE]: text })).toBeNull();
});

test('a tag, where a machine has it', () => {
  expect(shown('flake.nix', '"lapt')).toMatchInlineSnapshot(`
    "**laptop** · tag

    - Machines: emily, lea, noa (3 of 4)"
  `);
  expect(shown('flake.nix', 'nixosConfigu')).toBeNull();
});

test('an environment variable, by its own name and by that of its file', () => {
  const found = shown(HOST, 'sessionVariables.ANTHROPIC_API');
  expect(found).toMatch(/^\*\*ANTHROPIC_API_KEY_FILE\*\* · environment variable: the path of a file/);
  expect(found).toContain('**anthropic** · registry key');
  // The value of a secret is not exported.
  expect(shown(FILE, 'ANTHROPIC', { [FILE]: '{ x = "ANTHROPIC_API_KEY"; }' })).toBeNull();
  expect(shown(FILE, 'NTFY', { [FILE]: '{ x = "NTFY_TOPIC"; }' })).toContain('**ntfy-topic** · registry key');
});

test('a generator: who needs it, and what of it is there', () => {
  const text = `{
  clan.core.vars.generators.ca.files.key = { };
  clan.core.vars.generators.leaf = { dependencies = [ "ca" ]; files.leaf = { }; };
}
`;
  const others = {
    ...imported(text),
    'vars/per-machine/lea/ca/key/secret': '{}',
  };
  const card = shown(FILE, 'generators.c', others);
  expect(card).toContain('- Needed by `leaf`');
  expect(card).toContain('- Generated');
  expect(shown(FILE, 'generators.lea', others)).toContain('- Missing');
});

test('the rule of a finding is named', () => {
  const matrix = 'lib/machine-env-matrix.nix';
  const text = (exampleFiles()[matrix] ?? '').replace('"deepseek"', '"deepsek"');
  const { snapshot, offset } = inExample(matrix, '"deeps', { [matrix]: text });
  const rules = (id: string) => engine.rules.find(rule => rule.id === id) ?? null;
  const found = hover(snapshot, matrix, offset, { rules });
  expect(found && textAt(snapshot, found.at)).toContain('deepsek');
  // In one line: the editor shows the finding itself above it.
  expect(found?.markdown).toMatch(
    /^\*\*registry\/unknown-key\*\* · .+ · \[Documentation\]\(https:.+rules\/registry\/unknown-key\)$/,
  );
});

describe('programs and packages', () => {
  const text = (tools: string) => `{ pkgs, config, ... }: {
  clan.core.vars.generators.a = {
    runtimeInputs = ${tools};
    script = ''
      wg genkey | tee "$out/key" | jq -R . > "$out/json"
      read -r line; frobnicate
    '';
  };
}`;
  const at = (before: string, tools = '[ pkgs.jq ]') => shown(FILE, before, { [FILE]: text(tools) });

  test('a program: which package brings it, and whether the script has it', () => {
    expect(at('      wg')).toBe(
      '**`wg`** · program\n\nBrought by `wireguard-tools`.\n\nNo package in `runtimeInputs` provides it: the script does not find it.',
    );
    expect(at('| jq')).toBe('**`jq`** · program\n\nFrom `jq` in `runtimeInputs`.');
    expect(at('| te')).toBe('**`tee`** · program\n\nFrom `coreutils`, which every script has.');
    expect(at('      rea')).toBe('**`read`** · builtin of Bash');
    expect(at('frob')).toContain('It is not known which package provides it.');
  });

  test('a program of a script with packages that are not known says so', () => {
    expect(at('      wg', 'config.tools')).toContain('Not all programs of `runtimeInputs` are known.');
    // One of them may well be the package that brings it.
    for (const tools of ['[ config.services.vpn.package ]', '[ pkgs.own-tool ]'])
      expect(at('      wg', tools)).toContain('Not all programs of `runtimeInputs` are known.');
    expect(at('frob', '[ pkgs.own-tool ]')).toContain('Not all programs of `runtimeInputs` are known.');
  });

  test('a package: what it brings, and what of that the script calls', () => {
    expect(at('pkgs.jq')).toBe('**`jq`** · package\n\n- Programs: `jq`\n- The script calls `jq`');
    expect(at('[ j', 'with pkgs; [ jq own-tool ]')).toContain('**`jq`** · package');
    expect(at('own-', 'with pkgs; [ jq own-tool ]')).toBe(
      '**`own-tool`** · package\n\nIt is not known which programs it provides.',
    );
  });
});

// A new secret: the entry in the form of the others, the key in the rows of machines, or a word why not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { registryOf } from '../../server/src/checks/examples/pipeline-examples.ts';
import { SECRET_KINDS, type SecretKind } from '../../server/src/checks/facts/registry/entry-families.ts';
import {
  addSecret,
  keyProblem,
  type SecretWish,
  secretProposals,
  variableProblem,
} from '../../server/src/editor/scaffold/scaffold-secret.ts';
import type { Texts } from '../checks/harness.ts';
import { nixFiles } from '../examples/folders.ts';
import { added, around, carriedOut, refusal } from './scaffold-support.ts';

const REGISTRY = 'lib/secret-registry.nix';
const MATRIX = 'lib/machine-env-matrix.nix';
const FLEET = join(__dirname, '../../examples/fleet');
const EXAMPLE: Texts = Object.fromEntries(
  nixFiles(FLEET).map(path => [path, readFileSync(join(FLEET, path), 'utf8')]),
);

const wish = (key: string, more: Partial<SecretWish> = {}): SecretWish => ({
  key,
  kind: 'prompt',
  machines: [],
  category: null,
  description: null,
  domain: null,
  generator: null,
  envVar: null,
  registry: null,
  ...more,
});
const add = (texts: Texts, key: string, more: Partial<SecretWish> = {}) =>
  carriedOut(texts, state => addSecret(state, wish(key, more)));
const refused = (texts: Texts, key: string, more: Partial<SecretWish> = {}) =>
  refusal(texts, state => addSecret(state, wish(key, more)));

/** Two keys made by a helper, and this matrix. */
const withMatrix = (matrix: string): Texts => ({
  [REGISTRY]: registryOf(
    '  gmail = mkPromptedSecret {\n    generator = "gmail-app-password";\n    envVar = "GMAIL_APP_PASSWORD";\n  };\n',
  ),
  [MATRIX]: matrix,
});

/** One plain entry of a registry, with everything that consumers read. */
const plainEntry = (key: string) => `  ${key} = {
    generator = "${key}";
    envVar = null;
    fileAttr = "key";
    secret = true;
    share = false;
    files.key.secret = true;
    prompts.key.type = "hidden";
    script = ''
      cat "$prompts/key" > "$out/key"
    '';
  };
`;

/** Two API keys, two passwords of mail, a token that a helper makes by itself, a public setting. */
const FAMILIES: Texts = {
  [REGISTRY]: `{ pkgs ? null }:
let
  mkPromptedSecret =
    { generator, envVar ? null, fileAttr ? "key", description, domain, kind, secret ? true }:
    {
      inherit generator envVar fileAttr secret domain kind;
      share = true;
      files.\${fileAttr} = { inherit secret; };
      prompts.\${fileAttr} = { inherit description; type = "hidden"; };
      script = ''
        cat "$prompts/\${fileAttr}" > $out/\${fileAttr}
      '';
    };
  mkGeneratedSecret =
    { generator, envVar ? null, domain, kind }:
    {
      inherit generator envVar domain kind;
      fileAttr = "token";
      secret = true;
      share = false;
      files.token.secret = true;
      runtimeInputs = if pkgs == null then [ ] else [ pkgs.openssl ];
      script = ''
        openssl rand -hex 32 > $out/token
      '';
    };
in
{
  anthropic = mkPromptedSecret {
    generator = "anthropic-api-key";
    envVar = "ANTHROPIC_API_KEY";
    description = "Anthropic API Key";
    domain = "ai";
    kind = "api-key";
  };
  deepseek = mkPromptedSecret {
    generator = "deepseek-api-key";
    envVar = "DEEPSEEK_API_KEY";
    description = "DeepSeek API Key";
    domain = "ai";
    kind = "api-key";
  };
  hindsight = mkGeneratedSecret {
    generator = "hindsight-token";
    envVar = "HINDSIGHT_TOKEN";
    domain = "ai";
    kind = "token";
  };
  cloudflare-account-id = mkPromptedSecret {
    generator = "cloudflare-account-id";
    envVar = "CLOUDFLARE_ACCOUNT_ID";
    fileAttr = "name";
    secret = false;
    description = "Cloudflare account id";
    domain = "infra";
    kind = "setting";
  };
  icloud = mkPromptedSecret {
    generator = "icloud-app-password";
    fileAttr = "password";
    description = "iCloud app password";
    domain = "mail";
    kind = "password";
  };
  gmail = mkPromptedSecret {
    generator = "gmail-app-password";
    fileAttr = "password";
    description = "Gmail app password";
    domain = "mail";
    kind = "password";
  };
}
`,
  [MATRIX]: '{\n  emily = [ "anthropic" "gmail" ];\n}\n',
};

describe('a new entry takes after its family', () => {
  const entry = (key: string, more: Partial<SecretWish> = {}) =>
    added(FAMILIES, add(FAMILIES, key, more).texts, REGISTRY).trim();

  test('the largest family of prompted secrets: an API key, with the words that were given', () => {
    expect(
      entry('mistral', { description: 'Mistral API Key (from console.mistral.ai)' }),
    ).toBe(`mistral = mkPromptedSecret {
    generator = "mistral-api-key";
    envVar = "MISTRAL_API_KEY";
    description = "Mistral API Key (from console.mistral.ai)";
    domain = "ai";
    kind = "api-key";
  };`);
  });

  test('the family that is asked for, which is in no variable', () => {
    expect(entry('fastmail', { category: 'password' })).toBe(`fastmail = mkPromptedSecret {
    generator = "fastmail-app-password";
    fileAttr = "password";
    description = "Fastmail password";
    domain = "mail";
    kind = "password";
  };`);
  });

  test('a variable that its family does not have', () => {
    expect(entry('fastmail', { category: 'password', envVar: 'FASTMAIL' })).toContain('envVar = "FASTMAIL";');
  });

  test('no variable where the family has one', () => {
    expect(entry('mistral', { envVar: '' })).not.toContain('envVar');
  });

  test('a domain alone chooses the family', () => {
    expect(entry('posteo', { domain: 'mail' })).toContain('generator = "posteo-app-password";');
  });

  test('what a helper makes by itself', () => {
    expect(entry('grafana', { kind: 'password' })).toBe(`grafana = mkGeneratedSecret {
    generator = "grafana-token";
    envVar = "GRAFANA_TOKEN";
    domain = "ai";
    kind = "token";
  };`);
  });

  test('a name that has the ending already does not get it twice', () => {
    expect(entry('mistral-api-key')).toContain(
      'generator = "mistral-api-key";\n    envVar = "MISTRAL_API_KEY";',
    );
  });

  test('the entry of the nearest name is the model', () => {
    expect(entry('cloudflare-zone-id', { kind: 'setting' })).toContain(
      'domain = "infra";\n    kind = "setting";',
    );
  });

  test('a generator or a variable that there is already is refused', () => {
    expect(refused(FAMILIES, 'claude', { generator: 'anthropic-api-key' })).toBe(
      '"anthropic" in lib/secret-registry.nix has anthropic-api-key already.',
    );
    expect(refused(FAMILIES, 'claude', { envVar: 'ANTHROPIC_API_KEY' })).toBe(
      '"anthropic" in lib/secret-registry.nix has ANTHROPIC_API_KEY already.',
    );
    expect(refused(FAMILIES, 'claude', { envVar: '2CLAUDE' })).toContain('A variable begins with a letter');
    expect(refused(FAMILIES, 'claude', { generator: 'a b' })).toContain('cannot name a generator');
  });

  test('a variable of another registry is free', () => {
    const other = 'other/secret-registry.nix';
    const phone =
      '  phone = mkPromptedSecret {\n    generator = "phone-pin";\n    envVar = "PHONE_PIN";\n  };\n';
    const { fleet } = around({ ...FAMILIES, [other]: registryOf(phone) });
    expect(fleet.registries.map(({ file }) => file).sort()).toEqual([REGISTRY, other]);
    const taken = '"phone" in other/secret-registry.nix has PHONE_PIN already.';
    expect(variableProblem(fleet, other, 'PHONE_PIN')).toBe(taken);
    expect(variableProblem(fleet, null, 'PHONE_PIN')).toBe(taken);
    expect(variableProblem(fleet, REGISTRY, 'PHONE_PIN')).toBeNull();
  });

  test('proposals: one for each family, the likeliest first', () => {
    const proposals = secretProposals(around(FAMILIES), REGISTRY, 'mistral');
    expect(
      proposals.map(({ kind, category, generator, domain, like }) => [
        kind,
        category,
        generator,
        domain,
        like,
      ]),
    ).toEqual([
      ['prompt', 'api-key', 'mistral-api-key', 'ai', ['anthropic', 'deepseek']],
      ['prompt', 'password', 'mistral-app-password', 'mail', ['icloud', 'gmail']],
      ['password', 'token', 'mistral-token', 'ai', ['hindsight']],
      ['setting', 'setting', 'mistral', 'infra', ['cloudflare-account-id']],
    ]);
    expect(secretProposals(around(FAMILIES), REGISTRY, 'cloudflare-zone')[0]?.category).toBe('setting');
  });
});

describe('in the example fleet', () => {
  test('a secret to be typed in is made as its nearest kin, and stands with it', () => {
    const { texts, fleet, scaffolded } = add(EXAMPLE, 'cohere', { machines: ['lea', 'noa'] });
    expect(added(EXAMPLE, texts, REGISTRY).trim()).toBe(`cohere = mkPromptedSecret {
    generator = "cohere-api-key";
    envVar = "COHERE_API_KEY";
    description = "Cohere API key";
    domain = "ai";
    kind = "api-key";
  };`);
    expect(fleet.generators.find(({ name }) => name === 'cohere-api-key')?.machines).toEqual(['lea', 'noa']);
    const { file, offset } = scaffolded.shown ?? { file: '', offset: 0 };
    expect(texts[file]?.slice(offset)).toMatch(/^cohere = mkPromptedSecret/);
  });

  test('a public setting says that it is none', () => {
    const { texts } = add(EXAMPLE, 'cloudflare-zone', {
      kind: 'setting',
      description: 'Zone of the web site',
    });
    expect(added(EXAMPLE, texts, REGISTRY).trim()).toBe(`cloudflare-zone = mkPromptedSecret {
    generator = "cloudflare-zone";
    envVar = "CLOUDFLARE_ZONE";
    description = "Zone of the web site";
    domain = "hosting";
    kind = "setting";
    fileAttr = "value";
    secret = false;
  };`);
  });

  test('a password is made by a script that needs no package', () => {
    const { texts } = add(EXAMPLE, 'grafana-admin', { kind: 'password', machines: ['tove'] });
    expect(added(EXAMPLE, texts, REGISTRY)).toContain(`  grafana-admin = mkGeneratedSecret {
    generator = "grafana-admin";
    envVar = "GRAFANA_ADMIN";
    domain = "backup";
    kind = "password";
    fileAttr = "password";
    script = ''
      head -c 32 /dev/urandom | base64 -w 0 > "$out/password"
    '';
  };`);
  });

  test.each(SECRET_KINDS)('%s is read back as what it is', kind => {
    const { fleet } = add(EXAMPLE, 'fresh', { kind, machines: ['emily', 'lea', 'noa', 'tove'] });
    const key = fleet.registries[0]?.keys.find(each => each.key === 'fresh');
    expect(key?.secret).toBe(kind !== 'setting');
    expect(key?.body.prompts.map(({ type }) => type)).toEqual(
      kind === 'password' ? [] : [kind === 'setting' ? 'line' : 'hidden'],
    );
    expect(key?.body.files).toHaveLength(1);
    const rows = fleet.matrices[0]?.rows.filter(({ keys }) => keys.some(listed => listed.key === 'fresh'));
    expect(rows?.map(({ machine }) => machine)).toEqual(['emily', 'lea', 'noa', 'tove']);
  });

  test('a machine that has the key already through a shared list keeps its row', () => {
    const shared = EXAMPLE[MATRIX]?.replace('    "anthropic"\n', '    "anthropic"\n    "fresh"\n') ?? '';
    const { texts } = add({ ...EXAMPLE, [MATRIX]: shared }, 'fresh', { machines: ['noa'] });
    expect(texts[MATRIX]).toBe(shared);
  });
});

describe('a row', () => {
  test.each([
    ['sorted, one a line', '{\n  lea = [\n    "apple"\n    "pear"\n  ];\n}\n', '    "gmail2"\n'],
    ['not sorted', '{\n  lea = [\n    "pear"\n    "apple"\n  ];\n}\n', '    "apple"\n    "gmail2"\n'],
    ['on one line', '{\n  lea = [ "gmail" ];\n}\n', '[ "gmail" "gmail2" ]'],
    ['sorted, on one line', '{\n  lea = [ "apple" "pear" ];\n}\n', '[ "apple" "gmail2" "pear" ]'],
    ['empty', '{\n  lea = [ ];\n  tove = [ "gmail" ];\n}\n', 'lea = [ "gmail2" ];'],
    ['of a name', 'let\n  core = [ "gmail" ];\nin\n{\n  lea = core;\n}\n', 'lea = core ++ [ "gmail2" ];'],
    [
      'joined',
      'let\n  core = [ "gmail" ];\nin\n{\n  lea = core ++ [ "a" ];\n}\n',
      'core ++ [ "a" "gmail2" ]',
    ],
    ['in a rec set', 'rec {\n  common = [ "gmail" ];\n  lea = common;\n}\n', 'common ++ [ "gmail2" ]'],
    [
      'with Windows line ends',
      '{\r\n  lea = [\r\n    "gmail"\r\n  ];\r\n}\r\n',
      '"gmail"\r\n    "gmail2"\r\n',
    ],
  ])('%s', (_, matrix, expected) => {
    const texts = withMatrix(matrix);
    const registry = registryOf(['a', 'apple', 'gmail', 'pear'].map(plainEntry).join(''));
    const { texts: after, fleet } = add({ ...texts, [REGISTRY]: registry }, 'gmail2', { machines: ['lea'] });
    expect(after[MATRIX]).toContain(expected);
    const row = fleet.matrices[0]?.rows.find(({ machine }) => machine === 'lea');
    expect(row?.keys.map(({ key }) => key)).toContain('gmail2');
  });

  test('is added for a machine that has none, in its place', () => {
    const texts = {
      ...withMatrix('{\n  emily = [ "gmail" ];\n  tove = [ "gmail" ];\n}\n'),
      'flake.nix':
        '{ outputs = { self, clan-core }: { clan = clan-core.lib.clan { inherit self; inventory.machines = { emily = { }; lea = { }; tove = { }; }; }; }; }',
    };
    const { texts: after } = add(texts, 'icloud', { machines: ['lea', 'tove'] });
    expect(after[MATRIX]).toBe(
      '{\n  emily = [ "gmail" ];\n  lea = [ "icloud" ];\n  tove = [ "gmail" "icloud" ];\n}\n',
    );
  });

  test('that is not a list of texts is left to the person', () => {
    const matrix = 'let\n  gmail = "gmail";\nin\n{\n  lea = [ gmail ];\n}\n';
    expect(refused(withMatrix(matrix), 'icloud', { machines: ['lea'] })).toBe(
      'The row of lea in lib/machine-env-matrix.nix is not a list that Varsmith can extend: add "icloud" there by hand.',
    );
  });
});

describe('registries of other forms', () => {
  const rows = '{\n  lea = [ "a" ];\n}\n';
  const fieldsOf = (texts: Texts, kind: SecretKind, key = 'fresh') => {
    const { fleet, texts: after } = add(texts, key, { kind, machines: ['lea'] });
    const entry = fleet.registries[0]?.keys.find(each => each.key === key);
    return { entry, text: added(texts, after, REGISTRY) };
  };

  test.each(SECRET_KINDS)('plain sets: %s is written out', kind => {
    const texts = { [REGISTRY]: `{ pkgs ? null }:\n{\n${plainEntry('a')}}\n`, [MATRIX]: rows };
    const { entry, text } = fieldsOf(texts, kind);
    expect(text).toMatch(/^ {2}fresh = \{$/m);
    expect(entry).toMatchObject({ secret: kind !== 'setting', generator: { value: 'fresh' } });
    expect(entry?.body).toMatchObject({ completeness: 'full', share: false });
    expect(entry?.written?.map(({ value }) => value)).toEqual([entry?.fileAttr?.value]);
  });

  test('a plain set without a function around it', () => {
    const texts = { [REGISTRY]: `{\n${plainEntry('a')}}\n`, [MATRIX]: rows };
    expect(fieldsOf(texts, 'password').entry?.secret).toBe(true);
  });

  test('sorted keys stay sorted', () => {
    const texts = {
      [REGISTRY]: `{\n${plainEntry('b')}${plainEntry('d')}}\n`,
      [MATRIX]: '{\n  lea = [ "b" "d" ];\n}\n',
    };
    const keysAfter = (key: string) =>
      [...(add(texts, key).texts[REGISTRY] ?? '').matchAll(/^ {2}(\w+) = \{/gm)].map(([, name]) => name);
    expect(keysAfter('a')).toEqual(['a', 'b', 'd']);
    expect(keysAfter('c')).toEqual(['b', 'c', 'd']);
    expect(keysAfter('e')).toEqual(['b', 'd', 'e']);
  });

  test('everything on one line', () => {
    const registry =
      '{ a = { generator = "a"; envVar = "A"; fileAttr = "key"; secret = true; share = false; files.key.secret = true; prompts.key.type = "hidden"; script = "cat $prompts/key > $out/key"; }; }\n';
    const texts = { [REGISTRY]: registry, [MATRIX]: rows };
    expect(fieldsOf(texts, 'prompt').entry?.secret).toBe(true);
  });

  test('a helper of another file: an entry that it makes is the model', () => {
    const texts = {
      [REGISTRY]:
        'let\n  inherit (import ./helpers.nix) mkKey;\nin\n{\n  a = mkKey {\n    generator = "a-key";\n    envVar = "A_KEY";\n    description = "A";\n  };\n}\n',
      'lib/helpers.nix':
        '{\n  mkKey = { generator, envVar, description }: {\n    inherit generator envVar;\n    fileAttr = "key";\n    secret = true;\n    files.key.secret = true;\n    prompts.key = { inherit description; type = "hidden"; };\n    script = "cat $prompts/key > $out/key";\n  };\n}\n',
      [MATRIX]: rows,
    };
    expect(fieldsOf(texts, 'prompt').text).toBe(
      '  fresh = mkKey {\n    generator = "fresh-key";\n    envVar = "FRESH_KEY";\n    description = "Fresh";\n  };',
    );
    // Nothing shows how it makes public ones, so one is written out.
    expect(fieldsOf(texts, 'setting').text).toContain('fresh = {');
  });

  test('a helper that asks for more than is known is not called', () => {
    const texts = {
      [REGISTRY]:
        'let\n  mkKey = { generator, envVar, rotation }: {\n    inherit generator envVar rotation;\n    fileAttr = "key";\n    secret = true;\n    files.key.secret = true;\n    prompts.key.type = "hidden";\n    script = "cat $prompts/key > $out/key";\n  };\nin\n{\n  a = mkKey {\n    generator = "a";\n    envVar = "A";\n    rotation = [ 30 60 ];\n  };\n}\n',
      [MATRIX]: rows,
    };
    expect(fieldsOf(texts, 'prompt').text).toContain('fresh = {');
  });

  test('entries that something is made from, and that no helper can be learned from', () => {
    const texts = {
      [REGISTRY]:
        'builtins.mapAttrs (key: given: {\n  generator = key;\n  envVar = given.variables.main;\n  fileAttr = "key";\n  secret = true;\n  files.key.secret = true;\n  prompts.key.type = "hidden";\n  script = "cat $prompts/key > $out/key";\n}) {\n  a = { variables = { main = "A"; }; };\n}\n',
      [MATRIX]: rows,
    };
    expect(refused(texts, 'fresh')).toBe(
      'The entries of lib/secret-registry.nix have a form that Varsmith cannot extend: add "fresh" there by hand.',
    );
  });

  test('entries that are computed', () => {
    const texts = {
      [REGISTRY]:
        'builtins.listToAttrs (map (name: { inherit name; value = { generator = name; envVar = null; fileAttr = "key"; secret = true; files.key.secret = true; prompts.key.type = "hidden"; script = "cat $prompts/key > $out/key"; }; }) [ "a" "b" ])\n',
      [MATRIX]: rows,
    };
    expect(refused(texts, 'fresh')).toContain('have a form that Varsmith cannot extend');
  });

  test('a folder of generators instead of a registry', () => {
    const texts = {
      'vars/generators/mail.nix':
        '{\n  mail = {\n    files.key = { };\n    meta.tags = [ "mail" ];\n  };\n}\n',
    };
    expect(refused(texts, 'fresh')).toMatch(/^There is no registry here\./);
  });

  test('a registry that is broken as it stands', () => {
    const texts = { [REGISTRY]: `{\n${plainEntry('a')}  b = ;\n}\n`, [MATRIX]: rows };
    expect(refused(texts, 'fresh')).toBe('lib/secret-registry.nix is not valid Nix: fix it first.');
  });

  test('several registries: which one has to be said', () => {
    const texts = {
      'a/secret-registry.nix': `{\n${plainEntry('a')}}\n`,
      'b/secret-registry.nix': `{\n${plainEntry('b')}}\n`,
    };
    expect(refused(texts, 'fresh')).toBe(
      'Which registry? There are a/secret-registry.nix, b/secret-registry.nix.',
    );
    expect(
      add(texts, 'fresh', { registry: 'b/secret-registry.nix' }).texts['b/secret-registry.nix'],
    ).toContain('fresh = {');
  });
});

test('a machine that does not exist', () => {
  expect(refused(EXAMPLE, 'fresh', { machines: ['lee'] })).toBe(
    'There is no machine "lee". Did you mean "lea"?',
  );
});

test('machines, and no matrix', () => {
  const texts = {
    [REGISTRY]: `{\n${plainEntry('a')}}\n`,
    'flake.nix':
      '{ outputs = { self, clan-core }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; }; }; }',
  };
  expect(refused(texts, 'fresh', { machines: ['lea'] })).toContain('No matrix lists keys of');
});

test.each([
  ['', 'Give the secret a name.'],
  ['1st', 'A name begins with a letter and has letters, digits, dots, dashes and underscores.'],
  ['a b', 'A name begins with a letter and has letters, digits, dots, dashes and underscores.'],
  ['gmail', 'lib/secret-registry.nix has "gmail" already.'],
  ['gmail2', null],
])('the name %j while it is typed', (key, problem) => {
  expect(keyProblem(around(EXAMPLE).fleet, null, key)).toBe(problem);
});

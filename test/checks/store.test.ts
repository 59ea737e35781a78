// The rules about what is stored, where it is less plain than in their examples.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hostOf, PIPELINE } from '../../server/src/checks/examples/pipeline-examples.ts';
import {
  KEY_OF_ADA,
  KEY_OF_LEA,
  keyFile,
  linksOf,
  MAIL,
  secretFor,
} from '../../server/src/checks/examples/store-examples.ts';
import { findingsOf, judging, onlyFinding, type Texts, type World } from './harness.ts';

const { check, expectSilent } = judging(
  'store/dangling-link',
  'store/kind-changed',
  'store/machine-without-access',
  'store/malformed',
  'store/missing',
  'store/orphan-file',
  'store/orphan-generator',
  'store/orphan-machine',
  'store/plaintext-left',
  'store/recipient-drift',
  'store/stale-validation',
  'store/untracked',
);

const ADA = { 'sops/users/ada/key.json': keyFile(KEY_OF_ADA) };
const KEYS = { ...ADA, 'sops/machines/lea/key.json': keyFile(KEY_OF_LEA) };
const OWN = 'vars/per-machine/lea/mail/password';
const SHARED = 'vars/shared/mail/password';
const BOTH = secretFor(KEY_OF_ADA, KEY_OF_LEA);

/** A clan of the machines lea and emily; emily has nothing but her name. */
function clan(lea: string, more: Texts = {}, inventory = ''): Texts {
  return {
    'flake.nix': `\
{
  outputs =
    { self, clan-core, ... }:
    let
      clan = clan-core.lib.clan {
        inherit self;
        meta.name = "home";
        inventory.machines = {
          lea = { };
          emily = { };
        };
${inventory}      };
    in
    {
      inherit (clan.config) nixosConfigurations;
    };
}
`,
    'machines/lea/configuration.nix': lea,
    'machines/emily/configuration.nix': '{ }\n',
    ...more,
  };
}

function found(rule: string, texts: Texts, world: World = {}) {
  return findingsOf(rule, texts, world);
}

const places = (rule: string, texts: Texts, world: World = {}) =>
  found(rule, texts, world).map(({ at, severity }) => `${severity} ${at.file}`);

describe('store/plaintext-left', () => {
  const value = { [`${OWN}/value`]: 'plaintext\n' };
  const twice = { ...KEYS, ...value, [`${OWN}/secret`]: BOTH };

  it('never shows what is in the file', () => {
    const finding = found('store/plaintext-left', clan(MAIL, value))[0];
    expect(JSON.stringify(finding)).not.toContain('plaintext\\n');
    expect(finding?.at).toEqual({ file: `${OWN}/value`, start: 0, end: 0 });
  });

  it('is a warning where nothing says any more which of the two it was', () => {
    expect(places('store/plaintext-left', clan('{ }\n', twice))).toEqual([`warning ${OWN}/value`]);
  });

  it('is a warning where a name with holes may declare the file', () => {
    const module =
      '{ lib, config, ... }:\n{\n  clan.core.vars.generators."${config.networking.domain}".files.password.secret = false;\n}\n';
    expect(places('store/plaintext-left', clan('{ }\n', { ...twice, 'modules/a.nix': module }))).toEqual([
      `warning ${OWN}/value`,
    ]);
  });

  it.each([
    ['the file is public', MAIL.replace('{ };', '{ secret = false; };')],
    [
      'it is public under a condition',
      MAIL.replace('{ };', '{ secret = config.a; };').replace('{', '{ config, ... }:\n{'),
    ],
    [
      'another module may make it public',
      MAIL.replace('{ };', 'lib.mkIf a { secret = false; };').replace('{', '{ lib, a, ... }:\n{'),
    ],
    ['nothing declares it', '{ }\n'],
  ])('is silent for a value where %s', (_, lea) => {
    expect(places('store/plaintext-left', clan(lea, value))).toEqual([]);
  });

  it("is silent for what clan-core's services make public", () => {
    const folder = 'vars/per-machine/lea/openssh/ssh.id_ed25519.pub';
    const files = { ...KEYS, [`${folder}/value`]: 'key\n', [`${folder}/secret`]: BOTH };
    expect(places('store/plaintext-left', clan('{ }\n', files))).toEqual([]);
  });

  it('finds what an old layout left', () => {
    expect(
      places('store/plaintext-left', clan(MAIL, { 'vars/per-machine/lea/mail/password': 'x\n' })),
    ).toEqual(['error vars/per-machine/lea/mail/password']);
  });
});

describe('store/kind-changed', () => {
  const open = MAIL.replace('{ };', '{ secret = false; };');
  const stored = { ...KEYS, [`${OWN}/secret`]: BOTH };

  it('is for information where the value is there as well', () => {
    const texts = clan(open, { ...stored, [`${OWN}/value`]: 'x\n' });
    expect(places('store/kind-changed', texts, { links: linksOf(OWN) })).toEqual([`info ${OWN}/secret`]);
    expect(places('store/plaintext-left', texts)).toEqual([]);
  });

  it('is a warning for a machine that is not known to have the generator', () => {
    const onEmily = 'vars/per-machine/emily/mail/password/secret';
    const texts = clan(open, { ...KEYS, [onEmily]: BOTH });
    expect(places('store/kind-changed', texts)).toEqual([]);
    const unknown = '{ config, ... }: { imports = config.a.modules; }\n';
    expect(places('store/kind-changed', { ...texts, 'machines/emily/configuration.nix': unknown })).toEqual([
      `warning ${onEmily}`,
    ]);
    // What a module that is not there declares may be another one of the name.
    const missing = '{ imports = [ ./missing.nix ]; }\n';
    expect(places('store/kind-changed', { ...texts, 'machines/emily/configuration.nix': missing })).toEqual(
      [],
    );
  });
});

describe('a generator whose key is misspelt in the matrix', () => {
  const folder = 'vars/per-machine/lea/anthropic-api-key/api-key';
  const pipeline = (row: string, registry = PIPELINE['lib/secret-registry.nix'] ?? '') =>
    clan(hostOf('lea'), {
      ...PIPELINE,
      'lib/secret-registry.nix': registry,
      'lib/machine-env-matrix.nix': `{ lea = [ ${row} ]; }\n`,
      ...KEYS,
      [`${folder}/secret`]: BOTH,
    });

  it('has left nothing behind', () => {
    expect(places('store/orphan-generator', pipeline('"anthropic"'))).toEqual([]);
    expect(places('store/orphan-generator', pipeline('"anthropc"'))).toEqual([]);
  });

  it('nor has one that no machine selects, as long as the registry has it', () => {
    expect(places('store/orphan-generator', pipeline('"gmail"'))).toEqual([]);
    const gone = (PIPELINE['lib/secret-registry.nix'] ?? '').replaceAll('anthropic', 'claude');
    expect(places('store/orphan-generator', pipeline('"gmail"', gone))).toEqual([`info ${folder}/secret`]);
    // It may be meant by a key that nobody knows.
    expect(places('store/orphan-generator', pipeline('"anthropic"', gone))).toEqual([]);
  });
});

describe('a generator that was shared', () => {
  it('has left files behind, and is not in their place', () => {
    const shared = 'vars/shared/mail/password';
    const texts = clan(MAIL.replace('{ };', '{ secret = false; };\n  share = false;'), {
      ...KEYS,
      [`${shared}/secret`]: BOTH,
      [`${OWN}/value`]: 'x\n',
    });
    expect(places('store/kind-changed', texts)).toEqual([]);
    expect(places('store/orphan-generator', texts)).toEqual([`info ${shared}/secret`]);
  });
});

describe('store/malformed', () => {
  it.each([
    ['is cut short', '{ "data": "ENC[', 'ends too early'],
    ['was never encrypted', 'correct horse', 'not JSON'],
    ['has lost its metadata', '{ "data": "ENC[AES256_GCM]" }', 'no metadata'],
    ['is empty', '', 'empty'],
  ])('says why a secret that %s cannot be used, and nothing of it', (_, text, why) => {
    const finding = onlyFinding(check({ [`${OWN}/secret`]: text }), 'store/malformed');
    expect(finding.message).toContain(why);
    expect(finding.message).not.toContain('horse');
  });
});

describe('store/dangling-link', () => {
  it('is silent where the folder of keys was not fetched', () => {
    expectSilent({ [`${OWN}/secret`]: BOTH }, { links: linksOf(OWN) });
  });

  it('is silent for a relative link that leaves the workspace', () => {
    const links = { [`${OWN}/users/bob`]: '../../../../../../../sops/users/bob' };
    expect(
      places('store/dangling-link', { ...ADA, [`${OWN}/secret`]: secretFor(KEY_OF_ADA) }, { links }),
    ).toEqual([]);
  });

  it('finds the member of a group who is gone', () => {
    const links = { 'sops/groups/admins/users/bob': '../../../users/bob' };
    expect(places('store/dangling-link', ADA, { links })).toEqual(['warning sops/groups/admins/users/bob']);
  });
});

describe('store/recipient-drift', () => {
  it('names those whose keys they are', () => {
    const texts = { ...KEYS, [`${OWN}/secret`]: secretFor(KEY_OF_ADA, 'age1bob') };
    const [finding] = found('store/recipient-drift', texts, { links: linksOf(OWN) });
    expect(finding?.message).toBe(
      'The secret is not encrypted to age1lea000000000… (machine lea), which its links name, and can still be decrypted by age1bob, which no link names.',
    );
  });

  const group = {
    'sops/groups/admins/users/ada': '../../../users/ada',
    [`${OWN}/machines/lea`]: '../../../../../../sops/machines/lea',
  };

  it('takes members of groups for those who are linked', () => {
    const links = { ...group, [`${OWN}/groups/admins`]: '../../../../../../sops/groups/admins' };
    expectSilent({ ...KEYS, [`${OWN}/secret`]: BOTH }, { links });
  });

  it('is silent for members of default groups, which clan adds without a link', () => {
    const texts = clan(`{\n  clan.core.sops.defaultGroups = [ "admins" ];\n}\n`, {
      ...KEYS,
      [`${OWN}/secret`]: BOTH,
    });
    expect(places('store/recipient-drift', texts, { links: group })).toEqual([]);
    expect(
      places(
        'store/recipient-drift',
        { ...texts, 'machines/lea/configuration.nix': '{ }\n' },
        { links: group },
      ),
    ).toEqual([`warning ${OWN}/secret`]);
  });

  it('takes fingerprints for one key, however they are written', () => {
    const fp = 'ABCDEF0123456789ABCDEF0123456789ABCDEF01';
    const texts = {
      'sops/users/ada/key.json': JSON.stringify({ publickey: fp.toLowerCase(), type: 'pgp' }),
      [`${OWN}/secret`]: JSON.stringify({ data: 'ENC[]', sops: { pgp: [{ fp }] } }),
    };
    expect(places('store/recipient-drift', texts, { links: linksOf(OWN, []) })).toEqual([]);
  });

  it('is silent where the keys of a link are not known, and where there is no link', () => {
    const texts = { ...ADA, [`${OWN}/secret`]: secretFor(KEY_OF_ADA) };
    expect(places('store/recipient-drift', texts, { links: linksOf(OWN) })).toEqual([]);
    expect(places('store/recipient-drift', { ...ADA, [`${OWN}/secret`]: BOTH })).toEqual([]);
  });
});

describe('store/machine-without-access', () => {
  const shared = MAIL.replace('    prompts', '    share = true;\n    prompts');
  const stored = { ...KEYS, [`${SHARED}/secret`]: secretFor(KEY_OF_ADA) };
  const world = { links: linksOf(SHARED, []) };

  it.each([
    ['the machine has no key yet', shared, { 'sops/machines/lea/key.json': '' }],
    [
      'the file may not be deployed',
      shared.replace('{ };', '{ deploy = config.a; };').replace('{', '{ config, ... }:\n{'),
      {},
    ],
    [
      'secrets are kept elsewhere',
      shared.replace(
        'clan.core.vars.generators',
        'clan.core.vars.settings.secretStore = "password-store";\n  clan.core.vars.generators',
      ),
      {},
    ],
    [
      'a module of which it is not known who has it sets the generator',
      '{ }\n',
      { 'modules/mail.nix': shared },
    ],
  ])('is silent where %s', (_, lea, more) => {
    expect(places('store/machine-without-access', clan(lea, { ...stored, ...more }), world)).toEqual([]);
  });

  it.each(['partitioning', 'activation'])('is found of what is uploaded for %s, as clan counts it', phase => {
    const lea = shared.replace('{ };', `{ neededFor = "${phase}"; };`);
    const { findings } = check(clan(lea, stored), world);
    expect(findings.filter(({ rule }) => rule === 'store/machine-without-access')).toEqual([
      expect.objectContaining({ message: expect.stringContaining('`clan vars check` fails') }),
    ]);
  });

  it('is silent where a group gives access', () => {
    const links = {
      ...world.links,
      [`${SHARED}/groups/all`]: '../../../../../sops/groups/all',
      'sops/groups/all/machines/lea': '../../../machines/lea',
    };
    expect(places('store/machine-without-access', clan(shared, stored), { links })).toEqual([]);
  });

  it("finds a machine's own secret that is not for it", () => {
    const texts = clan(MAIL, { ...KEYS, [`${OWN}/secret`]: secretFor(KEY_OF_ADA) });
    expect(places('store/machine-without-access', texts, { links: linksOf(OWN, []) })).toEqual([
      `warning ${OWN}/secret`,
    ]);
  });
});

describe('what is left over', () => {
  const old = 'vars/per-machine/lea/old-mail/password/secret';
  const left = { ...KEYS, [old]: secretFor(KEY_OF_ADA) };
  const orphans = (texts: Texts) => places('store/orphan-generator', texts);

  it('is a generator that nothing declares', () => {
    expect(orphans(clan(MAIL, left))).toEqual([`info ${old}`]);
  });

  it('is most likely renamed where a generator of the machine with the same files has nothing stored', () => {
    const message = (lea: string, stored = left) =>
      found('store/orphan-generator', clan(lea, stored))[0]?.message ?? '';
    expect(message(MAIL)).toBe(
      'Nothing in this repository declares the generator "old-mail" any more (machine lea). If it is called "mail" now, which has the same files and nothing stored, rename its folder below `vars/`. Otherwise its files are unused: remove them, and revoke what they held.',
    );
    expect(message(MAIL.replace('files.password', 'files.token'))).toContain('are unused (machine lea)');
    expect(
      message(
        MAIL.replace('{', '{ clan.core.vars.generators.post = { files.password = { }; script = ""; };'),
      ),
    ).toContain('are unused (machine lea)');
    const stored = { ...left, [`${OWN}/secret`]: secretFor(KEY_OF_ADA) };
    expect(message(MAIL, stored)).toContain('are unused (machine lea)');
  });

  it('is one only if no module of another flake has it, where there are such modules', () => {
    const stored = { ...left, [`${OWN}/secret`]: secretFor(KEY_OF_ADA) };
    const told = (lea: string) => found('store/orphan-generator', clan(lea, stored))[0]?.message;
    expect(told(MAIL)).not.toContain('another flake');
    const more = MAIL.replace('{', '{ inputs, ... }:\n{\n  imports = [ inputs.mine.nixosModules.mail ];');
    expect(told(more)).toContain('unless a module of another flake does, its files are unused');
  });

  it.each([
    [
      'a name with holes may be it',
      {
        'machines/lea/hardware-configuration.nix':
          '{ name, ... }: { clan.core.vars.generators."old-${name}" = { files.a = { }; }; }\n',
      },
      '',
    ],
    [
      'a collection is not known',
      {
        'machines/lea/hardware-configuration.nix':
          '{ more, ... }: { clan.core.vars.generators = more.generators; }\n',
      },
      '',
    ],
    [
      'something reads it',
      {
        'a.nix': '{ config, ... }: { a = config.clan.core.vars.generators.old-mail.files.password.path; }\n',
      },
      '',
    ],
    [
      'a service of another flake may bring it',
      {},
      '        inventory.instances.m = { module.input = "elsewhere"; module.name = "mail"; roles.default.tags.all = { }; };\n',
    ],
    ['not all instances are known', {}, '        inventory.instances = import self.inputs.more;\n'],
    ['not all machines are known', {}, '        machines = self.inputs.more.machines;\n'],
  ])('is silent where %s', (_, more, inventory) => {
    expect(orphans(clan(MAIL, { ...left, ...more }, inventory))).toEqual([]);
  });

  it.each(['openssh', 'user-password-ada', 'iwd.home', 'telegraf'])(
    'is silent for "%s", which is or was one of clan-core',
    name => {
      const file =
        { openssh: 'ssh.id_ed25519', 'iwd.home': 'iwd.home', telegraf: 'password' }[name] ?? 'user-password';
      expect(orphans(clan(MAIL, { [`vars/per-machine/lea/${name}/${file}/value`]: 'x' }))).toEqual([]);
    },
  );

  it('is a generator that another machine has', () => {
    const path = 'vars/per-machine/emily/mail/password/secret';
    expect(orphans(clan(MAIL, { ...KEYS, [path]: secretFor(KEY_OF_ADA) }))).toEqual([`info ${path}`]);
  });

  it('is what lies in the other place since the generator is shared', () => {
    const shared = MAIL.replace('    prompts', '    share = true;\n    prompts');
    const texts = clan(shared, { ...KEYS, [`${OWN}/secret`]: secretFor(KEY_OF_ADA) });
    expect(orphans(texts)).toEqual([`info ${OWN}/secret`]);
  });

  it('is not a file that may be declared', () => {
    const stored = {
      ...KEYS,
      [`${OWN}/secret`]: BOTH,
      'vars/per-machine/lea/mail/token/secret': secretFor(KEY_OF_ADA),
    };
    const files = (lea: string) => places('store/orphan-file', clan(lea, stored));
    expect(files(MAIL)).toEqual(['info vars/per-machine/lea/mail/token/secret']);
    expect(
      files(
        MAIL.replace('files.password', 'files."${config.a}" = { };\n    files.password').replace(
          '{',
          '{ config, ... }:\n{',
        ),
      ),
    ).toEqual([]);
    expect(
      files(
        MAIL.replace('files.password', 'prompts.token.persist = config.a;\n    files.password').replace(
          '{',
          '{ config, ... }:\n{',
        ),
      ),
    ).toEqual([]);
    expect(files(MAIL.replace('files.password', 'files.token = { };\n    files.password'))).toEqual([]);
  });

  it('is a machine that nothing has', () => {
    const key = 'sops/machines/old/key.json';
    const texts = clan(MAIL, {
      ...KEYS,
      [key]: keyFile('age1old'),
      [`${SHARED}/secret`]: secretFor(KEY_OF_ADA, 'age1old'),
    });
    const world = { links: linksOf(SHARED, ['old']) };
    expect(places('store/orphan-machine', texts, world)).toEqual([`info ${key}`]);
    expect(found('store/orphan-machine', texts, world)[0]?.message).toContain(
      'can still open 1 secret of others',
    );
    expect(
      places('store/orphan-machine', { ...texts, 'machines/old/configuration.nix': '{ }\n' }, world),
    ).toEqual([]);
  });
});

describe('leftovers beside modules that are missing', () => {
  const stored = { ...KEYS, 'vars/per-machine/lea/old/key/value': 'x\n' };
  const FORMER = 'vars/per-machine/lea/mail/former';
  it.each([
    ['a module that is not there', '{ imports = [ ./moved.nix ]; }', 0],
    ['a module that cannot be read', '{ imports = [ ./broken.nix ]; }', 0],
    ['no module', '{ imports = [ ]; }', 1],
  ])('are not told of a machine with %s', (_, lea, count) => {
    const texts = clan(`${lea}\n`, { ...stored, 'machines/lea/broken.nix': '{ a = ;\n' });
    expect(places('store/orphan-generator', texts)).toHaveLength(count);
    const mail = MAIL.replace('{', `{\n  imports = ${lea.slice(lea.indexOf('['), -1)}`);
    const more = { ...texts, 'machines/lea/configuration.nix': mail, [`${FORMER}/value`]: 'x\n' };
    expect(places('store/orphan-file', more)).toHaveLength(count);
  });

  it('are not told where the machine may have a generator of its own of the name', () => {
    const emily = {
      'machines/emily/configuration.nix':
        '{\n  clan.core.vars.generators.old = { share = true; files.key = { }; script = "echo > $out/key"; };\n}\n',
    };
    const own = (lea: string) => places('store/orphan-generator', clan(lea, { ...stored, ...emily }));
    expect(own('{ }\n')).toHaveLength(1);
    expect(
      own(
        '{ config, ... }: { clan.core.vars.generators.${config.a} = { files.key = { }; script = "x"; }; }\n',
      ),
    ).toEqual([]);
  });
});

describe('store/stale-validation', () => {
  const hash = (json: string) => createHash('sha256').update(json).digest('hex');
  const stale = (validation: string, noted: string | null) =>
    found(
      'store/stale-validation',
      clan(
        MAIL.replace('    prompts', `    ${validation}\n    prompts`).replace('{', '{ config, ... }:\n{'),
        {
          ...KEYS,
          [`${OWN}/secret`]: BOTH,
          ...(noted === null ? {} : { 'vars/per-machine/lea/mail/.validation-hash': noted }),
        },
      ),
    ).length;

  it.each([
    ['validation = "v1";', '"v1"'],
    ['validation.hostname = "lea";', '{"hostname":"lea"}'],
    ['validation = { b = true; a.c = 1; };', '{"a":{"c":1},"b":true}'],
  ])('takes the hash of `%s` as Nix does', (validation, json) => {
    expect(stale(validation, hash(json))).toBe(0);
    expect(stale(validation, hash('2'))).toBe(1);
  });

  it('finds a validation that was added, or removed, since', () => {
    expect(stale('validation = 1;', null)).toBe(1);
    expect(stale('', hash('1'))).toBe(1);
    expect(stale('', null)).toBe(0);
  });

  it.each([
    'validation = config.a;',
    'validation.a = config.a;',
    'validation = { a = 1; } // config.a;',
    'validation = "${config.a}-b";',
    // An option of somebody's own, who may make it part of the validation.
    'rotateDays = 180;',
  ])('is silent for `%s`', validation => {
    expect(stale(validation, hash('1'))).toBe(0);
  });
});

describe('store/missing', () => {
  const begun = { ...KEYS, 'vars/per-machine/lea/state-version/version/value': '25.11' };
  const missing = (lea: string, more: Texts = begun) => found('store/missing', clan(lea, more)).length;

  it('is a hint for a machine that has other files', () => {
    expect(missing(MAIL)).toBe(1);
  });

  it.each([
    ['something is stored of it, in whichever form', MAIL, { ...begun, [`${OWN}/value`]: 'x' }],
    [
      'secrets are kept elsewhere',
      MAIL.replace(
        'clan.core.vars.generators',
        'clan.core.vars.settings.secretStore = "password-store";\n  clan.core.vars.generators',
      ),
      begun,
    ],
    [
      'the generator stands under a condition',
      MAIL.replace('mail = {', 'mail = lib.mkIf config.a {').replace('{', '{ lib, config, ... }:\n{'),
      begun,
    ],
    [
      'its files are not wholly known',
      MAIL.replace('files.password', 'files."${config.a}" = { };\n    files.password').replace(
        '{',
        '{ config, ... }:\n{',
      ),
      begun,
    ],
  ])('is silent where %s', (_, lea, more) => {
    expect(missing(lea, more)).toBe(0);
  });

  it('is found for public files wherever secrets are kept', () => {
    const lea = MAIL.replace('{ };', '{ secret = false; };').replace(
      'clan.core.vars.generators',
      'clan.core.vars.settings.secretStore = "password-store";\n  clan.core.vars.generators',
    );
    expect(missing(lea)).toBe(1);
  });

  it('is found where a file is a secret on one machine and public on another', () => {
    const emily = {
      'machines/emily/configuration.nix': MAIL.replace('{ };', '{ secret = false; };'),
      'vars/per-machine/emily/state-version/version/value': '25.11',
    };
    expect(missing(MAIL, { ...begun, ...emily })).toBe(1);
  });
});

describe('store/untracked', () => {
  const texts = clan(MAIL, { ...KEYS, [`${OWN}/secret`]: BOTH });
  const links = linksOf(OWN);
  const all = [...Object.keys(texts), ...Object.keys(links)];
  const untracked = (tracked: readonly string[]) =>
    places('store/untracked', texts, { links, tracked: expanded(tracked) });

  it('reports once for all files of a generator and machine', () => {
    const more = { ...texts, 'vars/per-machine/lea/mail/token/secret': secretFor(KEY_OF_ADA) };
    const tracked = expanded(all.filter(path => !path.startsWith('vars/')).concat('vars/README.md'));
    expect(found('store/untracked', { ...more, 'vars/README.md': '' }, { links, tracked })).toHaveLength(1);
  });

  it('is silent for a submodule, of which git knows the folder alone', () => {
    expect(untracked([...all.filter(path => !path.startsWith('vars/')), 'vars'])).toEqual([]);
  });

  it('is silent where there is no flake', () => {
    const { 'flake.nix': _, ...others } = texts;
    expect(places('store/untracked', others, { links, tracked: [] })).toEqual([]);
  });
});

/** With the folders that hold them, as git's index answers for folders. */
function expanded(paths: readonly string[]): string[] {
  return [
    ...new Set(
      paths.flatMap(path => {
        const names = path.split('/');
        return names.map((_, index) => names.slice(0, index + 1).join('/'));
      }),
    ),
  ];
}

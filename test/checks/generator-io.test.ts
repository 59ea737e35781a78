// The rules about what goes into generators and what comes out, where it is less plain than in their examples.

import { describe, expect, it } from 'vitest';
import { applyFix, fixOf, judging, onlyFinding, type Texts } from './harness.ts';

const { check, expectSilent } = judging(
  'generator/no-output',
  'generator/no-script',
  'generator/output-never-written',
  'generator/outside-out',
  'generator/own-previous-output',
  'generator/path-as-text',
  'generator/persist-overwritten',
  'generator/persist-redundant-copy',
  'generator/prompt-unused',
  'generator/prompts-unset',
  'generator/read-after-removal',
  'generator/undeclared-dependency',
  'generator/undeclared-output',
  'generator/undeclared-prompt',
  'generator/unknown-dependency-file',
  'generator/unused-dependency',
);

/** One generator as a module; `body` is what stands in its set, `more` further generators. */
function generator(body: string, more = ''): Texts {
  return {
    'modules/app.nix': `{ lib, pkgs, config, ... }:\n{\n  clan.core.vars.generators.app = {\n${body}\n  };\n${more}}\n`,
  };
}

function scripted(script: string, more = 'files.key = { };\nprompts.p = { };'): Texts {
  return generator(
    `${more}\nruntimeInputs = [ pkgs.openssl pkgs.openssh pkgs.mkpasswd ];\nscript = ''\n${script}\n'';`,
  );
}

function rulesIn(texts: Texts): string[] {
  return check(texts).findings.map(({ rule, severity }) => `${rule} ${severity}`);
}

/** The only text after the only fix of a rule's finding that begins so. */
function mended(texts: Texts, rule: string, title: string): string {
  return applyFix(texts, fixOf(onlyFinding(judging(rule).check(texts), rule), title))[
    'modules/app.nix'
  ] as string;
}

describe('generator/path-as-text', () => {
  it.each([
    ['a message', 'echo "using $prompts/p" >&2; cat $prompts/p > $out/key'],
    ['an option that opens it', 'openssl rsa -passin "file:$prompts/p" -in $prompts/p -out $out/key'],
    ['a list of names for another program', 'echo "$prompts/p" | xargs cat > $out/key'],
    ['a variable that is opened', 'f=$prompts/p; cat "$f" > $out/key'],
    ['a name in a comment of the output', 'cat $prompts/p > $out/key # not $prompts/p'],
    ['a remark', 'echo "# made of $prompts/p" > $out/key; cat $prompts/p >> $out/key'],
    ['the directory alone', 'ls "$prompts" >&2; cat $prompts/p > $out/key'],
    [
      'a name that the program of jq does not use',
      'jq -n --arg a "$prompts/p" "{}" > $out/key; cat $prompts/p',
    ],
    ['a file that jq reads', 'jq -n --rawfile a "$prompts/p" \'{a: $a}\' > $out/key'],
    ['a group that writes nowhere', '{ echo "$prompts/p"; } >&2; cat $prompts/p > $out/key'],
  ])('is silent for %s', (_, script) => {
    expectSilent(scripted(script));
  });

  it.each([
    ['a here-document', 'cat > $out/key <<EOF\npassword = $prompts/p\nEOF'],
    ['a here-string', 'mkpasswd -s <<< "$prompts/p" > $out/key'],
    ['a group', '{ printf "A=%s\\n" "$prompts/p"; echo b; } > $out/key'],
    ['a loop', 'for x in a b; do echo "$x $prompts/p"; done > $out/key'],
    ['all output', 'exec > $out/key; echo "$prompts/p"'],
    ['a command with a substitution', 'echo $prompts/p | argon2 "$(openssl rand -base64 9)" -e > $out/key'],
    ['an argument of jq', 'jq -n --arg a "$prompts/p" \'{a: $a}\' > $out/key'],
    ['a variable', 'pw="$prompts/p"; printf "%s" "$pw" > $out/key'],
    ['an argument that is hashed', 'mkpasswd -m sha-512 "$prompts/p" > $out/key'],
    ['a question', 'if [ -z "$prompts/p" ]; then exit 1; fi; cat $prompts/p > $out/key'],
  ])('is found in %s', (_, script) => {
    expect(rulesIn(scripted(script))).toContain('generator/path-as-text warning');
  });

  it('is mended in a here-document and without quotes', () => {
    const inDocument = scripted('cat > $out/key <<EOF\npassword = $prompts/p\nEOF');
    expect(mended(inDocument, 'generator/path-as-text', 'Read the file')).toContain(
      '= $(cat "$prompts/p")\n',
    );
    expect(mended(scripted('echo $prompts/p > $out/key'), 'generator/path-as-text', 'Read')).toContain(
      'echo "$(cat "$prompts/p")" >',
    );
  });

  it('is mended in a Nix string with double quotes', () => {
    const texts = generator(
      'files.key = { };\nprompts.p = { };\nscript = "echo \\"$prompts/p\\" > $out/key";',
    );
    expect(mended(texts, 'generator/path-as-text', 'Read')).toContain('echo \\"$(cat \\"$prompts/p\\")\\" >');
  });
});

describe('generator/undeclared-dependency', () => {
  const ca =
    '  clan.core.vars.generators.ca.files.crt = { };\n  clan.core.vars.generators.ca.script = "touch $out/crt";\n';

  it('adds to the list that is there', () => {
    const texts = generator(
      'files.key = { };\ndependencies = [ "seed" ];\nscript = "cat $in/seed/s $in/ca/crt > $out/key";',
      `${ca}  clan.core.vars.generators.seed = { files.s = { }; script = "touch $out/s"; };\n`,
    );
    expect(mended(texts, 'generator/undeclared-dependency', 'Add "ca"')).toContain('[ "seed" "ca" ]');
  });

  it('is silent where dependencies may come from elsewhere', () => {
    expectSilent(
      generator(
        'files.key = { };\ndependencies = config.my.deps;\nscript = "cat $in/ca/crt > $out/key";',
        ca,
      ),
    );
    expectSilent({
      ...generator('files.key = { };\nscript = "cat $in/ca/crt > $out/key";', ca),
      'modules/more.nix': '{\n  clan.core.vars.generators.app.dependencies = [ "ca" ];\n}\n',
    });
  });

  it('compares names with holes by their text', () => {
    expectSilent(
      generator(
        'files.key = { };\ndependencies = [ "ca-${config.x}" ];\nscript = "cat $in/ca-${config.x}/crt > $out/key";',
      ),
    );
  });

  it('is no error where nobody looks at the failure', () => {
    const texts = scripted('cat $in/ca/crt > $out/key || true', 'files.key = { };');
    expect(rulesIn(texts)).toEqual(['generator/undeclared-dependency warning']);
  });

  it('is silent where the dependency has a wrong name', () => {
    const texts = generator(
      'files.key = { };\ndependencies = [ "cca" ];\nscript = "cat $in/ca/crt > $out/key";',
      '  clan.core.vars.generators.ca = { files.crt = { }; script = "touch $out/crt"; };\n',
    );
    expect(rulesIn(texts)).toEqual([]);
    expect(mended(texts, 'generator/unknown-dependency', 'Replace')).toContain('dependencies = [ "ca" ];');
  });
});

describe('generator/prompt-unused', () => {
  it.each([
    ['a loop over all prompts', 'for f in "$prompts"/*; do cat "$f"; done > $out/key'],
    [
      'a program in another language',
      'python3 <<EOF > $out/key\nimport os\nopen(os.environ["prompts"])\nEOF',
    ],
    ['a program of its own', 'make-key > $out/key'],
    ['the directory as an argument', 'tar c -C "$prompts" . > $out/key'],
    ['another directory', 'cd "$prompts"; for f in *; do cat "$f"; done > $out/key'],
    ['a variable', 'd=$prompts; cat $d/p > $out/key'],
    ['another shell', 'bash -c \'cat "$prompts/p"\' > $out/key'],
    ['a quoted here-document', "cat > $out/key <<'EOF'\n$prompts/p\nEOF"],
  ])('is silent for %s', (_, script) => {
    expectSilent(scripted(script));
  });

  it('is silent where it is not known whether the prompt is persisted', () => {
    expectSilent(generator('prompts.p.persist = config.x;'));
  });

  it.each([
    ['a set', 'prompts.p = { type = "hidden"; };', 'prompts.p = { persist = true; type = "hidden"; };'],
    ['paths', 'prompts.p.type = "hidden";', 'prompts.p.persist = true;\nprompts.p.type = "hidden";'],
    ['an empty set', 'prompts.p = { };', 'prompts.p = { persist = true; };'],
    ['false', 'prompts.p.persist = false;', 'prompts.p.persist = true;'],
  ])('is persisted in %s', (_, before, after) => {
    const texts = generator(`files.p = { };\n${before}`);
    expect(mended(texts, 'generator/output-never-written', 'Persist')).toContain(after);
  });
});

describe('generator/undeclared-prompt', () => {
  it('is the only finding where another prompt is unused in its place', () => {
    const texts = scripted('cat "$prompts/password" > $out/key');
    expect(rulesIn(texts)).toEqual(['generator/undeclared-prompt error']);
    expect(mended(texts, 'generator/undeclared-prompt', 'Replace')).toContain('cat "$prompts/p"');
  });
});

describe('generator/no-script', () => {
  it.each([
    ['hint', ''],
    ['warning', 'runtimeInputs = [ pkgs.openssl ];'],
    ['warning', 'dependencies = [ "ca" ];'],
    ['hint', 'runtimeInputs = [ ]; dependencies = [ ];'],
  ])('is a %s with %s', (severity, more) => {
    const { findings } = judging('generator/no-script').check(generator(`files.key = { };\n${more}`));
    expect(findings.map(finding => finding.severity)).toEqual([severity]);
  });

  it('is found for a name of clan-core that no service brings to the machine', () => {
    const texts = (instances: string) => ({
      'flake.nix': `{
  outputs = { self, clan-core }: {
    clan = clan-core.lib.clan {
      inherit self;
      inventory.machines.lea = { };
      inventory.instances = { ${instances} };
    };
  };
}
`,
      'machines/lea/configuration.nix': `{ pkgs, ... }: {
  clan.core.vars.generators.garage = { files.key = { }; runtimeInputs = [ pkgs.openssl ]; };
}
`,
    });
    const instance =
      'garage = { module.name = "garage"; module.input = "clan-core"; roles.default.machines.lea = { }; };';
    expect(judging('generator/no-script').check(texts('')).findings).toHaveLength(1);
    expect(judging('generator/no-script').check(texts(instance)).findings).toEqual([]);
  });

  it('is silent for a generator of clan-core that gets more, and not in clan-core itself', () => {
    const more =
      'clan.core.vars.generators.garage = { files.more = { }; runtimeInputs = [ pkgs.openssl ]; };';
    const texts = { 'modules/garage.nix': `{ pkgs, ... }: { ${more} }\n` };
    const core = {
      'nixosModules/clanCore/id.nix':
        '{ clan.core.vars.generators.id = { files.id = { }; script = "echo > $out/id"; }; }\n',
    };
    expect(judging('generator/no-script').check(texts).findings).toEqual([]);
    expect(judging('generator/no-script').check({ ...texts, ...core }).findings).toHaveLength(1);
  });

  it('says nothing of a script that Bash cannot read', () => {
    expectSilent(generator('files.key = { };\nscript = "for i in a; do touch $out/key";'));
  });
});

describe('what a test expects', () => {
  it('is no generator', () => {
    expect(
      check({
        'tests.nix': '{ test_a = { expr = 1; expected.vars.generators.a = { script = "A:B"; }; }; }\n',
      }).fleet.generators,
    ).toEqual([]);
  });
});

describe('generator/no-output', () => {
  it('is the only finding of prompts that are never asked, and can persist them', () => {
    const texts = generator('prompts.a = { };\nprompts.b.type = "hidden";');
    expect(rulesIn(texts)).toEqual(['generator/no-output warning']);
    expect(mended(texts, 'generator/no-output', 'Persist')).toContain(
      'prompts.a = { persist = true; };\nprompts.b.persist = true;\nprompts.b.type = "hidden";',
    );
  });
});

describe('generator/prompts-unset', () => {
  it('is silent where the script provides for it', () => {
    expectSilent(scripted('cat "\'\'${prompts:-/dev}/null" > $out/key', 'files.key = { };'));
    expectSilent(
      scripted(
        'if [ -n "\'\'${prompts:-}" ]; then cat $prompts/p > $out/key; else touch $out/key; fi',
        'files.key = { };',
      ),
    );
  });
});

describe('generator/output-never-written', () => {
  it.each([
    ['a computed name', 'for f in $(cat $prompts/p); do touch $out/$f; done'],
    ['a program of its own', 'make-keys; cat $prompts/p >&2'],
    ['a program in another language', 'cat $prompts/p | python3 ${./keys.py}'],
    ['a branch', 'if [ -s $prompts/p ]; then cp $prompts/p $out/key; fi'],
    ['a move', 'openssl rand -hex 8 > $out/tmp; cat $prompts/p; mv $out/tmp $out/key'],
    ['a change of directory', 'cd $out; cat $prompts/p > key'],
    ['a program where it is started', 'cd "$out"; cat $prompts/p >&2; nebula-cert ca -name app'],
    ['a program that is given a prefix', 'cat $prompts/p | nebula-cert ca -out "$out/k" -name app'],
    ['options that are not known', 'openssl rsa -in $prompts/p ${config.options} 4096'],
    ['a function', 'put() { cat $prompts/p > "$out/$1"; }; put key'],
    ['a directory beside it', 'mkdir "$out-new"; cat $prompts/p > $out-new/key; mv "$out-new" "$out/key"'],
    ['a file beside it', 'cat $prompts/p > "$out.tmp"; mv "$out.tmp" "$out/key"'],
    ['a way back into it', 'cat $prompts/p > "$out.d/../$(basename "$out")/key"'],
  ])('is silent for %s', (_, script) => {
    expectSilent(scripted(script));
  });

  const told = (texts: Texts): string[] =>
    check(texts).findings.map(
      ({ rule, related }) => `${rule.slice('generator/'.length)}, ${related.length} related`,
    );

  it.each([
    ['the prompt of its name', generator('files.key = { };\nprompts.key = { };')],
    ['the only prompt of a generator without a script', generator('files.key = { };\nprompts.warn = { };')],
    ['an output with nearly its name', scripted('cat $prompts/p > $out/kye')],
    ['the only output that is not declared', scripted('cat $prompts/p > $out/secret')],
    ['a file in the home directory', scripted('cat $prompts/p > ~/key')],
    ['a file in a directory beside it', scripted('cat $prompts/p > $out-server/key')],
  ])('shows %s beside it, and no other rule reports that', (_, texts) => {
    expect(told(texts)).toEqual(['output-never-written, 1 related']);
  });

  it('is told once of a generator that has no script', () => {
    expect(told(generator('files.a = { };\nfiles.b = { };\nprompts.p = { };'))).toEqual([
      'output-never-written, 2 related',
    ]);
  });

  it('leaves to others what it does not explain', () => {
    const texts = scripted(
      'touch $out/a $out/b; openssl rand 8 > ~/token',
      'files.key = { };\nprompts.p = { };',
    );
    expect(told(texts)).toEqual([
      'output-never-written, 0 related',
      'prompt-unused, 0 related',
      'undeclared-output, 0 related',
      'undeclared-output, 0 related',
      'outside-out, 0 related',
    ]);
  });

  it('looks at a generator as each machine has it', () => {
    const host = (name: string) => ({
      [`machines/${name}/configuration.nix`]: `{ imports = [ ../../modules/${name}.nix ]; }\n`,
    });
    const found = rulesIn({
      'flake.nix':
        '{ outputs = { clan-core, ... }: { c = clan-core.lib.clan { machines = { ada = { }; bob = { }; }; }; }; }\n',
      ...host('ada'),
      ...host('bob'),
      'modules/ada.nix':
        '{\n  clan.core.vars.generators.sync = {\n    files.key = { };\n    prompts.warn = { };\n  };\n}\n',
      'modules/bob.nix':
        '{\n  clan.core.vars.generators.sync = {\n    files.key = { };\n    script = "touch $out/key";\n  };\n}\n',
    });
    expect(found).toEqual(['generator/output-never-written error']);
  });

  it('is silent for a file that a module adds which no machine imports', () => {
    const fleet = (modules: string): Texts => ({
      'flake.nix': `{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = [ ${modules} ]; };
  };
}
`,
      'cloud.nix':
        '{\n  clan.core.vars.generators.cloud = { files.a.secret = false; script = "touch $out/a"; };\n}\n',
      'tunnel.nix': '{\n  clan.core.vars.generators.cloud.files.b.secret = false;\n}\n',
    });
    expect(rulesIn(fleet('./cloud.nix ./tunnel.nix'))).toEqual(['generator/output-never-written error']);
    expectSilent(fleet('./cloud.nix'));
  });
});

describe('generator/undeclared-output', () => {
  const script = (lines: string) => scripted(`cat $prompts/p > $out/key\n${lines}`);

  it.each([
    ['what is removed', 'touch $out/x; rm $out/x'],
    ['what is moved', 'echo a > $out/x; mv $out/x $out/key'],
    ['directories', 'mkdir -p "$out"; mkdir $out/d'],
    ['what lies elsewhere', 'd=$(mktemp -d); echo a > $d/x'],
  ])('is silent for %s', (_, lines) => {
    expectSilent(script(lines));
  });

  it('says less of a file that the script itself uses', () => {
    expect(rulesIn(script('echo a > $out/x; sha256sum < $out/x >> $out/key'))).toEqual([
      'generator/undeclared-output info',
    ]);
  });

  it.each([
    ['a set', '    files = {\n      key = { };\n    };', '      key = { };\n      x = { };\n    };'],
    ['a set on one line', '    files = { key = { }; };', '    files = { key = { }; x = { }; };'],
    ['paths', '    files.key = { };', '    files.x = { };\n    files.key = { };'],
  ])('is declared in %s', (_, before, after) => {
    const texts = generator(
      `${before}\n    script = ''\n      echo a > "$out/key"\n      echo b > "$out/x"\n    '';`,
    );
    expect(mended(texts, 'generator/undeclared-output', 'Declare')).toContain(after);
  });

  it('is declared where the whole generator is written as a path', () => {
    const texts = {
      'modules/app.nix':
        '{\n  clan.core.vars.generators.app.files.key = { };\n  clan.core.vars.generators.app.script = "touch $out/key $out/x";\n}\n',
    };
    expect(mended(texts, 'generator/undeclared-output', 'Declare')).toContain(
      '  clan.core.vars.generators.app.files.x = { };\n  clan.core.vars.generators.app.files.key = { };',
    );
  });

  it('is silent for a directory above declared files', () => {
    expectSilent(
      scripted(
        'mkdir keys; openssl rand 8 > keys/db; cat $prompts/p; mv keys $out/keys',
        'prompts.p = { };\nfiles."keys/db" = { };',
      ),
    );
  });
});

describe('generator/own-previous-output', () => {
  it.each([
    ['a loop', 'until [ -s $out/key ]; do cat $prompts/p > $out/key; done'],
    [
      'rounds over one file',
      'for i in 1 2 3; do if [ ! -s $out/key ]; then cat $prompts/p > $out/key; fi; done',
    ],
    ['a function that is called twice', 'f() { [ -s $out/key ] || cat $prompts/p > $out/key; }; f; f'],
    ['what was written before', 'cat $prompts/p > $out/key; [ -s $out/key ]'],
    [
      'what a program made',
      'ssh-keygen -N "$(cat $prompts/p)" -f $out/key; rm $out/key.pub; [ -s $out/key ]',
    ],
  ])('is silent for %s', (_, script) => {
    expectSilent(scripted(script));
  });

  it('is silent for the file of a persisted prompt', () => {
    expectSilent(scripted('[ -s $out/p ] || openssl rand -hex 8 > $out/p', 'prompts.p.persist = true;'));
  });

  it('is found for each file of a loop over known names', () => {
    const script =
      'cat $prompts/p >&2; for f in key cert; do [ -s $out/$f ] || openssl rand 8 > $out/$f; done';
    expect(rulesIn(scripted(script, 'files.key = { };\nfiles.cert = { };\nprompts.p = { };'))).toEqual([
      'generator/own-previous-output warning',
    ]);
  });
});

describe('generator/persist-overwritten', () => {
  const over = (script: string) => rulesIn(scripted(script, 'prompts.p.persist = true;'));

  it.each([
    ['the value without its line break', 'tr -d "\\n" < $prompts/p > $out/p'],
    ['the value through a variable', 'v=$(cat $prompts/p); printf "%s\\n" "$v" > $out/p'],
    [
      'something else where nothing was typed',
      'if [ ! -s $prompts/p ]; then openssl rand -hex 8 > $out/p; fi',
    ],
  ])('is silent for %s', (_, script) => {
    expect(over(script)).toEqual([]);
  });

  it.each([
    ['a hash', 'mkpasswd -s < $prompts/p | tr -d "\\n" > $out/p'],
    ['text around a variable', 'v=$(cat $prompts/p)\necho "PASSWORD=$v" > $out/p'],
    ['a format', 'printf "PASSWORD=%s" "$(cat $prompts/p)" > $out/p'],
  ])('is found for %s', (_, script) => {
    expect(over(script)).toEqual(['generator/persist-overwritten warning']);
  });
});

describe('generator/persist-redundant-copy', () => {
  it('takes the script away with its only line', () => {
    const texts = generator('prompts.p.persist = true;\n    script = "cat $prompts/p > $out/p";');
    expect(mended(texts, 'generator/persist-redundant-copy', 'Remove')).toContain('persist = true;\n  };');
  });

  it('takes nothing else away with it', () => {
    const texts = {
      'modules/app.nix': `\
{
  clan.core.vars.generators.app = { prompts.p.persist = true; files.key = { }; };
  clan.core.vars.generators.app.script = "cat $prompts/p > $out/p";
}
`,
    };
    expect(mended(texts, 'generator/persist-redundant-copy', 'Remove')).toContain(
      '{\n  clan.core.vars.generators.app = { prompts.p.persist = true; files.key = { }; };\n}',
    );
  });

  it('is silent where another generator needs the line', () => {
    expectSilent({
      'modules/app.nix': `\
let
  make = persist: {
    files.p = { };
    prompts.p = { inherit persist; };
    script = "cat $prompts/p > $out/p";
  };
in
{
  clan.core.vars.generators.one = make true;
  clan.core.vars.generators.two = make false;
}
`,
    });
  });
});

describe('generators without files or script', () => {
  it('are nothing to say of where they add to others', () => {
    expectSilent(generator('dependencies = [ "other" ];'));
    expectSilent({
      'modules/app.nix': '{\n  clan.core.vars.generators.openssh.files."ssh.id_ed25519".owner = "git";\n}\n',
    });
  });

  it('are placeholders if they fail on purpose', () => {
    expectSilent(generator('files.key = { };\nscript = "echo set this by hand >&2; exit 1";'));
    expect(rulesIn(generator('files.key = { };\nscript = ":";'))).toEqual(['generator/no-script hint']);
  });
});

describe('generator/private-key-public', () => {
  const found = (script: string) =>
    judging('generator/private-key-public')
      .check(generator(`files.key.secret = false;\nfiles."key.pub".secret = false;\nscript = "${script}";`))
      .findings.map(({ severity, fixes }) => [severity, ...fixes.map(fix => fix.title)].join(': '));

  it.each([
    'ssh-keygen -q -t ed25519 -f $out/key',
    'openssl genrsa -out $out/key 4096',
    'openssl genpkey -algorithm ed25519 > $out/key',
    'openssl req -x509 -newkey rsa:4096 -keyout $out/key -out $out/key.pub',
    'openssl ecparam -name prime256v1 -genkey -noout -out $out/key',
    'age-keygen -o $out/key',
    'wg genkey > $out/key',
    'wg genkey | tee $out/key | wg pubkey > $out/key.pub',
  ])('is found in %s', script => {
    expect(found(script)).toEqual(['error: Make it secret']);
  });

  it.each([
    'ssh-keygen -y -f $in/a/key > $out/key',
    'wg pubkey < $in/a/key > $out/key',
    'wg genkey | wg pubkey > $out/key',
    'age-keygen -y $in/a/key > $out/key',
    'openssl genpkey -genparam -algorithm DH -out $out/key',
    'openssl req -x509 -newkey rsa:4096 -keyout /tmp/x -out $out/key',
    'openssl pkey -in $in/a/key -pubout -out $out/key',
    'ssh-keygen -t ed25519 -f $out/other; mv $out/other.pub $out/key',
    'ssh-keygen -s $in/a/key -I x $out/key',
  ])('is silent for %s', script => {
    expect(found(script)).toEqual([]);
  });
});

describe('generator/random-public', () => {
  const found = (script: string, { name = 'seed', use = '.path', more = 'secret = false;' } = {}) =>
    judging('generator/random-public').check({
      'modules/app.nix': `{ config, pkgs, ... }:
{
  clan.core.vars.generators.app = { files.${name} = { ${more} }; script = "${script}"; };
  services.app.file = config.clan.core.vars.generators.app.files.${name}${use};
}
`,
    }).findings;
  const severities = (...given: Parameters<typeof found>) => found(...given).map(finding => finding.severity);

  it('is told by what the file is called', () => {
    expect(severities('openssl rand -hex 6 > $out/seed')).toEqual(['info']);
    expect(severities('pwgen -s 32 1 | base64 > $out/api-token', { name: 'api-token' })).toEqual(['warning']);
  });

  it('can be made secret', () => {
    const [finding] = found('head -c 32 /dev/urandom > $out/seed');
    expect(finding?.fixes.map(fix => [fix.title, fix.edits.length])).toEqual([['Make it secret', 1]]);
  });

  it.each([
    ['a value that is needed', 'openssl rand -hex 6 > $out/seed', { use: '.value' }],
    ['a secret file', 'openssl rand -hex 6 > $out/seed', { more: '' }],
    ['the identifier of a host', 'openssl rand -hex 4 > $out/seed', {}],
    ['a UUID', 'uuidgen > $out/seed', {}],
    ['what is made of it', 'openssl rand 32 | wg pubkey > $out/seed', {}],
    ['an amount that is not known', 'openssl rand $n > $out/seed', {}],
  ])('is silent for %s', (_, script, given) => {
    expect(found(script, given)).toEqual([]);
  });
});

describe('generator/read-after-removal', () => {
  it.each([
    ['a copy', 'cp $prompts/p $out/key; cat $prompts/p'],
    ['what is read before', 'x=$(cat $prompts/p); mv $prompts/p $out/key; cat $out/key; echo $x'],
    [
      'a branch that was not taken',
      'if [ -n "$x" ]; then mv $prompts/p $out/key; else cat $prompts/p > $out/key; fi',
    ],
    ['what is made anew', 'mv $prompts/p $out/key; tr -d a < $out/key > $prompts/p; cat $prompts/p'],
    [
      'a directory that is made anew',
      'rm -r $out/a; mkdir $out/a; cp $prompts/p $out/a/b; cat $out/a/b > $out/key',
    ],
    ['a move that may fail', 'mv $prompts/p $out/key || true; cat $prompts/p'],
    ['a move that may do nothing', 'mv -n $prompts/p $out/key; cat $prompts/p'],
    ['a question', 'mv $prompts/p $out/key; [ ! -e $prompts/p ]'],
    ['a command of the author', 'mv $prompts/p $out/key; ${config.restore}; cat $prompts/p'],
    ['a loop that moves last', 'for x in a b; do cat $prompts/p; done; mv $prompts/p $out/key'],
  ])('is silent for %s', (_, script) => {
    expect(rulesIn(scripted(script))).not.toContain(expect.stringContaining('read-after-removal'));
    expect(judging('generator/read-after-removal').check(scripted(script)).findings).toEqual([]);
  });

  it.each([
    ['error', 'mv $prompts/p $out/key; cat < $prompts/p'],
    [
      'error',
      'if [ -n "$x" ]; then mv $prompts/p $out/key; else rm $prompts/p; fi; cat $prompts/p > $out/key',
    ],
    ['error', 'echo a > $out/a; mv $out/a $out/key; sha256sum $out/a'],
    ['error', 'echo a > $out/key; mkdir $out/d; echo a > $out/d/x; rm -r $out/d; cat $out/d/x'],
    ['warning', 'rm $prompts/p; echo "A=$(cat $prompts/p)" > $out/key'],
  ])('is an %s in %s', (severity, script) => {
    const { findings } = judging('generator/read-after-removal').check(scripted(script));
    expect(findings.map(finding => finding.severity)).toEqual([severity]);
  });
});

describe('generator/outside-out', () => {
  it.each([
    ['a temporary file', 'openssl rand 8 > /tmp/x; cat $prompts/p > $out/key'],
    [
      'a file that is used',
      'openssl req -new -out app.csr -key $prompts/p; openssl x509 -in app.csr -out $out/key',
    ],
    ['a configuration for a program', 'echo a > ~/.gitconfig; cat $prompts/p > $out/key'],
    ['a home of its own', 'export HOME=$(mktemp -d); echo a > $HOME/x; cat $prompts/p > $out/key'],
    ['files that are collected', 'openssl rand 8 > a.x; cat $prompts/p *.x > $out/key'],
    ['another directory', 'cd "$(mktemp -d)"; openssl rand 8 > a; cat $prompts/p > $out/key'],
    ['a file that is found by its name', 'openssl rand 8 > ~/key; tool -o "$out/key" ~/key.pub'],
  ])('is silent for %s', (_, script) => {
    expectSilent(scripted(script));
  });

  it.each([['~/token'], ['/var/lib/app/token'], ['token']])('is found for %s', path => {
    expect(rulesIn(scripted(`cat $prompts/p > $out/key; openssl rand 8 > ${path}`))).toEqual([
      'generator/outside-out warning',
    ]);
  });
});

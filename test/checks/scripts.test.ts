/**
 * Rules about scripts: what they say, and the traps in which they must keep silent. Each script is that of a generator
 * with a hidden prompt and some files.
 */
import { describe, expect, it } from 'vitest';
import { applyFix, findingsOf, judging, type Texts } from './harness.ts';

const { check } = judging('generator/missing-tool', 'generator/unquoted-path');

interface Around {
  /** What `runtimeInputs` lists; `pkgs` and `lib` are in scope. */
  readonly tools?: string;
  /** Further lines of the generator. */
  readonly more?: string;
  /** Around the whole set of the module. */
  readonly wrap?: (module: string) => string;
  readonly files?: Texts;
}

const DECLARED = `
    prompts.password.type = "hidden";
    prompts.user = { };
    files.secret = { };
    files.token = { };
    files.public.secret = false;
`;

/** The module of a generator with a script; the script is Bash, escaped as Nix wants it. */
function moduleOf(script: string, { tools = '[ ]', more = '', wrap = text => text }: Around = {}): string {
  const escaped = script
    .replaceAll("''", "'''")
    .replaceAll('$' + '{', "''$" + '{')
    .replaceAll('@{', '$' + '{');
  return `{ pkgs, lib, config, ... }:\n${wrap(`{
  clan.core.vars.generators.app = {${DECLARED}
    runtimeInputs = ${tools};
    script = ''
${escaped.replace(/^/gm, '      ')}
    '';
    ${more}
  };
}`)}\n`;
}

/** What a rule finds in a script: severity and the text of the place. `@{x}` in the script is Nix's interpolation. */
function found(rule: string, script: string, around: Around = {}): string[] {
  const texts: Texts = { 'm.nix': moduleOf(script, around), ...around.files };
  return findingsOf(`generator/${rule}`, texts).map(
    ({ severity, at }) => `${severity} ${texts[at.file]?.slice(at.start, at.end)}`,
  );
}

type Row = readonly [script: string, expected: readonly string[], around?: Around];

function table(rule: string, rows: readonly Row[]): void {
  describe(rule, () => {
    for (const [script, expected, around] of rows) {
      it(script, () => {
        expect(found(rule, script, around)).toEqual(expected);
      });
    }
  });
}

const D = '$';

table('unset-variable', [
  ['echo $a; echo $a', ['error $a']],
  ['echo $NAME', ['warning $NAME']],
  ['if true; then echo $a; fi', ['warning $a']],
  ['echo "$(echo $a)"', ['warning $a']],
  [`echo ${D}{a:-} ${D}{b:+x} "${D}{list[@]}" $XDG_RUNTIME_DIR`, []],
  ['set +u; echo $a', []],
  ['. ./settings; echo $a', []],
  ['eval "$(cat settings)"; echo $a', []],
  ['@{config.services.app.setup}\necho $a', []],
  ['f() { echo $a; }', []],
  ["awk '{ print $a }' < x; cat <<'EOF'\n$a\nEOF", []],
  ['while read -r a; do echo $a; done < x', []],
  ['in=$in; echo "$in" "$out" "$prompts" $RANDOM $HOME', []],
]);

table('legacy-facts', [
  ['cat x > $secrets/secret', ['error $secrets']],
  [`cat x > ${D}{secrets}/secret`, [`error ''${D}{secrets}`]],
  ['if true; then cat x > "$facts/public"; fi', ['warning $facts']],
  ['secrets=$(mktemp -d); cat x > $secrets/secret', []],
  [`cat x > ${D}{secrets:-$out}/secret`, []],
]);

table('missing-tool', [
  ['openssl rand 4', ['error openssl']],
  ['if jq . x; then :; fi', ['warning jq']],
  ['x=$(sed s/a/b/ x); env A=1 timeout 5 grep a x', ['warning sed', 'error grep']],
  ['opensll rand 4', ['error opensll'], { tools: '[ pkgs.openssl ]' }],
  ['opensll rand 4', [], { tools: '[ pkgs.git ]' }],
  ['bash -c "jq . x"', ['error bash']],
  ['cat x | head -c 4 | base64; printf x; [ -f x ]; type x', []],
  ['openssl rand 4', [], { tools: '[ pkgs.something ]' }],
  ['openssl rand 4', [], { tools: 'config.app.tools' }],
  ['openssl rand 4', [], { tools: '[ ] ++ lib.optional config.a pkgs.openssl' }],
  ['openssl rand 4', [], { tools: '[ pkgs.busybox ]' }],
  ['@{pkgs.openssl}/bin/openssl rand 4; /usr/bin/openssl rand 4; "$out/x"', []],
  ['export PATH=@{pkgs.openssl}/bin:$PATH; openssl rand 4', []],
  ['command -v openssl && openssl rand 4', []],
  ['@{config.app.functions}\nopenssl rand 4', []],
  ['. @{./functions.sh}\nopenssl rand 4', []],
  ['f() { openssl rand 4; }', []],
  ['openssl() { head -c 4 /dev/urandom; }; openssl rand 4', []],
  ['echo "set it by hand" | sed s/a/b/; exit 1', ['warning sed']],
  ['curl -sf https://example.org > "$out/token"\nexit 3', ['warning curl']],
  ['echo "set it by hand"; exit 1\ncurl -sf https://example.org > "$out/token"', []],
  ['exec sleep 1; jq .', []],
  ['if [ -e x ]; then exit 3; fi; jq .', ['error jq']],
  ['for i in 1 2; do break; sed s/a/b/; done; jq .', ['error jq']],
  ['die() { sed s/a/b/; exit 1; }; die; jq .', ['warning sed']],
  ['(exit 1) || jq .', ['warning jq']],
  ['python3 - <<EOF\nimport openssl\nEOF', [], { tools: '[ pkgs.python3 ]' }],
]);

it.each([
  ['echo "KEY=$(openssl rand 4)" > "$out/env"', true],
  ['x=$(openssl rand 4)', false],
  ['openssl rand 4 > "$out/key"', false],
])('missing-tool in %s says that the value is silently empty: %s', (script, silently) => {
  const findings = check({ 'm.nix': moduleOf(script) }).findings;
  const message = findings.find(one => one.rule === 'generator/missing-tool')?.message;
  expect(message?.includes('silently empty')).toBe(silently);
});

it('missing-tool counts packages that another module adds', () => {
  const other = '{ pkgs, ... }: { clan.core.vars.generators.app.runtimeInputs = [ pkgs.openssl ]; }';
  expect(found('missing-tool', 'openssl rand 4', { files: { 'n.nix': other } })).toEqual([]);
});

table('unused-tool', [
  ['jq . x', ['hint pkgs.openssl'], { tools: '[ pkgs.jq pkgs.openssl ]' }],
  ['jq \'@sh "openssl"\' x', [], { tools: '[ pkgs.jq pkgs.openssl ]' }],
  ['jq @{config.filter} x; $x', [], { tools: '[ pkgs.jq pkgs.openssl ]' }],
  ['python3 @{./x.py}', [], { tools: '[ pkgs.python3 pkgs.openssl ]' }],
  ['easyrsa init-pki', [], { tools: '[ pkgs.easyrsa pkgs.openssl ]' }],
  ['bash x', [], { tools: '[ pkgs.bash pkgs.openssl ]' }],
  ['cat x', [], { tools: '[ pkgs.coreutils pkgs.bash pkgs.python3 pkgs.unknown-thing ]' }],
  [':', [], { tools: '[ pkgs.jq ]' }],
  ['exit 1', [], { tools: '[ pkgs.jq ]' }],
]);

table('bash-syntax', [
  ['if true; then\n  echo a', ['error if']],
  ['echo a )', ['error )']],
  ['case x in a) echo;; esac; echo "$(cat <<EOF\n)\nEOF\n)"', []],
  ['@{config.app.begin}\nfi', []],
]);

table('interactive-tool', [
  ['ssh-keygen -t ed25519 -f $out/secret', ['warning ssh-keygen']],
  ['ssh-keygen -qt ed25519 -f $out/secret', ['warning ssh-keygen']],
  ['ssh-keygen -t ed25519 -N "" -f x; ssh-keygen -q -N "" -f x; ssh-keygen -y -f x; ssh-keygen -lf x', []],
  ['echo | ssh-keygen -t ed25519 -f x; ssh-keygen -t rsa -f x < /dev/null', []],
  ['ssh-keygen @{config.app.options} -f x; ssh-keygen $(cat x) -f y', []],
  ['openssl req -x509 -newkey rsa:2048 -keyout x -out y', ['warning openssl']],
  ['openssl req -x509 -newkey rsa:2048 -noenc -subj /CN=a -keyout x -out y', []],
  ['openssl req -new -key x -config y -out z; openssl genrsa -out x 4096', []],
  ['openssl genrsa -aes256 -out x 4096', ['warning openssl']],
  ['mkpasswd -m sha-512', ['warning mkpasswd']],
  ['mkpasswd -sm sha-512; cat x | mkpasswd -m sha-512; mkpasswd "$(cat x)"; mkpasswd -m sha-512 "$x"', []],
  ['read -r x', ['warning read']],
  ['mkpasswd -m sha-512; exit 1', ['warning mkpasswd']],
  ['exit 0; mkpasswd -m sha-512', []],
  ['read -r x < y; while read -r x; do :; done < <(cat y); cat x | { read -r y; }; read -rt 1 x', []],
  ['f() { read -r x; }; cat y | f', []],
]);

table('broken-pipe', [
  ['tr -dc a-z < /dev/urandom | head -c 4 > $out/secret', ['error tr -dc a-z < /dev/urandom | head -c 4']],
  ['x=$(base64 /dev/urandom | head -n 1)', ['error base64 /dev/urandom | head -n 1']],
  ['if true; then yes | head -n 3; fi', ['warning yes | head -n 3']],
  ['f() { yes | head -n 3; }; f', ['error yes | head -n 3']],
  ['echo "$(yes | head -n 3)"; export x=$(yes | head -n 3)', []],
  ['yes | head -n 3 || true; if yes | head -n 3; then :; fi; ! yes | head -n 3', []],
  ['x=$(yes | head -n 3) || true; x=$(yes | head -n 3; echo)', []],
  ['head -c 4 /dev/urandom | base64 | head -c 4; openssl rand 4 | head -c 2', []],
  ['xxd -l 4 /dev/urandom | head -c 4; dd if=/dev/urandom bs=1 count=4 | head -c 2', []],
  ['yes | tr a b > $out/x & yes | head -c -3', []],
  ['set +e; yes | head -n 3', []],
  ['yes | head -n 3; exit 1', ['warning yes | head -n 3']],
  ['exit 1; yes | head -n 3', []],
]);

table('network', [
  ['curl -s https://example.org/x', ['warning curl']],
  ['git clone git@example.org:a/b; ssh root@host.example cat x', ['warning git', 'warning ssh']],
  ['dig +short host.example | head -n 1', ['warning dig']],
  ['curl -s http://localhost:80/x; curl "$url"; curl --unix-socket x http://localhost/', []],
  ['curl -s https://example.org/x; exit 3', ['warning curl']],
  ['exit 3; curl -s https://example.org/x', []],
  ['git init; git add .; ssh -V; git config user.email a@b.example; nix key generate-secret', []],
  ['echo https://example.org/x; jq --arg url https://example.org .', []],
]);

table('absolute-program', [
  ['/usr/bin/openssl rand 4', ['warning /usr/bin/openssl']],
  ['env A=1 /run/current-system/sw/bin/jq .', ['warning /run/current-system/sw/bin/jq']],
  ['/usr/bin/openssl rand 4; exit 1', ['warning /usr/bin/openssl']],
  ['exit 1; /usr/bin/openssl rand 4', []],
  ['/bin/sh -c :; /nix/store/x/bin/a; @{pkgs.jq}/bin/jq; echo /usr/bin/env; /tmp/x', []],
]);

table('secret-in-log', [
  ['cat "$prompts/password"', ['error "$prompts/password"']],
  ['echo "is $(cat $prompts/password)"', ['error "is $(cat $prompts/password)"']],
  ['x=$(<$prompts/password); if true; then echo $x; fi', ['warning $x']],
  ['openssl rand 4 | tee $out/token', ['error tee']],
  ['set -euxo pipefail; x=$(cat $prompts/password)', ['warning set -euxo pipefail']],
  ['set -x; echo "key: $(cat $out/token)" > $out/public', ['warning set -x']],
  ['set -x; x=$(openssl rand 4); printf %s "$x" | tr -d a > $out/token', ['warning set -x']],
  ['x=$(cat $prompts/password); set -x; openssl enc -k "$x" > $out/token', ['warning set -x']],
  ['set -x; true; set +x; echo "key: $(cat $out/token)" > $out/public', []],
  ['set +x; set -x; echo "key: $(cat $out/token)" > $out/public', ['warning set -x']],
  ['(set -x; true); echo "key: $(cat $out/token)" > $out/public', []],
  ['x=$(set -x; openssl rand 4); echo "key: $x" > $out/token', []],
  ['(set -x; echo "key: $(cat $out/token)" > $out/public)', ['warning set -x']],
  ['set -x; openssl rand 4 | tr -d a > $out/token; cat $out/token | sha256sum > $out/secret', []],
  ['set -x; x=$(wg pubkey < $prompts/password); echo "$x" > $out/public; echo fixed > $out/token', []],
  ['cat $prompts/user; echo "$(cat $prompts/user)"; openssl rand 4 | tee $out/public; cat $out/public', []],
  [
    'cat $prompts/password | wc -c; cat $prompts/password > $out/token; { cat $out/token; } > $out/secret',
    [],
  ],
  ['f() { cat $prompts/password; }; f > $out/token; f | tr a b > $out/secret', []],
  ['x=$(cat $prompts/password); x=other; echo $x', []],
  [`x=$(cat $prompts/password); echo ${D}{#x} ${D}{x:+set} '$x'`, []],
  ['echo $prompts/password; ls $out/token; set -v; set +x', []],
  ['exec > $out/token; cat $prompts/password', []],
]);

table('weak-random', [
  [`echo 'use $((RANDOM))' | tr a b > $out/token`, []],
  [`echo 'use $((RANDOM))'"$(openssl rand 4)" | tr a b > $out/token`, []],
  ['echo $RANDOM > $out/token', ['warning echo']],
  ['x=$RANDOM; printf "%s-%s" a "$x" | sha1sum | cut -c 1-8 > $out/token', ['warning printf']],
  ['date +%s%N | sha256sum > $out/token', ['warning date']],
  ['echo "key: [$((RANDOM % 16)),$(( (RANDOM + 1) % 16 ))]" > $out/token', ['warning echo']],
  ['echo "$((RANDOM % 16))$(openssl rand 4)" > $out/token; echo $((seed + 1)) > $out/secret', []],
  ['echo app | md5sum > $out/token', ['warning echo']],
  ['echo $RANDOM > $out/public; echo app > $out/secret', []],
  ['date > $out/created', [], { more: 'files.created = { };' }],
  ['date +%s > $out/token', ['warning date']],
  ['date -d "$(cat $prompts/password)" | sha256sum > $out/token', []],
  ['openssl rand 32 | sed "s/^/$(cat $prompts/password)/" | sha256sum > $out/token', []],
  ['echo "$RANDOM$(openssl rand 4)" | md5sum > $out/token; echo "$x$RANDOM" > $out/secret', []],
  ['echo @{config.app.name} | md5sum > $out/token; cat $prompts/password | sha256sum > $out/secret', []],
  ['echo app | openssl dgst -hmac "$(cat $prompts/password)" > $out/token', []],
  ['x=$(echo app | md5sum); echo $x > $out/public', []],
  ['x=$(echo app | md5sum); echo "A=$x" > $out/token; echo $x > $out/public', ['warning echo']],
  ['openssl rand -base64 > $out/token', ['error openssl']],
  ['openssl rand -out $out/token -hex; openssl rand > $out/public', ['error openssl', 'error openssl']],
  ['echo "A=$(openssl rand -base64)" 48 > $out/token', ['error openssl']],
  ['openssl rand -hex $length > $out/token; openssl rand $options > $out/secret; openssl rand --help', []],
  ['openssl rand -hex @{toString 4} > $out/token; openssl rand -hex @{config.length} > $out/secret', []],
  ['openssl rand -hex 3 > $out/token; openssl rand 4 | base64 > $out/secret', ['warning openssl']],
  [
    'openssl rand 2 > $out/public; id=$(openssl rand 2 | xxd -p); echo $id-$(openssl rand 9) > $out/token',
    [],
  ],
  ['xkcdpass -n 2 > $out/token; xkcdpass --numwords=3 -d - > $out/secret', ['warning xkcdpass']],
  ['xkcdpass -n 2 --random-delimiters > $out/token; xkcdpass -n 2 -w $list > $out/secret', []],
  ['pwgen 4 1 > $out/token; pwgen -s 4 2 > $out/secret', ['warning pwgen']],
  ['head -c 3 /dev/urandom | base64 > $out/token; head -c 16 /dev/urandom > $out/secret', ['warning head']],
  ['{ date +%s; openssl rand 9; } | sha256sum > $out/token', []],
]);

table('trailing-newline', [
  ['openssl rand -hex 4 > $out/token', ['hint openssl']],
  ['echo "$x" > $out/token; pwgen 12 1 > $out/secret', ['hint echo', 'hint pwgen']],
  ['echo "A=$x" > $out/token; echo -n "$x" > $out/secret; echo $x > $out/public', []],
  ['echo $x > $out/token; echo $y >> $out/token; openssl rand 32 > $out/secret', []],
  ['openssl rand -hex 4 | tr -d "\\n" > $out/token; printf %s "$x" > $out/secret', []],
  ['echo $x > $out/app.env', [], { more: 'files."app.env" = { };' }],
]);

table('unquoted-path', [
  ['cp $prompts/user "$out"/public', ['hint $prompts']],
  [`cat x > ${D}{out}/token`, [`hint ''${D}{out}`]],
  ['x=$out/a; [[ -f $in/a ]]; case $out in a) ;; esac; cat "$prompts/user" > "$out/public"', []],
  ["cat <<EOF\n$out\nEOF\necho '$out' \\$out", []],
  ['mkdir $out; cp $prompts/user $out/public', ['hint $out']],
]);

describe('all places of a script without quotes', () => {
  const fixed = (script: string): { readonly related: number; readonly text: string } => {
    const texts = { 'm.nix': moduleOf(script) };
    const [finding] = findingsOf('generator/unquoted-path', texts);
    if (finding?.fixes[0] === undefined) throw new Error('there is no fix');
    return {
      related: finding.related.length,
      text: applyFix(texts, finding.fixes[0])['m.nix']?.split('\n').at(-6)?.trim() ?? '',
    };
  };

  it('are one finding with one fix', () => {
    expect(fixed('mkdir $out; cp $prompts/user "$in/x" $out/public')).toEqual({
      related: 2,
      text: 'mkdir "$out"; cp "$prompts"/user "$in/x" "$out"/public',
    });
  });

  it('share quotes where they touch', () => {
    expect(fixed('echo $in$out')).toEqual({ related: 1, text: 'echo "$in$out"' });
  });
});

describe('nix-interpolation', () => {
  const at = (script: string, wrap?: (module: string) => string): string[] =>
    found('nix-interpolation', script, wrap === undefined ? {} : { wrap });

  it('finds what Nix does not know, and what it cannot read', () => {
    expect(at('cat x > @{out}/token')).toEqual([`error ${D}{out}`]);
    expect(at('cat @{prompts}/user > @{in}/x')).toEqual([`error ${D}{prompts}`, `error ${D}{in}`]);
    expect(at('for f in a b; do cat @{f}; done')).toEqual([`error ${D}{f}`]);
    expect(at('echo @{name:-x}')).toEqual([`warning ${D}{name:-x}`]);
    expect(at('echo @{name%.pem}')).toEqual([`error ${D}{name%.pem}`]);
  });

  it('leaves names alone that are bound, or that a set may bring', () => {
    expect(at('cat x > @{out}/token', text => `let out = "/x"; in ${text}`)).toEqual([]);
    expect(at('cat x > @{name}', text => `with config.app; ${text}`)).toEqual([]);
    for (const sets of ['lib', 'lib; with types', 'lib.types', 'pkgs.lib'])
      expect(at('cat x > @{out}', text => `with ${sets}; ${text}`)).toEqual([`error ${D}{out}`]);
    expect(at('cat x > @{out}', text => `with pkgs.hello; ${text}`)).toEqual([]);
    expect(at('cat x > @{toString 1} @{pkgs.jq} @{config.app.out}')).toEqual([]);
    expect(at(`cat x > ${D}{out}/token`)).toEqual([]);
  });
});

it('packages are added as their neighbours are written', () => {
  const fixed = (tools: string): string | undefined => {
    const texts = { 'm.nix': moduleOf('openssl rand 4', { tools }) };
    const finding = check(texts).findings.find(({ rule }) => rule === 'generator/missing-tool');
    return finding?.fixes[0]?.edits.map(edit => edit.text).join('|');
  };
  expect(fixed('[ pkgs.jq ]')).toBe(' pkgs.openssl');
  expect(fixed('with pkgs; [ jq ]')).toBe(' openssl');
  expect(fixed('[\n      pkgs.jq\n    ]')).toBe('\n      pkgs.openssl');
  expect(fixed('[ ]')).toBe(' pkgs.openssl ');
});

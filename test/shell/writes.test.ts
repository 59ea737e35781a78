/**
 * What scripts write: a table of scripts with the files that are written, certainly (`!`) or perhaps (`?`).
 */
import { describe, expect, it } from 'vitest';
import { follow, opaque, writes, written } from './support.ts';

const CASES: readonly (readonly [name: string, script: string, writes: readonly string[]])[] = [
  ['a redirection', 'echo a > "$out/x"', ['$out/x!']],
  ['quotes around a part of the path', 'echo a > "$out"/x', ['$out/x!']],
  ['braces around the name', 'echo a >$' + '{out}/x', ['$out/x!']],
  [
    'appending, clobbering, both streams',
    'a >> $out/a; b >| $out/b; c &> $out/c',
    ['$out/a!', '$out/b!', '$out/c!'],
  ],
  ['a redirection without a command', '> $out/x', ['$out/x!']],
  ['a redirection before the command', '> $out/x echo a', ['$out/x!']],
  ['the end of a pipeline', 'a | b | c > $out/x', ['$out/x!']],
  ['the end of a pipeline on a line of its own', 'a | b | c \\\n  > $out/x', ['$out/x!']],
  ['a redirection on the line behind a pipeline', 'a | b | c\n> $out/x', ['$out/x!']],
  ['a group', '{ echo a; echo b; } > $out/x', ['$out/x!']],
  ['a subshell', '(echo a) > $out/x', ['$out/x!']],
  ['words behind a redirection', 'tee > /dev/null $out/x $out/y', ['$out/x!', '$out/y!']],
  [
    'unquoted variables in the middle',
    'n=x; a > $out/$n.txt; cp $in/a/$n-$n.b $out/$n$n.c; f=$out/$n.y; b > $f',
    ['$out/x.txt!', '$out/xx.c!', '$out/x.y!'],
  ],
  ['the process id', 'a > $out/x.$$', ['$out/…!']],
  ['standard error', 'a 2> $out/log', ['$out/log!']],
  ['no devices', 'a > /dev/null 2>&1; b > /dev/stderr', []],
  ['the last command of a list', 'a && b > $out/x', ['$out/x?']],
  ['a substitution in an argument', 'echo "$(a | tee $out/x)" > $out/y', ['$out/x?', '$out/y!']],
  ['a here document', 'cat > $out/x <<EOF\na\nEOF', ['$out/x!']],
  ['a redirection behind a here document', 'cat <<EOF > $out/x\na\nEOF', ['$out/x!']],
  ['a pipe behind a here document', 'cat <<EOF | tr a b > $out/x\na\nEOF', ['$out/x!']],
  ['tee', 'a | tee $out/x $out/y > /dev/null', ['$out/x!', '$out/y!']],
  ['touch and truncate', 'touch $out/x; truncate -s 0 $out/y', ['$out/x!', '$out/y!']],
  ['braces', 'touch $out/{a,b}.{1..2}', ['$out/a.1!', '$out/a.2!', '$out/b.1!', '$out/b.2!']],
  ['a copy', 'cp $prompts/p $out/x', ['$out/x!']],
  ['a copy into the directory', 'cp $prompts/p $out', ['$out/p!']],
  ['a copy into the directory, with a slash', 'cp $prompts/p "$out/"', ['$out/p!']],
  ['several copies', 'cp $prompts/p $in/a/b $out/', ['$out/p!', '$out/b!']],
  ['cp -t', 'cp -t $out $prompts/p', ['$out/p!']],
  ['a copy that keeps what is there', 'cp -n $prompts/p $out/x', ['$out/x?']],
  ['install', 'install -m 400 $prompts/p $out/x', ['$out/x!']],
  ['a directory', 'mkdir -p $out/d; cp $prompts/p $out/d', ['$out/d!', '$out/d/p!']],
  ['a move', 'echo a > $out/a; mv $out/a $out/b', ['$out/a!-', '$out/b!']],
  ['removal', 'echo a > $out/a; rm -f $out/a', ['$out/a!-']],
  ['perhaps removal', 'echo a > $out/a; x && rm $out/a', ['$out/a!~']],
  ['removal of what has a computed name', 'echo a > $out/a; rm $out/$(x)', ['$out/a!~']],
  ['links', 'ln -s a $out/x', ['$out/x!']],
  ['dd', 'dd if=/dev/urandom of=$out/x bs=1 count=4', ['$out/x!']],
  ['sed -i', 'echo a > $out/x; sed -i s/a/b/ $out/x', ['$out/x!', '$out/x!']],
  ['a variable for a file', 'f=$out/x; echo a > "$f"', ['$out/x!']],
  ['a variable for a directory', 'd=$out; echo a > "$d"/x', ['$out/x!']],
  ['a variable of one of two values', 'if a; then f=x; else f=y; fi; b > $out/$f', ['$out/x?', '$out/y?']],
  ['a default', 'b > $out/$' + '{name:-x}', ['$out/x!']],
  [
    'a suffix cut off',
    'f=a.pem; b > $out/$' + '{f%.pem}.key; c > $out/$' + '{f##*.}',
    ['$out/a.key!', '$out/pem!'],
  ],
  [
    'dirname and basename',
    'f=$out/d/x; a > "$(dirname $f)/y"; b > $out/$(basename $f)',
    ['$out/d/y!', '$out/x!'],
  ],
  ['a change of directory', 'cd "$out"; echo a > x; echo b > ./y', ['$out/x!', '$out/y!']],
  ['a change of directory in a subshell', '(cd $out; echo a > x); echo b > y', ['$out/x!', 'start/y!']],
  ['a way up', 'cd $out; mkdir d; cd d; echo a > ../x', ['$out/d!', '$out/x!']],
  ['pushd', 'pushd $out; a > x', ['$out/x!']],
  ['a place that starts with the name of the directory', 'a > $out.tmp', ['unknown/…!']],
  ['ssh-keygen', 'ssh-keygen -t ed25519 -N "" -f $out/k', ['$out/k!', '$out/k.pub!']],
  ['ssh-keygen, bundled', 'ssh-keygen -qt ed25519 -N "" -f$out/k', ['$out/k!', '$out/k.pub!']],
  ['ssh-keygen printing', 'ssh-keygen -y -f $in/a/k > $out/k.pub', ['$out/k.pub!']],
  ['ssh-keygen signing', 'ssh-keygen -s $in/ca/k -I id -h $out/k.pub', ['$out/k-cert.pub!']],
  [
    'openssl',
    'openssl rand -hex -out $out/x 32; openssl genpkey -algorithm ed25519 -out $out/y',
    ['$out/x!', '$out/y!'],
  ],
  [
    'openssl req',
    'openssl req -x509 -newkey rsa:4096 -nodes -keyout $out/k -out $out/c',
    ['$out/k!', '$out/c!'],
  ],
  ['openssl with a directory computed', '«pkgs.openssl»/bin/openssl rand -out $out/x 4', ['$out/x!']],
  ['step', 'step crypto keypair $out/pub $out/key --no-password --insecure', ['$out/pub!', '$out/key!']],
  [
    'step certificate',
    'step certificate create --profile root-ca CN $out/crt $out/key --kty EC --no-password',
    ['$out/crt!', '$out/key!'],
  ],
  [
    'step with options that are not known',
    'step certificate create --profile root-ca «flags» "A CA" $out/crt $out/key',
    ['$out/crt?', '$out/key?'],
  ],
  ['nix-store', 'nix-store --generate-binary-cache-key name $out/s $out/p', ['$out/s!', '$out/p!']],
  ['age-keygen', 'age-keygen -o $out/k; age-keygen -y $out/k > $out/p', ['$out/k!', '$out/p!']],
  ['htpasswd', 'htpasswd -bBc $out/h user pass; htpasswd -nb u p > $out/n', ['$out/h!', '$out/n!']],
  ['certtool', 'certtool --generate-privkey --outfile $out/k', ['$out/k!']],
  ['a hole in the name', 'a > $out/«name».key', ['$out/$' + '{name}.key!']],
  ['a hole for the directory', 'a > «dir»/x', ['hole/x!']],
  ['a function', 'f() { echo a > $out/$1; }; f x; f y', ['$out/x!', '$out/y!']],
  ['a function with a local variable', 'f() { local n=$1; echo "$n" > "$out/$n"; }; f x', ['$out/x!']],
  ['a function that nobody calls', 'f() { a > $out/x; }', ['$out/x?']],
  ['all arguments of a function', 'f() { touch "$@"; }; f $out/a $out/b', ['$out/a!', '$out/b!']],
  ['a loop over words', 'for f in a b; do x > $out/$f; done', ['$out/a!', '$out/b!']],
  ['a loop over an array', 'l=(a b); for f in "$' + '{l[@]}"; do x > $out/$f; done', ['$out/a!', '$out/b!']],
  ['a loop over what is computed', 'for f in $(x); do y > $out/z; done', ['$out/z?']],
  ['a while loop', 'while x; do y > $out/z; done', ['$out/z?']],
  ['a counter in a loop', 'i=0; while x; do y > $out/$i; i=$((i+1)); done', ['$out/…?']],
  ['continue', 'for f in a b; do [ -s $in/x/$f ] || continue; x > $out/$f; done', ['$out/a?', '$out/b?']],
  ['both ways of an if', 'if a; then b > $out/x; else c > $out/x; fi', ['$out/x?', '$out/x?']],
  ['after exit', 'exit 1; a > $out/x', ['$out/x?']],
  ['after what may end the script', 'if a; then exit 0; fi; b > $out/x', ['$out/x?']],
  ['after what may fail', 'if a; then exit 1; fi; b > $out/x', ['$out/x!']],
  [
    'wrappers',
    'env A=b tee $out/a; time tee $out/b; sudo -u x tee $out/c; nice -n 5 tee $out/d',
    ['$out/a!', '$out/b!', '$out/c!', '$out/d!'],
  ],
  ['timeout', 'timeout -k 5 10 tee $out/x', ['$out/x!']],
  ['xargs', 'a | xargs -I{} cp {} $out/x', ['$out/x?']],
  ['exec', 'exec tee $out/x', ['$out/x!']],
  ['exec for the whole script', 'exec > $out/x; echo a', ['$out/x!']],
  ['a program that may fail', 'tee $out/x || true', ['$out/x?']],
  ['a redirection of what may fail', 'a > $out/x || true', ['$out/x!']],
  ['without set -e', 'set +e; tee $out/x', ['$out/x?']],
  ['the first program of a pipeline without pipefail', 'set +o pipefail; tee $out/x | a', ['$out/x?']],
  ['a temporary directory', 'd=$(mktemp -d); a > $d/x; cp $d/x $out/x', ['$out/x!']],
  ['a file in the directory it starts in', 'a > x', ['start/x!']],
  ['an absolute path', 'a > /etc/x', ['/etc/x!']],
  ['home', 'a > ~/x', ['$HOME/x!']],
  ['an old directory', 'a > $secrets/x', ['$secrets/x!']],
  ['a comment and a string are no commands', '# a > $out/x\necho "> $out/y"', []],
];

describe('writes', () => {
  it.each(CASES)('%s', (_, script, expected) => {
    expect(writes(follow(script))).toEqual(expected);
  });
});

describe('what is there in the end', () => {
  it('is what every way writes', () => {
    expect(written(follow('if a; then b > $out/x; else c > $out/x; d > $out/y; fi'))).toEqual(['x']);
    expect(written(follow('case $1 in a) b > $out/x;; *) c > $out/x;; esac'))).toEqual(['x']);
    expect(written(follow('case $1 in a) b > $out/x;; esac'))).toEqual([]);
    expect(written(follow('if a; then b > $out/x; else exit 1; fi'))).toEqual(['x']);
    expect(written(follow('if a; then exit 0; fi; b > $out/x'))).toEqual([]);
    expect(written(follow('a > $out/x; rm $out/x'))).toEqual([]);
    expect(written(follow('a > $out/x; exit 0'))).toEqual(['x']);
    expect(written(follow('f() { if a; then return; fi; b > $out/x; }; f; c > $out/y'))).toEqual(['y']);
  });

  it('knows placeholders', () => {
    expect(follow('echo "set by hand"; exit 1; a > $out/x').fails).toBe(true);
    expect(follow('if a; then exit 1; fi').fails).toBe(false);
    expect(follow(':').empty).toBe(true);
    expect(follow('').empty).toBe(true);
    expect(follow('# nothing').empty).toBe(true);
    expect(follow('a').empty).toBe(false);
  });
});

describe('what a script demands', () => {
  const demanded = (script: string) => [...follow(script).demanded];

  it.each([
    '[ -s "$out/x" ] || exit 1',
    'test -e $out/x || { echo "set it" >&2; exit 1; }',
    '[[ -f $out/x ]] || exit 2',
    '! [ -r $out/x ] && exit 1',
    'if [ ! -s "$out/x" ]; then exit 1; fi',
    'if ! test -s $out/x; then exit 1; else echo fine; fi',
  ])('is a file in %s', script => {
    expect(demanded(script)).toEqual(['variable:out:x']);
  });

  it.each([
    '[ -s "$out/x" ] && exit 1',
    'if [ -s "$out/x" ]; then exit 1; fi',
    '[ -s "$out/x" ] || exit 0',
    '[ -s "$out/x" ] || echo missing',
    '[ -d "$out/x" ] || exit 1',
    'if a; then [ -s "$out/x" ] || exit 1; fi',
    'a || [ -s "$out/x" ] || exit 1',
    '[ -s "$out/x" -o b ] || exit 1',
  ])('is none in %s', script => {
    expect(demanded(script)).toEqual([]);
  });
});

describe('what may write anything', () => {
  it.each([
    ['eval "$x"', ['eval']],
    ['source ./x', ['source']],
    ['. ./x', ['source']],
    ['"$cmd" a', ['dynamic-command']],
    ['«script»', ['dynamic-command']],
    ['tool --dir "$out"', ['unknown-command $out']],
    ['tool --file=$out/x', ['unknown-command $out/x']],
    ['OUT=$out/x tool', ['unknown-command $out/x']],
    ['export OUT=$out', ['unknown-command $out']],
    ['python3 gen.py', ['program']],
    ['bash «./x.sh»', ['program']],
    ['python3 - <<EOF\nopen("x")\nEOF', ['program']],
    ['python3 -c "import os; os.environ[\'out\']"', ['program']],
    ['a > "$(b)"', ['unknown-path']],
    ['read -r f; a > $f', ['unknown-path']],
    ['a > $out/$(b)', ['unknown-path $out/…']],
    ['cp -r $in/a $out/d', ['directory $out/d']],
    ['mv hs/name $out/name', ['directory $out/name']],
    ['f() { f; }; f', ['limit']],
  ])('%s', (script, expected) => {
    expect(opaque(follow(script))).toEqual(expected);
  });

  it.each([
    'tool > $out/x',
    'echo "$out"',
    'python3 -c "print(1)" > $out/x',
    'cat <<EOF > $out/x\n$out\nEOF',
    'test -e $out/x || a > $out/x',
    'mkdir -p $out; chmod 400 $out/x',
    'ssh-keygen -N "" -f $out/k',
    'd=$(mktemp -d); a > $d/x; cd $d; b > y',
    'trap \'rm -rf "$tmp"\' EXIT',
    'sed -n 1p $in/a/b > $out/x',
    'awk \'{print $1 > "/dev/stderr"}\' $in/a/b',
    'bash --version',
  ])('is not: %s', script => {
    expect(opaque(follow(script))).toEqual([]);
  });
});

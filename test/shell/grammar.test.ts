/**
 * Our reader of Bash beside tree-sitter-bash: every script that the grammar reads is read alike, but for what the
 * grammar is known to misread. What those say is held by the real Bash, see bash.test.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeIf } from '../conditionally.ts';
import { loadGrammar } from './grammar/grammar.ts';
import { shapeOf } from './grammar/shape.ts';
import { MISREAD, SAMPLES } from './samples.ts';
import { parse, scriptOf } from './support.ts';

const grammar = await loadGrammar();

/** A folder with scripts of one's own to compare: `VARSMITH_SCRIPTS=/usr/bin npx vitest run test/shell/grammar.test.ts`. */
const FOLDER = process.env.VARSMITH_SCRIPTS;

/** The script as the grammar reads it, and as we do; null where the grammar cannot. */
function both(marked: string): { readonly theirs: string; readonly ours: string } | null {
  const body = grammar(scriptOf(marked));
  return body === null ? null : { theirs: shapeOf(body), ours: shapeOf(parse(marked).body) };
}

/** One construct each, and scripts of real shape; with `«…»` around holes. */
const SCRIPTS: readonly string[] = [
  'a; b & c && d || e | f |& g\n! a | b\n',
  'a > b 2>&1 >&- 3<&- <&0 >> c <> d &> e &>> f >| g <<< "h i" {fd}> j\n',
  '> a b > c d\n',
  'a=1 b="$c" d+=e f[1]=g h= i j=k\n',
  'a=(b "c d" $e # f\n g) h+=()\n',
  'export A=1 B C="$x" -f $d; local x=$1; declare -a y=(1 2); readonly z; typeset -i n=1\n',
  'export A=1 2> /dev/null; unset a b 2> c\n',
  '{ a; b; } > c; (a; b) 2> c; { a | b; }\n',
  'if a; then b; elif c; then d; else e; fi > f\n',
  'while a; do b; done < c; until a\ndo\n  b\ndone\n',
  'for a in b "$c" d*; do e; done; for a; do b; done; for a\ndo b; done; select a in b; do c; done\n',
  'for ((i = 0; i < n; i++)); do a $i; done; for ((;;)); { a; }\n',
  'case $x in (a|b*) c;; "d e") f;& g) h;;& *) ;; esac; case x in\n  a) b\nesac\n',
  'f() { a; } > x; function g { b; }; function h() (c)\n',
  '[ -f "$x" -a ! -e $y ] && [ "$a" = b ] || [[ $a == b* || ( $c < d ) ]] && [[ $a =~ ^(b|c)$ && ! -n x ]]\n',
  '((x++)); ((a + $b * c[1])); a=$((x + $y * 2)) b=$((${c} / "$d"))\n',
  'a $(b) `c "d"` <(e) >(f) $(< g) "$(h "$(i)")" "`j`"\n',
  "a 'b' \"c $d ${e} \\$f \\\"\" $'g\\n' h\\ i\\\n  j '' \"\"\n",
  '"${x}" ${x:-"a b"} ${x:-$c} ${x-a} ${x:=a} ${x:?a} ${x:+a} ${#x} ${!x} ${#x[@]} ${x[@]} ${x[$i]} ${!x[@]} ${!x*}\n',
  '${x%.*} ${x%%.*} ${x#*/} ${x##*/} ${x/a/b} ${x//a/$b} ${x:1:2} ${x:$y} ${x^^} ${x,,} ${x@Q} ${1} ${@:2} $@ $* $# $? $$ $! $- $0 $1a\n',
  '~/a *.txt a? [ab]c {a,b}.{1..3} $x/$y.z "$x"/y a$ $ b=c -d=e --f="g"\n',
  "cat <<EOF > x\na $b ${c} $(d) \\$e\nEOF\ncat <<'EOF' | f\n$a `b`\nEOF\ncat <<EOF && g\nh\nEOF\n",
  'while read -r a; do b; done <<EOF\nc\nEOF\nx=$(cat <<EOF\nd\nEOF\n)\n',
  '# a\na # b\n\n  # c\nb#c $#\n',
  'a \\\n  b \\\n  && c |\n  d &&\n\n  e\n',
  '«pkg»/bin/a "«b»" c«d»e $x«y» > «f»; «g»=1; for i in «list»; do $i; done; cat <<EOF\n«h»\nEOF\n',
  'trap \'rm -rf "$t"\' EXIT; set -- a b; eval "$a"; . ./x; exec > y; time a; env A=1 b; xargs -I{} c {}\n',
];

const READ = [...SCRIPTS, ...SAMPLES].filter(script => !MISREAD.includes(script));

describe('a script is read as the grammar reads it', () => {
  it.each(READ.map(script => [script]))('%j', script => {
    const read = both(script);
    if (read !== null) expect(read.ours).toBe(read.theirs);
  });

  it('nearly always: the grammar knows most constructs', () => {
    const unread = READ.filter(script => both(script) === null);
    expect(unread.length).toBeLessThan(8);
  });
});

it.each(MISREAD.map(script => [script]))('%j is misread by the grammar still', script => {
  const read = both(script);
  expect(read?.ours).not.toBe(read?.theirs ?? null);
});

describeIf(FOLDER !== undefined, 'scripts of other people', () => {
  it('are read alike, or are listed here for judging', () => {
    const files = readdirSync(FOLDER ?? '', { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name));
    const different = files.filter(file => {
      const text = readFileSync(file, 'utf8');
      if (!/\.(sh|bash)$/.test(file) && !/^#!.*\b(ba)?sh\b/.test(text)) return false;
      const read = both(text);
      return read !== null && read.ours !== read.theirs;
    });
    expect(different).toEqual([]);
  });
});

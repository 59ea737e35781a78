/**
 * What scripts run, read and set, with the places of it.
 */
import { describe, expect, it } from 'vitest';
import { show } from '../../server/src/shell/flow/values.ts';
import { commands, follow, reads, scriptOf, showPath } from './support.ts';

describe('commands', () => {
  it.each([
    ['a | b && c', ['a', 'b', 'c?']],
    ['echo "$(a)" `b`', ['a', 'b', 'echo']],
    ['x=$(a | b)', ['a', 'b']],
    ['if a; then b; elif c; then d; else e; fi', ['a', 'b?', 'c?', 'd?', 'e?']],
    ['while a; do b; done', ['a', 'b?']],
    ['for i in 1 2; do a $i; done', ['a', 'a']],
    ['f() { a; }; f', ['f', 'a']],
    ['f() { a; }', ['a?']],
    ['a <(b) > >(c)', ['b?', 'c?', 'a']],
    ['cat <<EOF\n$(a)\nEOF', ['a', 'cat']],
    ["cat <<'EOF'\n$(a)\nEOF", ['cat']],
    ['env -u X A=b a', ['env', 'a']],
    ['exec -a x a', ['exec', 'a']],
    ['sudo -u root env A=1 nice a', ['sudo', 'env', 'nice', 'a']],
    ['a | xargs -n 1 b', ['a', 'xargs', 'b?']],
    ['timeout --signal=KILL 5s a', ['timeout', 'a']],
    ['$a', ['<$a>']],
    ['"$' + '{a[@]}" b', ['<$a>']],
    ['«pkgs.openssl»/bin/openssl rand 4', ['openssl']],
    ['/usr/bin/a', ['a']],
    ['[ -n "$(a)" ] && b', ['a', 'b?']],
    ['a & b', ['a?', 'b']],
    ['! a', ['a']],
    ['coproc a', ['coproc', 'a?']],
  ])('%s', (script, expected) => {
    expect(commands(follow(script))).toEqual(expected);
  });

  it.each([
    ['a; exit 1; b', ['a', 'exit']],
    ['if a; then exit; fi; b', ['a', 'exit', 'b']],
    ['if a; then exit; else exit 1; fi; b', ['a', 'exit', 'exit']],
    ['a || exit 1; b', ['a', 'exit', 'b']],
    ['(exit 1) || a; b', ['exit', 'a', 'b']],
    ['x=$(a; exit 0; b); c', ['a', 'exit', 'c']],
    ['for i in 1 2; do break; a; done; b', ['break', 'break', 'b']],
    ['f() { return; a; }; f; b', ['f', 'return', 'b']],
    ['while :; do break; done; a', [':', 'break', 'a']],
    ['exec a; b', ['exec', 'a']],
  ])('are reached unless the script has ended: %s', (script, expected) => {
    const reached = follow(script).commands.filter(one => one.reached);
    expect(reached.map(one => one.name)).toEqual(expected);
  });

  it('know how they are found and who started them', () => {
    const { commands: found } = follow('/bin/a; ./b; «x»/bin/c; exec d');
    expect(found.map(one => [one.name, one.lookup, one.through])).toEqual([
      ['a', 'absolute', null],
      ['b', 'other', null],
      ['c', 'other', null],
      ['exec', 'path', null],
      ['d', 'path', 'exec'],
    ]);
    expect(follow('f() { :; }; f; echo; a').commands.map(one => one.kind)).toEqual([
      'function',
      'builtin',
      'builtin',
      'program',
    ]);
  });

  it('know where their streams go', () => {
    const script = 'a; b | c > x; d 2>/dev/null; e >&2; f=$(g); { h; } > x; i 2>&1 > x; j < x; k <<< x';
    const streams = follow(script).commands.map(
      one => `${one.name} ${one.stdin} ${one.stdout} ${one.stderr}`,
    );
    expect(streams).toEqual([
      'a inherited log log',
      'b inherited pipe log',
      'c pipe file log',
      'd inherited log discarded',
      'e inherited log log',
      'g inherited captured log',
      'h inherited file log',
      'i inherited file log',
      'j file log log',
      'k text log log',
    ]);
  });

  it('know what their arguments are', () => {
    const [command] = follow('openssl enc -in $in/a/b -out $out/x -pass pass:1').commands;
    expect(command?.arguments.map(one => [one.text, one.role])).toEqual([
      ['enc', 'unknown'],
      ['-in', 'unknown'],
      ['$in/a/b', 'read'],
      ['-out', 'unknown'],
      ['$out/x', 'write'],
      ['-pass', 'unknown'],
      ['pass:1', 'text'],
    ]);
  });
});

describe('reads', () => {
  it.each([
    ['cat $in/a/b', ['$in/a/b:file']],
    ['a < "$prompts"/p', ['$prompts/p:stdin']],
    ['x=$(<$in/a/b)', ['$in/a/b:stdin']],
    ['cat $in/a/{b,c}', ['$in/a/b:file', '$in/a/c:file']],
    ['cat $in/«dep»/x', ['$in/$' + '{dep}/x:file']],
    ['for f in a b; do cat "$prompts/$f"; done', ['$prompts/a:file', '$prompts/b:file']],
    ['if [ -s $in/a/b ]; then cp $in/a/b $out/x; fi', ['$in/a/b:test', '$in/a/b:file?']],
    ['[[ -f "$in/a/b" ]]', ['$in/a/b:test']],
    ['echo "$prompts/p"', ['$prompts/p:text']],
    ['echo "url=file://$prompts/p?x"', ['$prompts/p?x:text']],
    ['jq --arg a "$prompts/p" --rawfile b $prompts/q .', ['$prompts/p:text', '$prompts/q:file']],
    ['cat <<EOF\n$prompts/p\nEOF', ['$prompts/p:text']],
    ['p=$prompts/p; echo "$p"; cat "$p"', ['$prompts/p:text', '$prompts/p:file']],
    ['tool $in/a/b', ['$in/a/b:argument']],
    ['A=$in/a/b tool', ['$in/a/b:environment']],
    ['grep x $in/a/b', ['$in/a/b:file']],
    ['openssl x509 -in a -CA "$in/ca/crt" -out $out/c', ['start/a:file', '$in/ca/crt:file']],
    ['openssl dgst -mac HMAC -macopt hexkey:00 $in/a/b', ['$in/a/b:file']],
    ['openssl enc -aes256 -S 0102 -in $in/a/b', ['$in/a/b:file']],
    ['sed -e s/a/b/ $in/a/b', ['$in/a/b:file']],
    ["awk '{print}' $in/a/b", ['$in/a/b:file']],
    ['cd $in/a; cat b', ['$in/a/b:file']],
    ['cp -r $in/a/. $out', ['$in/a:file', '$out:argument']],
    ['ssh-keygen -y -f $in/a/k', ['$in/a/k:file']],
  ])('%s', (script, expected) => {
    expect(reads(follow(script))).toEqual(expected);
  });

  it('come in order with writes', () => {
    const { reads: read, writes } = follow('cat $out/x; echo a > $out/x; cat "$out/x"');
    expect(read.map(one => one.order)).toEqual([0, 2]);
    expect(writes.map(one => one.order)).toEqual([1]);
  });
});

describe('variables', () => {
  const unset = (script: string): string[] =>
    follow(script)
      .variables.filter(one => one.set !== 'yes')
      .map(one => `${one.name}:${one.set}${one.guarded ? ' guarded' : ''}`);

  it.each([
    ['echo $a', ['a:never']],
    ['a=1; echo $a', []],
    ['echo $a; a=1', ['a:perhaps']],
    ['if x; then a=1; fi; echo $a', ['a:perhaps']],
    ['if x; then a=1; else a=2; fi; echo $a', []],
    ['if x; then a=1; else exit 1; fi; echo $a', []],
    ['(a=1); echo $a', ['a:perhaps']],
    [
      'echo $' + '{a:-1} $' + '{a+x} $' + '{b:?no}',
      ['a:never guarded', 'a:never guarded', 'b:never guarded'],
    ],
    [': $' + '{a:=1}; echo $a', ['a:perhaps guarded']],
    ['read -r a b; echo $a $b', []],
    ['while read -r a; do echo $a; done < x', []],
    ['for a in 1 2; do echo $a; done', []],
    ['mapfile -t l < x; echo $' + '{l[0]}', []],
    ['printf -v a %s x; echo $a', []],
    ['f() { local a=$1; echo $a; }; f 1', []],
    ['declare -A m; m[x]=1; echo $' + '{m[x]}', []],
    ['export A=1; echo $A', []],
    ['a=1; unset a; echo $a', ['a:perhaps']],
    ['echo $RANDOM $PATH $PWD $HOME $out $1 $@ $# $? $$', []],
    ['((a++)); echo $a', ['a:perhaps']],
    ["echo '$a' \\$a", []],
    ["cat <<'EOF'\n$a\nEOF", []],
    ['cat <<EOF\n$a\nEOF', ['a:never']],
    ["awk '{print $a}'", []],
    ['echo "$KEY=$(x)"', ['KEY:never']],
  ])('%s', (script, expected) => {
    expect(unset(script)).toEqual(expected);
  });

  it('may be set in ways that are not seen', () => {
    for (const script of ['eval "$x"', 'source x', '. ./x', '«code»', 'read "$x"', 'export "$x=1"']) {
      expect(follow(script).opaqueVariables, script).toBe(true);
    }
    for (const script of ['builtin . x', 'command source x', 'command eval "$x"', '"$' + '{run}" . x']) {
      expect(follow(script).opaqueVariables, script).toBe(true);
    }
    for (const script of ['read -r a; a=1; export b=$a', 'jq -r . x', 'xargs -n 1 jq . < x', 'echo eval']) {
      expect(follow(script).opaqueVariables, script).toBe(false);
    }
  });

  it('know whether they are quoted and would be split', () => {
    const facts = follow('cat $a "$b"; c=$d; [[ $e ]]; [ -n "$f" ]').variables;
    expect(facts.map(one => [one.name, one.quoted, one.splits])).toEqual([
      ['a', false, true],
      ['b', true, true],
      ['d', false, false],
      ['e', false, false],
      ['f', true, false],
    ]);
  });

  it('have assignments with values', () => {
    const facts = follow('a=$out/x; export b=1').assignments;
    expect(facts.map(one => [one.name, one.value && show(one.value), one.exported])).toEqual([
      ['a', '$out/x', false],
      ['b', '1', true],
    ]);
  });
});

describe('pipelines and options', () => {
  it('know whether a failure in the middle ends the script', () => {
    const checked = (script: string) => follow(script).pipelines.map(one => one.checked);
    expect(checked('a | b')).toEqual([true]);
    expect(checked('x=$(a | b)')).toEqual([false]);
    expect(checked('a | b || c')).toEqual([false]);
    expect(checked('set +o pipefail; a | b')).toEqual([false]);
    expect(checked('! a | b')).toEqual([false]);
    expect(checked('if a | b; then c; fi')).toEqual([false]);
  });

  it('name their stages', () => {
    const { commands: all, pipelines } = follow('a | { b; c; } | d');
    expect(pipelines[0]?.stages.map(stage => stage.map(index => all[index]?.name))).toEqual([
      ['a'],
      ['b', 'c'],
      ['d'],
    ]);
  });

  it('know what set does', () => {
    const set = (script: string) => follow(script).options.map(one => `${one.on ? '-' : '+'}${one.name}`);
    expect(set('set -x')).toEqual(['-xtrace']);
    expect(set('set -euo pipefail')).toEqual(['-errexit', '-nounset', '-pipefail']);
    expect(set('set +o pipefail')).toEqual(['+pipefail']);
    expect(set('set -- a b')).toEqual([]);
  });

  it('know what is asked about and whether PATH is set', () => {
    expect([...follow('command -v a && b; type c').probed]).toEqual(['a', 'c']);
    expect(follow('export PATH=/x:$PATH').setsPath).toBe(true);
    expect(follow('PATH=x a').setsPath).toBe(true);
    expect(follow('echo $PATH').setsPath).toBe(false);
  });
});

describe('what does not end the script, or does not happen', () => {
  it('is in a process of its own', () => {
    const apart = (script: string) => follow(script).variables.map(one => `${one.name}:${one.inSubprocess}`);
    expect(apart('echo $a; echo "$(echo $b)"; (echo $c); (echo $d) || true')).toEqual([
      'a:false',
      'b:true',
      'c:false',
      'd:true',
    ]);
    expect(apart('a | echo $b; { echo $c; } || true; echo $d & cat <(echo $e)')).toEqual([
      'b:false',
      'c:false',
      'd:true',
      'e:true',
    ]);
  });

  it('is in a function that nothing calls', () => {
    const script = 'f() { a; }; g() { b; }; f';
    expect(follow(script).uncalled.map(one => script.slice(one.start, one.end))).toEqual(['g() { b; }']);
  });
});

describe('places', () => {
  it('are those of the words, with astral characters before', () => {
    const { text } = scriptOf('echo 😀 "🔑" > "$out/😀 x"; cat $in/a/b');
    const flow = follow('echo 😀 "🔑" > "$out/😀 x"; cat $in/a/b');
    const [write] = flow.writes;
    const [read] = flow.reads;
    expect(write && text.slice(write.start, write.end)).toBe('"$out/😀 x"');
    expect(write && showPath(write.path)).toBe('$out/😀 x');
    expect(read && text.slice(read.start, read.end)).toBe('$in/a/b');
    expect(flow.commands.map(one => text.slice(one.nameAt.start, one.nameAt.end))).toEqual(['echo', 'cat']);
  });

  it('of a hole is the whole hole', () => {
    const marked = 'cat $in/«a.b "c"»/x «y»';
    const { text } = scriptOf(marked);
    const flow = follow(marked);
    expect(flow.reads.map(one => text.slice(one.start, one.end))).toEqual([
      '$in/$' + '{a.b "c"}/x',
      '$' + '{y}',
    ]);
  });
});

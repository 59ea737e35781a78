/** Behind a mistake reading goes on: what a script that is typed in does elsewhere is still seen. */
import { describe, expect, it } from 'vitest';
import { follow, opaque, parse, reads, writes } from './support.ts';

describe('a script with a mistake', () => {
  it.each([
    ['an operator too many', 'a > $out/x\na | | b\nc > $out/y\n', ['$out/x!', '$out/y?']],
    ['a quote that is not closed', 'a > $out/x\necho "b\nc > $out/y\n', ['$out/x!', '$out/y?']],
    ['a parameter that is not closed', 'a > $out/x\necho ${b\nc > $out/y\n', ['$out/x!', '$out/y?']],
    ['a substitution with one in it', 'x=$(a | | b)\nc > $out/y\n', ['$out/y?']],
    ['a substitution that is not closed', 'x=$(a\nc > $out/y\n', ['$out/y?']],
    ['one in a branch', 'if a; then\n  b | | c\n  d > $out/x\nfi\ne > $out/y\n', ['$out/x?', '$out/y?']],
    ['a condition without an end', 'if a; then\n  b > $out/x\n', ['$out/x?']],
    ['a word that ends nothing', 'a > $out/x\nfi\nb > $out/y\n', ['$out/x!', '$out/y?']],
    ['a bracket that opens nothing', 'a > $out/x )\nb > $out/y\n', ['$out/x!', '$out/y?']],
  ])('%s: the rest is seen', (_, script, expected) => {
    expect(parse(script).errors).toHaveLength(1);
    expect(writes(follow(script))).toEqual(expected);
    expect(opaque(follow(script))).toContain('unreadable');
  });

  it('has one error, the first', () => {
    expect(parse('a | | b\nc ;; d\n').errors.map(({ start }) => start)).toEqual([4]);
  });

  it('may do anything where it cannot be read', () => {
    const { body } = parse('a\nb | | c\nd\n');
    expect(body.map(({ kind, start, end }) => [kind, start, end])).toEqual([
      ['simple', 0, 1],
      ['unreadable', 2, 9],
      ['simple', 10, 11],
    ]);
  });
});

describe('what stands between quotes and brackets', () => {
  it.each([
    ['blanks between variables', 'a=1; b=2; c > "$out/$a $b"', ['$out/1 2!']],
    ['escaped backquotes', 'f=`echo \\`a > $out/x\\``', ['$out/x!']],
    [
      'commands in a here-document',
      'cat <<-EOF\n\t$(a > $out/x)\n\t`b > $out/y`\n\tEOF\n',
      ['$out/x!', '$out/y!'],
    ],
    ['an element by its subscript', 'n=([1]=a); b > $out/${n[0]}', ['$out/…!']],
    ['the first of a list with subscripts', 'n=([1]=a [0]=b); c > $out/$n', ['$out/…!']],
    ['the first of a list', 'n=(a b); c > $out/$n', ['$out/a!']],
    ['a carriage return at the end of a line', 'a > $out/x\r\n\r\nb > $out/y\r\n', ['$out/x!', '$out/y!']],
  ])('%s', (_, script, expected) => {
    expect(writes(follow(script)).map(write => write.replace('?', '!'))).toEqual(expected);
  });

  it('is read where a pipe stands behind `&&`', () => {
    expect(reads(follow('a && cat $in/x/y | b'))).toEqual(['$in/x/y:file?']);
  });
});

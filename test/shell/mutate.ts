/** Scripts of real shape with pieces torn out and splinters put in. */
import fc from 'fast-check';
import { SAMPLES } from './samples.ts';

/** Half brackets, words of Bash, astral characters, NUL. */
const SPLINTERS =
  `" ' \` $( ) ( { } fi if then done do esac case in ;; ; && || | & <<EOF EOF > < >> $(( )) $\{ $\{x \\
  # ! while until for else elif [[ ]] [ ] function f() $ $$ $1 $@ «h» « » 😀 \0 = += "$out" $out/ $out/x cd exit return
  break continue eval exec xargs local set shift rm mv cp tee <( >( {a,b} {1..9} ~ * ? \n \n\n \t`.split(
    / +|(?<=\\)\n +/,
  );

interface Mutation {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 5, max: 60 })),
  insert: fc.oneof(
    fc.constant(''),
    fc.constantFrom(...SPLINTERS).map(one => one.replaceAll('\\n', '\n').replaceAll('\\0', '\0')),
    fc.constantFrom(...SPLINTERS).map(one => ` ${one} `),
    // White to people, but not to Bash.
    fc.constantFrom('\r', '\r\n', '\f', '\u00a0', '\u2028', '\ufeff'),
  ),
});

/** A mutated script of one or two samples. */
export const mutated: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...SAMPLES),
    fc.constantFrom('', ...SAMPLES),
    fc.array(mutation, { minLength: 1, maxLength: 4 }),
  )
  .map(([first, second, mutations]) => {
    let script = first + second;
    for (const { at, remove, insert } of mutations) {
      const start = Math.floor(at * script.length);
      script = script.slice(0, start) + insert + script.slice(start + remove);
    }
    return script;
  });

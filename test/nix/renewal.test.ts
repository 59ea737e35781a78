/**
 * While files are edited, their values change in place, and only what read something that has changed is evaluated again.
 * Whatever is kept is what a fresh evaluation gives.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstRevision, nextRevision, type Revision } from '../../server/src/nix/edit-log.ts';
import { answering } from '../../server/src/nix/eval/evaluation.ts';
import { createEvaluation } from '../../server/src/nix/eval/evaluator.ts';
import { noteEdited } from '../../server/src/nix/eval/renewal.ts';
import type { NixFiles } from '../../server/src/nix/eval/value.ts';
import type { SourceFile } from '../../server/src/nix/source.ts';
import { isStale, newReads } from '../../server/src/query/reads.ts';
import { runs } from '../support/runs.ts';
import { nixExpressionIn, type Variable } from './generate.ts';
import { memoryFiles, show, type Texts } from './support.ts';

/** A file that is edited: a set, perhaps behind a function or bindings. */
interface Editable {
  /** What comes before the bindings. */
  readonly head: string;
  readonly lets: readonly (readonly [name: string, value: string])[];
  readonly attrs: readonly (readonly [name: string, value: string])[];
}

function textOf({ head, lets, attrs }: Editable): string {
  const binding = ([name, value]: readonly [string, string]) => `  ${name} = ${value};\n`;
  const around = lets.length === 0 ? '' : `let\n${lets.map(binding).join('')}in\n`;
  return `${head}${around}{\n${attrs.map(binding).join('')}}\n`;
}

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const names = fc.constantFrom(...NAMES);
const number = (name: string): Variable => ({ name, type: 'int' });
const set = (name: string): Variable => ({ name, type: 'set' });
const HEADS = ['', '{ x ? 1 }:\n', '# Why\n'];

/** Names of attributes that are sets. */
const SETS = ['s', 't'];
const setNames = fc.constantFrom(...SETS);

/** A set with a set in it, as it is written or by a function, as entries of a registry are. */
const nested = (number: fc.Arbitrary<string | number> = fc.nat(3)) =>
  fc
    .record({ x: number, z: number, w: fc.constantFrom('"u"', '"v"', 'null'), isMade: fc.boolean() })
    .map(({ x, z, w, isMade }) =>
      isMade ? `mk { x = ${x}; z = ${z}; w = ${w}; }` : `{ x = ${x}; y = { z = ${z}; w = ${w}; }; l = [ ]; }`,
    );
/** A number, or a part of such a set in an imported file. */
const partOf = (imports: readonly (readonly [string, string])[]) =>
  fc.constantFrom<string | number>(
    0,
    1,
    2,
    ...imports.flatMap(([name]) => [`(${name}.s.x or 7)`, `((${name}.t.y or { }).z or 8)`]),
  );

const MAKER = ['mk', '{ x, z, w }: { inherit x; y = { inherit z w; }; l = [ x ]; }'] as const;

/** Expressions that read parts of such sets. */
const reads = fc
  .tuple(
    fc.constantFrom('reg', 'lib', 'mid'),
    setNames,
    fc.constantFrom(
      'SET.x or 0',
      '(SET.y or { }).z or 1',
      '[ ((SET.y or { }).w or 2) (SET.x or 3) ]',
      'builtins.attrNames (SET or { })',
      'builtins.attrNames (SET.y or { })',
      '(SET or { }) // { x = 4; }',
      'map (n: n) (SET.l or [ ])',
      '{ both = SET.y or 5; n = SET ? z; }',
    ),
  )
  .map(([file, name, read]) => `{ r = ${read.replaceAll('SET', `${file}.${name}`)}; }`);

/** Sets of numbers that refer to bindings, of which later ones refer to earlier ones, and to imported sets. */
function editable(imports: readonly (readonly [name: string, value: string])[]): fc.Arbitrary<Editable> {
  const sets = imports.map(([name]) => set(name));
  const value = (scope: readonly Variable[]) => nixExpressionIn([...sets, ...scope], 'int', 2);
  return fc.record({
    head: fc.constantFrom(...HEADS),
    lets: fc
      .tuple(value([]), value([number('f')]))
      .map(([f, g]) => [MAKER, ...imports, ['f', f], ['g', g]] as (readonly [string, string])[]),
    attrs: fc.uniqueArray(
      fc.oneof(
        fc.tuple(names, value([number('f'), number('g')])),
        fc.tuple(setNames, nested(partOf(imports))),
      ),
      { selector: ([name]) => name },
    ),
  });
}

const REGISTRY: readonly (readonly [string, string])[] = [];
const LIBRARY = [['reg', 'FROM reg']] as const;
const MIDDLE = [
  ['reg', 'FROM reg'],
  ['lib', 'FROM lib'],
] as const;

/** The files that are edited, by name, with those that they import. */
const EDITED = { reg: REGISTRY, lib: LIBRARY, mid: MIDDLE } as const;
type Name = keyof typeof EDITED;

/**
 * Imports a file, as a function if it is one.
 * @param argument results for a list are not shared by all who apply the function to it
 */
function withImports(
  text: string,
  files: Readonly<Record<Name, Editable>>,
  argument: 'null' | '[ ]' = 'null',
): string {
  return text.replace(/FROM (\w+)/g, (_, name: Name) =>
    files[name].head.startsWith('{') ? `import ./${name}.nix { x = ${argument}; }` : `import ./${name}.nix`,
  );
}

type Edit = (file: Editable) => Editable;

const anEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(names, nixExpressionIn([number('f'), set('reg'), set('lib')], 'int', 2)).map(
    ([name, value]): Edit =>
      file => ({ ...file, attrs: [...file.attrs.filter(([other]) => other !== name), [name, value]] }),
  ),
  fc.tuple(names, fc.nat(9)).map(
    ([name, value]): Edit =>
      file => ({
        ...file,
        attrs: file.attrs.map(attr => (attr[0] === name ? [name, String(value)] : attr)),
      }),
  ),
  names.map(
    (name): Edit =>
      file => ({ ...file, attrs: file.attrs.filter(([other]) => other !== name) }),
  ),
  fc.tuple(fc.constantFrom('f', 'g'), fc.nat(9)).map(
    ([name, value]): Edit =>
      file => ({ ...file, lets: file.lets.map(one => (one[0] === name ? [name, String(value)] : one)) }),
  ),
  fc.constantFrom(...HEADS).map(
    (head): Edit =>
      file => ({ ...file, head }),
  ),
  fc.constant<Edit>(file => ({ ...file, attrs: [...file.attrs].reverse() })),
  fc.tuple(setNames, nested()).map(
    ([name, value]): Edit =>
      file => ({ ...file, attrs: [...file.attrs.filter(([other]) => other !== name), [name, value]] }),
  ),
  // A letter in one attribute of such a set, as one types.
  fc
    .tuple(fc.constantFrom('x', 'z', 'w'), fc.constantFrom('0', '1', '"u"', '"uu"'))
    .chain(([part, now]) =>
      fc.array(setNames, { minLength: 1, maxLength: 2 }).map(list => ({ part, now, list })),
    )
    .map(
      ({ part, now, list }): Edit =>
        file => ({
          ...file,
          attrs: file.attrs.map(([name, value]) => [
            name,
            list.includes(name)
              ? value.replace(new RegExp(`\\b${part} = [^;]*;`), `${part} = ${now};`)
              : value,
          ]),
        }),
    ),
);

const worlds = fc.record({
  files: fc.record({ reg: editable(REGISTRY), lib: editable(LIBRARY), mid: editable(MIDDLE) }),
  mains: fc.array(fc.oneof(nixExpressionIn([set('reg'), set('lib'), set('mid')], 'set', 3), reads), {
    minLength: 2,
    maxLength: 6,
  }),
  edits: fc.array(fc.tuple(fc.constantFrom<Name>('reg', 'reg', 'lib', 'mid'), anEdit), {
    minLength: 1,
    maxLength: 6,
  }),
});

/** The texts of all files. Those that are not edited bind the others to their names. */
function textsOf(files: Readonly<Record<Name, Editable>>, mains: readonly string[]): Texts {
  const texts: Record<string, string> = {};
  for (const [name, file] of Object.entries(files)) texts[`${name}.nix`] = withImports(textOf(file), files);
  const lets = ['reg', 'lib', 'mid'].map(name => `${name} = FROM ${name};`).join(' ');
  for (const [index, main] of mains.entries())
    texts[`main${index}.nix`] = `let ${withImports(lets, files, index === 0 ? '[ ]' : 'null')} in ${main}`;
  return texts;
}

/** Files that can be edited, with the answers that were computed from them and what they were computed from. */
function workspace(first: Texts) {
  let texts = first;
  const revisions = new Map<string, Revision>(Object.keys(first).map(path => [path, firstRevision(path)]));
  const parsed = new Map<string, SourceFile>();
  const files: NixFiles = {
    ...memoryFiles(first),
    parse(path) {
      let file = parsed.get(path);
      if (file === undefined || file.text !== texts[path]) {
        const read = memoryFiles(texts).parse(path);
        if (read === null) return null;
        file = { ...read, revision: revisions.get(path) };
        parsed.set(path, file);
      }
      return file;
    },
  };
  const importers = new Map<string, Set<string>>();
  const cx = createEvaluation(files, (from, to) => {
    importers.set(to, (importers.get(to) ?? new Set()).add(from.path));
  });
  // As documents that are open from the beginning.
  for (const path of revisions.keys()) noteEdited(cx, path);
  const answers = new Map<string, string>();
  let computed = 0;
  let renewed = 0;
  return {
    /** The value of a main file, as text. */
    shown(path: string): string {
      if (isStale(cx.recorder, cx.answered.get(path) ?? null)) {
        answers.delete(path);
        cx.answered.delete(path);
      }
      let answer = answers.get(path);
      if (answer === undefined) {
        computed += 1;
        answer = answering(cx, path, () => show(cx, cx.importFile(path, null)));
        answers.set(path, answer);
      }
      return answer;
    },
    computed: () => computed,
    renewed: () => renewed,
    write(next: Texts) {
      const changed = Object.keys(next).filter(path => next[path] !== texts[path]);
      for (const path of changed)
        revisions.set(
          path,
          nextRevision(revisions.get(path) as Revision, texts[path] as string, next[path] as string),
        );
      texts = next;
      const lost = new Set(changed.filter(path => !cx.renewFile(path)));
      renewed += changed.length - lost.size;
      for (const path of lost) for (const importer of importers.get(path) ?? []) lost.add(importer);
      for (const path of lost) {
        cx.forgetFile(
          path,
          changed.includes(path) && ![...lost].some(other => importers.get(other)?.has(path)),
        );
        answers.delete(path);
        cx.answered.delete(path);
      }
      cx.recorder.unowned = newReads();
    },
  };
}

it('the result of a function for one caller alone depends on the text of the function', () => {
  const texts = (value: number): Texts => ({
    'fn.nix': `{ x }: {\n  a = ${value};\n}\n`,
    'shared.nix': '(import ./fn.nix { x = null; }).a\n',
    'alone.nix': '(import ./fn.nix { x = [ ]; }).a\n',
  });
  const edited = workspace(texts(1));
  expect(['shared.nix', 'alone.nix'].map(edited.shown)).toEqual(['1', '1']);
  // The first edit may replace the function; the second one changes it in place.
  for (const value of [2, 3]) {
    edited.write(texts(value));
    expect(['shared.nix', 'alone.nix'].map(edited.shown)).toEqual([String(value), String(value)]);
  }
});

describe('a set in an attribute that is being edited', () => {
  /** Shows the expressions after each text of a file that is edited. */
  function shownAfter(texts: Texts, path: string, edits: readonly string[], mains: readonly string[]) {
    const files = Object.fromEntries(mains.map((main, index) => [`main${index}.nix`, main]));
    const edited = workspace({ ...texts, ...files });
    const shown = () => Object.keys(files).map(edited.shown);
    const first = shown();
    const later = edits.map(text => {
      const before = edited.computed();
      edited.write({ ...texts, ...files, [path]: text });
      return { shown: shown(), computed: edited.computed() - before };
    });
    return [{ shown: first, computed: mains.length }, ...later];
  }

  const registry = (text: string) =>
    `let mk = { x, z }: { inherit x; y = { inherit z; }; }; in\n{\n  s = mk { x = "${text}"; z = "z"; };\n  t = 1;\n}\n`;
  const PARTS = [
    '(import ./reg.nix).s.x',
    '(import ./reg.nix).s.y.z',
    'builtins.attrNames (import ./reg.nix).s',
    '(import ./reg.nix).t',
  ];

  it('changes attribute by attribute from its second edit on', () => {
    const steps = shownAfter(
      { 'reg.nix': registry('a') },
      'reg.nix',
      ['ab', 'abc', 'abcd'].map(registry),
      PARTS,
    );
    expect(steps.map(({ shown }) => shown[0])).toEqual(['"a"', '"ab"', '"abc"', '"abcd"']);
    expect(steps.map(({ computed }) => computed)).toEqual([4, 3, 1, 1]);
  });

  it('is evaluated anew when its parts move from one place to another', () => {
    const swapped = registry('abc').replace('mk { x', 'mk { z = "z"; x').replace(' z = "z"; };', ' };');
    const [, , last] = shownAfter({ 'reg.nix': registry('a') }, 'reg.nix', [registry('ab'), swapped], PARTS);
    expect(last?.shown).toEqual(['"abc"', '"z"', '[ "x" "y" ]', '1']);
    expect(last?.computed).toBe(2);
  });

  it('depends on what its new text reads, although that comes to the same', () => {
    const lib = (x: string) => `let reg = import ./reg.nix; in\n{\n  s = { x = ${x}; };\n}\n`;
    const texts = {
      'reg.nix': '{ a = 1; b = 2; }\n',
      'lib.nix': lib('3'),
      'main.nix': '(import ./lib.nix).s.x\n',
    };
    const edited = workspace(texts);
    const shownWith = (next: Texts) => {
      edited.write({ ...texts, ...next });
      return edited.shown('main.nix');
    };
    expect(shownWith({})).toBe('3');
    expect(shownWith({ 'lib.nix': lib('reg.b') })).toBe('2');
    expect(shownWith({ 'lib.nix': lib('(reg.b)') })).toBe('2');
    const chosen = { 'lib.nix': lib('if reg.a == 1 then reg.b else 4') };
    expect(shownWith(chosen)).toBe('2');
    expect(shownWith({ ...chosen, 'reg.nix': '{ a = 5; b = 2; }\n' })).toBe('4');
  });

  it('is compared with nothing that changes at the same time', () => {
    const reg = (v: number) =>
      `let v = ${v}; lib = import ./lib.nix; in\n{\n  s = { x = if v < 3 then lib.k else lib.l; };\n  t = { n = v; m = v; };\n}\n`;
    const texts = {
      'reg.nix': reg(0),
      'lib.nix': '{ k = (import ./reg.nix).t.n; l = (import ./reg.nix).t.m; }\n',
      'main.nix': '(import ./reg.nix).s.x\n',
    };
    const edited = workspace(texts);
    const shown = [0, 1, 2, 3, 4].map(v => {
      edited.write({ ...texts, 'reg.nix': reg(v) });
      return edited.shown('main.nix');
    });
    expect(shown).toEqual(['0', '1', '2', '3', '4']);
  });
});

const RUNS = runs(300);

describe('a value that is kept while other files are edited', () => {
  it('is the one that a fresh evaluation gives', { timeout: 3_600_000 }, () => {
    let asked = 0;
    let computed = 0;
    let renewed = 0;
    fc.assert(
      fc.property(worlds, ({ files: first, mains, edits }) => {
        let files = first;
        const edited = workspace(textsOf(files, mains));
        const paths = mains.map((_, index) => `main${index}.nix`);
        for (const path of paths) edited.shown(path);
        for (const [name, edit] of edits) {
          files = { ...files, [name]: edit(files[name]) };
          const texts = textsOf(files, mains);
          edited.write(texts);
          const fresh = createEvaluation(memoryFiles(texts));
          for (const path of paths) {
            asked += 1;
            expect(edited.shown(path)).toBe(show(fresh, fresh.importFile(path, null)));
          }
        }
        computed += edited.computed();
        renewed += edited.renewed();
      }),
      { numRuns: RUNS },
    );
    // Otherwise the test says nothing.
    expect(computed).toBeLessThan(asked);
    expect(renewed).toBeGreaterThan(RUNS / 2);
  });
});

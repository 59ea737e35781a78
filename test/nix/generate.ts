/**
 * Random closed Nix expressions that are well typed, for comparing with Nix. Some of them fail all the same: a
 * missing attribute, the head of an empty list, an assertion.
 */
import fc from 'fast-check';

export type Type = 'int' | 'bool' | 'string' | 'ints' | 'strings' | 'set' | 'function';

export interface Variable {
  readonly name: string;
  readonly type: Type;
}

/** What is drawn from, and how much deeper it may go. */
interface Draw {
  readonly pick: <T>(choices: readonly T[]) => T;
  readonly number: (max: number) => number;
  readonly scope: readonly Variable[];
  readonly depth: number;
}

const NAMES = ['a', 'b', 'c', 'd'];
const WORDS = ['', 'x', 'foo', 'a-b', 'é', '$', 'two words', '\\"q\\"', '\\n', 'a.b'];

const LEAVES: Readonly<Record<Type, (draw: Draw) => string>> = {
  int: draw => String(draw.number(9)),
  bool: draw => draw.pick(['true', 'false']),
  string: draw => `"${draw.pick(WORDS)}"`,
  ints: draw => draw.pick(['[ ]', '[ 1 ]', '[ 3 1 2 ]']),
  strings: draw => draw.pick(['[ ]', '[ "b" "a" ]', '[ "foo" ]']),
  set: draw => draw.pick(['{ }', '{ a = 1; }', '{ b = 2; a = 1; }', '{ c.x = 1; d = 3; }.c']),
  function: draw => draw.pick(['(n: n)', '(n: n + 1)', 'builtins.add 2', '({ x ? 4 }: y: x + y) { }']),
};

function inner(draw: Draw, variables: readonly Variable[] = []): Draw {
  return { ...draw, depth: draw.depth - 1, scope: [...draw.scope, ...variables] };
}

function expression(draw: Draw, type: Type): string {
  const known = draw.scope.filter(variable => variable.type === type);
  if (draw.depth <= 0 || draw.number(5) === 0) {
    return known.length > 0 && draw.number(2) > 0 ? draw.pick(known).name : LEAVES[type](draw);
  }
  const make = draw.pick([...SHAPES[type], ...SHAPES_OF_ALL]);
  return `(${make(inner(draw), type)})`;
}

type Shape = (draw: Draw, type: Type) => string;

function variable(draw: Draw): Variable {
  const type = draw.pick<Type>(['int', 'string', 'ints', 'set', 'function', 'bool', 'strings']);
  return { name: `${draw.pick(NAMES)}${draw.scope.length}`, type };
}

/** Shapes that any type can have. */
const SHAPES_OF_ALL: readonly Shape[] = [
  (draw, type) => {
    const bound = variable(draw);
    return `let ${bound.name} = ${expression(draw, bound.type)}; in ${expression(inner(draw, [bound]), type)}`;
  },
  (draw, type) => {
    const [bound, other] = [variable(draw), { ...variable(draw), name: `r${draw.scope.length}` }];
    const both = inner(draw, [bound]);
    return `let ${other.name} = ${expression(both, other.type)}; ${bound.name} = ${expression(draw, bound.type)}; in ${expression(inner(draw, [bound, other]), type)}`;
  },
  (draw, type) =>
    `if ${expression(draw, 'bool')} then ${expression(draw, type)} else ${expression(draw, type)}`,
  (draw, type) => {
    const bound = variable(draw);
    return `(${bound.name}: ${expression(inner(draw, [bound]), type)}) ${expression(draw, bound.type)}`;
  },
  (draw, type) => {
    const bound = variable(draw);
    return `({ ${bound.name} ? ${expression(draw, bound.type)}, ... }@args: ${expression(inner(draw, [bound]), type)}) { other = 1; }`;
  },
  (draw, type) => {
    const bound = variable(draw);
    return `with { ${bound.name} = ${expression(draw, bound.type)}; }; ${expression(inner(draw, [bound]), type)}`;
  },
  (draw, type) => `rec { it = ${expression(draw, type)}; same = it; }.same`,
  (draw, type) =>
    `{ it = ${expression(draw, type)}; }.${draw.pick(['it', 'it', '"it"', '${"i" + "t"}', 'none'])} or ${expression(draw, type)}`,
  (draw, type) =>
    `assert ${expression(draw, 'bool')} || ${draw.pick(['true', 'true', 'false'])}; ${expression(draw, type)}`,
  (draw, type) => `let inherit ({ it = ${expression(draw, type)}; }) it; in it`,
  (draw, type) => `builtins.head ([ ${expression(draw, type)} ] ++ [ ])`,
];

const SHAPES: Readonly<Record<Type, readonly Shape[]>> = {
  int: [
    draw => `${expression(draw, 'int')} ${draw.pick(['+', '-', '*'])} ${expression(draw, 'int')}`,
    draw => `${expression(draw, 'int')} / ${expression(draw, 'int')}`,
    draw => `- ${expression(draw, 'int')}`,
    draw => `${expression(draw, 'function')} ${expression(draw, 'int')}`,
    draw => `builtins.length ${expression(draw, draw.pick(['ints', 'strings']))}`,
    draw => `builtins.stringLength ${expression(draw, 'string')}`,
    draw => `builtins.foldl' (acc: n: acc * 2 + n) 0 ${expression(draw, 'ints')}`,
    draw => `${expression(draw, 'set')}.${draw.pick(NAMES)} or ${expression(draw, 'int')}`,
    draw => `builtins.elemAt (${expression(draw, 'ints')} ++ [ 7 ]) 0`,
    draw => `builtins.compareVersions ${expression(draw, 'string')} ${expression(draw, 'string')}`,
    draw => `builtins.bitXor ${expression(draw, 'int')} ${expression(draw, 'int')}`,
  ],
  bool: [
    draw =>
      `${expression(draw, 'int')} ${draw.pick(['<', '<=', '>', '>=', '==', '!='])} ${expression(draw, 'int')}`,
    draw => `${expression(draw, 'string')} ${draw.pick(['<', '==', '!='])} ${expression(draw, 'string')}`,
    draw => `${expression(draw, 'set')} == ${expression(draw, 'set')}`,
    draw => `${expression(draw, 'ints')} ${draw.pick(['==', '<'])} ${expression(draw, 'ints')}`,
    draw => `${expression(draw, 'bool')} ${draw.pick(['&&', '||', '->'])} ${expression(draw, 'bool')}`,
    draw => `!${expression(draw, 'bool')}`,
    draw => `${expression(draw, 'set')} ? ${draw.pick([...NAMES, 'a.b', '"c"', '${"d"}'])}`,
    draw => `builtins.elem ${expression(draw, 'int')} ${expression(draw, 'ints')}`,
    draw =>
      `builtins.${draw.pick(['any', 'all'])} (n: n > ${expression(draw, 'int')}) ${expression(draw, 'ints')}`,
    draw => `(builtins.tryEval (assert ${expression(draw, 'bool')}; 1)).success`,
    draw =>
      `builtins.${draw.pick(['isString', 'isInt', 'isAttrs', 'isList', 'isFunction'])} ${expression(draw, draw.pick<Type>(['int', 'string', 'set', 'ints', 'function']))}`,
  ],
  string: [
    draw => `"${draw.pick(['', 'p-'])}\${${expression(draw, 'string')}}${draw.pick(['', '-s'])}"`,
    draw => `${expression(draw, 'string')} + ${expression(draw, 'string')}`,
    draw => `toString ${expression(draw, draw.pick<Type>(['int', 'string', 'bool', 'ints', 'strings']))}`,
    draw => `builtins.concatStringsSep ${expression(draw, 'string')} ${expression(draw, 'strings')}`,
    draw =>
      `builtins.replaceStrings [ "o" "a" ] [ "0" ${expression(draw, 'string')} ] ${expression(draw, 'string')}`,
    draw => `builtins.toJSON ${expression(draw, draw.pick<Type>(['int', 'string', 'set', 'ints', 'bool']))}`,
    draw =>
      `builtins.typeOf ${expression(draw, draw.pick<Type>(['int', 'string', 'set', 'ints', 'bool', 'function']))}`,
    draw => `baseNameOf ${expression(draw, 'string')}`,
    draw => `builtins.hashString "sha256" ${expression(draw, 'string')}`,
    draw => `''\n  a ${'${'}${expression(draw, 'string')}}\n    b ''\${c}\n''`,
  ],
  ints: [
    draw => `map ${expression(draw, 'function')} ${expression(draw, 'ints')}`,
    draw => `${expression(draw, 'ints')} ++ ${expression(draw, 'ints')}`,
    draw => `[ ${expression(draw, 'int')} ${expression(draw, 'int')} ]`,
    draw => `builtins.filter (n: n < ${expression(draw, 'int')}) ${expression(draw, 'ints')}`,
    draw => `builtins.sort builtins.lessThan ${expression(draw, 'ints')}`,
    draw => `builtins.genList ${expression(draw, 'function')} ${String(draw.number(4))}`,
    draw => `builtins.concatMap (n: [ n ${expression(draw, 'int')} ]) ${expression(draw, 'ints')}`,
    draw => `builtins.attrValues ${expression(draw, 'set')}`,
    draw => `builtins.tail ${expression(draw, 'ints')}`,
    draw => `(builtins.partition (n: n > 2) ${expression(draw, 'ints')}).${draw.pick(['right', 'wrong'])}`,
    draw => `builtins.catAttrs "a" [ ${expression(draw, 'set')} ${expression(draw, 'set')} ]`,
  ],
  strings: [
    draw => `builtins.attrNames ${expression(draw, 'set')}`,
    draw => `[ ${expression(draw, 'string')} ${expression(draw, 'string')} ]`,
    draw => `map toString ${expression(draw, 'ints')}`,
    draw =>
      `builtins.filter builtins.isString (builtins.split "${draw.pick(['o', '[a-f]', '-', '(x)|o'])}" ${expression(draw, 'string')})`,
    draw => `${expression(draw, 'strings')} ++ ${expression(draw, 'strings')}`,
    draw => `builtins.splitVersion ${expression(draw, 'string')}`,
    draw => `builtins.sort (x: y: x < y) ${expression(draw, 'strings')}`,
  ],
  set: [
    draw => `${expression(draw, 'set')} // ${expression(draw, 'set')}`,
    draw => `{ ${draw.pick(NAMES)} = ${expression(draw, 'int')}; }`,
    draw => `rec { a = ${expression(draw, 'int')}; b = a + ${expression(draw, 'int')}; }`,
    draw => `{ \${"a" + ${expression(draw, 'string')}} = ${expression(draw, 'int')}; b = 2; }`,
    draw => `builtins.mapAttrs (name: n: n + builtins.stringLength name) ${expression(draw, 'set')}`,
    draw =>
      `builtins.listToAttrs (map (name: { inherit name; value = ${expression(draw, 'int')}; }) ${expression(draw, 'strings')})`,
    draw => `removeAttrs ${expression(draw, 'set')} ${expression(draw, 'strings')}`,
    draw => `builtins.intersectAttrs ${expression(draw, 'set')} ${expression(draw, 'set')}`,
    draw =>
      `let a = ${expression(draw, 'int')}; in { inherit a; inherit (${expression(draw, 'set')} // { c = 1; }) c; }`,
    draw =>
      `builtins.zipAttrsWith (_: builtins.foldl' (x: y: x + y) 0) [ ${expression(draw, 'set')} ${expression(draw, 'set')} ]`,
  ],
  function: [
    draw => {
      const name = `n${draw.scope.length}`;
      return `${name}: ${expression(inner(draw, [{ name, type: 'int' }]), 'int')}`;
    },
    draw => `x: ${expression(draw, 'function')} (${expression(draw, 'function')} x)`,
    draw => `builtins.${draw.pick(['add', 'sub', 'mul'])} ${expression(draw, 'int')}`,
    draw => `{ __functor = self: x: x + ${expression(draw, 'int')}; }.__functor { }`,
  ],
};

/** Expressions whose values can be shown: everything but functions. */
export const nixExpression: fc.Arbitrary<string> = fc.gen().map(g => {
  const draw: Draw = {
    pick: choices => choices[g(fc.nat, { max: choices.length - 1 })] as (typeof choices)[number],
    number: max => g(fc.nat, { max }),
    scope: [],
    depth: 4,
  };
  const type = draw.pick<Type>(['int', 'bool', 'string', 'ints', 'strings', 'set']);
  return expression(draw, type);
});

/** Expressions of a type that may refer to variables. */
export function nixExpressionIn(scope: readonly Variable[], type: Type, depth: number): fc.Arbitrary<string> {
  return fc.gen().map(g => {
    const draw: Draw = {
      pick: choices => choices[g(fc.nat, { max: choices.length - 1 })] as (typeof choices)[number],
      number: max => g(fc.nat, { max }),
      scope,
      depth,
    };
    return expression(draw, type);
  });
}

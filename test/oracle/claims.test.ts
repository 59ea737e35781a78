/** How the claims of an entry are read that say how much of it is certain: README.md, "What `inspect` claims". */
import { describe, expect, it } from 'vitest';
import type { Inspection } from '../../server/src/cli/output/inspection.ts';
import type { Truth } from './ask.d.mts';
import { compare } from './compare.mjs';
import { formFaults } from './form.mjs';
import { fits, fitsHoles, nameOf } from './rows.mjs';

const ALL = { machinesComplete: true, scriptText: true, perMachine: true };
const BODY = {
  completeness: 'full',
  share: false,
  files: [],
  prompts: [],
  dependencies: [],
  runtimeInputs: [],
  script: { known: true, file: 'a.nix', line: 1, column: 1, text: 'true', holes: [] },
  validation: null,
};
const ENTRY = {
  ...BODY,
  name: 'g',
  nameKind: 'literal',
  conditional: false,
  machines: ['left', 'right'],
  machinesComplete: true,
  perMachine: [] as object[],
  definitions: [],
};

/** A clan of two machines with the generator `g`, by its script on each. */
function truthOf(scripts: Readonly<Record<string, string>>): Truth {
  const machines = Object.entries(scripts).map(([machine, script]) => {
    const body = { share: false, files: {}, prompts: {}, dependencies: [], runtimeInputs: [], script };
    return [machine, { class: 'nixos', tags: [], generators: { g: { origin: 'fleet', ...body } } }];
  });
  return { inventory: Object.keys(scripts), machines: Object.fromEntries(machines), errors: [] } as Truth;
}

function verdicts(truth: Truth, entry: object, how = {}): string[] {
  const machines = Object.keys(truth.machines).map(name => ({
    ...{ name, class: 'nixos', tags: [], generators: [], file: 'flake.nix', line: 1 },
  }));
  const rows = compare(truth, { machines, generators: [entry] } as unknown as Inspection, how);
  return rows
    .filter(({ verdict, generator }) => generator === 'g' && verdict !== 'equal' && verdict !== 'silent')
    .map(row => `${row.verdict}: ${nameOf(row)}`);
}

const script = (text: string, holes: readonly object[] = []) => ({ ...BODY.script, text, holes });

describe('a body on one machine', () => {
  const truth = truthOf({ left: 'true', right: 'false' });
  const apart = { ...ENTRY, perMachine: [{ ...BODY, machine: 'right', script: script('false') }] };

  it('stands for the entry there', () => {
    expect(verdicts(truth, apart)).toEqual([]);
    expect(verdicts(truth, ENTRY)).toEqual(['wrong: g script (whole) g']);
  });

  it('is not looked at where the entry alone is judged', () => {
    expect(verdicts(truth, apart, { merged: true })).toEqual(['wrong: g script (whole) g']);
  });
});

describe('a list of machines', () => {
  const truth = truthOf({ left: 'true', right: 'true' });

  it.each([
    [true, 'wrong: g on machine right'],
    [false, 'unknown: g on machine right'],
  ])('that is complete: %s', (machinesComplete, row) => {
    expect(verdicts(truth, { ...ENTRY, machines: ['left'], machinesComplete })).toEqual([row]);
  });
});

describe('machines that may have it', () => {
  const truth = truthOf({ left: 'true', right: 'true' });
  const open = { ...ENTRY, machines: ['left'], machinesComplete: false };

  it.each([
    [[], 'wrong: g on machine right'],
    [['right'], 'unknown: g on machine right'],
    [null, 'unknown: g on machine right'],
  ])('%j', (possibleMachines, row) => {
    expect(verdicts(truth, { ...open, possibleMachines })).toEqual([row]);
  });

  it('count where no machine is known to have it, too', () => {
    const entry = { ...open, machines: null, possibleMachines: ['left'] };
    expect(verdicts(truth, entry)).toContain('wrong: g on machine right');
  });
});

describe('a script with holes', () => {
  const text = '${pkgs.openssl}/bin/openssl > $out/${name}';
  const [first, second] = [
    { start: 0, end: 15, expression: 'pkgs.openssl' },
    { start: 35, end: 42, expression: 'name' },
  ];
  const truth = truthOf({ left: '/NIXPKG/openssl/bin/openssl > $out/key' });
  const judged = (holes: readonly object[], more = text) =>
    verdicts(truth, { ...ENTRY, machines: ['left'], script: script(more, holes) });

  it('is known where they are packages, and unknown in part where they are anything else', () => {
    expect(judged([first, second])).toEqual(['unknown: g script (with holes) g']);
    expect(judged([first], '${pkgs.openssl}/bin/openssl > $out/key')).toEqual([]);
  });

  it('is wrong where what lies outside of them is not what Nix says', () => {
    expect(judged([first], '${pkgs.openssl}/bin/openssl > $out/other')).toEqual([
      'wrong: g script (with holes) g',
    ]);
    expect(fitsHoles(text, [first, second], '/x/bin/openssl > $out/a b')).toBe(true);
    expect(fitsHoles(text, [first, second], '/x/bin/openssl > $in/a')).toBe(false);
  });
});

describe('the form of an entry', () => {
  it.each<[string, object, string[]]>([
    ['as promised', {}, []],
    [
      'complete, of machines that are not known',
      { machines: null },
      ['machinesComplete is true and machines is null'],
    ],
    [
      'a machine that it is not on',
      { perMachine: [{ ...BODY, machine: 'other', share: true }] },
      ['perMachine names other, which is not among machines'],
    ],
    [
      'a part of a body',
      { perMachine: [{ machine: 'left', share: true }] },
      [
        'perMachine of left lacks completeness, files, prompts, dependencies, runtimeInputs, script, validation',
      ],
    ],
    [
      'the same again',
      { perMachine: [{ ...BODY, machine: 'left' }] },
      ['perMachine of left says what the entry says'],
    ],
    [
      'a hole beside its expression',
      { script: script('${a}', [{ start: 0, end: 3, expression: 'a' }]) },
      ['a hole of the script is not ${a} in its text'],
    ],
  ])('%s', (_, change, faults) => {
    expect([...formFaults({ ...ENTRY, ...change }, ALL)]).toEqual(faults);
  });
});

it('takes a hole in a name for anything', () => {
  expect(fits('wg-${instance}.key', 'wg-a.b.key')).toBe(true);
  expect(fits('wg-${instance}.key', 'wg-key')).toBe(false);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Asked, createSettled } from '../../server/src/fleet/machine-modules/settled.ts';

const NAMES = ['a', 'b', 'c', 'd'];

/** Which option is asked next depends on what the ones before came to, and so does the result. */
function compute(machine: Readonly<Record<string, string>>): { asked: Asked[]; result: string } {
  const asked: Asked[] = [];
  let at = 0;
  for (let step = 0; step < 3; step++) {
    const name = NAMES[at % NAMES.length] as string;
    const answer = machine[name] as string;
    if (!asked.some(({ path }) => path[0] === name)) asked.push({ path: [name], answer });
    at += 1 + Number(answer);
  }
  return { asked, result: asked.map(({ path, answer }) => `${path}=${answer}`).join() };
}

const machines = fc.array(
  fc.record(Object.fromEntries(NAMES.map(name => [name, fc.constantFrom('0', '1', '2')]))),
  { minLength: 1, maxLength: 60 },
);

describe('what was computed with the options of machines', () => {
  it('is found for machines that answer alike, and for no others', () => {
    fc.assert(
      fc.property(machines, all => {
        const settled = createSettled<string>();
        for (const machine of all) {
          const { asked, result } = compute(machine);
          const found = settled.find(path => machine[path[0] as string] as string);
          if (found === null) settled.keep(asked, result);
          else expect(found.value).toBe(result);
          expect(settled.find(path => machine[path[0] as string] as string)?.value).toBe(result);
        }
        const results = settled.results();
        expect([...results].sort()).toEqual([...new Set(all.map(machine => compute(machine).result))].sort());
      }),
    );
  });

  it('asks each machine only what was asked of those that answered as it does', () => {
    const settled = createSettled<number>();
    for (let number = 0; number < 1000; number++)
      settled.keep(
        [
          { path: ['name'], answer: `${number}` },
          { path: ['my', `of${number}`], answer: 'x' },
        ],
        number,
      );
    const asked: string[] = [];
    const found = settled.find(path => {
      asked.push(path.join('.'));
      return path[0] === 'name' ? '617' : 'x';
    });
    expect(found?.value).toBe(617);
    expect(asked).toEqual(['name', 'my.of617']);
  });

  it('is kept also if the same computation asked in another order', () => {
    const settled = createSettled<string>();
    const [x, y] = [
      { path: ['x'], answer: '1' },
      { path: ['y'], answer: '2' },
    ];
    settled.keep([x, y], 'first x');
    settled.keep([y, { path: ['x'], answer: '3' }], 'first y');
    expect(settled.find(path => (path[0] === 'x' ? '1' : '2'))?.value).toBe('first x');
    expect(settled.find(path => (path[0] === 'x' ? '3' : '2'))?.value).toBe('first y');
    expect(settled.find(() => '2')).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { everything, type Fleet, names, plan, steps } from '../fleet.ts';

// The numbers are those of the reference cases of clan's own test suite.

const messages = (found: ReturnType<typeof plan>) => found.problems.map(one => one.message);
const kinds = (found: ReturnType<typeof plan>) => found.problems.map(one => one.kind);

describe('closures', () => {
  // 1: gen_1 is there, gen_2 depends on it and is missing, 2a and 2b depend on gen_2 and only 2b is there.
  const chain: Fleet = {
    m: { gen_1: {}, gen_2: { deps: ['gen_1'] }, gen_2a: { deps: ['gen_2'] }, gen_2b: { deps: ['gen_2'] } },
  };
  const stored = everything(chain, 'per-machine/m/gen_2/', 'per-machine/m/gen_2a/');

  it.each([
    ['gen_1', ['gen_1', 'gen_2', 'gen_2a', 'gen_2b']],
    ['gen_2', ['gen_2', 'gen_2a', 'gen_2b']],
    ['gen_2a', ['gen_2', 'gen_2a', 'gen_2b']],
    ['gen_2b', ['gen_2', 'gen_2a', 'gen_2b']],
  ])('case 1: asking for %s', (generator, expected) => {
    expect(names(plan(chain, stored, { generators: [generator] }))).toEqual(expected);
  });

  it('case 1: all that is missing, with what depends on it', () => {
    expect(steps(plan(chain, stored))).toEqual([
      'per-machine/m/gen_2: missing',
      'per-machine/m/gen_2a: missing',
      'per-machine/m/gen_2b: dependent',
    ]);
  });

  it('case 2: a missing shared one concerns its dependents on every machine', () => {
    const shared = { share: true };
    const fleet: Fleet = { m1: { s: shared, g1: { deps: ['s'] } }, m2: { s: shared, g2: { deps: ['s'] } } };
    const expected = ['shared/s: missing', 'per-machine/m1/g1: dependent', 'per-machine/m2/g2: dependent'];
    for (const machines of [[], ['m1'], ['m2']])
      expect(steps(plan(fleet, everything(fleet, 'shared/'), { machines }))).toEqual(expected);
  });

  it('case 10: regenerating a shared one changes what depends on it and nothing else', () => {
    const fleet: Fleet = { m: { shared: { share: true }, dependent: { deps: ['shared'] }, other: {} } };
    const request = { generators: ['shared'], regenerate: true };
    expect(steps(plan(fleet, 'all', request))).toEqual([
      'shared/shared: requested',
      'per-machine/m/dependent: dependent',
    ]);
    expect(names(plan(fleet, [], { generators: ['shared'] }))).toEqual(['shared', 'dependent']);
  });

  it('asking for a generator runs it although it is there, but not what it depends on', () => {
    const fleet: Fleet = { m: { a: {}, b: { deps: ['a'] } } };
    expect(names(plan(fleet, 'all', { generators: ['b'] }))).toEqual(['b']);
    expect(names(plan(fleet, 'all'))).toEqual([]);
    expect(names(plan(fleet, 'all', { regenerate: true }))).toEqual(['a', 'b']);
  });

  it('case 23: a shared one runs once for all machines', () => {
    const fleet: Fleet = { m1: { s: { share: true } }, m2: { s: { share: true } }, empty: {} };
    const { steps: planned } = plan(fleet, []);
    expect(planned.map(step => step.generator.machines)).toEqual([['m1', 'm2']]);
  });

  it('cases 24 and 25: a machine that joins later regenerates nothing that is shared', () => {
    const fleet: Fleet = { m1: { s: { share: true } }, later: { s: { share: true } } };
    expect(names(plan(fleet, everything({ m1: { s: { share: true } } }), { machines: ['later'] }))).toEqual(
      [],
    );
  });

  it('case 26: what becomes shared is missing in its new place', () => {
    const before: Fleet = { m: { g: {} } };
    expect(steps(plan({ m: { g: { share: true } } }, everything(before)))).toEqual(['shared/g: missing']);
  });

  it('case 34: a shared one may depend on a shared one that another of its machines declares', () => {
    const fleet: Fleet = {
      controller: { network: { share: true, deps: ['identity'] }, identity: { share: true } },
      peer: { network: { share: true, deps: ['identity'] } },
    };
    expect(plan(fleet, []).problems).toEqual([]);
    const fresh = plan(fleet, [], { machines: ['peer'] });
    expect(names(fresh)).toEqual(['identity', 'network']);
    expect(fresh.problems).toEqual([]);
    const peer = plan(fleet, everything(fleet, 'shared/network'), { machines: ['peer'] });
    expect(names(peer)).toEqual(['network']);
    expect(peer.problems).toEqual([]);
  });

  describe('a mesh of which nothing is there', () => {
    const machine = {
      ca: { share: true },
      net: { share: true },
      key: { deps: ['ca'] },
      address: { deps: ['key', 'net'] },
    };
    const fleet: Fleet = { m1: machine, m2: machine };
    const asked = (stored: Parameters<typeof plan>[1], request: Parameters<typeof plan>[2]) => {
      const found = plan(fleet, stored, request);
      expect(found.problems).toEqual([]);
      return found.steps.map(step => step.generator.key);
    };

    it('what is asked for runs with what it needs, and leaves dependents that need more', () => {
      expect(asked([], { machines: ['m1'], generators: ['key'] })).toEqual([
        'shared/ca',
        'per-machine/m1/key',
        'per-machine/m2/key',
      ]);
      expect(asked([], { machines: ['m1'], generators: ['address'] })).toEqual([
        'shared/ca',
        'shared/net',
        'per-machine/m1/key',
        'per-machine/m2/key',
        'per-machine/m1/address',
        'per-machine/m2/address',
      ]);
    });

    it('a machine runs without dependents that need more than the run makes', () => {
      const other: Fleet = { m1: { net: machine.net }, m2: machine };
      expect(asked([], { generators: ['net'] }).slice(0, 1)).toEqual(['shared/net']);
      const found = plan(other, [], { machines: ['m1'] });
      expect([steps(found), found.problems]).toEqual([['shared/net: missing'], []]);
    });

    it('a dependent that is there runs, with what it needs and is missing', () => {
      const stored = everything(fleet, 'shared/net', 'per-machine/m2/address/');
      expect(asked(stored, { machines: ['m1'], generators: ['key'] })).toEqual([
        'shared/net',
        'per-machine/m1/key',
        'per-machine/m1/address',
        'per-machine/m2/address',
      ]);
    });

    it('making anew asks for no more than before', () => {
      const request = { machines: ['m1'], generators: ['key'], regenerate: true };
      expect(asked([], request)).toEqual(['shared/ca', 'per-machine/m1/key', 'per-machine/m2/key']);
      expect(asked('all', request)).toEqual(['per-machine/m1/key', 'per-machine/m1/address']);
    });
  });

  it('levels come one after the other, sorted by machine and name', () => {
    const fleet: Fleet = {
      b: { z: {}, a: { deps: ['z'] } },
      a: { y: {}, s: { share: true }, x: { deps: ['s'] } },
    };
    expect(plan(fleet, []).steps.map(step => step.generator.key)).toEqual([
      'shared/s',
      'per-machine/a/y',
      'per-machine/b/z',
      'per-machine/a/x',
      'per-machine/b/a',
    ]);
  });
});

describe('what makes a generator incomplete', () => {
  it('a file that is missing: all its files are made anew', () => {
    const fleet: Fleet = { m: { key: { files: ['private', 'public!'] } } };
    const [step] = plan(fleet, ['per-machine/m/key/private']).steps;
    expect([step?.reason, step?.missing, step?.overwrites]).toEqual(['missing', ['public'], ['private']]);
  });

  it('case 43: a file that became public, or secret', () => {
    expect(steps(plan({ m: { g: { files: ['value!'] } } }, ['per-machine/m/g/value']))).toHaveLength(1);
    expect(steps(plan({ m: { g: { files: ['value'] } } }, ['per-machine/m/g/value!']))).toHaveLength(1);
  });

  it.each([
    ['the same hash', 'a', 'a', 0],
    ['another hash', 'a', 'b', 1],
    ['a hash where there was none', undefined, 'a', 1],
    ['none where there was one', 'a', undefined, 1],
    ['none as before', undefined, undefined, 0],
  ])('case 51: %s', (_, before, after, count) => {
    const sketch = (hash: string | undefined): Fleet => ({ m: { g: hash === undefined ? {} : { hash } } });
    const planned = plan(sketch(after), everything(sketch(before)));
    expect(steps(planned)).toEqual(Array(count).fill('per-machine/m/g: outdated'));
  });

  it('nothing, where it has no files: it is never run, and passes a change on', () => {
    const fleet: Fleet = { m: { a: {}, none: { files: [], deps: ['a'], hash: 'x' }, z: { deps: ['none'] } } };
    expect(names(plan(fleet, 'all', { generators: ['none'] }))).toEqual(['z']);
    expect(names(plan(fleet, everything(fleet, 'per-machine/m/a/')))).toEqual(['a', 'z']);
  });
});

describe('problems, before anything runs', () => {
  it('case 38: a dependency that is not there', () => {
    const found = plan({ m: { a: { deps: ['b'] } } }, []);
    expect(messages(found)).toEqual([
      'Generator "a" (machine m) depends on "b", but "b" was not found. Define it on m.',
    ]);
  });

  it('a shared dependency that the machine itself does not declare', () => {
    const found = plan({ m: { a: { deps: ['b'] } }, n: { b: { share: true } } }, []);
    expect(messages(found)).toEqual([
      'Generator "a" (machine m) depends on "b", but "b" was not found. It is shared and defined on n only: define it on m too.',
    ]);
  });

  it('case 41: a cycle, and a generator that depends on itself', () => {
    const cycle = plan(
      { m: { a: { deps: ['b'] }, b: { deps: ['c'] }, c: { deps: ['a'] }, d: { deps: ['a'] } } },
      [],
    );
    expect(messages(cycle)).toEqual(['Generators depend on each other in a cycle: a → b → c → a.']);
    expect(cycle.steps).toEqual([]);
    expect(messages(plan({ m: { a: { deps: ['a'] } } }, []))).toEqual(['Generator "a" depends on itself.']);
  });

  it('case 42: a shared one that depends on a per-machine one', () => {
    const found = plan({ m: { s: { share: true, deps: ['own'] }, own: {} } }, []);
    expect(kinds(found)).toEqual(['shared-on-per-machine']);
    expect(plan({ m: { own: { deps: ['s'] }, s: { share: true } } }, []).problems).toEqual([]);
  });

  it.each([
    ['files', { files: ['value', 'more'] }],
    ['files', { deploy: false }],
    ['prompts', { prompts: [{ name: 'p' }] }],
    ['dependencies', { deps: ['other'] }],
    ['validation', { hash: 'x' }],
  ])('case 44: machines that do not agree on the %s of a shared one', (part, sketch) => {
    const other = { share: true };
    const found = plan({ m: { other, s: { share: true } }, n: { other, s: { share: true, ...sketch } } }, []);
    expect(messages(found)).toEqual([
      `Machines m and n define the shared generator "s" differently (they differ in: ${part}). A shared generator runs once for all, so they must agree.`,
    ]);
  });

  it('a part that is unknown does not differ', () => {
    const unknown = [{ part: 'files' as const, expression: 'cfg.files' }];
    const found = plan({ m: { s: { share: true } }, n: { s: { share: true, files: [], unknown } } }, 'all');
    expect(found.problems).toEqual([]);
  });

  it('a generator that is shared here and per machine there: storing one would delete the other', () => {
    const found = plan({ m: { g: { share: true } }, n: { g: {} } }, []);
    expect(kinds(found)).toEqual(['mixed-share']);
  });

  it('none, where a value is missing that another machine declares: it is made along', () => {
    const fleet: Fleet = {
      m: { a: { share: true, deps: ['b'] } },
      n: { a: { share: true, deps: ['b'] }, b: { share: true } },
    };
    const found = plan(fleet, [], { machines: ['m'] });
    expect([names(found), messages(found)]).toEqual([['b', 'a'], []]);
    expect(messages(plan(fleet, [], { machines: ['m'], generators: ['a'] }))).toEqual([]);
  });

  it('what only Nix can tell of a generator that runs', () => {
    const unknown = [{ part: 'script' as const, expression: 'cfg.script' }];
    expect(messages(plan({ m: { g: { unknown } } }, []))).toEqual([
      'Generator "g" (machine m) needs Nix: its script cannot be determined by reading: cfg.script.',
    ]);
    expect(plan({ m: { g: { unknown } } }, 'all').problems).toEqual([]);
  });

  it('names that do not exist', () => {
    const found = plan({ m: { g: {} } }, 'all', { machines: ['n'], generators: ['h'] });
    expect(messages(found)).toEqual(['There is no machine "n".', 'There is no generator "h" on n.']);
  });
});

describe('notes', () => {
  it('a complete generator whose validation only Nix can tell is left as it is', () => {
    const unknown = [{ part: 'validation' as const, expression: 'config.networking.domain' }];
    const found = plan({ m: { g: { unknown } } }, ['per-machine/m/g/value', 'per-machine/m/g#abc']);
    expect(found.steps).toEqual([]);
    expect(found.notes.map(note => note.message)).toEqual([
      'Whether generator "g" (machine m) is complete cannot be determined without Nix: validation = config.networking.domain. It is left unchanged.',
    ]);
  });

  it('generators without known names are left out, and said so', () => {
    const uncertain = [
      { name: null, machines: ['m'], expression: 'mapAttrs mk cfg.users', isFromClan: false },
    ];
    const found = plan({ m: {} }, [], { generators: ['user-a'] }, { uncertain });
    expect(found.notes.map(note => note.message)).toEqual([
      'The names of these generators cannot be determined without Nix; they are left out: mapAttrs mk cfg.users.',
    ]);
    expect(messages(found)[0]).toContain('as far as can be determined without Nix');
  });

  it('generators of which it is not known who has them are left out, and cannot be asked for', () => {
    const uncertain = [{ name: 'tls', machines: null, expression: 'tls', isFromClan: false }];
    const found = plan({ m: {} }, [], { generators: ['tls'] }, { uncertain });
    expect(found.notes.map(note => note.message)).toEqual([
      'Which machines have these generators cannot be determined without Nix; they are left out: tls.',
    ]);
    expect(messages(found)).toEqual([
      'Generator "tls" needs Nix: which machines have it cannot be determined by reading.',
    ]);
  });

  it('those of clan-core itself are left out, and cannot be asked for', () => {
    const uncertain = [{ name: 'openssh', machines: ['m'], expression: 'sshd', isFromClan: true }];
    const found = plan({ m: {} }, [], { generators: ['openssh'] }, { uncertain });
    expect(found.notes.map(note => note.message)).toEqual([
      "Generators of clan-core's own services need Nix and are left out: openssh.",
    ]);
    expect(messages(found)).toEqual([
      'Generator "openssh" is one of clan-core\'s own and needs Nix: use "clan vars generate" for it.',
    ]);
  });

  it('what needs Nix is left out on request, with what depends on it', () => {
    const unknown = [{ part: 'script' as const, expression: 'cfg.script' }];
    const fleet = { m: { a: { unknown }, b: { deps: ['a'] }, c: {} } };
    const found = plan(fleet, [], { skipUnknown: true });
    expect([names(found), found.problems]).toEqual([['c'], []]);
    expect(found.notes.map(note => note.message)).toEqual([
      'Generator "a" (machine m) is left out: it needs Nix: its script cannot be determined by reading: cfg.script.',
      'Generator "b" (machine m) is left out: it depends on a generator that needs Nix.',
    ]);
  });
});

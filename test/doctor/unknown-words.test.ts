// What cannot be told of a fleet is told in whole sentences.
import { expect, test } from 'vitest';
import { bySentence, followsFrom, unknownText } from '../../server/src/doctor/unknown-words.ts';

test('a text says what cannot be told, why, what follows, and what to do', () => {
  const unknown = { what: 'imports', reason: 'it depends on the argument `nodes`' } as const;
  expect(unknownText(unknown)).toBe(
    'Which modules are imported here cannot be determined without Nix: it depends on the argument `nodes`. Machines with this module may have more generators than are listed: undeclared generators and unused stored files are not reported for them. Import modules by literal paths, and use `lib.mkIf` inside them for what depends on the configuration.',
  );
});

test.each([
  ...['generators', 'secrets', 'imports', 'foreign', 'machines'],
  ...['instances', 'file', 'unread', 'module', 'effort'],
] as const)('%s: sentences that begin with a capital and end with a full stop', what => {
  expect(followsFrom([what])).toMatch(/^[A-Z][^.]+\. .*\.$/);
});

test('places with the same to be said of them stand together, the most first', () => {
  const one = { what: 'machines', reason: 'there may be more machines' } as const;
  const two = { what: 'effort', reason: 'evaluation nests too deeply' } as const;
  expect(bySentence([one, two, two]).map(([, places]) => places.length)).toEqual([2, 1]);
});

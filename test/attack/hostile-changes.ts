/** Random changes of files, with splinters that parsers stumble over. */
import type { Chance } from './ledger.ts';

const PLACES = [
  '\0',
  '"',
  '{',
  '[',
  ']',
  '}',
  '..',
  '/',
  '\\',
  '😀',
  '\ud800',
  '\x1b',
  '99999999999',
  '-1',
  'null',
  '${',
  '*',
  '\n',
  '\ufeff',
];

/** A file of the repository, changed in some place. */
export function changed(bytes: Buffer, luck: Chance): Buffer {
  const at = luck.below(bytes.length + 1);
  const splinter = Buffer.from(luck.pick(PLACES).repeat(luck.below(20) === 0 ? 2000 : 1));
  switch (luck.below(5)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), splinter, bytes.subarray(at)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + luck.below(40))]);
    case 3: {
      const copy = Buffer.from(bytes);
      if (copy.length > 0) copy[at % copy.length] = luck.below(256);
      return copy;
    }
    default:
      return Buffer.concat([bytes.subarray(0, at), splinter, bytes.subarray(luck.below(bytes.length + 1))]);
  }
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { createParser } from '../../server/src/nix/parse/parse.ts';
import { printExpr } from './support-print.ts';

const parser = await createParser();

interface Case {
  readonly title: string;
  readonly source: string;
  readonly tree: string;
  /** `` `text` message `` for each error. */
  readonly errors: readonly string[];
}

/** Cases as `=== title`, source, `---`, the printed tree and a line `! …` for each error. */
function corpus(name: string): Case[] {
  const text = readFileSync(join(import.meta.dirname, 'corpus', name), 'utf8');
  return text
    .split(/^=== /m)
    .slice(1)
    .map(part => {
      const [head = '', answer = ''] = part.split('\n---\n');
      const newline = head.indexOf('\n');
      const lines = answer.trim().split('\n');
      return {
        title: head.slice(0, newline),
        source: head.slice(newline + 1),
        tree: lines[0] ?? '',
        errors: lines.slice(1).map(line => line.replace(/^! /, '')),
      };
    });
}

function read(source: string): { tree: string; errors: string[] } {
  const { root, errors } = parser.parse(source);
  return {
    tree: printExpr(root),
    errors: errors.map(error => `\`${source.slice(error.start, error.end)}\` ${error.message}`),
  };
}

describe('valid Nix', () => {
  for (const { title, source, tree } of corpus('valid.txt')) {
    it(title, () => expect(read(source)).toEqual({ tree, errors: [] }));
  }
});

describe('broken Nix keeps its neighbours', () => {
  for (const { title, source, tree, errors } of corpus('broken.txt')) {
    it(title, () => expect(read(source)).toEqual({ tree, errors }));
  }
});

test('the committed grammar is the one its checksums were taken of', () => {
  const folder = join(import.meta.dirname, '../../server/grammar');
  const sums = readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trim().split('\n');
  const found = sums.map(line => {
    const [, name = ''] = line.split(/\s+/);
    const sum = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
    return `${sum}  ${name}`;
  });
  expect(found).toEqual(sums);
  expect(found).toHaveLength(2);
});

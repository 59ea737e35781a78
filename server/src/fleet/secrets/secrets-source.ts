/**
 * Finds the encrypted file that a value refers to: a path, a text made from one, or a pattern or guess if it is not
 * fully known.
 */

import { readText } from '../../modules/read.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { folderOf, joinPath, stringAsPath } from '../../nix/eval/paths.ts';
import type { StringValue, UnknownValue, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import type { SecretSource } from '../model/secrets.ts';

export function sourceOf(cx: Evaluation, value: Value, at: Place): SecretSource {
  const source = (parts: Partial<SecretSource>): SecretSource => ({
    at,
    path: null,
    pattern: null,
    guess: null,
    ...parts,
  });
  switch (value.kind) {
    case 'path':
      return source({ path: inside(value.text) });
    case 'attrs': {
      const path = value.entries.get('outPath') ?? value.entries.get('path');
      return path === undefined ? source({}) : sourceOf(cx, cx.force(path.value), at);
    }
    case 'string': {
      const path = stringAsPath(value);
      return path !== null ? source({ path: inside(path.text) }) : source(fromPieces(value));
    }
    case 'unknown': {
      const flakePath = inFlakeItself(value);
      if (flakePath !== null) return source({ path: inside(flakePath) });
      return source({ pattern: patternOf(value), guess: guessOf(cx, value) });
    }
    default:
      return source({});
  }
}

/**
 * Reads a text that begins with a path: `"${./.}/hosts/${name}/a.yaml"` gives a pattern if the folder is known,
 * `"${root}/a.yaml"` a guess if it is unknown.
 */
function fromPieces({ pieces }: StringValue): Partial<SecretSource> {
  const [first, ...rest] = pieces;
  if (first === undefined || !('hole' in first)) return {};
  const base = first.hole.key.startsWith('path:') ? first.hole.candidates?.[0] : undefined;
  const tail = rest.map(piece => ('hole' in piece ? '*' : piece.text)).join('');
  if (base !== undefined && base.kind === 'path') return { pattern: inside(joinPath('', base.text + tail)) };
  return rest.some(piece => 'hole' in piece) ? {} : { guess: joinPath('', tail) };
}

/** Returns the pattern of a path literal with holes, which the evaluator knows only to be a path. */
function patternOf({ origin }: UnknownValue): string | null {
  if (origin === null) return null;
  const written = origin.file.text.slice(origin.start, origin.end);
  if (!/^\.{1,2}\/(?:[\w.+/-]|\$\{[^{}]*\})+$/.test(written) || !written.includes('${')) return null;
  return joinPath(folderOf(origin.file.path), written.replace(/\$\{[^{}]*\}/g, '*'));
}

/**
 * Returns the path in `flake.inputs.self + "/secrets/a.yaml"` with an unknown argument `flake`: `inputs.self` of any
 * argument is the flake that passes it.
 */
function inFlakeItself({ origin }: UnknownValue): string | null {
  if (origin === null) return null;
  const written = origin.file.text.slice(origin.start, origin.end);
  const tail = /^(?!inputs\.)[\w'-]+\.inputs\.self\s*\+\s*"(\/[^"$\\]+)"$/.exec(written)?.[1];
  return tail === undefined ? null : joinPath('', tail);
}

/** Returns the path in `inputs.self + "/secrets/a.yaml"` or `fromRoot "secrets/a.yaml"`, if the base is unknown. */
function guessOf(cx: Evaluation, value: UnknownValue): string | null {
  if (value.term?.kind === 'apply') {
    const text = readText(cx, value.term.arg);
    return text === null ? null : joinPath('', text);
  }
  if (value.origin === null) return null;
  const written = value.origin.file.text.slice(value.origin.start, value.origin.end);
  const tail = /^[\w.'-]+\s*\+\s*"(\/[^"$\\]+)"$/.exec(written)?.[1];
  return tail === undefined ? null : joinPath('', tail);
}

/** Returns null for a path outside of the workspace. */
function inside(text: string | null): string | null {
  return text === null || text.startsWith('/') ? null : text;
}

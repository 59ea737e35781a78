/**
 * Which encrypted file a value names: a path, a text made from one, or at least what can be told of it.
 */

import { readText } from '../../modules/read.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { folderOf, joinPath, stringAsPath } from '../../nix/eval/paths.ts';
import type { StringValue, UnknownValue, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import type { SecretSource } from '../model/secrets.ts';

export function sourceOf(cx: Evaluation, value: Value, at: Place): SecretSource {
  const source = (known: Partial<SecretSource>): SecretSource => ({
    at,
    path: null,
    pattern: null,
    guess: null,
    ...known,
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
      const own = inFlakeItself(value);
      if (own !== null) return source({ path: inside(own) });
      return source({ pattern: patternOf(value), guess: guessOf(cx, value) });
    }
    default:
      return source({});
  }
}

/** `"${./.}/hosts/${name}/a.yaml"`: from a folder that is known; `"${root}/a.yaml"`: from one that is not. */
function fromPieces({ pieces }: StringValue): Partial<SecretSource> {
  const [first, ...rest] = pieces;
  if (first === undefined || !('hole' in first)) return {};
  const base = first.hole.key.startsWith('path:') ? first.hole.candidates?.[0] : undefined;
  const tail = rest.map(piece => ('hole' in piece ? '*' : piece.text)).join('');
  if (base !== undefined && base.kind === 'path') return { pattern: inside(joinPath('', base.text + tail)) };
  return rest.some(piece => 'hole' in piece) ? {} : { guess: joinPath('', tail) };
}

/** Returns the pattern of a path literal with holes: the evaluator knows only that it is a path. */
function patternOf({ origin }: UnknownValue): string | null {
  if (origin === null) return null;
  const written = origin.file.text.slice(origin.start, origin.end);
  if (!/^\.{1,2}\/(?:[\w.+/-]|\$\{[^{}]*\})+$/.test(written) || !written.includes('${')) return null;
  return joinPath(folderOf(origin.file.path), written.replace(/\$\{[^{}]*\}/g, '*'));
}

/**
 * Returns the path of `flake.inputs.self + "/secrets/a.yaml"`, where nothing is known of the argument `flake`: whatever else it
 * is, `inputs.self` of an argument is the flake that hands it on.
 */
function inFlakeItself({ origin }: UnknownValue): string | null {
  if (origin === null) return null;
  const written = origin.file.text.slice(origin.start, origin.end);
  const tail = /^(?!inputs\.)[\w'-]+\.inputs\.self\s*\+\s*"(\/[^"$\\]+)"$/.exec(written)?.[1];
  return tail === undefined ? null : joinPath('', tail);
}

/** `inputs.self + "/secrets/a.yaml"`, `fromRoot "secrets/a.yaml"`, where neither is known. */
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

/** Null for what lies outside the workspace. */
function inside(text: string | null): string | null {
  return text === null || text.startsWith('/') ? null : text;
}

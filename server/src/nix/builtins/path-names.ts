import { failure, string, unknown } from '../eval/construct.ts';
import { stringAsPath } from '../eval/paths.ts';
import type { BuiltinContext, Lazy, Origin, Value } from '../eval/value.ts';
import { coercedText, holeIn, stop } from './arguments.ts';
import { because, type Result } from './define.ts';
import { knownTail } from './text.ts';

/** Returns the last name of a path as a string. */
export function baseNameOf(cx: BuiltinContext, lazy: Lazy, at: Origin | null): Result {
  const path = cx.resolve(lazy);
  if (path.kind === 'path') {
    if (path.text === '') return because(unknown('the name of the workspace folder', 'baseNameOf', at));
    return string(path.text.slice(path.text.lastIndexOf('/') + 1), at);
  }
  const value = cx.toText(path, false, at);
  if (value.kind !== 'string') return stop(value);
  const inside = stringAsPath(value);
  if (inside !== null && inside.text !== '') return baseNameOf(cx, inside, at);
  const tail = knownTail(value);
  const last = tail.length > 1 && tail.endsWith('/') ? tail.length - 1 : tail.length;
  const slash = tail.lastIndexOf('/', last - 1);
  if (value.text === null && (slash < 0 || tail === '/')) return because(holeIn(value));
  return string(tail === '/' ? '' : tail.slice(slash + 1, last), at);
}

export function dirOf(cx: BuiltinContext, lazy: Lazy, at: Origin | null): Result {
  const pathValue = cx.resolve(lazy);
  if (pathValue.kind === 'path') {
    const slash = pathValue.text.lastIndexOf('/');
    if (pathValue.text === '') return because(unknown('a path outside the workspace', 'dirOf', at));
    return { ...pathValue, text: slash < 0 ? '' : pathValue.text.slice(0, slash) || '/', origin: at };
  }
  const value = coercedText(cx, pathValue, at);
  if (value.kind !== 'string') return stop(value);
  const slash = value.text.lastIndexOf('/');
  return string(slash < 0 ? '.' : value.text.slice(0, slash) || '/', at);
}

export function toPath(cx: BuiltinContext, lazy: Lazy, at: Origin | null): Value | Result {
  const value = cx.toText(lazy, true, at);
  if (value.kind !== 'string') return stop(value);
  if (value.text === null) return value;
  if (!value.text.startsWith('/'))
    return failure('other', `string '${value.text}' doesn't represent an absolute path`, at);
  const names: string[] = [];
  for (const name of value.text.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return string(`/${names.join('/')}`, at);
}

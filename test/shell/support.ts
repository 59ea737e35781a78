/**
 * Scripts in, facts out: what the tests of the Bash room share.
 */
import { followScript } from '../../server/src/shell/flow/flow.ts';
import type { Flow, FlowOptions } from '../../server/src/shell/flow/flow-facts.ts';
import type { ShellPath } from '../../server/src/shell/flow/values.ts';
import { parseScript } from '../../server/src/shell/parse/parse.ts';
import type { ShellTree } from '../../server/src/shell/syntax.ts';

export const OPTIONS: FlowOptions = {
  directories: ['in', 'out', 'prompts'],
  outputs: ['out'],
  environment: ['HOME', 'TMPDIR'],
  errexit: true,
  pipefail: true,
};

/** A script with `«…»` around its holes. */
export function scriptOf(marked: string): {
  text: string;
  holes: readonly { start: number; end: number }[];
} {
  const holes: { start: number; end: number }[] = [];
  let text = '';
  for (const piece of marked.split(/(«[^»]*»)/)) {
    const hole = piece.startsWith('«');
    const shown = hole ? `\${${piece.slice(1, -1)}}` : piece;
    if (hole) holes.push({ start: text.length, end: text.length + shown.length });
    text += shown;
  }
  return { text, holes };
}

export function parse(marked: string): ShellTree {
  return parseScript(scriptOf(marked));
}

export function follow(marked: string, options: FlowOptions = OPTIONS): Flow {
  return followScript(parse(marked), options);
}

export function showPath(path: ShellPath): string {
  const root = path.root === 'variable' ? `$${path.variable}` : path.root === 'absolute' ? '' : path.root;
  return path.rest === '' ? root : `${root}/${path.rest ?? '…'}`;
}

/** `!` certain, `?` not; `-` gone again. */
export function writes(flow: Flow): string[] {
  return flow.writes.map(one => {
    const fate = one.fate === 'kept' ? '' : one.fate === 'removed' ? '-' : '~';
    return `${showPath(one.path)}${one.certain ? '!' : '?'}${fate}`;
  });
}

export function reads(flow: Flow): string[] {
  return flow.reads.map(one => `${showPath(one.path)}:${one.how}${one.certain ? '' : '?'}`);
}

export function commands(flow: Flow): string[] {
  return flow.commands.map(one => `${one.name ?? `<${one.word}>`}${one.certain ? '' : '?'}`);
}

export function opaque(flow: Flow): string[] {
  return flow.opaque.map(one => `${one.reason}${one.path === null ? '' : ` ${showPath(one.path)}`}`);
}

/** Names of files that are in `$out` after every run that ends well. */
export function written(flow: Flow): string[] {
  return [...flow.written]
    .filter(key => key.startsWith('variable:out:') && key !== 'variable:out:')
    .map(key => key.slice('variable:out:'.length));
}

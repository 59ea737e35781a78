/**
 * Parses what Nix writes to standard error when an evaluation fails: the message, and the frames of the trace in the fleet's own
 * files. The cause is last, but often in nixpkgs, so the finding's place is the innermost frame in the fleet.
 * Format: nix 2.18 to 2.26, `showErrorInfo` in src/libutil/error.cc.
 */

import type { NixFailure, NixFailureKind } from '../fleet/model/nix-answer.ts';
import type { SourcePosition } from '../nix/positions.ts';
import { uniqueBy } from '../std.ts';
import type { OwnPath } from './reply.ts';

type Frame = NixFailure['frames'][number];

const MAX_MESSAGE = 600;
const MAX_FRAMES = 12;
/** Suggestions are the last line, behind the lines around the error. */
const MAX_LINES_BEHIND = 12;
/** The number of characters at the end of a trace that are read. */
const TAIL = 4 * 1024 * 1024;

/** Matches a position in a trace: `at /nix/store/…-source/flake.nix:3:5:`. */
const AT = /^\s*at (.+?):(\d+):(\d+):?$/;
/** Matches a path in a message of the module system: "In `/nix/store/…/x.nix'", "definitions from `…', via option …". */
const NAMED =
  /[`'"\u2018\u201c]((?:\/|\u00ab)[^`'"\u2019\u201d\n]+?\.nix)(?::(\d+):(\d+))?['"\u2019\u201d,]/g;

const LIMITS: Readonly<Record<Exclude<NixFailureKind, 'error'>, string>> = {
  timeout: 'Nix did not answer in time and was stopped.',
  memory: 'Nix exceeded its memory limit and was stopped.',
  output: 'Nix printed more output than is plausible for a fleet, so it was ignored.',
  garbage: 'Nix did not print a valid answer.',
  cancelled: 'Nix was stopped.',
};

/**
 * Returns the failure.
 * @param stderr the output of Nix
 */
export function failureOf(kind: NixFailureKind, stderr: string, ownPath: OwnPath): NixFailure {
  const frames = framesIn(stderr.slice(-TAIL), ownPath);
  const message = kind === 'error' ? messageIn(stderr.slice(-TAIL)) : LIMITS[kind];
  const named = kind === 'error' ? positionsIn(message, ownPath)[0] : undefined;
  const [innermost] = frames;
  const at = named ?? (innermost && { file: innermost.file, line: innermost.line, column: innermost.column });
  const suggestions = kind === 'error' ? suggestionsIn(stderr.slice(-TAIL)) : [];
  const input = kind === 'error' ? inputIn(stderr.slice(-TAIL)) : null;
  return {
    ...{ kind, message: readable(message, ownPath), at: at ?? null, frames },
    ...(suggestions.length === 0 ? {} : { suggestions }),
    ...(input === null ? {} : { input }),
  };
}

/** Returns the input of the flake that Nix was at: `… while updating the flake input 'x'`, `… while fetching the input 'path:…'`. */
function inputIn(stderr: string): string | null {
  const text = plain(stderr);
  const named =
    /unlocked flake input '([^']+)'/.exec(text) ??
    /while (?:updating|locking) the flake input '([^']+)'/.exec(text);
  return named?.[1] ?? /while (?:fetching|updating) the (?:flake )?input '([^']+)'/.exec(text)?.[1] ?? null;
}

/** Returns the names in `Did you mean one of pkgs, lib or self?` at the end, and in the same of nixpkgs: "`a.b', `a.c' or `a.d'". */
function suggestionsIn(stderr: string): readonly string[] {
  const last = plain(stderr).trimEnd().split('\n').slice(-MAX_LINES_BEHIND).join('\n');
  const names = /^\s*Did you mean (?:one of )?(.+)\?$/m.exec(last)?.[1];
  return names === undefined ? [] : names.split(/, | or /).map(name => name.replace(/^[`'"]|['"]$/g, ''));
}

/** Returns the last message after `error:`, up to its position or the next frame. */
function messageIn(stderr: string): string {
  const lines = plain(stderr).split('\n');
  const last = lines.findLastIndex(line => /^\s*error:\s*\S/.test(line));
  if (last < 0)
    return (
      lines
        .filter(line => line.trim() !== '')
        .at(-1)
        ?.trim() ?? 'Nix did not say why.'
    );
  const first = (lines[last] as string).replace(/^\s*error:\s*/, '');
  const rest = lines.slice(last + 1);
  const end = rest.findIndex(line => AT.test(line) || /^\s*\d+\|/.test(line) || /^\s*\u2026 /.test(line));
  return [first, ...(end < 0 ? rest : rest.slice(0, end))].join('\n').trim();
}

/** Returns the frames in the fleet's files, innermost first. */
function framesIn(stderr: string, ownPath: OwnPath): readonly Frame[] {
  const frames: Frame[] = [];
  let about = '';
  for (const line of plain(stderr).split('\n')) {
    const what = /^\s*(?:\u2026 |error:\s*)(.+)$/.exec(line)?.[1];
    if (what !== undefined) about = what;
    const at = AT.exec(line);
    const file = at && ownPath(at[1] as string);
    if (at && file) frames.push({ ...position(file, at[2], at[3]), message: readable(about, ownPath) });
    if (what !== undefined)
      for (const named of positionsIn(what, ownPath))
        frames.push({ ...named, message: readable(what, ownPath) });
  }
  return uniqueBy(frames.reverse(), ({ file, line }) => `${file}:${line}`).slice(0, MAX_FRAMES);
}

/** Returns the positions in the fleet's files that a message names; without a line, the beginning of the file. */
function positionsIn(message: string, ownPath: OwnPath): readonly SourcePosition[] {
  return [...message.matchAll(NAMED)].flatMap(([, path = '', line, column]) => {
    const file = ownPath(path);
    return file === null ? [] : [position(file, line, column)];
  });
}

function position(file: string, line = '1', column = '1'): SourcePosition {
  return { file, line: Number(line), column: Number(column) };
}

/** Returns a message on one line, with paths of the fleet relative to its root and others without store hashes. */
function readable(message: string, ownPath: OwnPath): string {
  return message
    .replace(/(?:\/|\u00ab)[^\s`'"\u2018\u2019\u201c\u201d:]+/g, path => ownPath(path) ?? withoutStore(path))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_MESSAGE);
}

/** Turns `/nix/store/<hash>-source/lib/x.nix` into `<source>/lib/x.nix`. */
function withoutStore(path: string): string {
  return path.replace(/^.*\/[0-9a-df-np-sv-z]{32}-([^/]+)/, '<$1>');
}

/** Removes colours. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}

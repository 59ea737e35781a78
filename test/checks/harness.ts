/**
 * Runs rules over small workspaces whose text says what is to be found. A test judges the rules that it is about and no
 * others: `const { expectMarked, expectSilent } = judging('registry/unknown-key');`
 *
 * A comment `# ^^^ rule-id: part of the message` marks the range above its carets, in the last line above it that is
 * not such a comment. `# ^^> rule-id` marks a range that goes on in further lines. In text, `#- path` begins a file.
 */
import { expect } from 'vitest';
import { runRules } from '../../server/src/checks/engine/run.ts';
import { PIPELINE } from '../../server/src/checks/examples/pipeline-examples.ts';
import { createMemory } from '../../server/src/checks/memory/memory.ts';
import type { CheckFiles, Example, Finding, Fix, Rule } from '../../server/src/checks/rule.ts';
import { ruleById, rules } from '../../server/src/checks/rules/index.ts';
import type { TextEdit } from '../../server/src/edits/text-edit.ts';
import { createFleetBuilder, type FleetFiles } from '../../server/src/fleet/assembly/builder.ts';
import type { SourceFile } from '../../server/src/nix/source.ts';
import { joinedFleet } from '../../server/src/witness/join.ts';
import {
  type Checked,
  check,
  checkFiles,
  defaults,
  rethrow,
  type Texts,
  usualFiles,
  type World,
} from './small-workspace.ts';

export * from './small-workspace.ts';

/** A finding that a comment asks for. Offsets as in `Place`; `end` is null for a range of several lines. */
export interface Mark {
  readonly file: string;
  readonly start: number;
  readonly end: number | null;
  readonly rule: string;
  readonly message: string;
}

/** Files from one text: each begins at a line `#- path`. */
export function filesIn(text: string): Texts {
  const files: Record<string, string> = {};
  for (const part of text.split(/^#- /m).slice(1)) {
    const end = part.indexOf('\n');
    files[part.slice(0, end).trim()] = part.slice(end + 1);
  }
  return files;
}

/** Tries over some rules; each of them takes further files of a test by `World`. */
export interface Judge {
  /** What these rules find. */
  check(texts: Texts, world?: World): Checked;
  /**
   * Exactly the marked findings are reported: same rules, same characters, and the words of the marks. Rules that have marks
   * are judged too.
   */
  expectMarked(texts: Texts, world?: World): Checked;
  /** As `expectMarked`, for a text with `#- path` lines. */
  checkText(text: string, world?: World): Checked;
  /** None of these rules reports anything. */
  expectSilent(texts: Texts | string, world?: World): void;
  /** As `check`, for one edit after another. What is known from one run is used in the next. */
  living(texts: Texts, world?: World): Living;
}

/**
 * The rules that a test is about. Those that come to be later, and those of other tests, may find in its texts what they
 * like: `clean-fleets.test.ts` is where all rules have to be silent.
 */
export function judging(...ids: readonly string[]): Judge {
  const judged = ids.map(knownRule);
  const among = (world: World) => ({ ...world, rules: judged });
  const marked = (texts: Texts, world: World = {}) => {
    const others = marksIn(texts).map(({ rule }) => knownRule(rule));
    return expectExactly(texts, { ...world, rules: [...new Set([...judged, ...others])] });
  };
  return {
    check: (texts, world = {}) => check(texts, among(world)),
    expectMarked: marked,
    checkText: (text, world) => marked(filesIn(text), world),
    expectSilent: (texts, world = {}) => {
      const { findings } = check(typeof texts === 'string' ? filesIn(texts) : texts, among(world));
      expect(findings.map(shownFinding)).toEqual([]);
    },
    living: (texts, world = {}) => living(texts, among(world)),
  };
}

/** What one rule finds. */
export function findingsOf(id: string, texts: Texts, world: World = {}): readonly Finding[] {
  return judging(id).check(texts, world).findings;
}

/** The rules that an example is about: the one that it documents, and those that it says find something too. */
export function judgedIn({ id }: Rule, example: Example): readonly string[] {
  return [...new Set([id, ...marksIn(example.files).map(mark => mark.rule)])];
}

/** Without its place, to compare findings before and after an edit that moves them. */
export function shownFinding({ rule, at, message }: Finding): string {
  return `${at.file} ${rule}: ${message}`;
}

function knownRule(id: string): Rule {
  const rule = ruleById(id);
  if (rule === null) throw new Error(`There is no rule ${id}.`);
  return rule;
}

/** A workspace that lives on, as in an editor: edits in, findings out. */
export interface Living {
  /** Changes, adds or (with null) removes files. */
  write(changes: Readonly<Record<string, string | null>>): void;
  findings(): readonly Finding[];
}

/** As `check` of all rules, for one edit after another. What is known from one run is used in the next. */
export function living(texts: Texts, world: World = {}): Living {
  let current = texts;
  let files = checkFiles(current, world);
  const parsed = new Map<string, SourceFile>();
  const view = (): CheckFiles => ({
    ...files,
    // A file that is the same is the same object, as in the editor.
    parse(path) {
      const known = parsed.get(path);
      if (known !== undefined && known.text === current[path]) return known;
      const file = files.parse(path);
      if (file !== null) parsed.set(path, file);
      return file;
    },
  });
  const now: FleetFiles = {
    parse: path => view().parse(path),
    text: path => files.text(path),
    kind: path => files.kind(path),
    list: directory => files.list(directory),
    nixFiles: () => Object.keys(current).filter(path => path.endsWith('.nix')),
  };
  const builder = createFleetBuilder(now, world.fleetSettings ?? usualFiles);
  const memory = createMemory();
  let changed: Set<string> | null = null;
  return {
    write(changes) {
      const next: Record<string, string> = { ...current };
      for (const [path, text] of Object.entries(changes)) {
        if (text === null) delete next[path];
        else next[path] = text;
        changed?.add(path);
      }
      current = next;
      files = checkFiles(current, world);
      builder.changed(Object.keys(changes));
    },
    findings() {
      const since = { memory, changed: changed === null ? null : [...changed] };
      changed = new Set();
      const read = builder.build();
      const fleet = world.nix === undefined ? read : joinedFleet(read, world.nix, path => files.text(path));
      return runRules(world.rules ?? rules, fleet, view(), defaults, { onFailure: rethrow, since });
    },
  };
}

const MARK = /^(\s*#[ #]*)(\^+)(>?)\s*([a-z]+\/[a-z-]+)(?::\s*(.*))?$/;

/** The findings that the texts ask for, in the order of `runChecks`. */
export function marksIn(texts: Texts): Mark[] {
  const marks: Mark[] = [];
  for (const [file, text] of Object.entries(texts)) {
    let offset = 0;
    let above = 0;
    for (const line of text.split('\n')) {
      const mark = MARK.exec(line);
      if (mark === null) above = offset;
      else {
        const [, before = '', carets = '', open, rule = '', message = ''] = mark;
        const start = above + before.length;
        marks.push({ file, start, end: open === '>' ? null : start + carets.length, rule, message });
      }
      offset += line.length + 1;
    }
  }
  return marks.sort(
    (a, b) =>
      compare(a.file, b.file) || a.start - b.start || (a.end ?? 0) - (b.end ?? 0) || compare(a.rule, b.rule),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function expectExactly(texts: Texts, world: World): Checked {
  const everything = check(texts, world);
  const isWhole = ({ at }: Finding) => at.start === 0 && at.end === 0;
  expect(everything.findings.filter(isWhole).map(({ at }) => at.file)).toEqual(world.found ?? []);
  const checked = { ...everything, findings: everything.findings.filter(finding => !isWhole(finding)) };
  const marks = marksIn(texts);
  const shown = (file: string, start: number, end: number, rule: string) =>
    `${file}:${lineOf(texts, file, start)} ${rule} «${texts[file]?.slice(start, end)}»`;
  const endOfLine = (mark: Mark) => (texts[mark.file] ?? '').indexOf('\n', mark.start);
  expect(
    checked.findings.map((finding, index) => {
      const { file, start, end } = finding.at;
      const mark = marks[index];
      const open = mark?.end === null && end > endOfLine(mark);
      return shown(file, start, open ? endOfLine(mark as Mark) : end, finding.rule);
    }),
  ).toEqual(marks.map(mark => shown(mark.file, mark.start, mark.end ?? endOfLine(mark), mark.rule)));
  for (const [index, mark] of marks.entries())
    expect(checked.findings[index]?.message).toContain(mark.message);
  return everything;
}

/** The shared files of the examples with this matrix and more files. */
export function withMatrix(matrix: string, more: Texts = {}): Texts {
  return { ...PIPELINE, 'lib/machine-env-matrix.nix': matrix, ...more };
}

/** The workspace after a fix. Fails if two edits overlap. */
export function applyFix(texts: Texts, fix: Fix): Record<string, string> {
  const changed: Record<string, string> = { ...texts };
  const byFile = new Map<string, TextEdit[]>();
  for (const edit of fix.edits) byFile.set(edit.file, [...(byFile.get(edit.file) ?? []), edit]);
  for (const [file, edits] of byFile) {
    let text = texts[file] ?? '';
    let limit = text.length;
    for (const edit of [...edits].sort((a, b) => b.start - a.start || b.end - a.end)) {
      expect(edit.end).toBeLessThanOrEqual(limit);
      text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
      limit = edit.start;
    }
    changed[file] = text;
  }
  return changed;
}

/** The finding of a rule; fails unless there is exactly one. */
export function onlyFinding(checked: Checked, rule: string): Finding {
  const found = checked.findings.filter(finding => finding.rule === rule);
  expect(found.map(finding => finding.message)).toHaveLength(1);
  return found[0] as Finding;
}

/** The fix of a finding whose title begins so. */
export function fixOf(finding: Finding, title: string): Fix {
  const fix = finding.fixes.find(each => each.title.startsWith(title));
  expect(finding.fixes.map(each => each.title).join('; ')).toContain(title);
  return fix as Fix;
}

function lineOf(texts: Texts, file: string, offset: number): number {
  return (texts[file] ?? '').slice(0, offset).split('\n').length;
}

/** Tests what the survey of all texts computes again after an edit. */
import { describe, expect, it } from 'vitest';
import {
  createSurvey,
  type Survey,
  type SurveyContext,
  textsWith,
} from '../../server/src/fleet/assembly/survey.ts';
import { createDatabase, type TraceEvent } from '../../server/src/query/database.ts';
import { memoryFiles, type Texts } from '../nix/support.ts';
import { recomputed } from '../query/recomputed.ts';

/** A file that is not among those of the workspace. */
const UNLISTED = 'far/flake.nix';

const APPLES = textsWith('apples', text => text.includes('apple'));

interface Surveyed {
  readonly survey: Survey;
  readonly events: TraceEvent[];
  /** Writes texts, or removes files with null. */
  write(changes: Readonly<Record<string, string | null>>): void;
}

function surveyed(initial: Texts): Surveyed {
  const texts: Record<string, string> = { ...initial };
  const events: TraceEvent[] = [];
  const context: SurveyContext = {
    survey: {
      files: {
        ...memoryFiles(texts),
        text: path => texts[path] ?? null,
        kind: path => (path in texts ? 'file' : null),
        nixFiles: () => Object.keys(texts).filter(path => path.endsWith('.nix') && path !== UNLISTED),
      },
      isRegistryFile: () => false,
      isMatrixFile: path => path === 'matrix.nix',
    },
  };
  const survey = createSurvey(createDatabase({ context, trace: event => events.push(event) }), new Map());
  return {
    survey,
    events,
    write(changes) {
      for (const [path, text] of Object.entries(changes)) {
        if (text === null) delete texts[path];
        else texts[path] = text;
      }
      events.length = 0;
      survey.changed(Object.keys(changes));
    },
  };
}

const TEXTS: Texts = {
  'flake.nix': '{ outputs = _: { }; }\n',
  'a.nix': '{ imports = [ ./b.nix ]; }\n',
  'b.nix': '{ description = "pear"; }\n',
};

describe('the groups of files', () => {
  it('are the same object while texts lead to the same files', () => {
    const { survey, events, write } = surveyed(TEXTS);
    const groups = survey.groups();
    write({ 'a.nix': '# Moved\n{ imports = [ ./b.nix ]; }\n' });
    expect(survey.groups()).toBe(groups);
    expect(recomputed(events)).toEqual(['facts of text(a.nix)']);
    expect(survey.texts.get('a.nix')?.text).toContain('# Moved');
  });

  it('follow paths in texts', () => {
    const { survey, write } = surveyed(TEXTS);
    expect(survey.groups().namedBy.get('b.nix')).toEqual(['a.nix']);
    write({ 'a.nix': '{ imports = [ ./c.nix ]; }\n' });
    expect(survey.groups().namedBy.get('b.nix')).toBeUndefined();
    expect(survey.groups().namedBy.get('c.nix')).toEqual(['a.nix']);
  });

  it('follow files that appear and disappear', () => {
    const { survey, write } = surveyed(TEXTS);
    survey.groups();
    write({ 'matrix.nix': '{ }\n', 'b.nix': null });
    expect(survey.groups().paths).toEqual(['flake.nix', 'a.nix', 'matrix.nix']);
    expect(survey.groups().namedMatrices).toEqual(['matrix.nix']);
    expect(survey.texts.has('b.nix')).toBe(false);
    write({ 'b.nix': '{ apple = 1; }\n' });
    expect(survey.groups().paths).toContain('b.nix');
    expect(survey.filesWith(APPLES)).toEqual(['b.nix']);
  });

  it('leave out the machines of flakes below, listed or not', () => {
    const declaring = '{ inventory = { }; }\n';
    const { survey, write } = surveyed({ ...TEXTS, 'below/m.nix': declaring, 'far/m.nix': declaring });
    expect(survey.groups().mayDeclareMachines).toEqual(['below/m.nix', 'far/m.nix']);
    write({ 'below/flake.nix': '{ }\n' });
    expect(survey.groups().mayDeclareMachines).toEqual(['far/m.nix']);
    write({ [UNLISTED]: '{ }\n' });
    expect(survey.groups().mayDeclareMachines).toEqual([]);
    write({ [UNLISTED]: null });
    expect(survey.groups().mayDeclareMachines).toEqual(['far/m.nix']);
  });
});

describe('the files whose texts have something', () => {
  it('are looked for in the edited text alone', () => {
    const { survey, events, write } = surveyed(TEXTS);
    survey.groups();
    const none = survey.filesWith(APPLES);
    expect(none).toEqual([]);
    write({ 'b.nix': '{ description = "plum"; }\n' });
    survey.groups();
    expect(survey.filesWith(APPLES)).toBe(none);
    expect(recomputed(events)).toEqual(['facts of text(b.nix)', 'text with apples(b.nix)']);
    write({ 'b.nix': '{ description = "apple"; }\n' });
    survey.groups();
    expect(survey.filesWith(APPLES)).toEqual(['b.nix']);
  });
});

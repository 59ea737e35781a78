/** How prompts are answered in boxes: what is shown, and what comes of what is typed. */
import { expect, test, vi } from 'vitest';
import {
  askQuestion,
  type Box,
  type BoxButton,
  type FileText,
  type Question,
} from '../../client/src/generate/ask.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

type Typed = string | { readonly button: BoxButton; readonly text?: string } | null;

const question: Question = {
  title: 'login/password for tove',
  description: 'Password of ada',
  ...{ hidden: false, multiline: false, required: true, ifEmpty: null },
  ...{ previous: null, confirm: true, bringable: false },
};

/** Answers box after box; what a box is left with is its value. */
async function ask(
  given: Partial<Question>,
  typed: readonly Typed[],
  outside: { readonly clipboard?: string; readonly file?: FileText | null } = {},
) {
  const left = [...typed];
  const shown: Box[] = [];
  const answer = await askQuestion(
    { ...question, ...given },
    {
      async show(box) {
        shown.push(box);
        const said = left.shift();
        if (said === undefined) throw new Error(`nobody answers "${box.prompt}" (${box.error})`);
        if (said === null) return null;
        return typeof said === 'string' ? { text: said, button: null } : { text: '', ...said };
      },
      clipboard: async () => outside.clipboard ?? '',
      file: async () => outside.file ?? null,
    },
  );
  expect(left).toEqual([]);
  return { answer, shown };
}

test('a line is typed once, and shown', async () => {
  const { answer, shown } = await ask({ previous: 'example.org' }, ['example.net']);
  expect(answer).toBe('example.net');
  expect(shown).toMatchObject([{ title: question.title, hidden: false, value: 'example.org', buttons: [] }]);
});

test('a hidden line is typed twice, until both are the same', async () => {
  const { answer, shown } = await ask({ hidden: true }, ['secret', 'sceret', 'secret', 'secret']);
  expect(answer).toBe('secret');
  expect(shown.map(box => box.hidden)).toEqual([true, true, true, true]);
  expect(shown[2]?.error).toBe('The values do not match. Start again:');
  expect(shown.every(box => box.value === '')).toBe(true);
});

test('what is only tried is typed once', async () => {
  expect((await ask({ hidden: true, confirm: false }, ['secret'])).answer).toBe('secret');
});

test('an answer is needed, unless leaving it empty means something', async () => {
  const { answer, shown } = await ask({}, ['', 'at last']);
  expect([answer, shown[1]?.error]).toEqual(['at last', 'An answer is needed.']);
  const kept = await ask({ hidden: true, ifEmpty: 'Leave empty to keep the current value' }, ['']);
  expect([kept.answer, kept.shown[0]?.placeholder]).toEqual([null, 'Leave empty to keep the current value']);
  expect((await ask({ required: false }, [''])).answer).toBe('');
});

test('whoever dismisses a box goes away', async () => {
  expect((await ask({}, [null])).answer).toBeUndefined();
  expect((await ask({ hidden: true }, ['secret', null])).answer).toBeUndefined();
  expect((await ask({ multiline: true }, ['one', null])).answer).toBeUndefined();
});

test('several lines are typed one after the other, and end as those of a file do', async () => {
  const { answer, shown } = await ask({ multiline: true, hidden: true }, ['one', 'two', '']);
  expect(answer).toBe('one\ntwo\n');
  expect(shown.map(box => box.prompt)).toEqual([
    'Password of ada (several lines)',
    'Password of ada: 1 line so far',
    'Password of ada: 2 lines so far',
  ]);
  expect(shown.map(box => box.buttons.includes('finish'))).toEqual([false, true, true]);
});

test('the way back leads through the lines, which are seen unless they are hidden', async () => {
  const back = { button: 'back' } as const;
  const third = { button: 'back', text: 'three' } as const;
  const typed = ['one', 'tow', 'three', back, third, 'two', 'three', ''];
  const { answer, shown } = await ask({ multiline: true }, typed);
  expect(answer).toBe('one\ntwo\nthree\n');
  expect(shown.map(box => box.value)).toEqual(['', '', '', '', 'three', 'tow', 'three', '']);
  const gone = await ask({ multiline: true }, [
    'one',
    'two',
    back,
    { button: 'back', text: 'two' },
    '',
    'two',
    '',
  ]);
  expect(gone.answer).toBe('two');
  const finished = await ask({ multiline: true }, ['one', third, { button: 'finish', text: 'one' }]);
  expect(finished.answer).toBe('one\nthree\n');
  expect(shown[2]?.prompt).toBe('Password of ada: 2 lines so far, the last: tow');
  expect(shown.map(box => box.buttons.includes('back')).slice(0, 2)).toEqual([false, true]);
});

test('several lines begin with the last answer, which Enter keeps', async () => {
  const { answer, shown } = await ask({ multiline: true, previous: 'one\ntwo\n' }, ['']);
  expect([answer, shown[0]?.prompt]).toEqual([
    'one\ntwo\n',
    'Password of ada: 2 lines so far, the last: two',
  ]);
});

test('an empty line is a button, since Enter alone ends, and going back and on keeps it', async () => {
  const back = { button: 'back' } as const;
  const blank = { button: 'blank' } as const;
  const header = await ask({ multiline: true }, ['-----BEGIN-----', blank, 'abc', '']);
  expect(header.answer).toBe('-----BEGIN-----\n\nabc\n');
  expect(header.shown.at(-1)?.prompt).toContain('3 lines so far');
  const typed = { button: 'blank', text: 'one' } as const;
  expect((await ask({ multiline: true }, [typed, blank, 'two', ''])).answer).toBe('one\n\n\ntwo\n');
  const onWay = { button: 'back', text: 'two' } as const;
  const corrected = await ask({ multiline: true }, [
    'oen',
    blank,
    'two',
    back,
    onWay,
    back,
    'one',
    '',
    'two',
    '',
  ]);
  expect(corrected.shown.map(box => box.value)).toEqual(['', '', '', '', 'two', '', 'oen', '', 'two', '']);
  expect(corrected.answer).toBe('one\n\ntwo\n');
  const undone = await ask({ multiline: true }, ['one', blank, blank, back, back, '']);
  expect(undone.answer).toBe('one');
});

test('one line of several stays as it is', async () => {
  expect((await ask({ multiline: true }, ['token', ''])).answer).toBe('token');
  expect((await ask({ multiline: true }, ['token', { button: 'finish', text: 'more' }])).answer).toBe(
    'token\nmore\n',
  );
});

test('the clipboard brings all its lines, and more can follow', async () => {
  const clipboard = '-----BEGIN-----\nabc\n-----END-----';
  const { answer, shown } = await ask({ multiline: true }, [{ button: 'clipboard' }, ''], { clipboard });
  expect(answer).toBe(`${clipboard}\n`);
  expect(shown[1]?.prompt).toContain('3 lines so far');
});

test('pasted lines keep their ends, which a box takes away', async () => {
  const clipboard = '-----BEGIN-----\nabc\n-----END-----\n';
  const pasted = clipboard.trimEnd().replaceAll('\n', ' ');
  expect((await ask({ multiline: true }, [pasted, ''], { clipboard })).answer).toBe(clipboard);
  expect((await ask({ multiline: true }, ['typed', ''], { clipboard })).answer).toBe('typed');
});

test('a file brings its text, or says that it is none', async () => {
  const { answer } = await ask({ multiline: true }, [{ button: 'file' }, ''], {
    file: { text: 'a\nb\n' },
  });
  expect(answer).toBe('a\nb\n');
  const file = { problem: 'This file is not text.' };
  const none = await ask({ multiline: true }, [{ button: 'file' }, 'typed', ''], { file });
  expect([none.answer, none.shown[1]?.error]).toEqual(['typed', 'This file is not text.']);
});

test('a value that may have several lines is brought as it is', async () => {
  const value = { bringable: true, hidden: true };
  expect((await ask(value, [{ button: 'clipboard' }], { clipboard: 'a\nb' })).answer).toBe('a\nb');
  expect((await ask(value, ['a b'], { clipboard: 'a\nb' })).answer).toBe('a\nb');
  expect((await ask(value, ['typed', 'typed'])).answer).toBe('typed');
});

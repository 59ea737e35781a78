/** Completes the names of generators, of their files, and of registry keys where they are used. */

import { factsOf } from '../../checks/facts/fleet-facts.ts';
import { readersOf } from '../../checks/facts/use/reading-machines.ts';
import { joined } from '../../checks/facts/wording.ts';
import { attributeText } from '../../edits/edits.ts';
import { asFarAsRead, mayHaveGenerator } from '../../fleet/elsewhere/elsewhere.ts';
import { filePhrase } from '../hover/hover-words.ts';
import { generatorAround } from '../names/enclosing-generator.ts';
import { FILE_ATTRIBUTES } from '../names/option-words.ts';
import { keyItems } from './complete-keys.ts';
import { type Asked, type CompletionItem, item } from './completion-items.ts';

const NAME = String.raw`(?:"([^"]+)"|([\w'-]+))`;
const GENERATORS = /\bgenerators\."?$/;
const FILES = new RegExp(String.raw`\bgenerators\.${NAME}\.files\."?$`);
const ATTRIBUTES = new RegExp(String.raw`\bgenerators\.${NAME}\.files\.${NAME}\.$`);

const OF_GENERATOR = new RegExp(String.raw`\bgenerators\.${NAME}\.$`);
const VARS = /\bclan\.core\.vars\.$/;

/** The parts of a generator that other modules read. */
const READ = ['files'];

export function nameItems(asked: Asked): readonly CompletionItem[] | null {
  const { cursor, line } = asked;
  if (cursor.side === 'value') {
    // If the name begins with a quote, the dot is before the quote.
    const quoted = line.endsWith('"');
    if (GENERATORS.test(line)) return generatorItems(asked, quoted);
    const files = FILES.exec(line);
    if (files !== null) return fileItems(asked, files[1] ?? files[2] ?? '', quoted);
    const file = ATTRIBUTES.exec(line);
    if (file !== null) return attributeItems(asked, file[1] ?? file[2] ?? '', file[3] ?? file[4] ?? '');
    if (OF_GENERATOR.test(line)) return READ.map(name => item(name, 'option', '', { rank: 0 }));
    if (VARS.test(line)) return [item('generators', 'option', 'the generators of this machine', { rank: 0 })];
  }
  return cursor.frames.at(-1)?.kind === 'string' ? stringItems(asked) : null;
}

function stringItems(asked: Asked): readonly CompletionItem[] | null {
  const { cursor, index, file, start } = asked;
  if (cursor.path.at(-1) === 'dependencies') {
    const around = generatorAround(asked);
    return generatorItems(asked, true).filter(({ label }) => label !== around);
  }
  const here = index.targetAt(file, start)?.subject;
  if (here?.kind === 'key') return keyItems(asked, here.registry);
  const [only, ...others] = index.registries.keys();
  const isKey = cursor.path.at(-1) === 'key' && only !== undefined && others.length === 0;
  return isKey ? keyItems(asked, only) : null;
}

/**
 * Returns the generators. Those that the machines of this file lack are marked and come last, because using
 * them would fail.
 */
function generatorItems(asked: Asked, quoted: boolean): CompletionItem[] {
  const { index, snapshot, file } = asked;
  const here = readersOf(snapshot.fleet, file)?.certain ?? [];
  // The file under the cursor is hardly ever whole.
  const elsewhere = asFarAsRead(factsOf(snapshot.fleet).elsewhere);
  return [...index.generators].flatMap(([name, same]) => {
    const [generator] = same;
    if (generator === undefined || generator.nameKind === 'pattern') return [];
    const body = generator.body();
    const files = body.files.map(generatorFile => generatorFile.name).join(', ');
    const where = body.share === true ? 'shared' : 'per machine';
    const lacking = here.filter(machine => !mayHaveGenerator(elsewhere, { name, declared: same }, machine));
    const missing = lacking.length === 0 ? '' : `not on ${joined(lacking, 3)}; `;
    return [
      item(name, 'generator', missing + (files === '' ? where : `${where}: ${files}`), {
        insert: quoted ? name : attributeText(name),
        subject: { kind: 'generator', name },
        rank: lacking.length === 0 ? 1 : 5,
      }),
    ];
  });
}

/** Returns the attributes of a file. Of a secret, nothing but its path is known while Nix evaluates. */
function attributeItems({ index }: Asked, generator: string, file: string): CompletionItem[] {
  const declared = (index.generators.get(generator) ?? []).flatMap(candidate =>
    candidate.body().files.filter(({ name }) => name === file),
  );
  const isSecret = declared.length > 0 && declared.every(({ secret }) => secret === true);
  return FILE_ATTRIBUTES.map(({ value, text }, rank) =>
    isSecret && value !== 'path'
      ? item(value, 'option', 'not of a secret', { documentation: text, rank: 9, deprecated: true })
      : item(value, 'option', text, { rank }),
  );
}

function fileItems({ index }: Asked, generator: string, quoted: boolean): CompletionItem[] {
  return (index.generators.get(generator) ?? []).flatMap(candidate =>
    candidate.body().files.map(file =>
      item(file.name, 'file', filePhrase(file), {
        insert: quoted ? file.name : attributeText(file.name),
        subject: { kind: 'file', generator, file: file.name },
      }),
    ),
  );
}

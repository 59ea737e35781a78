/** Completes paths in scripts: `$out/<file>`, `$in/<generator>/<file>`, `$prompts/<prompt>`. */
import type { GeneratorBody } from '../../fleet/model/generators.ts';
import { filePhrase } from '../hover/hover-words.ts';
import { generatorAround } from '../names/enclosing-generator.ts';
import { type Asked, type CompletionItem, item } from './completion-items.ts';

const ROOT = /\$(?:\{(in|out|prompts)\}|(in|out|prompts)|'')"?\/(?:"?([\w.+@-]+)"?\/"?)?$/;
const DOLLAR = /(?<![\\$])\$\{?$/;

export function scriptItems(asked: Asked): readonly CompletionItem[] | null {
  const { cursor, line } = asked;
  if (cursor.frames.at(-1)?.kind !== 'string' || cursor.path.at(-1) !== 'script') return null;
  const owner = generatorAround(asked);
  const bodies = owner === null ? [] : bodiesOf(asked, owner);
  if (DOLLAR.test(line)) return rootItems(bodies);
  // In an indented string, Nix's escape for `${out}` is `''${out}`.
  const match = ROOT.exec(line.replaceAll("''${", '${'));
  if (match === null) return [];
  const [, braced, plain, dependency] = match;
  const root = braced ?? plain;
  if (root === 'out') return filesOf(bodies, owner ?? '');
  if (root === 'prompts') return promptsOf(bodies, owner ?? '');
  if (root !== 'in') return [];
  return dependency === undefined ? dependenciesOf(bodies) : filesOf(bodiesOf(asked, dependency), dependency);
}

function bodiesOf({ index }: Asked, generator: string): GeneratorBody[] {
  return (index.generators.get(generator) ?? []).map(candidate => candidate.body());
}

function rootItems(bodies: readonly GeneratorBody[]): CompletionItem[] {
  const items = [item('out', 'value', 'where the files are written')];
  if (bodies.some(body => body.dependencies.length > 0))
    items.push(item('in', 'value', 'the files of the dependencies'));
  if (bodies.some(body => body.prompts.length > 0)) items.push(item('prompts', 'value', 'the answers'));
  return items;
}

function filesOf(bodies: readonly GeneratorBody[], generator: string): CompletionItem[] {
  return bodies.flatMap(body =>
    body.files.map(file =>
      item(file.name, 'file', filePhrase(file), { subject: { kind: 'file', generator, file: file.name } }),
    ),
  );
}

function promptsOf(bodies: readonly GeneratorBody[], generator: string): CompletionItem[] {
  return bodies.flatMap(body =>
    body.prompts.map(({ name, type, description }) =>
      item(name, 'prompt', type ?? 'prompt', {
        documentation: description,
        subject: { kind: 'prompt', generator, prompt: name },
      }),
    ),
  );
}

function dependenciesOf(bodies: readonly GeneratorBody[]): CompletionItem[] {
  return bodies.flatMap(body =>
    body.dependencies.map(({ value }) =>
      item(value, 'generator', 'dependency', { subject: { kind: 'generator', name: value } }),
    ),
  );
}

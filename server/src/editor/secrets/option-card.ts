/** The hover card of an option of sops-nix or agenix where it is written. */
import { mentionsSecrets, type SecretOption } from '../../fleet/secrets.ts';
import type { HoverContext } from '../hover.ts';
import { type CardAt, optionText } from '../hover-around.ts';
import type { OptionWords } from '../option-words.ts';
import { AGE, AGE_SECRET, SOPS, SOPS_SECRET, SOPS_TEMPLATE } from './words.ts';

/** @param offset 0-based UTF-16 offset */
export function secretOptionCard({ snapshot }: HoverContext, file: string, offset: number): CardAt | null {
  // Most files have nothing to do with it.
  if (!mentionsSecrets(snapshot.files.text(file) ?? '')) return null;
  const facts = snapshot.fleet.secrets().find(one => one.file === file);
  if (facts === undefined) return null;
  for (const { keeper, options } of facts.definitions) {
    const words = keeper === 'sops' ? SOPS_SECRET : AGE_SECRET;
    const found = cardIn(options, words, `secret of ${keeper === 'sops' ? 'sops-nix' : 'agenix'}`);
    if (found !== null) return found;
  }
  for (const { options } of facts.templates) {
    const found = cardIn(options, SOPS_TEMPLATE, 'template of sops-nix');
    if (found !== null) return found;
  }
  for (const { keeper, path, option } of facts.settings) {
    if (path.length !== 1) continue;
    const found = cardIn([option], keeper === 'sops' ? SOPS : AGE, keeper === 'sops' ? 'sops-nix' : 'agenix');
    if (found !== null) return found;
  }
  return null;

  function cardIn(options: readonly SecretOption[], all: readonly OptionWords[], of: string): CardAt | null {
    const option = options.find(({ at }) => at.file === file && at.start <= offset && offset <= at.end);
    const words = all.find(one => one.name === option?.name);
    if (option === undefined || words === undefined) return null;
    return { at: option.at, markdown: optionText(words, of) };
  }
}

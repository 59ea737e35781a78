/** Renders the hover card of an option of sops-nix or agenix at its definition. */

import type { SecretKeeper, SecretOption } from '../../fleet/model/secrets.ts';
import { mentionsSecrets } from '../../fleet/secrets/secrets.ts';
import { SECRET_OPTIONS, type SecretOwner } from '../../fleet/secrets/secrets-schema.ts';
import { OPTION_WORDS } from '../secrets/words.ts';
import { optionText } from './hover-around.ts';
import type { CardAt, HoverContext } from './hover-context.ts';

/**
 * Returns the card of the option at an offset, or null.
 *
 * @param offset 0-based UTF-16 offset
 */
export function secretOptionCard({ snapshot }: HoverContext, file: string, offset: number): CardAt | null {
  // Fast path, because most files do not mention secrets.
  if (!mentionsSecrets(snapshot.files.text(file) ?? '')) return null;
  const facts = snapshot.fleet.secrets.find(secret => secret.file === file);
  if (facts === undefined) return null;
  for (const { keeper, options } of facts.definitions) {
    const card = cardIn(options, keeper, 'secret');
    if (card !== null) return card;
  }
  for (const { options } of facts.templates) {
    const card = cardIn(options, 'sops', 'template');
    if (card !== null) return card;
  }
  for (const { keeper, path, option } of facts.settings) {
    const card = cardIn([{ ...option, name: path.join('.') }], keeper, 'keeper');
    if (card !== null) return card;
  }
  return null;

  function cardIn(options: readonly SecretOption[], keeper: SecretKeeper, owner: SecretOwner): CardAt | null {
    const option = options.find(({ at }) => at.file === file && at.start <= offset && offset <= at.end);
    if (option === undefined) return null;
    const of = owner === 'keeper' ? PROJECTS[keeper] : `${owner} of ${PROJECTS[keeper]}`;
    const words = OPTION_WORDS[keeper][owner].find(optionWords => optionWords.name === option.name);
    if (words !== undefined) return { at: option.at, markdown: optionText(words, of) };
    const about = SECRET_OPTIONS[keeper][owner].get(option.name)?.about;
    if (about === undefined) return null;
    return {
      at: option.at,
      markdown: `**${option.name}** · option of ${owner === 'keeper' ? '' : 'a '}${of}\n\n${about}.`,
    };
  }
}

const PROJECTS: Readonly<Record<SecretKeeper, string>> = { sops: 'sops-nix', age: 'agenix' };

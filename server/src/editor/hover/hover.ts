/**
 * Computes hovers for keys, generators, files, machines, sops-nix and agenix secrets, options and the rules of
 * findings, as Markdown. Pure. Reads public values but never secrets, for which only the path is shown.
 */
import type { Place } from '../../nix/places.ts';
import { indexOf } from '../names/fleet-index.ts';
import type { Subject } from '../names/subjects.ts';
import { pointedAt } from '../secrets/places.ts';
import type { Snapshot } from '../snapshot.ts';
import { cardAround } from './hover-around.ts';
import type { HoverContext } from './hover-context.ts';
import { type RuleLookup, ruleCards } from './hover-finding.ts';
import { fileCard, generatorCard } from './hover-generator.ts';
import { inventoryCard } from './hover-inventory.ts';
import { keyCard } from './hover-key.ts';
import { rowCard } from './hover-machine.ts';
import { ownOptionCard } from './hover-own-option.ts';
import { promptCard } from './hover-prompt.ts';
import { encryptedFileCard, encryptedKeyCard, secretCard, templateCard } from './hover-secret.ts';
import { secretOptionCard } from './hover-secret-option.ts';

export interface Hover {
  /** The place that the hover describes. */
  readonly at: Place;
  readonly markdown: string;
}

interface HoverOptions {
  /** Returns the address of a place. If absent, places are shown as text. */
  readonly link?: (place: Place) => string | null;
  /** The rules whose findings are explained. */
  readonly rules?: RuleLookup;
  /** Returns the address of a rule's page. If absent, the address on the web is used. */
  readonly pageOf?: (rule: string) => string;
}

/**
 * Returns the hover at a place, or null if there is none.
 *
 * @param offset 0-based UTF-16 offset
 */
export function hover(
  snapshot: Snapshot,
  file: string,
  offset: number,
  { link = () => null, rules = () => null, pageOf }: HoverOptions = {},
): Hover | null {
  const context: HoverContext = { snapshot, index: indexOf(snapshot), link };
  const at =
    nameCard(context, file, offset) ??
    secretOptionCard(context, file, offset) ??
    inventoryCard(context, file, offset) ??
    cardAround(context, file, offset);
  const rule = ruleCards(snapshot, file, offset, rules, pageOf);
  if (at === null || rule === null) return at ?? rule;
  return { at: at.at, markdown: `${at.markdown}\n\n---\n\n${rule.markdown}` };
}

/** Returns the card of the name at an offset. */
function nameCard(context: HoverContext, file: string, offset: number): Hover | null {
  const target = pointedAt(context.snapshot, context.index, file, offset);
  if (target === null) return null;
  const markdown = card(context, target.subject);
  return markdown === null ? null : { at: target.at, markdown };
}

/**
 * Returns the card of a subject by its name, independent of a place, or null if it no longer exists.
 *
 * @param link as for `hover`
 */
export function cardOf(
  snapshot: Snapshot,
  subject: Subject,
  link: (place: Place) => string | null,
): string | null {
  return card({ snapshot, index: indexOf(snapshot), link }, subject);
}

function card(context: HoverContext, subject: Subject): string | null {
  switch (subject.kind) {
    case 'key':
      return keyCard(context, subject.registry, subject.key);
    case 'generator':
      return generatorCard(context, subject.name);
    case 'file':
      return fileCard(context, subject.generator, subject.file);
    case 'prompt':
      return promptCard(context, subject.generator, subject.prompt);
    case 'row':
      return rowCard(context, subject.machine, subject.matrix);
    case 'machine':
      return rowCard(context, subject.machine, null);
    case 'option':
      return ownOptionCard(context, subject.path);
    case 'secret':
      return secretCard(context, subject.keeper, subject.secret);
    case 'template':
      return templateCard(context, subject.template);
    case 'encrypted-file':
      return encryptedFileCard(context, subject.path);
    case 'encrypted-key':
      return encryptedKeyCard(context, subject.path, subject.key);
  }
}

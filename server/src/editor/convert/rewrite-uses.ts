/** Rewrites the uses of a secret to read the file of its generator, or says why that is not possible. */

import { attributeText } from '../../edits/edits.ts';
import type { TextEdit } from '../../edits/text-edit.ts';
import type { SecretUse } from '../../fleet/model/secrets.ts';
import type { ScaffoldSources } from '../scaffold/scaffold.ts';

/** Rewrites `config.sops.secrets.x.path`, or returns a clause that says why that is not possible. */
export function usedAnew(
  { files }: Pick<ScaffoldSources, 'files'>,
  { at, of, keeper, attribute, name, nameAt }: SecretUse,
  secret: string,
  generator: string,
): TextEdit | string {
  if (name !== secret) return 'may be used under a name that cannot be determined without Nix';
  if (of === 'placeholder')
    return 'is used in a template as sops.placeholder, which has no equivalent for vars';
  if (attribute === null) return 'is passed on as a whole, not by its path';
  if (attribute !== 'path') return `is read for its attribute "${attribute}", which a var does not have`;
  const whole = files.text(at.file) ?? '';
  const text = whole.slice(at.start, at.end);
  const inText = whole.slice(nameAt.start, nameAt.end);
  const tail = `${keeper}.secrets.${inText}.path`;
  const isPlain = text.endsWith(tail) && (inText === secret || inText === `"${secret}"`);
  if (!isPlain || !/(^|[^\w'-])$/.test(text.slice(0, -tail.length)))
    return `is read in a way that is not written as config.${keeper}.secrets.${attributeText(secret)}.path`;
  const file = attributeText(generator);
  const start = at.end - tail.length;
  return { file: at.file, start, end: at.end, text: `clan.core.vars.generators.${file}.files.${file}.path` };
}

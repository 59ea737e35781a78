/**
 * Says how sops would create a file: to whom, and which of its values it would encrypt. Goes by the nearest `.sops.yaml`
 * above the file.
 *
 * Source: getsops/sops 15e36f97a, config/config.go.
 */
import { readSopsConfig, ruleFor } from '../fleet/secrets-rules.ts';
import { parseYaml } from '../fleet/secrets-yaml.ts';
import { type YamlNode, yamlMember } from '../fleet/secrets-yaml-node.ts';
import { folderOf, joinPath } from '../nix/paths.ts';
import { recipientKind } from '../store/recipients.ts';
import { RULE_NAMES, type SopsRule } from '../store/sops-metadata.ts';
import type { Around, Refused } from './scaffold.ts';

export interface Creation {
  /** Of age. */
  readonly recipients: readonly string[];
  /** Null: everything is encrypted. */
  readonly rule: SopsRule | null;
  readonly macOnlyEncrypted: boolean;
}

/** @param path of the new file, relative to the root */
export function creationOf({ files }: Pick<Around, 'files'>, path: string): Creation | Refused {
  const found = nearestConfig(files, path);
  if (found === null)
    return {
      refused: `${path} is not there, and no .sops.yaml above it says whom to encrypt a new file to. Write one with a creation rule, or name a file that is there.`,
    };
  const config = readSopsConfig(found, files.text(found) ?? '');
  const rule = ruleFor(config, path);
  if (rule === undefined)
    return {
      refused: `Which creation rule of ${found} fits ${path} cannot be told. Create it with "sops edit ${path}".`,
    };
  if (rule === null)
    return { refused: `No creation rule of ${found} fits ${path}: add one with a path_regex that does.` };
  const [recipients = [], ...others] = rule.groups;
  const keys = recipients.map(one => one.value);
  const foreign = rule.otherKeys[0] ?? keys.find(one => recipientKind(one) === 'unknown');
  if (others.length > 0 || foreign !== undefined || keys.length === 0)
    return {
      refused: `The creation rule of ${found} for ${path} ${others.length > 0 ? 'has several key groups' : foreign === undefined ? 'names no keys' : 'names keys that are not of age'}, so the file cannot be created here. Create it with "sops edit ${path}".`,
    };
  const node = nodeAt(parseYaml(files.text(found) ?? '').documents[0], rule.at.start);
  const said = RULE_NAMES.flatMap(name => {
    const member = yamlMember(node, name);
    return member?.kind === 'scalar' && member.text !== '' ? [{ name, value: member.text }] : [];
  });
  const flag = yamlMember(node, 'mac_only_encrypted');
  return {
    recipients: [...new Set(keys)],
    rule: said[0] ?? null,
    macOnlyEncrypted: flag?.kind === 'scalar' && flag.text === 'true',
  };
}

function nearestConfig(files: Around['files'], path: string): string | null {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    const config = joinPath(folder, '.sops.yaml') as string;
    if (files.kind(config) === 'file') return config;
    if (folder === '') return null;
  }
}

/** The creation rule that begins at an offset. */
function nodeAt(document: YamlNode | undefined, start: number): YamlNode | null {
  const rules = yamlMember(document, 'creation_rules');
  return rules?.kind === 'list' ? (rules.items.find(one => one.start === start) ?? null) : null;
}

/**
 * Determines how sops would create a file: its recipients, and which values it would encrypt. Uses the nearest
 * `.sops.yaml` above the file.
 *
 * Source: getsops/sops 15e36f97a, config/config.go.
 */
import { readSopsConfig, ruleFor } from '../../fleet/secrets/secrets-rules.ts';
import { parseYaml } from '../../fleet/secrets/secrets-yaml.ts';
import { type YamlNode, yamlMember } from '../../fleet/secrets/secrets-yaml-node.ts';
import { folderOf, joinPath } from '../../nix/eval/paths.ts';
import { recipientKind } from '../../store/age/recipients.ts';
import { RULE_NAMES, type SopsRule } from '../../store/sops/sops-metadata.ts';
import type { Refused, ScaffoldSources } from './scaffold.ts';

export interface Creation {
  /** The age recipients. */
  readonly recipients: readonly string[];
  /** The rule, or null if everything is encrypted. */
  readonly rule: SopsRule | null;
  readonly macOnlyEncrypted: boolean;
}

/**
 * Returns the rule for a file from the nearest `.sops.yaml` above it that has one; sops uses that of its
 * working directory.
 *
 * @param path of the new file, relative to the root
 */
export function creationOf({ files }: Pick<ScaffoldSources, 'files'>, path: string): Creation | Refused {
  let refused: Refused | null = null;
  for (const config of configsAbove(files, path)) {
    const creationRule = creationBy(files, config, path);
    if (!('refused' in creationRule)) return creationRule;
    refused ??= creationRule;
  }
  return (
    refused ?? {
      refused: `${path} does not exist, and no .sops.yaml above it defines the recipients of a new file. Write one with a creation rule, or choose an existing file.`,
    }
  );
}

function creationBy(files: ScaffoldSources['files'], path: string, file: string): Creation | Refused {
  const text = files.text(path) ?? '';
  const rule = ruleFor(readSopsConfig(path, text), file);
  if (rule === undefined)
    return {
      refused: `It is unclear which creation rule of ${path} matches ${file}. Create the file with "sops edit ${file}".`,
    };
  if (rule === null)
    return { refused: `No creation rule of ${path} matches ${file}: add one with a matching path_regex.` };
  const [recipients = [], ...others] = rule.groups;
  const keys = recipients.map(recipient => recipient.value);
  const foreign = rule.otherKeys[0] ?? keys.find(key => recipientKind(key) === 'unknown');
  const problem =
    others.length > 0
      ? 'has several key groups'
      : foreign !== undefined
        ? 'names keys that are not of age'
        : keys.length === 0
          ? 'names no keys'
          : null;
  if (problem !== null)
    return {
      refused: `The creation rule of ${path} for ${file} ${problem}, so the file cannot be created here. Create it with "sops edit ${file}".`,
    };
  const node = nodeAt(parseYaml(text).documents[0], rule.at.start);
  const ruleLines = RULE_NAMES.flatMap(name => {
    const member = yamlMember(node, name);
    return member?.kind === 'scalar' && member.text !== '' ? [{ name, value: member.text }] : [];
  });
  const flag = yamlMember(node, 'mac_only_encrypted');
  return {
    recipients: [...new Set(keys)],
    rule: ruleLines[0] ?? null,
    macOnlyEncrypted: flag?.kind === 'scalar' && flag.text === 'true',
  };
}

/** Yields configuration files, nearest first. */
function* configsAbove(files: ScaffoldSources['files'], path: string): Iterable<string> {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    const config = joinPath(folder, '.sops.yaml') as string;
    if (files.kind(config) === 'file') yield config;
    if (folder === '') return;
  }
}

/** Returns the creation rule that begins at an offset, or null. */
function nodeAt(document: YamlNode | undefined, start: number): YamlNode | null {
  const rules = yamlMember(document, 'creation_rules');
  return rules?.kind === 'list' ? (rules.items.find(item => item.start === start) ?? null) : null;
}

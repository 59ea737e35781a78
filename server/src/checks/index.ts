/** All rules, in the order in which lists and the documentation show them. */
import { generatorsInImports } from './eval/generators-in-imports.ts';
import { pathInLet } from './eval/path-in-let.ts';
import { pkgsInMetadata } from './eval/pkgs-in-metadata.ts';
import { absoluteProgram } from './generator/absolute-program.ts';
import { bashSyntax } from './generator/bash-syntax.ts';
import { brokenPipe } from './generator/broken-pipe.ts';
import { interactiveTool } from './generator/interactive-tool.ts';
import { legacyFacts } from './generator/legacy-facts.ts';
import { missingTool } from './generator/missing-tool.ts';
import { network } from './generator/network.ts';
import { pathAsText } from './generator/path-as-text.ts';
import { promptUnused } from './generator/prompt-unused.ts';
import { promptsUnset } from './generator/prompts-unset.ts';
import { undeclaredDependency } from './generator/undeclared-dependency.ts';
import { undeclaredPrompt } from './generator/undeclared-prompt.ts';
import { unquotedPath } from './generator/unquoted-path.ts';
import { unsetVariable } from './generator/unset-variable.ts';
import { accessorNotSelected } from './registry/accessor-not-selected.ts';
import { duplicateEnvVar } from './registry/duplicate-env-var.ts';
import { duplicateGenerator } from './registry/duplicate-generator.ts';
import { duplicateKey } from './registry/duplicate-key.ts';
import { fileAttrMismatch } from './registry/file-attr-mismatch.ts';
import { invalidEnvVar } from './registry/invalid-env-var.ts';
import { missingMachine } from './registry/missing-machine.ts';
import { unknownKey } from './registry/unknown-key.ts';
import { unknownMachine } from './registry/unknown-machine.ts';
import { unusedKey } from './registry/unused-key.ts';
import type { Rule } from './rule.ts';
import { noCreationRule } from './sops/no-creation-rule.ts';
import { plaintext } from './sops/plaintext.ts';
import { recipientDrift as sopsRecipientDrift } from './sops/recipient-drift.ts';
import { undeclaredSecret } from './sops/undeclared-secret.ts';
import { unknownKey as sopsUnknownKey } from './sops/unknown-key.ts';
import { unusedKey as sopsUnusedKey } from './sops/unused-key.ts';
import { danglingLink } from './store/dangling-link.ts';
import { kindChanged } from './store/kind-changed.ts';
import { machineWithoutAccess } from './store/machine-without-access.ts';
import { malformed } from './store/malformed.ts';
import { missing } from './store/missing.ts';
import { orphanFile } from './store/orphan-file.ts';
import { orphanGenerator } from './store/orphan-generator.ts';
import { orphanMachine } from './store/orphan-machine.ts';
import { plaintextLeft } from './store/plaintext-left.ts';
import { recipientDrift } from './store/recipient-drift.ts';
import { staleValidation } from './store/stale-validation.ts';
import { untracked } from './store/untracked.ts';
import { diskNeedsPartitioning } from './use/disk-needs-partitioning.ts';
import { existsOfSecret } from './use/exists-of-secret.ts';
import { notDeployed } from './use/not-deployed.ts';
import { passwordNeedsUsers } from './use/password-needs-users.ts';
import { readSecretAtEval } from './use/read-secret-at-eval.ts';
import { secretInStore } from './use/secret-in-store.ts';
import { undefinedFile } from './use/undefined-file.ts';
import { undefinedGenerator } from './use/undefined-generator.ts';
import { valueOfSecret } from './use/value-of-secret.ts';

export const rules: readonly Rule[] = [
  unknownKey,
  unusedKey,
  duplicateKey,
  unknownMachine,
  missingMachine,
  duplicateGenerator,
  duplicateEnvVar,
  invalidEnvVar,
  fileAttrMismatch,
  accessorNotSelected,
  generatorsInImports,
  pkgsInMetadata,
  pathInLet,
  pathAsText,
  undeclaredDependency,
  undeclaredPrompt,
  promptsUnset,
  promptUnused,
  valueOfSecret,
  existsOfSecret,
  readSecretAtEval,
  secretInStore,
  notDeployed,
  passwordNeedsUsers,
  diskNeedsPartitioning,
  undefinedGenerator,
  undefinedFile,
  legacyFacts,
  unsetVariable,
  missingTool,
  brokenPipe,
  network,
  interactiveTool,
  absoluteProgram,
  unquotedPath,
  bashSyntax,
  plaintextLeft,
  kindChanged,
  malformed,
  danglingLink,
  recipientDrift,
  machineWithoutAccess,
  orphanMachine,
  orphanGenerator,
  orphanFile,
  staleValidation,
  missing,
  untracked,
  sopsUnknownKey,
  undeclaredSecret,
  noCreationRule,
  sopsRecipientDrift,
  plaintext,
  sopsUnusedKey,
];

const byId: ReadonlyMap<string, Rule> = new Map(rules.map(rule => [rule.id, rule]));

/** The rule of an id; null if there is none. */
export function ruleById(id: string): Rule | null {
  return byId.get(id) ?? null;
}

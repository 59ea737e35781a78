/** All rules, in the order of lists and the documentation. */

import type { Rule } from '../rule.ts';
import { generatorsInImports } from './eval/generators-in-imports.ts';
import { nixDisagrees } from './eval/nix-disagrees.ts';
import { nixError } from './eval/nix-error.ts';
import { pathInLet } from './eval/path-in-let.ts';
import { pkgsInMetadata } from './eval/pkgs-in-metadata.ts';
import { absoluteProgram } from './generator/absolute-program.ts';
import { bashSyntax } from './generator/bash-syntax.ts';
import { brokenPipe } from './generator/broken-pipe.ts';
import { caKeyDeployed } from './generator/ca-key-deployed.ts';
import { dependencyCycle } from './generator/dependency-cycle.ts';
import { hashPublic } from './generator/hash-public.ts';
import { interactiveTool } from './generator/interactive-tool.ts';
import { invalidName } from './generator/invalid-name.ts';
import { legacyFacts } from './generator/legacy-facts.ts';
import { missingTool } from './generator/missing-tool.ts';
import { network } from './generator/network.ts';
import { nixInterpolation } from './generator/nix-interpolation.ts';
import { noOutput } from './generator/no-output.ts';
import { noScript } from './generator/no-script.ts';
import { outputNeverWritten } from './generator/output-never-written.ts';
import { outsideOut } from './generator/outside-out.ts';
import { ownPreviousOutput } from './generator/own-previous-output.ts';
import { pathAsText } from './generator/path-as-text.ts';
import { persistOverwritten } from './generator/persist-overwritten.ts';
import { persistRedundantCopy } from './generator/persist-redundant-copy.ts';
import { privateKeyPublic } from './generator/private-key-public.ts';
import { promptUnused } from './generator/prompt-unused.ts';
import { promptsUnset } from './generator/prompts-unset.ts';
import { randomPublic } from './generator/random-public.ts';
import { rawPromptDeployed } from './generator/raw-prompt-deployed.ts';
import { readAfterRemoval } from './generator/read-after-removal.ts';
import { scriptNotExecutable } from './generator/script-not-executable.ts';
import { secretInLog } from './generator/secret-in-log.ts';
import { sharedAndMachine } from './generator/shared-and-machine.ts';
import { sharedDependsOnMachine } from './generator/shared-depends-on-machine.ts';
import { sharedDiffers } from './generator/shared-differs.ts';
import { sharedMachineSpecific } from './generator/shared-machine-specific.ts';
import { trailingNewline } from './generator/trailing-newline.ts';
import { undeclaredDependency } from './generator/undeclared-dependency.ts';
import { undeclaredOutput } from './generator/undeclared-output.ts';
import { undeclaredPrompt } from './generator/undeclared-prompt.ts';
import { unknownDependency } from './generator/unknown-dependency.ts';
import { unknownDependencyFile } from './generator/unknown-dependency-file.ts';
import { unquotedPath } from './generator/unquoted-path.ts';
import { unsetVariable } from './generator/unset-variable.ts';
import { unusedDependency } from './generator/unused-dependency.ts';
import { unusedTool } from './generator/unused-tool.ts';
import { visiblePrompt } from './generator/visible-prompt.ts';
import { weakRandom } from './generator/weak-random.ts';
import { duplicateAttribute } from './host/duplicate-attribute.ts';
import { missingHost } from './host/missing.ts';
import { missingImport } from './host/missing-file.ts';
import { undefinedVariable } from './host/undefined-variable.ts';
import { unreadable } from './host/unreadable.ts';
import { unregistered } from './host/unregistered.ts';
import { untrackedSource } from './host/untracked.ts';
import { duplicateMachineSource } from './inventory/duplicate-machine-source.ts';
import { machineFolder } from './inventory/machine-folder.ts';
import { missingSetting } from './inventory/missing-setting.ts';
import { removedOption } from './inventory/removed-option.ts';
import { settingsNotData } from './inventory/settings-not-data.ts';
import { inventoryType } from './inventory/type.ts';
import { unknownMachine as unknownInventoryMachine } from './inventory/unknown-machine.ts';
import { unknownOption as unknownInventoryOption } from './inventory/unknown-option.ts';
import { unknownRole } from './inventory/unknown-role.ts';
import { unknownService } from './inventory/unknown-service.ts';
import { unknownSetting as unknownServiceSetting } from './inventory/unknown-setting.ts';
import { unknownTag } from './inventory/unknown-tag.ts';
import { conflict } from './option/conflict.ts';
import { declaredType } from './option/declared-type.ts';
import { noEffect } from './option/no-effect.ts';
import { notOnDarwin } from './option/not-on-darwin.ts';
import { readOnly } from './option/read-only.ts';
import { settingType } from './option/setting-type.ts';
import { storeDiffers } from './option/store-differs.ts';
import { optionType } from './option/type.ts';
import { undeclared } from './option/undeclared.ts';
import { unknownOption } from './option/unknown.ts';
import { unknownSetting } from './option/unknown-setting.ts';
import { usersOwner } from './option/users-owner.ts';
import { accessorNotSelected } from './registry/accessor-not-selected.ts';
import { duplicateEnvVar } from './registry/duplicate-env-var.ts';
import { duplicateGenerator } from './registry/duplicate-generator.ts';
import { duplicateKey } from './registry/duplicate-key.ts';
import { fileAttrMismatch } from './registry/file-attr-mismatch.ts';
import { invalidEnvVar } from './registry/invalid-env-var.ts';
import { missingMachine } from './registry/missing-machine.ts';
import { moduleKeysNotSelected } from './registry/module-keys-not-selected.ts';
import { unknownKey } from './registry/unknown-key.ts';
import { unknownMachine } from './registry/unknown-machine.ts';
import { unusedKey } from './registry/unused-key.ts';
import { ageNoRule } from './sops/age-no-rule.ts';
import { ageRecipientDrift } from './sops/age-recipient-drift.ts';
import { ageUnusedRule } from './sops/age-unused-rule.ts';
import { sopsConflict } from './sops/conflict.ts';
import { fileFormat } from './sops/file-format.ts';
import { missingFile } from './sops/missing-file.ts';
import { noCreationRule } from './sops/no-creation-rule.ts';
import { noFile } from './sops/no-file.ts';
import { sopsOptionType } from './sops/option-type.ts';
import { sopsPasswordNeedsUsers } from './sops/password-needs-users.ts';
import { plaintext } from './sops/plaintext.ts';
import { sopsReadAtEval } from './sops/read-at-eval.ts';
import { recipientDrift as sopsRecipientDrift } from './sops/recipient-drift.ts';
import { ruleWithoutFile } from './sops/rule-without-file.ts';
import { undeclaredSecret } from './sops/undeclared-secret.ts';
import { sopsUnknownAttribute } from './sops/unknown-attribute.ts';
import { unknownKey as sopsUnknownKey } from './sops/unknown-key.ts';
import { sopsUnknownOption } from './sops/unknown-option.ts';
import { unreplacedPlaceholder } from './sops/unreplaced-placeholder.ts';
import { unusedFile } from './sops/unused-file.ts';
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
import { hardCodedPath } from './use/hard-coded-path.ts';
import { notDeployed } from './use/not-deployed.ts';
import { notGenerated } from './use/not-generated.ts';
import { passwordNeedsUsers } from './use/password-needs-users.ts';
import { pathOrValue } from './use/path-or-value.ts';
import { readSecretAtEval } from './use/read-secret-at-eval.ts';
import { secretInStore } from './use/secret-in-store.ts';
import { undefinedFile } from './use/undefined-file.ts';
import { undefinedGenerator } from './use/undefined-generator.ts';
import { unknownAttribute } from './use/unknown-attribute.ts';
import { unknownMachine as unknownUsedMachine } from './use/unknown-machine.ts';
import { valueOfSecret } from './use/value-of-secret.ts';

export const rules: readonly Rule[] = [
  // Registries of keys and the machines that select them
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
  moduleKeysNotSelected,

  // Generators: names
  invalidName,
  legacyFacts,
  // Generators: outputs
  noScript,
  noOutput,
  outputNeverWritten,
  undeclaredOutput,
  outsideOut,
  ownPreviousOutput,
  // Generators: prompts
  undeclaredPrompt,
  promptsUnset,
  promptUnused,
  persistOverwritten,
  persistRedundantCopy,
  // Generators: dependencies
  undeclaredDependency,
  unknownDependency,
  unknownDependencyFile,
  unusedDependency,
  dependencyCycle,
  // Generators: sharing between machines
  sharedDependsOnMachine,
  sharedAndMachine,
  sharedDiffers,
  sharedMachineSpecific,
  // Generators: Bash in scripts
  bashSyntax,
  nixInterpolation,
  unsetVariable,
  pathAsText,
  unquotedPath,
  brokenPipe,
  readAfterRemoval,
  // Generators: programs of scripts
  missingTool,
  unusedTool,
  absoluteProgram,
  scriptNotExecutable,
  interactiveTool,
  network,
  // Generators: secrets
  weakRandom,
  visiblePrompt,
  secretInLog,
  privateKeyPublic,
  hashPublic,
  randomPublic,
  rawPromptDeployed,
  caKeyDeployed,
  trailingNewline,

  // Options of generators, their files and prompts
  unknownOption,
  optionType,
  readOnly,
  notOnDarwin,
  noEffect,
  usersOwner,
  conflict,
  // Options for storing vars
  unknownSetting,
  settingType,
  storeDiffers,
  // The fleet's own options
  undeclared,
  declaredType,

  // Uses of vars
  valueOfSecret,
  existsOfSecret,
  readSecretAtEval,
  secretInStore,
  notDeployed,
  notGenerated,
  passwordNeedsUsers,
  pathOrValue,
  diskNeedsPartitioning,
  hardCodedPath,
  undefinedGenerator,
  unknownUsedMachine,
  undefinedFile,
  unknownAttribute,

  // Stored values
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

  // The inventory of machines and services
  unknownInventoryMachine,
  unknownTag,
  unknownRole,
  unknownService,
  settingsNotData,
  unknownInventoryOption,
  inventoryType,
  unknownServiceSetting,
  missingSetting,
  machineFolder,
  removedOption,
  duplicateMachineSource,

  // Secrets of sops-nix and `.sops.yaml`
  sopsUnknownOption,
  sopsOptionType,
  sopsUnknownAttribute,
  sopsConflict,
  sopsReadAtEval,
  unreplacedPlaceholder,
  sopsPasswordNeedsUsers,
  missingFile,
  fileFormat,
  sopsUnknownKey,
  undeclaredSecret,
  noCreationRule,
  noFile,
  ruleWithoutFile,
  sopsRecipientDrift,
  plaintext,
  sopsUnusedKey,
  unusedFile,
  ageNoRule,
  ageRecipientDrift,
  ageUnusedRule,

  // Machines and the flake
  unreadable,
  duplicateAttribute,
  undefinedVariable,
  missingHost,
  missingImport,
  untrackedSource,
  unregistered,

  // Evaluation failures
  generatorsInImports,
  pkgsInMetadata,
  pathInLet,
  nixError,
  nixDisagrees,
];

const byId: ReadonlyMap<string, Rule> = new Map(rules.map(rule => [rule.id, rule]));

/** Returns the rule with this id, or null. */
export function ruleById(id: string): Rule | null {
  return byId.get(id) ?? null;
}

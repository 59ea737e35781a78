/** sops/undeclared-secret: a use of a secret that is not declared. */

import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { SecretUse } from '../../../fleet/model/secrets.ts';
import type { FleetSecrets } from '../../../fleet/secrets/secrets-join.ts';
import { sortedUnique } from '../../../std.ts';
import { hasBrokenModule } from '../../facts/host/broken-modules.ts';
import { isOfGenerator, mayBeGenerated, nameOfToday } from '../../facts/sops/generated-secrets.ts';
import { secretsOf } from '../../facts/sops/joined-secrets.ts';
import { isOfConfig, isUnusedFile } from '../../facts/sops/secret-surroundings.ts';
import {
  isOnAnyMachine,
  isWithout,
  machinesReading,
  mayBeDeclared,
  nearNameOn,
} from '../../facts/sops/secrets-on-machines.ts';
import { keeperName } from '../../facts/sops/sops-versions.ts';
import { inBrackets, quoted } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const undeclaredSecret: Rule = {
  id: 'sops/undeclared-secret',
  severity: 'warning',
  summary: 'A use of a secret of sops-nix or agenix that nothing declares',
  documentation: `\
A module reads \`config.sops.secrets.<name>\`, \`config.sops.placeholder.<name>\`, \`config.sops.templates.<name>\` or
\`config.age.secrets.<name>\`, and nothing in this repository declares that name: no \`sops.secrets.<name>\`, no
generator, and no secret below \`sops/secrets\` that clan gives to a machine. Or only modules that this machine does not
import declare it. Or it is \`vars/<generator>/<file>\`, the name that clan gave to the secrets of generators before
August 2026. A machine with this module does not evaluate: \`attribute '…' missing\`.

Declare it (\`sops.secrets.<name> = { };\`), import the module that does, or correct the name.

This is a warning rather than an error, because a module of another flake may declare the secret, or no machine may
import the file. Not reported if the machine has a module that declares secrets with unknown or partly unknown names,
unless a secret of the machine has a similar name; for uses with a fallback (\`or\`, \`?\`); in a file that belongs to no
machine and that no other file names; and for agenix if the repository declares none of the secrets that it uses. If
other machines have the secret, only uses that evaluation certainly reaches are reported: an error for the machines that
import the module and lack the secret. Nothing is reported under a condition that does not hold.

Source: sops-nix 56b2406, modules/sops/default.nix; agenix b027ee2, modules/age.nix.`,
  examples: ({ encryptedYaml, moduleWith, VALUE }) => ({
    bad: [
      {
        title: 'A secret with another name',
        files: {
          'configuration.nix': moduleWith(
            '  sops.secrets.mail-password = { };\n  services.mail.passwordFile = config.sops.secrets.mail-pasword.path;\n  #                                                ^^^^^^^^^^^^ sops/undeclared-secret\n',
          ),
          'secrets/lea.yaml': encryptedYaml(`mail-password: ${VALUE}\n`),
        },
      },
    ],
    good: [
      {
        title: 'A secret that is declared',
        files: {
          'configuration.nix': moduleWith(
            '  sops.secrets.mail-password = { };\n  services.mail.passwordFile = config.sops.secrets.mail-password.path;\n',
          ),
          'secrets/lea.yaml': encryptedYaml(`mail-password: ${VALUE}\n`),
        },
      },
    ],
  }),
  check: function* (context: CheckContext) {
    const { fleet } = context;
    const secrets = secretsOf(context);
    const areHere = secrets.uses.some(use => use.keeper === 'age' && secrets.targetOf(use) === 'declared');
    for (const use of secrets.uses) {
      // If agenix files are in a private flake, their secrets are often declared there too.
      if (use.reached === 'never' || !isOfConfig(use.above)) continue;
      if (use.keeper === 'age' && !areHere) continue;
      // Only the options of a machine may have told that it is declared, or Nix.
      const target =
        secrets.targetOf(use) === 'undeclared' && isOnAnyMachine(fleet, use)
          ? 'unknown'
          : secrets.targetOf(use);
      const isUnnamed = target === 'undeclared' || !isNamed(secrets, use);
      if (target === 'generator') {
        const reading = machinesReading(fleet, use);
        const { guarded, name, nameKind } = use;
        const isAsked =
          !guarded && nameKind !== 'pattern' && reading.length > 0 && isOfGenerator(fleet, name);
        if (!isAsked) continue;
        if (!reading.some(machine => mayBeGenerated(fleet, name, [machine])))
          yield reportOf(secrets, use, reading);
        else {
          const names = reading.map(machine => nameOfToday(context, name, machine));
          if (names.every(today => today !== null)) yield olderName(use, reading, sortedUnique(names));
        }
      } else if (target === 'undeclared') {
        const isKnown = !hasBrokenModule(fleet, machinesReading(fleet, use));
        if (isKnown && !isUnusedFile(fleet, use.at.file)) yield reportOf(secrets, use, []);
      } else if (
        !use.guarded &&
        use.nameKind !== 'pattern' &&
        (target === 'declared' || target === 'unknown')
      ) {
        const reading = machinesReading(fleet, use);
        const machines = reading.filter(machine => isSurelyWithout(context, machine, use));
        const areNear =
          isUnnamed && reading.length > 0 && reading.every(machine => isMisspeltOn(context, machine, use));
        if (machines.length === 0 && areNear) yield reportOf(secrets, use, reading);
        else if (machines.length > 0) {
          // On other machines, a condition may prevent the read.
          const isAll = isUnnamed && machines.length === reading.length;
          if (isAll) yield reportOf(secrets, use, machines);
          else if (use.reached === 'surely') yield { ...reportOf(secrets, use, machines), severity: 'error' };
        } else if (
          isUnnamed &&
          reading.length === 0 &&
          !isUnusedFile(fleet, use.at.file) &&
          !mayBeDeclared(fleet, use)
        )
          yield reportOf(secrets, use, []);
      }
    }
  },
};

/** Returns whether a declaration has exactly this name, for any machine. */
function isNamed({ secrets, templates }: FleetSecrets, { keeper, name, of }: SecretUse): boolean {
  const named = of === 'template' ? templates : secrets.filter(secret => secret.keeper === keeper);
  return named.some(declaration => declaration.nameKind !== 'pattern' && declaration.name === name);
}

function isSurelyWithout(context: CheckContext, machine: string, use: SecretUse): boolean {
  const machineSecret = context.fleet.machineSecrets.get(machine);
  return machineSecret !== undefined && isWithout(machineSecret, use) && !isGivenByClan(context, use);
}

/**
 * Returns whether only declarations without a known name may declare the secret, and the machine has one with a
 * similar name.
 */
function isMisspeltOn(context: CheckContext, machine: string, use: SecretUse): boolean {
  const machineSecret = context.fleet.machineSecrets.get(machine);
  return (
    machineSecret !== undefined && !isGivenByClan(context, use) && nearNameOn(machineSecret, use) !== null
  );
}

/** Returns whether clan provides the secret to machines without a declaration in Nix. */
function isGivenByClan(context: CheckContext, use: SecretUse): boolean {
  return secretsOf(context).secrets.some(
    ({ name, implicitOn }) => name === use.name && implicitOn.length > 0,
  );
}

function olderName(use: SecretUse, machines: readonly string[], names: readonly string[]): Report {
  return {
    at: use.nameAt,
    message: `The clan-core that flake.lock has calls the secret "${use.name}" of ${keeperName(use.keeper)} ${quoted(names)}${inBrackets(machines)}; reading it by the old name fails. Use the .path of the generator's file, or the current name.`,
    machines,
  };
}

function reportOf(secrets: FleetSecrets, use: SecretUse, machines: readonly string[]): Report {
  const what = use.of === 'template' ? 'template' : 'secret';
  const names =
    use.of === 'template'
      ? secrets.templates.flatMap(({ name, nameKind }) => (nameKind === 'pattern' ? [] : [name]))
      : secrets.secrets.flatMap(({ keeper, name, nameKind }) =>
          keeper === use.keeper && nameKind !== 'pattern' ? [name] : [],
        );
  const elsewhere = names.includes(use.name);
  const advice = elsewhere
    ? ' Import the module that declares it, or declare it here.'
    : didYouMean(suggest(use.name, names));
  return {
    at: use.nameAt,
    message: `Nothing declares the ${what} "${use.name}" of ${keeperName(use.keeper)}${inBrackets(machines)}; reading it fails.${advice}`,
    machines,
  };
}

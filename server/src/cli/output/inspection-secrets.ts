/** Describes secrets of sops-nix and agenix for `inspect`: their encrypted files, recipients and paths. */
import { secretPaths } from '../../editor/secrets/deployed.ts';
import { keyTextOf, machinesOfSecret, type SecretContext, valueKeys } from '../../editor/secrets/joined.ts';
import { keyNames, recipientsOf } from '../../editor/secrets/recipients.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { SecretDefinition } from '../../fleet/model/secrets.ts';
import { type FleetSecret, joinSecrets } from '../../fleet/secrets/secrets-join.ts';
import type { Place } from '../../nix/places.ts';
import { byText } from '../../std.ts';
import { implicitByName, readSops } from '../../store/sops/sops-keys.ts';
import type { WorkspaceFiles } from '../../workspace/files/files.ts';

type At = (place: Place) => { file: string; line: number; column: number };

/** Returns the secrets that are declared in Nix, or that clan declares for `sops/secrets`. */
export function secretsOf(fleet: Fleet, files: WorkspaceFiles, at: At) {
  const sops = readSops(files, fleet.directory ?? '');
  const implicit = implicitByName(
    sops,
    fleet.machines.map(machine => machine.name),
  );
  const secrets = joinSecrets(files, fleet.secrets, implicit);
  const environment: SecretContext = { fleet, files, secrets, sops };
  const pathOf = ({ keeper, name, definitions }: FleetSecret) => {
    const [only, another] = secretPaths(environment, keeper, name, definitions);
    return another === undefined ? (only ?? null) : null;
  };
  return {
    secrets: secrets.secrets.map(secret => ({
      keeper: secret.keeper,
      name: secret.name,
      implicitOn: secret.implicitOn,
      definitions: secret.definitions.map(definition => at(definition.at)),
      uses: secrets.uses
        .filter(use => use.keeper === secret.keeper && use.name === secret.name)
        .filter(use => use.of !== 'template')
        .map(use => at(use.at)),
      machines: machinesOfSecret(fleet, secret),
      sources: sourcesOf(environment, secret),
      deployedPath: pathOf(secret),
    })),
    encryptedFiles: encryptedFilesOf(environment, files),
  };
}

/** Returns each file that certainly contains the secret, with its key. */
function sourcesOf({ secrets }: SecretContext, { definitions }: FleetSecret) {
  const sources = definitions.flatMap(definition =>
    certainFiles(secrets, definition).map(file => {
      const locatedKey = secrets.keyOf(definition);
      return {
        file,
        key: keyTextOf(secrets, definition),
        keyFound: locatedKey === null ? null : locatedKey.kind === 'found',
      };
    }),
  );
  return [...new Map(sources.map(source => [`${source.file}\0${source.key}`, source])).values()];
}

function certainFiles(secrets: SecretContext['secrets'], definition: SecretDefinition): string[] {
  return secrets.filesOf(definition).files.flatMap(({ path, certain }) => (certain ? [path] : []));
}

/** Returns the files that are named by declarations and by rules of agenix, sorted. */
function encryptedFilesOf(environment: SecretContext, files: WorkspaceFiles) {
  const { secrets } = environment;
  const keepers = new Map<string, 'sops' | 'age'>();
  for (const { keeper, definitions } of secrets.secrets)
    for (const definition of definitions)
      for (const path of certainFiles(secrets, definition)) keepers.set(path, keeper);
  for (const { path } of secrets.ageRules.flatMap(({ rules }) => rules)) keepers.set(path, 'age');
  const nameOf = keyNames(environment);
  return [...keepers].sort(byText(([name]) => name)).map(([file, keeper]) => {
    const content = keeper === 'sops' ? secrets.encrypted(file) : null;
    const recipients = recipientsOf(secrets, file);
    return {
      file,
      keeper,
      exists: files.kind(file) === 'file',
      /** `null` if the format does not tell. */
      encrypted: content?.complete === true ? content.encrypted : null,
      keys: content === null ? [] : valueKeys(content).map(({ path }) => path),
      recipients: (recipients?.keys ?? []).map(key => ({ key, name: nameOf(key) })),
    };
  });
}

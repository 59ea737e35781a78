/**
 * Reads the replies of Nix as data of the model. A reply whose shape does not fit the question is rejected: any program may
 * be called `nix` on PATH.
 */

import * as v from 'valibot';
import type { NixFacts, NixGenerator, NixSecret } from '../fleet/model/nix-answer.ts';
import type { SourcePosition } from '../nix/positions.ts';

/** Converts a path in a reply to a path of the fleet; null for paths outside of it. */
export type OwnPath = (path: string) => string | null;

const text = v.string();
const texts = v.array(text);

/** Accepts `{ ok }`, or null for a part that could not be evaluated. */
const attempted = <T>(schema: v.GenericSchema<unknown, T>) =>
  v.optional(
    v.pipe(
      v.union([v.object({ ok: schema }), v.object({ failed: v.literal(true) })]),
      v.transform(attempt => ('ok' in attempt ? (attempt.ok as T) : null)),
    ),
    { failed: true },
  );

const FILE = v.object({
  secret: attempted(v.boolean()),
  deploy: attempted(v.boolean()),
  owner: attempted(text),
  group: attempted(text),
  mode: attempted(text),
  neededFor: attempted(text),
});

const PROMPT = v.object({
  type: attempted(text),
  description: attempted(v.nullable(text)),
  persist: attempted(v.boolean()),
});

/** Accepts objects with any names, including `__proto__`. */
const named = <T>(schema: v.GenericSchema<unknown, T>) =>
  v.pipe(
    v.custom<object>(value => typeof value === 'object' && value !== null && !Array.isArray(value)),
    v.transform(record => Object.entries(record)),
    v.array(v.tuple([text, schema])),
    v.transform(entries => new Map(entries)),
  );

const VALIDATION = v.optional(
  v.union([v.object({ ok: v.unknown() }), v.object({ failed: v.literal(true) })]),
  { failed: true },
);

const GENERATOR = v.object({
  share: attempted(v.boolean()),
  dependencies: attempted(texts),
  files: attempted(named(FILE)),
  prompts: attempted(named(PROMPT)),
  runtimeInputs: attempted(texts),
  script: attempted(text),
  validation: VALIDATION,
});

const SECRET = v.object({
  sopsFile: attempted(text),
  file: attempted(text),
  key: attempted(text),
  format: attempted(text),
  owner: attempted(v.nullable(text)),
  group: attempted(v.nullable(text)),
  mode: attempted(text),
  path: attempted(text),
  neededForUsers: attempted(v.boolean()),
});

/** Accepts names, or reads `absent` if the machine has no such option. */
const NAMES_OF_OPTION = attempted(
  v.pipe(
    v.nullable(texts),
    v.transform((names): readonly string[] | 'absent' => names ?? 'absent'),
  ),
);

const POSITION = v.object({
  name: text,
  at: v.nullable(v.object({ file: text, line: v.number(), column: v.number() })),
});

const MACHINE = v.object({
  hasVars: v.boolean(),
  generatorNames: texts,
  positions: attempted(v.array(POSITION)),
  sops: NAMES_OF_OPTION,
  age: NAMES_OF_OPTION,
  templates: NAMES_OF_OPTION,
  sopsSecrets: attempted(named(SECRET)),
  ageSecrets: attempted(named(SECRET)),
  tags: attempted(v.nullable(texts)),
  generators: named(GENERATOR),
});

const NAMES = v.object({ nixos: texts, darwin: texts });

const SCRIPT_PARTS = named(
  attempted(v.object({ outputs: texts, packages: v.array(v.object({ name: text, path: text })) })),
);

const METADATA = v.object({
  path: text,
  revision: v.optional(text),
  dirtyRevision: v.optional(text),
  lastModified: v.optional(v.number()),
  locked: v.object({ narHash: text }),
  locks: v.optional(v.unknown()),
});

export type FlakeMetadata = v.InferOutput<typeof METADATA>;

/** Returns the flake's metadata in a reply, or null if the reply does not fit the question. */
export const metadataIn = (reply: unknown): FlakeMetadata | null => parsed(METADATA, reply);

export const machineNamesIn = (reply: unknown): v.InferOutput<typeof NAMES> | null => parsed(NAMES, reply);

/** Returns the packages and derivations of scripts, by generator. */
export const scriptPartsIn = (reply: unknown): v.InferOutput<typeof SCRIPT_PARTS> | null =>
  parsed(SCRIPT_PARTS, reply);

export function factsIn(reply: unknown, ownPath: OwnPath): NixFacts | null {
  const machine = parsed(MACHINE, reply);
  if (machine === null) return null;
  const definedAt = new Map<string, SourcePosition[]>();
  for (const { name, at } of machine.positions ?? []) {
    const file = at && ownPath(at.file);
    if (at && file) definedAt.set(name, [...(definedAt.get(name) ?? []), { ...at, file }]);
  }
  return {
    hasVars: machine.hasVars,
    generatorNames: machine.generatorNames,
    generators: new Map(
      [...machine.generators].map(([name, generator]) => [
        name,
        generatorOf(generator, definedAt.get(name) ?? []),
      ]),
    ),
    sops: machine.sops && secretsOf(machine.sops, machine.sopsSecrets, ownPath),
    age: machine.age && secretsOf(machine.age, machine.ageSecrets, ownPath),
    templates: machine.templates === 'absent' ? [] : machine.templates,
    withoutOption: (['sops', 'age'] as const).filter(keeper => machine[keeper] === 'absent'),
    tags: machine.tags,
  };
}

/** @param secrets null if Nix could evaluate only the names */
function secretsOf(
  names: readonly string[] | 'absent',
  secrets: ReadonlyMap<string, v.InferOutput<typeof SECRET>> | null,
  ownPath: OwnPath,
): ReadonlyMap<string, NixSecret> {
  if (names === 'absent') return new Map();
  return new Map(
    names.map(name => {
      const { sopsFile = null, file = null, ...options } = secrets?.get(name) ?? NOTHING_KNOWN;
      const encrypted = sopsFile ?? file;
      return [name, { ...options, file: encrypted && ownPath(encrypted) }];
    }),
  );
}

const NOTHING_KNOWN = v.parse(SECRET, {});

/** @param definedAt the place according to the machine's other answer */
export function generatorIn(reply: unknown, definedAt: readonly SourcePosition[]): NixGenerator | null {
  const generator = parsed(GENERATOR, reply);
  return generator === null ? null : generatorOf(generator, definedAt);
}

function generatorOf(
  { validation, ...generator }: v.InferOutput<typeof GENERATOR>,
  definedAt: readonly SourcePosition[],
): NixGenerator {
  return { ...generator, validation: 'ok' in validation ? validation.ok : undefined, definedAt };
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, reply: unknown): T | null {
  const result = v.safeParse(schema, reply);
  return result.success ? result.output : null;
}

/**
 * Generates the JSON Schema of `varsmith.json` from the rules, for completion and validation in editors. Draft 7 is
 * the newest that editors fully support. Only the script that writes the schema loads this file.
 */
import type { Rule } from '../../checks/rule.ts';
import { DEFAULT_LIMITS, GREATEST, LIMIT_NAMES, type Limits } from '../../host/sandbox/limits.ts';
import { groupsOf, SEVERITY_WORDS } from './rule-settings.ts';
import { DEFAULT_SETTINGS } from './settings.ts';

const ID = 'https://github.com/varsmith/varsmith/blob/main/docs/schemas/varsmith.schema.json';

const WORDS = {
  off: 'Never report it.',
  error: 'Report it as an error.',
  warning: 'Report it as a warning.',
  info: 'Report it as information.',
  hint: 'Report it as a hint.',
} as const satisfies Readonly<Record<(typeof SEVERITY_WORDS)[number], string>>;

const LIMIT_WORDS: Readonly<Record<keyof Limits, string>> = {
  memoryMiB: 'Memory that each process of a script can write to, in MiB.',
  processes: 'Processes and threads of a script at a time.',
  openFiles: 'Files that each process has open at a time.',
  fileMiB: 'Size of each file that a script writes, and of what it says, in MiB.',
  temporaryMiB: 'Size of /tmp and of /dev/shm in the sandbox, each, in MiB.',
};

const LIMITS_SCHEMA = {
  type: 'object',
  description: 'How much the script of a generator may take; docs/sandbox.md says of what.',
  additionalProperties: false,
  properties: Object.fromEntries(
    LIMIT_NAMES.map(name => [
      name,
      {
        type: 'integer',
        minimum: 1,
        maximum: GREATEST[name],
        default: DEFAULT_LIMITS[name],
        description: LIMIT_WORDS[name],
      },
    ]),
  ),
};

const STORE_SCHEMA = {
  type: 'object',
  description:
    'Where secrets are kept: a custom store, as docs/custom-store.md describes it, or, in a fleet without clan, one of clan’s stores.',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: {
    backend: {
      enum: ['sops', 'age'],
      description:
        'Clan’s store, for a fleet without clan in which something reads vars/ as clan lays it out.',
    },
    command: {
      type: 'array',
      description:
        'The program and its first arguments. A program with a slash is relative to the folder of this file.',
      items: { type: 'string' },
      minItems: 1,
    },
  },
};

const DEFINITIONS = {
  severity: {
    type: 'string',
    enum: SEVERITY_WORDS,
    enumDescriptions: SEVERITY_WORDS.map(word => WORDS[word]),
  },
  ruleSetting: {
    type: 'object',
    additionalProperties: false,
    properties: {
      severity: { $ref: '#/definitions/severity' },
      exclude: { description: 'Files in which it is not reported.', $ref: '#/definitions/patterns' },
    },
  },
  patterns: { type: 'array', items: { type: 'string' } },
};

/** Returns the schema as text with a final line break. */
export function settingsSchemaText(rules: readonly Rule[]): string {
  return `${JSON.stringify(settingsSchema(rules), null, 2)}\n`;
}

function settingsSchema(rules: readonly Rule[]) {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: ID,
    title: 'Settings of Varsmith',
    description: 'varsmith.json at the root of a fleet. It counts for every editor and for the command line.',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string', description: 'Where this schema is, for editors that ask for it.' },
      enable: {
        type: 'boolean',
        default: DEFAULT_SETTINGS.enable,
        description: 'Off: nothing of the folder is analysed.',
      },
      rules: rulesSchema(rules),
      exclude: patterns(
        'Files and folders that are not searched and in which nothing is reported: paths or globs relative to the root.',
        DEFAULT_SETTINGS.exclude,
      ),
      registryFiles: patterns(
        'Files that are registries whatever they look like: paths or globs relative to the root.',
        DEFAULT_SETTINGS.registryFiles,
      ),
      matrixFiles: patterns(
        'Files that are matrices whatever they look like: paths or globs relative to the root.',
        DEFAULT_SETTINGS.matrixFiles,
      ),
      limits: LIMITS_SCHEMA,
      store: STORE_SCHEMA,
    },
    definitions: DEFINITIONS,
  };
}

function rulesSchema(rules: readonly Rule[]) {
  const groups = groupsOf(rules.map(({ id }) => id));
  return {
    type: 'object',
    description: 'Severities, and paths to leave out, by rule or by group.',
    additionalProperties: false,
    properties: Object.fromEntries([
      ...groups.map(group => [group, ruleSetting(`All rules of the group \`${group}\`.`, null)]),
      ...rules.map(rule => [rule.id, ruleSetting(`${rule.summary}. By default: ${rule.severity}.`, rule)]),
    ]),
  };
}

/**
 * Returns the schema of a rule's or a group's setting.
 * @param rule null for a group, which has no default
 */
function ruleSetting(description: string, rule: Rule | null) {
  return {
    markdownDescription: description,
    ...(rule === null ? {} : { default: rule.severity }),
    anyOf: [{ $ref: '#/definitions/severity' }, { $ref: '#/definitions/ruleSetting' }],
  };
}

function patterns(description: string, value: readonly string[]) {
  return { description, default: value, $ref: '#/definitions/patterns' };
}

/**
 * generator/raw-prompt-deployed: a typed answer is deployed to a machine that only needs what is derived from
 * it.
 */
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator, GeneratorBody, GeneratorFile } from '../../../fleet/model/generators.ts';
import type { ReadFact } from '../../../shell/flow/flow-facts.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { followed } from '../../facts/followed-scripts.ts';
import { isUsed } from '../../facts/generator/consumers.ts';
import { hasherOf, isHasher } from '../../facts/generator/hashers.ts';
import { inBodies } from '../../memory/per-body.ts';
import type { Report, Rule } from '../../rule.ts';

function mailText(file: string, mark = ''): string {
  return `\
{ config, pkgs, ... }:
{
  clan.core.vars.generators.mail-ada = {
    prompts.password = {
      type = "hidden";
      persist = true;
    };
${mark}${file}    files.hash.neededFor = "services";
    runtimeInputs = [ pkgs.mkpasswd ];
    script = ''
      mkpasswd --method=bcrypt --stdin < "$prompts/password" > "$out/hash"
    '';
  };
  mailserver.accounts.ada.hashedPasswordFile = config.clan.core.vars.generators.mail-ada.files.hash.path;
}
`;
}

export const rawPromptDeployed: Rule = {
  id: 'generator/raw-prompt-deployed',
  severity: 'info',
  summary: 'A persisted prompt is deployed although only what is made of it is used',
  documentation: `\
A hidden prompt with \`persist = true\` is a file of its generator, and files are deployed: the password itself is on
every machine that has the generator, although modules there read only the hash or the configuration that the script
derives from it.

Add \`files.<prompt>.deploy = false\`: the answer is still kept, for the next run, but stays with the administrators.

Reported where the script reads the prompt, another file of the generator is used, and nothing in the workspace reads
the prompt's own file. The same applies to a password that the script creates itself, if only its hash is used and the
generator's other files are all hashes.`,
  examples: () => ({
    bad: [
      {
        title: 'A password beside its hash',
        files: {
          'modules/mail.nix': mailText('').replace(
            'prompts.password = {\n',
            'prompts.password = {\n    #       ^^^^^^^^ generator/raw-prompt-deployed: files.password.deploy = false\n',
          ),
        },
      },
    ],
    good: [
      {
        title: 'The password stays with the administrators',
        files: { 'modules/mail.nix': mailText('    files.password.deploy = false;\n') },
      },
    ],
  }),
  check: function* (context) {
    const isUsedFile = usedFiles(context.fleet);
    for (const { generator, body, found } of rawPrompts(context))
      for (const file of found)
        if (isUnusedAnswer(isUsedFile, generator, body, file)) yield reportOf(generator, body, file);
    const isNew = firstTime();
    for (const { generator, body, found } of hashedPasswords(context))
      for (const file of found)
        if (isHashAlone(isUsedFile, generator, body, file) && isNew(file))
          yield passwordReport(generator, file);
  },
};

/** Returns whether a file of a generator is read, or may be. */
type IsUsed = (generator: string, file: string) => boolean;

/** Looks for uses once per name: a generator of a thousand machines has as many bodies, and as many files with uses. */
function usedFiles(fleet: Fleet): IsUsed {
  const answers = new Map<string, boolean>();
  return (generator, file) => {
    const key = `${generator}\0${file}`;
    const answer = answers.get(key) ?? isUsed(fleet, generator, file);
    answers.set(key, answer);
    return answer;
  };
}

/** Returns the secret files that a script writes and then hashes. */
const hashedPasswords = inBodies(({ nameKind }, { files, script }) => {
  const flow = followed(script)?.flow;
  if (flow === undefined) return [];
  if (nameKind === 'pattern' || !flow.commands.some(isHasher)) return [];
  return files.filter(({ name, nameKind: kind, secret, deploy, conditional, from }) => {
    if (conditional || from === 'prompt' || kind === 'pattern' || secret !== true || deploy !== true)
      return false;
    const isIt = ({ path }: ReadFact) =>
      path.root === 'variable' && path.variable === 'out' && path.rest === name;
    return flow.reads.some(isIt) && hasherOf(flow, name) === null;
  });
});

/** Returns whether every other file is a hash, one of the hashes is used, and the password is not. */
function isHashAlone(
  isUsedFile: IsUsed,
  generator: Generator,
  body: GeneratorBody,
  { name, neededFor }: GeneratorFile,
): boolean {
  const flow = followed(body.script)?.flow;
  if (flow === undefined || !body.complete.files || (neededFor !== 'services' && neededFor !== 'users'))
    return false;
  if (isUsedFile(generator.name, name)) return false;
  const others = body.files.filter(file => file.name !== name);
  return (
    others.every(other => hasherOf(flow, other.name) !== null) &&
    others.some(other => isUsedFile(generator.name, other.name))
  );
}

function passwordReport(generator: Generator, { name, at }: GeneratorFile): Report {
  return {
    at,
    machines: generator.machines ?? [],
    message:
      `The secret "${name}" of generator "${generator.name}" is deployed, but only the hash that the script makes of it is used. ` +
      `Keep it off the machines with files.${name}.deploy = false.`,
  };
}

const rawPrompts = inBodies(({ nameKind }, body) =>
  nameKind === 'pattern' ? [] : body.files.filter(file => isRawPrompt(body, file)),
);

function isRawPrompt(body: GeneratorBody, file: GeneratorFile): boolean {
  const { name, secret, deploy, nameKind, conditional } = file;
  if (conditional || secret !== true || deploy !== true || nameKind === 'pattern') return false;
  const prompt = body.prompts.find(generatorPrompt => generatorPrompt.name === name);
  return prompt?.persist === true && (prompt.type === 'hidden' || prompt.type === 'multiline-hidden');
}

/** Returns whether something derived from the answer is used, but not the answer itself. */
function isUnusedAnswer(
  isUsedFile: IsUsed,
  generator: Generator,
  body: GeneratorBody,
  { name, neededFor }: GeneratorFile,
): boolean {
  // Files needed before the system runs are looked up by their path, without a visible use.
  if (neededFor !== 'services' && neededFor !== 'users') return false;
  if (isUsedFile(generator.name, name)) return false;
  const others = body.files.filter(file => file.name !== name && file.secret !== null);
  if (!others.some(other => isUsedFile(generator.name, other.name))) return false;
  const flow = followed(body.script)?.flow;
  if (flow === undefined) return false;
  const { reads, writes } = flow;
  const isRead = reads.some(
    ({ path }) => path.root === 'variable' && path.variable === 'prompts' && path.rest === name,
  );
  // A file written by the script is no longer the raw answer.
  const isWritten = writes.some(
    ({ path }) => path.root === 'variable' && path.variable === 'out' && path.rest === name,
  );
  return isRead && !isWritten;
}

function reportOf(generator: Generator, body: GeneratorBody, { name, at }: GeneratorFile): Report {
  const prompt = body.prompts.find(generatorPrompt => generatorPrompt.name === name);
  return {
    at: prompt?.at ?? at,
    machines: generator.machines ?? [],
    message:
      `The answer to the prompt "${name}" of generator "${generator.name}" is deployed as it was typed, but only what the script makes of it is used. ` +
      `Keep it off the machines with files.${name}.deploy = false.`,
  };
}

/** Asks the questions about a new secret: registry, name, form, metadata and machines. */
import { commands, l10n, window } from 'vscode';
import { STAYS } from '../generate/choose.ts';
import { pickSome } from '../generate/pick-some.ts';
import type { ScaffoldWish, SecretProposal } from '../protocol/scaffold.ts';
import type { ScaffoldContext } from './scaffold-context.ts';

/** Asks all questions about a new secret. Returns `undefined` if one is cancelled. */
export async function askSecret(context: ScaffoldContext): Promise<ScaffoldWish | undefined> {
  const { registries, machines } = context;
  if (registries.length === 0) {
    const lay = l10n.t('Initialise Fleet…');
    const answer = await window.showInformationMessage(l10n.t('There is no registry here.'), lay);
    if (answer === lay) await commands.executeCommand('varsmith.initFleet', 'registry');
    return undefined;
  }
  const registry =
    registries.length === 1
      ? registries[0]
      : await window.showQuickPick([...registries], {
          ...STAYS,
          title: l10n.t('Add Secret: to which registry?'),
        });
  if (registry === undefined) return undefined;
  const name = await window.showInputBox({
    ...STAYS,
    title: l10n.t('Add Secret: name'),
    prompt: l10n.t(
      'The key in the registry. The names of the generator and the variable are derived from it.',
    ),
    placeHolder: 'openai',
    validateInput: value => context.problem('secret', value, registry),
  });
  if (!name) return undefined;
  const { proposals, domains } = await context.secretProposals(name, registry);
  const picked = await window.showQuickPick(proposals.map(formItem), {
    ...STAYS,
    title: l10n.t('Add Secret {0}: kind', name),
  });
  if (picked === undefined) return undefined;
  const { kind, category, generator } = picked.proposal;
  const metadata = await askMetadata(context, name, registry, picked.proposal, domains);
  if (metadata === undefined) return undefined;
  const chosen =
    machines.length === 0
      ? []
      : await pickSome(
          machines.map(label => ({ label, picked: machines.length === 1 })),
          {
            title: l10n.t('Add Secret {0}: machines', name),
            placeholder: l10n.t('The machines that get the secret'),
            empty: l10n.t('No machine would have it. Select some, or press Enter again to add it for none.'),
            acceptsNone: true,
          },
        );
  if (chosen === null) return undefined;
  const names = chosen.map(({ label }) => label);
  return { what: 'secret', name, kind, category, generator, ...metadata, machines: names, registry };
}

function kindWords(kind: SecretProposal['kind']): { readonly label: string; readonly detail: string } {
  switch (kind) {
    case 'prompt':
      return { label: l10n.t('Secret from a prompt'), detail: l10n.t('Someone enters it once.') };
    case 'setting':
      return {
        label: l10n.t('Setting from a prompt'),
        detail: l10n.t('The same for a value that is not secret.'),
      };
    case 'password':
      return { label: l10n.t('Password'), detail: l10n.t('A script makes it.') };
  }
}

/** Returns the choice for a form: how the value is made, similar entries, and its names. */
function formItem(proposal: SecretProposal) {
  const { kind, category, like, generator, envVar } = proposal;
  const { label, detail } = kindWords(kind);
  const similar = like.length === 0 ? '' : l10n.t('like {0}', like.join(', '));
  const made =
    envVar === null ? l10n.t('Makes {0}.', generator) : l10n.t('Makes {0}, in {1}.', generator, envVar);
  return {
    label,
    description: [category, similar].filter(Boolean).join(' · '),
    detail: `${detail} ${made}`,
    proposal,
  };
}

/** Asks for the description, domain and variable of an entry. Returns `undefined` if a question is cancelled. */
async function askMetadata(
  context: ScaffoldContext,
  name: string,
  registry: string,
  proposal: SecretProposal,
  domains: readonly string[],
): Promise<{ description: string; domain: string | null; envVar: string } | undefined> {
  // A value that a script makes has no question whose text this would be.
  const description =
    proposal.kind === 'password'
      ? proposal.description
      : await window.showInputBox({
          ...STAYS,
          title: l10n.t('Add Secret {0}: description', name),
          prompt: l10n.t('The question that people are asked.'),
          value: proposal.description,
        });
  if (description === undefined) return undefined;
  const domain = proposal.domain === null ? null : await pickDomain(name, proposal.domain, domains);
  if (domain === undefined) return undefined;
  const envVar = await window.showInputBox({
    ...STAYS,
    title: l10n.t('Add Secret {0}: environment variable', name),
    prompt: l10n.t('The environment variable that sessions get. Leave empty for none.'),
    value: proposal.envVar ?? '',
    validateInput: value => context.problem('variable', value, registry),
  });
  return envVar === undefined ? undefined : { description, domain, envVar };
}

async function pickDomain(
  name: string,
  usual: string,
  domains: readonly string[],
): Promise<string | undefined> {
  const title = l10n.t('Add Secret {0}: domain', name);
  const other = `$(add) ${l10n.t('Another domain…')}`;
  const items = [usual, ...domains.filter(domain => domain !== usual), other];
  const picked = await window.showQuickPick(items, { ...STAYS, title });
  if (picked !== other) return picked;
  return (await window.showInputBox({ ...STAYS, title })) || undefined;
}

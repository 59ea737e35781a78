/**
 * Describes what only Nix can determine about a fleet's generators. The single source for the notes of plans
 * and for the doctor.
 */
import { joinGenerators } from './generators.ts';
import type { PlanInput, PlanNote } from './plan.ts';
import { listed, partsText, whereOf } from './plan-words.ts';

/** The known declarations of a fleet. */
type Declared = Pick<
  PlanInput,
  'machines' | 'machinesComplete' | 'uncertain' | 'incomplete' | 'unevaluated' | 'refused' | 'declarations'
>;

/**
 * Returns notes about declarations that may exist unseen.
 *
 * @param machines the selected machines
 */
export function unseenNotes(
  { machines: all, machinesComplete = true, uncertain, incomplete, unevaluated = [], refused = [] }: Declared,
  machines: ReadonlySet<string>,
): PlanNote[] {
  const concerned = uncertain.filter(
    candidate => candidate.machines?.some(machine => machines.has(machine)) ?? true,
  );
  const declared = concerned.filter(candidate => !candidate.isFromClan);
  const unnamed = declared
    .filter(candidate => candidate.name === null)
    .map(candidate => candidate.expression);
  const named = declared.flatMap(candidate => candidate.name ?? []);
  const ofClan = concerned
    .filter(candidate => candidate.isFromClan)
    .flatMap(candidate => candidate.name ?? []);
  const failing = unevaluated.filter(machine => machines.has(machine));
  const unseen = incomplete.filter(machine => machines.has(machine) && !unevaluated.includes(machine));
  const unread = refused
    .filter(
      candidate =>
        candidate.machines.length === 0 || candidate.machines.some(machine => machines.has(machine)),
    )
    .map(({ file }) => file);
  const note = (names: readonly string[], text: string, concerns: readonly string[] = []): PlanNote[] =>
    names.length === 0
      ? []
      : [{ generator: null, machines: concerns, message: `${text}: ${listed([...new Set(names)])}.` }];
  return [
    ...(machinesComplete
      ? []
      : [{ generator: null, machines: [], message: all.length === 0 ? NO_MACHINES : MORE_MACHINES }]),
    ...note(unnamed, 'The names of these generators cannot be determined without Nix; they are left out'),
    ...note(
      named,
      'Which machines have these generators cannot be determined without Nix; they are left out',
    ),
    ...note(ofClan, "Generators of clan-core's own services need Nix and are left out"),
    ...note(unread, 'Nix cannot read these files ("varsmith check" shows why); the readable parts are used'),
    ...note(
      failing,
      'Nix does not evaluate these machines ("varsmith check --nix" shows why), so whether they have further generators is unknown',
      failing,
    ),
    ...note(
      unseen,
      'Whether these machines have further generators cannot be determined without Nix',
      unseen,
    ),
  ];
}

const NO_MACHINES = 'Which machines exist cannot be determined without Nix.';
const MORE_MACHINES = 'Whether there are further machines cannot be determined without Nix.';

/** Returns all open questions of a fleet, one sentence each; empty if everything is known. */
export function openQuestions(declared: Declared): string[] {
  const generators = [...joinGenerators(declared.declarations).all.values()];
  return [
    ...unseenNotes(declared, new Set(declared.machines)).map(({ message }) => message),
    ...generators
      .filter(generator => generator.unknown.length > 0)
      .map(
        generator =>
          `Generator "${generator.name}" (${whereOf(generator)}): ${partsText(generator.unknown).join('; ')}.`,
      ),
  ];
}

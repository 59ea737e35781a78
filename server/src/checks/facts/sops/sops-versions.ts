/**
 * Compares the locked sops-nix and agenix with the described versions, to tell whether they may have more
 * options.
 */

import { lockOf } from '../../../flake/flake-lock.ts';
import type { SecretKeeper } from '../../../fleet/model/secrets.ts';
import type { CheckFiles } from '../../rule.ts';

interface Upstream {
  readonly name: string;
  readonly any: RegExp;
  readonly own: RegExp;
  /** The commit time of the version described in fleet/secrets/secrets-schema.ts, in seconds since 1970. */
  readonly time: number;
}

const UPSTREAM: Readonly<Record<SecretKeeper, Upstream>> = {
  sops: {
    name: 'sops-nix',
    any: /\bsops-nix\b/i,
    own: /\bgithub\.com[/:]Mic92\/sops-nix\b/i,
    time: 1_782_165_805,
  },
  age: {
    name: 'agenix',
    any: /\b(r?agenix|agenix-rekey)\b/i,
    own: /\bgithub\.com[/:](ryantm\/agenix|oddlama\/agenix-rekey|yaxitech\/ragenix)\b/i,
    time: 1_770_165_109,
  },
};

/** Returns the display name of a secret keeper. */
export function keeperName(keeper: SecretKeeper): string {
  return UPSTREAM[keeper].name;
}

/** Returns whether a locked version is a fork, or newer than the described one. */
export function mayKnowMore(sources: CheckFiles, keeper: SecretKeeper): boolean {
  const { any, own, time } = UPSTREAM[keeper];
  return (lockOf(sources)?.inputs ?? []).some(
    input => any.test(input.where) && (input.time > time || !own.test(input.where)),
  );
}

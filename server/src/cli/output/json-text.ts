/**
 * Writes JSON that is safe on a terminal: in addition to `JSON.stringify`, it escapes control characters beyond
 * ASCII.
 */
import { escapedUnseen } from '../../editor/words/unseen.ts';

/** Returns JSON indented by two spaces. */
export function jsonText(value: unknown): string {
  return withoutRaw(JSON.stringify(value, null, 2));
}

/** Returns JSON on a single line. */
export function jsonLine(value: unknown): string {
  return withoutRaw(JSON.stringify(value));
}

/** Escapes such characters, which can only appear inside strings. */
function withoutRaw(json: string): string {
  return escapedUnseen(json, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

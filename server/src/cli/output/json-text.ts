/** Data as JSON that is safe on a terminal: what `JSON.stringify` leaves raw beyond ASCII's controls is escaped as well. */
import { escapedUnseen } from '../../editor/words/unseen.ts';

/** Indented by two spaces. */
export function jsonText(value: unknown): string {
  return withoutRaw(JSON.stringify(value, null, 2));
}

/** On one line. */
export function jsonLine(value: unknown): string {
  return withoutRaw(JSON.stringify(value));
}

/** Such characters are inside of strings alone. */
function withoutRaw(json: string): string {
  return escapedUnseen(json, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

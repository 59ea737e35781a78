/** Splits a program's words into options and operands, by its style of command line. */

import type { Field } from '../flow/flow-facts.ts';
import { literal, text, type Value } from '../flow/values.ts';
import type { FileTool, Role } from './file-tools.ts';

interface ParsedOption {
  readonly word: Field;
  /** The name without dashes. */
  readonly name: string;
  readonly role: Role | null;
  readonly value: Value | null;
}

export interface ParsedWords {
  readonly options: readonly ParsedOption[];
  readonly operands: readonly Field[];
}

export function readOptions(words: readonly Field[], tool: FileTool): ParsedWords {
  const options: ParsedOption[] = [];
  const operands: Field[] = [];
  for (let at = tool.skip ?? 0; at < words.length; at++) {
    const word = words[at] as Field;
    const lead = leading(word.value);
    if (lead === '--') {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (!lead.startsWith('-') || lead === '-') {
      operands.push(word);
      continue;
    }
    const option = readOption(word, lead, tool);
    const next = words[at + 1];
    if (option.role !== null && option.value === null && next) {
      options.push({ ...option, word: next, value: next.value });
      at++;
    } else options.push(option);
  }
  return { options, operands };
}

function leading(value: Value): string {
  const [first] = value;
  return first?.kind === 'text' ? first.text : '';
}

function readOption(word: Field, lead: string, tool: FileTool): ParsedOption {
  const dashes = lead.startsWith('--') ? 2 : 1;
  const equals = lead.indexOf('=');
  const isLong = dashes === 2 || tool.style === 'single';
  if (isLong) {
    const name = lead.slice(dashes, equals === -1 ? undefined : equals);
    const role = roleOf(tool, name);
    return { word, name, role, value: equals === -1 ? null : after(word.value, equals + 1) };
  }
  for (let at = 1; at < lead.length; at++) {
    const name = lead.charAt(at);
    const role = roleOf(tool, name);
    if (role === null) continue;
    const rest = after(word.value, at + 1);
    return { word, name, role, value: rest.length === 0 ? null : rest };
  }
  return { word, name: literal(word.value)?.slice(1) ?? lead.slice(1), role: null, value: null };
}

function after(value: Value, from: number): Value {
  const [first, ...rest] = value;
  return first?.kind === 'text' ? [...text(first.text.slice(from)), ...rest] : value;
}

function roleOf(tool: FileTool, name: string): Role | null {
  const { options } = tool;
  if (options === undefined) return null;
  for (const role of ['write', 'read', 'text', 'directory', 'change'] as const) {
    if (options[role]?.includes(name)) return role;
  }
  return null;
}

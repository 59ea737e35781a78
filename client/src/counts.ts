/**
 * Counts as phrases: "1 secret", "3 secrets". Each number has its own text, since languages differ in more than an
 * "s".
 */
import { l10n } from 'vscode';

export function secretCount(count: number): string {
  return count === 1 ? l10n.t('1 secret') : l10n.t('{0} secrets', count);
}

export function readerCount(count: number): string {
  return count === 1 ? l10n.t('1 reader') : l10n.t('{0} readers', count);
}

export function useCount(count: number): string {
  return count === 1 ? l10n.t('1 use') : l10n.t('{0} uses', count);
}

export function keyCount(count: number): string {
  return count === 1 ? l10n.t('1 key') : l10n.t('{0} keys', count);
}

export function fileCount(count: number): string {
  return count === 1 ? l10n.t('1 file') : l10n.t('{0} files', count);
}

export function generatorCount(count: number): string {
  return count === 1 ? l10n.t('1 generator') : l10n.t('{0} generators', count);
}

export function machineCount(count: number): string {
  return count === 1 ? l10n.t('1 machine') : l10n.t('{0} machines', count);
}

export function byteCount(count: number): string {
  return count === 1 ? l10n.t('1 byte') : l10n.t('{0} bytes', count);
}

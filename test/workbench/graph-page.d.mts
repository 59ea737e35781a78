import type { Page } from 'playwright-core';
import type { FromPage, ToPage } from '../../client/src/webview/messages.ts';

export const hasBrowser: boolean;

/** An empty page; the caller closes its browser. */
export function openPage(size?: { readonly width: number; readonly height: number }): Promise<Page>;

export interface GraphPage {
  readonly page: Page;
  /** Uncaught errors, and what broke the content security policy. */
  readonly errors: readonly string[];
  said<Type extends FromPage['type']>(type: Type): Promise<(FromPage & { type: Type })[]>;
  show(message: ToPage): Promise<void>;
  /** Puts the page into one of VS Code's themes. */
  theme(name: string): Promise<void>;
  close(): Promise<void>;
}

export function openGraphPage(size?: {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: string;
}): Promise<GraphPage>;

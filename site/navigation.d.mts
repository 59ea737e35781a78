export interface Section {
  readonly title: string;
  readonly pages: readonly { readonly page: string; readonly title: string }[];
}
export const DOCS: string;
export const SECTIONS: readonly Section[];
export const OTHER_PAGES: readonly string[];
export function ruleSections(): readonly Section[];

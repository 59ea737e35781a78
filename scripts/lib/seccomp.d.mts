export interface Calls {
  readonly audit: number;
  readonly below?: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly absent: Readonly<Record<string, number>>;
  readonly byFamily: Readonly<Record<string, number>>;
  readonly byFlags: Readonly<Record<string, number>>;
}

export declare const ARCHITECTURES: Readonly<Record<'x86_64' | 'i386' | 'aarch64' | 'arm', Calls>>;
export declare const FILTERED: Readonly<
  Record<'x64' | 'arm64', readonly ('x86_64' | 'i386' | 'aarch64' | 'arm')[]>
>;
export declare const ALLOW: number;
export declare const EPERM: number;
export declare const ENOSYS: number;
export declare const EAFNOSUPPORT: number;
export declare function filterBytes(arch: 'x64' | 'arm64'): Buffer;

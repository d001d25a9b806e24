export interface Lock {
  readonly packages: Readonly<
    Record<
      string,
      { readonly version?: string; readonly name?: string; readonly integrity?: string; resolved?: string }
    >
  >;
}

export function withAddresses(lock: Lock, npmConfig: Readonly<Record<string, unknown>>): Lock;

import type { ProviderName } from '../../src/access/accounts/providerName.ts';
import type { Providers } from '../../src/sales/payments/providers.ts';

/** The same providers, one of them with other ports. */
export function withPorts<Name extends ProviderName>(
  providers: Providers,
  name: Name,
  ports: Partial<Providers[Name]>,
): Providers {
  return { ...providers, [name]: { ...providers[name], ...ports } };
}

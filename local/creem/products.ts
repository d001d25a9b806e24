import type { Product } from './objects.ts';

type Seed = Pick<Product, 'id' | 'name' | 'price' | 'currency' | 'billing_type' | 'billing_period'>;

const onetime = { billing_type: 'onetime', billing_period: 'once' } as const;
const monthly = { billing_type: 'recurring', billing_period: 'every-month' } as const;
const yearly = { billing_type: 'recurring', billing_period: 'every-year' } as const;

/** The local shop's products: some packs and plans of the suite's catalog, with prices in cents. */
const SEEDS: readonly Seed[] = [
  { id: 'prod_local_starter', name: 'Starter pack', price: 999, currency: 'USD', ...onetime },
  { id: 'prod_local_growth', name: 'Growth pack', price: 2_499, currency: 'USD', ...onetime },
  { id: 'prod_local_standard', name: 'Standard plan', price: 1_999, currency: 'USD', ...monthly },
  { id: 'prod_local_team_month', name: 'Team plan, monthly', price: 9_900, currency: 'USD', ...monthly },
  { id: 'prod_local_team_year', name: 'Team plan, yearly', price: 99_000, currency: 'USD', ...yearly },
];

/** Creates the products that the local shop starts with. */
export function seededProducts(now: string): Product[] {
  return SEEDS.map((seed) => ({ ...seed, ...FIXED, description: seed.name, created_at: now, updated_at: now }));
}

const FIXED = {
  mode: 'test',
  object: 'product',
  status: 'active',
  tax_mode: 'exclusive',
  tax_category: 'saas',
} as const;

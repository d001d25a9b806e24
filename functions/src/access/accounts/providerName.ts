/** Who takes payments. Another one is added here, and below. */
export const PROVIDERS = ['stripe', 'creem'] as const;

export type ProviderName = (typeof PROVIDERS)[number];

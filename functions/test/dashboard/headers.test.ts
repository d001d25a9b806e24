import { API_URL, HOSTING_URL } from '../support/suite.ts';

/** Names of the headers that helmet sets. */
const SECURITY_HEADERS = [
  'content-security-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'origin-agent-cluster',
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-frame-options',
  'x-permitted-cross-domain-policies',
  'x-xss-protection',
];

async function securityHeadersOf(url: string): Promise<Record<string, string | null>> {
  const { headers } = await fetch(url);
  return Object.fromEntries(SECURITY_HEADERS.map((name) => [name, headers.get(name)]));
}

it.each(['/', '/billing/success', '/billing/canceled', '/style.css', '/nothing-here', '/api/health'])(
  "%s has each of the API's security headers once",
  async (path) => {
    const ofApi = await securityHeadersOf(`${API_URL}/health`);
    expect(Object.values(ofApi)).not.toContain(null);
    expect(await securityHeadersOf(HOSTING_URL + path)).toEqual(ofApi);
  },
);

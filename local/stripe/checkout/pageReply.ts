import type { Html } from '../../html.ts';
import type { Reply } from '../api/reply.ts';
import { parseForm } from '../contract/parseForm.ts';

/** The fields that a page's form posted; none when the body is no form. */
export function readForm(body: string): Record<string, unknown> {
  try {
    return parseForm(body);
  } catch {
    return {};
  }
}

/** Sends the browser to a page of the shop. */
export function redirectTo(url: string): Reply {
  // Parsed once more: that leaves only characters that may stand in a header.
  return { status: 303, headers: { location: new URL(url).href }, body: '' };
}

/** A page that is only for the person who looks at it. */
export function page(status: number, content: Html): Reply {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    },
    body: content.source,
  };
}

import type { Html } from '../../html.ts';
import type { Reply } from '../api/reply.ts';
import { parseForm } from '../contract/parseForm.ts';

// Answers of the pages.

/** Reads the fields that a form posted; returns no fields when the body isn't a form. */
export function readForm(body: string): Record<string, unknown> {
  try {
    return parseForm(body);
  } catch {
    return {};
  }
}

/** Redirects the browser to a page of the shop. */
export function redirectTo(url: string): Reply {
  // Parsing the address escapes characters that a header may not contain.
  return { status: 303, headers: { location: new URL(url).href }, body: '' };
}

/** Returns an HTML page that isn't cached, loads nothing, and can't be framed. */
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

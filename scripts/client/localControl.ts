import { dirname } from 'node:path';
import { controlHeaders } from '../../local/controlToken.ts';
import { readControlToken } from '../../local/suite/controlToken.ts';
import { expectJson } from './http.ts';

const root = dirname(dirname(import.meta.dirname));

/** Sends a control request, which must succeed, to a stand-in of the running suite. */
export function controlLocal(method: 'GET' | 'POST', url: string, body?: object) {
  return expectJson(method, url, { headers: controlHeaders(readControlToken(root)), ...(body && { body }) });
}

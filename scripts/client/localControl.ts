import { dirname } from 'node:path';
import { controlHeaders } from '../../local/controlToken.ts';
import { readControlToken } from '../../local/suite/controlToken.ts';
import { expectJson } from './http.ts';

const root = dirname(dirname(import.meta.dirname));

/** A control request to a stand-in of the suite that runs: one that has to succeed. */
export function controlLocal(method: 'GET' | 'POST', url: string, body?: object) {
  return expectJson(method, url, { headers: controlHeaders(readControlToken(root)), ...(body && { body }) });
}

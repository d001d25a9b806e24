import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { type Load, type LoadResult, runLoad } from '../support/load.ts';
import { serve } from '../support/remote.ts';

const agent = new Agent({ keepAlive: true });

interface Order {
  readonly url: string;
  readonly apiKey: string;
  readonly body: unknown;
  readonly load: Load;
}

/** Posts charges like an integration. */
function post({ url, apiKey, body, load }: Order): Promise<LoadResult> {
  const text = JSON.stringify(body);
  return runLoad(load, async () => {
    const headers = {
      'x-api-key': apiKey,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'idempotency-key': randomUUID(),
    };
    const { status, answer } = await exchange(url, headers, text);
    if (status !== 201) throw new Error(`${status} ${answer.slice(0, 200)}`);
  });
}

function exchange(url: string, headers: Record<string, string | number>, text: string) {
  return new Promise<{ status: number; answer: string }>((resolve, reject) => {
    const sending = request(url, { method: 'POST', agent, headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        answer += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, answer }));
      response.on('error', reject);
    });
    sending.on('error', reject);
    sending.end(text);
  });
}

const methods = { post };
export type HttpClient = typeof methods;
serve(methods);

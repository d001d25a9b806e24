import { type Reply, send } from './apiClient.ts';
import { UPSTREAM_URL } from './suite.ts';

/** Makes requests to the local upstream fail, as its README describes. */
export async function upstreamFault(fault: Record<string, unknown>): Promise<void> {
  (await control('POST', '/_local/faults', fault)).expect(200);
}

/** Ends all deliberate failures. Call it after each test that has requested any. */
export async function resetUpstream(): Promise<void> {
  await upstreamFault({ clear: true });
}

interface KeptDelivery {
  readonly id: string;
  readonly status: string;
  readonly requests: number;
  readonly effects: number;
  readonly livemode: boolean;
}

/** Returns the upstream's deliveries, with the number of requests for each and the number of times it was made. */
export async function keptAtUpstream(): Promise<KeptDelivery[]> {
  return (await control('GET', '/_local/deliveries')).expect(200).json.deliveries;
}

/** Returns a delivery of the upstream; undefined when the upstream never began it. */
export async function atUpstream(deliveryId: string): Promise<KeptDelivery | undefined> {
  return (await keptAtUpstream()).find(({ id }) => id === deliveryId);
}

/** Ends a delivery that the upstream has accepted as pending. */
export async function completeAtUpstream(deliveryId: string): Promise<void> {
  (await control('POST', `/_local/deliveries/${deliveryId}/complete`)).expect(200);
}

function control(method: string, path: string, body?: Record<string, unknown>): Promise<Reply> {
  return send(method, path, body ? { body } : {}, UPSTREAM_URL);
}
